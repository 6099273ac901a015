//! Policies: who may go on, which answers are taken, what a prompt proposes.
//!
//! A question is a [`Request`]: who asks, what the plan knows, from where. The answer is a [`Verdict`]. Asking writes
//! nothing: what has to be written comes back as data, and whoever asked writes it in a transaction of its own. So a
//! policy may be slow without anybody waiting for a lock.
//!
//! Objects in the plan context are references, `{"$object": "user", "pk": "..."}` (also `group`, `invitation`, `flow`).
//! Expressions see them as objects.

mod address;
mod answer;
mod engine;
mod expression;
mod facts;
mod filter;
mod leaked;
mod naming;
pub mod password;
mod plain;
mod prompt;
mod python;
mod request;
mod run;
mod settle;
mod verdict;

use std::sync::Arc;

use thiserror::Error;

pub use leaked::{Fingerprint, Lists, Unasked};
pub use naming::names;
pub use prompt::check_prompt;
pub use request::{Http, Request};
pub use settle::Asked;
pub use verdict::{Changes, Evaluated, Found, Judged, Noted, Verdict, record};

use crate::store::StoreError;
use crate::turns::{Busy, Turn};

/// A fault of ours. What goes wrong within a policy is part of the verdict instead.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Too many evaluations are waiting. It says nothing about the visitor: nothing is decided.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// Lists of leaked passwords are to be asked first; [`Policies::settle`] does.
    #[error("a password has to be looked up in lists of leaked ones first")]
    NotLookedUp(Fingerprint),
}

/// What every question returns.
pub type Result<T> = std::result::Result<T, PolicyError>;

/// Evaluates policies. A clone shares what was compiled and the bounds on how many run at once and how many wait.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    python: python::Python,
    /// Held where a turn was taken before the question.
    turn: Option<Arc<Turn>>,
    /// Where leaked passwords are looked up; nowhere in previews, and where that is off.
    lists: Option<Lists>,
    /// What was found there for the question that is asked.
    found: leaked::Found,
}

/// Where a text is not an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxFault {
    /// The line in the text, from 1.
    pub line: u32,
    /// The column in the line, from 1.
    pub column: u32,
    /// What is wrong there.
    pub message: String,
    /// Whether it is Python, and only not available here.
    pub is_unavailable: bool,
}

impl std::fmt::Display for SyntaxFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl Policies {
    /// Ready to evaluate; as many at once as the machine has cores.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there are lists of leaked passwords to look them up in.
    pub fn has_lists(&self) -> bool {
        self.lists.is_some()
    }

    /// The same, looking passwords up in these lists of leaked ones.
    #[must_use]
    pub fn asking(mut self, lists: Option<Lists>) -> Self {
        self.lists = lists;
        self
    }

    /// The same with a turn, which expressions otherwise wait for one by one. To be taken before a transaction is begun:
    /// whoever waits should hold no connection to the database meanwhile.
    pub async fn in_turn(&self) -> Result<Self> {
        Ok(Self { turn: Some(Arc::new(self.python.turn().await?)), ..self.clone() })
    }
}

/// Refuses what is no expression.
pub fn check_syntax(text: &str) -> std::result::Result<(), SyntaxFault> {
    python::check(text)
}

/// What an expression uses that is not available here: it fails when it comes to that.
pub fn unavailable(text: &str) -> Vec<String> {
    python::unavailable(text)
}
