//! What the console takes from the file: keys, colours, columns, the mouse. Which actions and columns there are is the
//! console's to know; here stands what was written, and where.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::line;

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

/// One or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Written {
    /// One.
    One(String),
    /// Several, or none.
    Many(Vec<String>),
}

/// The choices of a mapping in the file.
pub(super) fn choices(text: &str, key: &str, written: Option<BTreeMap<String, Written>>) -> Vec<Choice> {
    let choice = |(name, list): (String, Written)| {
        let line = line::of(text, &[key, &name]);
        let list = match list {
            Written::One(one) => vec![one],
            Written::Many(many) => many,
        };
        Choice { name, list, line }
    };
    written.into_iter().flatten().map(choice).collect()
}
