//! `guestlist user` and `guestlist group`: what changes them.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use super::{Machine, Ran};
use crate::support::stores::on_both;

fn with_input(machine: &Machine, arguments: &[&str], input: &str) -> Ran {
    let mut command = machine.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ran::from(child.wait_with_output().unwrap())
}

on_both! {
    async fn of_a_user_only_what_is_given_is_changed(machine: Machine) {
        machine.run(&["user", "create", "jane", "--name", "Jane", "--email", "jane@example.com", "--attributes", "a: 1"]).done();
        machine.run(&["user", "create", "joe"]).done();
        let changed = machine.json(&["user", "edit", "jane", "--username", "janet", "--path", "users/external"]);
        assert_eq!((&changed["username"], &changed["name"], &changed["email"]), (&json!("janet"), &json!("Jane"), &json!("jane@example.com")));
        assert_eq!((&changed["path"], &changed["attributes"]), (&json!("users/external"), &json!({"a": 1})));
        let changed = machine.json(&["user", "edit", "JANET", "--type", "external", "--attributes", "b: 2", "--email", ""]);
        assert_eq!((&changed["type"], &changed["attributes"], &changed["email"]), (&json!("external"), &json!({"b": 2}), &json!("")));
        machine.run(&["user", "edit", "janet", "--username", "Joe"]).complained(1, "There is a user of the name Joe already.");
        machine.run(&["user", "edit", "janet", "--email", "x"]).complained(2, "--email:");
        machine.run(&["user", "edit", "janet"]).complained(2, "Say what to change");
        machine.run(&["user", "edit", "jant", "--name", "x"]).complained(1, "Did you mean `janet`?");
        assert_eq!(machine.json(&["user", "show", "janet"])["name"], "Jane");
    }

    async fn of_a_group_only_what_is_given_is_changed(machine: Machine) {
        machine.run(&["group", "create", "staff", "--attributes", "a: 1"]).done();
        machine.run(&["group", "create", "others"]).done();
        let changed = machine.json(&["group", "edit", "staff", "--name", "team", "--superuser"]);
        assert_eq!(changed, json!({"name": "team", "is_superuser": true, "attributes": {"a": 1}}));
        let changed = machine.json(&["group", "edit", "team", "--no-superuser", "--attributes", "{}"]);
        assert_eq!(changed, json!({"name": "team", "is_superuser": false, "attributes": {}}));
        machine.run(&["group", "edit", "team", "--name", "others"]).complained(1, "There is a group of the name others already.");
        machine.run(&["group", "edit", "team"]).complained(2, "Say what to change");
        machine.run(&["group", "edit", "team", "--superuser", "--no-superuser"]).complained(2, "cannot be used with");
        machine.run(&["group", "edit", "team", "--name", "a", "--read-only"]).complained(1, "read-only");
    }

    async fn a_user_is_made_changed_and_deleted(machine: Machine) {
        machine.run(&["group", "create", "staff"]).done();
        let made = machine.json(&[
            "user", "create", "jane", "--name", "Jane Doe", "--email", "jane@example.com", "--group", "staff",
            "--attributes", "team: eng",
        ]);
        assert_eq!((&made["username"], &made["groups"], &made["type"]), (&json!("jane"), &json!(["staff"]), &json!("internal")));
        assert_eq!((&made["attributes"], &made["is_active"]), (&json!({"team": "eng"}), &json!(true)));
        machine.run(&["user", "create", "JANE"]).complained(1, "There is a user of the name JANE already.");
        machine.run(&["user", "create", "x", "--email", "y"]).complained(2, "--email: This is not an email address.");
        machine.run(&["user", "create", "x", "--group", "staf"]).complained(1, "Did you mean `staff`?");
        machine.run(&["user", "show", "x"]).complained(1, "There is no user");

        assert_eq!(machine.json(&["user", "deactivate", "jane"]), json!({"username": "jane", "is_active": false}));
        assert_eq!(machine.json(&["user", "show", "jane"])["is_active"], false);
        machine.run(&["user", "activate", "jane"]).done();
        assert_eq!(machine.json(&["user", "show", "jane"])["is_active"], true);

        let set = with_input(&machine, &["user", "set-password", "jane"], "correct horse\n").done();
        assert_eq!(set.out, "jane has another password now.\n");
        assert_eq!(machine.json(&["event", "list", "--limit", "1"])[0]["action"], "password_set");
        with_input(&machine, &["user", "set-password", "jane"], "\n").complained(1, "Enter a password.");

        machine.run(&["user", "delete", "jane"]).done();
        machine.run(&["user", "delete", "jane"]).complained(1, "There is no user `jane`.");
    }

    async fn a_group_is_made_filled_emptied_and_deleted(machine: Machine) {
        machine.run(&["group", "create", "staff", "--superuser", "--attributes", "a: 1"]).done();
        machine.run(&["group", "create", "staff"]).complained(1, "There is a group of the name staff already.");
        machine.run(&["group", "create", " "]).complained(2, "NAME: Enter a name.");
        for name in ["jane", "bob"] {
            machine.run(&["user", "create", name]).done();
        }
        assert_eq!(machine.json(&["group", "add", "staff", "jane", "bob", "jane"])["added"], json!(["jane", "bob"]));
        machine.run(&["group", "add", "staff", "jan"]).complained(1, "Did you mean `jane`?");
        let shown = machine.json(&["group", "show", "staff"]);
        assert_eq!(shown, json!({"name": "staff", "is_superuser": true, "members": ["bob", "jane"], "attributes": {"a": 1}}));
        assert_eq!(machine.json(&["group", "list", "--search", "sta"])[0]["members"], 2);
        machine.run(&["group", "remove", "staff", "bob"]).done();
        assert_eq!(machine.json(&["group", "show", "staff"])["members"], json!(["jane"]));
        machine.run(&["group", "delete", "staff"]).done();
        assert_eq!(machine.json(&["user", "show", "jane"])["groups"], json!([]));
        machine.run(&["group", "show", "staff"]).complained(1, "There is no group `staff`.");
    }
}

#[test]
fn nobody_locks_themselves_out_by_command_line() {
    let machine = Machine::new();
    machine.run(&["user", "create", "bob", "--as", "alice"]).done();
    machine.run(&["user", "deactivate", "alice", "--as", "alice"]).complained(1, "That is your own account");
    machine.run(&["user", "delete", "alice", "--as", "alice"]).complained(1, "That is your own account");
    machine.run(&["user", "delete", "alice", "--as", "bob"]).done();
}

#[test]
fn a_flow_is_deleted_once_nobody_is_invited_to_it() {
    let machine = Machine::with_flow();
    machine.run(&["invitation", "create", "welcome", "--flow", "default-enrollment-flow"]).done();
    machine
        .run(&["flow", "delete", "default-enrollment-flow"])
        .complained(1, "default-enrollment-flow still has 1 invitation");
    machine.run(&["invitation", "delete", "welcome"]).done();
    machine.run(&["flow", "delete", "default-enrollment-flow"]).done();
    assert_eq!(machine.json(&["flow", "list"]), json!([]));
}

#[test]
fn a_read_only_command_line_changes_nobody() {
    let machine = Machine::new();
    machine.run(&["user", "create", "bob"]).done();
    for command in [&["user", "delete", "bob"][..], &["user", "set-password", "bob"], &["group", "create", "x"]] {
        machine.run(&[command, &["--read-only"]].concat()).complained(1, "read-only");
    }
}
