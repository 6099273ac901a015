//! The dialog that asks for the values of a blueprint's `!Context` keys.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent};

use super::draw::{FIELD, Pen};
use crate::blueprint::Question;
use crate::console::action::Action;
use crate::console::import::Request;
use crate::console::theme;
use crate::console::widget::line::Line;
use crate::console::widget::sheet::Sheet;
use crate::console::widget::text;

/// Keys with one of these words in them stand for what nobody else should read.
const SECRETS: [&str; 4] = ["password", "secret", "token", "private"];

/// The dialog: a line for each key, with its default in it.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextForm {
    /// What is to be imported.
    request: Request,
    fields: Vec<(Question, Line)>,
    focus: usize,
}

impl ContextForm {
    /// Asks these questions; what was answered before stands there again.
    pub fn new(request: Request, questions: Vec<Question>) -> Self {
        let answered = |question: &Question| request.context.get(&question.key).cloned();
        let fields = questions
            .into_iter()
            .map(|question| {
                let text = answered(&question).or_else(|| question.default.clone()).unwrap_or_default();
                (question, Line::new(text))
            })
            .collect();
        Self { request, fields, focus: 0 }
    }

    /// Whether something was typed that would be lost.
    pub fn is_changed(&self) -> bool {
        self.fields.iter().any(|(question, line)| line.text() != question.default.as_deref().unwrap_or_default())
    }

    /// Does what the key table says; what to preview, where that is wanted.
    pub fn act(&mut self, action: Action) -> Option<Request> {
        let places = self.fields.len() + 1;
        match action {
            Action::Submit => return Some(self.filled()),
            Action::NextField => self.focus = (self.focus + 1) % places,
            Action::PreviousField => self.focus = (self.focus + places - 1) % places,
            _ => {}
        }
        None
    }

    /// What was left as it stood is not answered: a default may be more than one line can show.
    fn filled(&self) -> Request {
        let answered = self
            .fields
            .iter()
            .filter(|(question, line)| line.text() != question.default.as_deref().unwrap_or_default())
            .map(|(question, line)| (question.key.clone(), line.text().to_owned()));
        let context: BTreeMap<String, String> = answered.collect();
        Request { context, ..self.request.clone() }
    }

    /// Takes a key that the key table leaves to the field.
    pub fn key(&mut self, key: KeyEvent) -> Option<Request> {
        let last = self.focus + 1 >= self.fields.len();
        match (key.code, self.fields.get_mut(self.focus)) {
            (KeyCode::Enter, _) if last => self.act(Action::Submit),
            (KeyCode::Char(' '), None) => self.act(Action::Submit),
            (KeyCode::Enter | KeyCode::Down, _) => self.act(Action::NextField),
            (KeyCode::Up, _) => self.act(Action::PreviousField),
            (_, Some((_, line))) => {
                line.key(key);
                None
            }
            (_, None) => None,
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some((_, line)) = self.fields.get_mut(self.focus) {
            line.insert(text);
        }
    }

    /// Draws the dialog on a sheet of that width.
    pub fn sheet(&self, width: u16) -> Sheet {
        let mut pen = Pen::new(width);
        let about = format!("{} asks for these values.", text::safe(self.request.source.label()));
        for line in text::wrap(&about, usize::from(width)) {
            let (area, buffer) = pen.sheet.rows(1);
            buffer.set_stringn(area.x, area.y, line, usize::from(width), theme::QUIET);
        }
        for (index, (question, line)) in self.fields.iter().enumerate() {
            let label = text::cut(&text::safe(&question.key), 19);
            let lower = question.key.to_lowercase();
            let is_secret = SECRETS.iter().any(|word| lower.contains(word));
            pen.line(&label, self.focus == index, |area, buffer| {
                if is_secret {
                    Line::new("*".repeat(line.text().chars().count())).draw(area, buffer, FIELD)
                } else {
                    line.draw(area, buffer, FIELD)
                }
            });
            let default = match &question.default {
                Some(default) if default.is_empty() => " · empty unless you fill it in".to_owned(),
                Some(_) => String::new(),
                None => " · no default, or one of several lines".to_owned(),
            };
            pen.note(&format!("line {}{default}", question.line), theme::QUIET);
        }
        let focused = self.focus >= self.fields.len();
        pen.line("", focused, |area, buffer| {
            let style = if focused { theme::SELECTED } else { theme::HEADING };
            buffer.set_stringn(area.x, area.y, "[ Preview ]", usize::from(area.width), style);
            None
        });
        pen.note("`yes` is a boolean, `'yes'` is text.", theme::QUIET);
        pen.sheet
    }
}
