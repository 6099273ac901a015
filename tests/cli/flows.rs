//! `guestlist blueprint`, `flow`, `user` and `event`.

use std::process::Stdio;

use guestlist::clock;
use guestlist::domain::Mapping;
use guestlist::domain::event::Actor;
use guestlist::domain::id::UserId;
use guestlist::domain::stage::UserType;
use guestlist::domain::user::{User, Username};
use guestlist::store::{Store, users};
use serde_json::json;

use super::{Machine, Ran};
use crate::support::requires::reference_blueprints;
use crate::support::stores::on_both;

on_both! {
    async fn a_flow_is_imported_once_and_shown(machine: Machine) {
        let dry = machine.json(&["blueprint", "import", "default-enrollment-flow", "--dry-run"]);
        assert_eq!((&dry["dry_run"], &dry["has_changes"]), (&json!(true), &json!(true)));
        assert_eq!(machine.json(&["flow", "list"]), json!([]));
        assert_eq!(machine.json(&["user", "list"]), json!([]));

        let import = ["blueprint", "import", "default-enrollment-flow", "--bind-invitation-stage"];
        let report = machine.json(&import);
        assert_eq!(report["bound"], json!(["default-enrollment-flow"]));
        assert_eq!(report["changes"][0]["action"], "created");
        assert_eq!(machine.json(&import)["has_changes"], false);

        let flows = machine.json(&["flow", "list"]);
        assert_eq!(flows[0]["slug"], "default-enrollment-flow");
        assert_eq!((&flows[0]["designation"], &flows[0]["has_invitation_stage"]), (&json!("enrollment"), &json!(true)));
        let flow = machine.json(&["flow", "show", "default-enrollment-flow"]);
        assert_eq!(flow["stages"][0]["kind"], "invitation");
        assert_eq!(flow["stages"][1]["prompts"][0]["field_key"], "username");
        assert_eq!(flow["problems"], json!([]));
        let table = machine.run(&["flow", "show", "default-enrollment-flow"]).done().out;
        assert!(table.contains("User write") && table.contains("username, password"), "{table}");
    }

    async fn who_acts_becomes_an_administrator_once(machine: Machine) {
        machine.run(&["blueprint", "import", "minimal", "--as", "Alice"]).done();
        machine.run(&["invitation", "create", "a", "--as", "alice"]).done();
        let users = machine.json(&["user", "list"]);
        assert_eq!(users.as_array().unwrap().len(), 1);
        assert_eq!((&users[0]["username"], &users[0]["type"]), (&json!("Alice"), &json!("internal")));
        assert_eq!((&users[0]["path"], &users[0]["groups"]), (&json!("users"), &json!(["administrators"])));
        assert_eq!((&users[0]["is_active"], &users[0]["invitation"]), (&json!(true), &json!(null)));
        assert_eq!(machine.json(&["user", "show", "ALICE"])["username"], "Alice");
        assert_eq!(machine.json(&["invitation", "show", "a"])["created_by"], "Alice");
        machine.run(&["user", "show", "alcie"]).complained(1, "Did you mean `Alice`?");
    }

    async fn commands_that_start_at_once_on_an_empty_database_all_succeed(machine: Machine) {
        let names: Vec<String> = (0..6).map(|number| format!("invitation-{number}")).collect();
        let started: Vec<_> = names
            .iter()
            .map(|name| {
                let mut command = machine.command(&["invitation", "create", name]);
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for child in started {
            Ran::from(child.wait_with_output().unwrap()).done();
        }
        assert_eq!(machine.json(&["invitation", "list"]).as_array().unwrap().len(), 6);
        assert_eq!(machine.json(&["user", "list"]).as_array().unwrap().len(), 1);
    }
}

#[test]
fn the_blueprint_of_the_reference_brings_its_flows_and_invitations() {
    let Some(folder) = reference_blueprints() else { return };
    let machine = Machine::new();
    let file = folder.join("flows-invitation-enrollment.yaml").display().to_string();
    machine.run(&["blueprint", "import", &file]).done();
    assert_eq!(machine.json(&["flow", "list"]).as_array().unwrap().len(), 3);
    assert_eq!(machine.json(&["invitation", "list"]).as_array().unwrap().len(), 5);
}

#[test]
fn an_invitation_stage_is_bound_once() {
    let machine = Machine::new();
    let ran = machine.run(&["blueprint", "import", "default-enrollment-flow"]).done();
    assert!(ran.err.contains("bind-invitation-stage default-enrollment-flow"), "{}", ran.err);
    let bind = ["flow", "bind-invitation-stage", "default-enrollment-flow"];
    assert_eq!(machine.json(&bind)["bound"], true);
    assert_eq!(machine.json(&bind)["bound"], false);
}

#[test]
fn a_wrong_blueprint_is_refused_with_every_place() {
    let machine = Machine::new();
    machine.write("bad.yaml", "version: 1\nentries:\n- model: authentik_flows.flw\n  identifiers: {slug: a}\n");
    let ran = machine.run(&["blueprint", "import", "bad.yaml"]).complained(1, "bad.yaml:3:");
    assert!(ran.err.contains("Nothing was imported."), "{}", ran.err);
    machine.run(&["blueprint", "import", "minimel"]).complained(1, "Did you mean `minimal`?");
    machine.run(&["blueprint", "import", "minimal", "--context", "x"]).complained(2, "KEY=VALUE");
    assert_eq!(machine.json(&["flow", "list"]), json!([]));
}

#[test]
fn the_shipped_blueprints_are_listed_by_the_names_that_import_takes() {
    let machine = Machine::new();
    let listed = machine.json(&["blueprint", "list"]);
    for one in listed.as_array().unwrap() {
        machine.run(&["blueprint", "import", one["name"].as_str().unwrap()]).done();
    }
    assert!(listed.as_array().unwrap().len() >= 3);
}

#[test]
fn events_tell_from_where() {
    let machine = Machine::with_flow().with("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.1 22");
    machine.run(&["invitation", "create", "a"]).done();
    assert_eq!(machine.json(&["event", "list"])[0]["address"], "192.0.2.7");
    let machine = machine.with("SSH_CONNECTION", "\u{1b}[31m 1 2 3");
    machine.run(&["invitation", "revoke", "a"]).done();
    assert_eq!(machine.json(&["event", "list", "--limit", "1"])[0]["address"], "local");
}

#[tokio::test]
async fn an_account_that_exists_is_used_as_it_is_and_never_promoted() {
    let machine = Machine::new();
    machine.run(&["database", "migrate"]).done();
    let store = Store::open(&format!("sqlite://{}", machine.database().display())).await.unwrap();
    let guest = User {
        id: UserId(clock::new_id()),
        username: Username::parse("guest").unwrap(),
        name: String::new(),
        email: String::new(),
        is_active: true,
        path: "users/external".into(),
        kind: UserType::External,
        attributes: Mapping::new(),
        password: None,
        created_at: clock::now(),
        last_login: None,
    };
    let mut tx = store.begin_write().await.unwrap();
    users::insert(&mut tx, &guest, json!({}), &Actor::system().at(clock::now())).await.unwrap();
    tx.commit().await.unwrap();
    machine.run(&["invitation", "create", "a", "--as", "guest"]).done();
    let user = machine.json(&["user", "show", "guest"]);
    assert_eq!(
        (&user["groups"], &user["type"], &user["path"]),
        (&json!([]), &json!("external"), &json!("users/external"))
    );
}
