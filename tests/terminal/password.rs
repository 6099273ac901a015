//! A password that is asked for at a terminal.

use super::SIZE;
use crate::cli::Machine;
use crate::support::pty::Terminal;
use crate::support::serve::guestlist;

/// A shell that sets a password and then says whether the terminal shows again what is typed.
fn setting(machine: &Machine) -> Terminal {
    let script = format!("trap : INT; {} user set-password jane; echo ended $?; stty -a", guestlist().display());
    let home = machine.home.path().display().to_string();
    let terminal =
        Terminal::spawn("/bin/sh".as_ref(), &["-c", &script], &[("HOME", home.as_str()), ("TERM", "dumb")], SIZE);
    terminal.wait_for_text("New password of jane:");
    terminal
}

fn machine() -> Machine {
    let machine = Machine::new();
    machine.run(&["user", "create", "jane"]).done();
    machine
}

/// Whether `stty` says that the terminal shows what is typed.
fn check_shown(terminal: &Terminal, ended: &str) {
    terminal.wait_for_text(ended);
    terminal.wait_exit();
    let screen = terminal.screen();
    assert!(screen.split_whitespace().any(|flag| flag == "echo"), "{screen}");
}

#[test]
fn a_password_is_asked_twice_and_never_shown() {
    let machine = machine();
    let terminal = setting(&machine);
    terminal.send("correct-horse <enter>");
    terminal.wait_for_text("Once more:");
    terminal.send("correct-horse <enter>");
    check_shown(&terminal, "ended 0");
    assert!(!terminal.screen().contains("horse"), "{}", terminal.screen());
}

#[test]
fn giving_up_leaves_the_terminal_as_it_was() {
    let machine = machine();
    let terminal = setting(&machine);
    terminal.send("half <C-c>");
    check_shown(&terminal, "ended 1");
    assert!(terminal.screen().contains("Given up"), "{}", terminal.screen());
}
