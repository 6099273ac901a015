//! Which values a file's `!Context` tags ask for, so that they can be asked of a person first.

use super::document::{self, Document};
use super::node::{Kind, Node};
use super::problem::{Problem, Problems, quote};
use super::report::Question;
use crate::domain::validation::nearest;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the keys begin with that are there in every file.
const BUILT_IN: &str = "goauthentik.io/";

/// The keys that a file's `!Context` tags ask for, in the order of the file, each once, with its default. Keys that are
/// built in are not asked for.
pub fn questions(text: &[u8]) -> Result<Vec<Question>, Problems> {
    Ok(asked(&document::parse(text)?))
}

/// What is wrong with values for keys that nothing in the file asks for: probably misspelt. A file that asks for other
/// blueprints may hand them on.
pub fn unasked(document: &Document, given: &BTreeMap<String, String>) -> Problems {
    let mut problems = Problems::default();
    if given.is_empty() || document.entries.iter().any(super::other::is_asked) {
        return problems;
    }
    let questions = asked(document);
    let of_file = document.context.iter().map(|(key, _)| key.text.as_str());
    let known: Vec<&str> = questions.iter().map(|question| question.key.as_str()).chain(of_file).collect();
    for key in given.keys().filter(|key| !known.contains(&key.as_str()) && !key.starts_with(BUILT_IN)) {
        let advice = nearest(key, known.iter().copied()).map(|near| format!(" Did you mean {}?", quote(near)));
        let message =
            format!("Nothing in the file asks for the context key {}.{}", quote(key), advice.unwrap_or_default());
        problems.push(Problem::new(0, 0, message));
    }
    problems
}

fn asked(document: &Document) -> Vec<Question> {
    let mut questions = Vec::new();
    for node in document.nodes() {
        collect(node, document, &mut questions);
    }
    questions
}

fn collect(node: &Node, document: &Document, questions: &mut Vec<Question>) {
    if node.tag.as_deref() == Some("Context") {
        let (key, default) = match &node.kind {
            Kind::Scalar(Value::String(key)) => (Some(key.as_str()), None),
            Kind::List(items) => (items.first().and_then(Node::as_text), items.get(1)),
            _ => (None, None),
        };
        if let Some(key) = key.filter(|key| !key.starts_with(BUILT_IN)) {
            let of_file = document.context.iter().find(|(known, _)| known.text == key).map(|(_, node)| node);
            if !questions.iter().any(|question| question.key == key) {
                let default = of_file.or(default).and_then(typed);
                questions.push(Question { key: key.to_owned(), default, line: node.line });
            }
        }
    }
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| collect(item, document, questions)),
        Kind::Map(pairs) => pairs.iter().for_each(|(_, value)| collect(value, document, questions)),
        Kind::Scalar(_) | Kind::Unknown => {}
    }
}

/// A value as somebody would type it, so that it is read as it is: a list or a mapping as JSON, which is YAML too.
fn typed(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Scalar(value) if node.tag.is_none() => super::emit::scalar(value),
        Kind::List(_) | Kind::Map(_) => node.to_json().ok().map(|value| value.to_string()),
        _ => None,
    }
}
