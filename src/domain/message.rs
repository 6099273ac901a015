//! What a policy says to a visitor: a text as somebody wrote it, or a sentence of ours, which every page says in its own
//! language. `Display` is the sentence for logs, programs and authentik's flow API.

use std::fmt;

use super::text::printable;
use serde::{Deserialize, Serialize};
use zxcvbn::feedback::{Suggestion, Warning};

/// What a policy says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Message {
    /// A sentence of ours.
    Ours(Sentence),
    /// What an expression or a policy's settings say: it stays as it was written.
    Text(String),
}

/// A sentence of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ours", rename_all = "snake_case")]
pub enum Sentence {
    /// The page asks for no password, and a password policy checks it.
    NoPassword,
    /// What a password lacks.
    PasswordNeeds {
        /// Each rule that it does not meet.
        rules: Vec<Rule>,
    },
    /// A password is too easy to guess.
    PasswordWeak,
    /// Why.
    Weakness {
        /// What was recognised.
        warning: Guessable,
    },
    /// What would make it harder.
    Advice {
        /// What to do.
        suggestion: Better,
    },
    /// A password stands on lists of leaked ones.
    PasswordLeaked {
        /// How often.
        times: u64,
    },
    /// The lists of leaked passwords can't be asked.
    ListsAway,
    /// A password is too old.
    PasswordExpired {
        /// Since when.
        days: i64,
    },
    /// A password was wrong too often.
    PasswordWrong,
    /// A policy looks at a password's age, and nobody is signed in.
    NobodyHere,
    /// A policy compares an event, and there is none.
    NoEvent,
    /// A policy queries events, which is not done here.
    NoEventQuery,
    /// A policy asks where somebody is, which is not known here.
    NoPlaces,
}

/// A rule that a password has to meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What counts.
    pub of: Counted,
    /// How many there must be; of the score, the least one.
    pub amount: u64,
    /// The symbols that count; empty for other rules.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub symbols: String,
}

/// What of a password counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Its characters.
    Length,
    /// ASCII digits.
    Digits,
    /// ASCII letters.
    Lowercase,
    /// ASCII letters.
    Uppercase,
    /// Those that are named.
    Symbols,
    /// How hard it is to guess.
    Score,
    /// That it stands on no list of leaked ones.
    Unknown,
}

/// Why a password is easy to guess, as zxcvbn tells it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Guessable(pub Warning);

/// What would make a password harder to guess, as zxcvbn tells it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Better(pub Suggestion);

impl PartialEq for Guessable {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Guessable {}

impl PartialEq for Better {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Better {}

impl Rule {
    /// Two of the symbols that count, if there are as many that can be shown.
    pub fn examples(&self) -> Vec<char> {
        let counts = |c: &char| self.symbols.contains(*c);
        let shown = |c: &char| !c.is_alphanumeric() && !c.is_whitespace() && printable(&c.to_string()) == c.to_string();
        let mut found: Vec<char> = Vec::new();
        for c in ['!', '?'].into_iter().filter(counts).chain(self.symbols.chars().filter(shown)) {
            if found.len() < 2 && !found.contains(&c) {
                found.push(c);
            }
        }
        found
    }
}

impl Message {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }
}

impl From<Sentence> for Message {
    fn from(sentence: Sentence) -> Self {
        Self::Ours(sentence)
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl PartialEq<&str> for Message {
    fn eq(&self, other: &&str) -> bool {
        let said = self.to_string();
        said == *other
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ours(sentence) => sentence.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPassword => f.write_str("Password not set in context"),
            Self::PasswordNeeds { rules } => {
                let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
                write!(f, "The password needs {}.", listed(&rules, "and"))
            }
            Self::PasswordWeak => f.write_str("Password is too weak."),
            Self::Weakness { warning } => warning.0.fmt(f),
            Self::Advice { suggestion } => suggestion.0.fmt(f),
            Self::PasswordLeaked { times } => write!(f, "Password exists on {times} online lists."),
            Self::ListsAway => {
                f.write_str("The lists of leaked passwords can't be asked at this moment. Please try again.")
            }
            Self::PasswordExpired { days } => {
                write!(f, "Password expired {days} days ago. Please update your password.")
            }
            Self::PasswordWrong => f.write_str("The password is wrong."),
            Self::NobodyHere => f.write_str("Nobody is signed in whose password could have expired."),
            Self::NoEvent => f.write_str("There is no event to compare."),
            Self::NoEventQuery => f.write_str("Queries over events are not available here."),
            Self::NoPlaces => {
                f.write_str("Where somebody is can't be told here: there is no database of places (GeoIP).")
            }
        }
    }
}

/// The rule as the end of "The password needs ...".
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (amount, plural) = (self.amount, if self.amount == 1 { "" } else { "s" });
        match self.of {
            Counted::Length => write!(f, "at least {amount} character{plural}"),
            Counted::Digits => write!(f, "at least {amount} digit{plural} (0-9)"),
            Counted::Lowercase => write!(f, "at least {amount} small letter{plural} (a-z)"),
            Counted::Uppercase => write!(f, "at least {amount} capital letter{plural} (A-Z)"),
            Counted::Symbols => match self.examples().as_slice() {
                [] => write!(f, "at least {amount} symbol{plural}"),
                [only] => write!(f, "at least {amount} of the symbol {only}"),
                [one, other, ..] => write!(f, "at least {amount} symbol{plural}, such as {one} or {other}"),
            },
            Counted::Unknown => f.write_str("to be on no list of leaked passwords"),
            Counted::Score => f.write_str("to be hard to guess: several unusual words, for example"),
        }
    }
}

/// `a, b and c`.
pub fn listed(items: &[String], and: &str) -> String {
    match items.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {and} {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(message: &Message) -> Message {
        serde_json::from_str(&serde_json::to_string(message).unwrap()).unwrap()
    }

    #[test]
    fn what_is_kept_between_two_pages_is_read_as_it_was() {
        let rule = Rule { of: Counted::Symbols, amount: 2, symbols: "!?".into() };
        for sentence in [
            Sentence::NoPassword,
            Sentence::PasswordNeeds { rules: vec![rule] },
            Sentence::Weakness { warning: Guessable(Warning::DatesAreOftenEasyToGuess) },
            Sentence::Advice { suggestion: Better(Suggestion::AvoidSequences) },
            Sentence::PasswordLeaked { times: 3 },
        ] {
            assert_eq!(kept(&sentence.clone().into()), Message::Ours(sentence));
        }
        assert_eq!(kept(&"no_password".into()), Message::Text("no_password".into()));
        // As it was kept before there were sentences of ours.
        assert_eq!(serde_json::from_str::<Message>("\"Hello\"").unwrap(), Message::Text("Hello".into()));
    }

    #[test]
    fn symbols_that_are_named_are_symbols_that_count() {
        let said = |symbols: &str| Rule { of: Counted::Symbols, amount: 1, symbols: symbols.into() }.to_string();
        assert_eq!(said("#-"), "at least 1 symbol, such as # or -");
        assert_eq!(said("#$?%!"), "at least 1 symbol, such as ! or ?");
        assert_eq!(said("  \u{202e}##"), "at least 1 of the symbol #");
        assert_eq!(said(""), "at least 1 symbol");
    }

    #[test]
    fn everything_that_is_missing_is_listed() {
        let rule = |of, amount| Rule { of, amount, symbols: String::new() };
        let rules = vec![rule(Counted::Length, 12), rule(Counted::Digits, 1), rule(Counted::Uppercase, 2)];
        assert_eq!(
            Sentence::PasswordNeeds { rules }.to_string(),
            "The password needs at least 12 characters, at least 1 digit (0-9) and at least 2 capital letters (A-Z)."
        );
    }
}
