//! What somebody sees who follows an invitation's link, stage by stage.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::console::action::Action;
use crate::console::event::{Effect, Visit};
use crate::console::theme;
use crate::console::widget::scroll::scrolled;
use crate::console::widget::text;
use crate::executor::preview::{Preview, Told, Tone};

/// The columns of one step of indentation.
const STEP: usize = 2;

/// The overlay.
#[derive(Debug, Clone, PartialEq)]
pub struct Walkthrough {
    visit: Visit,
    state: State,
    top: usize,
    /// The lines that were drawn last at once.
    room: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum State {
    Looking,
    Seen(Vec<Told>),
    Failed(String),
}

impl Walkthrough {
    /// Begins to look; the second is what has to be done for it.
    pub fn new(visit: Visit) -> (Self, Effect) {
        let effect = Effect::Preview(Box::new(visit.clone()));
        (Self { visit, state: State::Looking, top: 0, room: 1 }, effect)
    }

    /// Takes what was seen; what somebody else asked for is dropped.
    pub fn take(&mut self, visit: &Visit, seen: &Result<Box<Preview>, String>) {
        if self.visit == *visit {
            self.state = match seen {
                Ok(seen) => State::Seen(seen.told()),
                Err(why) => State::Failed(why.clone()),
            };
        }
    }

    /// Does what the key table says: whether it stays, and what has to be done.
    pub fn act(&mut self, action: Action) -> Option<Vec<Effect>> {
        let page = self.room.saturating_sub(1).max(1);
        match action {
            Action::Reload => {
                self.state = State::Looking;
                return Some(vec![Effect::Preview(Box::new(self.visit.clone()))]);
            }
            Action::Dismiss => return None,
            _ => self.top = scrolled(self.top, action, page).unwrap_or(self.top),
        }
        Some(Vec::new())
    }

    fn lines(&self, width: usize) -> Vec<(String, Style)> {
        let told = match &self.state {
            State::Looking => return vec![("Looking…".to_owned(), theme::QUIET)],
            State::Failed(why) => {
                return text::wrap(&text::safe(&format!("✗ {why}")), width)
                    .into_iter()
                    .map(|it| (it, theme::WRONG))
                    .collect();
            }
            State::Seen(told) => told,
        };
        let mut lines = Vec::new();
        for (index, line) in told.iter().enumerate() {
            let begins = line.tone == Tone::Heading || index > 0 && told[index - 1].depth > 0;
            if line.depth == 0 && index > 0 && begins {
                lines.push((String::new(), Style::new()));
            }
            let indent = " ".repeat((line.depth * STEP).min(width / 3));
            let room = width.saturating_sub(indent.len());
            let pieces = text::wrap(&text::safe(&line.text), room);
            // What is broken goes on a little further in, so that the next line is told apart.
            let more =
                if pieces.len() > 1 && room > 20 { text::wrap(&text::safe(&line.text), room - STEP) } else { pieces };
            for (part, piece) in more.into_iter().enumerate() {
                let hang = if part > 0 && room > 20 { "  " } else { "" };
                lines.push((format!("{indent}{hang}{piece}"), style(line.tone)));
            }
        }
        lines
    }

    /// Draws it, moved back where it ends.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer) {
        let width = usize::from(area.width);
        let lines = self.lines(width);
        self.room = usize::from(area.height);
        self.top = self.top.min(lines.len().saturating_sub(self.room));
        for ((line, style), y) in lines.iter().skip(self.top).zip(area.y..area.bottom()) {
            buffer.set_stringn(area.x, y, line, width, *style);
        }
        let left = lines.len().saturating_sub(self.top + self.room);
        if left > 0 && self.room > 0 {
            let more = format!(" {} more ", text::number(left as u64));
            let x = area.right().saturating_sub(u16::try_from(more.len()).unwrap_or(0));
            buffer.set_stringn(x, area.bottom() - 1, more, width, theme::QUIET);
        }
    }
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Heading => theme::HEADING,
        Tone::Plain => Style::new(),
        Tone::Quiet => theme::QUIET,
        Tone::Good => theme::GOOD,
        Tone::Warning => theme::WARNING,
        Tone::Wrong => theme::WRONG,
    }
}
