//! The question before many are deleted: a word has to be typed, which no slip of the finger does.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::paragraph;
use crate::console::event::Named;
use crate::console::theme;
use crate::console::widget::line::Line;
use crate::console::widget::text;

/// What has to be typed.
const WORD: &str = "delete";
/// So many names are shown.
const LISTED: usize = 8;

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    named: Vec<Named>,
    typed: Line,
    wrong: bool,
}

impl Confirm {
    /// Whether to delete these.
    pub fn new(named: Vec<Named>) -> Self {
        Self { named, typed: Line::default(), wrong: false }
    }

    /// What to delete, where the word is typed.
    pub fn accept(&mut self) -> Option<Vec<Named>> {
        self.wrong = self.typed.text().trim() != WORD;
        (!self.wrong).then(|| self.named.clone())
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) {
        self.wrong = false;
        self.typed.key(key);
    }

    /// Draws it; returns where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let mut names: Vec<_> = self.named.iter().take(LISTED).map(|named| named.name.to_string()).collect();
        if self.named.len() > LISTED {
            names.push(format!("… and {} more", text::number((self.named.len() - LISTED) as u64)));
        }
        let count = text::count(self.named.len() as u64, "invitation");
        let plain = Style::new();
        let lines = [
            (format!("Delete {count}? Their links are dead at once; u brings them back."), plain),
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
