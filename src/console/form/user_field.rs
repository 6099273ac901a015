//! A field for a user, found by typing a part of the name: the list below it holds those that match.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::style::Style;

use super::draw::{FIELD, Pen};
use crate::console::event::UserQuestion;
use crate::console::theme;
use crate::console::widget::line::Line;
use crate::console::widget::text;
use crate::domain::id::GroupId;

/// So many are shown at once.
const LISTED: usize = 6;

/// The field.
#[derive(Debug)]
pub(super) struct UserField {
    /// What is typed.
    pub line: Line,
    member_of: Option<GroupId>,
    asked: Option<String>,
    /// What those that were found were looked for by.
    answered: Option<String>,
    found: Vec<(String, String)>,
    marked: Option<usize>,
}

/// What a key did to the field.
pub(super) enum Pressed {
    /// What is in it is another now.
    Changed,
    /// Another one of the list is marked.
    Moved,
    /// Nothing.
    Nothing,
}

impl UserField {
    /// A field for members of a group, or for anybody.
    pub fn new(member_of: Option<GroupId>) -> Self {
        Self { line: Line::default(), member_of, asked: None, answered: None, found: Vec::new(), marked: None }
    }

    /// Which users to look for, where that was not asked yet.
    pub fn question(&mut self) -> Option<UserQuestion> {
        let typed = self.line.text().trim().to_owned();
        if self.asked.as_ref() == Some(&typed) {
            return None;
        }
        self.asked = Some(typed.clone());
        Some(UserQuestion { typed, member_of: self.member_of })
    }

    /// Takes those that were found, where they are what is typed by now.
    pub fn take(&mut self, question: &UserQuestion, found: Vec<(String, String)>) {
        if self.asked.as_ref() == Some(&question.typed) && self.member_of == question.member_of {
            self.answered = Some(question.typed.clone());
            self.found = found;
            self.marked = None;
        }
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) -> Pressed {
        // Before it is known who is found nobody of them can be meant.
        let moving = matches!(key.code, KeyCode::Down | KeyCode::Up);
        if moving && !self.is_answered() && !self.line.text().trim().is_empty() || self.moves(key.code) {
            return Pressed::Moved;
        }
        let typed = self.line.text().to_owned();
        if key.code == KeyCode::Enter && self.takes_marked() || self.line.key(key) {
            if self.line.text() != typed {
                self.marked = None;
            }
            Pressed::Changed
        } else {
            Pressed::Nothing
        }
    }

    /// Whether those that were found are those of what is typed.
    fn is_answered(&self) -> bool {
        self.answered.as_deref() == Some(self.line.text().trim())
    }

    /// Marks the next one or the one before; `false` where the key does nothing of the kind.
    fn moves(&mut self, code: KeyCode) -> bool {
        let last = self.found.len().min(LISTED);
        self.marked = match (code, self.marked) {
            (KeyCode::Down, None) if last > 0 => Some(0),
            (KeyCode::Down, Some(place)) if place + 1 < last => Some(place + 1),
            (KeyCode::Up, Some(0)) => None,
            (KeyCode::Up, Some(place)) => Some(place - 1),
            _ => return false,
        };
        true
    }

    /// Puts the marked one into the field; `false` where none is marked.
    fn takes_marked(&mut self) -> bool {
        let Some((name, _)) = self.marked.and_then(|place| self.found.get(place)) else { return false };
        self.line = Line::new(name.clone());
        self.marked = None;
        true
    }

    /// Who is meant: the marked one, else what is typed.
    pub fn text(&self) -> &str {
        let marked = self.marked.and_then(|place| self.found.get(place));
        marked.map_or_else(|| self.line.text(), |(name, _)| name.as_str())
    }

    /// Draws it.
    pub fn draw(&self, pen: &mut Pen, label: &str, focused: bool) {
        pen.line(label, focused, |area, buffer| self.line.draw(area, buffer, FIELD));
        if self.answered.is_some() && self.found.is_empty() {
            let whom = if self.member_of.is_some() { "No member" } else { "No user" };
            pen.note(&format!("{whom} has that in the name."), theme::QUIET);
        }
        for (place, (username, name)) in self.found.iter().take(LISTED).enumerate() {
            let marked = self.marked == Some(place);
            let (sign, style) = if marked { ("▸", theme::SELECTED) } else { (" ", Style::new()) };
            let name = if name.is_empty() { String::new() } else { format!(" · {}", text::safe(name)) };
            pen.row(&format!("{sign} {}{name}", text::safe(username)), style);
        }
        if self.found.len() > LISTED {
            pen.note("More match: type more of the name.", theme::QUIET);
        }
    }
}
