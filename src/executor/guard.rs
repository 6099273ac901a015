//! Asking policies. Every verdict is found outside the write transaction (see [`super::memo`]); what it changes and what
//! belongs in the log is written here, in the transaction of whoever asked.

use serde_json::{Value, json};

use super::memo::{Halt, Question};
use super::page::{self, Page};
use super::walk::Walk;
use crate::domain::Mapping;
use crate::domain::enrollment::{Context, Notice};
use crate::domain::flow::OutlineStep;
use crate::domain::id::{InvitationId, PolicyId, UserId};
use crate::domain::message::Message;
use crate::domain::policy::{Guarded, PolicyBinding};
use crate::policy::{Asked, Changes, Request, Verdict};
use crate::store::Tx;

/// Whether anything guards.
fn is_guarded(policies: &[PolicyBinding]) -> bool {
    policies.iter().any(|binding| binding.enabled)
}

impl Walk<'_> {
    /// Whether the flow applies to the visitor; the messages where it does not.
    pub(super) async fn flow_applies(&mut self, tx: &mut Tx) -> Result<Result<(), Vec<Message>>, Halt> {
        let flow = &self.outline.flow;
        if !is_guarded(&self.outline.policies) {
            return Ok(Ok(()));
        }
        let verdict = self.ask(Asked::Guard(Guarded::Flow(flow.id), flow.policy_engine_mode), false)?;
        self.take_over(tx, &verdict).await?;
        Ok(if verdict.passing { Ok(()) } else { Err(verdict.messages) })
    }

    /// Whether a stage stays in the plan that is being made.
    pub(super) async fn is_planned(&mut self, tx: &mut Tx, step: &OutlineStep) -> Result<bool, Halt> {
        if !step.binding.evaluate_on_plan {
            return Ok(true);
        }
        self.passes(tx, step, false).await
    }

    /// Whether a stage is entered, now that it is reached.
    pub(super) async fn is_entered(&mut self, tx: &mut Tx, step: &OutlineStep) -> Result<bool, Halt> {
        if !step.binding.re_evaluate_policies {
            return Ok(true);
        }
        self.passes(tx, step, true).await
    }

    /// Whether the stage that waits still belongs in the plan, now that its form has come: its policies are asked at every
    /// answer. Else it is left out, whatever was entered. What they say is said once: not what stands on its page already.
    pub(super) async fn is_still_entered(
        &mut self,
        tx: &mut Tx,
        step: &OutlineStep,
        said: &[Notice],
    ) -> Result<bool, Halt> {
        if self.enrollment.context.course.unconfirmed.is_some() {
            // That is the page of a link, which no policy guards; the stage behind it is entered after.
            return Ok(true);
        }
        let is_entered = self.is_entered(tx, step).await?;
        let notices = &mut self.enrollment.context.notices;
        notices.retain(|notice| !said.contains(notice));
        if is_entered {
            self.admitted = Some(step.binding.id);
        } else {
            if notices.is_empty() {
                notices.push(Notice::LeftOut);
            }
            self.enrollment.plan.remove(self.enrollment.position);
        }
        Ok(is_entered)
    }

    async fn passes(&mut self, tx: &mut Tx, step: &OutlineStep, has_plan: bool) -> Result<bool, Halt> {
        if !is_guarded(&step.policies) {
            return Ok(true);
        }
        let binding = &step.binding;
        let verdict = self.ask(Asked::Guard(Guarded::Stage(binding.id), binding.policy_engine_mode), has_plan)?;
        self.take_over(tx, &verdict).await?;
        self.enrollment.context.notices.extend(verdict.messages.iter().cloned().map(Notice::Said));
        Ok(verdict.passing)
    }

    /// The verdict of policies. An account that this very transaction has written can't be seen outside of it: it is
    /// committed first.
    fn ask(&self, asked: Asked, has_plan: bool) -> Result<Verdict, Halt> {
        self.ask_about(asked, self.request(has_plan), false)
    }

    /// The verdict of the policies that check a page's answers; they see these answers and nothing else.
    pub(super) fn validate(&self, ids: Vec<PolicyId>, answers: Mapping, has_password: bool) -> Result<Verdict, Halt> {
        let context = Mapping::from_iter([("prompt_data".to_owned(), Value::Object(answers))]);
        self.ask_about(Asked::Validate(ids), Request { context, ..self.request(false) }, has_password)
    }

    fn ask_about(&self, asked: Asked, request: Request, is_of_password: bool) -> Result<Verdict, Halt> {
        match self.memo.verdict(&asked, &request) {
            Some(verdict) => Ok(verdict),
            None if self.unseen => Err(Halt::CommitFirst),
            None => Err(Halt::asking(asked, request, is_of_password)),
        }
    }

    /// What policies are told.
    pub(super) fn request(&self, has_plan: bool) -> Request {
        page::request(&self.enrollment, &self.session, &self.act, self.http, has_plan)
    }

    /// What the expressions of the page that waits evaluate to.
    pub(super) fn page(&self, step: Option<&OutlineStep>) -> Result<Page, Halt> {
        let Some(step) = step.filter(|step| page::has_expressions(&step.prompts)) else { return Ok(Page::default()) };
        let request = self.request(false);
        match self.memo.page(step.binding.id, &request) {
            Some(page) => Ok(page),
            None if self.unseen => Err(Halt::CommitFirst),
            None => Err(Halt::Needs(Question::Prompts(step.binding.id, step.prompts.clone(), Box::new(request)))),
        }
    }

    async fn take_over(&mut self, tx: &mut Tx, verdict: &Verdict) -> Result<(), Halt> {
        verdict.record(tx, &self.act).await?;
        change(&mut self.enrollment.context, &verdict.changes);
        Ok(())
    }
}

/// The plan context as policies see it: names of the reference, references for objects.
pub(super) fn known(context: &Context, invitation: Option<InvitationId>) -> Mapping {
    let mut known = context.other.clone();
    known.insert("prompt_data".into(), Value::Object(context.prompt_data.clone()));
    if let Some(user) = context.pending_user {
        known.insert("pending_user".into(), json!({ "$object": "user", "pk": user }));
    }
    if let Some(identifier) = &context.identifier {
        known.insert("pending_user_identifier".into(), json!(identifier));
    }
    if let (Some(id), true) = (invitation, context.invitation_in_effect) {
        known.insert("invitation_in_effect".into(), json!(true));
        known.insert("invitation".into(), json!({ "$object": "invitation", "pk": id }));
    }
    if context.course.mailed.is_some() {
        known.insert("email_sent".into(), json!(true));
    }
    if context.course.confirmed.is_some() {
        known.insert("is_restored".into(), json!(true));
    }
    known
}

/// Keys that policies see and don't change: the executor's own.
const OURS: &[&str] = &["invitation", "invitation_in_effect", "pending_user_identifier", "email_sent", "is_restored"];

/// Takes what policies changed into the context.
pub(super) fn change(context: &mut Context, changes: &Changes) {
    for key in &changes.removed {
        if key == "prompt_data" {
            context.prompt_data.clear();
        }
        context.other.remove(key);
    }
    for (key, value) in &changes.set {
        match (key.as_str(), value) {
            ("prompt_data", Value::Object(data)) => context.prompt_data.clone_from(data),
            ("pending_user", value) => {
                if let Some(user) = reference(value, "user") {
                    context.pending_user = Some(UserId(user));
                }
            }
            (key, _) if OURS.contains(&key) => {}
            (key, value) => {
                context.other.insert(key.to_owned(), value.clone());
            }
        }
    }
}

/// The id that a reference to an object of that kind holds.
pub(super) fn reference(value: &Value, kind: &str) -> Option<uuid::Uuid> {
    let object = value.as_object().filter(|object| object.get("$object").is_some_and(|of| of == kind))?;
    uuid::Uuid::try_parse(object.get("pk")?.as_str()?).ok()
}
