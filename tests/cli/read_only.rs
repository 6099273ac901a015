//! Who only looks: by a flag, by the configuration, by a group.

use std::process::Command;

use super::{Machine, Ran};
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
        let command = machine.command(&arguments);
        Ran::from(as_nobody(command).output().unwrap())
    };
    ran(&["invitation", "list"]).done();
    let refused =
        ran(&["invitation", "create", "a"]).complained(1, "the database file may not be written to: use --read-only");
    assert!(!refused.err.contains("database: "), "{}", refused.err);
}

/// The command as somebody whom files keep out: files keep nobody out who is root.
fn as_nobody(command: Command) -> Command {
    if !nix::unistd::geteuid().is_root() {
        return command;
    }
    let mut nobody = Command::new("setpriv");
    nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(command.get_program());
    nobody.args(command.get_args()).env_clear();
    nobody.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    nobody
}
