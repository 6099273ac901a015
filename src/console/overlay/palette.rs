//! The command palette: a line to type a command on, and below it what could be meant.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::console::action::Action;
use crate::console::command;
use crate::console::event::Effect;
use crate::console::import::Completion;
use crate::console::theme;
use crate::console::widget::line::Line;
use crate::console::widget::text;

/// The room for names beside what they do.
const NAMES: usize = 24;
/// The most names that a path goes on with that are shown.
const PATHS: usize = 24;

/// A command that works here, now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its name.
    pub name: &'static str,
    /// Other names, found as well.
    pub others: &'static [&'static str],
    /// What may follow it.
    pub argument: &'static str,
    /// What it does.
    pub long: &'static str,
    /// The keys that do the same.
    pub keys: String,
}

/// The palette.
#[derive(Debug, Default)]
pub struct Palette {
    line: Line,
    /// What was typed before Tab filled the line.
    stem: String,
    /// Which of those that fit the stem the line was filled with.
    marked: Option<usize>,
    candidates: Vec<Candidate>,
    /// How a path goes on.
    paths: Vec<String>,
    completing: bool,
    error: Option<String>,
    history: Vec<String>,
    /// Which of the history is on the line, and what was typed before that.
    back: Option<(usize, String)>,
}

/// What the palette wants done.
#[derive(Debug, PartialEq)]
pub enum Ask {
    /// Nothing.
    Nothing,
    /// Something of the world.
    Effect(Effect),
    /// Run what is typed.
    Run(String),
}

impl Palette {
    /// A blank line over these commands.
    pub fn new(candidates: Vec<Candidate>) -> Self {
        Self { candidates, ..Self::default() }
    }

    /// Takes the commands that were typed before, oldest first.
    pub fn take_history(&mut self, history: Vec<String>) {
        self.history = history;
    }

    /// Says what is wrong with the command.
    pub fn refuse(&mut self, why: String) {
        self.error = Some(why);
    }

    /// Does what the key table says.
    pub fn act(&mut self, action: Action) -> Ask {
        match action {
            Action::Accept => return Ask::Run(self.line.text().trim().to_owned()),
            Action::Complete if self.path().is_some() => return self.complete_path(),
            Action::Complete => self.fill(true),
            Action::PreviousField => self.fill(false),
            Action::Up => self.recall(true),
            Action::Down => self.recall(false),
            _ => {}
        }
        Ask::Nothing
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) {
        if self.line.key(key) {
            self.typed();
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, pasted: &str) {
        self.line.insert(pasted);
        self.typed();
    }

    fn typed(&mut self) {
        self.line.text().clone_into(&mut self.stem);
        (self.marked, self.error, self.back) = (None, None, None);
        self.paths.clear();
    }

    /// The path that is typed behind `import`.
    fn path(&self) -> Option<&str> {
        let (name, rest) = self.line.text().trim_start().split_once(' ')?;
        command::imports(name).then_some(rest.trim_start())
    }

    fn complete_path(&mut self) -> Ask {
        if std::mem::replace(&mut self.completing, true) {
            return Ask::Nothing;
        }
        Ask::Effect(Effect::Complete(self.path().unwrap_or_default().to_owned()))
    }

    /// Takes how the path goes on.
    pub fn take_completion(&mut self, completion: Completion) {
        self.completing = false;
        if self.path() == Some(&completion.typed) {
            self.line = Line::new(format!("import {}", completion.path));
            self.typed();
            self.paths = completion.candidates;
        }
    }

    /// Fills the line with the next command that fits, or the one before.
    fn fill(&mut self, forward: bool) {
        let fitting = self.fitting();
        let Some(last) = fitting.len().checked_sub(1) else { return };
        let next = match self.marked {
            None if forward => 0,
            None | Some(0) if !forward => last,
            Some(place) if forward => {
                if place >= last {
                    0
                } else {
                    place + 1
                }
            }
            Some(place) => place - 1,
            None => 0,
        };
        let chosen = &self.candidates[fitting[next]];
        let blank = if chosen.argument.is_empty() { "" } else { " " };
        self.line = Line::new(format!("{}{blank}", chosen.name));
        self.marked = Some(next);
        self.error = None;
    }

    /// Puts a command typed before on the line: one that begins as what is typed.
    fn recall(&mut self, earlier: bool) {
        let (here, typed) = match &self.back {
            Some((place, typed)) => (Some(*place), typed.clone()),
            None => (None, self.line.text().to_owned()),
        };
        let fits = |place: &usize| self.history[*place].starts_with(&typed);
        let found = if earlier {
            (0..here.unwrap_or(self.history.len())).rev().find(fits)
        } else {
            here.and_then(|here| (here + 1..self.history.len()).find(fits))
        };
        match found {
            Some(place) => {
                self.line = Line::new(self.history[place].clone());
                self.back = Some((place, typed));
            }
            None if earlier => return,
            None => {
                self.line = Line::new(typed);
                self.back = None;
            }
        }
        self.line.text().clone_into(&mut self.stem);
        (self.marked, self.error) = (None, None);
    }

    /// The commands that fit what was typed, the likeliest first.
    fn fitting(&self) -> Vec<usize> {
        let typed = self.stem.trim_start().trim_start_matches(':').trim_start().to_lowercase();
        let (word, more) = typed.split_once(' ').map_or((typed.as_str(), false), |(word, _)| (word, true));
        let rank = |it: &Candidate| {
            let exact = it.name == word || it.others.contains(&word);
            if more {
                return exact.then_some(0);
            }
            if exact {
                Some(0)
            } else if it.name.starts_with(word) || it.others.iter().any(|name| name.starts_with(word)) {
                Some(1)
            } else if it.name.contains(word) {
                Some(2)
            } else {
                it.long.to_lowercase().contains(word).then_some(3)
            }
        };
        let mut found: Vec<(i32, usize)> =
            self.candidates.iter().enumerate().filter_map(|(place, it)| Some((rank(it)?, place))).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, place)| place).collect()
    }

    /// Draws it; returns where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let width = usize::from(area.width);
        if area.height == 0 {
            return None;
        }
        buffer.set_stringn(area.x, area.y, ":", width, theme::KEY);
        let field = Rect { x: area.x + 1, width: area.width.saturating_sub(1), height: 1, ..area };
        let cursor = self.line.draw(field, buffer, Style::new());
        let mut lines: Vec<(String, Style)> = Vec::new();
        if let Some(why) = &self.error {
            lines.extend(
                text::wrap(&format!("✗ {}", text::safe(why)), width).into_iter().map(|line| (line, theme::WRONG)),
            );
        }
        if self.paths.is_empty() {
            lines.extend(self.list(width, usize::from(area.height)));
        } else {
            let shown: Vec<_> = self.paths.iter().take(PATHS).map(|path| text::safe(path)).collect();
            let more = if self.paths.len() > PATHS { "  …" } else { "" };
            let shown = format!("{}{more}", shown.join("  "));
            lines.extend(text::wrap(&shown, width).into_iter().map(|line| (line, theme::QUIET)));
        }
        for ((line, style), y) in lines.iter().zip(area.y + 1..area.bottom()) {
            buffer.set_stringn(area.x, y, line, width, *style);
        }
        cursor
    }

    fn list(&self, width: usize, height: usize) -> Vec<(String, Style)> {
        let fitting = self.fitting();
        let top = self.marked.unwrap_or(0).saturating_sub(height.saturating_sub(3));
        let line = |(place, index): (usize, &usize)| {
            let it = &self.candidates[*index];
            let marked = self.marked == Some(place);
            let name = format!("{} {} {}", if marked { "▸" } else { " " }, it.name, it.argument);
            let keys = text::width(&it.keys);
            let long = text::pad(it.long, width.saturating_sub(NAMES + keys + 1));
            let style = if marked { theme::SELECTED } else { Style::new() };
            (format!("{}{long} {}", text::pad(&name, NAMES), it.keys), style)
        };
        fitting.iter().enumerate().skip(top).map(line).collect()
    }
}
