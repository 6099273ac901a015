//! A tmux server of the test's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::programs::need;
use super::requires::Part;

/// A tmux server's socket in a temporary folder. The server starts with its first session and is killed on drop.
pub struct Tmux {
    program: PathBuf,
    folder: tempfile::TempDir,
}

impl Tmux {
    /// None when there is no tmux, and then the test is skipped.
    pub fn new() -> Option<Tmux> {
        Some(Tmux { program: need(Part::Tmux, "tmux")?, folder: tempfile::tempdir().unwrap() })
    }

    /// The program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The arguments that lead to this server, without anybody's configuration; a tmux command follows.
    pub fn arguments(&self) -> Vec<String> {
        let socket = self.folder.path().join("socket").display().to_string();
        ["-u", "-f", "/dev/null", "-S", &socket].map(str::to_owned).into()
    }

    /// Runs a tmux command and gives what it prints, or what it complains about.
    pub fn run(&self, command: &[&str]) -> Result<String, String> {
        let output =
            Command::new(&self.program).args(self.arguments()).args(command).env_remove("TMUX").output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.run(&["kill-server"]);
    }
}

#[test]
fn a_buffer_loaded_inside_tmux_is_read_outside() {
    use super::pty::Terminal;

    let Some(tmux) = Tmux::new() else { return };
    let mut arguments = tmux.arguments();
    arguments.extend(["new-session", "printf copied | tmux load-buffer -w -; echo done; read line"].map(str::to_owned));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let terminal = Terminal::spawn(tmux.program(), &arguments, &[], (80, 24));
    terminal.wait_for_text("done");
    assert_eq!(tmux.run(&["show-buffer"]).unwrap(), "copied");
    terminal.send("<enter>");
    assert!(terminal.wait_exit().success());
}
