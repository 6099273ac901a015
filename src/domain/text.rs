//! Text from people, blueprints and the database is untrusted on its way to a terminal, a page or a log. These functions
//! are the one place that knows which characters do harm.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// True for characters that can steer a terminal or turn text around: control characters (line breaks too), the bidi
/// controls, and the line and paragraph separators, zero-width and tag characters that hide in names.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with every harmful character written out as `\u{1b}`, so that it can be shown on one line anywhere.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_harmful(c) {
            // Writing to a String can't fail.
            let _ = write!(shown, "\\u{{{:x}}}", c as u32);
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Like [`printable`], but line breaks stay and tabs become spaces: for text that may have several lines.
pub fn printable_lines(text: &str) -> String {
    let lines: Vec<_> =
        text.replace("\r\n", "\n").replace('\t', "    ").split('\n').map(|l| printable(l).into_owned()).collect();
    lines.join("\n")
}

/// At most `max` characters of the text, with `…` where something was cut.
pub fn shorten(text: &str, max: usize) -> Cow<'_, str> {
    if text.chars().count() <= max {
        return Cow::Borrowed(text);
    }
    let mut cut: String = text.chars().take(max.saturating_sub(1)).collect();
    cut.push('…');
    Cow::Owned(cut)
}

/// Why a text that a person typed is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFault {
    /// It has more characters than this.
    TooLong(usize),
    /// It has this harmful character.
    Invisible(char),
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(max) => write!(f, "Use at most {max} characters."),
            Self::Invisible(c) => write!(f, "The invisible character U+{:04X} is not allowed here.", *c as u32),
        }
    }
}

/// Checks one line of text that a person typed: not longer than `max` characters, nothing harmful in it.
pub fn check_line(text: &str, max: usize) -> Result<(), String> {
    line_fault(text, max).map_or(Ok(()), |fault| Err(fault.to_string()))
}

/// What is wrong with one line of text that a person typed.
pub fn line_fault(text: &str, max: usize) -> Option<LineFault> {
    if text.chars().count() > max {
        return Some(LineFault::TooLong(max));
    }
    text.chars().find(|c| is_harmful(*c)).map(LineFault::Invisible)
}

/// Like [`line_fault`], for text that may have several lines and tabs.
pub fn lines_fault(text: &str, max: usize) -> Option<LineFault> {
    if text.chars().count() > max {
        return Some(LineFault::TooLong(max));
    }
    text.chars().find(|c| is_harmful(*c) && !matches!(c, '\r' | '\n' | '\t')).map(LineFault::Invisible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_steer_a_terminal_is_written_out() {
        assert_eq!(printable("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(printable("abc\u{202e}cba"), "abc\\u{202e}cba");
        assert_eq!(printable("\u{9b}2J\r\n"), "\\u{9b}2J\\u{d}\\u{a}");
    }

    #[test]
    fn names_of_every_script_stay_as_they_are() {
        for name in ["Zoë", "山田太郎", "محمد", "e\u{301}", "👩🏽"] {
            assert_eq!(printable(name), name);
        }
    }

    #[test]
    fn a_long_or_harmful_line_is_refused() {
        assert!(check_line(&"x".repeat(10_000), 255).is_err());
        assert!(check_line("a\u{7}", 255).unwrap_err().contains("U+0007"));
        assert!(check_line("fine", 255).is_ok());
    }
}
