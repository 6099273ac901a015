//! What is printed: for people, for scripts, and where nobody reads it.

use std::process::Stdio;

use guestlist::clock;
use guestlist::domain::event::Actor;
use guestlist::domain::flow::{Designation, Flow};
use guestlist::domain::id::FlowId;
use guestlist::domain::slug::Slug;
use guestlist::domain::text::is_harmful;
use guestlist::store::{Store, flows};

use super::Machine;

const HOSTILE: &str = "a\u{1b}]0;title\u{7}\u{202e}b\u{9b}2J";

#[tokio::test]
async fn a_hostile_name_is_shown_harmlessly_and_read_unchanged() {
    let machine = Machine::new();
    machine.run(&["database", "migrate"]).done();
    let store = Store::open(&format!("sqlite://{}", machine.database().display())).await.unwrap();
    let mut flow = Flow::new(FlowId(clock::new_id()), Slug::parse("evil").unwrap(), Designation::Enrollment);
    flow.name = HOSTILE.into();
    flow.title = "x".repeat(10_000);
    let mut tx = store.begin_write().await.unwrap();
    flows::insert(&mut tx, &flow, &Actor::system().at(clock::now())).await.unwrap();
    tx.commit().await.unwrap();

    for arguments in [["flow", "list", ""], ["flow", "show", "evil"], ["event", "list", ""]] {
        let arguments: Vec<&str> = arguments.into_iter().filter(|argument| !argument.is_empty()).collect();
        for form in [&["--json"][..], &[]] {
            let ran = machine.run(&[&arguments, form].concat()).done();
            let all = format!("{}{}", ran.out, ran.err);
            assert!(all.chars().all(|c| c == '\n' || !is_harmful(c)), "{arguments:?} {form:?}: {all:?}");
        }
    }
    let listed = machine.run(&["flow", "list"]).done().out;
    assert!(listed.contains("a\\u{1b}]0;title"), "{listed}");
    assert!(listed.lines().all(|line| line.len() < 200), "{listed}");
    assert_eq!(machine.json(&["flow", "show", "evil"])["name"], HOSTILE);
}

#[test]
fn a_hostile_argument_comes_back_harmless() {
    let machine = Machine::new();
    machine.run(&["blueprint", "import", "minimal"]).done();
    for arguments in [
        ["flow", "show", HOSTILE],
        ["user", "show", HOSTILE],
        ["invitation", "show", HOSTILE],
        ["blueprint", "import", HOSTILE],
        ["invitation", "create", HOSTILE],
    ] {
        let ran = machine.run(&arguments);
        assert_ne!(ran.code, 0);
        assert!(ran.err.chars().all(|c| c == '\n' || !is_harmful(c)), "{:?}", ran.err);
    }
}

#[test]
fn a_reader_who_leaves_is_no_failure() {
    let machine = Machine::with_flow();
    let mut command = machine.command(&["blueprint", "list"]);
    // The pipe has no reader from the beginning.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn tables_say_when_they_are_empty_and_only_on_standard_error() {
    let machine = Machine::new();
    for noun in ["user", "flow", "invitation"] {
        let ran = machine.run(&[noun, "list"]).done();
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{ran:?}");
        assert_eq!(machine.json(&[noun, "list"]), serde_json::json!([]));
    }
}

#[test]
fn a_cut_list_says_so() {
    let machine = Machine::with_flow();
    for name in ["a", "b", "c"] {
        machine.run(&["invitation", "create", name]).done();
    }
    let ran = machine.run(&["invitation", "list", "--limit", "2", "--json"]).done();
    assert!(ran.err.contains("first 2 of 3"), "{}", ran.err);
    assert_eq!(machine.json(&["invitation", "list", "--search", "B"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_list_of_nothing_is_not_asked_for() {
    let machine = Machine::with_flow();
    machine.run(&["invitation", "create", "a"]).done();
    for noun in ["invitation", "user", "group", "mail", "event"] {
        machine.run(&[noun, "list", "--limit", "0"]).complained(2, "--limit <N>");
    }
}

#[test]
fn the_log_calls_groups_and_flows_as_it_calls_users_and_invitations() {
    let machine = Machine::with_flow();
    machine.run(&["invitation", "create", "a"]).done();
    machine.run(&["user", "create", "jane"]).done();
    machine.run(&["group", "create", "staff"]).done();
    let events = machine.json(&["event", "list"]);
    for (name, kind) in [("a", "invitation"), ("jane", "user"), ("staff", "group"), ("default-enrollment-flow", "flow")]
    {
        let found = events.as_array().unwrap().iter().find(|event| event["object_name"] == name).unwrap();
        assert_eq!(found["object_kind"], kind);
    }
}
