//! The question before many are deleted: a word has to be typed, which no slip of the finger does.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::paragraph;
use crate::console::event::Effect;
use crate::console::theme;
use crate::console::widget::line::Line;
use crate::console::widget::text;

/// What has to be typed.
const WORD: &str = "delete";
/// So many names are shown.
const LISTED: usize = 8;

/// The question.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    question: String,
    names: Vec<String>,
    effect: Effect,
    typed: Line,
    wrong: bool,
}

impl Confirm {
    /// Whether to delete what has these names, by that effect.
    pub fn new(question: String, names: Vec<String>, effect: Effect) -> Self {
        Self { question, names, effect, typed: Line::default(), wrong: false }
    }

    /// What is to be done, where the word is typed.
    pub fn accept(&mut self) -> Option<Effect> {
        self.wrong = self.typed.text().trim() != WORD;
        (!self.wrong).then(|| self.effect.clone())
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) {
        self.wrong = false;
        self.typed.key(key);
    }

    /// Draws it; returns where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let mut names: Vec<_> = self.names.iter().take(LISTED).map(|name| text::safe(name)).collect();
        if self.names.len() > LISTED {
            names.push(format!("… and {} more", text::number((self.names.len() - LISTED) as u64)));
        }
        let plain = Style::new();
        let lines = [
            (self.question.clone(), plain),
            (String::new(), plain),
            (names.join(", "), theme::QUIET),
            (String::new(), plain),
            (format!("Type {WORD} and press Enter:"), if self.wrong { theme::WRONG } else { plain }),
        ];
        let used = paragraph(&lines, Rect { height: area.height.saturating_sub(1), ..area }, buffer);
        let field = Rect { y: area.y + used, height: area.height.saturating_sub(used).min(1), ..area };
        self.typed.draw(field, buffer, Style::new().add_modifier(Modifier::UNDERLINED))
    }
}
