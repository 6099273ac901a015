//! Something that takes its time: how far it has got, and that it can be given up.
//!
//! Nothing is drawn before something is told of it: what is quick must not flicker.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{frame, paragraph};
use crate::blueprint::Progress;
use crate::console::import::{Request, Step};
use crate::console::theme;
use crate::console::widget::text;

/// A step of an import under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Working {
    /// Its number.
    pub number: u64,
    /// What is done.
    pub step: Step,
    /// To what.
    pub request: Request,
    progress: Option<Progress>,
    cancelling: bool,
}

impl Working {
    /// A step that has just begun.
    pub fn new(number: u64, step: Step, request: Request) -> Self {
        Self { number, step, request, progress: None, cancelling: false }
    }

    /// Takes how far it has got.
    pub fn take(&mut self, progress: Progress) {
        self.progress = Some(progress);
    }

    /// Notes that it is to be given up; `false` where that was said before.
    pub fn cancel(&mut self) -> bool {
        !std::mem::replace(&mut self.cancelling, true)
    }

    /// Draws it as a small box.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) {
        let Some(progress) = self.progress else { return };
        let inner = frame("Import", (64, 7), area, buffer);
        let width = usize::from(inner.width);
        let doing = match self.step {
            _ if progress.total == 0 => "Reading",
            Step::Import if progress.is_last() => "Keeping",
            Step::Import => "Importing",
            Step::Open | Step::Preview => "Trying",
        };
        let end = if self.cancelling { "Giving up…" } else { "Esc gives up; nothing is left behind." };
        let lines = [
            (text::cut(&format!("{doing} {}…", text::safe(self.request.source.label())), width), theme::HEADING),
            (bar(progress, width), Style::new()),
            (count(progress), theme::QUIET),
            (String::new(), Style::new()),
            (end.to_owned(), theme::KEY),
        ];
        paragraph(&lines, inner, buffer);
    }
}

/// Something that is done to many, a part after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// Its number.
    pub number: u64,
    /// What is done.
    title: String,
    total: usize,
    done: Option<usize>,
    giving_up: bool,
    whole: bool,
}

impl Busy {
    /// Work on so many that has just begun.
    pub fn new(number: u64, title: String, total: usize) -> Self {
        Self { number, title, total, done: None, giving_up: false, whole: false }
    }

    /// The same of work that is done whole or not at all.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    /// Whether it is done whole or not at all.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// That it is under way, and what is left of it where it is given up.
    pub fn if_given_up(&self) -> &'static str {
        if self.whole {
            "Links are being collected; nothing would be copied."
        } else {
            "Work is under way; what is done stays done."
        }
    }

    /// Takes how many are done with.
    pub fn take(&mut self, done: usize) {
        self.done = Some(done);
    }

    /// Notes that the rest is to be left; `false` where that was said before.
    pub fn give_up(&mut self) -> bool {
        !std::mem::replace(&mut self.giving_up, true)
    }

    /// Draws it as a small box.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) {
        let Some(done) = self.done else { return };
        let inner = frame(&self.title, (64, 7), area, buffer);
        let width = usize::from(inner.width);
        let progress = Progress { done, total: self.total };
        let end = match (self.giving_up, self.whole) {
            (true, _) => "Giving up…",
            (false, true) => "Esc gives up; nothing is copied then.",
            (false, false) => "Esc leaves the rest; what is done stays done.",
        };
        let count = format!("{} of {}", text::number(done as u64), text::number(self.total as u64));
        let lines = [
            ("Working…".to_owned(), theme::HEADING),
            (bar(progress, width), Style::new()),
            (count, theme::QUIET),
            (String::new(), Style::new()),
            (end.to_owned(), theme::KEY),
        ];
        paragraph(&lines, inner, buffer);
    }
}

fn bar(progress: Progress, width: usize) -> String {
    let done = (width * progress.done).checked_div(progress.total).unwrap_or(0).min(width);
    format!("{}{}", "█".repeat(done), "░".repeat(width - done))
}

fn count(progress: Progress) -> String {
    if progress.total == 0 {
        return String::new();
    }
    format!("{} of {} entries", text::number(progress.done as u64), text::number(progress.total as u64))
}
