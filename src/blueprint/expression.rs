//! Expressions in files: what does not parse is refused where it stands, what is not available here is said.

use super::document::Entry;
use super::model::policies::EXPRESSION;
use super::model::prompt;
use super::node::{Key, Node};
use super::problem::{Problem, Problems, quote};
use super::wish::Wish;
use crate::domain::Mapping;
use crate::policy::{SyntaxFault, check_syntax, unavailable};
use serde_json::Value;

/// The attributes of an entry that are expressions.
fn attributes(wish: &Wish) -> &'static [&'static str] {
    let is_on = |name: &str| wish.given.get(name) == Some(&Value::Bool(true));
    match wish.model.spec().name {
        name if name == EXPRESSION.spec.name => &["expression"],
        prompt::NAME => match (is_on("placeholder_expression"), is_on("initial_value_expression")) {
            (true, true) => &["placeholder", "initial_value"],
            (true, false) => &["placeholder"],
            (false, true) => &["initial_value"],
            (false, false) => &[],
        },
        _ => &[],
    }
}

/// Looks at every expression of an entry. An empty one of a prompt is none.
pub fn check(wish: &Wish, entry: &Entry, problems: &mut Problems, notes: &mut Problems) {
    for name in attributes(wish) {
        let stands = entry.attrs.iter().chain(&entry.identifiers).find(|(key, _)| key.text == *name);
        if let (Some((key, node)), Some(text)) = (stands, text(&wish.given, name)) {
            check_one(key, node, text, problems, notes);
        }
    }
}

fn text<'a>(given: &'a Mapping, name: &str) -> Option<&'a str> {
    given.get(name).and_then(Value::as_str).filter(|text| name == "expression" || !text.trim().is_empty())
}

fn check_one(key: &Key, node: &Node, text: &str, problems: &mut Problems, notes: &mut Problems) {
    if let Err(fault) = check_syntax(text) {
        let (line, column) = place(key, node, &fault);
        let (at, said) = (format!("line {}, column {}", fault.line, fault.column), &fault.message);
        if fault.is_unavailable {
            let message = format!("{}: The expression {said} ({at} of it). It fails when it runs.", quote(&key.text));
            notes.push(Problem::new(line, column, message));
        } else {
            let message = format!("{}: This is not Python, at {at} of the expression: {said}", quote(&key.text));
            problems.push(Problem::new(line, column, message));
        }
    }
    for what in unavailable(text) {
        let message =
            format!("{}: The expression uses what is not available here: {}.", quote(&key.text), quote(&what));
        notes.push(node.problem(message));
    }
}

/// Where a fault of an expression stands in the file: exactly in a block below its key, else at the beginning of the
/// value, because its quotes and tags are not known any more.
fn place(key: &Key, node: &Node, fault: &SyntaxFault) -> (usize, usize) {
    if node.tag.is_some() || node.line <= key.line {
        return (node.line, node.column);
    }
    (node.line + fault.line as usize - 1, node.column + fault.column as usize - 1)
}
