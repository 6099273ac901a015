//! What the console takes from the file: keys, colours, columns, the mouse. Which actions and columns there are is the
//! console's to know; here stands what was written, and where.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_yaml::Value;

use super::reader::Reader;

/// How the console looks and listens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaceSettings {
    /// For which background the colours are.
    pub theme: ThemeChoice,
    /// Which action has which keys.
    pub keys: Vec<Choice>,
    /// Which pane shows which columns.
    pub columns: Vec<Choice>,
    /// Whether the mouse is taken from the start.
    pub mouse: bool,
}

/// For which background the colours are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// What `$COLORFGBG` tells; dark where it tells nothing.
    #[default]
    Auto,
    /// A dark one.
    Dark,
    /// A light one.
    Light,
    /// None: no colours, as with `NO_COLOR`.
    Mono,
}

impl ThemeChoice {
    /// As the file writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Mono => "mono",
        }
    }
}

/// A list that was chosen for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// For what: an action, a pane.
    pub name: String,
    /// What was chosen.
    pub list: Vec<String>,
    /// The line in the file.
    pub line: usize,
}

/// The choices of a mapping in the file: `usual` says what would be right.
pub(super) fn choices(reader: &mut Reader<'_>, key: &'static str, usual: &str) -> Vec<Choice> {
    let written: BTreeMap<String, Value> = reader.take(key).unwrap_or_default();
    let mut choices = Vec::new();
    for (name, value) in written {
        let line = reader.line(&[key, &name]);
        let one_or_many = match value {
            Value::Sequence(list) => list,
            one => vec![one],
        };
        let list: Option<Vec<String>> = one_or_many.iter().map(word).collect();
        match list {
            Some(list) => choices.push(Choice { name, list, line }),
            None => reader.wrong(&[key, &name], usual),
        }
    }
    choices
}

/// A number is a word as well: `1` is a key of the keyboard.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}
