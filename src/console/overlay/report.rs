//! What became of many, one line each.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::console::action::Action;
use crate::console::event::Effect;
use crate::console::theme;
use crate::console::widget::scroll::scrolled;
use crate::console::widget::text;

/// A sentence, and lines below it that are scrolled through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    summary: String,
    lines: Vec<String>,
    top: usize,
}

impl Report {
    /// A report from its beginning.
    pub fn new(summary: String, lines: Vec<String>) -> Self {
        Self { summary, lines, top: 0 }
    }

    /// Scrolls, where the action does that, and stays; any other one closes it.
    pub fn act(&mut self, action: Action) -> Option<Vec<Effect>> {
        self.top = scrolled(self.top, action, 15)?;
        Some(Vec::new())
    }

    /// Draws it, moved back where it ends; returns what to say of the lines below.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer) -> Option<String> {
        let width = usize::from(area.width);
        let mut lines: Vec<(String, Style)> = Vec::new();
        let wrapped = |line: &str, style: Style| text::wrap(line, width).into_iter().map(move |piece| (piece, style));
        lines.extend(wrapped(&self.summary, theme::HEADING));
        for line in &self.lines {
            lines.extend(wrapped(&text::safe(line), Style::new()));
        }
        self.top = self.top.min(lines.len().saturating_sub(usize::from(area.height)));
        for ((line, style), y) in lines.iter().skip(self.top).zip(area.y..area.bottom()) {
            buffer.set_stringn(area.x, y, line, width, *style);
        }
        let rest = lines.len().saturating_sub(self.top + usize::from(area.height));
        (rest > 0).then(|| format!("{} more below", text::count(rest as u64, "line")))
    }
}
