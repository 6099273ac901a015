//! The commands, as a script would run them.

mod batch;
mod blueprints;
mod database;
mod faces;
mod flows;
mod invitations;
mod mail;
mod output;
mod people;
mod policies;
mod preview;
mod read_only;
mod settings;
mod stages;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::serve::{command, guestlist};
use crate::support::stores::Given;

/// A home folder, and the environment that commands run in there.
pub struct Machine {
    /// The home folder: gone when this is.
    pub home: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

impl Machine {
    /// A machine on which guestlist never ran.
    pub fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// A machine with `default-enrollment-flow` and an invitation stage bound to it.
    pub fn with_flow() -> Self {
        let machine = Self::new();
        machine.run(&["blueprint", "import", "default-enrollment-flow", "--bind-invitation-stage"]).done();
        machine
    }

    /// The same with a variable set.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A command that has not been started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let environment: Vec<(&str, &str)> =
            self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        command(guestlist(), arguments, self.home.path(), &environment)
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    /// Runs a command that succeeds and prints one JSON document.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[arguments, &["--json"]].concat()).done();
        serde_json::from_str(&ran.out).unwrap_or_else(|why| panic!("{why}: {}", ran.out))
    }

    /// The database that is made if nothing else is said.
    pub fn database(&self) -> std::path::PathBuf {
        self.home.path().join(".local/share/guestlist/guestlist.db")
    }

    /// Writes a file into the home folder.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.home.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

impl Given for Machine {
    async fn given(url: &str) -> Machine {
        Machine::new().with("GUESTLIST_DATABASE", url)
    }
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// Its exit status.
    pub code: i32,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Ran {
    /// It succeeded.
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// It ended with this status, printed nothing, and complained about this.
    pub fn complained(self, code: i32, about: &str) -> Self {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{self:?}");
        assert!(self.err.contains(about), "no `{about}` in: {}", self.err);
        self
    }
}

/// Runs a command as somebody who may not write here: root is never refused anything.
fn as_nobody(machine: &Machine, arguments: &[&str]) -> Ran {
    use std::os::unix::process::CommandExt;
    let mut command = machine.command(arguments);
    if nix::unistd::geteuid().is_root() {
        // Nobody else may come to where the program was built.
        let program = machine.home.path().join("guestlist");
        if !program.exists() {
            std::fs::copy(crate::support::serve::guestlist(), &program).unwrap();
        }
        let environment: Vec<_> = command.get_envs().map(|(k, v)| (k.to_owned(), v.unwrap().to_owned())).collect();
        command = std::process::Command::new(program);
        command.args(arguments).env_clear().envs(environment).current_dir(machine.home.path());
        command.uid(65534).gid(65534);
    }
    Ran::from(command.output().unwrap())
}
