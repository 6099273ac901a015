//! Colours as every terminal knows them.
//!
//! The library below writes the sixteen colours of a terminal as the first sixteen of 256, and takes the colour of
//! underlines back, which was never set. Old terminals and the system's console know neither. This writer stands
//! before the terminal and says the same in the old words.

use std::io::{self, Write};

/// A sequence that is longer than any that sets colours is passed on as it is.
const LONGEST: usize = 64;

/// A writer that collects a frame, with its colours in the old words, until it is flushed.
#[derive(Debug)]
pub struct Sixteen<W> {
    inner: W,
    ready: Vec<u8>,
    /// A control sequence whose end is still to come: it may be written in pieces.
    sequence: Vec<u8>,
}

impl<W: Write> Sixteen<W> {
    /// Writes to that.
    pub fn new(inner: W) -> Self {
        Self { inner, ready: Vec::new(), sequence: Vec::new() }
    }

    fn take(&mut self, byte: u8) {
        self.sequence.push(byte);
        match self.sequence.as_slice() {
            [0x1b] | [0x1b, b'['] => {}
            // Parameters, and more than there ever are.
            [0x1b, b'[', ..] if (0x20..0x40).contains(&byte) && self.sequence.len() < LONGEST => {}
            [0x1b, b'[', parameters @ .., b'm'] => {
                let said = old_words(parameters);
                match said {
                    Some(said) if said.is_empty() && !parameters.is_empty() => {}
                    Some(said) => self.ready.extend(format!("\x1b[{said}m").bytes()),
                    None => self.ready.extend(&self.sequence),
                }
                self.sequence.clear();
            }
            // An escape in the middle begins another sequence.
            [.., 0x1b] => {
                self.sequence.pop();
                self.ready.append(&mut self.sequence);
                self.sequence.push(0x1b);
            }
            _ => self.ready.append(&mut self.sequence),
        }
    }
}

impl<W: Write> Write for Sixteen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            if self.sequence.is_empty() && *byte != 0x1b {
                self.ready.push(*byte);
            } else {
                self.take(*byte);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = self.inner.write_all(&self.ready);
        // Also what could not be written: the next frame would come after half of this one.
        self.ready.clear();
        written?;
        self.inner.flush()
    }
}

/// The parameters that say the same, none left where nothing is to be said; `None` where they are no plain numbers.
fn old_words(parameters: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(parameters).ok()?;
    if text.is_empty() {
        return Some(String::new());
    }
    let numbers: Vec<u16> = text.split(';').map(str::parse).collect::<Result<_, _>>().ok()?;
    let mut said: Vec<String> = Vec::new();
    let mut rest = numbers.as_slice();
    while let [first, after @ ..] = rest {
        rest = match (first, after) {
            (38 | 48, [5, colour @ 0..=15, after @ ..]) => {
                let base = if *colour < 8 { first - 8 } else { first + 52 };
                said.push((base + colour % 8).to_string());
                after
            }
            // Other colours stand as they are, their numbers are no attributes.
            (38 | 48, [5, _, after @ ..] | [2, _, _, _, after @ ..]) => {
                let length = rest.len() - after.len();
                said.extend(rest[..length].iter().map(ToString::to_string));
                after
            }
            // The colour of underlines.
            (58, [5, _, after @ ..] | [2, _, _, _, after @ ..]) | (59, after) => after,
            (other, after) => {
                said.push(other.to_string());
                after
            }
        };
    }
    Some(said.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What arrives of pieces.
    fn written(pieces: &[&str]) -> String {
        let mut arrived = Vec::new();
        let mut writer = Sixteen::new(&mut arrived);
        for piece in pieces {
            writer.write_all(piece.as_bytes()).unwrap();
        }
        writer.flush().unwrap();
        String::from_utf8(arrived).unwrap()
    }

    #[test]
    fn the_sixteen_colours_are_said_in_the_old_words() {
        for (new, old) in [
            ("\x1b[38;5;2;49m", "\x1b[32;49m"),
            ("\x1b[38;5;0m", "\x1b[30m"),
            ("\x1b[38;5;8m", "\x1b[90m"),
            ("\x1b[38;5;15;48;5;7m", "\x1b[97;47m"),
            ("\x1b[39;48;5;9m", "\x1b[39;101m"),
            ("\x1b[1;38;5;3;4m", "\x1b[1;33;4m"),
            ("\x1b[59m", ""),
            ("\x1b[0;59m", "\x1b[0m"),
            ("\x1b[58;5;3;1m", "\x1b[1m"),
            ("\x1b[58;2;1;2;3m", ""),
        ] {
            assert_eq!(written(&[new]), old, "{new:?}");
        }
    }

    #[test]
    fn everything_else_arrives_as_it_was_written() {
        for text in [
            "plain äöü ⚠ text\n",
            "\x1b[m",
            "\x1b[0m\x1b[39;49m",
            "\x1b[38;5;200m",
            "\x1b[38;2;38;5;1m",
            "\x1b[4:3m",
            "\x1b[12;40H\x1b[?2026h\x1b[?1049l\x1b[2J",
            "\x1b]52;c;aGk=\x07",
            "\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\",
            "\x1b7\x1b(B",
        ] {
            assert_eq!(written(&[text]), text, "{text:?}");
        }
        let long = format!("\x1b[{}m", "1;".repeat(100));
        assert_eq!(written(&[&long]), long);
    }

    #[test]
    fn it_does_not_matter_in_which_pieces_a_sequence_is_written() {
        let text = "a\x1b[38;5;12mb\x1b[59m\x1b\x1b[48;5;3mc\x1b[38;5;1\x1b[1md";
        let whole = written(&[text]);
        assert_eq!(whole, "a\x1b[94mb\x1b\x1b[43mc\x1b[38;5;1\x1b[1md");
        for at in 1..text.len() {
            assert_eq!(written(&[&text[..at], &text[at..]]), whole, "at {at}");
        }
        let single: Vec<&str> = text.split_inclusive(|_| true).collect();
        assert_eq!(written(&single), whole);
    }

    #[test]
    fn nothing_arrives_before_it_is_flushed() {
        let mut arrived = Vec::new();
        let mut writer = Sixteen::new(&mut arrived);
        write!(writer, "half").unwrap();
        drop(writer);
        assert!(arrived.is_empty());
    }
}
