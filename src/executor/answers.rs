//! What somebody answers a page with.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::prompt::Sent;

/// Field key to answer. Forms bring texts only; a program's JSON may bring other values, which [`Answers::get`] does not
/// show and a prompt judges by its type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<String, Sent>);

impl Answers {
    /// No answers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The text of an answer, where it is one.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.sent(key).and_then(Sent::text)
    }

    /// The answer as it was sent.
    pub fn sent(&self, key: &str) -> Option<&Sent> {
        self.0.get(key)
    }

    /// Adds an answer; it replaces an earlier one.
    pub fn insert(&mut self, key: String, sent: Sent) {
        self.0.insert(key, sent);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A fingerprint of the answers but for those to some keys. Another salt makes another one.
    pub(super) fn fingerprint(&self, salt: Uuid, except: &[&str]) -> Vec<u8> {
        let mut digest = Sha256::new().chain_update(salt.as_bytes());
        for (key, sent) in self.0.iter().filter(|(key, _)| !except.contains(&key.as_str())) {
            for part in [key.as_bytes(), format!("{sent:?}").as_bytes()] {
                digest.update(part.len().to_le_bytes());
                digest.update(part);
            }
        }
        digest.finalize().to_vec()
    }

    /// Takes the text of an answer out.
    pub fn remove(&mut self, key: &str) -> Option<String> {
        match self.0.remove(key)? {
            Sent::Text(text) => Some(text),
            Sent::Truth(_) | Sent::Null | Sent::Structure => None,
        }
    }
}

/// A form's fields. Of two of one name the first counts, as browsers show it.
impl FromIterator<(String, String)> for Answers {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Self {
        let mut answers = Self::new();
        for (key, text) in fields {
            answers.0.entry(key).or_insert(Sent::Text(text));
        }
        answers
    }
}
