//! How things look: the sixteen ANSI colours on the terminal's own background, and plain ASCII where the locale is not
//! UTF-8. Drawing code uses these styles and any glyph; [`Theme::finish`] makes of it what the terminal can show.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Labels and headings.
pub const HEADING: Style = Style::new().add_modifier(Modifier::BOLD);
/// What matters less.
pub const QUIET: Style = Style::new().add_modifier(Modifier::DIM);
/// What went well, what is active.
pub const GOOD: Style = Style::new().fg(Color::Green);
/// What needs attention.
pub const WARNING: Style = Style::new().fg(Color::Yellow);
/// What is wrong.
pub const WRONG: Style = Style::new().fg(Color::Red);
/// A key to press.
pub const KEY: Style = Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD);
/// A link.
pub const LINK: Style = Style::new().fg(Color::Cyan);
/// The selected row, the focused button. Without colours of its own cells: reversed, they are hard to read.
pub const SELECTED: Style = Style::new().fg(Color::Reset).add_modifier(Modifier::REVERSED);
/// A border of what has the keyboard.
pub const FOCUSED: Style = Style::new().fg(Color::Cyan);

/// Whether a terminal tells by `COLORFGBG` (`0;15`) that its background is light.
pub fn is_light(variable: impl Fn(&str) -> Option<String>) -> bool {
    let told = variable("COLORFGBG").unwrap_or_default();
    matches!(told.rsplit(';').next(), Some("7" | "15"))
}

/// Turns colours that are hard to read on a light background into others.
pub fn for_light(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        match cell.fg {
            Color::Yellow => cell.fg = Color::Magenta,
            Color::Cyan => cell.fg = Color::Blue,
            Color::Reset if cell.modifier.contains(Modifier::DIM) => cell.fg = Color::DarkGray,
            _ => {}
        }
        // Dimmed ink on white is hardly there.
        cell.modifier.remove(Modifier::DIM);
    }
}

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Only ASCII.
    pub ascii: bool,
    /// Colours; without them bold, dim and reverse remain.
    pub colour: bool,
}

impl Theme {
    /// What an environment allows: UTF-8 by `LC_ALL`, `LC_CTYPE` or `LANG`, in this order; colours unless `NO_COLOR`
    /// is set or the terminal is dumb.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
        let locale = locale.to_ascii_lowercase();
        Self {
            ascii: !(locale.contains("utf-8") || locale.contains("utf8")),
            colour: set("NO_COLOR").is_none() && set("TERM").as_deref() != Some("dumb"),
        }
    }

    /// A line of text in ASCII.
    pub fn in_ascii(line: &str) -> String {
        line.graphemes(true).map(|symbol| if symbol.is_ascii() { symbol } else { ascii(symbol) }).collect()
    }

    /// Turns what was drawn into what the terminal can show. Nothing that could steer a terminal gets past it, whatever
    /// was drawn.
    pub fn finish(self, buffer: &mut Buffer) {
        for cell in &mut buffer.content {
            if !self.colour {
                cell.fg = Color::Reset;
                cell.bg = Color::Reset;
            }
            let symbol = cell.symbol();
            if symbol.chars().any(char::is_control) {
                cell.set_symbol("?");
            } else if self.ascii && !symbol.is_ascii() {
                let plain = ascii(symbol);
                cell.set_symbol(plain);
            }
        }
    }
}

/// The nearest ASCII sign; the cell after a wide character is blank already.
fn ascii(symbol: &str) -> &'static str {
    match symbol {
        "─" | "╌" | "·" => "-",
        "│" | "▏" => "|",
        "╭" | "╮" | "╰" | "╯" | "├" | "┤" | "┬" | "┴" => "+",
        "▸" | "→" => ">",
        "▾" => "v",
        "▴" => "^",
        "…" => "~",
        "●" | "✓" | "∞" => "*",
        "○" => "o",
        "█" => "#",
        "░" => ".",
        "✗" | "⚠" => "!",
        _ if symbol.width() == 0 => " ",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;

    #[test]
    fn the_locale_decides_between_ascii_and_unicode() {
        let theme = |pairs: &'static [(&str, &str)]| {
            Theme::from_environment(|name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(!theme(&[("LANG", "en_US.UTF-8")]).ascii);
        assert!(!theme(&[("LANG", "C.utf8")]).ascii);
        assert!(theme(&[("LANG", "C")]).ascii);
        assert!(theme(&[]).ascii);
        assert!(theme(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]).ascii);
        assert!(!theme(&[("NO_COLOR", "1")]).colour);
        assert!(theme(&[("NO_COLOR", "")]).colour);
    }

    #[test]
    fn in_ascii_every_cell_is_ascii() {
        let mut buffer = Buffer::with_lines(["╭─ 山 ∞ é ●"]);
        Theme { ascii: true, colour: true }.finish(&mut buffer);
        assert_eq!(buffer, Buffer::with_lines(["+- ?  * ? *"]));
    }

    #[test]
    fn a_control_character_never_reaches_the_terminal() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 1, 1));
        buffer[(0, 0)].set_symbol("\u{1b}");
        Theme { ascii: false, colour: true }.finish(&mut buffer);
        assert_eq!(buffer[(0, 0)].symbol(), "?");
    }
}
