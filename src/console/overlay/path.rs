//! A field for a path, with completion.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::paragraph;
use crate::console::import::Completion;
use crate::console::theme;
use crate::console::widget::line::Line;
use crate::console::widget::text;

/// The most names that a completion shows.
const LISTED: usize = 12;

/// The field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathField {
    line: Line,
    candidates: Vec<String>,
    completing: bool,
    /// Whether to go on when the path is completed: whoever types fast means the completed one.
    waiting: bool,
}

impl PathField {
    /// A field with a path in it.
    pub fn new(path: String) -> Self {
        Self { line: Line::new(path), ..Self::default() }
    }

    /// What is typed.
    pub fn text(&self) -> &str {
        self.line.text()
    }

    /// Takes a key; `false` where it means nothing here.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let taken = self.line.key(key);
        if taken {
            self.candidates.clear();
        }
        taken
    }

    /// Takes pasted text.
    pub fn paste(&mut self, pasted: &str) {
        self.line.insert(pasted);
        self.candidates.clear();
    }

    /// What to complete.
    pub fn complete(&mut self) -> String {
        self.completing = true;
        self.line.text().to_owned()
    }

    /// Whether to go on with the path as it is; while it is being completed that is done then.
    pub fn accept(&mut self) -> bool {
        self.waiting = self.completing;
        !self.completing
    }

    /// Takes how the path goes on; `true` where somebody waits for it.
    pub fn take_completion(&mut self, completion: Completion) -> bool {
        if completion.typed == self.line.text() {
            self.line = Line::new(completion.path);
            self.candidates = completion.candidates;
        }
        self.completing = false;
        std::mem::take(&mut self.waiting)
    }

    /// Draws it, and below it how it could go on; returns how many rows that took and where the cursor is.
    pub fn draw(&self, label: &str, focused: bool, area: Rect, buffer: &mut Buffer) -> (u16, Option<Position>) {
        if area.height == 0 {
            return (0, None);
        }
        let style = if focused { theme::FOCUSED } else { theme::HEADING };
        buffer.set_stringn(area.x, area.y, label, usize::from(area.width), style.add_modifier(Modifier::BOLD));
        let left = u16::try_from(text::width(label)).unwrap_or(0).min(area.width);
        let field = Rect { x: area.x + left, width: area.width - left, height: 1, ..area };
        let cursor = self.line.draw(field, buffer, Style::new().add_modifier(Modifier::UNDERLINED));
        let rest = Rect { y: area.y + 1, height: area.height - 1, ..field };
        let mut used = 1;
        if !self.candidates.is_empty() {
            let names: Vec<_> = self.candidates.iter().take(LISTED).map(|name| text::safe(name)).collect();
            let more = if self.candidates.len() > LISTED { "  …" } else { "" };
            used += paragraph(&[(format!("{}{more}", names.join("  ")), theme::QUIET)], rest, buffer);
        }
        (used, cursor.filter(|_| focused))
    }
}
