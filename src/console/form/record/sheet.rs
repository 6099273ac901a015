//! How a small dialog looks.

use ratatui::layout::Rect;
use ratatui::style::Style;
use tui_textarea::TextArea;

use super::super::area;
use super::super::draw::{EDITOR_ROWS, FIELD, Pen};
use super::super::prompt;
use super::{ATTRIBUTES, Field, Input, Record, RecordForm};
use crate::console::theme;
use crate::console::widget::line::Line;
use crate::console::widget::sheet::Sheet;
use crate::mail;

impl RecordForm {
    /// Whether it is being saved.
    pub fn is_saving(&self) -> bool {
        self.saving
    }

    /// How high the dialog is with a fault or two.
    pub fn usual_height(&self) -> u16 {
        let rows = |field: &Field| match &field.input {
            Input::Editor(_) | Input::User(_) => EDITOR_ROWS,
            _ => 1,
        };
        // The frame, the buttons, and the faults.
        self.fields.iter().map(rows).sum::<u16>() + 5
    }

    /// Draws the dialog on a sheet of that width, for a screen of that height.
    pub fn sheet(&self, width: u16, height: u16) -> Sheet {
        let mut pen = Pen::new(width).for_height(height);
        if let Record::Prompt(prompt, others) = &self.record {
            for note in prompt::notes(prompt, others) {
                pen.note(&note, theme::QUIET);
            }
        }
        for (index, field) in self.fields.iter().enumerate() {
            let focused = self.focus == index;
            match &field.input {
                Input::Line(line) => pen.line(field.label, focused, |area, buffer| line.draw(area, buffer, FIELD)),
                Input::Secret(line) => pen.line(field.label, focused, |area, buffer| {
                    Line::new("*".repeat(line.text().chars().count())).draw(area, buffer, FIELD)
                }),
                Input::Switch(on) => pen.line(field.label, focused, |area, buffer| {
                    let label = if *on { "[x] yes" } else { "[ ] no" };
                    let style = if focused { theme::SELECTED } else { Style::new() };
                    buffer.set_stringn(area.x, area.y, label, usize::from(area.width), style);
                    None
                }),
                Input::Choice(words, chosen) => pen.line(field.label, focused, |area, buffer| {
                    let label = format!("< {} >", words[*chosen]);
                    let style = if focused { theme::SELECTED } else { Style::new() };
                    buffer.set_stringn(area.x, area.y, label, usize::from(area.width), style);
                    None
                }),
                Input::Editor(area) => draw_editor(&mut pen, field.label, area, focused),
                Input::User(users) => users.draw(&mut pen, field.label, focused),
            }
            let live = self.live.findings.fault.as_deref().filter(|_| field.name == ATTRIBUTES);
            self.wrong(&mut pen, field.name, live);
        }
        self.wrong(&mut pen, "", None);
        if let Record::Letters(letters) = &self.record {
            for sentence in mail::preview(&letters.public_url, self.language()) {
                pen.note(&sentence, theme::QUIET);
            }
        }
        let label = if self.saving { "[ Saving… ]".to_owned() } else { format!("[ {} ]", self.submit_word()) };
        let save = self.fields.len();
        pen.buttons(&label, self.focus == save, self.focus > save);
        pen.sheet
    }

    fn wrong(&self, pen: &mut Pen, name: &str, live: Option<&str>) {
        let mut saved = self.errors.iter().filter(|(at, _)| at == name).map(|(_, why)| why.as_str()).peekable();
        let live = live.filter(|_| saved.peek().is_none());
        for why in saved.chain(live) {
            pen.note(&format!("✗ {why}"), theme::WRONG);
        }
    }
}

fn draw_editor(pen: &mut Pen, label: &str, editor: &TextArea<'static>, focused: bool) {
    let top = pen.label(label);
    let (place, buffer) = pen.rows(pen.editor_rows);
    for y in place.top()..place.bottom() {
        buffer.set_string(place.x, y, "│", if focused { theme::FOCUSED } else { theme::QUIET });
    }
    let cursor = area::draw(editor, Rect { x: place.x + 2, width: place.width.saturating_sub(2), ..place }, buffer);
    if focused {
        pen.sheet.focus(top, cursor);
    }
}
