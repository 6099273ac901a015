//! The console in lines, in a terminal that can't be drawn on and in a pipe.

use std::io::Write;
use std::process::Stdio;

use super::{invite, run};
use crate::cli::Machine;

#[test]
fn a_dumb_terminal_gets_lines_and_no_sequence_at_all() {
    let machine = Machine::with_flow();
    invite(&machine, "welcome");
    let terminal = run(&machine, &["console"], &[("TERM", "dumb")]);
    // So tall that nothing which is waited for scrolls away.
    terminal.resize((80, 80));
    terminal.wait_for_text("Main menu");
    terminal.send("1 <enter>");
    terminal.wait_for_text("1 welcome;");
    terminal.send("1 <enter>");
    terminal.wait_for_text("Print the link");
    terminal.send("1 <enter>");
    terminal.wait_for("the link", |screen| screen.contents().matches("?itoken=").count() >= 2);
    terminal.send("q <enter>");
    assert!(terminal.wait_exit().success());
    assert!(!terminal.output().contains(&0x1b), "{}", terminal.screen());
}

#[test]
fn a_password_is_not_shown_and_giving_up_leaves_the_terminal_as_it_was() {
    let machine = Machine::new();
    machine.run(&["user", "create", "jane"]).done();
    let terminal = run(&machine, &["--plain"], &[]);
    terminal.wait_for_text("Main menu");
    terminal.send("users <enter> 1 <enter>");
    terminal.wait_for_text("1 Show everything");
    terminal.send("set <enter>");
    terminal.wait_for_text("New password:");
    terminal.send("correct-horse <enter>");
    terminal.wait_for_text("Once more:");
    terminal.send("half <C-c>");
    terminal.wait_for("the menu once more", |screen| {
        let said = screen.contents();
        said.contains("two passwords differ") && said.trim_end().ends_with("5 Delete\n>")
    });
    terminal.send("back <enter>");
    terminal.wait_for_text("> back");
    terminal.send("<C-d>");
    assert!(terminal.wait_exit().success());
    assert!(!terminal.screen().contains("horse") && !terminal.screen().contains("half"), "{}", terminal.screen());
}

#[test]
fn what_is_piped_in_is_done_and_the_end_is_no_fault() {
    let machine = Machine::with_flow();
    let mut command = machine.command(&["console", "--plain"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"1\nnew\npiped\n\n\n\n\n\n").unwrap();
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stdout).unwrap();
    assert!(
        ended.status.success() && said.contains("Saved piped."),
        "{said}{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert_eq!(machine.json(&["invitation", "show", "piped"])["name"], "piped");
}

#[test]
fn new_events_are_read_out_as_they_come_until_enter_is_pressed() {
    let machine = Machine::with_flow();
    let terminal = run(&machine, &["--plain"], &[]);
    terminal.wait_for_text("Main menu");
    terminal.send("events <enter>");
    terminal.wait_for_text("Events, ");
    terminal.send("follow <enter>");
    terminal.wait_for_text("Enter stops.");
    invite(&machine, "welcome");
    terminal.wait_for_text("action invitation_created; object welcome");
    machine.run(&["invitation", "revoke", "welcome"]).done();
    terminal.wait_for_text("action invitation_revoked; object welcome");
    terminal.send("<enter>");
    terminal.wait_for("the list once more", |screen| screen.contents().trim_end().ends_with("b back.\n>"));
    terminal.send("q <enter>");
    assert!(terminal.wait_exit().success());
}
