//! A link as a QR code, for a phone held to the screen.

use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::widgets::{Clear, Widget};

use crate::console::theme;
use crate::console::widget::text;

/// The light frame that readers need: the standard says four modules, two are enough for all that were tried.
const QUIET: usize = 2;

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// Rows of dark modules, with the light frame.
    rows: Vec<Vec<bool>>,
    /// Why the link lets nobody enroll, if so.
    dead: Option<String>,
    /// Whether the terminal shows ASCII only: then a module takes two columns and a whole row.
    ascii: bool,
}

impl Qr {
    /// The code of a link, with the reason why it lets nobody enroll if there is one; none where it is too long for any
    /// code.
    pub fn new(link: &str, dead: Option<String>, ascii: bool) -> Option<Self> {
        // Nothing scratches a screen: the least correction makes the smallest code.
        let code = QrCode::with_error_correction_level(link, EcLevel::L).ok()?;
        let width = code.width();
        let mut rows = vec![vec![false; width + 2 * QUIET]; width + 2 * QUIET];
        for (y, row) in rows.iter_mut().skip(QUIET).take(width).enumerate() {
            for (x, dark) in row.iter_mut().skip(QUIET).take(width).enumerate() {
                *dark = code[(x, y)] == Module::Dark;
            }
        }
        Some(Self { rows, dead, ascii })
    }

    /// Columns and rows on the screen.
    fn size(&self) -> (usize, usize) {
        let modules = self.rows.len();
        if self.ascii { (2 * modules, modules) } else { (modules, modules.div_ceil(2)) }
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.rows.get(y).and_then(|row| row.get(x)).is_some_and(|dark| *dark)
    }

    /// All of it as text, a line each row.
    pub fn lines(&self) -> Vec<String> {
        (0..self.size().1).map(|y| self.line(y)).collect()
    }

    /// One row of the screen. Where there are no colours, light is what is written: most terminals are dark.
    fn line(&self, y: usize) -> String {
        let modules = self.rows.len();
        if self.ascii {
            return (0..modules).map(|x| if self.is_dark(x, y) { "##" } else { "  " }).collect();
        }
        let sign = |x: usize| match (self.is_dark(x, 2 * y), self.is_dark(x, 2 * y + 1)) {
            (true, true) => ' ',
            (true, false) => '▄',
            (false, true) => '▀',
            (false, false) => '█',
        };
        (0..modules).map(sign).collect()
    }

    /// Draws it on the cleared screen, with what leads back below it if there is room.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) {
        Clear.render(area, buffer);
        let (width, height) = self.size();
        let (columns, lines) = (usize::from(area.width), usize::from(area.height));
        if width > columns || height > lines {
            let message =
                format!("The QR code needs {width}x{height}, the terminal has {columns}x{lines}. Any key goes back.");
            for (line, y) in text::wrap(&message, columns).into_iter().zip(area.y..area.bottom()) {
                buffer.set_stringn(area.x, y, line, columns, theme::QUIET);
            }
            return;
        }
        let style = if self.ascii {
            Style::new().fg(Color::Black).bg(Color::White)
        } else {
            Style::new().fg(Color::White).bg(Color::Black)
        };
        for (line, y) in (0..height).map(|y| self.line(y)).zip(area.y..) {
            buffer.set_string(area.x, y, line, style);
        }
        match &self.dead {
            // Over the frame of the code, if need be: nobody has to read that one.
            Some(why) => {
                let hint = format!("✗ {why} Any key goes back.");
                buffer.set_stringn(area.x, area.bottom() - 1, hint, columns, theme::WRONG);
            }
            None if height < lines => {
                buffer.set_stringn(area.x, area.bottom() - 1, "Any key goes back.", columns, theme::QUIET);
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://id.example.com/if/flow/enroll/?itoken=1f0cbe9e-7c0e-4f3a-9d2c-0a1b2c3d4e5f";

    #[test]
    fn a_usual_link_fits_on_the_smallest_usual_terminal() {
        let (width, height) = Qr::new(LINK, None, false).unwrap().size();
        assert!(width <= 80 && height <= 24, "{width}x{height}");
    }

    #[test]
    fn both_ways_of_drawing_show_the_same_modules() {
        let (blocks, ascii) = (Qr::new(LINK, None, false).unwrap(), Qr::new(LINK, None, true).unwrap());
        for y in 0..blocks.rows.len() {
            let plain: Vec<bool> = ascii.line(y).chars().step_by(2).map(|sign| sign == '#').collect();
            let block: Vec<bool> = blocks
                .line(y / 2)
                .chars()
                .map(|sign| if y % 2 == 0 { matches!(sign, ' ' | '▄') } else { matches!(sign, ' ' | '▀') })
                .collect();
            assert_eq!(plain, blocks.rows[y]);
            // The row below the last one of an odd number is light or not there.
            assert_eq!(block, plain, "row {y}");
        }
    }

    #[test]
    fn what_no_code_can_hold_has_none() {
        assert_eq!(Qr::new(&"x".repeat(4_000), None, false), None);
    }
}
