//! From values to YAML text that every reader, of YAML 1.1 or 1.2, reads as the same values.

use super::scalar;
use crate::domain::text::is_harmful;
use serde_json::{Map, Number, Value};
use std::fmt::Write as _;

/// Longer keys need the form with a question mark: readers look no further than 1024 characters for the colon.
const KEY_LIMIT: usize = 800;

/// Writes a mapping as YAML in block form, a key a line, ending with a line break; the empty mapping is no text at all.
///
/// [`parse_mapping`](super::parse_mapping) reads it back as it was.
pub fn emit_mapping(map: &Map<String, Value>) -> String {
    let mut out = String::new();
    for (key, value) in map {
        pair(&mut out, 0, key, value);
    }
    out
}

/// A scalar as it can stand on one line; nothing for a text of several lines, a list or a mapping.
pub fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(value) => Some(number(value)),
        Value::String(value) if !value.contains('\n') => Some(text(value)),
        Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A key with its value, at an indent that the caller has written; several lines where it takes them.
pub fn pair(out: &mut String, indent: usize, key: &str, value: &Value) {
    let key = text(key);
    if key.chars().count() > KEY_LIMIT {
        let _ = write!(out, "? {key}\n{:indent$}", "");
    } else {
        out.push_str(&key);
    }
    out.push(':');
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            for (key, value) in map {
                let _ = write!(out, "{:1$}", "", indent + 2);
                pair(out, indent + 2, key, value);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            list(out, indent + 2, items);
        }
        _ => flat(out, indent + 2, value),
    }
}

/// The items of a list, a line each, at an indent.
fn list(out: &mut String, indent: usize, items: &[Value]) {
    for item in items {
        let _ = write!(out, "{:indent$}-", "");
        match item {
            Value::Object(map) if !map.is_empty() => {
                out.push(' ');
                for (index, (key, value)) in map.iter().enumerate() {
                    if index > 0 {
                        let _ = write!(out, "{:1$}", "", indent + 2);
                    }
                    pair(out, indent + 2, key, value);
                }
            }
            Value::Array(inner) if !inner.is_empty() => {
                out.push('\n');
                list(out, indent + 2, inner);
            }
            _ => flat(out, indent + 2, item),
        }
    }
}

/// A value that stands on the line of its key or dash, and the line's end.
fn flat(out: &mut String, indent: usize, value: &Value) {
    match value {
        Value::Null => out.push_str(" null\n"),
        Value::Bool(value) => drop(writeln!(out, " {value}")),
        Value::Number(value) => drop(writeln!(out, " {}", number(value))),
        Value::String(value) if is_block(value) => block(out, indent, value),
        Value::String(value) => drop(writeln!(out, " {}", text(value))),
        Value::Array(_) => out.push_str(" []\n"),
        Value::Object(_) => out.push_str(" {}\n"),
    }
}

/// YAML 1.1 knows exponents only after a dot and with a sign.
fn number(value: &Number) -> String {
    let shown = value.to_string();
    let Some((mantissa, exponent)) = shown.split_once(['e', 'E']) else { return shown };
    let dot = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
    format!("{mantissa}{dot}e{sign}{exponent}")
}

/// Whether a text of several lines can stand as it is, below a `|`.
fn is_block(value: &str) -> bool {
    value.contains('\n')
        && !value.starts_with([' ', '\n'])
        && !value.ends_with("\n\n")
        && value
            .lines()
            .all(|line| !line.ends_with(' ') && !line.chars().any(|c| c != ' ' && (c.is_whitespace() || is_harmful(c))))
        && value.chars().all(|c| c == '\n' || !is_unsafe(c))
}

fn block(out: &mut String, indent: usize, value: &str) {
    out.push_str(if value.ends_with('\n') { " |\n" } else { " |-\n" });
    for line in value.lines() {
        if line.is_empty() {
            out.push('\n');
        } else {
            let _ = writeln!(out, "{:indent$}{line}", "");
        }
    }
}

/// A text as it can stand on one line: bare where no reader mistakes it, otherwise in double quotes.
pub fn text(value: &str) -> String {
    if is_bare(value) { value.to_owned() } else { quoted(value) }
}

/// A text in double quotes.
pub fn quoted(value: &str) -> String {
    let mut out = String::from("\"");
    for character in value.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            _ if is_unsafe(character) => {
                let code = u32::from(character);
                let _ = if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// Characters written as escapes: hidden ones, and spaces and breaks that readers take differently.
fn is_unsafe(character: char) -> bool {
    is_harmful(character)
        || (character != ' ' && character.is_whitespace())
        || matches!(u32::from(character) & 0xffff, 0xfffe | 0xffff)
}

fn is_bare(value: &str) -> bool {
    let starts = value.starts_with(|first: char| first.is_alphanumeric() || matches!(first, '_' | '/'));
    let allowed = |character: char| {
        character.is_alphanumeric()
            || matches!(
                character,
                ' ' | '_'
                    | '-'
                    | '.'
                    | '/'
                    | '@'
                    | '+'
                    | ','
                    | '('
                    | ')'
                    | '\''
                    | '&'
                    | '='
                    | ';'
                    | '!'
                    | '?'
                    | ':'
                    | '%'
                    | '~'
                    | '$'
            )
    };
    starts
        && value.chars().all(|character| allowed(character) && !is_unsafe(character))
        && !value.ends_with([' ', ':'])
        && !value.contains(": ")
        && scalar::plain(value).is_ok_and(|read| read == *value)
        && scalar::timestamp(value).is_none()
        && !is_number_elsewhere(value)
        && !matches!(value, "y" | "Y" | "n" | "N")
}

/// Text for YAML 1.1 that YAML 1.2 reads as a number: `1e3`, `0o17`, `08`.
fn is_number_elsewhere(value: &str) -> bool {
    value.parse::<f64>().is_ok() || value.starts_with("0o")
}
