//! The languages that letters are written in.

use crate::domain::flow::names;

names!(
    /// A language that letters are written in.
    Language {
        /// English, where nothing else is said.
        English = "en",
        /// German.
        German = "de",
    }
);

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// What its speakers call it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The language of a tag such as `de-AT`; English where letters in that one are not written.
    pub fn of_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().trim();
        Self::parse(&primary.to_ascii_lowercase()).unwrap_or(Self::English)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_leads_to_its_language_or_to_english() {
        for tag in ["de", "de-AT", "DE_CH"] {
            assert_eq!(Language::of_tag(tag), Language::German, "{tag}");
        }
        for tag in ["en-GB", "fr", "", "deu"] {
            assert_eq!(Language::of_tag(tag), Language::English, "{tag}");
        }
    }
}
