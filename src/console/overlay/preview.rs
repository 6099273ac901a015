//! What an import would do, attribute by attribute, before it does it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::blueprint::{self, Change, Difference, Problem, Report};
use crate::console::action::Action;
use crate::console::import::{Request, word};
use crate::console::theme;
use crate::console::widget::scroll::scrolled;
use crate::console::widget::text;
use crate::domain::text::printable_lines;

/// The most lines of one value that are shown.
const MOST_LINES: usize = 30;

/// The dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewDialog {
    request: Request,
    preview: Report,
    top: usize,
    /// The lines below the head, as they are at a width.
    lines: Option<(u16, Vec<Line<'static>>)>,
}

impl PreviewDialog {
    /// What a request would do.
    pub fn new(request: Request, preview: Report) -> Self {
        Self { request, preview, top: 0, lines: None }
    }

    /// Does what the key table says; what to import, where that is wanted.
    pub fn act(&mut self, action: Action) -> Option<Request> {
        match action {
            Action::Switch => self.request.bind = !self.request.bind,
            Action::Yes => return Some(self.request.clone()),
            _ => self.top = scrolled(self.top, action, 10).unwrap_or(self.top),
        }
        None
    }

    fn head(&self, width: usize) -> Vec<Line<'static>> {
        let count = |wanted: &str| self.preview.changes.iter().filter(|it| word(&it.action) == wanted).count();
        let parts: Vec<String> = ["created", "changed", "deleted", "unchanged", "skipped"]
            .into_iter()
            .filter(|change| count(change) > 0)
            .map(|change| format!("{} {change}", text::number(count(change) as u64)))
            .collect();
        let summary = if parts.is_empty() { "nothing".to_owned() } else { parts.join(" · ") };
        let mut lines = Vec::new();
        wrapped(&mut lines, &format!("{}: {summary}", text::safe(self.request.source.label())), width, theme::HEADING);
        if !self.preview.without_invitation_stage.is_empty() {
            let flows: Vec<_> = self.preview.without_invitation_stage.iter().map(ToString::to_string).collect();
            wrapped(&mut lines, &format!("⚠ Without an invitation stage: {}", flows.join(", ")), width, theme::WARNING);
            let sign = if self.request.bind { "x" } else { " " };
            lines.push(Line::from(vec![
                Span::raw(format!("[{sign}] bind one first in order, so that only invited people enroll  ")),
                Span::styled("b", theme::KEY),
            ]));
        }
        wrapped(&mut lines, "y imports, Esc goes back.", width, theme::KEY);
        lines.push(Line::default());
        lines
    }

    fn body(&self, width: usize) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        for change in &self.preview.changes {
            entry(&mut lines, change, width);
        }
        problems(&mut lines, "Left out", &self.preview.left_out, width);
        problems(&mut lines, "Passed over", &self.preview.notes, width);
        lines
    }

    /// Draws it.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer) {
        let width = usize::from(area.width);
        let head = self.head(width);
        if self.lines.as_ref().is_none_or(|(at, _)| *at != area.width) {
            self.lines = Some((area.width, self.body(width)));
        }
        let lines = self.lines.as_ref().map_or(&[][..], |(_, lines)| lines);
        let room = usize::from(area.height).saturating_sub(head.len());
        self.top = self.top.min(lines.len().saturating_sub(room));
        for (line, y) in head.iter().chain(lines.iter().skip(self.top)).zip(area.y..area.bottom()) {
            buffer.set_line(area.x, y, line, area.width);
        }
        if self.top + room < lines.len() && room > 0 {
            let more = format!(" {} more ", text::number((lines.len() - self.top - room) as u64));
            let x = area.right().saturating_sub(u16::try_from(more.len()).unwrap_or(0));
            buffer.set_stringn(x, area.bottom() - 1, more, width, theme::QUIET);
        }
    }
}

fn wrapped(lines: &mut Vec<Line<'static>>, line: &str, width: usize, style: Style) {
    lines.extend(text::wrap(line, width).into_iter().map(|piece| Line::styled(piece, style)));
}

fn entry(lines: &mut Vec<Line<'static>>, change: &Change, width: usize) {
    let (sign, style) = match change.action {
        blueprint::Action::Created => ("+", theme::GOOD),
        blueprint::Action::Updated(_) => ("~", theme::WARNING),
        blueprint::Action::Deleted => ("-", theme::WRONG),
        blueprint::Action::Unchanged | blueprint::Action::Skipped => (" ", theme::QUIET),
    };
    let model = change.model.rsplit('.').next().unwrap_or(change.model);
    let file = change.file.as_ref().map(|file| format!(" ({file})")).unwrap_or_default();
    let name = text::cut(&text::safe(&format!("{}{file}", change.name)), width.saturating_sub(32).max(8));
    lines.push(Line::from(vec![
        Span::styled(format!("{sign} {}", text::pad(word(&change.action), 10)), style),
        Span::styled(text::pad(model, 18), theme::QUIET),
        Span::styled(format!(" {name}"), theme::HEADING),
    ]));
    for difference in &change.differences {
        attribute(lines, difference, width);
    }
}

/// An attribute before and after: on one line, or as a comparison where one of the two has several.
fn attribute(lines: &mut Vec<Line<'static>>, difference: &Difference, width: usize) {
    let Difference { attribute, before, after } = difference;
    let indent = "    ";
    let long = |value: &str| value.trim_end().contains('\n');
    if before.as_deref().is_none_or(|before| !long(before)) && !long(after) {
        let shown = |value: &str| if value.is_empty() { "\"\"".to_owned() } else { text::safe(value.trim_end()) };
        let values = match before {
            Some(before) if before == after => format!("another {}", shown(after)),
            Some(before) => format!("{} → {}", shown(before), shown(after)),
            None => shown(after),
        };
        let room = width.saturating_sub(indent.len());
        for (index, piece) in text::wrap(&format!("{}: {values}", text::safe(attribute)), room).into_iter().enumerate()
        {
            let more = if index == 0 { "" } else { "  " };
            lines.push(Line::raw(format!("{indent}{more}{piece}")));
        }
        return;
    }
    lines.push(Line::raw(format!("{indent}{}:", text::safe(attribute))));
    for (sign, value, style) in [("-", before.as_deref(), theme::WRONG), ("+", Some(after.as_str()), theme::GOOD)] {
        let value = printable_lines(value.unwrap_or_default());
        let all: Vec<&str> = value.trim_end().lines().collect();
        for line in all.iter().take(MOST_LINES) {
            let cut = text::cut(&text::safe(line), width.saturating_sub(indent.len() + 4));
            lines.push(Line::styled(format!("{indent}  {sign} {cut}"), style));
        }
        if all.len() > MOST_LINES {
            lines.push(Line::styled(format!("{indent}  {sign} … {} more lines", all.len() - MOST_LINES), style));
        }
    }
}

fn problems(lines: &mut Vec<Line<'static>>, heading: &'static str, problems: &[Problem], width: usize) {
    if problems.is_empty() {
        return;
    }
    lines.push(Line::default());
    lines.push(Line::styled(heading, theme::HEADING));
    for problem in problems {
        wrapped(lines, &format!("⚠ {}", text::safe(&problem.to_string())), width, theme::WARNING);
    }
}
