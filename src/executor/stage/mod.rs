//! The stages, one file a kind. Those that need no person run at once; those that change something wait for a POST.

pub(super) mod account;
mod consent;
mod email;
mod identification;
pub(super) mod invitation;
mod leaving;
mod password;
pub(super) mod prompt;
mod redirect;
pub(super) mod user_login;
pub(super) mod user_write;

use crate::domain::enrollment::Enrollment;
use crate::domain::execution;
use crate::domain::flow::{Outline, OutlineStep};
use crate::domain::prompt::Sent;
use crate::domain::stage::{StageKind, Typed};
use crate::store::Tx;

pub(super) use email::{hash, host};
pub(super) use identification::FIELD as UID;
pub(super) use prompt::PASSWORD;
pub(super) use redirect::is_followed;

use super::challenge::{Faults, step};
use super::memo::Halt;
use super::walk::Walk;
use super::{Answers, Refusal};

/// What reaching a stage leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ran {
    /// The next stage.
    Passed,
    /// The plan or the place in it is another one.
    Moved,
    /// The stage waits for the person.
    Waits,
    /// The stage refuses; with a text for the person, or none.
    Refuses(String),
}

/// Whether the flow lets nobody through without an invitation. An invitation stage that policies guard may be left out
/// of a plan: that is told when it is reached.
pub(super) fn needs_invitation(outline: &Outline) -> bool {
    let insists = |step: &OutlineStep| matches!(&step.stage.kind, StageKind::Invitation(stage) if !stage.continue_flow_without_invitation);
    outline.steps.iter().any(|step| insists(step) && !step.policies.iter().any(|binding| binding.enabled))
}

/// The refusal of a stage that is kept and not executed here, where the enrollment has come to one.
pub(super) fn not_executed(enrollment: &Enrollment, outline: &Outline) -> Option<Refusal> {
    let step = enrollment.plan.get(enrollment.position).and_then(|id| step(outline, *id))?;
    let why = execution::obstacle(step)?;
    Some(Refusal::NotExecuted(format!("The stage `{}` {why}", step.stage.name)))
}

/// Runs a stage that was reached. Where nobody acts, what changes something waits.
pub(super) async fn run(walk: &mut Walk<'_>, tx: &mut Tx, step: &OutlineStep) -> Result<Ran, Halt> {
    let acting = walk.acting;
    match &step.stage.kind {
        StageKind::Invitation(stage) => invitation::enter(walk, tx, stage).await,
        StageKind::UserLogin(stage) if acting && !user_login::asks(stage, &walk.enrollment.context) => {
            user_login::run(walk, tx, stage).await
        }
        StageKind::UserWrite(stage) if acting => user_write::run(walk, tx, stage).await,
        StageKind::Prompt(_) | StageKind::UserLogin(_) | StageKind::UserWrite(_) => Ok(Ran::Waits),
        StageKind::Other(_) => match typed(step)? {
            Typed::Deny(stage) => Ok(Ran::Refuses(denial(walk, &stage.deny_message))),
            Typed::Redirect(stage) => redirect::run(walk, tx, &stage).await,
            Typed::Email(stage) if acting => email::run(walk, tx, step, &stage).await,
            Typed::Dummy(stage) if stage.throw_error => {
                Err(Halt::misconfigured(format!("the stage {} raises an error, as it is told to", step.stage.name)))
            }
            Typed::UserDelete if acting => leaving::delete(walk, tx).await,
            Typed::UserLogout if acting => leaving::sign_out(walk, tx).await,
            _ => Ok(Ran::Waits),
        },
    }
}

/// Lets the stage that waits take the answer. Stages that ask nothing take the click on "continue".
pub(super) async fn answer(
    walk: &mut Walk<'_>,
    tx: &mut Tx,
    step: &OutlineStep,
    answers: &Answers,
) -> Result<Faults, Halt> {
    let faults = match &step.stage.kind {
        StageKind::Prompt(_) => prompt::respond(walk, tx, step, answers).await?,
        StageKind::UserLogin(stage) if user_login::asks(stage, &walk.enrollment.context) => {
            walk.enrollment.context.course.remember_me = Some(is_ticked(answers, "remember_me"));
            return Ok(Faults::default());
        }
        StageKind::Other(_) => match typed(step)? {
            Typed::Identification(stage) => identification::respond(walk, tx, &stage, answers).await?,
            Typed::Password(stage) => password::respond(walk, tx, &stage, answers).await?,
            Typed::Consent(_) => consent::respond(walk, answers),
            Typed::Email(stage) => return email::respond(walk, tx, step, &stage, answers).await,
            Typed::Dummy(_) => Faults::default(),
            _ => return Ok(Faults::default()),
        },
        _ => return Ok(Faults::default()),
    };
    if faults.is_empty() {
        walk.enrollment.context.course.drafts.retain(|draft| draft.stage != step.binding.id);
        walk.enrollment.position += 1;
    }
    Ok(faults)
}

/// The settings of a stage that is not one of our own four kinds.
fn typed(step: &OutlineStep) -> Result<Typed, Halt> {
    let StageKind::Other(other) = &step.stage.kind else {
        return Err(Halt::misconfigured(format!("the stage {} has no settings", step.stage.name)));
    };
    other.typed().map_err(|why| Halt::misconfigured(format!("the stage {} {why}", step.stage.name)))
}

/// What a policy or the stage says to whom it refuses.
fn denial(walk: &Walk<'_>, own: &str) -> String {
    let said = walk.enrollment.context.other.get("deny_message").and_then(serde_json::Value::as_str);
    said.unwrap_or(own).to_owned()
}

/// Whether a form or a program says yes.
fn is_ticked(answers: &Answers, key: &str) -> bool {
    answers.sent(key) == Some(&Sent::Truth(true)) || matches!(answers.get(key), Some("true" | "True" | "on" | "1"))
}
