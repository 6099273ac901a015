//! However the console ends, the terminal is as it was.

use nix::sys::signal::Signal;

use super::{run, up};
use crate::cli::Machine;
use crate::support::output::DEADLINE;
use crate::support::pty::Terminal;

/// Leaves the alternate screen, and shows the cursor.
const RESTORED: [&[u8]; 2] = [b"\x1b[?1049l", b"\x1b[?25h"];

fn check_restored(terminal: &Terminal) {
    let output = terminal.output();
    let entered = last(&output, b"\x1b[?1049h").unwrap();
    for sequence in RESTORED {
        assert!(last(&output, sequence).is_some_and(|at| at > entered), "{sequence:?} after the start");
    }
}

/// Where a sequence was last written.
fn last(output: &[u8], sequence: &[u8]) -> Option<usize> {
    output.windows(sequence.len()).rposition(|window| window == sequence)
}

#[test]
fn a_console_that_is_told_to_stop_restores_the_terminal() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let machine = Machine::with_flow();
        let terminal = up(&machine, &[]);
        terminal.wait_for_text("No invitation yet");
        terminal.signal(signal);
        terminal.wait_exit();
        check_restored(&terminal);
    }
}

#[test]
fn a_suspended_console_comes_back_whole() {
    let machine = Machine::with_flow();
    let terminal = run(&machine, &["console"], &[]);
    terminal.wait_for_text("No invitation yet");
    terminal.send("<C-z>");
    terminal.wait_for_output("the ordinary screen", b"\x1b[?1049l");
    // A signal that comes before it has stopped is lost.
    let stat = format!("/proc/{}/stat", terminal.pid());
    let begin = std::time::Instant::now();
    while !std::fs::read_to_string(&stat).unwrap().contains(") T") {
        assert!(begin.elapsed() < DEADLINE, "it did not stop");
        std::thread::yield_now();
    }
    terminal.signal(Signal::SIGCONT);
    terminal.wait_for("the console's screen", |screen| {
        screen.alternate_screen() && screen.contents().contains("No invitation yet")
    });
    let asked = b"\x1b[6n";
    assert!(last(&terminal.output(), asked).is_none(), "the terminal was asked for its cursor");
    terminal.send("q");
    assert!(terminal.wait_exit().success());
    check_restored(&terminal);
}

#[test]
fn a_form_with_input_is_not_lost_to_a_key() {
    let machine = Machine::with_flow();
    let terminal = run(&machine, &["console"], &[]);
    terminal.wait_for_text("No invitation yet");
    terminal.send("n");
    terminal.wait_for_text("Create Invitation");
    terminal.send("precious");
    terminal.wait_for_text("precious");
    terminal.send("<C-c>");
    terminal.wait_for("a question", |screen| screen.contents().contains('?'));
    terminal.send("n");
    terminal.wait_for_text("precious");
    terminal.send("<C-c>");
    terminal.wait_for("a question", |screen| screen.contents().contains('?'));
    terminal.send("y");
    assert!(terminal.wait_exit().success());
    check_restored(&terminal);
}

#[test]
fn names_that_would_steer_the_terminal_are_shown_harmlessly() {
    let machine = Machine::with_flow();
    let hostile = "name: \"\\e]0;owned\\a\\e[2J\\u202e\"";
    machine.json(&["invitation", "create", "hostile", "--flow", "default-enrollment-flow", "--data", hostile]);
    let terminal = run(&machine, &["console"], &[]);
    terminal.wait_for_text("hostile");
    terminal.send("<enter>");
    terminal.wait_for_text("owned");
    let output = terminal.output();
    assert_eq!(last(&output, b"\x1b]0;owned"), None);
    assert_eq!(last(&output, "\u{202e}".as_bytes()), None);
}

/// Not a test of its own: what the next one runs in a terminal.
#[test]
#[ignore = "run in a terminal by a_panic_restores_the_terminal_before_it_is_reported"]
fn a_console_that_panics() {
    let _screen = guestlist::console::terminal::Real::enter().unwrap();
    panic!("something impossible happened");
}

#[test]
fn a_panic_restores_the_terminal_before_it_is_reported() {
    let tests = std::env::current_exe().unwrap();
    let arguments = ["--exact", "terminal::ending::a_console_that_panics", "--include-ignored", "--nocapture"];
    let terminal = Terminal::spawn(&tests, &arguments, &[], (80, 24));
    terminal.wait_exit();
    check_restored(&terminal);
    let output = terminal.output();
    let report = last(&output, b"something impossible happened").unwrap();
    let restored = output.windows(8).position(|window| window == b"\x1b[?1049l").unwrap();
    assert!(restored < report);
}
