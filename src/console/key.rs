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
        match event.code {
            KeyCode::Char(c) if modifiers.contains(KeyModifiers::CONTROL) => {
                let sent = sent(c, modifiers);
                sent.unwrap_or(Self { code: KeyCode::Char(c.to_ascii_lowercase()), modifiers })
            }
            code => Self { code, modifiers },
        }
    }
}

/// What arrives of a letter or sign with Ctrl: terminals send one of 32 characters for it, and some of these are other
/// keys' too. None where they have no character for it.
fn sent(c: char, modifiers: KeyModifiers) -> Option<Key> {
    let without = modifiers.difference(KeyModifiers::CONTROL);
    let (code, modifiers) = match c.to_ascii_lowercase() {
        'm' => (KeyCode::Enter, without),
        'i' => (KeyCode::Tab, without),
        '[' | '3' => (KeyCode::Esc, without),
        '?' | '8' => (KeyCode::Backspace, without),
        ' ' | '@' | '2' => (KeyCode::Char(' '), modifiers),
        '\\' | '4' => (KeyCode::Char('\\'), modifiers),
        ']' | '5' => (KeyCode::Char(']'), modifiers),
        '^' | '6' => (KeyCode::Char('^'), modifiers),
        '_' | '/' | '7' => (KeyCode::Char('_'), modifiers),
        letter @ 'a'..='z' => (KeyCode::Char(letter), modifiers),
        _ => return None,
    };
    Some(Key { code, modifiers })
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
                if modifiers.contains(KeyModifiers::CONTROL) {
                    let never = || format!("terminals have no character for `{text}`: take Ctrl with a letter");
                    return sent(c, modifiers).ok_or_else(never);
                }
                KeyCode::Char(c)
            }
            _ => code(rest).ok_or_else(|| format!("`{text}` is no key: write c, Ctrl-s, Space, Enter, PgUp or F5"))?,
        };
        // With Ctrl these send what they send without.
        if matches!(code, KeyCode::Enter | KeyCode::Tab | KeyCode::Esc) {
            modifiers.remove(KeyModifiers::CONTROL);
        }
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
        for wrong in ["", " ", "cc", "Ctrl-", "Hyper-x", "F13", "Ctrl-;", "Ctrl-1", "Ctrl-é"] {
            assert!(Key::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn with_ctrl_some_keys_are_others() {
        for (text, same) in [
            ("Ctrl-m", "Enter"),
            ("Ctrl-I", "Tab"),
            ("Ctrl-[", "Esc"),
            ("Ctrl-Enter", "Enter"),
            ("Ctrl-Alt-m", "Alt-Enter"),
            ("Ctrl-?", "Backspace"),
            ("Ctrl-@", "Ctrl-Space"),
            ("Ctrl-/", "Ctrl-_"),
            ("Ctrl-5", "Ctrl-]"),
        ] {
            assert_eq!(Key::parse(text).unwrap().to_string(), same, "{text}");
        }
        // As the terminal tells them.
        let told = |c| Key::from(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL)).to_string();
        assert_eq!([told('m'), told('5'), told('7'), told('S')], ["Enter", "Ctrl-]", "Ctrl-_", "Ctrl-s"]);
    }
}
