//! Custom attributes: what YAML 1.1 makes of a text, and that writing and reading lose nothing.

use guestlist::blueprint::{emit_mapping, parse_mapping};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn read(text: &str) -> Value {
    Value::Object(parse_mapping(text).unwrap_or_else(|problems| panic!("{text}\n{problems}")))
}

fn problems(text: &str) -> String {
    parse_mapping(text).expect_err(text).to_string()
}

#[test]
fn plain_scalars_mean_what_yaml_1_1_says() {
    let cases = [
        ("yes", json!(true)),
        ("Off", json!(false)),
        ("y", json!("y")),
        ("yES", json!("yES")),
        ("0777", json!(511)),
        ("-0777", json!(-511)),
        ("08", json!("08")),
        ("0o17", json!("0o17")),
        ("0x_1F", json!(31)),
        ("0b1_01", json!(5)),
        ("1_000", json!(1000)),
        ("_1", json!("_1")),
        ("12:30:45", json!(45045)),
        ("09:30", json!("09:30")),
        ("1:60", json!("1:60")),
        ("1:30.5", json!(90.5)),
        ("1e3", json!("1e3")),
        ("1.0e3", json!("1.0e3")),
        ("1.5e+3", json!(1500.0)),
        ("1.", json!(1.0)),
        (".5", json!(0.5)),
        ("-.5", json!("-.5")),
        ("~", json!(null)),
        ("Null", json!(null)),
        ("nULL", json!("nULL")),
        ("", json!(null)),
        ("2026-01-01", json!("2026-01-01")),
        ("2026-1-1", json!("2026-1-1")),
        ("2026-12-24 18:00:00", json!("2026-12-24T18:00:00")),
        ("2026-12-24t18:00:00.5Z", json!("2026-12-24T18:00:00.500000+00:00")),
        ("2026-12-24 18:00:00 +02:00", json!("2026-12-24T18:00:00+02:00")),
        ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
        ("!!str yes", json!("yes")),
        ("!!int '12'", json!(12)),
        ("! 12", json!("12")),
        ("'yes'", json!("yes")),
        ("\"\\u00e9\"", json!("é")),
    ];
    for (text, expected) in cases {
        assert_eq!(read(&format!("key: {text}"))["key"], expected, "{text}");
    }
}

#[test]
fn json_is_yaml_too() {
    let text =
        "{\"name\":\"Jane\",\"tags\":[1,true,null],\"deep\":{\"face\":\"\\ud83d\\ude00\",\"kept\":\"\\\\ud83d\"}}";
    let expected = json!({"name": "Jane", "tags": [1, true, null], "deep": {"face": "😀", "kept": "\\ud83d"}});
    assert_eq!(read(text), expected);
}

#[test]
fn nothing_at_all_is_an_empty_mapping() {
    for text in ["", "  \n", "# a remark\n", "{}", "---\n...\n", "null"] {
        assert_eq!(read(text), json!({}), "{text:?}");
    }
    assert_eq!(emit_mapping(&Map::new()), "");
}

#[test]
fn merge_keys_and_aliases_are_applied() {
    let text =
        "base: &base {a: 1, b: 2}\nother: &other {b: 3, c: 4}\nboth:\n  <<: [*base, *other]\n  a: 9\nsame: *base\n";
    let read = read(text);
    assert_eq!(read["both"], json!({"a": 9, "b": 2, "c": 4}));
    assert_eq!(read["same"], json!({"a": 1, "b": 2}));
    assert_eq!(self::read("'<<': 1"), json!({"<<": 1}));
}

#[test]
fn what_is_no_mapping_is_said_with_its_place() {
    assert_eq!(problems("- a\n- b\n"), "1:1: This has to be a mapping, such as `name: Jane`, and is a list.");
    assert_eq!(problems("\n  hello"), "2:3: This has to be a mapping, such as `name: Jane`, and is the text `hello`.");
    assert_eq!(problems("a: 1\nb: !KeyOf x\n"), "2:4: The tag `!KeyOf` has no meaning here.");
}

#[test]
fn every_problem_of_a_text_is_reported_at_once() {
    let text = "a: 2026-02-30\nb: 1\nb: 2\nyes: 3\n99999999999999999999: 4\nc: .inf\n";
    let found = problems(text);
    let places: Vec<&str> = found.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["1:4", "3:1", "4:1", "5:1", "6:4"], "{found}");
}

#[test]
fn keys_that_are_no_text_are_kept_only_where_nothing_changes() {
    assert_eq!(read("2024: a"), json!({"2024": "a"}));
    assert!(problems("0777: a").contains("the number 511"));
    assert!(problems("no: Norway").contains("put it in quotes"));
}

/// Texts that a reader mistakes when they stand bare.
const HARD: &[&str] = &[
    "yes",
    "No",
    "on",
    "y",
    "null",
    "~",
    "",
    " a",
    "a ",
    "2026-01-01",
    "0777",
    "0o17",
    "08",
    "1e3",
    "1_000",
    "12:30:45",
    ".5",
    "-",
    "- a",
    "a: b",
    "a:",
    "a #b",
    "#",
    "!tag",
    "&a",
    "*a",
    "[",
    "{",
    "'",
    "\"",
    "%",
    "@",
    "`",
    "|",
    ">",
    "?",
    "<<",
    "=",
    "---",
    "\t",
    "a\tb",
    "\u{1b}[31m",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "a\r\nb",
    "a\nb",
    " a\nb",
    "a\n\nb\n",
    "a\n\n",
    "NaN",
    "inf",
];

#[test]
fn texts_that_readers_mistake_are_quoted() {
    for word in HARD.iter().copied() {
        let map = json!({"key": word, "list": [word, [word]], word: {"deep": word}});
        let Value::Object(map) = map else { unreachable!() };
        let text = emit_mapping(&map);
        assert_eq!(parse_mapping(&text).as_ref(), Ok(&map), "{text}");
    }
    let quoted = emit_mapping(json!({"a": "no", "b": "2026-01-01", "c": "plain words, here"}).as_object().unwrap());
    assert_eq!(quoted, "a: \"no\"\nb: \"2026-01-01\"\nc: plain words, here\n");
}

#[test]
fn emitted_text_is_in_block_form() {
    let map = json!({"attributes": {"team": "Backend", "langs": ["en", {"x": 1, "y": []}]}, "bio": "one\ntwo\n", "number": 1e300});
    let expected = "attributes:\n  langs:\n    - en\n    - x: 1\n      \"y\": []\n  team: Backend\nbio: |\n  one\n  two\nnumber: 1.0e+300\n";
    assert_eq!(emit_mapping(map.as_object().unwrap()), expected);
}

fn any_text() -> impl Strategy<Value = String> {
    let hard = prop::sample::select(vec![
        "yes",
        "no",
        "null",
        "2026-01-01",
        "0777",
        "1_0",
        "1:30",
        "1e3",
        "\\ud83d\\ude00",
        "a: b",
        "- ",
        "\n",
        "\u{1b}",
        "\u{2029}",
    ]);
    prop_oneof![
        any::<String>(),
        "[ \\t\\n\\r:#'\"\\\\a-c0-9~|>-]{0,12}",
        hard.prop_map(str::to_owned),
        "[a-z]{1,8}",
        "[a-z \\n]{0,30}",
        "[a-z\\\\\u{1b} ]{790,1100}",
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any_text(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back_as_it_was(map in prop::collection::btree_map(any_text(), any_value(), 0..4)) {
        let map: Map<String, Value> = map.into_iter().collect();
        let text = emit_mapping(&map);
        let read = parse_mapping(&text).map_err(|problems| TestCaseError::fail(format!("{problems}\n{text}")))?;
        prop_assert_eq!(read, map, "{}", text);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any_text()) {
        let _ = parse_mapping(&text);
    }
}
