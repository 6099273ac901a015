//! The console as a job of a shell: stopped, continued, and ended meanwhile.

use std::path::Path;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::ending::{check_restored, goes_on_once_stopped, last};
use super::{SIZE, up};
use crate::cli::Machine;
use crate::support::pty::Terminal;
use crate::support::serve::guestlist;

/// The console as a job of a shell that goes on with `then` when it is stopped or over.
fn job(machine: &Machine, then: &str) -> Terminal {
    let home = machine.home.path().display().to_string();
    let script = format!("set -m; \"$0\" console; {then}");
    let program = guestlist().display().to_string();
    let terminal = Terminal::spawn(Path::new("/bin/bash"), &["-c", &script, &program], &[("HOME", &home)], SIZE);
    terminal.wait_for_text("No invitation yet");
    terminal
}

fn child(terminal: &Terminal) -> Pid {
    let shell = terminal.pid();
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
    Pid::from_raw(children.trim().parse().unwrap())
}

#[test]
fn a_stopped_console_is_ended_as_a_shell_ends_its_jobs() {
    let machine = Machine::with_flow();
    // As an interactive shell does it: told to end, and to go on so that it can.
    let terminal = job(
        &machine,
        "pid=$(jobs -p); kill %1; while kill -0 $pid; do :; done 2>&-; wait $pid; echo ended with $?; stty -a",
    );
    terminal.send("<C-z>");
    terminal.wait_for_text("ended with 0");
    assert!(terminal.wait_exit().success());
    check_restored(&terminal);
    assert!(!terminal.screen().contains("-icanon"), "{}", terminal.screen());
}

#[test]
fn a_console_that_goes_on_in_the_background_waits_there_for_the_terminal() {
    let machine = Machine::with_flow();
    // A shell that has not heard yet that its job stopped once more takes it for running.
    let wait = "state() { until grep -q \") $1\" /proc/$(jobs -p)/stat; do :; done; }";
    let terminal = job(
        &machine,
        &format!(
            "{wait}; state T; kill -CONT %1; state S; state T; stty -a; echo in the background; read; until fg; do :; done"
        ),
    );
    terminal.send("<C-z>");
    terminal.wait_for_text("in the background");
    assert!(!terminal.screen().contains("-icanon"), "the shell's modes stay: {}", terminal.screen());
    assert!(!terminal.screen().contains("No invitation yet"));
    terminal.send("<enter>");
    terminal.wait_for("the console's screen", |screen| {
        screen.alternate_screen() && screen.contents().contains("No invitation yet")
    });
    terminal.send("q");
    assert!(terminal.wait_exit().success());
    check_restored(&terminal);
}

#[test]
fn a_console_that_somebody_else_stopped_is_usable_again() {
    let machine = Machine::with_flow();
    let terminal = job(&machine, "stty sane; printf '\\033[?1049lother work\\n'; read; fg");
    kill(child(&terminal), Signal::SIGSTOP).unwrap();
    terminal.wait_for_text("other work");
    terminal.send("<enter>");
    terminal.wait_for("the console's screen", |screen| {
        screen.alternate_screen() && screen.contents().contains("No invitation yet")
    });
    // Without a line's end: it is read as it is typed.
    terminal.send("?");
    terminal.wait_for_text("Show its link as a QR code");
    terminal.send("<esc>");
    terminal.wait_for("the help to be gone", |screen| !screen.contents().contains("Show its link"));
    terminal.send("q");
    assert!(terminal.wait_exit().success());
    check_restored(&terminal);
}

#[test]
fn who_stops_the_enrollment_server_with_the_console_is_told() {
    let machine = Machine::with_flow();
    let terminal = up(&machine, &[]);
    terminal.wait_for_text("No invitation yet");
    terminal.send("<C-z>");
    terminal.wait_for_text("The enrollment server pauses too, until `fg`.");
    goes_on_once_stopped(&terminal);
    terminal.send("q");
    assert!(terminal.wait_exit().success());
    assert!(last(&terminal.output(), b"pauses").is_some());
}
