//! The located, tagged tree that every YAML text becomes before anything looks at its meaning.

use super::problem::{Problem, Problems, quote};
use serde_json::{Map, Value};

/// One value of a file, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Line, counted from one.
    pub line: usize,
    /// Column in characters, counted from one.
    pub column: usize,
    /// The name of a custom tag without its `!`; `None` for plain values and for YAML's own tags, which are already
    /// applied.
    pub tag: Option<String>,
    /// The value itself.
    pub kind: Kind,
}

/// What a [`Node`] holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Null, boolean, number or text; never a JSON array or object. Under a custom tag always the text as written.
    Scalar(Value),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in the order of the file, merge keys applied, no key twice.
    Map(Vec<(Key, Node)>),
    /// What can't be told yet: only the database knows it, or finding it out went wrong and has been reported.
    Unknown,
}

/// The key of a mapping. Keys are always text here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Line, counted from one.
    pub line: usize,
    /// Column in characters, counted from one.
    pub column: usize,
    /// The key.
    pub text: String,
}

impl Node {
    /// A scalar at another node's place: what a tag turns into keeps the place of the tag.
    pub fn scalar_at(place: &Node, value: Value) -> Self {
        Self { line: place.line, column: place.column, tag: None, kind: Kind::Scalar(value) }
    }

    /// A value without a tag at another node's place.
    pub fn at(place: &Node, kind: Kind) -> Self {
        Self { line: place.line, column: place.column, tag: None, kind }
    }

    /// JSON as a tree at another node's place.
    pub fn from_json(place: &Node, value: Value) -> Self {
        let kind = match value {
            Value::Array(items) => Kind::List(items.into_iter().map(|item| Self::from_json(place, item)).collect()),
            Value::Object(map) => {
                let key = |text| Key { line: place.line, column: place.column, text };
                Kind::Map(map.into_iter().map(|(text, value)| (key(text), Self::from_json(place, value))).collect())
            }
            scalar => Kind::Scalar(scalar),
        };
        Self::at(place, kind)
    }

    /// Whether this or anything in it can't be told yet.
    pub fn has_unknown(&self) -> bool {
        match &self.kind {
            Kind::Unknown => true,
            Kind::Scalar(_) => false,
            Kind::List(items) => items.iter().any(Self::has_unknown),
            Kind::Map(pairs) => pairs.iter().any(|(_, node)| node.has_unknown()),
        }
    }

    /// Whether Python takes this for true: nothing, zero and what is empty are false. `None` where it can't be told.
    pub fn is_truthy(&self) -> Option<bool> {
        match &self.kind {
            _ if self.tag.is_some() => Some(true),
            Kind::Unknown => None,
            Kind::Scalar(Value::Bool(value)) => Some(*value),
            Kind::Scalar(Value::Number(number)) => Some(number.as_f64() != Some(0.0)),
            Kind::Scalar(Value::String(text)) => Some(!text.is_empty()),
            Kind::Scalar(_) => Some(false),
            Kind::List(items) => Some(!items.is_empty()),
            Kind::Map(pairs) => Some(!pairs.is_empty()),
        }
    }

    /// Merges another value into this one: mappings key by key, lists one after the other, anything else replaces.
    pub fn merge(&mut self, other: Node) {
        match (&mut self.kind, other) {
            (Kind::Map(pairs), Node { kind: Kind::Map(more), tag: None, .. }) if self.tag.is_none() => {
                for (key, value) in more {
                    match pairs.iter_mut().find(|(known, _)| known.text == key.text) {
                        Some((_, known)) => known.merge(value),
                        None => pairs.push((key, value)),
                    }
                }
            }
            (Kind::List(items), Node { kind: Kind::List(more), tag: None, .. }) if self.tag.is_none() => {
                items.extend(more);
            }
            (_, other) => *self = other,
        }
    }

    /// How large this is: its values, with 64 bytes of text counting as one.
    pub fn weight(&self) -> usize {
        match &self.kind {
            Kind::Scalar(Value::String(text)) => 1 + text.len() / 64,
            Kind::Scalar(_) | Kind::Unknown => 1,
            Kind::List(items) => 1 + items.iter().map(Self::weight).sum::<usize>(),
            Kind::Map(pairs) => {
                1 + pairs.iter().map(|(key, node)| 1 + key.text.len() / 64 + node.weight()).sum::<usize>()
            }
        }
    }

    /// A fault at this place.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(self.line, self.column, message)
    }

    /// The text of an untagged text scalar.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(Value::String(text)) if self.tag.is_none() => Some(text),
            _ => None,
        }
    }

    /// The key that a `!Context` tag asks for.
    pub fn context_key(&self) -> Option<&str> {
        match &self.kind {
            _ if self.tag.as_deref() != Some("Context") => None,
            Kind::Scalar(Value::String(key)) => Some(key),
            Kind::List(items) => items.first().and_then(Self::as_text),
            _ => None,
        }
    }

    /// Whether this is an untagged null.
    pub fn is_null(&self) -> bool {
        self.tag.is_none() && self.kind == Kind::Scalar(Value::Null)
    }

    /// What this is, for messages: "a list", "the number 5".
    pub fn describe(&self) -> String {
        if let Some(tag) = &self.tag {
            return format!("the tag {}", quote(&format!("!{tag}")));
        }
        match &self.kind {
            Kind::Scalar(Value::Null) => "empty".to_owned(),
            Kind::Scalar(Value::Bool(value)) => format!("the boolean {value}"),
            Kind::Scalar(Value::Number(value)) => format!("the number {value}"),
            Kind::Scalar(Value::String(text)) => format!("the text {}", quote(text)),
            Kind::Scalar(_) | Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a mapping".to_owned(),
            Kind::Unknown => "not known yet".to_owned(),
        }
    }

    /// The JSON of a tree without custom tags; every tag still in it is reported.
    pub fn to_json(&self) -> Result<Value, Problems> {
        let mut problems = Problems::default();
        let value = self.json(&mut problems);
        problems.or(value)
    }

    fn json(&self, problems: &mut Problems) -> Value {
        if let Some(tag) = &self.tag {
            problems.push(self.problem(format!("The tag {} has no meaning here.", quote(&format!("!{tag}")))));
            return Value::Null;
        }
        match &self.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::Unknown => Value::Null,
            Kind::List(items) => Value::Array(items.iter().map(|item| item.json(problems)).collect()),
            Kind::Map(pairs) => Value::Object(object(pairs, problems)),
        }
    }
}

fn object(pairs: &[(Key, Node)], problems: &mut Problems) -> Map<String, Value> {
    pairs.iter().map(|(key, node)| (key.text.clone(), node.json(problems))).collect()
}
