//! What the words of a filter mean, in every list alike: `!word` must not be found, `~ltrs` has its letters in that order,
//! `"some words"` are looked for as they stand, everything else must be found, wherever.

use crate::store::page::{How, Term};

/// One word of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What is looked for.
    pub term: Term,
    /// Whether it stood in quotes: then it names nothing else, as a status.
    pub quoted: bool,
}

impl Word {
    /// Its text in lower case, where it may name something.
    pub fn name(&self) -> Option<String> {
        (!self.quoted && self.term.how != How::Fuzzy).then(|| self.term.text.to_ascii_lowercase())
    }

    /// Whether it must not be found.
    pub fn lacks(&self) -> bool {
        self.term.how == How::Lacks
    }
}

/// The words of a filter. One of which nothing is left without its signs is none; quotes that are still open end with the text.
pub fn words(typed: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = typed.trim_start();
    while let Some(first) = rest.chars().next() {
        let how = match first {
            '!' => How::Lacks,
            '~' => How::Fuzzy,
            _ => How::Contains,
        };
        let unsigned = if how == How::Contains { rest } else { &rest[1..] };
        let quoted = unsigned.strip_prefix('"');
        let (text, after) = match quoted {
            Some(inner) => inner.split_once('"').unwrap_or((inner, "")),
            None => unsigned.split_at(unsigned.find(char::is_whitespace).unwrap_or(unsigned.len())),
        };
        if !text.trim().is_empty() {
            let term = Term { text: text.trim().to_owned(), how };
            words.push(Word { term, quoted: quoted.is_some() });
        }
        rest = after.trim_start();
    }
    words
}

/// What each of many words means.
pub fn terms(typed: &str) -> Vec<Term> {
    words(typed).into_iter().map(|word| word.term).collect()
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

    #[test]
    fn what_stands_in_quotes_is_looked_for_as_it_stands() {
        let of = |how, text: &str| Term { how, text: text.to_owned() };
        assert_eq!(
            terms(r#"a "was ill" !"no show"b"#),
            [of(How::Contains, "a"), of(How::Contains, "was ill"), of(How::Lacks, "no show"), of(How::Contains, "b"),]
        );
        assert_eq!(terms(r#""was i"#), [of(How::Contains, "was i")]);
        assert_eq!(terms(r#""" !" "#), []);
        assert_eq!(terms(r#"5" x"#), [of(How::Contains, "5\""), of(How::Contains, "x")]);
        assert_eq!(words(r#""Used" Used"#).iter().map(Word::name).collect::<Vec<_>>(), [None, Some("used".into())]);
    }
}
