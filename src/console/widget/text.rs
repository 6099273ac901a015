//! Text in columns: cut, padded and wrapped by what the terminal shows, not by bytes or characters.

use ratatui::style::Style;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::text::{printable, shorten};

/// The most characters of one value that are ever laid out: more fit on no screen, and a hostile value may have megabytes.
const MOST: usize = 2_000;

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// A text from the database, made harmless and bounded. Everything that comes from data passes here.
pub fn safe(text: &str) -> String {
    printable(&shorten(text, MOST)).into_owned()
}

/// A text from the database as a span.
pub fn span(text: &str, style: Style) -> Span<'static> {
    Span::styled(safe(text), style)
}

/// The text cut to a number of columns, with `…` where something was cut. Wide characters are never halved.
pub fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let wide = grapheme.width();
        if used + wide > columns - 1 {
            break;
        }
        used += wide;
        kept.push_str(grapheme);
    }
    kept.push('…');
    kept
}

/// Like [`cut`], but keeps the end: for paths.
pub fn cut_front(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut used = 0;
    for grapheme in text.graphemes(true).rev() {
        let wide = grapheme.width();
        if used + wide > columns - 1 {
            break;
        }
        used += wide;
        kept.push(grapheme);
    }
    kept.push("…");
    kept.into_iter().rev().collect()
}

/// The text cut and filled with blanks to exactly that many columns.
pub fn pad(text: &str, columns: usize) -> String {
    let mut text = cut(text, columns);
    let missing = columns.saturating_sub(text.width());
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

/// The text in lines of at most that many columns, broken between words where possible. Line breaks in it stay.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    text.split('\n').flat_map(|line| wrap_line(line, columns)).collect()
}

fn wrap_line(text: &str, columns: usize) -> Vec<String> {
    let indent: String = text.chars().take_while(|c| *c == ' ').take(columns / 2).collect();
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if line.width() + word.trim_end().width() > columns && !line.trim().is_empty() {
            lines.push(std::mem::replace(&mut line, indent.clone()).trim_end().to_owned());
        }
        for grapheme in word.graphemes(true) {
            if line.width() + grapheme.width() > columns {
                if grapheme == " " {
                    continue;
                }
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(grapheme);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// The text in lines of exactly as many columns as there are, broken anywhere: for links, which have no words.
pub fn chunk(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for grapheme in text.graphemes(true) {
        if lines.last().is_some_and(|line| line.width() + grapheme.width() > columns.max(1)) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(grapheme);
        }
    }
    lines
}

/// A number with separators: `1,204`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number in at most that many columns: `1,204`, or `6.3k` and `1.2M` where there is no room for all of it.
pub fn number_within(number: u64, columns: usize) -> String {
    let whole = self::number(number);
    if whole.len() <= columns {
        return whole;
    }
    let (unit, sign) = match number {
        ..1_000_000 => (1_000, 'k'),
        1_000_000..1_000_000_000 => (1_000_000, 'M'),
        _ => (1_000_000_000, 'G'),
    };
    let tenths = number / (unit / 10);
    let short =
        if tenths < 100 { format!("{}.{}{sign}", tenths / 10, tenths % 10) } else { format!("{}{sign}", tenths / 10) };
    if short.len() <= columns { short } else { cut(&short, columns) }
}

/// A number of things: `1 flow`, `2 flows`.
pub fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{} {thing}s", self::number(number)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_as_long_as_there_is_room() {
        let within = |columns| [7, 999, 6_306, 63_067, 999_999, 1_204_000].map(|number| number_within(number, columns));
        assert_eq!(within(9), ["7", "999", "6,306", "63,067", "999,999", "1,204,000"]);
        assert_eq!(within(4), ["7", "999", "6.3k", "63k", "999k", "1.2M"]);
    }

    #[test]
    fn columns_stay_aligned_whatever_is_in_them() {
        for name in ["plain", "山田太郎山田太郎", "e\u{301}e\u{301}", "👩🏽👩🏽👩🏽👩🏽👩🏽👩🏽", "", "محمد"]
        {
            assert_eq!(width(&pad(name, 7)), 7, "{name}");
        }
    }

    #[test]
    fn a_wide_character_is_never_halved() {
        assert_eq!(cut("山田太郎", 6), "山田…");
        assert_eq!(cut_front("/home/jane/x", 6), "…ane/x");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn lines_break_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("a\n\nb", 4), ["a", "", "b"]);
        assert_eq!(chunk("abcdefg", 3), ["abc", "def", "g"]);
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(number(1_204), "1,204");
        assert_eq!(number(128), "128");
        assert_eq!(count(1, "flow"), "1 flow");
    }
}
