//! From bytes to the text that the scanner may see.

use super::problem::{Problem, Problems};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The largest file read, in bytes: two thousand entries take about half a megabyte.
pub const SIZE_LIMIT: usize = 4 << 20;

/// The text without byte order mark, once it is known to be UTF-8, not too large and free of control characters.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Problems> {
    if bytes.len() > SIZE_LIMIT {
        let size = bytes.len().div_ceil(1 << 20);
        return Err(
            Problem::new(0, 0, format!("The file has {size} MB; at most {} are read.", SIZE_LIMIT >> 20)).into()
        );
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Problem::new(1, 1, "The file is UTF-16; save it as UTF-8.").into());
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let (valid, rest) = bytes.split_at(error.valid_up_to());
            let (line, column) = end_of(&String::from_utf8_lossy(valid));
            let byte = rest.first().copied().unwrap_or_default();
            return Err(Problem::new(line, column, format!("The byte 0x{byte:02x} is not UTF-8 text.")).into());
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(index) = text.find(is_forbidden) {
        let (line, column) = end_of(&text[..index]);
        let code = text[index..].chars().next().map_or(0, u32::from);
        let message =
            format!("The control character U+{code:04X} may not stand in YAML; write \"\\u{code:04x}\" in quotes.");
        return Err(Problem::new(line, column, message).into());
    }
    Ok(join_surrogates(text))
}

fn is_forbidden(character: char) -> bool {
    (character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{85}'))
        || matches!(character, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Line and column just after a text.
fn end_of(text: &str) -> (usize, usize) {
    let mut line = 1;
    let mut column = 1;
    let mut previous = '\0';
    for character in text.chars() {
        if character == '\n' && previous == '\r' {
            // The second half of one line break.
        } else if matches!(character, '\n' | '\r') {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
        previous = character;
    }
    (line, column)
}

/// JSON writes characters outside of the first plane as two escapes, `\ud83d\ude00`, which YAML does not know.
fn join_surrogates(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut index = 0;
    while let Some(found) = text[index..].find('\\') {
        let start = index + found;
        // A backslash and what it escapes are taken together, so that `\\ud83d` stays what it is.
        index = start + 1 + text[start + 1..].chars().next().map_or(0, char::len_utf8);
        let units = text.get(start..start + 12).and_then(|pair| Some((unit(pair.get(..6)?)?, unit(pair.get(6..)?)?)));
        let Some((high @ 0xd800..=0xdbff, low @ 0xdc00..=0xdfff)) = units else { continue };
        let code = 0x10000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(low) - 0xdc00);
        out.push_str(&text[copied..start]);
        let _ = write!(out, "\\U{code:08x}");
        index = start + 12;
        copied = index;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}
