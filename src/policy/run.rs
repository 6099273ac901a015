//! Runs one policy, whatever its kind.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use super::python::Dialect;
use super::{Noted, Policies, Request, Result, password, plain};
use crate::domain::Mapping;
use crate::domain::message::Message;
use crate::domain::policy::{Policy, PolicyModel};
use crate::store::Tx;

/// How a run ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// With an answer.
    Result(bool),
    /// With a fault within the policy.
    Failed {
        /// What the visitor is told, as authentik does: the exception's text.
        message: Message,
        /// What the log says: kind and place, too.
        detail: String,
    },
}

impl Outcome {
    /// A fault that needs no more words for the log than for the visitor.
    pub(super) fn failed(message: impl Into<Message>) -> Self {
        let message = message.into();
        Self::Failed { detail: message.to_string(), message }
    }
}

/// What one run of a policy came to.
#[derive(Debug)]
pub(super) struct Ran {
    /// How it ended.
    pub(super) outcome: Outcome,
    /// What an expression returned.
    pub(super) value: Value,
    /// What it said.
    pub(super) messages: Vec<Message>,
    /// The context that it left.
    pub(super) context: Mapping,
    /// What belongs in the log.
    pub(super) events: Vec<Noted>,
}

impl Ran {
    /// A run that changed nothing.
    pub(super) fn plain(outcome: Outcome, messages: Vec<Message>, request: &Request) -> Self {
        Self { outcome, value: Value::Null, messages, context: request.context.clone(), events: Vec::new() }
    }
}

/// How deep policies may call each other.
const DEEPEST: u8 = 8;
/// How many policies may be called by one.
const CALLS: u32 = 40;

/// Runs policies within one question.
pub(super) struct Run<'a> {
    pub(super) policies: &'a Policies,
    pub(super) depth: u8,
    calls: Arc<AtomicU32>,
}

impl<'a> Run<'a> {
    pub(super) fn new(policies: &'a Policies) -> Self {
        Self { policies, depth: 0, calls: Arc::default() }
    }

    /// A run that one policy starts from within another; none where there were enough.
    pub(super) fn deeper(&self) -> Option<Self> {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        let allowed = self.depth < DEEPEST && calls < CALLS;
        allowed.then(|| Self { policies: self.policies, depth: self.depth + 1, calls: self.calls.clone() })
    }

    /// Runs a policy. Boxed, because policies call each other.
    pub(super) fn policy<'f>(
        &'f self,
        tx: &'f mut Tx,
        policy: &'f Policy,
        request: &'f Request,
    ) -> Pin<Box<dyn Future<Output = Result<Ran>> + Send + 'f>> {
        Box::pin(async move {
            let settings = &policy.settings;
            let (outcome, messages) = match policy.model {
                PolicyModel::Expression => {
                    let text = settings.get("expression").and_then(Value::as_str).unwrap_or_default();
                    let dialect = Dialect::Policy { http: request.http.is_some() };
                    return self.expression(tx, &policy.name, text, dialect, request).await;
                }
                PolicyModel::Password => password::judge(self.policies, tx, settings, request).await?,
                PolicyModel::Dummy => plain::dummy(settings),
                PolicyModel::EventMatcher => plain::event_matcher(settings, request),
                PolicyModel::Reputation => plain::reputation(settings),
                PolicyModel::Expiry => plain::expiry(tx, settings, request).await?,
                PolicyModel::Geoip => plain::geoip(),
            };
            Ok(Ran::plain(outcome, messages, request))
        })
    }
}
