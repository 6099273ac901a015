//! What is slow is found out outside of the transaction: it is rolled back, the work is done, and the file is taken again.

use crate::domain::user::PasswordHash;
use crate::secret::{self, Hasher, Hashing};
use std::collections::BTreeMap;

/// A password that a file gives to a user. No `Debug`: it is not to get anywhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// Whose: two users of the same password don't get the same salt.
    pub user: String,
    /// What the file says.
    pub password: String,
    /// The hash that the user has now.
    pub current: Option<String>,
}

/// What one import has found out so far.
#[derive(Default)]
pub struct Memo {
    hashes: BTreeMap<Question, PasswordHash>,
}

impl Memo {
    /// The hash that the user has afterwards: the present one where that is of this password already.
    pub fn hash(&self, question: &Question) -> Option<&PasswordHash> {
        self.hashes.get(question)
    }

    /// Hashes or compares.
    pub async fn find_out(&mut self, questions: Vec<Question>, hashing: Hashing) -> secret::Result<()> {
        let hasher = Hasher::new(hashing)?;
        for question in questions {
            let current = question.current.clone().map(PasswordHash);
            let hash = match current {
                Some(hash) if hasher.matches(question.password.clone(), hash.clone()).await? => hash,
                _ => hasher.hash(question.password.clone()).await?,
            };
            self.hashes.insert(question, hash);
        }
        Ok(())
    }
}
