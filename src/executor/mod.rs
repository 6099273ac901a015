//! Runs a flow for a visitor: opens invitations, shows what is asked, takes answers, writes the account.
//!
//! The state of an enrollment lives in the database, so that any server that shares it can go on where another stopped.
//! Looking at a page changes nothing but the count of openings; only [`Executor::respond`] spends a use, in the
//! transaction that writes the account.

mod answers;
pub mod challenge;
pub mod component;
pub mod findings;
pub mod gate;
mod guard;
mod memo;
mod open;
mod page;
pub mod plan;
mod planning;
pub mod preview;
pub mod refusal;
pub mod remark;
mod respond;
mod stage;
mod under_way;
mod usual;
mod walk;

use std::sync::Arc;

use thiserror::Error;

pub use answers::Answers;
pub use challenge::{Challenge, Field, FieldRule};
pub use component::Component;
pub use gate::{Attempt, Gate};
pub use plan::{Looking, Opened, Opening, View};
pub use refusal::Refusal;
pub use remark::Remark;
pub use respond::{Answered, Login, Response};
pub use under_way::UnderWay;

use crate::policy::{Lists, Policies, PolicyError};
use crate::secret::HashingFailed;
pub use crate::secret::{Hasher, Hashing};
use crate::store::{Store, StoreError};

/// A fault of ours. What the visitor did wrong is a [`Refusal`] or stands at a field instead.
#[derive(Debug, Error)]
pub enum ExecutorError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The password could not be hashed.
    #[error("hashing a password failed: {0}")]
    Hashing(String),
    /// A letter could not be written.
    #[error("a letter could not be written: {0}")]
    Mail(String),
    /// Too many people send passwords, or are looked at by policies, at this moment. Nothing was done.
    #[error("too much is waiting for its turn")]
    Busy,
    /// A flow goes round in circles.
    #[error("a flow asked for more than any flow needs")]
    Endless,
}

impl From<PolicyError> for ExecutorError {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::Store(error) => Self::Store(error),
            PolicyError::Busy(_) => Self::Busy,
            PolicyError::NotLookedUp(_) => Self::Endless,
        }
    }
}

impl From<HashingFailed> for ExecutorError {
    fn from(why: HashingFailed) -> Self {
        match why {
            HashingFailed::Busy => Self::Busy,
            HashingFailed::Failed(why) => Self::Hashing(why),
        }
    }
}

/// What every call returns.
pub type Result<T> = std::result::Result<T, ExecutorError>;

/// Runs flows on a database.
#[derive(Debug, Clone)]
pub struct Executor {
    store: Store,
    hasher: Hasher,
    policies: Policies,
    /// What links in mails begin with.
    public_url: String,
    /// Who may try what now.
    gate: Arc<dyn Gate>,
}

impl Executor {
    /// An executor on this database, hashing with these parameters.
    pub fn new(store: Store, hashing: Hashing) -> Result<Self> {
        let (hasher, policies) = (Hasher::new(hashing)?, Policies::new());
        Ok(Self { store, hasher, policies, public_url: String::new(), gate: Arc::new(gate::Open) })
    }

    /// What pages and mails depend on.
    fn place(&self) -> challenge::Place<'_> {
        challenge::Place { public_url: &self.public_url, has_lists: self.policies.has_lists() }
    }

    /// The same, writing mails with links that begin so.
    #[must_use]
    pub fn at(mut self, public_url: &str) -> Self {
        public_url.trim_end_matches('/').clone_into(&mut self.public_url);
        self
    }

    /// The same, looking new passwords up in lists of leaked ones, where policies want that.
    #[must_use]
    pub fn asking(mut self, lists: Option<Lists>) -> Self {
        self.policies = self.policies.asking(lists);
        self
    }

    /// The same, asking this gate before links are looked up and passwords hashed or compared.
    #[must_use]
    pub fn behind(mut self, gate: Arc<dyn Gate>) -> Self {
        self.gate = gate;
        self
    }
}
