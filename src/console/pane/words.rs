//! What the words of a filter mean, in every list alike: `!word` must not be found, `~ltrs` has its letters in that order,
//! everything else must be found.

use crate::store::page::{How, Term};

/// What one word means; none where nothing is left of it without its sign.
pub fn term(word: &str) -> Option<Term> {
    let (how, text) = match word.chars().next()? {
        '!' => (How::Lacks, &word[1..]),
        '~' => (How::Fuzzy, &word[1..]),
        _ => (How::Contains, word),
    };
    (!text.is_empty()).then(|| Term { text: text.to_owned(), how })
}

/// What each of many words means.
pub fn terms(typed: &str) -> Vec<Term> {
    typed.split_whitespace().filter_map(term).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_before_a_word_says_how_to_look_for_it() {
        let of = |how, text: &str| Term { how, text: text.to_owned() };
        assert_eq!(terms("jane !bob ~egj"), [of(How::Contains, "jane"), of(How::Lacks, "bob"), of(How::Fuzzy, "egj")]);
        assert_eq!(terms(" ! ~ "), []);
        assert_eq!(terms("a!b"), [of(How::Contains, "a!b")]);
    }
}
