//! Keys that custom attributes can have, offered where one is typed.

use tui_textarea::TextArea;

use crate::domain::diagnosis::USER_FIELDS;
use crate::domain::flow::Outline;

/// So many lines above are looked at for the keys that a line stands under.
const LOOKED_BACK: usize = 200;

/// Keys to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestions {
    keys: Vec<String>,
    marked: usize,
}

/// What is typed of a key.
struct Word {
    text: String,
    /// Whether it stands in JSON, where keys have quotes.
    json: bool,
    /// Whether its quote is typed already.
    quoted: bool,
    /// Whether the quote that closes it stands behind the cursor.
    closed: bool,
    /// The keys that it stands under, with a dot behind each.
    path: String,
}

impl Suggestions {
    /// The keys that go on with what is typed before the cursor; none where no key is typed there.
    pub fn at(area: &TextArea<'static>, outline: Option<&Outline>) -> Option<Self> {
        let word = word(area)?;
        let mut keys: Vec<String> = Vec::new();
        let known = outline.into_iter().flat_map(Outline::prompts).map(|prompt| prompt.field_key.as_str());
        for key in known.chain(USER_FIELDS.iter().copied()) {
            let Some(key) = key.strip_prefix(word.path.as_str()) else { continue };
            let begins = key.get(..word.text.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(&word.text));
            if begins && !key.is_empty() && !keys.iter().any(|other| other == key) {
                keys.push(key.to_owned());
            }
        }
        (!keys.is_empty()).then_some(Self { keys, marked: 0 })
    }

    /// The keys, and which of them is marked.
    pub fn shown(&self) -> (&[String], usize) {
        (&self.keys, self.marked)
    }

    /// Marks the next key or the one before.
    pub fn step(&mut self, down: bool) {
        self.marked = if down { (self.marked + 1).min(self.keys.len() - 1) } else { self.marked.saturating_sub(1) };
    }

    /// Writes the marked key in place of what is typed of it.
    pub fn write(&self, area: &mut TextArea<'static>) {
        let (Some(word), Some(key)) = (word(area), self.keys.get(self.marked)) else { return };
        // What is typed is taken away a character at a time.
        area.clear_atomic_ranges();
        for _ in word.text.chars() {
            area.delete_char();
        }
        if word.closed {
            area.delete_next_char();
        }
        let text = match (word.json, word.quoted) {
            (_, true) => format!("{key}\": "),
            (true, false) => format!("\"{key}\": "),
            (false, false) => format!("{key}: "),
        };
        area.insert_str(text);
    }
}

/// Whether something of a key is typed before the cursor.
pub fn begun(area: &TextArea<'static>) -> bool {
    word(area).is_some_and(|word| !word.text.is_empty())
}

fn word(area: &TextArea<'static>) -> Option<Word> {
    let (row, column) = area.cursor();
    let line = area.lines().get(row)?;
    let place = line.char_indices().nth(column).map_or(line.len(), |(place, _)| place);
    let (before, after) = line.split_at(place);
    if !after.trim_matches([' ', '}', '"', ',']).is_empty() {
        return None;
    }
    let first = area.lines().iter().find(|line| !line.trim().is_empty());
    let json = first.is_some_and(|line| line.trim_start().starts_with('{'));
    let typed = before[begin(before, json)?..].trim_start().trim_start_matches("- ");
    let (quoted, typed) = typed.strip_prefix('"').map_or((false, typed), |rest| (true, rest));
    if !typed.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-')) {
        return None;
    }
    let path = if json { String::new() } else { path(&area.lines()[..row], before) };
    let closed = quoted && after.starts_with('"');
    Some(Word { text: typed.to_owned(), json, quoted, closed, path })
}

/// Where a key would begin before the cursor: at the line's beginning, or in a mapping in braces that is open there. None inside
/// of a list in brackets, which has no keys. A comma or a brace in quotes or in the middle of a text means nothing.
fn begin(before: &str, json: bool) -> Option<usize> {
    // What lines above opened in JSON is open.
    let mut open = if json { vec!['{'] } else { Vec::new() };
    let (mut begin, mut quote, mut escaped) = (0, None, false);
    // Whether a key or a value can begin here.
    let mut fresh = true;
    for (place, c) in before.char_indices() {
        if let Some(mark) = quote {
            if c == mark && !escaped {
                quote = None;
                fresh = false;
            }
            escaped = c == '\\' && mark == '"' && !escaped;
            continue;
        }
        match c {
            '"' | '\'' if fresh => quote = Some(c),
            '{' | '[' if fresh => {
                open.push(c);
                begin = place + 1;
            }
            '}' | ']' if !open.is_empty() => {
                open.pop();
                fresh = false;
            }
            ',' if !open.is_empty() => {
                begin = place + 1;
                fresh = true;
            }
            ':' => fresh = true,
            c if c.is_whitespace() => {}
            '-' if fresh => {}
            _ => fresh = false,
        }
    }
    (open.last() != Some(&'[')).then_some(begin)
}

/// The keys that a line stands under, by its indentation.
fn path(above: &[String], line: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut least = indent(line);
    let mut keys = Vec::new();
    for other in above.iter().rev().take(LOOKED_BACK).filter(|other| !other.trim().is_empty()) {
        if least == 0 {
            break;
        }
        if indent(other) < least {
            least = indent(other);
            let Some(key) = other.trim().strip_suffix(':') else { break };
            keys.push(format!("{key}."));
        }
    }
    keys.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use tui_textarea::CursorMove;

    use super::*;

    fn offered(text: &str) -> Vec<String> {
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Suggestions::at(&area, None).map(|found| found.keys).unwrap_or_default()
    }

    /// What becomes of a text with `|` where the cursor is, or else with the cursor at its end.
    fn written(text: &str) -> String {
        let (before, after) = text.split_once('|').unwrap_or((text, ""));
        let mut area = TextArea::new(before.split('\n').map(str::to_owned).collect());
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        let place = area.cursor();
        area.insert_str(after);
        area.move_cursor(CursorMove::Jump(u16::try_from(place.0).unwrap(), u16::try_from(place.1).unwrap()));
        Suggestions::at(&area, None).unwrap().write(&mut area);
        area.lines().join("\n")
    }

    #[test]
    fn keys_are_offered_where_one_is_typed_and_nowhere_else() {
        assert_eq!(offered("em"), ["email"]);
        assert_eq!(offered("{\"us"), ["username"]);
        assert_eq!(offered("a: 1\nEM"), ["email"]);
        for inside in ["a: {na", "a: {b: 1, na", "{\"a\": \"b, c\", \"na", "{\n\"a\": [1, 2], na", "- {na"] {
            assert_eq!(offered(inside), ["name"], "{inside}");
        }
        for elsewhere in [
            "email: x",
            "zzz",
            "two words",
            "attributes:\n  em",
            "ä",
            "greeting: Hello, na",
            "greeting: Hello {na",
            "greeting: \"a, {na",
            "{\"greeting\": \"Hello, na",
            "{\"greeting\": \"\\\"Hello, na",
            "a: [b, na",
            "{\"a\": [\"b\", na",
        ] {
            assert!(offered(elsewhere).is_empty(), "{elsewhere}");
        }
    }

    #[test]
    fn what_is_chosen_is_written_as_the_text_has_it() {
        assert_eq!(written("em"), "email: ");
        assert_eq!(written("{\"em"), "{\"email\": ");
        assert_eq!(written("{\"a\": 1, em"), "{\"a\": 1, \"email\": ");
        assert_eq!(written("{\"em|\"}"), "{\"email\": }");
        assert_eq!(written("{\"em|}"), "{\"email\": }");
        assert_eq!(written("a: {em|}"), "a: {email: }");
    }
}
