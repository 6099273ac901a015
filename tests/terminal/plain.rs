//! The console in lines, in a terminal that can't be drawn on and in a pipe.

use std::io::{Read, Write};
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
    terminal.send("2 <enter>");
    terminal.wait_for_text("Your terminal takes no clipboard, nothing was sent. 1 prints it.");
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

/// Reads until a text is there; gives all that was read.
fn read_until(output: &mut impl Read, text: &str) -> String {
    let mut read = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let said = String::from_utf8_lossy(&read);
        if said.contains(text) {
            return said.into_owned();
        }
        let count = output.read(&mut piece).unwrap();
        assert!(count > 0, "no `{text}` in {said}");
        read.extend_from_slice(&piece[..count]);
    }
}

#[test]
fn new_events_are_read_out_in_a_pipe_until_the_next_line_which_is_a_command() {
    let machine = Machine::with_flow();
    let mut command = machine.command(&["console", "--plain"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    input.write_all(b"events\nfollow\n").unwrap();
    read_until(&mut output, "Enter stops.");
    invite(&machine, "welcome");
    read_until(&mut output, "action invitation_created; object welcome");
    // Not swallowed: it is what the list is asked next.
    input.write_all(b"/welcome\n").unwrap();
    read_until(&mut output, "filtered by welcome");
    // Enter is nothing but the end of it.
    input.write_all(b"follow\n").unwrap();
    read_until(&mut output, "Enter stops.");
    input.write_all(b"\n").unwrap();
    read_until(&mut output, "b back.");
    // What is there already ends it at once, and so does the end of the input.
    input.write_all(b"follow\nr\nfollow\n").unwrap();
    drop(input);
    let rest = read_until(&mut output, "filtered by welcome");
    assert!(!rest.contains("Error"), "{rest}");
    assert!(child.wait().unwrap().success());
}
