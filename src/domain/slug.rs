//! Slugs: the names of flows and invitations, safe in a URL, a shell and a file name.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters, digits, `-` and `_`, at least one and at most [`Slug::MAX`]. Case is kept (as authentik's rule does).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// The longest slug, in characters: what still fits a line of the console beside its columns.
    pub const MAX: usize = 150;

    /// Reads a slug, or says in one sentence what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("Enter a name.".into());
        }
        if text.chars().count() > Self::MAX {
            return Err(format!("Use at most {} characters.", Self::MAX));
        }
        if !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            return Err("Use only letters, digits, hyphens and underscores.".into());
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug that says most nearly what a text says: letters without their marks, hyphens for whatever can't stay. None
    /// where nothing of it can.
    pub fn near(text: &str) -> Option<Self> {
        let letters = text.nfkd().filter(|c| !is_combining_mark(*c));
        let kept = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        let mut slug = String::new();
        for c in letters.map(kept).take(Self::MAX) {
            if c != '-' || !(slug.is_empty() || slug.ends_with('-')) {
                slug.push(c);
            }
        }
        Self::parse(slug.trim_end_matches('-')).ok()
    }

    /// The name for another one: `eng` becomes `eng-2`, `eng-2` becomes `eng-3`, and `eng-007` becomes `eng-008`, which sorts
    /// behind it. A stem that would be too long is cut.
    #[must_use]
    pub fn following(&self) -> Self {
        let numbered = self.0.rsplit_once('-').filter(|(stem, _)| !stem.is_empty());
        let (stem, number, digits) = match numbered.map(|(stem, digits)| (stem, digits.parse::<u32>(), digits.len())) {
            Some((stem, Ok(number), digits)) => (stem, number.saturating_add(1), digits.min(9)),
            _ => (self.0.as_str(), 2, 1),
        };
        let end = format!("-{number:0digits$}");
        // Slugs are ASCII: bytes are characters.
        Self(format!("{}{end}", &stem[..stem.len().min(Self::MAX - end.len())]))
    }

    /// The slug's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_keeps_what_urls_and_shells_can_carry() {
        for good in ["a", "default-enrollment-flow", "A_b-9"] {
            assert_eq!(Slug::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "ä", "a/b", "a\u{1b}[31m", &"x".repeat(151)] {
            assert!(Slug::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_nearest_slug_says_the_same_in_what_may_be_written() {
        let near = |text| Slug::near(text).map(|slug| slug.to_string());
        for (text, slug) in [
            ("Jane Doe", "Jane-Doe"),
            ("  Zoë  Müller / eng ", "Zoe-Muller-eng"),
            ("jane@example.com", "jane-example-com"),
            ("a\u{1b}[31mb", "a-31mb"),
            ("eng_1", "eng_1"),
        ] {
            assert_eq!(near(text).as_deref(), Some(slug), "{text:?}");
        }
        assert_eq!((near("山田"), near(""), near(" - ")), (None, None, None));
        assert_eq!(near(&"x ".repeat(200)).map(|slug| slug.chars().count() <= Slug::MAX), Some(true));
    }

    #[test]
    fn the_following_name_counts_on() {
        for (name, next) in [("eng", "eng-2"), ("eng-2", "eng-3"), ("eng-x", "eng-x-2"), ("-7", "-7-2")] {
            assert_eq!(Slug::parse(name).unwrap().following().as_str(), next);
        }
        let long = Slug::parse(&"x".repeat(Slug::MAX)).unwrap().following();
        assert_eq!((long.as_str().len(), Slug::parse(long.as_str()).is_ok()), (Slug::MAX, true));
    }
}
