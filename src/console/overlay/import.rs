//! The dialog that asks what to import: a file, one of the shipped blueprints, or a file that was imported before.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::path::PathField;
use crate::blueprint;
use crate::console::action::Action;
use crate::console::import::{Completion, Source};
use crate::console::theme;
use crate::console::widget::text;

/// The dialog: a path, and a list below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportDialog {
    path: PathField,
    /// Files that were imported before, the last one first.
    recent: Vec<String>,
    /// Which row of the list is marked, counted from one; zero is the path.
    marked: usize,
}

/// What the dialog wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Complete this path.
    Complete(String),
    /// Go on with this.
    Open(Source),
}

impl ImportDialog {
    /// The first shipped blueprint marked.
    pub fn new() -> Self {
        Self { marked: 1, ..Self::default() }
    }

    /// A path that was typed elsewhere, or the name of a shipped blueprint.
    pub fn of(wanted: &str) -> Self {
        match blueprint::shipped().iter().position(|shipped| shipped.name == wanted) {
            Some(place) => Self { marked: place + 1, ..Self::default() },
            None => Self { path: PathField::new(wanted.to_owned()), ..Self::default() },
        }
    }

    /// Whether a path was typed that would be lost.
    pub fn is_changed(&self) -> bool {
        !self.path.text().is_empty()
    }

    /// Does what the key table says.
    pub fn act(&mut self, action: Action) -> Option<Wish> {
        match action {
            Action::Up => self.marked = self.marked.saturating_sub(1),
            Action::Down => self.marked = (self.marked + 1).min(blueprint::shipped().len() + self.recent.len()),
            Action::Complete => {
                self.marked = 0;
                return Some(Wish::Complete(self.path.complete()));
            }
            Action::Accept if self.marked > 0 || self.path.accept() => return self.source().map(Wish::Open),
            _ => {}
        }
        None
    }

    /// What is chosen.
    fn source(&self) -> Option<Source> {
        let shipped = blueprint::shipped();
        let Some(index) = self.marked.checked_sub(1) else {
            let path = self.path.text().trim();
            return (!path.is_empty()).then(|| Source::File(path.to_owned()));
        };
        match shipped.get(index) {
            Some(shipped) => Some(Source::Shipped(shipped.name)),
            None => self.recent.get(index - shipped.len()).cloned().map(Source::File),
        }
    }

    /// Takes a key into the path.
    pub fn key(&mut self, key: KeyEvent) {
        if self.path.key(key) {
            self.marked = 0;
        }
    }

    /// Takes pasted text into the path.
    pub fn paste(&mut self, pasted: &str) {
        self.path.paste(pasted);
        self.marked = 0;
    }

    /// Takes how the path goes on.
    pub fn take_completion(&mut self, completion: Completion) -> Option<Wish> {
        if self.path.take_completion(completion) { self.act(Action::Accept) } else { None }
    }

    /// Takes the files that were imported before.
    pub fn take_recent(&mut self, recent: Vec<String>) {
        self.recent = recent;
    }

    /// The list, and which of its lines are marked.
    fn list(&self) -> (Vec<(String, Style)>, std::ops::Range<usize>) {
        let mut lines = vec![(String::new(), Style::new()), ("Shipped blueprints".to_owned(), theme::HEADING)];
        let mut marked = 0..0;
        let style = |index: usize| if self.marked == index { theme::SELECTED } else { Style::new() };
        let sign = |index: usize| if self.marked == index { "▸" } else { " " };
        for (index, shipped) in blueprint::shipped().iter().enumerate() {
            if self.marked == index + 1 {
                marked = lines.len()..lines.len() + 2;
            }
            lines.push((format!("{} {}", sign(index + 1), shipped.name), style(index + 1)));
            lines.push((format!("    {}", shipped.description), theme::QUIET));
        }
        if !self.recent.is_empty() {
            lines.push((String::new(), Style::new()));
            lines.push(("Recent files".to_owned(), theme::HEADING));
        }
        for (index, path) in self.recent.iter().enumerate() {
            let index = blueprint::shipped().len() + index + 1;
            if self.marked == index {
                marked = lines.len()..lines.len() + 1;
            }
            lines.push((format!("{} {}", sign(index), text::safe(path)), style(index)));
        }
        (lines, marked)
    }

    /// Draws it, the marked row in sight; returns where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let (used, cursor) = self.path.draw("File  ", self.marked == 0, area, buffer);
        let rest = Rect { y: area.y + used, height: area.height.saturating_sub(used), ..area };
        let (lines, marked) = self.list();
        let width = usize::from(rest.width);
        let mut rows: Vec<(String, Style)> = Vec::new();
        let mut seen = 0..0;
        for (index, (line, style)) in lines.into_iter().enumerate() {
            let top = rows.len();
            rows.extend(text::wrap(&line, width).into_iter().map(|piece| (piece, style)));
            if index == marked.start {
                seen.start = top;
            }
            if marked.contains(&index) {
                seen.end = rows.len();
            }
        }
        let top = seen.end.saturating_sub(usize::from(rest.height)).min(seen.start);
        for ((row, style), y) in rows.iter().skip(top).zip(rest.y..rest.bottom()) {
            buffer.set_stringn(rest.x, y, row, width, *style);
        }
        cursor
    }
}
