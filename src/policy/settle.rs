//! Asks policies, and in between whatever is slower than a database. While that takes its time neither a connection to the
//! database nor a turn is held; then the policies are asked anew.

use super::leaked::Found;
use super::{Judged, Policies, PolicyError, Request, Result, Verdict};
use crate::domain::flow::PolicyEngineMode;
use crate::domain::id::PolicyId;
use crate::domain::policy::Guarded;
use crate::store::Store;

/// How many passwords one question may look up. No page asks for as many.
const MOST: usize = 20;

/// Which policies are asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// Those that guard something.
    Guard(Guarded, PolicyEngineMode),
    /// Those that check a page's answers.
    Validate(Vec<PolicyId>),
}

impl Policies {
    /// The verdict of policies, and what each came to.
    pub async fn settle(&self, store: &Store, asked: &Asked, request: &Request) -> Result<(Verdict, Vec<Judged>)> {
        let mut found = Found::new();
        loop {
            let policies = Self { found: found.clone(), ..self.in_turn().await? };
            let mut tx = store.begin().await?;
            let answer = match asked {
                Asked::Guard(target, mode) => policies.guard_each(&mut tx, *target, *mode, request).await,
                Asked::Validate(ids) => policies.validate_each(&mut tx, ids, request).await,
            };
            tx.rollback().await?;
            drop(policies);
            match (answer, &self.lists) {
                (Err(PolicyError::NotLookedUp(fingerprint)), Some(lists)) if found.len() < MOST => {
                    let count = lists.count(&fingerprint).await;
                    found.insert(fingerprint, count);
                }
                (answer, _) => return answer,
            }
        }
    }
}
