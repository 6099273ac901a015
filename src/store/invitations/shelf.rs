//! SQLite's search index: what it is asked for, and where in the order of names that is found first.
//!
//! It lists what it finds by number, and the numbers of invitations go along their names as far as their first characters
//! (`migrations/sqlite/0011_names_on_shelves.sql`). For PostgreSQL `letters.rs` does it.

use crate::store::db::{Query, sql};
use crate::store::page::trigrams;
use crate::store::{Result, Tx};

/// So many characters of a name decide about its shelf.
const CHARACTERS: u32 = 5;

/// So many bits of a number tell the place on a shelf.
const PLACE_BITS: u32 = 28;

/// So much of what the index finds is looked at, each for itself.
const SHORT: i64 = 10_000;

/// So many groups of three letters are looked for at once. Two letters with which more of them begin stand nearly
/// everywhere: a walk along the names soon finds enough.
const MOST_GROUPS: usize = 256;

/// What the index is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// It can't help.
    Nothing,
    /// It knows by itself that nothing is found.
    Absent,
    /// Its query.
    Query(String),
}

/// What the index is asked for to find a text.
pub(super) async fn asked(tx: &mut Tx, text: &str) -> Result<Asked> {
    let text = text.trim();
    if let Some(query) = trigrams(text) {
        return Ok(Asked::Query(query));
    }
    let two = text.chars().count() == 2 && text.chars().all(|c| c.is_ascii() && !c.is_control());
    if !two {
        return Ok(Asked::Nothing);
    }
    let first = text.to_ascii_lowercase();
    let most = i64::try_from(MOST_GROUPS + 1).unwrap_or(i64::MAX);
    let groups: Vec<(String,)> = tx
        .all(sql!(
            "SELECT term FROM invitation_letters WHERE term >= $1 AND term < $2 LIMIT $3",
            &first,
            format!("{first}\u{10ffff}"),
            most
        ))
        .await?;
    Ok(match groups.len() {
        0 => Asked::Absent,
        1..=MOST_GROUPS => {
            let quoted: Vec<_> = groups.iter().map(|(group,)| format!("\"{}\"", group.replace('"', "\"\""))).collect();
            Asked::Query(quoted.join(" OR "))
        }
        _ => Asked::Nothing,
    })
}

/// Whether the index finds so little that each can be looked at.
pub(super) async fn is_short(tx: &mut Tx, query: &str) -> Result<bool> {
    let (found,): (i64,) = tx
        .one(sql!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM invitation_search WHERE invitation_search MATCH $1 LIMIT $2)",
            query,
            SHORT + 1
        ))
        .await?;
    Ok(found <= SHORT)
}

/// The name before which (from the back: after which) nothing is found.
pub(super) async fn begin(tx: &mut Tx, query: &str, back: bool) -> Result<Option<String>> {
    let text = if back {
        "SELECT rowid FROM invitation_search WHERE invitation_search MATCH $1 ORDER BY rowid DESC LIMIT 1"
    } else {
        "SELECT rowid FROM invitation_search WHERE invitation_search MATCH $1 ORDER BY rowid LIMIT 1"
    };
    let found: Option<(i64,)> = tx.opt(Query { text, args: vec![query.into()] }).await?;
    Ok(found.map(|(number,)| {
        let begins = beginning(number);
        if back { format!("{begins}\u{10ffff}") } else { begins }
    }))
}

/// What the names of a number's shelf begin with.
fn beginning(number: i64) -> String {
    let character = |place| u8::try_from((number >> (PLACE_BITS + 7 * place)) & 127).ok().filter(|byte| *byte > 0);
    (0..CHARACTERS).rev().map_while(character).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_what_the_names_of_its_shelf_begin_with() {
        let number = |name: &str| {
            let bytes = name.bytes().chain([0; 5]).take(5);
            (bytes.fold(0, |shelf, byte| shelf << 7 | i64::from(byte)) << PLACE_BITS) + 17
        };
        for name in ["s", "eng", "eng-a", "zzzzz", "-"] {
            assert_eq!(beginning(number(name)), name);
        }
        assert!(number("eng") < number("eng-a") && number("eng-a") < number("eng-b") && number("Z") < number("a"));
    }
}
