//! Line breaks of every system as one: only so can lines be counted.

use std::io::{Read, Result};

/// Reads text with `\n` in place of `\r\n` and `\r`, and one at its end.
pub(super) struct Newlines<R> {
    inner: R,
    last: u8,
    ended: bool,
}

impl<R: Read> Newlines<R> {
    /// The text of a source.
    pub fn new(inner: R) -> Self {
        Self { inner, last: b'\n', ended: false }
    }
}

impl<R: Read> Read for Newlines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while !self.ended && !buffer.is_empty() {
            let count = self.inner.read(buffer)?;
            if count == 0 {
                self.ended = true;
                if matches!(self.last, b'\n' | b'\r') {
                    return Ok(0);
                }
                buffer[0] = b'\n';
                return Ok(1);
            }
            let mut kept = 0;
            for index in 0..count {
                let byte = buffer[index];
                let second_half = byte == b'\n' && self.last == b'\r';
                self.last = byte;
                if !second_half {
                    buffer[kept] = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn every_line_break_is_one() {
        for (text, wanted) in [("a\r\nb\rc\n\r\nd", "a\nb\nc\n\nd\n"), ("", ""), ("a\r\n", "a\n"), ("\r\r\n", "\n\n")] {
            let mut read = String::new();
            Newlines::new(text.as_bytes()).read_to_string(&mut read).unwrap();
            assert_eq!(read, wanted, "{text:?}");
            read.clear();
            Newlines::new(Slow(text.as_bytes())).read_to_string(&mut read).unwrap();
            assert_eq!(read, wanted, "{text:?}");
        }
    }
}
