//! The overview of keys, from the key table.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::event::Effect;
use crate::console::keymap::{CONTEXTS, Keymap, written};
use crate::console::theme;
use crate::console::widget::text;

/// The room for keys beside what they do.
const KEYS: usize = 14;

/// What keys do where text is typed: the same in every field, so no rows of the key table.
const TYPING: &[(&str, &str)] = &[
    ("Ctrl-u", "Delete to the beginning of the line"),
    ("Ctrl-k", "Delete to the end of the line"),
    ("Ctrl-w", "Delete the word before the cursor"),
    ("Ctrl-a Ctrl-e", "To the beginning or the end of the line"),
    ("Alt-u Alt-r", "Undo, and do again: in custom attributes"),
];

/// A heading, and below it keys and what they do.
type Section = (&'static str, Vec<(String, &'static str)>);

/// The overview, and how far it is scrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    sections: Vec<Section>,
    top: usize,
}

impl Help {
    /// The keys as the person has them; without those that write where nothing may be written.
    pub fn new(keymap: &Keymap, read_only: bool) -> Self {
        let section = |context| {
            let rows =
                keymap.rows(std::slice::from_ref(context)).filter(|(row, _)| !(read_only && row.action.writes()));
            (context.label(), rows.map(|(row, keys)| (written(keys), row.long)).collect::<Vec<_>>())
        };
        let mut sections: Vec<Section> = CONTEXTS.iter().map(section).filter(|(_, rows)| !rows.is_empty()).collect();
        sections.push(("Where text is typed", TYPING.iter().map(|(keys, long)| ((*keys).to_owned(), *long)).collect()));
        Self { sections, top: 0 }
    }

    /// Scrolls by lines; there is nothing to be done about that.
    pub fn scroll(&mut self, down: bool, by: usize) -> Vec<Effect> {
        self.top = if down { self.top + by } else { self.top.saturating_sub(by) };
        Vec::new()
    }

    fn lines(&self, width: usize) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        for (heading, rows) in &self.sections {
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.push(Line::styled(*heading, theme::HEADING));
            for (keys, long) in rows {
                let said = text::wrap(long, width.saturating_sub(KEYS + 2));
                for (index, part) in said.into_iter().enumerate() {
                    let keys = if index == 0 { keys.as_str() } else { "" };
                    lines.push(Line::from(vec![
                        Span::styled(format!("  {}", text::pad(keys, KEYS)), theme::KEY),
                        Span::styled(part, Style::new()),
                    ]));
                }
            }
        }
        lines
    }

    /// Draws the overview, moved back where it ends.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer) {
        let lines = self.lines(usize::from(area.width));
        self.top = self.top.min(lines.len().saturating_sub(usize::from(area.height)));
        for (line, y) in lines.iter().skip(self.top).zip(area.y..area.bottom()) {
            buffer.set_line(area.x, y, line, area.width);
        }
    }
}
