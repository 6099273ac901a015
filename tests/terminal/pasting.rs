//! Much text at once.

use std::fmt::Write;

use super::run;
use crate::cli::Machine;

#[test]
fn a_hundred_kilobytes_are_pasted_into_the_editor_whole() {
    let machine = Machine::with_flow();
    let terminal = run(&machine, &["console"], &[]);
    terminal.wait_for_text("No invitation yet.");
    terminal.send("n pasted <tab> <tab> <tab>");
    let mut text = String::new();
    for number in 0..4_000 {
        writeln!(text, "key_{number:04}: {}", "x".repeat(14)).unwrap();
    }
    assert!(text.len() >= 100_000, "{}", text.len());
    text.push_str("last: reached");
    terminal.send_bytes(b"\x1b[200~");
    terminal.send_bytes(text.as_bytes());
    terminal.send_bytes(b"\x1b[201~");
    terminal.wait_for_text("last: reached");
    // It is more than an invitation may have; the console says so, and answers keys as before.
    terminal.send("<C-s>");
    terminal.wait_for_text("KB of custom attributes");
    terminal.send("<esc>");
    terminal.wait_for_text("lose what you typed?");
    terminal.send("y");
    terminal.wait_for_text("No invitation yet.");
    terminal.send("q");
    assert!(terminal.wait_exit().success());
}
