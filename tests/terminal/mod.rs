//! The real binary in a pseudo-terminal: few tests, each a thing that only a terminal shows.

mod away;
mod bytes;
mod copying;
mod ending;
mod importing;
mod jobs;
mod lost;
mod password;
mod pasting;
mod plain;
mod walk;

use crate::cli::Machine;
use crate::support::pty::Terminal;
use crate::support::serve::guestlist;

/// The size of an ordinary terminal.
pub const SIZE: (u16, u16) = (100, 30);

/// `guestlist up` on a free port, on that machine.
pub fn up(machine: &Machine, environment: &[(&str, &str)]) -> Terminal {
    run(machine, &["up", "--listen", "127.0.0.1:0"], environment)
}

/// `guestlist` with these arguments, on that machine.
pub fn run(machine: &Machine, arguments: &[&str], environment: &[(&str, &str)]) -> Terminal {
    let home = machine.home.path().display().to_string();
    let environment = [&[("HOME", home.as_str())], environment].concat();
    Terminal::spawn(guestlist(), arguments, &environment, SIZE)
}

/// Makes an invitation from outside, as another administrator would.
pub fn invite(machine: &Machine, name: &str) -> String {
    let made = machine.json(&["invitation", "create", name, "--flow", "default-enrollment-flow"]);
    made["id"].as_str().unwrap().to_owned()
}
