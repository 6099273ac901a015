//! How the invitation dialog is drawn: a label, a field, what is wrong with it, one below the other.

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;

use super::area;
use super::fields::Field;
use super::invitation::InvitationForm;
use super::suggest::Suggestions;
use crate::console::theme;
use crate::console::widget::drop_down::DropDown;
use crate::console::widget::sheet::Sheet;
use crate::console::widget::text;
use crate::console::zone::Zone;
use crate::domain::diagnosis::{Mend, Problem};
use crate::domain::slug::Slug;
use crate::domain::when;

/// Labels stand beside their fields from this width on, above them below it.
const WIDE: u16 = 56;
/// The room for labels beside fields.
const LABELS: u16 = 20;
/// The rows of the editor, and on a screen so low that what is told of it would not be seen.
pub(super) const EDITOR_ROWS: u16 = 6;
const FEW_ROWS: u16 = 2;
/// Lower screens than that are low.
const LOW: u16 = 12;
/// The most flows of an open drop-down that are shown at once.
const LISTED: usize = 6;
/// The codes of problems that stand at the custom attributes; all others stand at the flow.
const OF_ATTRIBUTES: &[&str] = &[
    "unmatched_key",
    "value_hidden",
    "value_hidden_by_expression",
    "value_not_a_choice",
    "unusable_value",
    "username_taken",
];
/// The most problems that are listed: more are of one kind and scroll the fields away.
const MOST_PROBLEMS: usize = 4;
pub(in crate::console) const FIELD: Style = Style::new().add_modifier(Modifier::UNDERLINED);

/// What to say where the open list of flows has none that is called as was typed.
pub(in crate::console) fn unknown_flow(list: &DropDown) -> String {
    format!("No flow of that name. Choose another, or Esc keeps {}.", list.label())
}

/// How a dialog is being drawn.
pub(in crate::console) struct Pen {
    pub sheet: Sheet,
    /// Where fields begin.
    left: u16,
    width: u16,
    /// How high an editor is.
    pub editor_rows: u16,
}

impl InvitationForm {
    /// Draws the dialog on a sheet of that width, for a screen of that height.
    pub fn sheet(&self, zone: Zone, now: DateTime<Utc>, width: u16, height: u16) -> Sheet {
        let mut pen = Pen::new(width).for_height(height);
        self.name(&mut pen);
        self.expires(&mut pen, zone, now);
        self.flow(&mut pen);
        self.attributes(&mut pen);
        self.uses(&mut pen);
        pen.line("Note", self.focus == Field::Note, |area, buffer| self.fields.note.draw(area, buffer, FIELD));
        self.wrong(&mut pen, Field::Note, None);
        self.buttons(&mut pen);
        pen.sheet
    }

    fn name(&self, pen: &mut Pen) {
        pen.line("Name *", self.focus == Field::Name, |area, buffer| self.fields.name.draw(area, buffer, FIELD));
        let typed = self.fields.name.text().trim();
        let near = |why| match Slug::near(typed) {
            Some(near) => format!("{why} Ctrl-f takes {near} instead."),
            None => why,
        };
        let live = if typed.is_empty() { None } else { Slug::parse(typed).err().map(near) };
        self.wrong(pen, Field::Name, live);
        if let Some((name, free)) = self.live.taken() {
            pen.note(&format!("⚠ {name} is taken. Ctrl-f takes {free} instead."), theme::WARNING);
        }
    }

    fn expires(&self, pen: &mut Pen, zone: Zone, now: DateTime<Utc>) {
        let focused = self.focus == Field::Expires;
        pen.line("Expires", focused, |area, buffer| self.fields.expires.draw(area, buffer, FIELD));
        if let Some(calendar) = &self.calendar {
            for line in calendar.lines() {
                pen.spans(&line);
            }
        }
        let hint = if focused && self.calendar.is_none() { " · Down: calendar" } else { "" };
        let live = match self.read_and_shown() {
            // Also an end that is over: where nobody touches it, saving leaves it where it is.
            Some((read, shown)) if !self.fields.typed().differs(Field::Expires, shown) => {
                pen.end(read.expires, hint, zone, now);
                None
            }
            _ => pen.expiry(self.fields.expires.text(), hint, zone, now),
        };
        self.wrong(pen, Field::Expires, live);
    }

    fn flow(&self, pen: &mut Pen) {
        pen.drop_down("Flow", &self.fields.flow, self.focus == Field::Flow);
        self.wrong(pen, Field::Flow, None);
        self.problem_notes(pen, |problem| !OF_ATTRIBUTES.contains(&problem.code));
    }

    fn attributes(&self, pen: &mut Pen) {
        let top = pen.label("Custom attributes");
        let (area, buffer) = pen.rows(pen.editor_rows);
        let bar = Rect { width: 1, ..area };
        for y in bar.top()..bar.bottom() {
            let style = if self.focus == Field::Attributes { theme::FOCUSED } else { theme::QUIET };
            buffer.set_string(bar.x, y, "│", style);
        }
        let inner = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
        let cursor = area::draw(&self.fields.attributes, inner, buffer);
        if self.focus == Field::Attributes {
            pen.sheet.focus(top, cursor);
            if let (Some(list), Some(cursor)) = (&self.suggestions, cursor) {
                keys(list, cursor, inner, pen.sheet.paper());
            }
        }
        let blank = self.fields.attributes.lines().iter().all(|line| line.trim().is_empty());
        if blank {
            pen.note("YAML or JSON, such as  email: jane@example.com", theme::QUIET);
        }
        self.wrong(pen, Field::Attributes, self.live.findings.fault.clone());
        self.problem_notes(pen, |problem| OF_ATTRIBUTES.contains(&problem.code));
    }

    fn uses(&self, pen: &mut Pen) {
        let focused = self.focus == Field::SingleUse;
        let on = self.fields.single_use;
        pen.line("Single use", focused, |area, buffer| {
            let label = if on { "[x] one person can use the link" } else { "[ ] off" };
            let style = if focused { theme::SELECTED } else { Style::new() };
            buffer.set_stringn(area.x, area.y, label, usize::from(area.width), style);
            None
        });
        self.wrong(pen, Field::SingleUse, None);
        if !on {
            let focused = self.focus == Field::MaxUses;
            pen.line("Max uses", focused, |area, buffer| self.fields.max_uses.draw(area, buffer, FIELD));
            if self.fields.max_uses.text().trim().is_empty() {
                pen.note("Empty: any number.", theme::QUIET);
            }
            self.wrong(pen, Field::MaxUses, None);
        }
    }

    /// What will go wrong, as far as it belongs to a field.
    fn problem_notes(&self, pen: &mut Pen, here: impl Fn(&Problem) -> bool) {
        let problems: Vec<_> = self.problems().into_iter().filter(here).collect();
        for problem in problems.iter().take(MOST_PROBLEMS) {
            let mend = match problem.mend {
                Some(Mend::BindInvitationStage) => " Ctrl-o binds one first.",
                None => "",
            };
            pen.note(&format!("⚠ {}{mend}", problem.sentence), theme::WARNING);
        }
        if let Some(more) = problems.len().checked_sub(MOST_PROBLEMS).filter(|more| *more > 0) {
            pen.note(&format!("⚠ And {more} more of the kind."), theme::WARNING);
        }
    }

    fn buttons(&self, pen: &mut Pen) {
        self.wrong(pen, Field::Save, None);
        let save = if self.saving { "[ Saving… ]" } else { "[ Save ]" };
        pen.buttons(save, self.focus == Field::Save, self.focus == Field::Cancel);
    }

    fn wrong(&self, pen: &mut Pen, field: Field, live: Option<String>) {
        let saved = self.errors.iter().find(|(at, _)| *at == field).map(|(_, message)| message.clone());
        if let Some(message) = saved.or(live) {
            pen.note(&format!("✗ {message}"), theme::WRONG);
        }
    }
}

/// Draws the offered keys under the cursor, or above it where there is more room.
fn keys(list: &Suggestions, cursor: Position, area: Rect, buffer: &mut Buffer) {
    let (labels, marked) = list.shown();
    let below = area.bottom().saturating_sub(cursor.y + 1);
    let above = cursor.y.saturating_sub(area.y);
    let room = below.max(above);
    let count = usize::from(room).min(labels.len());
    let top = marked.saturating_sub(count.saturating_sub(1));
    let shown: Vec<String> = labels.iter().skip(top).take(count).map(|label| text::safe(label)).collect();
    let width = shown.iter().map(|label| text::width(label)).max().unwrap_or(0) + 3;
    let width = width.min(usize::from(area.width));
    let x = cursor.x.min(area.right().saturating_sub(u16::try_from(width).unwrap_or(0))).max(area.x);
    let first = if below >= above { cursor.y + 1 } else { cursor.y.saturating_sub(u16::try_from(count).unwrap_or(0)) };
    for (index, (label, y)) in shown.iter().zip(first..).enumerate() {
        let here = top + index == marked;
        let line = text::pad(&format!("{} {label}", if here { "▸" } else { " " }), width);
        let style = if here { theme::SELECTED } else { theme::FOCUSED };
        buffer.set_stringn(x, y, line, width, style);
    }
}

impl Pen {
    /// A blank sheet of that width.
    pub fn new(width: u16) -> Self {
        let left = if width >= WIDE { LABELS } else { 0 };
        Self { sheet: Sheet::new(width), left, width: width.saturating_sub(left), editor_rows: EDITOR_ROWS }
    }

    /// The same on a screen of that height.
    pub fn for_height(self, height: u16) -> Self {
        Self { editor_rows: if height < LOW { FEW_ROWS } else { EDITOR_ROWS }, ..self }
    }

    /// Writes a label; returns the row in which its field begins.
    pub fn label(&mut self, label: &str) -> u16 {
        let top = self.sheet.height();
        let beside = self.left > 0;
        let (area, buffer) = self.sheet.rows(u16::from(!beside));
        let row = Rect { y: top, height: 1, ..area };
        if row.y < buffer.area.bottom() {
            buffer.set_stringn(row.x, row.y, label, usize::from(row.width), theme::HEADING);
        }
        top
    }

    /// The rows of a field, below or beside its label.
    pub fn rows(&mut self, height: u16) -> (Rect, &mut Buffer) {
        let (left, width) = (self.left, self.width);
        let (area, buffer) = self.sheet.rows(height);
        (Rect { x: area.x + left, width, ..area }, buffer)
    }

    /// A field of one line.
    pub fn line(&mut self, label: &str, focused: bool, draw: impl FnOnce(Rect, &mut Buffer) -> Option<Position>) {
        let top = self.label(label);
        let (area, buffer) = self.rows(1);
        let cursor = if area.is_empty() { None } else { draw(area, buffer) };
        if focused {
            self.sheet.focus(top, cursor);
        }
    }

    /// What a time that is typed as an end comes to, under its field; otherwise what is wrong with it is to be told there.
    pub fn expiry(&mut self, typed: &str, hint: &str, zone: Zone, now: DateTime<Utc>) -> Option<String> {
        let parsed = zone.parse_expiry(typed, now);
        match parsed.and_then(|end| when::check_future(end, now).map(|()| end)) {
            Ok(end) => {
                self.end(end, hint, zone, now);
                None
            }
            Err(why) => Some(why),
        }
    }

    /// When a link expires, under its field.
    fn end(&mut self, end: Option<DateTime<Utc>>, hint: &str, zone: Zone, now: DateTime<Utc>) {
        let told = match end {
            Some(at) => format!("{} · {}{hint}", zone.shown(at), when::relative(at, now)),
            None => "The link never expires.".to_owned(),
        };
        self.note(&told, theme::QUIET);
    }

    /// A line under a field, as it is.
    pub fn spans(&mut self, line: &Line<'_>) {
        let top = self.sheet.height();
        let (area, buffer) = self.rows(1);
        if !area.is_empty() {
            buffer.set_line(area.x, area.y, line, area.width);
        }
        self.sheet.extend_focus(top);
    }

    /// Text under a field, wrapped.
    pub fn note(&mut self, note: &str, style: Style) {
        let top = self.sheet.height();
        for line in text::wrap(note, usize::from(self.width)) {
            let (area, buffer) = self.rows(1);
            if !area.is_empty() {
                buffer.set_stringn(area.x, area.y, line, usize::from(area.width), style);
            }
        }
        self.sheet.extend_focus(top);
    }

    /// A drop-down: what is chosen, or what is typed to find it with the list below.
    pub fn drop_down(&mut self, label: &str, list: &DropDown, focused: bool) {
        self.line(label, focused, |area, buffer| {
            if let Some(filter) = list.filter() {
                return filter.draw(area, buffer, FIELD);
            }
            let label = format!("{} ▾", text::cut(list.label(), usize::from(area.width).saturating_sub(2)));
            buffer.set_string(area.x, area.y, label, if focused { theme::SELECTED } else { FIELD });
            None
        });
        if !list.is_open() {
            return;
        }
        let (labels, marked) = list.matches();
        let top = marked.saturating_sub(LISTED - 1);
        for (index, label) in labels.iter().enumerate().skip(top).take(LISTED) {
            let style = if index == marked { theme::SELECTED } else { Style::new() };
            self.mark(label, style, index == marked);
        }
        if labels.is_empty() {
            self.note("No flow of that name.", theme::QUIET);
        }
    }

    /// The two buttons at the end, and which of them has the keyboard.
    pub fn buttons(&mut self, label: &str, first: bool, second: bool) {
        let (top, left) = (self.sheet.height(), self.left);
        let style = |focused| if focused { theme::SELECTED } else { theme::HEADING };
        let (area, buffer) = self.sheet.rows(1);
        if area.height > 0 {
            buffer.set_stringn(left, area.y, label, usize::from(area.width), style(first));
            buffer.set_stringn(left + 12, area.y, "[ Cancel ]", usize::from(area.width), style(second));
        }
        if first || second {
            self.sheet.focus(top, None);
        }
    }

    /// A row of an open drop-down.
    fn mark(&mut self, label: &str, style: Style, marked: bool) {
        let sign = if marked { "▸ " } else { "  " };
        self.row(&format!("{sign}{label}"), style);
    }

    /// A row of a list below a field, cut where it is too long.
    pub fn row(&mut self, row: &str, style: Style) {
        let top = self.sheet.height();
        let (area, buffer) = self.rows(1);
        if !area.is_empty() {
            let width = usize::from(area.width);
            buffer.set_stringn(area.x, area.y, text::cut(row, width), width, style);
        }
        self.sheet.extend_focus(top);
    }
}
