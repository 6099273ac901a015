//! A tall sheet of which a window is shown: what dialogs are drawn on, so that no field is ever out of reach on a small
//! terminal.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// What is drawn, all of it, whatever fits.
pub struct Sheet {
    buffer: Buffer,
    /// Where the keyboard is: rows that must be in sight.
    focus: (u16, u16),
    cursor: Option<Position>,
    used: u16,
}

impl Sheet {
    /// The tallest sheet that is needed; a taller one would only cost memory.
    const TALLEST: u16 = 160;

    /// A blank sheet of that width.
    pub fn new(width: u16) -> Self {
        Self {
            buffer: Buffer::empty(Rect::new(0, 0, width, Self::TALLEST)),
            focus: (0, u16::MAX),
            cursor: None,
            used: 0,
        }
    }

    /// The next rows of the sheet and what to draw them on. Where the sheet ends the area is empty.
    pub fn rows(&mut self, height: u16) -> (Rect, &mut Buffer) {
        let top = self.used;
        let height = height.min(Self::TALLEST - top);
        self.used += height;
        (Rect::new(0, top, self.buffer.area.width, height), &mut self.buffer)
    }

    /// What everything is drawn on, for what lies over the rows.
    pub fn paper(&mut self) -> &mut Buffer {
        &mut self.buffer
    }

    /// How many rows are used.
    pub fn height(&self) -> u16 {
        self.used
    }

    /// Says that the keyboard is in the rows from `top` to where the sheet ends now, with the cursor there.
    pub fn focus(&mut self, top: u16, cursor: Option<Position>) {
        self.focus = (top, self.used);
        self.cursor = cursor;
    }

    /// Says that what was written from `top` on belongs to the focus too, where that ended there.
    pub fn extend_focus(&mut self, top: u16) {
        if self.focus.1 == top {
            self.focus.1 = self.used;
        }
    }

    /// Shows what fits into the area, the focus in sight; returns where the cursor is on the screen.
    pub fn show(&self, area: Rect, target: &mut Buffer) -> Option<Position> {
        let area = area.intersection(*target.area());
        if area.is_empty() {
            return None;
        }
        let lowest = self.used.saturating_sub(area.height);
        let anchor = self.cursor.map_or(self.focus.0, |cursor| cursor.y);
        // The whole focus if it fits; otherwise what is said at its end, but the cursor in any case.
        let top = self.focus.1.saturating_sub(area.height).min(anchor).min(lowest);
        let top = if anchor >= top + area.height { anchor + 1 - area.height } else { top };
        for y in 0..area.height.min(self.used.saturating_sub(top)) {
            for x in 0..area.width.min(self.buffer.area.width) {
                target[(area.x + x, area.y + y)] = self.buffer[(x, top + y)].clone();
            }
        }
        let cursor = self.cursor?;
        let inside = cursor.y >= top && cursor.y < top + area.height && cursor.x < area.width;
        inside.then(|| Position::new(area.x + cursor.x, area.y + cursor.y - top))
    }
}
