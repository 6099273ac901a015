//! How the results of several policies become one verdict.

use serde_json::{Value, json};

use super::facts;
use super::run::{Outcome, Run};
use super::{Changes, Found, Judged, Noted, Policies, Request, Result, Verdict};
use crate::domain::event::Action;
use crate::domain::flow::PolicyEngineMode;
use crate::domain::id::{GroupId, PolicyId, UserId};
use crate::domain::message::Message;
use crate::domain::policy::{Decider, Guarded, Policy, PolicyBinding};
use crate::store::{Tx, groups, policies, users};

/// What several results come to.
struct Tally {
    mode: PolicyEngineMode,
    results: Vec<bool>,
    verdict: Verdict,
    /// What each came to by itself.
    each: Vec<Judged>,
}

impl Tally {
    fn new(mode: PolicyEngineMode) -> Self {
        Self { mode, results: Vec::new(), verdict: Verdict::default(), each: Vec::new() }
    }

    /// Nothing bound passes. Everything has run by now: nothing is cut short, because every message counts.
    fn close(mut self, before: &Request, after: &Request) -> (Verdict, Vec<Judged>) {
        self.verdict.passing = self.results.is_empty() || combine(self.mode, &self.results);
        self.verdict.changes = Changes::between(&before.context, &after.context);
        (self.verdict, self.each)
    }
}

fn combine(mode: PolicyEngineMode, results: &[bool]) -> bool {
    match mode {
        PolicyEngineMode::Any => results.contains(&true),
        PolicyEngineMode::All => !results.contains(&false),
    }
}

/// How the result of one policy counts.
#[derive(Clone, Copy)]
struct Weight {
    negate: bool,
    failure_result: bool,
}

impl Policies {
    /// Whether a visitor may pass what is guarded: its enabled bindings in their order, combined by its engine mode.
    pub async fn guard(
        &self,
        tx: &mut Tx,
        target: Guarded,
        mode: PolicyEngineMode,
        request: &Request,
    ) -> Result<Verdict> {
        Ok(self.guard_each(tx, target, mode, request).await?.0)
    }

    /// The same, with what each binding came to: people first, then policies, then what is disabled.
    pub async fn guard_each(
        &self,
        tx: &mut Tx,
        target: Guarded,
        mode: PolicyEngineMode,
        request: &Request,
    ) -> Result<(Verdict, Vec<Judged>)> {
        let (bindings, disabled): (Vec<_>, Vec<_>) =
            policies::bindings(tx, target).await?.into_iter().partition(|binding| binding.enabled);
        let object = facts::guarded(tx, target).await?;
        let (mut tally, mut asked) = (Tally::new(mode), Request { object, ..request.clone() });
        self.people(tx, &bindings, request, &mut tally).await?;
        for binding in &bindings {
            let Decider::Policy(id) = binding.decider else { continue };
            let weight = Weight { negate: binding.negate, failure_result: binding.failure_result };
            self.weigh(tx, id, weight, &mut asked, &mut tally).await?;
        }
        tally.each.extend(disabled.iter().map(|binding| judged(binding, Found::Disabled, false)));
        Ok(tally.close(request, &asked))
    }

    /// Whether a page's answers are taken: all of these policies must pass.
    pub async fn validate(&self, tx: &mut Tx, ids: &[PolicyId], request: &Request) -> Result<Verdict> {
        Ok(self.validate_each(tx, ids, request).await?.0)
    }

    /// The same, with what each policy came to.
    pub async fn validate_each(
        &self,
        tx: &mut Tx,
        ids: &[PolicyId],
        request: &Request,
    ) -> Result<(Verdict, Vec<Judged>)> {
        let (mut tally, mut asked) = (Tally::new(PolicyEngineMode::All), request.clone());
        for id in ids {
            let weight = Weight { negate: false, failure_result: false };
            self.weigh(tx, *id, weight, &mut asked, &mut tally).await?;
        }
        Ok(tally.close(request, &asked))
    }

    /// One policy on its own, as `policy test` asks.
    pub async fn ask(&self, tx: &mut Tx, id: PolicyId, request: &Request) -> Result<Verdict> {
        self.validate(tx, &[id], request).await
    }

    /// All bindings of users and groups together are one result.
    async fn people(
        &self,
        tx: &mut Tx,
        bindings: &[PolicyBinding],
        request: &Request,
        tally: &mut Tally,
    ) -> Result<()> {
        let people: Vec<_> = bindings.iter().filter(|it| !matches!(it.decider, Decider::Policy(_))).collect();
        if people.is_empty() {
            return Ok(());
        }
        let user = match request.user {
            Some(id) => users::find(tx, id).await?.map(|user| user.id),
            None => None,
        };
        let mine: Vec<GroupId> = match user {
            Some(id) => groups::all_of(tx, id).await?.into_iter().map(|group| group.id).collect(),
            None => Vec::new(),
        };
        let mut results = Vec::new();
        for binding in people {
            let is_match = matches(binding, user, &mine);
            let passing = user.is_some() && is_match != binding.negate;
            results.push(passing);
            tally.each.push(judged(binding, Found::Answer(is_match), passing));
        }
        tally.results.push(combine(tally.mode, &results));
        Ok(())
    }

    /// Runs a policy on what the ones before it left, and counts it.
    async fn weigh(
        &self,
        tx: &mut Tx,
        id: PolicyId,
        weight: Weight,
        asked: &mut Request,
        tally: &mut Tally,
    ) -> Result<()> {
        let Some(policy) = policies::find(tx, id).await? else { return Ok(()) };
        let run = Run::new(self).policy(tx, &policy, asked).await?;
        let passing = match &run.outcome {
            Outcome::Result(passing) => *passing != weight.negate,
            Outcome::Failed { .. } => weight.failure_result,
        };
        let verdict = &mut tally.verdict;
        verdict.events.extend(run.events);
        if policy.execution_logging {
            verdict.events.push(execution(&policy, passing, &run.messages));
        }
        verdict.messages.extend(run.messages.iter().cloned());
        let found = match run.outcome {
            Outcome::Result(answer) => Found::Answer(answer),
            Outcome::Failed { message, detail } => {
                verdict.events.push(exception(&policy, &detail));
                verdict.messages.push(message.clone());
                Found::Fault(message)
            }
        };
        asked.context = run.context;
        tally.results.push(passing);
        let (decider, negate) = (Decider::Policy(id), weight.negate);
        tally.each.push(Judged { decider, found, negate, passing, messages: run.messages });
        Ok(())
    }
}

/// Whether a user is who is meant. Who is not in the database passes nothing, not even what is turned around.
fn matches(binding: &PolicyBinding, user: Option<UserId>, groups: &[GroupId]) -> bool {
    match binding.decider {
        Decider::User(id) => user == Some(id),
        Decider::Group(id) => groups.contains(&id),
        Decider::Policy(_) => false,
    }
}

fn judged(binding: &PolicyBinding, found: Found, passing: bool) -> Judged {
    Judged { decider: binding.decider, found, negate: binding.negate, passing, messages: Vec::new() }
}

fn noted(policy: &Policy, action: Action, detail: Value) -> Noted {
    Noted { action, object_kind: policy.model.as_str().to_owned(), object_name: policy.name.clone(), detail }
}

fn execution(policy: &Policy, passing: bool, messages: &[Message]) -> Noted {
    let messages: Vec<String> = messages.iter().map(ToString::to_string).collect();
    noted(
        policy,
        Action::PolicyExecution,
        json!({ "policy_uuid": policy.id, "passing": passing, "messages": messages }),
    )
}

fn exception(policy: &Policy, detail: &str) -> Noted {
    let detail = json!({ "policy_uuid": policy.id, "exception": detail, "message": "Policy failed to execute" });
    noted(policy, Action::PolicyException, detail)
}
