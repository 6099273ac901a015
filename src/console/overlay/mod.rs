//! What lies over the panes and takes the keys: dialogs, questions, help.

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use super::batch::BatchDialog;
use super::event::Effect;
use super::form::context::ContextForm;
use super::form::invitation::InvitationForm;
use super::form::record::RecordForm;
use super::import::{Ask, Step};
use super::keymap::Context;
use super::stages::Stages;
use super::theme;
use super::widget::text;
use super::zone::Zone;
use crate::blueprint;
use question::UnderWay;

pub mod clipboard;
pub mod confirm;
pub mod export;
pub mod help;
pub mod import;
pub mod palette;
pub mod path;
pub mod preview;
pub mod problems;
pub mod qr;
pub mod question;
pub mod report;
pub mod walkthrough;
pub mod working;

/// The width of the invitation dialog, where there is room.
const FORM_WIDTH: u16 = 84;

/// Its height with a hint or two.
const FORM_USUAL: u16 = 20;

/// The width of the small dialogs.
const RECORD_WIDTH: u16 = 72;

/// The width of the stages of a flow.
const STAGES_WIDTH: u16 = 100;

/// What can lie over the panes.
#[derive(Debug)]
pub enum Overlay {
    /// Create or edit an invitation.
    Form(Box<InvitationForm>),
    /// A user, a group, a member, a password or a prompt.
    Record(Box<RecordForm>),
    /// The stages of a flow.
    Stages(Box<Stages>),
    /// Many invitations at once.
    Batch(Box<BatchDialog>),
    /// What to import.
    Import(import::ImportDialog),
    /// Values that a blueprint asks for.
    Context(ContextForm),
    /// What is wrong with a blueprint.
    Problems(problems::Problems),
    /// What an import would do.
    Preview(Box<preview::PreviewDialog>),
    /// A step of an import under way.
    Working(working::Working),
    /// Work on many under way.
    Busy(working::Busy),
    /// Where to write a flow.
    Export(export::ExportDialog),
    /// The offer to import the first flow; whether that is under way.
    Offer(bool),
    /// A question with yes and no.
    Question(question::Question),
    /// Whether to delete many.
    Confirm(confirm::Confirm),
    /// What became of many.
    Report(report::Report),
    /// The keys.
    Help(help::Help),
    /// A line to type a command on.
    Palette(Box<palette::Palette>),
    /// Which way copying takes.
    Clipboard(clipboard::ClipboardPage),
    /// A link as a QR code.
    Qr(qr::Qr),
    /// What somebody sees who follows a link.
    Walkthrough(Box<walkthrough::Walkthrough>),
    /// A link alone on the screen, and why it lets nobody enroll if so.
    BareLink(String, Option<String>),
}

impl Overlay {
    /// Where keys mean something while it is on top.
    pub fn context(&self) -> Context {
        match self {
            Self::Form(form) if form.is_choosing() => Context::DropDown,
            Self::Form(form) if form.has_calendar() => Context::Calendar,
            Self::Form(_) => Context::Form,
            Self::Record(_) => Context::Record,
            Self::Stages(stages) => stages.context(),
            Self::Batch(dialog) => dialog.context(),
            Self::Import(_) => Context::Import,
            Self::Context(_) => Context::Values,
            Self::Problems(_) => Context::Problems,
            Self::Preview(_) => Context::Preview,
            Self::Working(_) => Context::Working,
            Self::Busy(_) => Context::Busy,
            Self::Export(_) => Context::Export,
            Self::Offer(_) => Context::Offer,
            Self::Question(_) => Context::Question,
            Self::Confirm(_) => Context::Confirm,
            Self::Report(_) => Context::Report,
            Self::Help(help) if help.is_filtering() => Context::Filter,
            Self::Help(_) => Context::Help,
            Self::Palette(_) => Context::Palette,
            Self::Clipboard(_) => Context::Clipboard,
            Self::Walkthrough(_) => Context::Walkthrough,
            Self::BareLink(..) | Self::Qr(_) => Context::BareLink,
        }
    }

    /// Whether it belongs to importing or exporting a blueprint.
    pub fn is_of_import(&self) -> bool {
        matches!(
            self,
            Self::Import(_)
                | Self::Context(_)
                | Self::Problems(_)
                | Self::Preview(_)
                | Self::Working(_)
                | Self::Export(_)
        )
    }

    /// The work that it watches.
    pub fn under_way(&self) -> Option<UnderWay> {
        let numbered = |number, what: &str| UnderWay {
            number: Some(number),
            what: what.to_owned(),
            give_up: Box::new(Effect::Blueprint(Box::new(Ask::Cancel(number)))),
        };
        match self {
            Self::Working(working) if working.step == Step::Import => {
                Some(numbered(working.number, "An import is under way; nothing of it would be left."))
            }
            Self::Busy(busy) => Some(numbered(busy.number, busy.if_given_up())),
            Self::Batch(dialog) => Some(UnderWay {
                number: None,
                what: "A batch is being made; nothing of it would be left.".to_owned(),
                give_up: Box::new(Effect::Batch(Box::new(dialog.giving_up()?))),
            }),
            _ => None,
        }
    }

    /// Draws it over what is there; returns where the cursor is.
    pub fn draw(&mut self, zone: Zone, now: DateTime<Utc>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        match self {
            Self::Form(form) => {
                let width = FORM_WIDTH.min(area.width);
                let sheet = form.sheet(zone, now, width.saturating_sub(4), area.height);
                let inner = frame_from(form.title(), (width, sheet.height() + 2), FORM_USUAL, area, buffer);
                sheet.show(inner, buffer)
            }
            Self::Record(form) => {
                let width = RECORD_WIDTH.min(area.width);
                let sheet = form.sheet(width.saturating_sub(4), area.height);
                let title = text::cut(&text::safe(&form.title()), usize::from(width.saturating_sub(6)));
                let inner = frame_from(&title, (width, sheet.height() + 2), form.usual_height(), area, buffer);
                sheet.show(inner, buffer)
            }
            Self::Stages(stages) => {
                let title = format!("Stages of {}", stages.slug());
                stages.draw(frame(&title, (STAGES_WIDTH, area.height), area, buffer), buffer)
            }
            Self::Batch(dialog) => dialog.draw(zone, now, area, buffer),
            Self::Import(_)
            | Self::Context(_)
            | Self::Problems(_)
            | Self::Preview(_)
            | Self::Working(_)
            | Self::Busy(_)
            | Self::Export(_) => self.draw_import(area, buffer),
            Self::Confirm(confirm) => confirm.draw(frame("Question", (64, 11), area, buffer), buffer),
            Self::Palette(palette) => palette.draw(frame("Command", (78, 18), area, buffer), buffer),
            Self::Help(help) => {
                let inner = frame("Keys", (78, 60), area, buffer);
                let cursor = help.draw(inner, buffer);
                at_lower_edge(help.more(inner), inner, buffer);
                cursor
            }
            other => {
                other.tell(area, buffer);
                None
            }
        }
    }
}

impl Overlay {
    /// Draws what only tells something: nothing is typed there, so that it has no cursor.
    fn tell(&mut self, area: Rect, buffer: &mut Buffer) {
        match self {
            Self::Offer(importing) => offer(*importing, area, buffer),
            Self::Question(question) => question.draw(area, buffer),
            Self::Report(report) => {
                let inner = frame("What became of it", (84, 20), area, buffer);
                let more = report.draw(inner, buffer);
                at_lower_edge(more, inner, buffer);
            }
            Self::Walkthrough(walkthrough) => {
                walkthrough.draw(frame("What will they see?", (100, area.height), area, buffer), buffer);
            }
            Self::Clipboard(page) => page.draw(frame("Clipboard", (78, 12), area, buffer), buffer),
            Self::Qr(code) => code.draw(area, buffer),
            Self::BareLink(link, dead) => bare_link(link, dead.as_deref(), area, buffer),
            _ => {}
        }
    }

    /// Draws what belongs to importing or exporting a blueprint, and other work under way.
    fn draw_import(&mut self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        match self {
            Self::Import(dialog) => dialog.draw(frame("Import a blueprint", (84, 20), area, buffer), buffer),
            Self::Context(form) => {
                let width = RECORD_WIDTH.min(area.width);
                let sheet = form.sheet(width.saturating_sub(4));
                let inner = frame("Import: values", (width, sheet.height() + 2), area, buffer);
                sheet.show(inner, buffer)
            }
            Self::Export(dialog) => dialog.draw(frame("Export a blueprint", (72, 7), area, buffer), buffer),
            Self::Problems(problems) => {
                problems.draw(frame("Import: what is wrong", (100, 30), area, buffer), buffer);
                None
            }
            Self::Preview(dialog) => {
                dialog.draw(frame("Import: what will happen", (100, area.height), area, buffer), buffer);
                None
            }
            Self::Working(working) => {
                working.draw(area, buffer);
                None
            }
            Self::Busy(busy) => {
                busy.draw(area, buffer);
                None
            }
            _ => None,
        }
    }
}

/// Clears a box in the middle of an area and frames it; returns what is inside.
pub(super) fn frame(title: &str, size: (u16, u16), area: Rect, buffer: &mut Buffer) -> Rect {
    frame_from(title, size, size.1, area, buffer)
}

/// The same for a box whose height changes while it is used: it begins where one of the usual height would, so that what
/// is in it stays where it is as long as there is room below.
pub(super) fn frame_from(title: &str, size: (u16, u16), usual: u16, area: Rect, buffer: &mut Buffer) -> Rect {
    // What is nearly as wide as the screen is as wide: two borders side by side look broken.
    let width = if size.0 + 4 > area.width { area.width } else { size.0 };
    let height = if size.1 + 2 > area.height { area.height } else { size.1 };
    let y = (area.height.saturating_sub(usual) / 2).min(area.height - height);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + y, width, height };
    Clear.render(place, buffer);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme::FOCUSED)
        .title(Span::styled(format!(" {title} "), theme::HEADING));
    let inner = block.inner(place);
    block.render(place, buffer);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

/// Writes into the lower edge of the frame around an area what there is to say.
fn at_lower_edge(said: Option<String>, inner: Rect, buffer: &mut Buffer) {
    let Some(said) = said else { return };
    let said = format!(" {said} ");
    let width = u16::try_from(text::width(&said)).unwrap_or(0);
    if width + 2 <= inner.width {
        buffer.set_string(inner.right() - width, inner.bottom(), said, theme::KEY);
    }
}

/// Writes lines into an area, wrapped; returns how many rows they took.
pub(super) fn paragraph(lines: &[(String, Style)], area: Rect, buffer: &mut Buffer) -> u16 {
    let mut y = area.y;
    for (line, style) in lines {
        for piece in text::wrap(line, usize::from(area.width)) {
            if y >= area.bottom() {
                return area.height;
            }
            buffer.set_stringn(area.x, y, piece, usize::from(area.width), *style);
            y += 1;
        }
    }
    y - area.y
}

/// The shipped blueprint that the first start offers.
pub fn first() -> &'static str {
    blueprint::shipped().first().map_or("", |shipped| shipped.name)
}

fn offer(importing: bool, area: Rect, buffer: &mut Buffer) {
    let inner = frame("Welcome to guestlist", (72, 10), area, buffer);
    let plain = Style::new();
    let last = if importing { "Importing…" } else { "Enter imports it. Esc: not now (i in Flows does it later)." };
    let lines = [
        (String::new(), plain),
        ("There is no flow yet, so nobody can enroll.".to_owned(), plain),
        (String::new(), plain),
        (format!("Import the shipped {}, with an invitation stage bound first?", first()), plain),
        (String::new(), plain),
        (last.to_owned(), theme::KEY),
    ];
    paragraph(&lines, inner, buffer);
}

/// A link without a frame, from the left edge on. Where it is longer than the screen is wide, the terminal itself has to
/// wrap it, or selecting it would bring line breaks along: see [`super::app::App::unbroken`].
fn bare_link(link: &str, dead: Option<&str>, area: Rect, buffer: &mut Buffer) {
    Clear.render(area, buffer);
    if text::width(link) <= usize::from(area.width) {
        buffer.set_string(area.x, area.y, link, Style::new());
    }
    let (hint, style) = match dead {
        Some(why) => (format!("✗ {why} Any key goes back."), theme::WRONG),
        None => ("Select it with your terminal. Any key goes back.".to_owned(), theme::QUIET),
    };
    let lines = text::wrap(&hint, usize::from(area.width));
    for (line, y) in lines.iter().rev().zip((area.y + 1..area.bottom()).rev()) {
        buffer.set_stringn(area.x, y, line, usize::from(area.width), style);
    }
}
