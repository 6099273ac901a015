//! Keys and their names.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with what is held down beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// A letter or sign.
pub const fn char(c: char) -> Key {
    Key { code: KeyCode::Char(c), modifiers: KeyModifiers::NONE }
}

/// A letter with Ctrl.
pub const fn ctrl(c: char) -> Key {
    Key { code: KeyCode::Char(c), modifiers: KeyModifiers::CONTROL }
}

/// A key with a name.
pub const fn named(code: KeyCode) -> Key {
    Key { code, modifiers: KeyModifiers::NONE }
}

impl From<KeyEvent> for Key {
    /// Shift is left out: `L` says it already, and terminals differ in whether they report it.
    fn from(event: KeyEvent) -> Self {
        let modifiers = event.modifiers.intersection(KeyModifiers::CONTROL.union(KeyModifiers::ALT));
        let code = match event.code {
            KeyCode::Char(c) if modifiers.contains(KeyModifiers::CONTROL) => KeyCode::Char(c.to_ascii_lowercase()),
            other => other,
        };
        Self { code, modifiers }
    }
}

impl Key {
    /// Reads a key as [`Display`](fmt::Display) writes it: `c`, `Ctrl-s`, `Alt-x`, `Space`, `F5`. Case matters for letters only.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mut rest, mut modifiers) = (text, KeyModifiers::NONE);
        while let Some((before, after)) = rest.split_once('-').filter(|(before, after)| {
            !after.is_empty() && ["ctrl", "c", "alt", "a"].contains(&before.to_ascii_lowercase().as_str())
        }) {
            let control = before.to_ascii_lowercase().starts_with('c');
            modifiers |= if control { KeyModifiers::CONTROL } else { KeyModifiers::ALT };
            rest = after;
        }
        let mut letters = rest.chars();
        let code = match (letters.next(), letters.next()) {
            (Some(c), None) if !c.is_control() && c != ' ' => {
                KeyCode::Char(if modifiers.contains(KeyModifiers::CONTROL) { c.to_ascii_lowercase() } else { c })
            }
            _ => code(rest).ok_or_else(|| format!("`{text}` is no key: write c, Ctrl-s, Space, Enter, PgUp or F5"))?,
        };
        Ok(Self { code, modifiers })
    }

    /// Whether it types something.
    pub fn is_text(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && self.modifiers.is_empty()
    }
}

fn code(name: &str) -> Option<KeyCode> {
    Some(match name.to_ascii_lowercase().as_str() {
        "space" => KeyCode::Char(' '),
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "shift-tab" => KeyCode::BackTab,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "insert" => KeyCode::Insert,
        "delete" => KeyCode::Delete,
        "backspace" => KeyCode::Backspace,
        other => KeyCode::F(other.strip_prefix('f')?.parse().ok().filter(|number| (1..=12).contains(number))?),
    })
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.modifiers.contains(KeyModifiers::CONTROL) {
            f.write_str("Ctrl-")?;
        }
        if self.modifiers.contains(KeyModifiers::ALT) {
            f.write_str("Alt-")?;
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::PageDown => f.write_str("PgDn"),
            KeyCode::BackTab => f.write_str("Shift-Tab"),
            KeyCode::F(number) => write!(f, "F{number}"),
            other => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for text in ["c", "L", "-", "Ctrl-s", "Alt-x", "Space", "Enter", "Shift-Tab", "PgUp", "F5", "é"] {
            assert_eq!(Key::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Key::parse("ctrl-S"), Ok(ctrl('s')));
        for wrong in ["", " ", "cc", "Ctrl-", "Hyper-x", "F13"] {
            assert!(Key::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
