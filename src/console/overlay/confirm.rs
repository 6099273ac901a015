//! The question before much is deleted: a word has to be typed, which no slip of the finger does.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::paragraph;
use crate::console::event::{Change, Effect};
use crate::console::theme;
use crate::console::widget::line::Line;
use crate::console::widget::text;
use crate::domain::group::Group;

/// What has to be typed before many are deleted.
const WORD: &str = "delete";
/// So many names are shown.
const LISTED: usize = 8;

/// The question.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    question: String,
    /// What it is about, and how that is drawn.
    about: (String, Style),
    effect: Effect,
    /// What has to be typed.
    word: String,
    typed: Line,
    /// Whether another word stood there when Enter was pressed.
    wrong: bool,
}

impl Confirm {
    /// Whether to delete what has these names, by that effect.
    pub fn new(question: String, names: &[String], effect: Effect) -> Self {
        let mut shown: Vec<_> = names.iter().take(LISTED).map(|name| text::safe(name)).collect();
        if names.len() > LISTED {
            shown.push(format!("… and {} more", text::number((names.len() - LISTED) as u64)));
        }
        let about = (shown.join(", "), theme::QUIET);
        Self { question, about, effect, word: WORD.to_owned(), typed: Line::default(), wrong: false }
    }

    /// Whether to delete a group of superusers with so many members: its own name has to be typed.
    pub fn superusers(group: Group, members: u64) -> Self {
        let question = format!("Delete the group {}? u brings it back.", text::safe(&group.name));
        let (about, word) = ((superusers(members), theme::WARNING), group.name.trim().to_owned());
        let effect = Effect::Change(Box::new(Change::DeleteGroup(Box::new(group))));
        Self { question, about, effect, word, typed: Line::default(), wrong: false }
    }

    /// What is to be done, where the word is typed.
    pub fn accept(&mut self) -> Option<Effect> {
        self.wrong = self.typed.text().trim() != self.word;
        (!self.wrong).then(|| self.effect.clone())
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) {
        self.wrong = false;
        self.typed.key(key);
    }

    /// Takes pasted text.
    pub fn paste(&mut self, pasted: &str) {
        self.wrong = false;
        self.typed.insert(pasted);
    }

    /// Draws it; returns where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let plain = Style::new();
        let asked = format!("Type {} and press Enter:", text::safe(&self.word));
        let asked = if self.wrong { (format!("✗ That is not it. {asked}"), theme::WRONG) } else { (asked, plain) };
        // Where there is little room, what to do keeps its place, and what it is about gives way.
        let tail = 1 + u16::try_from(text::wrap(&asked.0, usize::from(area.width)).len()).unwrap_or(1);
        let head = Rect { height: area.height.saturating_sub(tail), ..area };
        let mut used = paragraph(&[(self.question.clone(), plain)], head, buffer);
        if head.height > used + 1 {
            let rest = Rect { y: head.y + used + 1, height: head.height - used - 1, ..head };
            used += 1 + paragraph(std::slice::from_ref(&self.about), rest, buffer);
        }
        used += u16::from(used < head.height);
        let rest = Rect { y: area.y + used, height: area.height - used, ..area };
        used += paragraph(&[asked], Rect { height: rest.height.saturating_sub(1), ..rest }, buffer);
        let field = Rect { y: area.y + used, height: area.height.saturating_sub(used).min(1), ..area };
        self.typed.draw(field, buffer, Style::new().add_modifier(Modifier::UNDERLINED))
    }
}

/// What is lost with a group of superusers.
pub fn superusers(members: u64) -> String {
    match members {
        0 => "Its members are superusers: they may do everything. It has no members now.".to_owned(),
        1 => "Its only member is a superuser by it and loses that.".to_owned(),
        many => format!("Its {} members are superusers by it and lose that.", text::number(many)),
    }
}
