//! Which way copying takes here, and a test of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paragraph;
use crate::console::clipboard::Copied;
use crate::console::theme;

/// The page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClipboardPage {
    lines: Vec<String>,
    /// What became of the test: whether well, and what to say.
    tested: Option<(bool, String)>,
}

impl ClipboardPage {
    /// Takes what there is to say.
    pub fn take(&mut self, lines: Vec<String>) {
        self.lines = lines;
    }

    /// Takes how the test ended.
    pub fn take_test(&mut self, copied: &Copied, text: &str) {
        let (good, said) = copied.told("The test text", &format!("Paste somewhere: it should read `{text}`."));
        self.tested = Some((good, said));
    }

    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) {
        let mut lines: Vec<(String, Style)> = self.lines.iter().map(|line| (line.clone(), Style::new())).collect();
        lines.push((String::new(), Style::new()));
        match &self.tested {
            None => lines.push(("t  copies a test text     Esc  closes".to_owned(), theme::KEY)),
            Some((true, said)) => lines.push((format!("✓ {said}"), theme::GOOD)),
            Some((false, said)) => lines.push((format!("✗ {said}"), theme::WRONG)),
        }
        paragraph(&lines, area, buffer);
    }
}
