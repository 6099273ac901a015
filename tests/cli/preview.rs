//! `guestlist invitation check` and `guestlist invitation preview`.

use serde_json::json;

use super::Machine;
use crate::support::fixture::GUARDED;
use crate::support::stores::on_both;

/// A machine with the flow `guarded`, whose links lead somewhere.
fn guarded(machine: Machine) -> Machine {
    let machine = machine.with("GUESTLIST_PUBLIC_URL", "https://id.example.com");
    machine.write("guarded.yaml", GUARDED);
    let file = machine.home.path().join("guarded.yaml");
    machine.run(&["blueprint", "import", file.to_str().unwrap()]).done();
    machine
}

on_both! {
    async fn a_preview_tells_every_stage_in_words_and_for_scripts(machine: Machine) {
        let machine = guarded(machine);
        machine.run(&["invitation", "create", "eng-jane", "--flow", "guarded", "--data", "{email: jane@corp.example, team: Backend}"]).done();
        let told = machine.run(&["--read-only", "invitation", "preview", "eng-jane"]).done().out;
        for line in [
            "eng-jane → guarded, \"Welcome in\"",
            "2. Prompt: guarded-details",
            "  Email * (email): jane@corp.example · prefilled",
            "    choices: Ops, Backend",
            "    ⚠ Its expression fails: KeyError: 'nam' (line 1)",
            "  Source (hidden, can't be changed): invitation · proposed",
            "  When the page is answered, all must pass: does not pass",
            "    ⚠ needs-nickname fails and so does not pass: 'nickname'",
            "3. Prompt: guarded-extras · skipped: its policies do not pass",
            "    ✗ group team does not pass",
            "  Password * (password): not told",
            "    needs at least 12 characters, at least 1 digit (0-9)",
            "    ✓ never passes, turned around",
            "    - company-mail is disabled",
            "    type: external · path: users/backend · inactive, waits for activation",
            "    joins: team",
            "  One use of the invitation is counted.",
        ] {
            assert!(told.lines().any(|it| it == line), "no `{line}` in\n{told}");
        }
        let seen = machine.json(&["invitation", "preview", "eng-jane"]);
        assert_eq!((&seen["flow"], &seen["end"]["how"]), (&json!("guarded"), &json!("done")));
        assert_eq!(seen["stages"][1]["fields"][1]["origin"], "prefilled");
        assert_eq!(seen["stages"][1]["checks"]["verdicts"][1]["error"], "'nickname'");
        assert_eq!(seen["stages"][2]["reach"], "skipped");
        assert_eq!(seen["stages"][4]["account"]["groups"], json!(["team"]));
    }

    async fn a_check_tells_what_will_go_wrong_by_its_exit_status_too(machine: Machine) {
        let machine = guarded(machine);
        let create = |name: &str, data: &str| machine.run(&["invitation", "create", name, "--flow", "guarded", "--data", data]).done();
        create("good", "email: jane@corp.example");
        create("bad", "{email: jane, username: alice, team: Sales, nam: x}");
        machine.run(&["user", "create", "alice"]).done();
        let good = machine.run(&["invitation", "check", "good"]).done();
        assert_eq!(good.out, "good: nothing will go wrong.\n");
        assert_eq!(machine.json(&["invitation", "check", "good"]), json!([]));
        let bad = machine.run(&["invitation", "check", "bad", "--json"]);
        assert_eq!((bad.code, bad.err.as_str()), (1, ""));
        let problems: serde_json::Value = serde_json::from_str(&bad.out).unwrap();
        let codes: Vec<&str> = problems.as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["unmatched_key", "unusable_value", "value_hidden_by_expression", "username_taken"]);
    }
}

#[test]
fn a_problem_that_can_be_mended_says_how() {
    let machine = Machine::new();
    machine.run(&["blueprint", "import", "default-enrollment-flow"]).done();
    machine.run(&["invitation", "create", "jane", "--flow", "default-enrollment-flow"]).done();
    let ran = machine.run(&["invitation", "check", "jane"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("no_invitation_stage: "), "{}", ran.out);
    assert!(ran.out.contains("`guestlist flow bind-invitation-stage default-enrollment-flow`"), "{}", ran.out);
    assert!(ran.out.contains("public_url_local: Links begin with http://127.0.0.1:9000"), "{}", ran.out);
    machine.run(&["invitation", "check", "jan"]).complained(1, "Did you mean `jane`?");
}

#[test]
fn an_invitation_to_any_flow_is_looked_at_through_the_one_that_is_named() {
    let machine = Machine::with_flow();
    machine.run(&["blueprint", "import", "invitation-enrollment"]).done();
    machine.run(&["invitation", "create", "any"]).done();
    machine.run(&["invitation", "preview", "any"]).complained(1, "--flow");
    let seen = machine.json(&["invitation", "preview", "any", "--flow", "guests"]);
    assert_eq!(seen["stages"][3]["account"]["path"], "users/guests");
    machine.run(&["invitation", "preview", "any", "--flow", "gests"]).complained(1, "Did you mean `guests`?");
}
