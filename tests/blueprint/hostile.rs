//! Files that are broken, or made to do harm: bounded memory and time, and a message that says where.

use guestlist::blueprint::document::parse;
use guestlist::blueprint::{check, shipped};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// The problems of a file, which must be found in well under the time that a person waits.
fn problems(bytes: impl AsRef<[u8]>) -> String {
    let begin = Instant::now();
    let problems = parse(bytes.as_ref()).expect_err("the file is wrong").to_string();
    assert!(begin.elapsed() < Duration::from_secs(20), "took {:?}", begin.elapsed());
    problems
}

#[test]
fn an_alias_bomb_is_defused() {
    let mut text = String::from("version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let before = level - 1;
        let _ = writeln!(
            text,
            "a{level}: &a{level} [*a{before}, *a{before}, *a{before}, *a{before}, *a{before}, *a{before}]"
        );
    }
    assert!(problems(text).contains("grows too large here"));
}

#[test]
fn an_alias_to_a_long_text_can_not_be_repeated_without_end() {
    let text = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(10_000));
    assert!(problems(text).starts_with("2:"));
}

#[test]
fn a_nul_that_hides_in_an_escape_is_named() {
    assert_eq!(problems("a: \"x\\0y\"\n"), "1:4: The character NUL (U+0000) can't be kept.");
    assert_eq!(problems("{\"a\": \"\\u0000\"}"), "1:7: The character NUL (U+0000) can't be kept.");
}

#[test]
fn an_alias_inside_its_own_value_is_refused() {
    assert_eq!(problems("a: &a [*a]\n"), "1:8: This alias stands inside the value that it repeats.");
    assert_eq!(problems("a: *missing\n"), "1:4: No anchor of this name stands before this alias.");
}

#[test]
fn deep_nesting_is_refused() {
    for text in ["[".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000), "{a: ".repeat(100_000)] {
        let found = problems(&text);
        assert!(found.contains("nest deeper than 64 levels") || found.contains("This is not YAML"), "{found}");
    }
}

#[test]
fn a_file_that_is_too_large_is_not_even_scanned() {
    assert_eq!(problems(vec![b' '; 100 << 20]), "The file has 100 MB; at most 4 are read.");
}

#[test]
fn a_large_file_of_small_values_is_read_or_refused_in_time() {
    for text in
        [format!("entries: [{}]", "a,".repeat(2_000_000)), "- a\n".repeat(1_000_000), "a: &a b\n".repeat(500_000)]
    {
        problems(&text[..text.len().min(4 << 20)]);
    }
}

#[test]
fn the_number_of_problems_is_bounded() {
    let mut text = String::from("version: 1\nentries:\n");
    for _ in 0..10_000 {
        text.push_str("  - 5\n");
    }
    let found = problems(text);
    assert_eq!(found.lines().count(), 201);
    assert!(found.ends_with("\nAnd 9800 more problems."), "{found}");
}

#[test]
fn duplicate_keys_are_refused_each_with_its_place() {
    let text = "version: 1\nentries:\n  - model: a.b\n    id: x\n    id: y\n    attrs:\n      name: a\n      name: b\n";
    assert_eq!(problems(text), "5:5: The key `id` stands here twice.\n8:7: The key `name` stands here twice.");
}

#[test]
fn tabs_are_named_as_what_they_are() {
    let found = problems("version: 1\nentries:\n\t- model: a.b\n");
    assert!(found.starts_with("3:"), "{found}");
    assert!(found.contains("A tab can't indent YAML; use spaces."), "{found}");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_problem() {
    let text = "\u{feff}version: 1\r\nmetadata:\r\n  name: x\r\nentries:\r\n  - model: a.b\r\n    id: flow\r\n";
    let document = parse(text.as_bytes()).unwrap();
    assert_eq!(document.name.as_deref(), Some("x"));
    assert_eq!((document.entries[0].line, document.entries[0].column), (5, 5));
}

#[test]
fn bytes_that_are_no_text_are_shown_with_their_place() {
    assert_eq!(problems(b"version: 1\nname: caf\xe9\n"), "2:10: The byte 0xe9 is not UTF-8 text.");
    assert_eq!(problems(b"\xff\xfev\0e\0r\0"), "1:1: The file is UTF-16; save it as UTF-8.");
    assert!(problems("a: b\0c\n").starts_with("1:5: The control character U+0000"));
    assert!(problems("a:\r\n  b: \u{1b}[31m\n").starts_with("2:6: The control character U+001B"));
}

#[test]
fn a_file_that_is_no_blueprint_says_what_one_is() {
    assert!(problems("").contains("The file is empty"));
    assert!(problems("hello").contains("A blueprint is a mapping"));
    assert!(problems("a: b\n---\nc: d\n").starts_with("2:1: The file holds more than one document"));
    for (text, place, meant) in [
        ("a: 'b\n", "1:4", "A quotation mark is opened"),
        ("version: 1\nem\n", "2:1", "A key needs a colon and a space after it"),
        ("version: 1\nname: a: b\n", "2:8", "A colon can't stand here"),
        ("version: 1\nentries:\n- {a: b\n", "3:3", "A bracket `{` is not closed"),
        ("dep: [abc", "1:6", "A bracket `[` is not closed"),
        ("a: 1\nb: [1, {c: d}, 2\n\n", "2:4", "A bracket `[` is not closed"),
        ("a: {b: [1, 2}", "1:13", "A bracket `[` is not closed, or a comma is missing."),
        ("a: {b: [1, 2]\n", "1:4", "A bracket `{` is not closed"),
        ("a: \"x\nb: 2\n", "1:4", "The quotation mark here is still open where a line is not indented"),
        ("a: 1\nb: 'x\n  y\n", "2:4", "A quotation mark is opened"),
        ("entries: [a, b\nversion: 1\n", "2:8", "a bracket before it is not closed"),
        ("version: 1\nname: \"a\"b\n", "2:10", "Text can't follow a closed quotation mark"),
        ("entries: @foo\n", "1:10", "can't begin with this character"),
    ] {
        let found = problems(text);
        assert!(found.contains(meant) && found.contains(place), "{text:?}: {found}");
    }
    assert!(problems("version: 2\n").starts_with("1:10: `version` has to be the number 1, and is the number 2."));
}

#[test]
fn faults_of_form_name_the_entry() {
    let text = "\
version: '1'
metadata:
  labels: {a: yes}
entries:
  - id: 5
    model: authentik_flows.flow
  - id: flow
    identifiers: null
    conditions: true
  - model: a.b
    identifiers:
      slug: enroll
    attrs: [1]
  - id: flow
    model: a.b
";
    let found = problems(text);
    let expected = "\
1:10: `version` has to be the number 1, and is the text `1`.
3:3: `metadata` needs a `name`.
3:15: `a` has to be text, and is the boolean true; put it in quotes.
5:9: entry `flow`: `id` has to be text, and is the number 5; put it in quotes.
7:5: entry `flow`: The entry names no `model`.
8:18: entry `flow`: `identifiers` has to be a mapping, and is empty.
9:17: entry `flow`: `conditions` has to be a list, and is the boolean true.
13:12: entry `enroll`: `attrs` has to be a mapping, and is a list.";
    assert_eq!(found, expected);
}

#[test]
fn sections_are_read_in_their_order() {
    let text = "entries:\n  first:\n    - {model: a.b, id: x}\n  second:\n    - {model: a.b, id: y}\n";
    let ids: Vec<_> = parse(text.as_bytes()).unwrap().entries.into_iter().filter_map(|entry| entry.id).collect();
    assert_eq!(ids, ["x", "y"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_blueprint_never_makes_the_reader_panic(
        which in 0usize..3,
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, "[-:!&*\\[\\]{}?|>%@'\"#,~ a-c0-9\\n\\t]{0,6}"), 1..8),
    ) {
        let mut text: Vec<char> = shipped()[which].text.chars().collect();
        for (at, length, put) in damage {
            let start = at.index(text.len());
            let end = (start + length).min(text.len());
            text.splice(start..end, put.chars());
            text.push('\n');
        }
        let text: String = text.into_iter().collect();
        if let Err(problems) = check(text.as_bytes()) {
            prop_assert!(!problems.is_empty(), "an error says what is wrong");
        }
    }
}
