//! What policies answer.

use serde_json::Value;

use crate::domain::Mapping;
use crate::domain::event::{Act, Action};
use crate::domain::message::Message;
use crate::domain::policy::Decider;
use crate::store::events::{self, Object};
use crate::store::{self, Tx};

/// What policies make of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// Whether the visitor may go on.
    pub passing: bool,
    /// What the visitor is told, in order; policies that pass may say something too.
    pub messages: Vec<Message>,
    /// What the policies changed in the context.
    pub changes: Changes,
    /// What belongs in the log.
    pub events: Vec<Noted>,
}

/// What changed in a context: values are whole, at the first level.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Keys with another value than before, and new ones.
    pub set: Mapping,
    /// Keys that are gone.
    pub removed: Vec<String>,
}

impl Changes {
    /// What turns one context into the other.
    pub(super) fn between(before: &Mapping, after: &Mapping) -> Self {
        let set = after.iter().filter(|(key, value)| before.get(*key) != Some(value));
        let removed = before.keys().filter(|key| !after.contains_key(*key));
        Self {
            set: set.map(|(key, value)| (key.clone(), value.clone())).collect(),
            removed: removed.cloned().collect(),
        }
    }

    /// Changes a context.
    pub fn apply(&self, context: &mut Mapping) {
        for key in &self.removed {
            context.remove(key);
        }
        context.extend(self.set.clone());
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.removed.is_empty()
    }
}

/// An event that is still to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    /// What happened.
    pub action: Action,
    /// To what kind of thing.
    pub object_kind: String,
    /// That thing's name.
    pub object_name: String,
    /// More.
    pub detail: Value,
}

impl Verdict {
    /// Writes what belongs in the log.
    pub async fn record(&self, tx: &mut Tx, act: &Act<'_>) -> store::Result<()> {
        record(&self.events, tx, act).await
    }
}

/// What one of several deciders came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The policy, group or user.
    pub decider: Decider,
    /// What it came to by itself.
    pub found: Found,
    /// Whether that is turned around.
    pub negate: bool,
    /// How it counts, in the end.
    pub passing: bool,
    /// What it said.
    pub messages: Vec<Message>,
}

/// What a decider came to by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// An answer.
    Answer(bool),
    /// A fault within the policy, in its own words; then its binding says how it counts.
    Fault(Message),
    /// Nothing: its binding is disabled, and it does not count.
    Disabled,
}

/// What a prompt's expression evaluates to.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// The value; the raw text where the evaluation failed.
    pub value: Value,
    /// Why the evaluation failed.
    pub failed: Option<String>,
    /// What belongs in the log.
    pub events: Vec<Noted>,
}

/// Writes what belongs in the log.
pub async fn record(noted: &[Noted], tx: &mut Tx, act: &Act<'_>) -> store::Result<()> {
    for event in noted {
        let object = Object(&event.object_kind, &event.object_name);
        events::log(tx, act, event.action, object, event.detail.clone()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_turn_one_context_into_the_other() {
        let mapping = |value: Value| value.as_object().cloned().unwrap();
        let (mut before, after) =
            (mapping(json!({"a": 1, "b": {"c": 1}, "d": 0})), mapping(json!({"b": {"c": 2}, "d": 0, "e": 1})));
        let changes = Changes::between(&before, &after);
        assert_eq!((changes.set.len(), changes.removed.as_slice()), (2, ["a".to_owned()].as_slice()));
        changes.apply(&mut before);
        assert_eq!(before, after);
        assert!(Changes::between(&after, &after).is_empty());
    }
}
