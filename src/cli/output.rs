//! The only place that prints: results on standard output, messages on standard error.

use std::fmt::{Display, Write as _};
use std::io::{self, BufWriter, Stdout, Write};

use chrono::{DateTime, Local, Utc};
use serde::Serialize;

use crate::domain::text::{is_harmful, printable_lines};

/// Standard output, buffered, in one of two forms: lines for people or one JSON document.
#[derive(Debug)]
pub struct Output {
    json: bool,
    stdout: BufWriter<Stdout>,
}

impl Output {
    /// Prints for people, or one JSON document.
    pub fn new(json: bool) -> Self {
        Self { json, stdout: BufWriter::new(io::stdout()) }
    }

    /// Whether a JSON document is wanted.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints text that may have several lines; whatever could steer a terminal is written out.
    pub fn line(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self.stdout, "{}", printable_lines(&text.to_string()))
    }

    /// Prints a JSON document. Characters that could steer a terminal are escaped as JSON has it, so that programs read
    /// the same text.
    pub fn document(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        writeln!(self.stdout, "{}", escape(&text))
    }

    /// Hands everything over to whoever reads it.
    pub fn finish(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }
}

/// Escapes what may stand raw in JSON and yet is harmful. Line breaks stand only between values here: those inside of
/// strings are escaped already.
fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_harmful(c) {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String can't fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

/// Prints a message on standard error. A message that nobody can read is lost: there is no other place to say so.
pub fn say(text: impl Display) {
    let _ = writeln!(io::stderr(), "{}", printable_lines(&text.to_string()));
}

/// An instant in the local time zone, as tables show it.
pub fn local(instant: DateTime<Utc>) -> String {
    instant.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string()
}

/// `yes` or `no`.
pub fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_carries_hostile_text_escaped_and_unchanged() {
        let text = "a\u{1b}[31m\u{9b}\u{202e}\u{e0041}\n\u{7f}é";
        let json = serde_json::to_string_pretty(&[text]).unwrap();
        let escaped = escape(&json);
        assert!(escaped.chars().all(|c| c == '\n' || !is_harmful(c)), "{escaped}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&escaped).unwrap(), [text]);
    }
}
