//! Expressions in blueprints are read before they are kept.

use guestlist::blueprint::check;

const FILE: &str = "\
entries:
  - model: authentik_policies_expression.expressionpolicy
    identifiers: {name: python}
    attrs:
      expression: |
        x = 1
        return x +
  - model: authentik_stages_prompt.prompt
    identifiers: {name: p}
    attrs:
      field_key: p
      label: P
      type: text
      initial_value: return (
      initial_value_expression: true
";

#[test]
fn an_expression_that_does_not_parse_is_refused_where_it_stands() {
    let problems = check(FILE.as_bytes()).unwrap_err();
    let places: Vec<(usize, usize)> = problems.0.iter().map(|problem| (problem.line, problem.column)).collect();
    assert_eq!(places, [(7, 19), (14, 22)], "{problems}");
    assert!(problems.0[0].message.contains("line 2, column 11 of the expression"), "{problems}");
    let plain = FILE.replace("x +", "x").replace("initial_value_expression: true", "initial_value_expression: false");
    assert!(check(plain.as_bytes()).unwrap().notes.is_empty());
}

#[test]
fn what_an_expression_misses_here_is_said_and_the_file_is_taken() {
    let file = FILE.replace("x = 1", "import socket").replace("return x +", "match x:\n          case 1: return 1");
    let file = file.replace("return (", "return requests");
    let notes = check(file.as_bytes()).unwrap().notes;
    let said: Vec<String> = notes.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|note| note.contains("`import socket`")), "{said:?}");
    assert!(
        said.iter().any(|note| note.starts_with("7:") && note.contains("not available here: pattern matching")),
        "{said:?}"
    );
}
