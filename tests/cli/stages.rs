//! `guestlist flow`: stages bound, moved and unbound, prompts changed.

use serde_json::{Value, json};

use super::Machine;

const FLOW: &str = "default-enrollment-flow";
const LOGIN: &str = "default-enrollment-login";

fn stages(document: &Value) -> Vec<(String, i64)> {
    let stages = document["stages"].as_array().unwrap().iter();
    stages.map(|it| (it["name"].as_str().unwrap().to_owned(), it["order"].as_i64().unwrap())).collect()
}

#[test]
fn a_stage_is_bound_moved_and_unbound() {
    let machine = Machine::with_flow();
    let bound = machine.json(&["flow", "bind-stage", FLOW, LOGIN]);
    assert_eq!((&bound["stage"], &bound["order"], &bound["bound"]), (&json!(LOGIN), &json!(50), &json!(true)));
    assert_eq!(stages(&bound).len(), 6);
    let moved = machine.json(&["flow", "move-stage", FLOW, LOGIN, "--from", "50", "--order", "-15"]);
    assert_eq!(stages(&moved)[0], (LOGIN.to_owned(), -15));
    machine.run(&["flow", "bind-stage", FLOW, LOGIN, "--order", "40"]).complained(1, "at 40 already");
    machine.run(&["flow", "move-stage", FLOW, LOGIN, "--order", "3"]).complained(1, "say which is meant, of -15, 40");
    machine.run(&["flow", "unbind-stage", FLOW, LOGIN, "--order", "7"]).complained(1, "but at -15, 40");
    let unbound = machine.run(&["flow", "unbind-stage", FLOW, LOGIN, "--order", "-15"]).done().out;
    assert_eq!(unbound, format!("Unbound {LOGIN} from {FLOW}; the stage stays.\n"));
    machine.run(&["flow", "unbind-stage", FLOW, LOGIN]).done();
    machine.run(&["flow", "unbind-stage", FLOW, LOGIN]).complained(1, "is not bound to");
    assert_eq!(stages(&machine.json(&["flow", "show", FLOW])).len(), 4);
    let all = machine.json(&["flow", "stages"]);
    let login = all.as_array().unwrap().iter().find(|it| it["name"] == LOGIN).unwrap();
    assert_eq!((&login["kind"], &login["flows"]), (&json!("user_login"), &json!([])), "it is still there");
}

#[test]
fn a_name_that_is_misspelt_finds_its_neighbour() {
    let machine = Machine::with_flow();
    machine
        .run(&["flow", "bind-stage", FLOW, "default-enrolment-login"])
        .complained(1, "Did you mean `default-enrollment-login`?");
    machine
        .run(&["flow", "prompt", "default-enrolment-name", "--optional"])
        .complained(1, "Did you mean `default-enrollment-name`?");
    machine.run(&["flow", "move-stage", "nowhere", LOGIN, "--order", "1"]).complained(1, "There is no flow `nowhere`.");
}

#[test]
fn a_prompt_is_shown_and_asks_otherwise() {
    let machine = Machine::with_flow();
    let name = "default-enrollment-name";
    let before = machine.json(&["flow", "prompt", name]);
    assert_eq!((&before["required"], &before["flows"]), (&json!(true), &json!([FLOW])));
    let change =
        ["--label", "In full", "--order", "-1", "--optional", "--placeholder", "", "--sub-text", "As in a passport."];
    let after = machine.json(&[&["flow", "prompt", name][..], &change].concat());
    assert_eq!((&after["label"], &after["order"], &after["required"]), (&json!("In full"), &json!(-1), &json!(false)));
    assert_eq!((&after["placeholder"], &after["sub_text"]), (&json!(""), &json!("As in a passport.")));
    assert_eq!(after["initial_value"], before["initial_value"]);
    assert_eq!(machine.json(&["flow", "prompt", name, "--required"])["required"], true);
    let listed = machine.json(&["flow", "prompts"]);
    assert!(listed.as_array().unwrap().iter().any(|it| it["name"] == name && it["label"] == "In full"));
    let told = machine.json(&["event", "list", "--limit", "1"]);
    assert_eq!((&told[0]["action"], &told[0]["object_name"]), (&json!("model_updated"), &json!(name)));
    machine.run(&["flow", "prompt", name, "--label", " "]).complained(2, "--label: Enter what is asked.");
    machine
        .run(&["flow", "prompt", name, "--sub-text", "\u{1b}[2J"])
        .complained(2, "--sub-text: The invisible character");
    machine.run(&["flow", "prompt", name, "--required", "--optional"]).complained(2, "cannot be used with");
    let shown = machine.run(&["flow", "prompt", name]).done().out;
    assert!(shown.contains("Label          In full\n"), "{shown}");
}

#[test]
fn a_plan_is_shown_whole() {
    let machine = Machine::with_flow();
    let shown = machine.run(&["flow", "show", FLOW]).done().out;
    for text in [
        "require_unauthenticated (only who is not signed in)",
        "Stage 1, ",
        "  only with an invitation\n",
        "    Choose a username * · username · username",
    ] {
        assert!(shown.contains(text), "no `{text}` in\n{shown}");
    }
    assert_eq!(machine.json(&["flow", "show", FLOW])["guards"], json!([]));
    assert_eq!(machine.json(&["flow", "list"])[0]["policies"], 0);
}

#[test]
fn a_flow_with_invitations_is_not_deleted() {
    let machine = Machine::with_flow();
    machine.run(&["invitation", "create", "one", "--flow", FLOW]).done();
    machine
        .run(&["flow", "delete", FLOW])
        .complained(1, "default-enrollment-flow still has 1 invitation: delete or change them first.");
}

#[test]
fn nothing_is_rearranged_read_only_and_everything_is_shown() {
    let machine = Machine::with_flow();
    for command in [
        &["flow", "bind-stage", FLOW, LOGIN][..],
        &["flow", "unbind-stage", FLOW, LOGIN],
        &["flow", "move-stage", FLOW, LOGIN, "--order", "1"],
        &["flow", "prompt", "default-enrollment-name", "--optional"],
    ] {
        machine.run(&[command, &["--read-only"]].concat()).complained(1, "`read-only` is set");
    }
    machine.run(&["flow", "prompt", "default-enrollment-name", "--read-only"]).done();
    machine.run(&["flow", "stages", "--read-only"]).done();
    assert_eq!(stages(&machine.json(&["flow", "show", FLOW])).len(), 5);
}
