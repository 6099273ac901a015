//! Child processes that cannot outlive the test process, however that ends.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// Runs the program given as arguments until standard input closes, then ends the whole process group.
const HOLD: &str = r#"trap '' INT TERM HUP; "$@" </dev/null 2>&1 & cat >/dev/null; kill -KILL 0"#;

/// A process whose standard input this process holds open: when the pipe closes, because the leash is dropped or
/// because the test process died, the script at its end cleans up.
pub struct Leash {
    child: Child,
}

impl Leash {
    /// Starts a program in a process group of its own, which is killed when the leash is let go.
    pub fn hold(program: &Path, arguments: &[&OsStr]) -> Leash {
        let mut words = vec![program.as_os_str()];
        words.extend(arguments);
        Leash::script(HOLD, &words)
    }

    /// Starts a shell script that waits for the end of its standard input and then cleans up.
    pub fn script(script: &str, arguments: &[&OsStr]) -> Leash {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script, "leash"]).args(arguments);
        // A group of its own: neither Ctrl-C nor whoever kills the test process's group prevents the cleaning up.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        Leash { child: command.spawn().unwrap() }
    }

    /// What the program prints, its complaints too. Taken once.
    pub fn stdout(&mut self) -> ChildStdout {
        self.child.stdout.take().unwrap()
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

#[test]
fn a_held_program_ends_with_its_leash() {
    let mut leash = Leash::hold(Path::new("/bin/sh"), &["-c", "echo pid $$; exec sleep 600"].map(OsStr::new));
    let line = super::output::wait_for(leash.stdout(), "pid ").unwrap();
    let pid = nix::unistd::Pid::from_raw(line.trim_start_matches("pid ").parse().unwrap());
    assert!(nix::sys::signal::kill(pid, None).is_ok());
    drop(leash);
    // It dies in its own time, and may stay as a zombie until whoever adopted it has collected it.
    let deadline = std::time::Instant::now() + super::output::DEADLINE;
    let alive = || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z"));
    while alive() {
        assert!(std::time::Instant::now() < deadline, "{pid} is still running");
        std::thread::yield_now();
    }
}
