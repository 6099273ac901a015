//! Who only looks: by a flag, by the configuration, by a group.

use super::{Machine, as_nobody};
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
    &["blueprint", "forget", "default-enrollment-flow"],
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
    machine.run(&["group", "create", "viewers"]).done();
    machine.write(FILE, "read_only_group: viewers\n");
    machine.run(&["invitation", "create", "a"]).done();
}

on_both! {
    async fn a_group_that_is_not_there_lets_everybody_look_only_until_it_is(machine: Machine) {
        machine.run(&["blueprint", "import", "default-enrollment-flow"]).done();
        machine.run(&["invitation", "create", "a"]).done();
        machine.write(FILE, "read_only_group: view ers\n");
        let before = machine.run(&["event", "list", "--json"]).done().out;
        let refused = machine.run(&["invitation", "create", "b"]).complained(1, "There is no group `view ers`");
        let make = "guestlist --read-only-group '' group create 'view ers'";
        assert!(refused.err.contains("read_only_group") && refused.err.contains(make), "{}", refused.err);
        machine.run(&["invitation", "list"]).done();
        assert_eq!(machine.run(&["event", "list", "--json"]).done().out, before);
        // What acts for nobody goes on, and says it.
        assert!(machine.run(&["database", "migrate"]).done().err.contains("warning: There is no group `view ers`"));
        machine.run(&["--read-only-group", "", "group", "create", "view ers"]).done();
        machine.run(&["invitation", "create", "b"]).done();
        let machine = machine.with("GUESTLIST_READ_ONLY_GROUP", "others");
        machine.run(&["invitation", "create", "c"]).complained(1, "There is no group `others`");
    }
}

#[test]
fn a_new_database_can_be_begun_before_the_group_is_there() {
    let machine = Machine::new();
    machine.write(FILE, "read_only_group: viewers\n");
    let begun = machine.run(&["group", "create", "viewers"]).done();
    assert!(begun.err.contains("warning: There is no group `viewers` yet"), "{}", begun.err);
    assert_eq!(machine.run(&["invitation", "list"]).done().err, "No invitations.\n");
}

#[test]
fn a_server_runs_without_the_group_and_logs_that_it_is_missing() {
    let machine = Machine::with_flow();
    let database = format!("sqlite://{}", machine.database().display());
    let environment = [("GUESTLIST_READ_ONLY_GROUP", "viewers")];
    let server = crate::support::serve::Serving::start_with(&database, "127.0.0.1:0", &environment);
    assert!(server.complaints().contains("There is no group `viewers`"), "{}", server.complaints());
}

#[test]
fn the_console_says_why_it_is_read_only() {
    let machine = Machine::with_flow();
    machine.write(FILE, "read_only_group: viewers\n");
    let mut plain = machine.command(&["--plain"]);
    let plain = super::Ran::from(plain.stdin(std::process::Stdio::null()).output().unwrap()).done();
    assert!(plain.out.contains("Read only.") && plain.err.contains("There is no group `viewers`"), "{plain:?}");
}

#[test]
fn a_file_that_may_not_be_written_to_is_read_and_says_what_to_do() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::with_flow();
    let file = machine.database();
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for folder in file.ancestors().skip(1).take_while(|folder| folder.starts_with(machine.home.path())) {
        mode(folder, 0o777);
    }
    mode(&file, 0o444);
    let url = format!("sqlite://{}", file.display());
    let ran = |arguments: &[&str]| {
        let arguments = [&["--database", url.as_str()], arguments].concat();
        as_nobody(&machine, &arguments)
    };
    ran(&["invitation", "list"]).done();
    let refused =
        ran(&["invitation", "create", "a"]).complained(1, "the database file may not be written to: use --read-only");
    assert!(!refused.err.contains("database: "), "{}", refused.err);
}
