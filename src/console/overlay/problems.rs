//! What is wrong with a blueprint, line by line.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::blueprint::Reads;
use crate::console::action::Action;
use crate::console::import::{Faults, Request, Step};
use crate::console::theme;
use crate::console::widget::scroll::scrolled;
use crate::console::widget::text;

/// The dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// Which step failed.
    pub step: Step,
    /// With what.
    pub request: Request,
    faults: Faults,
    top: usize,
    /// What the file would read of this machine, where was asked whether it may.
    asked: Option<Reads>,
}

impl Problems {
    /// All of them from the beginning.
    pub fn new(step: Step, request: Request, faults: Faults) -> Self {
        Self { step, request, faults, top: 0, asked: None }
    }

    /// Whether the file wants to read of this machine what it may not.
    fn wants_to_read(&self) -> bool {
        self.faults.wants_to_read
    }

    /// What to try again, where that is wanted. That a file may read this machine is asked for twice: the second time after
    /// what it would read was told.
    pub fn again(&mut self, action: Action) -> Option<Request> {
        let request = self.request.clone();
        match (action, self.asked.take()) {
            (Action::Reload, _) => Some(request),
            (Action::LeaveOut, _) if self.is_possible(action) => Some(Request { leave_out: true, ..request }),
            (Action::LetRead, Some(reads)) => Some(Request { may_read: true, readable: Some(reads), ..request }),
            _ => None,
        }
    }

    /// What to find out what the file would read, where it may not yet.
    pub fn asks_reads(&self, action: Action) -> Option<Request> {
        (action == Action::LetRead && self.wants_to_read()).then(|| self.request.clone())
    }

    /// Takes what it would read.
    pub fn take_reads(&mut self, mut reads: Reads) {
        if self.request.source.folder().is_none() {
            reads.files.clear();
        }
        self.asked = (self.wants_to_read() && !reads.is_empty()).then_some(reads);
    }

    /// What is said about files that want to read this machine.
    fn warning(&self) -> Option<(String, Style)> {
        if !self.wants_to_read() {
            return None;
        }
        let Some(reads) = &self.asked else {
            return Some(("a tells what it would read of this machine, and can allow it.".to_owned(), theme::QUIET));
        };
        let folder = self.request.source.folder().map(|folder| folder.display().to_string()).unwrap_or_default();
        let variables = listed(&reads.variables).map(|names| format!("of this console's environment {names}"));
        let files = listed(&reads.files).map(|names| format!("below {} {names}", text::safe(&folder)));
        let what = [variables, files].into_iter().flatten().collect::<Vec<_>>().join(", and ");
        let warning = format!(
            "⚠ The file would read {what}. Nothing else, but what it reads can end up where others see it. Do this only if \
             you know who wrote it. a again allows it for this import, any other key does not."
        );
        Some((warning, theme::WARNING))
    }

    /// Whether an action does something now.
    pub fn is_possible(&self, action: Action) -> bool {
        match action {
            Action::LeaveOut => !self.request.leave_out && self.faults.can_leave_out,
            Action::LetRead => self.wants_to_read(),
            _ => true,
        }
    }

    /// Does what the key table says.
    pub fn act(&mut self, action: Action) {
        self.top = scrolled(self.top, action, 10).unwrap_or(self.top);
    }

    /// Draws them.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer) {
        let width = usize::from(area.width);
        let mut head: Vec<(String, Style)> = Vec::new();
        let what = format!(
            "{}: {}. Nothing was imported.",
            text::safe(self.request.source.label()),
            text::count(self.faults.lines.len() as u64, "problem")
        );
        head.extend(text::wrap(&what, width).into_iter().map(|piece| (piece, theme::HEADING)));
        let leaves = if self.is_possible(Action::LeaveOut) { "; s leaves out what is not known here" } else { "" };
        let keys = format!("r reads it again once it is mended{leaves}.");
        head.extend(text::wrap(&keys, width).into_iter().map(|piece| (piece, theme::QUIET)));
        if let Some((warning, style)) = self.warning() {
            head.extend(text::wrap(&warning, width).into_iter().map(|piece| (piece, style)));
        }
        head.push((String::new(), Style::new()));
        let mut lines = Vec::new();
        for line in &self.faults.lines {
            for (index, piece) in text::wrap(&text::safe(line), width.saturating_sub(2)).into_iter().enumerate() {
                let sign = if index == 0 { "✗" } else { " " };
                lines.push((format!("{sign} {piece}"), theme::WRONG));
            }
        }
        let room = usize::from(area.height).saturating_sub(head.len());
        self.top = self.top.min(lines.len().saturating_sub(room));
        let rows = head.iter().chain(lines.iter().skip(self.top));
        for ((line, style), y) in rows.zip(area.y..area.bottom()) {
            buffer.set_stringn(area.x, y, line, width, *style);
        }
    }
}

/// So many names are shown each.
const NAMED: usize = 8;

/// Names one after the other; none where there is none.
fn listed(names: &BTreeSet<String>) -> Option<String> {
    let shown: Vec<_> = names.iter().take(NAMED).map(|name| format!("`{}`", text::safe(name))).collect();
    let more = names.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!shown.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
}
