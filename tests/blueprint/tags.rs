//! Tags: what each stands for, nested in each other, and what is said of those that are wrong.

use super::{Database, actions, actor, apply, open, refuse};
use crate::support::stores::on_both;
use guestlist::blueprint::{Action, Options, Report, check_with, import, questions};
use guestlist::store::{Store, groups};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const CONTEXT: &str = "\
context:
  name: world
  none: null
  list: [1, 2]
  map: {a: {b: 1}, tagged: !Context name}
  again: !Context name
  self: !Context self
";

/// A group for each case, whose attribute `x` is the case's value.
fn file(cases: &[&str]) -> String {
    let mut text = format!("{CONTEXT}entries:\n");
    for (number, case) in cases.iter().enumerate() {
        let _ = writeln!(
            text,
            "  - {{id: g{number}, model: authentik_core.group, identifiers: {{name: g{number}}}, attrs: {{attributes: {{x: {case}}}}}}}"
        );
    }
    text
}

async fn attribute(store: &Store, group: &str) -> Value {
    let mut tx = store.begin().await.unwrap();
    groups::find_by_name(&mut tx, group).await.unwrap().expect(group).attributes["x"].clone()
}

async fn holds(store: &Store, cases: &[(&str, Value)]) {
    let texts: Vec<&str> = cases.iter().map(|(text, _)| *text).collect();
    apply(store, &file(&texts)).await;
    for (number, (text, expected)) in cases.iter().enumerate() {
        assert_eq!(attribute(store, &format!("g{number}")).await, *expected, "{text}");
    }
}

async fn apply_with(store: &Store, text: &str, options: &Options) -> Report {
    import(store, text.as_bytes(), options, &actor()).await.unwrap()
}

/// What is said of a value, without its place.
fn fault(case: &str) -> String {
    fault_with(case, &Options::default())
}

fn fault_with(case: &str, options: &Options) -> String {
    let problems = check_with(file(&[case]).as_bytes(), options).expect_err(case);
    let first = problems.0[0].to_string();
    first.split_once("entry `g0`: ").unwrap_or(("", &first)).1.to_owned()
}

on_both! {
    async fn each_tag_stands_for_what_the_reference_says(database: Database) {
        let store = open(&database).await;
        holds(&store, &[
            ("!Context name", json!("world")),
            ("!Context [name, default]", json!("world")),
            ("!Context [none, default]", json!(null)),
            ("!Context [missing, {a: 1}]", json!({"a": 1})),
            ("!Context missing", json!(null)),
            ("!Context again", json!("world")),
            ("!Context [missing, !Context name]", json!("world")),
            ("!ParseJSON '{\"a\": [1, null]}'", json!({"a": [1, null]})),
            ("!Format ['hello %s, %d%%', !Context name, 7]", json!("hello world, 7%")),
            ("!Condition [AND, true, 1, a, [0]]", json!(true)),
            ("!Condition [and, true, '']", json!(false)),
            ("!Condition [NAND, true, 0]", json!(true)),
            ("!Condition [OR, null, {}, !Context name]", json!(true)),
            ("!Condition [NOR, no, off]", json!(true)),
            ("!Condition [XOR, 1, 1, 1]", json!(true)),
            ("!Condition [XOR, 1]", json!(true)),
            ("!Condition [XNOR, 1, 1, 1]", json!(false)),
            ("!Condition [XNOR, 1, 1]", json!(true)),
            ("!If [!Context name]", json!(true)),
            ("!If [!Context none, a, [!Context name, {b: !Context list}]]", json!(["world", {"b": [1, 2]}])),
            ("!Enumerate [[a, b], SEQ, [!Index 0, !Value 0]]", json!([[0, "a"], [1, "b"]])),
            ("!Enumerate [{a: 1, b: 2}, seq, !Format ['%s=%s', !Index 0, !Value 0]]", json!(["a=1", "b=2"])),
            ("!Enumerate [ab, MAP, [!Value 0, !Index 0]]", json!({"a": 0, "b": 1})),
            ("!Enumerate [[1, 2], MAP, {all: [!Value 0], last: !Value 0}]", json!({"all": [1, 2], "last": 2})),
            ("!Enumerate [[[1], [2, 3]], SEQ, !Enumerate [!Value 1, SEQ, [!Index 1, !Value 0]]]", json!([[[0, 1]], [[1, 2], [1, 3]]])),
            ("!Enumerate [[], MAP, 5]", json!({})),
            ("!AtIndex [[a, b], -1]", json!("b")),
            ("!AtIndex [!Context map, a]", json!({"b": 1})),
            ("!AtIndex [[a], 3, none]", json!("none")),
            ("!AtIndex [!AtIndex [!Context map, a], b]", json!(1)),
        ]).await;
    }

    async fn objects_are_found_by_any_attribute_also_those_of_the_same_file(database: Database) {
        let store = open(&database).await;
        let text = "\
entries:
  - {id: flow, model: authentik_flows.flow, identifiers: {slug: enroll}, attrs: {name: Enroll, title: T, designation: enrollment}}
  - {id: one, model: authentik_core.group, identifiers: {name: One}, attrs: {attributes: {team: blue}}}
  - {id: stage, model: authentik_stages_user_login.userloginstage, identifiers: {name: login}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !Find [authentik_flows.flow, [slug, enroll]], stage: !KeyOf stage, order: 1}}
  - model: authentik_core.group
    identifiers: {name: two}
    attrs:
      attributes:
        x:
          - !Condition [AND, !Find [authentik_core.group, [name__iexact, one]]]
          - !Find [authentik_core.group, [name, three]]
          - !AtIndex [!FindObject [authentik_flows.flow, [slug, enroll]], title]
          - !If [!Find [authentik_flows.flowstagebinding, [target__slug, enroll], [stage__name__startswith, log]], yes, no]
          - !AtIndex [!FindObject [authentik_core.group, [attributes__team, blue]], name]
          - !AtIndex [!FindObject [authentik_core.group, [pk, !KeyOf one]], name]
          - !If [!Find [authentik_core.group, [name, !AtIndex [!FindObject [authentik_core.group, [name__in, [x, One]]], name]]], found, lost]
";
        apply(&store, text).await;
        assert_eq!(attribute(&store, "two").await, json!([true, null, "T", true, "One", "One", "found"]));
        assert!(!apply(&store, text).await.has_changes());
    }

    async fn a_reference_that_finds_nothing_is_said(database: Database) {
        let store = open(&database).await;
        let text = "entries:\n  - {model: authentik_stages_user_write.userwritestage, identifiers: {name: w}, attrs: {create_users_group: !Find [authentik_core.group, [name, nobody]]}}\n  - {id: s, model: authentik_stages_user_login.userloginstage, identifiers: {name: s}}\n  - {model: authentik_flows.flowstagebinding, identifiers: {target: !Find [authentik_flows.flow, [slug, none]], stage: !KeyOf s, order: 1}}\n";
        assert_eq!(refuse(&store, text).await, "4:69: entry `flowstagebinding`: `target`: It has to refer to a flow, as `!KeyOf` with an entry's id does, and is empty.");
    }

    async fn model_state_and_conditions_may_be_tags(database: Database) {
        let store = open(&database).await;
        let text = "\
context: {kind: group, keep: false}
entries:
  - {model: !Format ['authentik_core.%s', !Context kind], state: !If [!Context keep, created, present], identifiers: {name: a}}
  - {model: authentik_core.group, identifiers: {name: b}, conditions: [!Context keep], attrs: {attributes: !KeyOf nowhere}}
  - {model: authentik_core.group, identifiers: {name: c}, conditions: [1, a, !Find [authentik_core.group, [name, a]]]}
";
        let report = apply(&store, text).await;
        assert_eq!(actions(&report), [&Action::Created, &Action::Skipped, &Action::Created]);
        let options = Options { context: BTreeMap::from([("keep".to_owned(), "yes".to_owned())]), ..Options::default() };
        assert!(check_with(text.as_bytes(), &options).unwrap_err().to_string().contains("`!KeyOf` points at `nowhere`"));
    }

    async fn values_from_outside_are_yaml_and_win_over_the_file(database: Database) {
        let store = open(&database).await;
        let given = [("name", "'yes'"), ("none", "0777"), ("missing", "off"), ("again", "[not yaml")];
        let context = given.map(|(key, value)| (key.to_owned(), value.to_owned())).into_iter().collect();
        let text = file(&["[!Context name, !Context none, !Context missing, !Context again]"]);
        apply_with(&store, &text, &Options { context, ..Options::default() }).await;
        assert_eq!(attribute(&store, "g0").await, json!(["yes", 511, false, "[not yaml"]));
        let given = [("name", "[1, {a: b}]"), ("none", "{a: yes}"), ("missing", "Note: bring a pen"), ("again", "[!Env PATH]")];
        let context = given.map(|(key, value)| (key.to_owned(), value.to_owned())).into_iter().collect();
        apply_with(&store, &text, &Options { context, ..Options::default() }).await;
        assert_eq!(attribute(&store, "g0").await, json!([[1, {"a": "b"}], {"a": true}, "Note: bring a pen", "[!Env PATH]"]));
    }

    async fn files_and_environment_are_read_where_that_is_allowed(database: Database) {
        let store = open(&database).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("motd"), " hello \n").unwrap();
        let options = Options { allow_env: true, allow_files: Some(folder.path().to_owned()), ..Options::default() };
        let text = file(&["[!File motd, !File [nothing, d], !Env [GUESTLIST_NO_SUCH_THING, e]]", "!Env PATH"]);
        let report = apply_with(&store, &text, &options).await;
        assert_eq!(attribute(&store, "g0").await, json!(["hello", "d", "e"]));
        assert_eq!(attribute(&store, "g1").await, json!(std::env::var("PATH").unwrap()));
        assert_eq!(report.notes.len(), 1, "{:?}", report.notes);
        assert!(report.notes[0].to_string().starts_with("9:105: entry `g0`: `nothing` is not read"), "{}", report.notes[0]);
    }

    async fn permissions_and_unknown_attributes_are_told_and_passed_over(database: Database) {
        let store = open(&database).await;
        let text = "entries:\n  - {model: authentik_core.group, identifiers: {name: g}, attrs: {something_else: 1}, permissions: [{permission: view_group, user: !Context u}]}\n";
        let report = apply(&store, text).await;
        let notes: Vec<String> = report.notes.iter().map(ToString::to_string).collect();
        assert_eq!(notes, [
            "2:67: entry `g`: A group has no attribute `something_else`.",
            "2:100: entry `g`: Permissions on objects are not applied: there are none here.",
        ]);
    }
}

#[test]
fn files_are_read_only_below_the_folder_that_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let allowed = folder.path().join("allowed");
    std::fs::create_dir(&allowed).unwrap();
    std::fs::write(folder.path().join("secret"), "x").unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret"), allowed.join("link")).unwrap();
    assert!(fault("!File motd").contains("`--allow-file DIR` allows it"));
    assert!(fault("!Env HOME").contains("`--allow-env` allows it"));
    let options = Options { allow_files: Some(allowed), ..Options::default() };
    for path in ["../secret", "/etc/passwd", "link", "a/../../secret"] {
        assert!(fault_with(&format!("!File {path}"), &options).contains("lies outside of"), "{path}");
    }
}

#[test]
fn tags_that_are_wrong_say_what_would_be_right() {
    for (case, expected) in [
        ("!KeyOf [a]", "`!KeyOf` takes the id of an entry."),
        ("!Context []", "`!Context` takes a name, or a list of a name and a default."),
        ("!Context [name]", "`!Context` takes a name, or a list of a name and a default."),
        ("!Context self", "Tags lead to each other without end here."),
        ("!Context map", "`attributes`: The tag `!Context` has no meaning here."),
        ("!ParseJSON '{'", "`!ParseJSON` finds no JSON here: EOF while parsing an object at line 1 column 1."),
        ("!ParseJSON [a]", "`!ParseJSON` takes a text with JSON in it."),
        ("!Format a", "`!Format` takes a list of a text and what to put in it."),
        ("!Format [!Context name]", "`!Format` takes a plain text first, and then what to put in it."),
        ("!Format ['%s']", "`!Format`: There are fewer values than places for them."),
        (
            "!Condition [ADN, 1]",
            "The mode of `!Condition` is one of `AND`, `NAND`, `OR`, `NOR`, `XOR` or `XNOR`, and is the text `ADN`.",
        ),
        ("!Condition [AND]", "`!Condition` needs a value after its mode."),
        ("!If [1, 2]", "`!If` takes a condition alone, or a condition and two values."),
        ("!If a", "`!If` takes a list: a condition, or a condition and two values."),
        ("!Enumerate [5, SEQ, 1]", "`!Enumerate` goes through a list, mapping or text, not the number 5."),
        ("!Enumerate [[1], LIST, 1]", "`!Enumerate` makes a `SEQ` or a `MAP`, and this is the text `LIST`."),
        (
            "!Enumerate [[1], MAP, 1]",
            "The body of `!Enumerate` with `MAP` is a mapping or a list `[key, value]`, and is the number 1.",
        ),
        ("!Enumerate [!Value 0, SEQ, 1]", "`!Value 0` means the loop that goes through this very value."),
        ("!Value 0", "`!Value` has a meaning only inside of `!Enumerate`."),
        ("!Enumerate [[1], SEQ, !Index 1]", "There are 1 loops around this, and no number 1."),
        ("!Enumerate [[1], SEQ, !Index -1]", "`!Index` takes the number of a loop: 0 for the innermost."),
        ("!AtIndex [[a], 1]", "`!AtIndex`: The list has 1 elements, and no element 1."),
        ("!AtIndex [{name: 1}, nmae]", "`!AtIndex`: The mapping has no key `nmae`. Did you mean `name`?"),
        ("!AtIndex [[a], b]", "`!AtIndex`: A list is indexed by a number, and this is the text `b`."),
        ("!AtIndex [[a], 1, !Context name]", "The default of `!AtIndex` can't be a tag itself."),
        (
            "!Find [authentik_flows.flwo, [slug, a]]",
            "The model `authentik_flows.flwo` is unknown here. Did you mean `authentik_flows.flow`?",
        ),
        ("!Find [authentik_flows.flow, [sulg, a]]", "A flow has no field `sulg` to look for. Did you mean `slug`?"),
        ("!Find [authentik_flows.flow, slug]", "A condition is a list `[field, value]`, not the text `slug`."),
        ("!Formt [a]", "The tag `!Formt` is unknown. Did you mean `!Format`?"),
    ] {
        assert_eq!(fault(case), expected, "{case}");
    }
}

#[test]
fn the_keys_that_a_file_asks_for_are_listed_with_their_defaults() {
    let text = file(&[
        "[!Context name, !Context [missing, 'yes'], !If [!Context none, !Context [deep, 5]]]",
        "!Context [missing, no]",
    ]);
    let asked: Vec<(String, Option<String>)> =
        questions(text.as_bytes()).unwrap().into_iter().map(|asked| (asked.key, asked.default)).collect();
    let expected = [
        ("name", Some("world")),
        ("self", None),
        ("missing", Some("\"yes\"")),
        ("none", Some("")),
        ("deep", Some("5")),
    ];
    assert_eq!(asked, expected.map(|(key, default)| (key.to_owned(), default.map(str::to_owned))));
}

#[test]
fn loops_in_loops_do_not_fill_the_memory() {
    let digits = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";
    let mut bomb = "!Index 0".to_owned();
    for _ in 0..12 {
        bomb = format!("!Enumerate [{digits}, SEQ, {bomb}]");
    }
    assert_eq!(fault(&bomb), "What the tags of this file turn into grows too large here.");
    let mut doubling = "'0123456789'".to_owned();
    for _ in 0..30 {
        doubling = format!("!Enumerate [[0, 1], SEQ, {doubling}]");
    }
    assert!(!fault(&doubling).is_empty());
}

/// Values with tags nested at random, most of them wrong in some way.
fn any_tagged() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z0-9]{1,4}",
        "-?[0-9]{1,3}",
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("'%s %d %5x %%'".to_owned()),
        prop::sample::select(vec!["KeyOf", "Env", "File", "Context", "ParseJSON", "Index", "Value"])
            .prop_flat_map(|tag| prop::sample::select(vec!["0", "1", "g0", "name", "map", "self", "'[1, {}]'", "-1"])
                .prop_map(move |value| format!("!{tag} {value}"))),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        let tag = prop::sample::select(vec![
            "",
            "!Format ",
            "!Find ",
            "!FindObject ",
            "!Condition ",
            "!If ",
            "!Enumerate ",
            "!AtIndex ",
            "!Context ",
            "!Env ",
            "!File ",
        ]);
        let first = prop::sample::select(vec![
            "",
            "AND, ",
            "XOR, ",
            "'%s', ",
            "authentik_core.group, ",
            "authentik_flows.flow, [name, a], ",
        ]);
        let body = prop::sample::select(vec!["", "SEQ, ", "MAP, "]);
        prop_oneof![
            (tag, first, prop::collection::vec(inner.clone(), 0..4), body).prop_map(|(tag, first, items, body)| {
                format!("{tag}[{first}{}]", items.join(&format!(", {body}")))
            }),
            prop::collection::btree_map("[a-c]", inner, 0..3).prop_map(|map| {
                format!(
                    "{{{}}}",
                    map.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join(", ")
                )
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tags_nested_at_random_are_resolved_or_refused(cases in prop::collection::vec(any_tagged(), 1..4)) {
        let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
        let begin = std::time::Instant::now();
        let checked = check_with(file(&cases).as_bytes(), &Options { allow_env: true, ..Options::default() });
        prop_assert!(checked.is_ok() || !checked.unwrap_err().is_empty());
        prop_assert!(begin.elapsed().as_secs() < 10);
    }
}
