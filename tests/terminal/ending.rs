//! However the console ends, the terminal is as it was.

use std::path::Path;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{SIZE, run, up};
use crate::cli::Machine;
use crate::support::output::DEADLINE;
use crate::support::pty::Terminal;
use crate::support::serve::guestlist;

/// Leaves the alternate screen, shows the cursor, and takes pastes for keys again.
const RESTORED: [&[u8]; 3] = [b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l"];

pub fn check_restored(terminal: &Terminal) {
    let output = terminal.output();
    let entered = last(&output, b"\x1b[?1049h").unwrap();
    for sequence in RESTORED {
        assert!(last(&output, sequence).is_some_and(|at| at > entered), "{sequence:?} after the start");
    }
}

/// Where a sequence was last written.
pub fn last(output: &[u8], sequence: &[u8]) -> Option<usize> {
    output.windows(sequence.len()).rposition(|window| window == sequence)
}

/// Waits until the console has stopped, lets it go on, and waits for its screen.
pub fn goes_on_once_stopped(terminal: &Terminal) {
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
}

#[test]
fn a_console_that_is_told_to_stop_restores_the_terminal() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT] {
        let machine = Machine::with_flow();
        let terminal = up(&machine, &[]);
        terminal.wait_for_text("No invitation yet");
        terminal.signal(signal);
        assert!(terminal.wait_exit().success());
        check_restored(&terminal);
    }
}

/// The console below a shell, which keeps the terminal open and tells afterwards how it was left.
fn below_a_shell(machine: &Machine) -> (Terminal, Pid) {
    let home = machine.home.path().display().to_string();
    let script = r#"stty -a | tr ' ' '\n' | grep -E '^-?(echo|icanon|isig|opost|icrnl);?$' | tr -d ';' | tr '\n' ' '; echo before
                    "$0" console; status=$?
                    stty -a | tr ' ' '\n' | grep -E '^-?(echo|icanon|isig|opost|icrnl);?$' | tr -d ';' | tr '\n' ' '; echo after $status"#;
    let program = guestlist().display().to_string();
    let terminal = Terminal::spawn(Path::new("/bin/sh"), &["-c", script, &program], &[("HOME", &home)], SIZE);
    terminal.wait_for_text("No invitation yet");
    let shell = terminal.pid();
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
    (terminal, Pid::from_raw(children.trim().parse().unwrap()))
}

#[test]
fn what_is_typed_is_shown_and_read_in_lines_again_after_every_end() {
    type End = fn(&Terminal, Pid);
    let ends: [(End, i32); 5] = [
        (|terminal, _| terminal.send("q"), 0),
        (|_, console| kill(console, Signal::SIGTERM).unwrap(), 0),
        (|_, console| kill(console, Signal::SIGHUP).unwrap(), 0),
        (|_, console| kill(console, Signal::SIGINT).unwrap(), 0),
        (|_, console| kill(console, Signal::SIGQUIT).unwrap(), 0),
    ];
    for (end, status) in ends {
        let machine = Machine::with_flow();
        let (terminal, console) = below_a_shell(&machine);
        end(&terminal, console);
        terminal.wait_for_text("after");
        terminal.wait_exit();
        check_restored(&terminal);
        let screen = terminal.screen();
        let told = |word: &str| screen.lines().find_map(|line| Some(line.split_once(word)?.0.to_owned())).unwrap();
        assert!(screen.contains(&format!("after {status}")), "{screen}");
        assert_eq!(told("after"), told("before"));
        assert!(told("after").contains("icanon ") && !told("after").contains("-icanon"), "{screen}");
        assert!(told("after").contains("echo ") && !told("after").contains("-echo "), "{screen}");
    }
}

#[test]
fn a_suspended_console_comes_back_whole() {
    let machine = Machine::with_flow();
    let terminal = run(&machine, &["console"], &[]);
    terminal.wait_for_text("No invitation yet");
    terminal.send("<C-z>");
    terminal.wait_for_output("the ordinary screen", b"\x1b[?1049l");
    goes_on_once_stopped(&terminal);
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
    let question = "lose what you typed?";
    terminal.send("<C-c>");
    terminal.wait_for_text(question);
    terminal.send("n");
    terminal.wait_for("the question to be gone", |screen| !screen.contents().contains(question));
    terminal.wait_for_text("precious");
    terminal.send("<C-c>");
    terminal.wait_for_text(question);
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
