//! A field of a small dialog: what is typed into it, and what a key does there.

use crossterm::event::{KeyCode, KeyEvent};
use tui_textarea::TextArea;

use super::super::area;
use super::super::user_field::{Pressed, UserField};
use super::ATTRIBUTES;
use crate::console::attributes;
use crate::console::widget::line::Line;
use crate::domain::Mapping;

/// What is typed into a field, or chosen there.
#[derive(Debug)]
pub enum Input {
    Line(Line),
    Secret(Line),
    Switch(bool),
    /// One of some words.
    Choice(&'static [&'static str], usize),
    Editor(Box<TextArea<'static>>),
    /// A user, found by a part of the name.
    User(UserField),
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// What errors call it.
    pub name: &'static str,
    pub label: &'static str,
    pub input: Input,
}

/// What a key did to a field.
pub enum Took {
    /// What is in it is another now.
    Changed,
    /// The cursor in it, or what is marked there.
    Moved,
    /// The dialog is to be saved.
    Submit,
    /// The next field is wanted.
    Next,
    /// Nothing: the key may mean something to the dialog.
    Nothing,
}

/// A field of one line.
pub fn line(name: &'static str, label: &'static str, text: &str) -> Field {
    Field { name, label, input: Input::Line(Line::new(text)) }
}

/// The field of attributes.
pub fn mapping(mapping: &Mapping) -> Field {
    let text = attributes::write(mapping);
    Field { name: ATTRIBUTES, label: "Attributes", input: Input::editor(&text) }
}

/// A text of one line, or of several where it has them or may well have.
pub fn text_field(name: &'static str, label: &'static str, of: &str, many: bool) -> Field {
    let several = many || of.contains(['\n', '\r', '\t']);
    let input = if several { Input::editor(of) } else { Input::Line(Line::new(of)) };
    Field { name, label, input }
}

impl Input {
    /// Text of several lines.
    pub fn editor(text: &str) -> Self {
        Self::Editor(Box::new(area::editor(text)))
    }

    /// Takes a key, in the last field of a dialog or another one.
    pub fn key(&mut self, key: KeyEvent, last: bool) -> Took {
        let enter = key.code == KeyCode::Enter;
        let press = matches!(key.code, KeyCode::Char(' ') | KeyCode::Left | KeyCode::Right);
        let changed = match self {
            // Arrows lead from line to line there, and not out of it.
            Self::Editor(area) => return if area::key(area, key) { Took::Changed } else { Took::Moved },
            Self::Switch(on) if enter || press => {
                *on = !*on;
                true
            }
            Self::Choice(words, chosen) if press => {
                *chosen = (*chosen + 1) % words.len();
                true
            }
            // In a dialog of one line, Enter is all that is wanted.
            Self::User(users) => match users.key(key) {
                Pressed::Changed => true,
                Pressed::Moved => return Took::Moved,
                Pressed::Nothing if enter => return Took::Submit,
                Pressed::Nothing => false,
            },
            Self::Line(_) | Self::Secret(_) if enter && last => return Took::Submit,
            Self::Line(_) | Self::Secret(_) | Self::Choice(..) if enter => return Took::Next,
            Self::Line(line) | Self::Secret(line) => line.key(key),
            Self::Switch(_) | Self::Choice(..) => false,
        };
        if changed { Took::Changed } else { Took::Nothing }
    }

    /// Takes pasted text; whether it takes any.
    pub fn paste(&mut self, text: &str) -> bool {
        match self {
            Self::Line(line) | Self::Secret(line) => line.insert(text),
            Self::User(users) => users.line.insert(text),
            Self::Editor(area) => area::paste(area, text),
            Self::Switch(_) | Self::Choice(..) => return false,
        }
        true
    }

    /// A value as people say it.
    pub fn said(&self, value: &str) -> String {
        match (self, value) {
            (Self::Switch(_), "true") => "yes".to_owned(),
            (Self::Switch(_), _) => "no".to_owned(),
            (_, other) => other.to_owned(),
        }
    }

    /// What stands there.
    pub fn text(&self) -> String {
        match self {
            Self::Line(line) | Self::Secret(line) => line.text().to_owned(),
            Self::Switch(on) => on.to_string(),
            Self::Choice(words, chosen) => words[*chosen].to_owned(),
            Self::User(users) => users.text().to_owned(),
            Self::Editor(area) => area.lines().join("\n"),
        }
    }
}
