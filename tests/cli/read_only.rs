//! Who only looks: by a flag, by the configuration, by a group.

use super::Machine;
use crate::support::stores::on_both;

const FILE: &str = ".config/guestlist/config.yaml";

/// Every command that writes.
const WRITING: &[&[&str]] = &[
    &["invitation", "create", "b"],
    &["invitation", "revoke", "a"],
    &["invitation", "restore", "a"],
    &["invitation", "reissue", "a"],
    &["invitation", "delete", "a"],
    &["user", "create", "b"],
    &["user", "deactivate", "jane"],
    &["user", "activate", "jane"],
    &["user", "delete", "jane"],
    &["user", "set-password", "jane"],
    &["group", "create", "b"],
    &["group", "add", "viewers", "bob"],
    &["group", "remove", "viewers", "jane"],
    &["group", "delete", "viewers"],
    &["flow", "delete", "default-enrollment-flow"],
    &["flow", "bind-invitation-stage", "default-enrollment-flow"],
    &["blueprint", "import", "default-enrollment-flow"],
    &["database", "migrate"],
    &["serve"],
];

on_both! {
    async fn a_member_of_the_read_only_group_looks_at_everything_and_changes_nothing(machine: Machine) {
        machine.run(&["blueprint", "import", "default-enrollment-flow"]).done();
        for command in [
            &["invitation", "create", "a"][..],
            &["user", "create", "jane"],
            &["user", "create", "bob"],
            &["group", "create", "viewers"],
            &["group", "add", "viewers", "jane"],
        ] {
            machine.run(command).done();
        }
        machine.write(FILE, "read_only_group: viewers\n");
        let machine = machine.with("GUESTLIST_AS", "jane");
        let before = machine.run(&["event", "list", "--json"]).done().out;
        for command in WRITING {
            let ran = machine.run(command).complained(1, "jane works read-only: a member of `viewers`");
            assert!(ran.err.contains("read_only_group"), "{}", ran.err);
        }
        for command in [&["invitation", "list"][..], &["user", "show", "jane"], &["flow", "list"], &["database", "status"]] {
            machine.run(command).done();
        }
        assert_eq!(machine.run(&["event", "list", "--json"]).done().out, before);
        machine.run(&["invitation", "create", "b", "--as", "bob"]).done();
    }
}

#[test]
fn a_group_that_nobody_is_in_keeps_nobody_from_writing() {
    let machine = Machine::with_flow();
    machine.write(FILE, "read_only_group: viewers\n");
    machine.run(&["invitation", "create", "a"]).done();
}
