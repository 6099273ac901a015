//! A real SSH server on this machine, for the current user, with keys of its own.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::leash::Leash;
use super::output::wait_for;
use super::programs::need;
use super::requires::Part;

/// A running `sshd`; stopped when dropped.
pub struct Sshd {
    port: u16,
    folder: tempfile::TempDir,
    _leash: Leash,
    ssh: PathBuf,
}

impl Sshd {
    /// Starts a server on a free port of 127.0.0.1; none when there is no sshd, and then the test is skipped.
    pub fn start() -> Option<Sshd> {
        let sshd = need(Part::Sshd, "sshd")?;
        let ssh = need(Part::Sshd, "ssh")?;
        let keygen = need(Part::Sshd, "ssh-keygen")?;
        if nix::unistd::geteuid().is_root() {
            // The folder into which it locks its unprivileged half; a service manager would have made it.
            std::fs::create_dir_all("/run/sshd").unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        for key in ["host", "user"] {
            let mut make = Command::new(&keygen);
            make.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(folder.path().join(key));
            assert!(make.status().unwrap().success(), "ssh-keygen failed");
        }
        // Between the choice of a port and its use somebody else may take it: then another is tried.
        let started = (0..5).map(|_| listen(&sshd, folder.path())).reduce(Result::or);
        let (port, leash) = started.unwrap().unwrap_or_else(|output| panic!("sshd did not start: {output}"));
        let host = std::fs::read_to_string(folder.path().join("host.pub")).unwrap();
        std::fs::write(folder.path().join("known_hosts"), format!("[127.0.0.1]:{port} {host}")).unwrap();
        Some(Sshd { port, folder, _leash: leash, ssh })
    }

    /// The client.
    pub fn ssh(&self) -> &Path {
        &self.ssh
    }

    /// The client's arguments up to the host; what follows is the remote command. The remote `HOME` is the user's own.
    pub fn arguments(&self) -> Vec<String> {
        let file = |name: &str| self.folder.path().join(name).display().to_string();
        let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).unwrap().unwrap().name;
        let port = self.port.to_string();
        let known_hosts = format!("UserKnownHostsFile={}", file("known_hosts"));
        ["-F", "/dev/null", "-p", &port, "-i", &file("user"), "-o", &known_hosts, "-o", "IdentitiesOnly=yes"]
            .into_iter()
            .chain(["-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR"])
            .chain([format!("{user}@127.0.0.1").as_str()])
            .map(str::to_owned)
            .collect()
    }
}

fn listen(sshd: &Path, folder: &Path) -> Result<(u16, Leash), String> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = folder.join("config");
    let here = folder.display();
    // StrictModes would refuse keys below a temporary folder that everybody may write to.
    let text = format!(
        "ListenAddress 127.0.0.1\nPort {port}\nHostKey {here}/host\nAuthorizedKeysFile {here}/user.pub\nPidFile none\n\
         UsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n\
         PrintMotd no\nPrintLastLog no\n"
    );
    std::fs::write(&config, text).unwrap();
    let mut leash = Leash::hold(
        sshd,
        &["-D", "-e", "-f"].map(OsStr::new).into_iter().chain([config.as_os_str()]).collect::<Vec<_>>(),
    );
    wait_for(leash.stdout(), "Server listening on")?;
    Ok((port, leash))
}

#[test]
fn a_command_runs_through_ssh() {
    let Some(sshd) = Sshd::start() else { return };
    let output =
        Command::new(sshd.ssh()).args(sshd.arguments()).arg("echo hello from $SSH_CONNECTION").output().unwrap();
    let (printed, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(printed.starts_with("hello from 127.0.0.1 "), "{printed}{complaint}");
}
