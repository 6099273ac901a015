//! Windows onto long lists: a page around a place, found by key and not by counting.

use chrono::{DateTime, Utc};

use super::db::Val;

/// Where in a list a page lies. `K` is what identifies a place in the list's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor<K> {
    /// From the beginning.
    First,
    /// Up to the end.
    Last,
    /// Around a place, whether or not its row still exists.
    Around(K),
}

/// A window onto a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows, in order.
    pub rows: Vec<T>,
    /// Whether there are rows before the first.
    pub more_before: bool,
    /// Whether there are rows after the last.
    pub more_after: bool,
    /// How many rows match in all, counted up to [`MOST_COUNTED`].
    pub total: u64,
    /// Whether there may be more than that.
    pub uncounted: bool,
}

/// How a list looks for text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum How {
    /// The text stands somewhere.
    #[default]
    Contains,
    /// The text stands nowhere.
    Lacks,
    /// The letters stand there in this order, whatever is between them.
    Fuzzy,
}

/// Something that a list looks for, ignoring case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Term {
    /// The text.
    pub text: String,
    /// What it means to find it.
    pub how: How,
}

impl Term {
    /// A text that must stand somewhere.
    pub fn contains(text: impl Into<String>) -> Self {
        Self { text: text.into(), how: How::Contains }
    }

    /// The pattern for LIKE, and whether it must not be found.
    pub(crate) fn arguments(&self) -> [Val; 2] {
        let pattern = if self.how == How::Fuzzy { in_order(&self.text) } else { containing(&self.text) };
        // Without text there is nothing to lack.
        [pattern.into(), (self.how == How::Lacks && !self.text.trim().is_empty()).into()]
    }
}

/// More rows than there are of anything short enough to be read whole.
pub(crate) const EVERY: usize = 1_000_000;

/// So many terms are looked for each for itself; more are left out.
pub const TERMS: usize = 4;

/// The arguments of [`terms`]: a pattern and whether it must not be found, for each of [`TERMS`].
pub(crate) fn term_arguments(terms: &[Term]) -> Vec<Val> {
    let none = || ["".into(), false.into()];
    (0..TERMS).flat_map(|place| terms.get(place).map_or_else(none, Term::arguments)).collect()
}

/// Whether all terms fit, by a macro that says where a pattern is looked for: `$1` to `$8` are [`term_arguments`].
macro_rules! terms {
    ($found:ident) => {
        concat!(
            "($1 = '' OR (",
            $found!("$1"),
            ") <> $2) AND ($3 = '' OR (",
            $found!("$3"),
            ") <> $4) AND ",
            "($5 = '' OR (",
            $found!("$5"),
            ") <> $6) AND ($7 = '' OR (",
            $found!("$7"),
            ") <> $8)"
        )
    };
}
pub(crate) use terms;

/// How a list is sorted by one of its orders. What is equal is sorted by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sort<O> {
    /// By what.
    pub by: O,
    /// Whether the greatest comes first.
    pub reverse: bool,
}

/// A place in a list that can be sorted by several things. It belongs to one order: places of two can't be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// What the list is sorted by.
    pub rank: Rank,
    /// The name, which decides between equals.
    pub name: String,
}

/// A value that a list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// None besides the name.
    Name,
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
    /// An instant.
    Time(DateTime<Utc>),
}

impl Place {
    /// The place of a name in the order of names.
    pub fn named(name: impl Into<String>) -> Self {
        Self { rank: Rank::Name, name: name.into() }
    }
}

/// Where counting stops: nobody compares larger numbers, and counting a million rows takes longer than showing them.
pub const MOST_COUNTED: u64 = 2_000;

/// What a query counts up to, so that it shows whether there are more.
pub(crate) const COUNT_LIMIT: i64 = 2_001;

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(f).collect(),
            more_before: self.more_before,
            more_after: self.more_after,
            total: self.total,
            uncounted: self.uncounted,
        }
    }

    /// How many rows match, for people: `2000+` where nobody counted further.
    pub fn total_text(&self) -> String {
        format!("{}{}", self.total, if self.uncounted { "+" } else { "" })
    }

    /// A page of rows that were all read, sorted here: for lists that are short.
    pub(crate) fn cut<K: Ord>(
        mut rows: Vec<T>,
        anchor: &Anchor<K>,
        (size, reverse): (usize, bool),
        key: impl Fn(&T) -> K,
    ) -> Self {
        rows.sort_by_cached_key(&key);
        if reverse {
            rows.reverse();
        }
        let reached = |row: &T, place: &K| if reverse { key(row) <= *place } else { key(row) >= *place };
        let at = match anchor {
            Anchor::First => 0,
            Anchor::Last => rows.len(),
            Anchor::Around(place) => rows.iter().position(|row| reached(row, place)).unwrap_or(rows.len()),
        };
        let (before, after) = anchor.limits(size);
        let (from, to) = (at.saturating_sub(before), at.saturating_add(after).min(rows.len()));
        let total = rows.len();
        Self {
            more_before: from > 0,
            more_after: to < total,
            rows: rows.into_iter().skip(from).take(to - from).collect(),
            total: total as u64,
            uncounted: false,
        }
    }

    /// Makes a page of rows in order, each with the side of the anchor that it lies on: 0 before it, 1 from it on. A
    /// side has one row more than its limit where the list goes on there.
    pub(crate) fn join(rows: Vec<(i64, T)>, limits: (usize, usize), total: i64) -> Self {
        let (before, after): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(side, _)| *side == 0);
        let surplus = before.len().saturating_sub(limits.0);
        Self {
            more_before: surplus > 0,
            more_after: after.len() > limits.1,
            rows: before
                .into_iter()
                .skip(surplus)
                .chain(after.into_iter().take(limits.1))
                .map(|(_, row)| row)
                .collect(),
            total: total.unsigned_abs().min(MOST_COUNTED),
            uncounted: total.unsigned_abs() > MOST_COUNTED,
        }
    }
}

/// What to ask for so as to learn whether a side has more than its limit.
pub(crate) fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1
}

impl<K> Anchor<K> {
    /// How many rows of a page of `size` lie before and from the anchor on.
    pub(crate) fn limits(&self, size: usize) -> (usize, usize) {
        match self {
            Self::First => (0, size),
            Self::Last => (size, 0),
            Self::Around(_) => (size / 2, size - size / 2),
        }
    }
}

/// Makes a LIKE pattern that finds the text anywhere, with its own wildcards taken literally (`ESCAPE '\'`). Empty text
/// finds everything. Compare `lower(column)` with `lower(pattern)`: SQLite lowers ASCII letters only, so that the pattern
/// must be lowered where the column is.
pub(crate) fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    text.trim().chars().for_each(|c| literally(c, &mut pattern));
    pattern.push('%');
    pattern
}

/// The same, with anything between the letters.
pub(crate) fn in_order(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        literally(c, &mut pattern);
        pattern.push('%');
    }
    pattern
}

/// The most groups of three letters that are looked up: more of them hardly find fewer rows.
const MOST_TRIGRAMS: usize = 24;

/// What SQLite's trigram index is asked for: every three letters in a row, all of which stand where the text does. None
/// where the text is too short for it, or can't be written in a query.
pub(crate) fn trigrams(text: &str) -> Option<String> {
    let letters: Vec<char> = text.trim().chars().collect();
    if letters.len() < 3 || letters.iter().any(|c| c.is_control()) {
        return None;
    }
    let quoted = |three: &[char]| format!("\"{}\"", three.iter().collect::<String>().replace('"', "\"\""));
    Some(letters.windows(3).take(MOST_TRIGRAMS).map(quoted).collect::<Vec<_>>().join(" AND "))
}

fn literally(c: char, pattern: &mut String) {
    if matches!(c, '%' | '_' | '\\') {
        pattern.push('\\');
    }
    pattern.push(c);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_a_search_are_taken_literally() {
        assert_eq!(containing(" 50%_A "), "%50\\%\\_A%");
        assert_eq!(containing(""), "%%");
        assert_eq!((in_order("a b%"), in_order("")), (r"%a%b%\%%".to_owned(), "%".to_owned()));
    }

    #[test]
    fn a_text_of_three_letters_is_looked_up_by_threes() {
        assert_eq!(trigrams(" eng-").as_deref(), Some(r#""eng" AND "ng-""#));
        assert_eq!(trigrams("a\"b").as_deref(), Some(r#""a""b""#));
        assert_eq!((trigrams("äö"), trigrams("a\0bc")), (None, None));
    }

    #[test]
    fn a_page_knows_whether_there_is_more() {
        let page = Page::join(vec![(0, 0), (0, 1), (0, 2), (1, 3), (1, 4)], (2, 2), 9);
        assert_eq!((page.rows.as_slice(), page.more_before, page.more_after), (&[1, 2, 3, 4][..], true, false));
        assert_eq!((page.total, page.total_text().as_str()), (9, "9"));
    }

    #[test]
    fn a_list_that_was_read_whole_is_cut_where_it_is_looked_at() {
        let cut = |anchor, reverse| {
            let page = Page::cut(vec![5, 1, 4, 2, 3], &anchor, (2, reverse), |it| *it);
            (page.rows, page.more_before, page.more_after)
        };
        assert_eq!(cut(Anchor::First, false), (vec![1, 2], false, true));
        assert_eq!(cut(Anchor::First, true), (vec![5, 4], false, true));
        assert_eq!(cut(Anchor::Last, false), (vec![4, 5], true, false));
        assert_eq!(cut(Anchor::Around(3), false), (vec![2, 3], true, true));
        assert_eq!(cut(Anchor::Around(3), true), (vec![4, 3], true, true));
        assert_eq!(cut(Anchor::Around(9), false), (vec![5], true, false));
    }

    #[test]
    fn counting_stops_where_nobody_compares_any_more() {
        let total = |count| Page::join(Vec::<(i64, ())>::new(), (1, 1), count).total_text();
        assert_eq!((total(2_000).as_str(), total(COUNT_LIMIT).as_str()), ("2000", "2000+"));
    }
}
