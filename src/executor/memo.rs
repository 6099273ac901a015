//! What is slow is done outside transactions: a stage that needs it halts, the transaction is rolled back, the work is
//! done, and the request is taken again with what came out of it.

use std::collections::BTreeMap;

use super::page::{self, Page};
use super::{Attempt, Executor, ExecutorError, Refusal, Result};
use crate::domain::id::BindingId;
use crate::domain::prompt::Prompt;
use crate::domain::user::PasswordHash;
use crate::policy::{Asked, Request, Verdict};
use crate::store::StoreError;

/// How much one request may find out. No flow needs as much; one that goes round in circles would.
const MOST: usize = 500;

/// What one request has found out so far.
#[derive(Default)]
pub(super) struct Memo {
    hashes: BTreeMap<String, PasswordHash>,
    matches: BTreeMap<(String, String), bool>,
    verdicts: Vec<(Asked, Request, Verdict)>,
    pages: Vec<(BindingId, Request, Page)>,
}

/// What has to be found out first.
pub(super) enum Question {
    /// The hash of a password.
    Hash(String),
    /// Whether the password that was sent for an account has this hash; none is nobody's and takes just as long.
    Matches {
        /// The account, as it was typed.
        account: String,
        /// The password.
        password: String,
        /// The account's hash.
        hash: Option<PasswordHash>,
    },
    /// The verdict of policies; whether they look at a new password.
    Policies(Asked, Box<Request>, bool),
    /// What the expressions of a page's prompts evaluate to.
    Prompts(BindingId, Vec<Prompt>, Box<Request>),
}

impl Question {
    /// What the answer is an attempt at.
    pub(super) fn attempt(&self) -> Option<Attempt<'_>> {
        match self {
            Self::Hash(_) | Self::Policies(_, _, true) => Some(Attempt::NewPassword),
            Self::Matches { account, .. } => Some(Attempt::Password { account }),
            Self::Policies(_, _, false) | Self::Prompts(..) => None,
        }
    }
}

/// Why a transaction stops before its end.
pub(super) enum Halt {
    /// Something has to be found out, outside the transaction; then the request is taken again.
    Needs(Question),
    /// What was done so far has to be committed, because policies are about to look at it; then it goes on from there.
    CommitFirst,
    /// The way leads elsewhere: to a path of ours. Nothing of this transaction stays.
    Elsewhere(String),
    /// The user name was taken while the person was filling the form.
    UsernameTaken,
    /// The flow does not go on; nothing of this transaction stays.
    Refused(Refusal),
    /// The flow does not go on; what this transaction did stays.
    Denied(Refusal),
    /// A fault of ours.
    Failed(ExecutorError),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<ExecutorError> for Halt {
    fn from(error: ExecutorError) -> Self {
        Self::Failed(error)
    }
}

impl From<getrandom::Error> for Halt {
    fn from(error: getrandom::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Halt {
    /// A verdict is needed.
    pub(super) fn asking(asked: Asked, request: Request, is_of_password: bool) -> Self {
        Self::Needs(Question::Policies(asked, Box::new(request), is_of_password))
    }

    /// The flow can't do what it is to do: a sentence for the log.
    pub(super) fn misconfigured(why: impl Into<String>) -> Self {
        Self::Refused(Refusal::Misconfigured(why.into()))
    }
}

impl Memo {
    /// The verdict of policies, where it was asked for.
    pub(super) fn verdict(&self, asked: &Asked, request: &Request) -> Option<Verdict> {
        let same = |known: &&(Asked, Request, Verdict)| known.0 == *asked && known.1 == *request;
        self.verdicts.iter().find(same).map(|(_, _, verdict)| verdict.clone())
    }

    /// What the expressions of a page evaluated to, where that was asked for.
    pub(super) fn page(&self, step: BindingId, request: &Request) -> Option<Page> {
        let same = |known: &&(BindingId, Request, Page)| known.0 == step && known.1 == *request;
        self.pages.iter().find(same).map(|(_, _, page)| page.clone())
    }

    /// The hash of a password.
    pub(super) fn hash(&self, password: &str) -> std::result::Result<PasswordHash, Halt> {
        self.hashes.get(password).cloned().ok_or_else(|| Halt::Needs(Question::Hash(password.to_owned())))
    }

    /// Whether the password that was sent for an account has this hash. Without a hash the answer is no, after the same
    /// work.
    pub(super) fn matches(
        &self,
        account: &str,
        password: &str,
        hash: Option<&PasswordHash>,
    ) -> std::result::Result<bool, Halt> {
        let key = (password.to_owned(), hash.map(|hash| hash.0.clone()).unwrap_or_default());
        let known = self.matches.get(&key).copied();
        let question =
            || Question::Matches { account: account.to_owned(), password: password.to_owned(), hash: hash.cloned() };
        known.ok_or_else(|| Halt::Needs(question()))
    }
}

impl Executor {
    /// Finds out what a request needs.
    pub(super) async fn find_out(&self, memo: &mut Memo, question: Question) -> Result<()> {
        if memo.hashes.len() + memo.matches.len() + memo.verdicts.len() + memo.pages.len() >= MOST {
            return Err(ExecutorError::Endless);
        }
        match question {
            Question::Hash(password) => {
                let hash = self.hasher.hash(password.clone()).await?;
                memo.hashes.insert(password, hash);
            }
            Question::Matches { password, hash, .. } => {
                let text = hash.as_ref().map(|hash| hash.0.clone()).unwrap_or_default();
                let matches = match hash {
                    Some(hash) => self.hasher.matches(password.clone(), hash).await?,
                    // Hashed and thrown away: that takes as long as comparing does.
                    None => self.hasher.hash(password.clone()).await.map(|_| false)?,
                };
                memo.matches.insert((password, text), matches);
            }
            Question::Policies(asked, request, _) => {
                let (verdict, _) = self.policies.settle(&self.store, &asked, &request).await?;
                memo.verdicts.push((asked, *request, verdict));
            }
            Question::Prompts(step, prompts, request) => {
                let policies = self.policies.in_turn().await?;
                let mut tx = self.store.begin().await?;
                let page = page::evaluate(&policies, &mut tx, &prompts, &request).await?;
                tx.rollback().await?;
                memo.pages.push((step, *request, page));
            }
        }
        Ok(())
    }
}
