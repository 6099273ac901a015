//! PostgreSQL's table of letters: where in the order of names something is found first.
//!
//! It knows of every one, two and three letters in a row on which shelves they stand
//! (`migrations/postgres/0013_letters_on_shelves.sql`). SQLite's search index tells that by itself (`shelf.rs`).

use super::list::Filter;
use crate::store::db::sql;
use crate::store::page::{How, Term};
use crate::store::{Result, Tx};

/// So many groups of letters are looked for at once: more of them hardly rule out more.
const MOST: usize = 24;

/// The letters that stand wherever a filter finds something, as far as the table may know of them.
pub(super) fn asked(filter: &Filter) -> Vec<String> {
    let text = Term { text: filter.search.clone(), how: filter.how };
    let mut letters: Vec<String> = std::iter::once(&text).chain(&filter.more).flat_map(of).collect();
    // What is longer stands on fewer shelves.
    letters.sort_by(|one, other| (other.len(), one).cmp(&(one.len(), other)));
    letters.dedup();
    letters.truncate(MOST);
    letters
}

/// The letters of one term: three by three where it must stand whole, each for itself where only their order matters.
fn of(term: &Term) -> Vec<String> {
    let size = match term.how {
        How::Contains => 3,
        How::Fuzzy => 1,
        How::Lacks => return Vec::new(),
    };
    let letters: Vec<char> = term.text.trim().chars().collect();
    let groups = letters.windows(size.min(letters.len().max(1)));
    // Which letters beyond ASCII are the same in lower case is the database's to say.
    let known = groups.filter(|group| group.iter().all(|c| c.is_ascii() && !c.is_ascii_control()));
    known
        .map(|group| group.iter().collect::<String>().to_ascii_lowercase())
        .filter(|group| size > 1 || group != " ")
        .collect()
}

/// The name from which on these letters may stand together, not before `from` (from the back: not after it); none where they do
/// nowhere.
pub(super) async fn next(tx: &mut Tx, asked: &[String], back: bool, from: String) -> Result<Option<String>> {
    if asked.is_empty() {
        return Ok(Some(from));
    }
    let text = "SELECT invitation_shelf(string_to_array($1, E'\\x01'), $2, $3)";
    let (shelf,): (Option<String>,) = tx.one(sql!(text, asked.join("\u{1}"), back, &from)).await?;
    Ok(shelf.map(|shelf| if back { format!("{shelf}\u{10ffff}").min(from) } else { shelf.max(from) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_asked_for_by_threes_and_in_any_order_one_by_one() {
        let of = |text: &str, how| of(&Term { text: text.into(), how });
        assert_eq!(of(" ENG-a ", How::Contains), ["eng", "ng-", "g-a"]);
        assert_eq!((of("zq", How::Contains), of("q", How::Contains)), (vec!["zq".into()], vec!["q".into()]));
        assert_eq!(of("s p9", How::Fuzzy), ["s", "p", "9"]);
        assert_eq!((of("eng", How::Lacks), of("", How::Contains)), (vec![], vec![]));
        assert_eq!(of("aÄbcd\te", How::Contains), ["bcd"]);
    }

    #[test]
    fn all_that_must_be_found_is_asked_for_the_longest_first() {
        let more = vec![Term::contains("x"), Term { text: "lacking".into(), how: How::Lacks }, Term::contains("bcd")];
        let filter = Filter { search: "abcd".into(), more, ..Filter::default() };
        assert_eq!(asked(&filter), ["abc", "bcd", "x"]);
        assert_eq!(asked(&Filter { search: "x".repeat(99), ..Filter::default() }), ["xxx"]);
    }
}
