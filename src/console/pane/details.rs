//! The lines under an expanded row.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::View;
use crate::console::attributes;
use crate::console::theme;
use crate::console::widget::text;
use crate::domain::Mapping;
use crate::domain::diagnosis::{Mend, Problem};
use crate::domain::text::printable_lines;

/// The most lines of one value: what is longer is not read in a list.
const MOST_LINES: usize = 100;

/// Lines in the making.
#[derive(Debug)]
pub struct Details {
    lines: Vec<Line<'static>>,
    width: usize,
    is_drawn: bool,
}

impl Details {
    /// Nothing yet, for that many columns.
    pub fn new(width: usize) -> Self {
        Self { lines: Vec::new(), width, is_drawn: true }
    }

    /// Nothing yet, for lines of any length that may be read out: without what is only drawn.
    pub fn spoken() -> Self {
        // Wider than any line: a screen reader reads it whole, and a link stays in one piece.
        Self { lines: Vec::new(), width: 100_000, is_drawn: false }
    }

    /// The lines.
    pub fn into_lines(self) -> Vec<Line<'static>> {
        self.lines
    }

    /// A heading.
    pub fn heading(&mut self, label: &'static str) {
        self.lines.push(Line::styled(label, theme::HEADING));
    }

    /// Text, wrapped between words. It must be safe already.
    pub fn text(&mut self, indent: usize, content: &str, style: Style) {
        for line in text::wrap(content, self.width.saturating_sub(indent)) {
            self.lines.push(Line::from(vec![Span::raw(" ".repeat(indent)), Span::styled(line, style)]));
        }
    }

    /// Text beside a line that leads down, so many columns further in; where lines are read out, there is none. It must be
    /// safe already.
    pub fn on_rail(&mut self, at: usize, indent: usize, content: &str, style: Style) {
        let rail = if self.is_drawn { "│" } else { " " };
        let margin = at + 2 + indent;
        for (index, line) in text::wrap(content, self.width.saturating_sub(margin + 2)).into_iter().enumerate() {
            // What goes on stands a little further in.
            let hang = if index == 0 { 0 } else { 2 };
            let margin = format!("{}{rail} {}", " ".repeat(at), " ".repeat(indent + hang));
            self.lines.push(Line::from(vec![Span::styled(margin, theme::QUIET), Span::styled(line, style)]));
        }
    }

    /// Text without words, such as a link, wrapped anywhere.
    pub fn link(&mut self, indent: usize, link: &str) {
        for line in text::chunk(link, self.width.saturating_sub(indent)) {
            self.lines.push(Line::from(vec![Span::raw(" ".repeat(indent)), Span::styled(line, theme::LINK)]));
        }
    }

    /// A label and a text on one line, the text wrapped beside the label. It must be safe already.
    pub fn labelled(&mut self, label: &'static str, content: &str) {
        let indent = text::width(label) + 2;
        for (index, line) in text::wrap(content, self.width.saturating_sub(indent)).into_iter().enumerate() {
            let margin = if index == 0 {
                Span::styled(format!("{label}  "), theme::HEADING)
            } else {
                Span::raw(" ".repeat(indent))
            };
            self.lines.push(Line::from(vec![margin, Span::raw(line)]));
        }
    }

    /// A mapping as YAML, under a heading; nothing where it is empty.
    pub fn mapping(&mut self, label: &'static str, mapping: &Mapping) {
        if mapping.is_empty() {
            return;
        }
        self.heading(label);
        let yaml = printable_lines(&attributes::write(mapping));
        let lines: Vec<&str> = yaml.trim_end().lines().collect();
        for line in lines.iter().take(MOST_LINES) {
            self.text(2, &text::safe(line), Style::new());
        }
        if lines.len() > MOST_LINES {
            self.text(2, &format!("… {} more lines", lines.len() - MOST_LINES), theme::QUIET);
        }
    }

    /// A problem and the key that mends it.
    pub fn problem(&mut self, problem: &Problem, view: &View<'_>) {
        let mend = match problem.mend {
            Some(Mend::BindInvitationStage) if !view.read_only => " Press b to bind one.",
            _ => "",
        };
        for (index, line) in
            text::wrap(&format!("{}{mend}", problem.sentence), self.width.saturating_sub(2)).into_iter().enumerate()
        {
            let sign = if index == 0 { "⚠ " } else { "  " };
            self.lines.push(Line::styled(format!("{sign}{line}"), theme::WARNING));
        }
    }
}
