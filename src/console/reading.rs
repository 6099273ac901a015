//! Who reads waits for their turn: one list that the database does not give away keeps no other from being shown.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::event::{Effect, Outcome, Query, Subject};
use super::runtime::World;

/// How many windows of a list are read at a time. Somebody who types a filter asks for more than are wanted.
const READERS: usize = 2;

/// What is read, or written, as far as it waits for the same.
type Kind = (Discriminant<Effect>, Option<Discriminant<Query>>, Option<Discriminant<Subject>>);

/// Which window of each list was asked for last, and who reads which.
#[derive(Clone, Default)]
pub(super) struct Reading {
    turns: Arc<Mutex<HashMap<Kind, Arc<Semaphore>>>>,
    last: Arc<Mutex<HashMap<Discriminant<Query>, u64>>>,
}

impl Reading {
    /// Nobody reads.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that an effect was asked for.
    pub fn note(&self, effect: &Effect) {
        if let Effect::Load { generation, query } = effect {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.insert(discriminant(query), *generation);
        }
    }

    /// Whether the answer will still be looked at.
    fn is_wanted(&self, effect: &Effect) -> bool {
        let Effect::Load { generation, query } = effect else { return true };
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.get(&discriminant(query)) == Some(generation)
    }

    /// Whose turn is waited for; none where nobody is to wait.
    fn turns(&self, effect: &Effect) -> Option<Arc<Semaphore>> {
        let of = discriminant(effect);
        let kind = match effect {
            Effect::Load { query, .. } => (of, Some(discriminant(query)), None),
            Effect::LoadDetail(subject) => (of, None, Some(discriminant(subject))),
            Effect::LoadOverview
            | Effect::LoadFlowChoices
            | Effect::CheckName(..)
            | Effect::FindUsers(_)
            | Effect::SetRevoked(..)
            | Effect::SetDeleted(..)
            | Effect::Reissue(_) => (of, None, None),
            _ => return None,
        };
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(turns.entry(kind).or_insert_with(|| Arc::new(Semaphore::new(READERS)))))
    }

    /// Performs an effect; what is read waits for its turn, and a window is not read where another one is wanted by then.
    pub async fn perform(&self, world: &World, effect: Effect) -> Option<Outcome> {
        let turn = match self.turns(&effect) {
            Some(turns) => turns.acquire_owned().await.ok(),
            None => None,
        };
        let outcome = if self.is_wanted(&effect) { world.perform(effect).await } else { None };
        drop(turn);
        outcome
    }
}
