//! What the command line asks before it applies a blueprint, where somebody sits at a terminal.

use super::SIZE;
use crate::cli::Machine;
use crate::support::pty::Terminal;
use crate::support::serve::guestlist;

const FLOW: &str = "entries:\n  - {model: authentik_flows.flow, identifiers: {slug: open}, attrs: {name: Open, title: Open, designation: enrollment}}\n";

fn importing(machine: &Machine, arguments: &[&str]) -> Terminal {
    let home = machine.home.path().to_str().unwrap();
    let file = format!("{home}/flow.yaml");
    let arguments = [&["blueprint", "import", file.as_str()], arguments].concat();
    Terminal::spawn(guestlist(), &arguments, &[("HOME", home), ("TERM", "dumb")], SIZE)
}

#[test]
fn an_import_shows_what_it_will_do_and_asks_first() {
    let machine = Machine::new();
    machine.write("flow.yaml", FLOW);
    let terminal = importing(&machine, &[]);
    terminal.wait_for_text("It will be: 1 created");
    terminal.wait_for_text("anybody can enroll, invited or not: open.");
    terminal.send("<enter>");
    terminal.wait_for_text("Apply this? [y/N]");
    terminal.send("<enter>");
    assert_eq!(terminal.wait_exit().exit_code(), 1);
    assert!(terminal.screen().contains("Nothing was imported."), "{}", terminal.screen());
    assert_eq!(machine.json(&["flow", "list"]), serde_json::json!([]));

    let terminal = importing(&machine, &[]);
    terminal.wait_for_text("Bind one first in order? [Y/n]");
    terminal.send("y <enter>");
    terminal.wait_for_text("Apply this? [y/N]");
    terminal.send("y <enter>");
    assert_eq!(terminal.wait_exit().exit_code(), 0);
    assert!(terminal.screen().contains("open has an invitation stage now"), "{}", terminal.screen());
    // Once more there is nothing to ask.
    assert_eq!(importing(&machine, &[]).wait_exit().exit_code(), 0);
}

#[test]
fn who_says_yes_beforehand_is_asked_nothing() {
    let machine = Machine::new();
    machine.write("flow.yaml", FLOW);
    let terminal = importing(&machine, &["--yes"]);
    assert_eq!(terminal.wait_exit().exit_code(), 0);
    assert!(!terminal.screen().contains("[y/N]"), "{}", terminal.screen());
    assert_eq!(machine.json(&["flow", "list"])[0]["slug"], "open");
}
