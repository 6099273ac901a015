//! The overview of keys, from the key table.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line as Text, Span};

use crate::console::action::Action;
use crate::console::keymap::{CONTEXTS, Context, Keymap, written};
use crate::console::theme;
use crate::console::widget::line::Line;
use crate::console::widget::scroll::scrolled;
use crate::console::widget::text;

/// The room for keys beside what they do.
const KEYS: usize = 14;

/// What keys do where text is typed: the same in every field, so no rows of the key table.
const TYPING: &[(&str, &str)] = &[
    ("Ctrl-u", "Delete to the beginning of the line"),
    ("Ctrl-k", "Delete to the end of the line"),
    ("Ctrl-w", "Delete the word before the cursor"),
    ("Ctrl-a Ctrl-e", "To the beginning or the end of the line"),
    ("Alt-u Alt-r", "Undo, and do again: in texts of several lines"),
];

/// How many lines a screen up or down is.
const PAGE: usize = 15;

/// A heading, and below it keys and what they do.
type Section = (&'static str, Vec<(String, &'static str)>);

/// The overview, what is looked for in it, and how far it is scrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    sections: Vec<Section>,
    filter: Line,
    /// Whether the filter is being typed.
    filtering: bool,
    top: usize,
}

impl Help {
    /// The keys as the person has them, those of `here` first; without those that write where nothing may be written.
    pub fn new(keymap: &Keymap, here: &[Context], read_only: bool) -> Self {
        let section = |context: &Context| {
            let rows =
                keymap.rows(std::slice::from_ref(context)).filter(|(row, _)| !(read_only && row.action.writes()));
            (context.label(), rows.map(|(row, keys)| (written(keys), row.long)).collect::<Vec<_>>())
        };
        let others = CONTEXTS.iter().filter(|context| !here.contains(context));
        let sections = here.iter().chain(others).map(section).filter(|(_, rows)| !rows.is_empty());
        let mut sections: Vec<Section> = sections.collect();
        sections.push(("Where text is typed", TYPING.iter().map(|(keys, long)| ((*keys).to_owned(), *long)).collect()));
        Self { sections, filter: Line::default(), filtering: false, top: 0 }
    }

    /// Whether a filter is being typed.
    pub fn is_filtering(&self) -> bool {
        self.filtering
    }

    /// Takes an action on the filter or the place; `false` where it is another, which closes the overview.
    pub fn takes(&mut self, action: Action) -> bool {
        match action {
            Action::Filter => self.filtering = true,
            Action::Accept if self.filtering => self.filtering = false,
            Action::Dismiss if self.filtering || !self.filter.text().is_empty() => {
                self.filtering = false;
                self.filter = Line::default();
                self.top = 0;
            }
            _ => match scrolled(self.top, action, PAGE) {
                Some(top) => self.top = top,
                None => return false,
            },
        }
        true
    }

    /// Takes a key into the filter.
    pub fn key(&mut self, key: KeyEvent) {
        if self.filtering && self.filter.key(key) {
            self.top = 0;
        }
    }

    /// What is found: a section by its heading, or the rows that have every word.
    fn found(&self) -> Vec<Section> {
        let words: Vec<String> = self.filter.text().split_whitespace().map(str::to_lowercase).collect();
        let has = |text: &str| {
            let text = text.to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let kept = |(heading, rows): &Section| {
            let rows = rows.iter().filter(|(keys, long)| has(&format!("{heading} {keys} {long}"))).cloned().collect();
            (*heading, rows)
        };
        self.sections.iter().map(kept).filter(|(_, rows): &Section| !rows.is_empty()).collect()
    }

    fn lines(&self, width: usize) -> Vec<Text<'static>> {
        let mut lines = Vec::new();
        for (heading, rows) in self.found() {
            if !lines.is_empty() {
                lines.push(Text::default());
            }
            lines.push(Text::styled(heading, theme::HEADING));
            for (keys, long) in &rows {
                let said = text::wrap(long, width.saturating_sub(KEYS + 2));
                for (index, part) in said.into_iter().enumerate() {
                    let keys = if index == 0 { keys.as_str() } else { "" };
                    lines.push(Text::from(vec![
                        Span::styled(format!("  {}", text::pad(keys, KEYS)), theme::KEY),
                        Span::styled(part, Style::new()),
                    ]));
                }
            }
        }
        if lines.is_empty() {
            lines.push(Text::styled("No key does that. Esc shows all.", theme::QUIET));
        }
        lines
    }

    /// Draws the overview, moved back where it ends; returns where the cursor is.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let (mut area, mut cursor) = (area, None);
        if area.height > 1 && (self.filtering || !self.filter.text().is_empty()) {
            buffer.set_stringn(area.x, area.y, "/", usize::from(area.width), theme::KEY);
            let field = Rect { x: area.x + 1, width: area.width.saturating_sub(1), height: 1, ..area };
            cursor = self.filter.draw(field, buffer, Style::new()).filter(|_| self.filtering);
            area = Rect { y: area.y + 1, height: area.height - 1, ..area };
        }
        let lines = self.lines(usize::from(area.width));
        let height = usize::from(area.height);
        self.top = self.top.min(lines.len().saturating_sub(height));
        for (line, y) in lines.iter().skip(self.top).zip(area.y..area.bottom()) {
            buffer.set_line(area.x, y, line, area.width);
        }
        cursor
    }

    /// What to say at the lower edge: how much more there is.
    pub fn more(&self, area: Rect) -> Option<String> {
        let taken = usize::from(self.filtering || !self.filter.text().is_empty());
        let height = usize::from(area.height).saturating_sub(taken);
        let rest = self.lines(usize::from(area.width)).len().saturating_sub(self.top + height);
        (rest > 0).then(|| format!("{} more below", text::count(rest as u64, "line")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_here_stand_first_and_words_find_the_others() {
        let mut help = Help::new(&Keymap::default(), &[Context::Users, Context::Lists], false);
        assert_eq!(help.sections[0].0, "Users");
        assert_eq!(help.sections.iter().filter(|(heading, _)| *heading == "Users").count(), 1);
        help.filter = Line::new("qr phone");
        let found = help.found();
        assert_eq!((found.len(), found[0].0, found[0].1.len()), (1, "Invitations", 1));
        assert!(help.takes(Action::Dismiss) && help.found().len() > 10 && !help.takes(Action::Dismiss));
    }
}
