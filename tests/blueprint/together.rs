//! All that is wrong with a file is said at once, by `check` as far as can be told, and by an import altogether.

use super::{Database, open, refuse};
use crate::support::stores::on_both;
use guestlist::blueprint::{Problem, check};

const WRONG: &str = "entries:
  - {id: new, state: must_created, model: authentik_stages_prompt.prompt, identifiers: {name: new}, attrs: {label: L}}
  - {id: old, model: authentik_stages_prompt.prompt, identifiers: {name: old}, attrs: {type: text}}
  - {id: mail, model: authentik_stages_email.emailstage, identifiers: {name: m}, attrs: {template: x}}
  - {id: 7, model: authentik_stages_user_login.userloginstage, identifiers: {name: l}, attrs: {session_duration: soon}}
  - {model: authentik_core.user, identifiers: {username: joe}, attrs: {nmae: Joe}}
  - {model: authentik_brands.brand, identifiers: {domain: here}, attrs: {default: perhaps}}
";

const FOUND: &str = "\
2:5: entry `new`: A new prompt needs `field_key`.
2:5: entry `new`: A new prompt needs `type`.
4:100: entry `mail`: A template is a file such as `email/account_confirmation.html`.
5:10: entry `l`: `id` has to be text, and is the number 7; put it in quotes.
5:114: entry `l`: `session_duration`: `soon` is not a duration such as `hours=3;minutes=1`.
6:72: entry `joe`: A user has no attribute `nmae`. Did you mean `name`?
7:83: entry `here`: `default`: It has to be true or false, and is the text `perhaps`.";

on_both! {
    async fn an_import_says_what_only_the_database_can_tell_with_all_the_rest(database: Database) {
        let store = open(&database).await;
        let found = refuse(&store, WRONG).await;
        let (before, after) = FOUND.split_at(FOUND.find("4:100").unwrap());
        assert_eq!(found, format!("{before}3:5: entry `old`: A new prompt needs `field_key`.\n3:5: entry `old`: A new prompt needs `label`.\n{after}"));
    }
}

on_both! {
    async fn a_binding_that_lacks_its_ends_is_a_fault_of_the_file(database: Database) {
        let store = open(&database).await;
        let text = "entries:
  - {id: a, model: authentik_flows.flowstagebinding, identifiers: {pk: 6f2b1a52-0000-4000-8000-000000000001}, attrs: {order: 0}}
  - {id: b, model: authentik_policies.policybinding, identifiers: {pk: 6f2b1a52-0000-4000-8000-000000000002}, attrs: {order: 0}}
  - {model: authentik_policies.policybinding, identifiers: {target: !KeyOf a, order: 1}, attrs: {negate: true}}
";
        assert_eq!(refuse(&store, text).await, "\
2:5: entry `a`: A new stage binding needs `stage`.
2:5: entry `a`: A new stage binding needs `target`.
3:5: entry `b`: A new policy binding needs `target`.
3:5: entry `b`: One of `policy`, `group` and `user` has to be set.
4:5: entry `policybinding`: One of `policy`, `group` and `user` has to be set.");
    }
}

#[test]
fn a_check_finds_faults_of_form_of_values_and_between_them() {
    assert_eq!(check(WRONG.as_bytes()).unwrap_err().to_string(), FOUND);
}

#[test]
fn what_depends_on_whether_an_object_is_there_is_a_note() {
    let text = "entries:
  - {id: f, model: authentik_flows.flow, identifiers: {slug: f}, attrs: {title: F}}
  - {id: r, model: authentik_stages_redirect.redirectstage, identifiers: {name: r}, attrs: {mode: static}}
  - {id: g, model: authentik_core.group, identifiers: {name: g}}
  - {id: p, model: authentik_stages_prompt.prompt, identifiers: {name: p}, attrs: {field_key: p, label: L, type: text}}
  - {id: again, model: authentik_stages_prompt.prompt, identifiers: {name: p}, attrs: {order: 3}}
";
    let notes: Vec<String> = check(text.as_bytes()).unwrap().notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "2:5: entry `f`: If it does not exist yet, it needs `name`, `designation`.",
            "3:5: entry `r`: If it does not exist yet: With the mode `static` a `target_static` is needed.",
        ]
    );
}

#[test]
fn the_later_of_two_entries_with_one_id_is_meant_from_there_on() {
    let text = "entries:\n  - {id: x, model: authentik_core.group, identifiers: {name: a}}\n  - {id: x, model: authentik_core.group, identifiers: {name: b}}\n";
    let notes = check(text.as_bytes()).unwrap().notes;
    assert_eq!(
        notes[0].to_string(),
        "3:5: entry `x`: The entry in line 2 has the id `x` too: from here on it means this one."
    );
}

#[test]
fn a_problem_says_its_file_once() {
    let place = Problem::new(3, 4, "Wrong.");
    let inner = Problem { file: Some("inner.yaml".into()), ..place.clone() };
    let whole = Problem::new(0, 0, "Nothing.");
    let shown = [&place, &inner, &whole].map(|problem| problem.in_file("a\u{1b}.yaml"));
    assert_eq!(shown, ["a\\u{1b}.yaml:3:4: Wrong.", "inner.yaml:3:4: Wrong.", "a\\u{1b}.yaml: Nothing."]);
}
