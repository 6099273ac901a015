//! `guestlist invitation`.

use serde_json::json;

use super::Machine;
use crate::support::stores::on_both;

on_both! {
    async fn of_an_invitation_only_what_is_given_is_changed(machine: Machine) {
        machine.run(&["blueprint", "import", "default-enrollment-flow", "--bind-invitation-stage"]).done();
        let made = machine.json(&[
            "invitation", "create", "welcome", "--flow", "default-enrollment-flow", "--data", "a: 1", "--note", "old",
            "--expires", "2099-12-24T18:00:00Z",
        ]);
        machine.run(&["invitation", "create", "other"]).done();
        let changed = machine.json(&["invitation", "edit", "welcome", "--name", "hello", "--note", "new", "--max-uses", "3"]);
        assert_eq!((&changed["id"], &changed["link"]), (&made["id"], &made["link"]));
        assert_eq!((&changed["name"], &changed["note"], &changed["max_uses"]), (&json!("hello"), &json!("new"), &json!(3)));
        assert_eq!((&changed["flow"], &changed["expires"], &changed["fixed_data"]), (&made["flow"], &made["expires"], &json!({"a": 1})));
        let changed = machine.json(&["invitation", "edit", "hello", "--any-flow", "--expires", "never", "--data", "b: 2", "--unlimited"]);
        assert_eq!((&changed["flow"], &changed["expires"], &changed["max_uses"]), (&json!(null), &json!(null), &json!(null)));
        assert_eq!((&changed["fixed_data"], &changed["note"]), (&json!({"b": 2}), &json!("new")));
        let changed = machine.json(&["invitation", "edit", "hello", "--flow", "default-enrollment-flow", "--single-use"]);
        assert_eq!((&changed["flow"], &changed["single_use"]), (&made["flow"], &json!(true)));
        machine.run(&["invitation", "edit", "hello"]).complained(2, "Say what to change");
        machine.run(&["invitation", "edit", "hello", "--name", "a b"]).complained(2, "NAME");
        machine.run(&["invitation", "edit", "hello", "--name", "other"]).complained(1, "the name other already");
        machine.run(&["invitation", "edit", "hallo", "--note", "x"]).complained(1, "Did you mean `hello`?");
        machine.run(&["invitation", "edit", "hello", "--expires", "yesterday"]).complained(2, "--expires");
    }

    async fn another_one_like_it_has_a_link_of_its_own(machine: Machine) {
        machine.run(&["blueprint", "import", "default-enrollment-flow", "--bind-invitation-stage"]).done();
        let made = machine.json(&["invitation", "create", "one", "--data", "a: 1", "--note", "x", "--max-uses", "5", "--expires", "never"]);
        let other = machine.json(&["invitation", "duplicate", "one", "two", "--note", "y"]);
        assert_eq!((&other["name"], &other["note"], &other["max_uses"]), (&json!("two"), &json!("y"), &json!(5)));
        assert_eq!((&other["fixed_data"], &other["expires"], &other["uses"]), (&json!({"a": 1}), &json!(null), &json!(0)));
        assert!(other["id"] != made["id"] && other["link"] != made["link"]);
        machine.run(&["invitation", "duplicate", "one", "two"]).complained(1, "the name two already");
        machine.run(&["invitation", "duplicate", "one", "three", "--read-only"]).complained(1, "read-only");
    }

    async fn an_invitation_is_made_shown_withdrawn_and_brought_back(machine: Machine) {
        machine.run(&["blueprint", "import", "default-enrollment-flow", "--bind-invitation-stage"]).done();
        let made = machine.json(&[
            "invitation", "create", "welcome", "--flow", "default-enrollment-flow", "--data", "email: jane@example.com",
            "--note", "for Jane", "--as", "alice", "--expires", "2099-12-24T18:00:00Z",
        ]);
        assert_eq!(made["name"], "welcome");
        assert_eq!(made["flow"], "default-enrollment-flow");
        assert_eq!(made["expires"], "2099-12-24T18:00:00Z");
        assert_eq!(made["fixed_data"], json!({ "email": "jane@example.com" }));
        assert_eq!((&made["single_use"], &made["max_uses"], &made["uses"]), (&json!(true), &json!(1), &json!(0)));
        assert_eq!((&made["status"], &made["created_by"], &made["note"]), (&json!("active"), &json!("alice"), &json!("for Jane")));
        let problems = made["problems"].as_array().unwrap();
        assert_eq!((problems.len(), &problems[0]["code"]), (1, &json!("public_url_local")));
        let id = made["id"].as_str().unwrap();
        let link = format!("http://127.0.0.1:9000/if/flow/default-enrollment-flow/?itoken={id}");
        assert_eq!(made["link"], link);

        assert_eq!(machine.run(&["invitation", "link", "welcome"]).done().out, format!("{link}\n"));
        assert_eq!(machine.json(&["invitation", "show", id])["name"], "welcome");
        assert_eq!(machine.json(&["invitation", "list"])[0]["link"], link);

        assert_eq!(machine.json(&["invitation", "revoke", "welcome"])["status"], "revoked");
        assert_eq!(machine.json(&["invitation", "list", "--status", "active"]), json!([]));
        let warned = machine.run(&["invitation", "link", "welcome"]).done();
        assert!(warned.err.contains("warning: welcome is revoked: its link lets nobody enroll."), "{}", warned.err);
        assert_eq!(machine.json(&["invitation", "restore", id])["status"], "active");

        assert_eq!(machine.json(&["invitation", "delete", "welcome"])["deleted"], true);
        machine.run(&["invitation", "show", "welcome"]).complained(1, "There is no invitation `welcome`");
        assert_eq!(machine.json(&["invitation", "restore", "welcome"])["id"], id);

        let events = machine.json(&["event", "list", "--limit", "2"]);
        assert_eq!(events[0]["action"], "invitation_undeleted");
        assert_eq!((&events[0]["object_name"], &events[0]["address"]), (&json!("welcome"), &json!("local")));
        assert!(!events.to_string().contains(id), "a token in an event: {events}");
    }
}

#[test]
fn uses_and_expiry_are_as_asked() {
    let machine = Machine::with_flow();
    let create = |name: &str, more: &[&str]| machine.json(&[&["invitation", "create", name], more].concat());
    assert_eq!(create("a", &["--unlimited"])["max_uses"], json!(null));
    let ten = create("b", &["--max-uses", "10", "--expires", "never"]);
    assert_eq!((&ten["max_uses"], &ten["single_use"], &ten["expires"]), (&json!(10), &json!(false), &json!(null)));
    let single = create("c", &["--single-use"]);
    assert_eq!(single["single_use"], true);
    let days = |made: &serde_json::Value| {
        let instant = |key: &str| made[key].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        (instant("expires") - instant("created_at")).num_days()
    };
    assert_eq!(days(&single), 7);
    machine.write(".config/guestlist/config.yaml", "default_expiry_days: 30\n");
    assert_eq!(days(&create("d", &[])), 30);
}

#[test]
fn custom_attributes_come_from_files_and_standard_input_too() {
    let machine = Machine::with_flow();
    machine.write("jane.yaml", "name: Jane\nattributes:\n  team: Backend\n");
    let made = machine.json(&["invitation", "create", "file", "--data", "@jane.yaml"]);
    assert_eq!(made["fixed_data"], json!({ "name": "Jane", "attributes": { "team": "Backend" } }));
    let mut command = machine.command(&["invitation", "create", "stdin", "--data", "@-", "--json"]);
    let file = std::fs::File::open(machine.home.path().join("jane.yaml")).unwrap();
    assert!(command.stdin(file).output().unwrap().status.success());
    assert_eq!(machine.json(&["invitation", "show", "stdin"])["fixed_data"], made["fixed_data"]);
}

#[test]
fn what_will_go_wrong_is_told_beside_the_invitation() {
    let machine = Machine::new();
    machine.run(&["blueprint", "import", "default-enrollment-flow"]).done();
    let arguments = ["invitation", "create", "a", "--flow", "default-enrollment-flow", "--data", "emial: x", "--json"];
    let ran = machine.run(&arguments).done();
    assert!(ran.err.contains("no invitation stage") && ran.err.contains("Did you mean `email`?"), "{}", ran.err);
    let made: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(made["problems"][0]["code"], "no_invitation_stage");
    assert_eq!(made["problems"][1]["code"], "unmatched_key");
    let hostile = "{name: \"a\\u202eb\", email: jane}";
    let ran =
        machine.run(&["invitation", "create", "b", "--flow", "default-enrollment-flow", "--data", hostile]).done();
    for told in ["`name` will not be taken as it is", "U+202E", "`email` will not be taken as it is"] {
        assert!(ran.err.contains(told), "{}", ran.err);
    }
}

#[test]
fn an_invitation_to_any_flow_has_a_link_where_one_flow_takes_it() {
    let machine = Machine::new();
    machine.run(&["blueprint", "import", "default-enrollment-flow"]).done();
    assert_eq!(machine.json(&["invitation", "create", "any"])["problems"][0]["code"], "no_flow_for_any");
    machine.run(&["invitation", "link", "any"]).complained(1, "no enrollment flow has an invitation stage");

    machine.run(&["flow", "bind-invitation-stage", "default-enrollment-flow"]).done();
    assert!(machine.run(&["invitation", "link", "any"]).done().out.contains("/if/flow/default-enrollment-flow/?"));

    machine.run(&["blueprint", "import", "invitation-enrollment"]).done();
    let complaint = machine.run(&["invitation", "link", "any"]).complained(1, "--flow").err;
    assert!(complaint.contains("default-enrollment-flow"), "{complaint}");
    let chosen = machine.run(&["invitation", "link", "any", "--flow", "default-enrollment-flow"]).done();
    assert!(chosen.out.contains("/if/flow/default-enrollment-flow/?"));
}

#[test]
fn the_link_of_another_flow_is_refused() {
    let machine = Machine::with_flow();
    machine.run(&["blueprint", "import", "minimal"]).done();
    machine.run(&["invitation", "create", "a", "--flow", "default-enrollment-flow"]).done();
    let flows = machine.json(&["flow", "list"]);
    let other = flows.as_array().unwrap().iter().find(|flow| flow["slug"] != "default-enrollment-flow").unwrap();
    let slug = other["slug"].as_str().unwrap();
    machine.run(&["invitation", "link", "a", "--flow", slug]).complained(1, "would not take it");
}

#[test]
fn faults_are_told_calmly_with_what_would_be_right() {
    let machine = Machine::with_flow();
    machine.run(&["invitation", "create", "welcome"]).done();
    let create = |arguments: &[&str]| machine.run(&[&["invitation", "create"], arguments].concat());
    create(&["welcome"]).complained(1, "Choose another name");
    create(&["a", "--flow", "default-enrolment-flow"]).complained(1, "Did you mean `default-enrollment-flow`?");
    create(&["a", "--flow", "zzz"]).complained(1, "`guestlist flow list`");
    create(&["two words"]).complained(2, "NAME: Use only letters");
    create(&["a", "--expires", "soon"]).complained(2, "--expires: Write a time such as +7d");
    create(&["a", "--expires", "2020-01-01"]).complained(2, "in the past");
    create(&["a", "--max-uses", "0"]).complained(2, "--max-uses");
    create(&["a", "--max-uses", "2", "--unlimited"]).complained(2, "cannot be used with");
    create(&["a", "--data", "a: [1"]).complained(2, "--data: ");
    create(&["a", "--data", "just text"]).complained(2, "mapping");
    create(&["a", "--note", "a\u{1b}b"]).complained(2, "--note: ");
    create(&["a", "--data", "@nowhere.yaml"]).complained(1, "nowhere.yaml can't be read");
    machine.write("bad.yaml", "a: 1\n  b: 2\n");
    create(&["a", "--data", "@bad.yaml"]).complained(1, "bad.yaml:2:");
    machine.run(&["invitation", "revoke", "wellcome"]).complained(1, "Did you mean `welcome`?");
    machine.run(&["invitation", "list", "--status", "dead"]).complained(2, "revoked");
    assert_eq!(machine.json(&["invitation", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_reissued_invitation_has_a_new_link_and_the_old_one_is_unknown() {
    let machine = Machine::with_flow();
    let old = machine.json(&["invitation", "create", "welcome", "--note", "kept", "--max-uses", "3"]);
    let new = machine.json(&["invitation", "reissue", "welcome"]);
    assert_ne!((&old["id"], &old["link"]), (&new["id"], &new["link"]));
    for kept in ["name", "flow", "expires", "fixed_data", "max_uses", "note"] {
        assert_eq!(old[kept], new[kept], "{kept}");
    }
    machine.run(&["invitation", "show", old["id"].as_str().unwrap()]).complained(1, "There is no invitation");
    let events = machine.json(&["event", "list", "--limit", "1"]);
    assert_eq!(events[0]["action"], "invitation_reissued");
    let said = machine.run(&["invitation", "reissue", "welcome"]).done();
    assert!(said.err.contains("The old link of welcome is dead."), "{said:?}");
    machine.run(&["invitation", "reissue", "welcom"]).complained(1, "Did you mean `welcome`?");
    machine.run(&["--read-only", "invitation", "reissue", "welcome"]).complained(1, "read-only");
}

#[test]
fn what_is_given_may_begin_with_a_hyphen() {
    let machine = Machine::with_flow();
    let data = "---\nemail: jane@example.com\n";
    let made = machine.json(&["invitation", "create", "a", "--data", data, "--note", "-x", "--max-uses", "2"]);
    assert_eq!((&made["fixed_data"]["email"], &made["note"]), (&json!("jane@example.com"), &json!("-x")));
    machine.run(&["invitation", "batch", "--count", "1", "--name", "b", "--data", data, "--note", "-y"]).done();
    machine.run(&["user", "create", "jane", "--attributes", "---\nteam: red\n"]).done();
    machine.run(&["group", "create", "staff", "--attributes", "--- {team: red}"]).done();
    machine.run(&["invitation", "create", "c", "--data", "- a\n- b\n"]).complained(2, "mapping");
}

#[tokio::test]
async fn openings_are_counted_in_words() {
    let machine = Machine::with_flow();
    let made = machine.json(&["invitation", "create", "a"]);
    let id = guestlist::domain::id::InvitationId::parse(made["id"].as_str().unwrap()).unwrap();
    let store = guestlist::store::Store::open(&format!("sqlite://{}", machine.database().display())).await.unwrap();
    for expected in ["once, ", "2 times, last "] {
        let mut tx = store.begin_write().await.unwrap();
        guestlist::store::invitations::record_open(&mut tx, id, guestlist::clock::now()).await.unwrap();
        tx.commit().await.unwrap();
        let shown = machine.run(&["invitation", "show", "a"]).done().out;
        let opened = shown.lines().find(|line| line.starts_with("Opened")).unwrap();
        assert!(opened.contains(expected), "{opened}");
    }
}

#[test]
fn in_the_hour_that_clocks_show_twice_an_invitation_lasts_to_the_later() {
    // Zones written out, so that nothing depends on the zones that a machine knows.
    for (zone, typed, expires) in [
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2099-10-25 02:30", "2099-10-25T01:30:00Z"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2099-10-25 01:59", "2099-10-24T23:59:00Z"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2099-10-25 03:00", "2099-10-25T02:00:00Z"),
        ("EST5EDT,M3.2.0,M11.1.0", "2099-11-01 01:15", "2099-11-01T06:15:00Z"),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2099-04-05 02:45", "2099-04-04T16:45:00Z"),
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2099-04-05 01:45", "2099-04-04T15:15:00Z"),
        ("UTC0", "2099-10-25 02:30", "2099-10-25T02:30:00Z"),
    ] {
        let machine = Machine::new().with("TZ", zone);
        let made = machine.json(&["invitation", "create", "a", "--expires", typed]);
        assert_eq!(made["expires"], expires, "{zone} {typed}");
    }
    let machine = Machine::new().with("TZ", "CET-1CEST,M3.5.0,M10.5.0/3");
    machine.run(&["invitation", "create", "a", "--expires", "2099-03-29 02:30"]).complained(2, "does not exist");
}
