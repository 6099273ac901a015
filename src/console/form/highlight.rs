//! Colours for YAML and JSON, a line at a time. What a word means is asked of the reader itself, so that `1e3` looks like the text
//! that it is. Without colours, keys are bold, comments dim, numbers and words like `true` underlined.

use std::ops::Range;

use ratatui::style::{Color, Modifier, Style};
use tui_textarea::TextArea;

use crate::blueprint::plain_scalar;

/// So many rows above and below the cursor are coloured: more are never in sight.
const AROUND: usize = 8;
/// A line that is longer is left as it is.
const LONGEST: usize = 2_000;
/// So many lines above are looked at for the head of a block of text.
const LOOKED_BACK: usize = 200;

const KEY: Style = Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD);
const TEXT: Style = Style::new().fg(Color::Green);
const NUMBER: Style = Style::new().fg(Color::Yellow).add_modifier(Modifier::UNDERLINED);
const WORD: Style = Style::new().fg(Color::Magenta).add_modifier(Modifier::UNDERLINED);
const COMMENT: Style = Style::new().add_modifier(Modifier::DIM).add_modifier(Modifier::ITALIC);

/// What a piece of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Key,
    Text,
    Number,
    Word,
    Comment,
}

impl Kind {
    fn style(self) -> Style {
        match self {
            Self::Key => KEY,
            Self::Text => TEXT,
            Self::Number => NUMBER,
            Self::Word => WORD,
            Self::Comment => COMMENT,
        }
    }
}

/// Colours the rows that may be in sight.
pub(super) fn colour(area: &mut TextArea<'static>) {
    area.clear_custom_highlight();
    let row = area.cursor().0;
    let mut found = Vec::new();
    let lines = area.lines();
    let json = lines.iter().find_map(|line| line.trim_start().chars().next()).is_some_and(|c| matches!(c, '{' | '['));
    for (index, line) in lines.iter().enumerate().take(row + AROUND).skip(row.saturating_sub(AROUND)) {
        if line.len() > LONGEST {
            continue;
        }
        if !json && in_block(&lines[index.saturating_sub(LOOKED_BACK)..index], line) {
            found.push((index, 0..line.len(), Kind::Text));
            continue;
        }
        found.extend(pieces(line, json).into_iter().map(|(range, kind)| (index, range, kind)));
    }
    for (index, range, kind) in found {
        area.custom_highlight(((index, range.start), (index, range.end)), kind.style(), 1);
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a line belongs to a block of text, which begins with `|` or `>` at the end of a line that is indented less.
fn in_block(above: &[String], line: &str) -> bool {
    let mut least = if line.trim().is_empty() { usize::MAX } else { indent(line) };
    for other in above.iter().rev().filter(|other| !other.trim().is_empty()) {
        if indent(other) < least {
            least = indent(other);
            let end = other.trim_end().trim_end_matches(['-', '+']);
            if end.ends_with(": |") || end.ends_with(": >") {
                return true;
            }
        }
    }
    false
}

/// Takes a line apart.
fn pieces(line: &str, json: bool) -> Vec<(Range<usize>, Kind)> {
    let mut found = Vec::new();
    let mut depth = usize::from(json);
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        let next = at + c.len_utf8();
        match c {
            '#' if at == 0 || line[..at].ends_with(' ') => {
                found.push((at..line.len(), Kind::Comment));
                break;
            }
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1).max(usize::from(json)),
            '"' | '\'' => {
                let end = quoted(line, at, c);
                let key = line[end..].trim_start().starts_with(':');
                found.push((at..end, if key { Kind::Key } else { Kind::Text }));
                at = end;
                continue;
            }
            ' ' | ',' | ':' => {}
            '-' if line[next..].starts_with(' ') || next == line.len() => {}
            _ => {
                let (end, kind) = plain(line, at, depth > 0);
                found.extend(kind.map(|kind| (at..end, kind)));
                at = end.max(next);
                continue;
            }
        }
        at = next;
    }
    found
}

/// Where text in quotes ends. In single quotes, two of them are one.
fn quoted(line: &str, start: usize, quote: char) -> usize {
    let mut rest = line[start + 1..].char_indices().peekable();
    while let Some((offset, c)) = rest.next() {
        if c == '\\' && quote == '"' {
            rest.next();
        } else if c == quote {
            if quote == '\'' && rest.peek().is_some_and(|(_, next)| *next == quote) {
                rest.next();
                continue;
            }
            return start + 1 + offset + 1;
        }
    }
    line.len()
}

/// Where a plain word ends, and what it is.
fn plain(line: &str, start: usize, flow: bool) -> (usize, Option<Kind>) {
    let rest = &line[start..];
    let mut end = rest.len();
    let mut key = false;
    for (offset, c) in rest.char_indices() {
        let after = &rest[offset + c.len_utf8()..];
        if c == ':' && (after.is_empty() || after.starts_with([' ', ','])) {
            (end, key) = (offset, true);
            break;
        }
        if (c == ' ' && after.starts_with('#')) || (flow && matches!(c, ',' | '}' | ']')) {
            end = offset;
            break;
        }
    }
    let word = rest[..end].trim_end();
    if word.is_empty() {
        return (start, None);
    }
    let kind = if key {
        Some(Kind::Key)
    } else {
        match plain_scalar(word) {
            Ok(serde_json::Value::Number(_)) => Some(Kind::Number),
            Ok(serde_json::Value::Bool(_) | serde_json::Value::Null) => Some(Kind::Word),
            _ => Some(Kind::Text),
        }
    };
    (start + word.len(), kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, json: bool) -> Vec<(&str, Kind)> {
        pieces(line, json).into_iter().map(|(range, kind)| (&line[range], kind)).collect()
    }

    #[test]
    fn keys_values_and_comments_are_told_apart() {
        use Kind::{Comment, Key, Number, Text, Word};
        assert_eq!(shown("email: a#b:c # why", false), [("email", Key), ("a#b:c", Text), ("# why", Comment)]);
        assert_eq!(shown("  - n: 12", false), [("n", Key), ("12", Number)]);
        assert_eq!(shown("a: 1e3", false), [("a", Key), ("1e3", Text)]);
        assert_eq!(shown("ä: yes", false), [("ä", Key), ("yes", Word)]);
        assert_eq!(shown("'it''s': \"x\\\"y\"", false), [("'it''s'", Key), ("\"x\\\"y\"", Text)]);
        assert_eq!(
            shown("a: {b: null, c: [1, x]}", false),
            [("a", Key), ("b", Key), ("null", Word), ("c", Key), ("1", Number), ("x", Text)]
        );
        assert_eq!(shown("\"a\": true,", true), [("\"a\"", Key), ("true", Word)]);
    }

    #[test]
    fn a_block_of_text_is_text() {
        let above = ["a: |".to_owned(), "  key: no".to_owned()];
        assert!(in_block(&above[..1], "  key: no") && in_block(&above, "  more: text"));
        assert!(!in_block(&above, "b: 1"));
    }

    #[test]
    fn no_line_is_too_strange() {
        for line in [
            "\"",
            "'",
            ":",
            ":::",
            "{",
            "}}",
            "- -",
            "\u{301}:",
            "👩🏽‍🚀: 山",
            "a:\u{a0}b",
            "\u{a0}",
            "\u{3000}x",
            "#",
            " #",
            ",",
        ] {
            for json in [false, true] {
                for (range, _) in pieces(line, json) {
                    assert!(line.get(range).is_some(), "{line}");
                }
            }
        }
    }
}
