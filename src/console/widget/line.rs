//! One line of text that a person types.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::text::is_harmful;

/// The most characters that are kept: nothing that is typed on one line is longer.
const MOST: usize = 4_096;

/// A line and where the cursor stands in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// In bytes, always between two graphemes.
    cursor: usize,
}

impl Line {
    /// A line with the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cursor: text.len(), text }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Takes a key; `false` where it means nothing here.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('a') if control => self.cursor = 0,
            KeyCode::Char('e') if control => self.cursor = self.text.len(),
            KeyCode::Char('u') if control => {
                self.text.drain(..self.cursor);
                self.cursor = 0;
            }
            KeyCode::Char('k') if control => self.text.truncate(self.cursor),
            KeyCode::Char('w') if control => self.delete_word(),
            KeyCode::Char('h') if control => self.backspace(),
            KeyCode::Char(_) if control || key.modifiers.contains(KeyModifiers::ALT) => return false,
            KeyCode::Char(c) => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace => self.backspace(),
            KeyCode::Delete => {
                let next = self.next();
                self.text.drain(self.cursor..next);
            }
            KeyCode::Left => self.cursor = self.previous(),
            KeyCode::Right => self.cursor = self.next(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    /// Inserts text; what could do harm is left out, and line breaks become blanks.
    pub fn insert(&mut self, text: &str) {
        let room = MOST.saturating_sub(self.text.chars().count());
        let text: String = text
            .trim_end_matches(['\r', '\n'])
            .chars()
            .map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c })
            .filter(|c| !is_harmful(*c))
            .take(room)
            .collect();
        self.text.insert_str(self.cursor, &text);
        self.cursor += text.len();
        // What was inserted may have joined its neighbour to one grapheme.
        self.cursor = self
            .text
            .grapheme_indices(true)
            .map(|(start, _)| start)
            .chain([self.text.len()])
            .find(|boundary| *boundary >= self.cursor)
            .unwrap_or(self.text.len());
    }

    fn previous(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(start, _)| start)
    }

    fn next(&self) -> usize {
        self.cursor + self.text[self.cursor..].graphemes(true).next().map_or(0, str::len)
    }

    fn backspace(&mut self) {
        let start = self.previous();
        self.text.drain(start..self.cursor);
        self.cursor = start;
    }

    fn delete_word(&mut self) {
        let before = self.text[..self.cursor].trim_end();
        let start = before.rfind([' ', '/']).map_or(0, |place| place + 1);
        self.text.drain(start..self.cursor);
        self.cursor = start;
    }

    /// Draws the line into the first row of an area, scrolled so that the cursor is in sight; returns where that is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, style: Style) -> Option<Position> {
        let room = usize::from(area.width);
        if room == 0 || area.height == 0 {
            return None;
        }
        buffer.set_style(Rect { height: 1, ..area }, style);
        // One column stays free for a cursor behind the text.
        let mut start = 0;
        while self.text[start..self.cursor].width() >= room {
            start += self.text[start..].graphemes(true).next().map_or(1, str::len);
        }
        buffer.set_stringn(area.x, area.y, &self.text[start..], room, style);
        let column = u16::try_from(self.text[start..self.cursor].width()).unwrap_or(u16::MAX);
        Some(Position::new(area.x.saturating_add(column), area.y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(line: &mut Line, code: KeyCode) {
        line.key(KeyEvent::new(code, KeyModifiers::NONE));
    }

    #[test]
    fn what_looks_like_one_character_is_deleted_as_one() {
        let mut line = Line::new("ae\u{301}👩🏽");
        press(&mut line, KeyCode::Backspace);
        assert_eq!(line.text(), "ae\u{301}");
        press(&mut line, KeyCode::Backspace);
        assert_eq!(line.text(), "a");
    }

    #[test]
    fn text_is_inserted_at_the_cursor_and_harmless() {
        let mut line = Line::new("ad");
        press(&mut line, KeyCode::Left);
        line.insert("b\u{1b}\u{202e}c\n");
        assert_eq!(line.text(), "abcd");
        press(&mut line, KeyCode::Char('!'));
        assert_eq!(line.text(), "abc!d");
    }

    #[test]
    fn the_cursor_stays_in_sight() {
        let line = Line::new("0123456789");
        let area = Rect::new(0, 0, 4, 1);
        let mut buffer = Buffer::empty(area);
        assert_eq!(line.draw(area, &mut buffer, Style::new()), Some(Position::new(3, 0)));
        assert_eq!(buffer, Buffer::with_lines(["789 "]));
    }
}
