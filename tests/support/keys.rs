//! Keys as text: `n welcome <tab> <C-s>`.
//!
//! Words are typed as they stand and the blanks between them are not; a blank is `<space>`. Names in angle brackets
//! are keys, with `C-`, `A-` and `S-` for Ctrl, Alt and Shift before them; a `<` is `<lt>`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Reads the notation.
///
/// # Panics
///
/// On a name that no key has.
pub fn parse(keys: &str) -> Vec<KeyEvent> {
    let mut events = Vec::new();
    let mut rest = keys;
    while let Some(first) = rest.chars().next() {
        let name = rest.strip_prefix('<').and_then(|inner| inner.split_once('>'));
        if let Some((name, after)) = name {
            events.push(named(name));
            rest = after;
        } else {
            if !first.is_whitespace() {
                events.push(KeyEvent::new(KeyCode::Char(first), KeyModifiers::NONE));
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    events
}

fn named(name: &str) -> KeyEvent {
    let mut modifiers = KeyModifiers::NONE;
    let mut key = name;
    loop {
        let (modifier, rest) = match key.get(..2) {
            Some("C-") => (KeyModifiers::CONTROL, &key[2..]),
            Some("A-") => (KeyModifiers::ALT, &key[2..]),
            Some("S-") => (KeyModifiers::SHIFT, &key[2..]),
            _ => break,
        };
        if rest.is_empty() {
            break;
        }
        modifiers |= modifier;
        key = rest;
    }
    let code = code(key).unwrap_or_else(|| panic!("no key is called <{name}>"));
    if (code, modifiers) == (KeyCode::Tab, KeyModifiers::SHIFT) {
        return KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT);
    }
    KeyEvent::new(code, modifiers)
}

fn code(key: &str) -> Option<KeyCode> {
    let mut letters = key.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Some(KeyCode::Char(letter));
    }
    Some(match key.to_ascii_lowercase().as_str() {
        "enter" | "cr" => KeyCode::Enter,
        "tab" => KeyCode::Tab,
        "esc" => KeyCode::Esc,
        "space" => KeyCode::Char(' '),
        "lt" => KeyCode::Char('<'),
        "backspace" | "bs" => KeyCode::Backspace,
        "delete" | "del" => KeyCode::Delete,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        other => KeyCode::F(other.strip_prefix('f')?.parse().ok().filter(|number| (1..=4).contains(number))?),
    })
}

/// What a terminal sends for a key.
pub fn bytes(key: &KeyEvent) -> Vec<u8> {
    let mut bytes = Vec::new();
    if key.modifiers.contains(KeyModifiers::ALT) {
        bytes.push(0x1b);
    }
    let plain: &[u8] = match key.code {
        KeyCode::Char(letter) if key.modifiers.contains(KeyModifiers::CONTROL) => {
            bytes.push(if letter == ' ' { 0 } else { u8::try_from(letter).unwrap() & 0x1f });
            b""
        }
        KeyCode::Char(letter) => {
            bytes.extend(letter.to_string().bytes());
            b""
        }
        KeyCode::Enter => b"\r",
        KeyCode::Tab => b"\t",
        KeyCode::BackTab => b"\x1b[Z",
        KeyCode::Esc => b"\x1b",
        KeyCode::Backspace => b"\x7f",
        KeyCode::Delete => b"\x1b[3~",
        KeyCode::Up => b"\x1b[A",
        KeyCode::Down => b"\x1b[B",
        KeyCode::Right => b"\x1b[C",
        KeyCode::Left => b"\x1b[D",
        KeyCode::Home => b"\x1b[H",
        KeyCode::End => b"\x1b[F",
        KeyCode::PageUp => b"\x1b[5~",
        KeyCode::PageDown => b"\x1b[6~",
        KeyCode::F(number) => {
            bytes.extend([0x1b, b'O', b'P' + number - 1]);
            b""
        }
        other => panic!("no terminal sequence is known for {other:?}"),
    };
    bytes.extend(plain);
    bytes
}

#[test]
fn words_are_typed_and_brackets_name_keys() {
    let typed: Vec<u8> = parse("n ab<space>c <tab> <C-s><S-tab><A-x> <lt> <esc>").iter().flat_map(bytes).collect();
    assert_eq!(typed, b"nab c\t\x13\x1b[Z\x1bx<\x1b");
}

#[test]
#[should_panic(expected = "no key is called <tabb>")]
fn a_misspelt_key_is_an_error() {
    parse("<tabb>");
}
