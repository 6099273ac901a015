//! How the Batch dialog is drawn, step by step.

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::form::{BatchForm, Field};
use super::{BatchDialog, Step};
use crate::batch::{Link, Plan, Planned};
use crate::console::form::draw::{FIELD, Pen};
use crate::console::overlay::{frame, frame_from, paragraph};
use crate::console::theme;
use crate::console::widget::sheet::Sheet;
use crate::console::widget::text;
use crate::console::zone::Zone;

/// The most names that a completion shows.
const CANDIDATES: usize = 12;

/// The height of the form with a hint or two.
const USUAL: u16 = 18;

/// The width of the dialog, where there is room.
const WIDTH: u16 = 84;

impl BatchDialog {
    /// Draws it; returns where the cursor is.
    pub fn draw(&mut self, zone: Zone, now: DateTime<Utc>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let links = self.form.links();
        match &mut self.step {
            Step::Form => {
                let width = WIDTH.min(area.width);
                let sheet = self.form.sheet(zone, now, width.saturating_sub(4), self.asking);
                let inner = frame_from("Create many invitations", (width, sheet.height() + 2), USUAL, area, buffer);
                return sheet.show(inner, buffer);
            }
            Step::Plan(plan, top) => {
                let inner = frame("What would be made", (100, 30), area, buffer);
                let head = head(plan, links.as_deref(), zone, usize::from(inner.width));
                let width = column(plan.rows.iter().map(|row| row.settings.name.as_str()));
                let rows = plan.rows.iter().map(|row| planned(row, width));
                scrolled(head, plan.rows.len(), rows, top, inner, buffer);
            }
            Step::Making(plan, made, _) => making(plan.rows.len(), *made, area, buffer),
            Step::Done(links, top, file) => {
                let inner = frame("Made", (100, 30), area, buffer);
                let head = done(links, file.as_deref(), usize::from(inner.width));
                let width = column(links.iter().map(|link| link.name.as_str()));
                scrolled(head, links.len(), links.iter().map(|it| link(it, width)), top, inner, buffer);
            }
        }
        None
    }
}

impl BatchForm {
    fn sheet(&self, zone: Zone, now: DateTime<Utc>, width: u16, asking: bool) -> Sheet {
        let mut pen = Pen::new(width);
        self.line_field(&mut pen, "How many", Field::Count);
        self.line_field(&mut pen, "or a CSV file", Field::File);
        if self.file.text().trim().is_empty() {
            pen.note("name,email,… become custom attributes. Tab completes.", theme::QUIET);
        }
        self.line_field(&mut pen, "Name", Field::Name);
        let hint = if self.file.text().trim().is_empty() {
            "{n} is the number, {n:3} with zeros."
        } else {
            "{n}, {email} and the like; empty: the column `name`."
        };
        pen.note(hint, theme::QUIET);
        pen.drop_down("Flow", &self.flow, self.focus == Field::Flow);
        self.faults(&mut pen, Field::Flow, None);
        self.bare_field(&mut pen, "Expires", Field::Expires);
        let live = pen.expiry(self.expires.text(), "", zone, now);
        self.faults(&mut pen, Field::Expires, live);
        self.line_field(&mut pen, "Note", Field::Note);
        self.line_field(&mut pen, "Write links to", Field::Links);
        pen.note("A new file, name,email,link. Empty: c copies them.", theme::QUIET);
        if !self.fixed_data.is_empty() {
            let keys: Vec<_> = self.fixed_data.keys().take(20).map(|key| text::safe(key)).collect();
            pen.note(&format!("Custom attributes of each: {}", keys.join(", ")), theme::QUIET);
        }
        self.faults(&mut pen, Field::Try, None);
        let label = if asking { "[ Trying… ]" } else { "[ Try it ]" };
        pen.buttons(label, self.focus == Field::Try, self.focus == Field::Cancel);
        pen.sheet
    }

    fn line_field(&self, pen: &mut Pen, label: &str, field: Field) {
        self.bare_field(pen, label, field);
        self.faults(pen, field, self.fault(field));
    }

    fn bare_field(&self, pen: &mut Pen, label: &str, field: Field) {
        let line = match field {
            Field::File => &self.file,
            Field::Name => &self.name,
            Field::Expires => &self.expires,
            Field::Note => &self.note,
            Field::Links => &self.links,
            _ => &self.count,
        };
        pen.line(label, self.focus == field, |area, buffer| line.draw(area, buffer, FIELD));
        let candidates = self.candidates(field);
        if !candidates.is_empty() {
            let names: Vec<_> = candidates.iter().take(CANDIDATES).map(|name| text::safe(name)).collect();
            let more = if candidates.len() > CANDIDATES { "  …" } else { "" };
            pen.note(&format!("{}{more}", names.join("  ")), theme::QUIET);
        }
    }

    /// What was wrong when it was tried, or else what is wrong now.
    fn faults(&self, pen: &mut Pen, field: Field, live: Option<String>) {
        let mut tried = self.errors.iter().filter(|(at, _)| *at == field).map(|(_, why)| why).peekable();
        let live = live.filter(|_| tried.peek().is_none());
        for why in tried.chain(&live) {
            pen.note(&format!("✗ {}", text::safe(why)), theme::WRONG);
        }
    }
}

fn head(plan: &Plan, links: Option<&str>, zone: Zone, width: usize) -> Vec<Line<'static>> {
    let mut said: Vec<(String, Style)> = Vec::new();
    let flow = plan.flow.as_ref().map(|flow| format!(" to {flow}")).unwrap_or_default();
    let many = text::count(plan.rows.len() as u64, "invitation");
    if plan.is_ready() {
        let end = plan.rows.first().and_then(|row| row.settings.expires);
        let end = end.map_or_else(|| "never".to_owned(), |at| zone.shown(at));
        said.push((format!("{many}{flow}, single use."), theme::HEADING));
        said.push((format!("Expires: {end}."), Style::new()));
        if let Some(path) = links {
            said.push((format!("Their links go to {}.", text::safe(path)), Style::new()));
        }
    } else {
        said.push(("Nothing can be made yet.".to_owned(), theme::HEADING));
    }
    said.extend(plan.warnings.iter().take(5).map(|it| (format!("⚠ {}", text::safe(it)), theme::WARNING)));
    for fault in &plan.faults {
        said.push((format!("✗ {}", text::safe(&fault.to_string())), theme::WRONG));
    }
    if plan.more_faults > 0 {
        said.push((format!("✗ and {} more.", text::number(plan.more_faults as u64)), theme::WRONG));
    }
    if !plan.is_ready() && plan.taken > 0 {
        said.push(("f takes the free names instead.".to_owned(), theme::KEY));
    }
    let ask = if plan.is_ready() { "y makes them, all or none. Esc goes back." } else { "Esc goes back." };
    said.push((ask.to_owned(), theme::KEY));
    wrapped(said, width)
}

fn done(links: &[Link], file: Option<&str>, width: usize) -> Vec<Line<'static>> {
    let count = text::count(links.len() as u64, "invitation");
    let place = file.map(|path| format!(" Their links are in {}.", text::safe(path))).unwrap_or_default();
    let keys = "c copies all links as CSV. Esc closes; u then undoes the whole batch.";
    wrapped(vec![(format!("✓ Made {count}.{place}"), theme::GOOD), (keys.to_owned(), theme::KEY)], width)
}

fn wrapped(lines: Vec<(String, Style)>, width: usize) -> Vec<Line<'static>> {
    let piece = |(line, style): (String, Style)| {
        text::wrap(&line, width).into_iter().map(move |piece| Line::styled(piece, style)).collect::<Vec<_>>()
    };
    let mut lines: Vec<Line<'static>> = lines.into_iter().flat_map(piece).collect();
    lines.push(Line::default());
    lines
}

/// How wide a column is: as wide as the names that are seen first, within reason.
fn column<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.take(200).map(text::width).max().unwrap_or(0).min(40)
}

fn planned(row: &Planned, width: usize) -> Line<'static> {
    let line = row.line.map(|line| format!("{line:>6}  ")).unwrap_or_default();
    let mut spans = vec![Span::styled(line, theme::QUIET), Span::raw(text::pad(row.settings.name.as_str(), width))];
    if let Some(name) = &row.instead_of {
        spans.push(Span::styled(format!("  instead of {name}"), theme::WARNING));
    }
    let data = serde_json::to_string(&row.settings.fixed_data).unwrap_or_default();
    let data = if row.settings.fixed_data.is_empty() { String::new() } else { text::safe(&text::cut(&data, 300)) };
    spans.push(Span::styled(format!("  {data}"), theme::QUIET));
    Line::from(spans)
}

fn link(link: &Link, width: usize) -> Line<'static> {
    let name = Span::raw(text::pad(link.name.as_str(), width));
    Line::from(vec![name, Span::styled(format!("  {}", link.link), theme::LINK)])
}

/// Draws what always stands there, and rows below it as far as there is room. Only the rows in sight are made.
fn scrolled(
    head: Vec<Line<'static>>,
    count: usize,
    rows: impl Iterator<Item = Line<'static>>,
    top: &mut usize,
    area: Rect,
    buffer: &mut Buffer,
) {
    // A long head scrolls with the rest: nothing is out of reach on a small terminal.
    let all = head.len() + count;
    *top = (*top).min(all.saturating_sub(usize::from(area.height)));
    let over = top.saturating_sub(head.len());
    let lines = head.into_iter().skip(*top).chain(rows.skip(over));
    for (line, y) in lines.zip(area.y..area.bottom()) {
        buffer.set_line(area.x, y, &cut(line, usize::from(area.width)), area.width);
    }
}

/// A line of so many columns at most, with `…` where something was cut.
fn cut(line: Line<'static>, columns: usize) -> Line<'static> {
    if line.spans.iter().map(|span| text::width(&span.content)).sum::<usize>() <= columns {
        return line;
    }
    let mut room = columns.saturating_sub(1);
    let mut spans = Vec::new();
    for span in line.spans {
        let wide = text::width(&span.content);
        if wide > room {
            spans.push(Span::styled(text::cut(&format!("{}…", span.content), room + 1), span.style));
            break;
        }
        room -= wide;
        spans.push(span);
    }
    Line { spans, ..line }
}

fn making(total: usize, made: usize, area: Rect, buffer: &mut Buffer) {
    let inner = frame("Create many invitations", (64, 7), area, buffer);
    let width = usize::from(inner.width);
    let done = (width * made).checked_div(total).unwrap_or(0).min(width);
    let bar = format!("{}{}", "█".repeat(done), "░".repeat(width - done));
    let lines = [
        ("Making…".to_owned(), theme::HEADING),
        (bar, Style::new()),
        (format!("{} of {}", text::number(made as u64), text::number(total as u64)), theme::QUIET),
        (String::new(), Style::new()),
        ("Esc gives up; nothing is left behind.".to_owned(), theme::KEY),
    ];
    paragraph(&lines, inner, buffer);
}
