//! The walk through a flow on which nothing is written and nobody answers.

use chrono::{DateTime, Utc};

use super::{Account, End, Gate, Preview, Previewing, Reach, Shows, Stage, Verdict, When};
use crate::domain::Mapping;
use crate::domain::enrollment::{Context, Enrollment, Session};
use crate::domain::event::Actor;
use crate::domain::execution;
use crate::domain::flow::{Authentication, InvalidResponseAction, Outline, OutlineStep, PolicyEngineMode};
use crate::domain::id::EnrollmentId;
use crate::domain::invitation::Status;
use crate::domain::policy::Guarded;
use crate::domain::prompt_data;
use crate::domain::stage::{
    EmailStage, OtherStage, RedirectMode, RedirectStage, StageKind, Typed, UserField, UserLoginStage,
};
use crate::executor::guard::change;
use crate::executor::{Result, page, stage};
use crate::policy::{self, Judged, Policies, Request};
use crate::store::{Tx, flows, policies};

/// Where a walk has got to.
pub(super) struct Walk<'a> {
    pub policies: &'a Policies,
    pub asked: &'a Previewing<'a>,
    pub enrollment: Enrollment,
    pub now: DateTime<Utc>,
    session: Session,
    pub visitor: Actor,
    /// The keys of all fields that were asked so far.
    pub asks: Vec<String>,
    /// Whether a password was asked for.
    pub asks_password: bool,
    /// The account that was written last.
    pub account: Option<Account>,
    signed_in: bool,
    end: Option<End>,
}

/// Looks at what somebody sees who follows an invitation's link to a flow. It only reads.
pub async fn preview(policies: &Policies, tx: &mut Tx, asked: &Previewing<'_>, now: DateTime<Utc>) -> Result<Preview> {
    let outline = asked.outline;
    let mut walk = Walk::new(policies, asked, now);
    let flow = &outline.flow;
    let opening = if outline.policies.is_empty() {
        None
    } else {
        Some(walk.gate(tx, When::Opening, Guarded::Flow(flow.id), flow.policy_engine_mode).await?)
    };
    if let Some(gate) = opening.as_ref().filter(|gate| !gate.passes) {
        let said = gate.verdicts.iter().flat_map(|verdict| verdict.messages.iter().cloned());
        walk.end = Some(End::Refused(said.collect()));
    }
    let refused = walk.end.take();
    let stages = walk.stages(tx).await?;
    Ok(Preview {
        invitation: asked.invitation.settings.name.to_string(),
        flow: flow.slug.to_string(),
        title: flow.title.clone(),
        obstacles: obstacles(asked, now),
        policies: opening,
        stages,
        end: refused.unwrap_or_else(|| walk.end()),
    })
}

/// Why the link lets nobody in, whoever comes.
fn obstacles(asked: &Previewing<'_>, now: DateTime<Utc>) -> Vec<String> {
    let (flow, invitation) = (&asked.outline.flow, asked.invitation);
    let mut found = Vec::new();
    match invitation.status(now) {
        Status::Active => {}
        status => found.push(format!("The invitation is {status}: its link lets nobody in.")),
    }
    if invitation.settings.flow.is_some_and(|own| own != flow.id) {
        found.push(format!("It is an invitation to another flow: {} does not take it.", flow.slug));
    }
    match flow.authentication {
        Authentication::None | Authentication::RequireUnauthenticated => {}
        Authentication::RequireAuthenticated | Authentication::RequireSuperuser => {
            found.push(format!("{} is for people who are signed in already.", flow.slug));
        }
        Authentication::RequireRedirect | Authentication::RequireOutpost => {
            found.push(format!("{} can't be begun by a link.", flow.slug));
        }
    }
    found
}

impl<'a> Walk<'a> {
    fn new(policies: &'a Policies, asked: &'a Previewing<'a>, now: DateTime<Utc>) -> Self {
        let enrollment = Enrollment {
            id: EnrollmentId(uuid::Uuid::nil()),
            session: Vec::new(),
            flow: asked.outline.flow.id,
            invitation: Some(asked.invitation.id),
            plan: Vec::new(),
            position: 0,
            context: Context::default(),
            done: false,
            created_at: now,
            updated_at: now,
            expires_at: now,
        };
        Self {
            policies,
            asked,
            enrollment,
            now,
            session: Session { token_hash: Vec::new(), user: None, expires_at: now },
            visitor: Actor::visitor(""),
            asks: Vec::new(),
            asks_password: false,
            account: None,
            signed_in: false,
            end: None,
        }
    }

    pub(super) fn context(&mut self) -> &mut Context {
        &mut self.enrollment.context
    }

    /// What is known by now of the person.
    pub(super) fn data(&self) -> &Mapping {
        &self.enrollment.context.prompt_data
    }

    /// What policies are told: by a visitor without a browser, of the invitation as it is looked at.
    pub(super) fn request(&self, has_plan: bool) -> Request {
        let act = self.visitor.at(self.now);
        let request = page::request(&self.enrollment, &self.session, &act, None, has_plan);
        Request { unsaved: Some(Box::new(self.asked.invitation.clone())), ..request }
    }

    async fn gate(&mut self, tx: &mut Tx, when: When, target: Guarded, mode: PolicyEngineMode) -> Result<Gate> {
        let request = self.request(when == When::Reaching);
        let (verdict, each) = self.policies.guard_each(tx, target, mode, &request).await?;
        change(&mut self.enrollment.context, &verdict.changes);
        gate(tx, when, mode, &verdict, each).await
    }

    /// Every stage: first the plan is made, then it is walked.
    async fn stages(&mut self, tx: &mut Tx) -> Result<Vec<Stage>> {
        let outline: &Outline = self.asked.outline;
        let mut stages = Vec::new();
        for step in &outline.steps {
            let binding = &step.binding;
            let mut stage = Stage {
                name: step.stage.name.clone(),
                kind: step.stage.kind.label(),
                reach: Reach::Reached,
                gates: Vec::new(),
                is_unguarded: !step.policies.is_empty() && !binding.evaluate_on_plan && !binding.re_evaluate_policies,
                shows: None,
            };
            if binding.evaluate_on_plan && !step.policies.is_empty() {
                self.guard(tx, When::Planning, step, &mut stage).await?;
            }
            stages.push(stage);
        }
        for (stage, step) in stages.iter_mut().zip(&outline.steps) {
            if self.end.is_some() {
                stage.reach = if stage.reach == Reach::Skipped { Reach::Skipped } else { Reach::Beyond };
                continue;
            }
            if stage.reach == Reach::Reached && step.binding.re_evaluate_policies && !step.policies.is_empty() {
                self.guard(tx, When::Reaching, step, stage).await?;
            }
            if stage.reach == Reach::Reached {
                stage.shows = Some(self.enter(tx, step).await?);
            }
        }
        Ok(stages)
    }

    async fn guard(&mut self, tx: &mut Tx, when: When, step: &OutlineStep, stage: &mut Stage) -> Result<()> {
        let binding = &step.binding;
        let gate = self.gate(tx, when, Guarded::Stage(binding.id), binding.policy_engine_mode).await?;
        if !gate.passes {
            stage.reach = Reach::Skipped;
        }
        stage.gates.push(gate);
        Ok(())
    }

    async fn enter(&mut self, tx: &mut Tx, step: &OutlineStep) -> Result<Shows> {
        if let Some(why) = execution::obstacle(step) {
            return Ok(self.stop(format!("The stage {why}: nobody gets further.")));
        }
        Ok(match &step.stage.kind {
            StageKind::Invitation(_) => {
                let invitation = self.asked.invitation;
                let context = self.context();
                if !context.invitation_in_effect {
                    prompt_data::merge(&mut context.prompt_data, &invitation.settings.fixed_data);
                    context.invitation_in_effect = true;
                }
                Shows::Does("Takes the invitation and what it prefills.".to_owned())
            }
            StageKind::Prompt(_) => Shows::Page(self.page(tx, step).await?),
            StageKind::UserWrite(stage) => {
                let account = self.write(tx, stage).await?;
                if let Some(why) = &account.fault {
                    self.end = Some(End::Refused(vec![why.clone()]));
                }
                Shows::Account(Box::new(account))
            }
            StageKind::UserLogin(stage) => self.sign_in(stage),
            StageKind::Other(other) => self.other(tx, step, other).await?,
        })
    }

    fn stop(&mut self, why: String) -> Shows {
        self.end = Some(End::Refused(vec![why.clone()]));
        Shows::Stops(why)
    }

    fn sign_in(&mut self, stage: &UserLoginStage) -> Shows {
        let is_active = match (&self.account, self.enrollment.context.pending_user) {
            (Some(account), _) => account.is_active,
            (None, Some(_)) => true,
            (None, None) => return self.stop("There is nobody to sign in: no account was written before.".to_owned()),
        };
        if !is_active {
            return Shows::Does("Signs nobody in: the account waits for activation.".to_owned());
        }
        self.signed_in = true;
        Shows::Does(if stage.remember_me_offset.0 > 0 {
            "Asks whether to stay signed in, and signs the person in.".to_owned()
        } else {
            "Signs the person in.".to_owned()
        })
    }

    async fn other(&mut self, tx: &mut Tx, step: &OutlineStep, other: &OtherStage) -> Result<Shows> {
        let typed = match other.typed() {
            Ok(typed) => typed,
            Err(why) => return Ok(self.stop(format!("The stage {why}."))),
        };
        Ok(match typed {
            Typed::Identification(asks) => {
                let fields: Vec<&str> = asks.user_fields.iter().map(|field| UserField::as_str(*field)).collect();
                Shows::Does(format!("Asks who somebody is, by {}.", fields.join(" or ")))
            }
            Typed::Password(_) => Shows::Does("Asks for the password of an account.".to_owned()),
            Typed::Consent(_) => Shows::Does("Asks whether to go on.".to_owned()),
            Typed::Dummy(_) => Shows::Does("Shows its name, to be clicked away.".to_owned()),
            Typed::Email(email) => self.mail(&email),
            Typed::Deny(deny) => self.deny(step, &deny.deny_message),
            Typed::Redirect(redirect) => self.redirect(tx, &redirect).await?,
            Typed::UserLogout => {
                self.signed_in = false;
                Shows::Does("Signs the person out.".to_owned())
            }
            Typed::UserDelete => {
                self.stop("The stage deletes the account of who is signed in: here nobody is.".to_owned())
            }
            Typed::Captcha => self.stop("Captchas are not executed here.".to_owned()),
        })
    }

    fn deny(&mut self, step: &OutlineStep, own: &str) -> Shows {
        let said = self.enrollment.context.other.get("deny_message").and_then(serde_json::Value::as_str);
        let said = said.unwrap_or(own).to_owned();
        let again = step.binding.invalid_response_action != InvalidResponseAction::Retry;
        let again = if again { " and begins the flow again" } else { "" };
        let what = if said.is_empty() { format!("Refuses{again}.") } else { format!("Refuses{again}: {said}") };
        self.end = Some(End::Refused(vec![said].into_iter().filter(|said| !said.is_empty()).collect()));
        Shows::Stops(what)
    }

    fn mail(&mut self, stage: &EmailStage) -> Shows {
        if self.account.is_none() && self.enrollment.context.pending_user.is_none() {
            return self.stop("The email stage knows nobody to write to: no account was written before.".to_owned());
        }
        let said = self.enrollment.context.other.get("email").and_then(serde_json::Value::as_str);
        let known = said.or(self.data().get("email").and_then(serde_json::Value::as_str)).unwrap_or_default();
        let to = if known.is_empty() { "the address of the account" } else { known };
        let mut what = format!("Sends {} to {to}, and waits until its link is followed.", stage.template);
        if stage.activate_user_on_success {
            what.push_str(" That activates the account.");
            if let Some(account) = &mut self.account {
                account.is_active = true;
            }
        }
        Shows::Does(what)
    }

    async fn redirect(&mut self, tx: &mut Tx, stage: &RedirectStage) -> Result<Shows> {
        let said = self.enrollment.context.other.get("redirect_stage_target").and_then(serde_json::Value::as_str);
        let to = match (said, stage.mode, stage.target_flow) {
            (Some(said), ..) => said.to_owned(),
            (None, RedirectMode::Static, _) => stage.target_static.clone(),
            (None, RedirectMode::Flow, Some(id)) => match flows::find(tx, id).await? {
                Some(flow) => format!("/if/flow/{}/", flow.slug),
                None => return Ok(self.stop("The redirect stage leads to a flow that is not there.".to_owned())),
            },
            (None, RedirectMode::Flow, None) => {
                return Ok(self.stop("The redirect stage leads to a flow that is not there.".to_owned()));
            }
        };
        if !stage::is_followed(&to) && !to.starts_with("ak-flow://") {
            return Ok(self.stop("The redirect stage leads to no http address.".to_owned()));
        }
        self.end = Some(End::Elsewhere(to.clone()));
        Ok(Shows::Does(format!("Leads on to {to}.")))
    }

    fn end(self) -> End {
        if let Some(end) = self.end {
            return end;
        }
        let context = &self.enrollment.context;
        let said = context.other.get("redirect").and_then(serde_json::Value::as_str);
        End::Done {
            account: self.account.is_some(),
            waits_for_activation: self.account.as_ref().is_some_and(|account| !account.is_active),
            signed_in: self.signed_in,
            use_counted: context.invitation_in_effect,
            next: said.filter(|to| stage::is_followed(to)).map(str::to_owned),
        }
    }
}

/// What policies came to, with their names.
pub(super) async fn gate(
    tx: &mut Tx,
    when: When,
    mode: PolicyEngineMode,
    verdict: &policy::Verdict,
    each: Vec<Judged>,
) -> Result<Gate> {
    let mut verdicts = Vec::new();
    for judged in each {
        let Judged { decider, found, negate, passing, messages } = judged;
        let name = policies::decider_name(tx, decider).await?;
        let messages = messages.iter().map(ToString::to_string).collect();
        verdicts.push(Verdict { name, decider, found, negate, passes: passing, messages });
    }
    let changes = verdict.changes.set.keys().chain(&verdict.changes.removed).cloned();
    let changes = changes.filter(|key| key != "invitation").collect();
    Ok(Gate { when, mode, passes: verdict.passing, verdicts, changes })
}
