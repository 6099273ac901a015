//! The enrollment server as a process of its own, which can be killed at any moment.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::output::wait_for;

/// What `guestlist serve` prints before its address.
const ANNOUNCEMENT: &str = "listening on ";

/// The built program.
pub fn guestlist() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_guestlist"))
}

/// A command in an empty environment but for `PATH`, the given home folder and what is named.
pub fn command(program: &Path, arguments: &[&str], home: &Path, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().env("HOME", home).env("LANG", "C.UTF-8").current_dir(home);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(environment.iter().copied());
    command
}

/// A running `guestlist serve`; killed when dropped.
pub struct Serving {
    child: Child,
    /// The address it printed, as `http://127.0.0.1:PORT`.
    pub url: String,
    home: tempfile::TempDir,
}

impl Serving {
    /// Starts the server on a free port and waits until it says where it listens.
    pub fn start(database: &str) -> Serving {
        Serving::start_with(database, "127.0.0.1:0", &[])
    }

    /// As [`Serving::start`], at an address (to come back at the same one) and with more of an environment.
    pub fn start_with(database: &str, listen: &str, environment: &[(&str, &str)]) -> Serving {
        let home = tempfile::tempdir().unwrap();
        let arguments = ["serve", "--database", database, "--listen", listen];
        Serving::announce(command(guestlist(), &arguments, home.path(), environment), home)
    }

    fn announce(mut command: Command, home: tempfile::TempDir) -> Serving {
        let log = home.path().join("stderr");
        let stderr = std::fs::File::create(&log).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let announced = wait_for(child.stdout.take().unwrap(), ANNOUNCEMENT);
        let line = announced.unwrap_or_else(|output| {
            let _ = child.kill();
            let complaint = std::fs::read_to_string(&log).unwrap_or_default();
            panic!("the server did not say `{ANNOUNCEMENT}...`, but: {output}\n{complaint}")
        });
        let (_, url) = line.split_once(ANNOUNCEMENT).unwrap();
        Serving { child, url: url.trim().to_owned(), home }
    }

    /// The address to give to [`Serving::start_with`] so that a new server takes this one's place.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// What the server wrote to standard error so far.
    pub fn complaints(&self) -> String {
        std::fs::read_to_string(self.home.path().join("stderr")).unwrap_or_default()
    }

    /// `kill -9`: no farewell, nothing flushed.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop (SIGTERM) and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.kill();
    }
}

#[test]
fn a_server_is_known_by_the_address_it_prints() {
    let home = tempfile::tempdir().unwrap();
    let script = "echo starting; echo oh >&2; echo listening on http://127.0.0.1:4711; exec sleep 600";
    let command = command(Path::new("/bin/sh"), &["-c", script], home.path(), &[]);
    let mut serving = Serving::announce(command, home);
    assert_eq!(serving.address(), "127.0.0.1:4711");
    let status = serving.stop();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(15));
    assert_eq!(serving.complaints(), "oh\n");
}

#[test]
#[should_panic(expected = "no such database")]
fn a_server_that_does_not_start_shows_its_complaint() {
    let home = tempfile::tempdir().unwrap();
    let command = command(Path::new("/bin/sh"), &["-c", "echo no such database >&2"], home.path(), &[]);
    Serving::announce(command, home);
}
