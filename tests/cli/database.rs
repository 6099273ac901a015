//! `guestlist database`, and what every command does to a database.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::{Machine, as_nobody};
use sqlx::{Connection, Executor, SqliteConnection};

use crate::support::stores::on_both;

on_both! {
    async fn missing_migrations_are_told_then_applied(machine: Machine) {
        let before = machine.json(&["database", "status"]);
        assert_eq!(before["migrations"][0]["applied"], false);
        let applied = machine.json(&["database", "migrate"]);
        assert_eq!((&applied["migrations"][0]["applied"], &applied["migrations"][0]["new"]), (&json!(true), &json!(true)));
        assert_eq!(machine.json(&["database", "migrate"])["migrations"][0]["new"], false);
        assert_eq!(machine.json(&["database", "status"])["migrations"][0]["applied"], true);
    }

    async fn read_only_nothing_is_written(machine: Machine) {
        machine.run(&["blueprint", "import", "default-enrollment-flow"]).done();
        machine.run(&["invitation", "create", "a"]).done();
        let events = machine.json(&["event", "list"]);
        for arguments in [
            &["invitation", "create", "b"][..],
            &["invitation", "revoke", "a"],
            &["invitation", "restore", "a"],
            &["invitation", "delete", "a"],
            &["flow", "bind-invitation-stage", "default-enrollment-flow"],
            &["blueprint", "import", "minimal"],
            &["database", "migrate"],
            &["serve"],
        ] {
            machine.run(&[arguments, &["--read-only"]].concat()).complained(1, "read-only");
        }
        let machine = machine.with("GUESTLIST_READ_ONLY", "1");
        machine.run(&["invitation", "delete", "a"]).complained(1, "read-only");
        machine.run(&["invitation", "list", "--as", "stranger"]).done();
        machine.run(&["blueprint", "import", "minimal", "--dry-run", "--as", "stranger"]).done();
        assert_eq!(machine.json(&["event", "list"]), events);
    }
}

#[test]
fn a_new_database_is_for_its_owner_only() {
    let machine = Machine::new();
    machine.run(&["user", "list"]).done();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&machine.database()), 0o600);
    assert_eq!(mode(machine.database().parent().unwrap()), 0o700);
}

#[test]
fn a_database_that_others_may_read_is_used_with_a_warning_and_left_as_it_is() {
    let machine = Machine::new();
    assert!(!machine.run(&["user", "list"]).done().err.contains("warning"));
    let path = machine.database();
    for (mode, warned) in [(0o644, true), (0o660, true), (0o600, false), (0o400, false)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        for form in [&["user", "list"][..], &["user", "list", "--read-only", "--json"]] {
            let ran = machine.run(form).done();
            assert_eq!(ran.err.contains(&format!("mode {mode:o}")), warned, "{mode:o}: {}", ran.err);
        }
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let server = crate::support::serve::Serving::start(&format!("sqlite://{}", path.display()));
    assert!(
        server.complaints().contains("WARN") && server.complaints().contains("mode 644"),
        "{}",
        server.complaints()
    );
}

#[test]
fn asking_for_the_status_makes_no_database() {
    let machine = Machine::new();
    assert_eq!(machine.json(&["database", "status"])["exists"], false);
    machine.run(&["--read-only", "user", "list"]).complained(1, "There is no database at ");
    assert!(!machine.database().exists());
}

#[test]
fn advice_is_given_on_files_of_one_s_own_that_are_databases_only() {
    let machine = Machine::new();
    machine.write("notes.txt", "not a database, and long enough to be told from one: ".repeat(20).as_str());
    let path = machine.home.path().join("notes.txt");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    for command in [&["user", "list"][..], &["user", "list", "--read-only"], &["database", "status"]] {
        let told = machine.run(&[command, &["--database", "sqlite:notes.txt"]].concat());
        let told = told.complained(1, "notes.txt: that is no database of guestlist: it is a file of another kind");
        assert!(!told.err.contains("chmod"), "{}", told.err);
    }
    let folder = machine.run(&["user", "list", "--database", "sqlite:."]).complained(1, "directory");
    assert!(!folder.err.contains("chmod"), "{}", folder.err);
}

#[tokio::test]
async fn a_database_that_one_may_only_read_is_read() {
    let machine = Machine::new();
    machine.run(&["user", "create", "jane"]).done();
    // What a command wrote may stand in the log beside the file until the next one looks.
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", machine.database().display())).await.unwrap();
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    connection.close().await.unwrap();
    let folder = machine.home.path().join("shared");
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("guests.db");
    std::fs::copy(machine.database(), &path).unwrap();
    let mode = |path: &std::path::Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    let closed = |closed: u32| {
        mode(&path, closed).unwrap();
        mode(&folder, 0o555).unwrap();
        mode(machine.home.path(), 0o755).unwrap();
    };
    closed(0o444);
    let look = ["user", "list", "--read-only", "--as", "jane", "--database", "sqlite:shared/guests.db"];
    let seen = as_nobody(&machine, &look).done();
    assert!(seen.out.contains("jane") && !seen.err.contains("chmod"), "{seen:?}");
    as_nobody(&machine, &["database", "status", "--database", "sqlite:shared/guests.db"]).done();
    // Somebody writes, or died at it: what stands beside the file would be missed.
    mode(&folder, 0o755).unwrap();
    std::fs::write(folder.join("guests.db-wal"), "x").unwrap();
    closed(0o444);
    as_nobody(&machine, &look).complained(1, "shared/guests.db: somebody has it open");
    closed(0o000);
    as_nobody(&machine, &look).complained(1, "shared/guests.db: Permission denied");
    mode(&folder, 0o755).unwrap();
}
