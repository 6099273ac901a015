//! What each kind of stage shows: one variant a component of authentik's flow API (flow-execution reference, section 4).
//! An access that is denied is a [`Refusal`](super::Refusal), the end of a flow a [`Closing`](super::plan::Closing).

use crate::domain::enrollment::{Context, Enrollment};
use crate::domain::flow::{Designation, OutlineStep};
use crate::domain::id::FlowId;
use crate::domain::stage::{IdentificationStage, StageKind, Typed, UserField};
use crate::store::{Tx, brands, flows, stages, users};

use super::challenge::Place;
use super::stage::UID;
use super::{Answers, Field, Result};

/// What a page asks or shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Component {
    /// Questions, in order.
    Prompt(Vec<Field>),
    /// Who somebody is.
    Identification(Identification),
    /// The password of this user.
    Password {
        /// The name that the person gave or has.
        username: String,
        /// The flow for people who have lost it: its slug.
        recovery: Option<String>,
        /// Whether clients offer to show what is typed.
        may_show: bool,
    },
    /// Whether to go on.
    Consent {
        /// To what.
        about: About,
        /// What the answer carries as `token`.
        token: String,
    },
    /// A mail was sent; its link leads on.
    Email {
        /// Where to, where the person has just told it.
        address: Option<String>,
    },
    /// A name, to be clicked away.
    Dummy {
        /// The stage's.
        name: String,
    },
    /// Whether to stay signed in.
    UserLogin {
        /// Who is to be signed in.
        username: String,
    },
    /// The way leads on elsewhere.
    Redirect {
        /// Where: an `http` or `https` address, or a path of ours.
        to: String,
    },
    /// Nothing: the next stage changes something, and that needs a click.
    Continue,
}

/// What a person consents to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A stage of the flow asks.
    Stage,
    /// The link of a mail was opened, perhaps by a program.
    MailLink,
}

/// The question who somebody is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identification {
    /// What may be given.
    pub user_fields: Vec<UserField>,
    /// Whether clients offer to remember the name.
    pub may_remember: bool,
    /// Whether clients offer to show a password that is typed.
    pub may_show: bool,
    /// Whether the password is asked on the same page.
    pub asks_password: bool,
    /// What was typed.
    pub typed: String,
    /// The flow for people without an account: its slug.
    pub enrollment: Option<String>,
    /// The flow for people who have lost their password: its slug.
    pub recovery: Option<String>,
}

/// What a stage that is no prompt stage shows.
///
/// `typed` brings back a form that was not accepted.
pub(super) async fn of(
    tx: &mut Tx,
    place: Place<'_>,
    enrollment: &Enrollment,
    step: &OutlineStep,
    typed: Option<&Answers>,
) -> Result<Component> {
    let context = &enrollment.context;
    let StageKind::Other(other) = &step.stage.kind else {
        return Ok(match &step.stage.kind {
            StageKind::UserLogin(login) if login.remember_me_offset.0 > 0 => {
                Component::UserLogin { username: username(tx, context).await? }
            }
            _ => Component::Continue,
        });
    };
    Ok(match other.typed() {
        Ok(Typed::Identification(stage)) => Component::Identification(identification(tx, &stage, typed).await?),
        Ok(Typed::Password(asked)) => Component::Password {
            username: username(tx, context).await?,
            recovery: recovery(tx, place).await?,
            may_show: asked.allow_show_password,
        },
        Ok(Typed::Consent(_)) => Component::Consent { about: About::Stage, token: consent_token(enrollment) },
        Ok(Typed::Email(_)) => email(tx, enrollment, step).await?,
        Ok(Typed::Redirect(_)) => match context.other.get("redirect").and_then(serde_json::Value::as_str) {
            Some(to) => Component::Redirect { to: to.to_owned() },
            None => Component::Continue,
        },
        Ok(Typed::Dummy(_)) => Component::Dummy { name: step.stage.name.clone() },
        _ => Component::Continue,
    })
}

/// What ties the answer to a question of consent to this enrollment.
pub(super) fn consent_token(enrollment: &Enrollment) -> String {
    enrollment.id.0.simple().to_string()
}

async fn email(tx: &mut Tx, enrollment: &Enrollment, step: &OutlineStep) -> Result<Component> {
    let context = &enrollment.context;
    if context.course.unconfirmed.is_some() {
        return Ok(Component::Consent { about: About::MailLink, token: consent_token(enrollment) });
    }
    if context.course.mailed != Some(step.binding.id) {
        return Ok(Component::Continue);
    }
    let user = match context.pending_user.filter(|_| context.course.created) {
        Some(id) => users::find(tx, id).await?,
        None => None,
    };
    Ok(Component::Email { address: user.map(|user| user.email) })
}

async fn username(tx: &mut Tx, context: &Context) -> Result<String> {
    let user = match context.pending_user {
        Some(id) => users::find(tx, id).await?,
        None => None,
    };
    // What was typed, where something was: a name would tell whether there is such an account.
    let known = user.map(|user| user.username.to_string());
    Ok(context.identifier.clone().or(known).unwrap_or_default())
}

async fn identification(tx: &mut Tx, stage: &IdentificationStage, typed: Option<&Answers>) -> Result<Identification> {
    Ok(Identification {
        user_fields: stage.user_fields.clone(),
        may_remember: stage.enable_remember_me,
        may_show: may_show(tx, stage).await?,
        asks_password: stage.password_stage.is_some(),
        typed: typed.and_then(|answers| answers.get(UID)).unwrap_or_default().to_owned(),
        enrollment: slug(tx, stage.enrollment_flow).await?,
        recovery: slug(tx, stage.recovery_flow).await?,
    })
}

/// The flow that the brand of this site has for people who have lost their password.
async fn recovery(tx: &mut Tx, place: Place<'_>) -> Result<Option<String>> {
    let brand = brands::of_host(tx, super::stage::host(place.public_url)).await?;
    slug(tx, brand.and_then(|brand| brand.flow_for(Designation::Recovery))).await
}

/// What the password stage says whose question is asked on the same page.
async fn may_show(tx: &mut Tx, stage: &IdentificationStage) -> Result<bool> {
    let Some(id) = stage.password_stage else { return Ok(false) };
    let kind = stages::find(tx, id).await?.map(|stage| stage.kind);
    let Some(StageKind::Other(other)) = kind else { return Ok(false) };
    Ok(matches!(other.typed(), Ok(Typed::Password(asked)) if asked.allow_show_password))
}

async fn slug(tx: &mut Tx, flow: Option<FlowId>) -> Result<Option<String>> {
    let Some(id) = flow else { return Ok(None) };
    Ok(flows::find(tx, id).await?.map(|flow| flow.slug.to_string()))
}
