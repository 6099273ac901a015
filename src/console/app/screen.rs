//! The whole screen: top line, navigation, pane, messages, footer, and what lies over them.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use super::App;
use crate::console::ServerStatus;
use crate::console::overlay::Overlay;
use crate::console::pane::{self, Pane};
use crate::console::theme;
use crate::console::widget::text;

/// The smallest screen that is drawn.
const SMALLEST: (u16, u16) = (40, 10);
/// From this width on the navigation is shown.
pub(super) const WITH_NAVIGATION: u16 = 80;
const NAVIGATION: u16 = 22;

/// The navigation: headings, and the panes under them.
const GROUPS: &[(&str, &[Pane])] = &[
    ("Flows and Stages", &[Pane::Flows]),
    ("Directory", &[Pane::Users, Pane::Groups, Pane::Invitations]),
    ("Events", &[Pane::Events]),
];

/// The pane whose name in the navigation is drawn at a place.
pub(super) fn navigated(at: Position) -> Option<Pane> {
    if at.x == 0 || at.x + 1 >= NAVIGATION {
        return None;
    }
    // Below the top line and the frame; a blank before every heading but the first.
    let mut y = 2;
    for (index, (_, panes)) in GROUPS.iter().enumerate() {
        y += if index > 0 { 2 } else { 1 };
        for pane in *panes {
            if at.y == y {
                return Some(*pane);
            }
            y += 1;
        }
    }
    None
}

impl App {
    /// Draws everything.
    pub fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let cursor = self.draw_into(area, frame.buffer_mut());
        if let Some(cursor) = cursor {
            frame.set_cursor_position(cursor);
        }
    }

    fn draw_into(&mut self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        self.width = area.width;
        let cursor = if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            if let Some(Overlay::BareLink(..) | Overlay::Qr(_)) = self.overlays.last() {
                self.overlay(area, buffer)
            } else {
                too_small(area, buffer);
                None
            }
        } else if matches!(self.overlays.last(), Some(Overlay::BareLink(..) | Overlay::Qr(_))) {
            self.overlay(area, buffer)
        } else {
            self.whole(area, buffer)
        };
        if self.setting.preferences.light {
            theme::for_light(buffer);
        }
        self.setting.theme.finish(buffer);
        cursor.filter(|at| area.contains(*at))
    }

    fn whole(&mut self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let toasts = self.toast_lines(usize::from(area.width));
        let room = area.height - 2;
        let toast_height = u16::try_from(toasts.len()).unwrap_or(u16::MAX).min(room / 2);
        let body = Rect { y: area.y + 1, height: room - toast_height, ..area };
        self.top_line(Rect { height: 1, ..area }, buffer);
        let footer = self.footer(usize::from(area.width));
        buffer.set_line(area.x, area.bottom() - 1, &footer, area.width);

        let mut pane = body;
        if area.width >= WITH_NAVIGATION {
            self.navigation(Rect { width: NAVIGATION, ..body }, buffer);
            pane = Rect { x: body.x + NAVIGATION, width: body.width - NAVIGATION, ..body };
        }
        let mut cursor = self.pane(pane, buffer);
        if !self.overlays.is_empty() {
            cursor = self.overlay(body, buffer);
        }
        for ((line, style), y) in toasts.iter().zip(body.bottom()..body.bottom() + toast_height) {
            buffer.set_stringn(area.x + 1, y, line, usize::from(area.width) - 1, *style);
        }
        cursor
    }

    fn overlay(&mut self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let (zone, now) = (self.setting.zone, self.now);
        let mut cursor = None;
        // A question lies over a dialog that stays visible.
        let below = self.overlays.len().saturating_sub(2);
        for overlay in &mut self.overlays[below..] {
            cursor = overlay.draw(zone, now, area, buffer);
        }
        cursor
    }

    fn pane(&mut self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let setting = &self.setting;
        let view = pane::View {
            now: self.now,
            zone: setting.zone,
            public_url: &setting.public_url,
            overview: &self.overview,
            link_flow: self.link_flow,
            read_only: setting.read_only,
            keys: true,
            marks: &self.marks,
            marked: self.marks.count(self.pane),
            columns: setting.preferences.columns_of(self.pane),
        };
        let (title, all) = (self.pane.title(), &self.overview);
        match self.pane {
            Pane::Flows => pane::draw::draw(&mut self.flows, title, all.flows, &view, area, buffer),
            Pane::Users => pane::draw::draw(&mut self.users, title, all.users, &view, area, buffer),
            Pane::Groups => pane::draw::draw(&mut self.groups, title, all.groups, &view, area, buffer),
            Pane::Invitations => pane::draw::draw(&mut self.invitations, title, all.invitations, &view, area, buffer),
            Pane::Events => pane::draw::draw(&mut self.events, title, 0, &view, area, buffer),
        }
    }

    fn navigation(&self, area: Rect, buffer: &mut Buffer) {
        let inner = Block::bordered().border_type(BorderType::Rounded);
        let room = inner.inner(area);
        inner.render(area, buffer);
        let mut y = room.y;
        let mut write = |line: Line<'static>, style: Style| {
            if y < room.bottom() {
                buffer.set_line(room.x, y, &line, room.width);
                buffer.set_style(Rect { y, height: 1, ..room }, style);
                y += 1;
            }
        };
        for (index, (heading, panes)) in GROUPS.iter().enumerate() {
            if index > 0 {
                write(Line::default(), Style::new());
            }
            write(Line::styled(format!(" {heading}"), theme::HEADING), Style::new());
            for pane in *panes {
                let count = match pane {
                    Pane::Flows => Some(self.overview.flows),
                    Pane::Users => Some(self.overview.users),
                    Pane::Groups => Some(self.overview.groups),
                    Pane::Invitations => Some(self.overview.invitations),
                    // It only grows: nobody learns anything from the number.
                    Pane::Events => None,
                };
                let here = *pane == self.pane;
                let name = format!("{} {}", if here { "▸" } else { " " }, pane.title());
                // A blank before the name, between it and the number, and after that.
                let left = usize::from(room.width).saturating_sub(text::width(&name) + 3);
                let count = count.map(|count| text::number_within(count, left)).unwrap_or_default();
                let gap = usize::from(room.width).saturating_sub(text::width(&name) + count.len() + 2);
                let line = Line::raw(format!(" {name}{}{count} ", " ".repeat(gap)));
                write(line, if here { theme::SELECTED } else { Style::new() });
            }
        }
    }

    fn top_line(&self, area: Rect, buffer: &mut Buffer) {
        let width = usize::from(area.width);
        let clock = format!("{} ", self.setting.zone.clock(self.now));
        let mut right = vec![Span::styled(clock, theme::HEADING)];
        let mut used: usize = right.iter().map(Span::width).sum();
        let read_only = self.setting.read_only.then(|| Span::styled("read only  ", theme::WARNING));
        let actor = Span::raw(format!("{}  ", text::cut(&text::safe(&self.setting.actor), 20)));
        for span in [Some(actor), read_only, self.server_span()].into_iter().flatten() {
            if used + span.width() + 12 <= width {
                used += span.width();
                right.insert(0, span);
            }
        }
        let name = " guestlist";
        let room = width.saturating_sub(used + name.len() + 3 + 2);
        buffer.set_stringn(area.x, area.y, name, width, theme::HEADING);
        if room >= 8 {
            let place = text::cut_front(&text::safe(&self.setting.place), room);
            let x = area.x + u16::try_from(name.len()).unwrap_or(0);
            buffer.set_stringn(x, area.y, format!(" · {place}"), width - name.len(), theme::QUIET);
        }
        let x = area.right().saturating_sub(u16::try_from(used).unwrap_or(u16::MAX));
        buffer.set_line(x, area.y, &Line::from(right), area.width);
    }

    fn server_span(&self) -> Option<Span<'static>> {
        let (text, style) = match self.server.as_ref()? {
            ServerStatus::Starting => ("○ server …  ".to_owned(), theme::QUIET),
            ServerStatus::Listening(url) => (format!("● server {}  ", text::cut(&text::safe(url), 40)), theme::GOOD),
            ServerStatus::Silent(_) => ("✗ server does not answer  ".to_owned(), theme::WRONG),
            ServerStatus::NotAsked(url) => {
                (format!("○ server {} (not asked)  ", text::cut(&text::safe(url), 40)), theme::QUIET)
            }
            ServerStatus::Failed(_) => ("✗ server failed  ".to_owned(), theme::WRONG),
        };
        Some(Span::styled(text, style))
    }

    fn toast_lines(&self, width: usize) -> Vec<(String, Style)> {
        let room = width.saturating_sub(4);
        let mut lines = Vec::new();
        for toast in self.toasts.all() {
            let (sign, style) = match toast.end {
                _ if toast.note => ("⚠", theme::WARNING),
                Some(_) => ("✓", theme::GOOD),
                None => ("✗", theme::WRONG),
            };
            for (index, piece) in text::wrap(&toast.text, room).into_iter().enumerate() {
                lines.push((format!("{} {piece}", if index == 0 { sign } else { " " }), style));
            }
        }
        lines
    }
}

fn too_small(area: Rect, buffer: &mut Buffer) {
    Clear.render(area, buffer);
    let (width, height) = SMALLEST;
    let message = format!("Terminal too small: {}x{}, {width}x{height} needed.", area.width, area.height);
    for (line, y) in text::wrap(&message, usize::from(area.width)).into_iter().zip(area.y..area.bottom()) {
        buffer.set_stringn(area.x, y, line, usize::from(area.width), Style::new());
    }
}
