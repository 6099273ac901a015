//! The password stage: asks for the password of who was identified.

use serde_json::json;

use crate::domain::event::Action;
use crate::domain::stage::PasswordStage;
use crate::domain::user::User;
use crate::store::events::{self, Object};
use crate::store::{Tx, users};

use super::super::challenge::Faults;
use super::super::memo::Halt;
use super::super::walk::Walk;
use super::super::{Answers, Refusal, Remark};

/// The field that asks for it.
pub(crate) const FIELD: &str = "password";

/// Takes the password. After as many wrong ones as the stage allows the flow is over.
pub(crate) async fn respond(
    walk: &mut Walk<'_>,
    tx: &mut Tx,
    stage: &PasswordStage,
    answers: &Answers,
) -> Result<Faults, Halt> {
    let user = match walk.enrollment.context.pending_user {
        Some(id) => users::find(tx, id).await?,
        None if walk.enrollment.context.is_pretended() => None,
        None => return Err(Halt::misconfigured("the password stage knows nobody whose password it could ask")),
    };
    let typed = walk.enrollment.context.identifier.as_deref();
    let account = typed.or(user.as_ref().map(|user| user.username.as_str())).unwrap_or_default();
    if is_right(walk, tx, account, user.as_ref(), answers).await? {
        return Ok(Faults::default());
    }
    let course = &mut walk.enrollment.context.course;
    course.wrong_passwords += 1;
    let limit = u32::try_from(stage.failed_attempts_before_cancel).unwrap_or(0).max(1);
    if course.wrong_passwords < limit {
        return Ok(Faults::of(Remark::InvalidPassword));
    }
    let next = walk.enrollment.context.next().map(str::to_owned);
    walk.give_up(tx).await?;
    Err(Halt::Denied(Refusal::WrongTooOften { next }))
}

/// Whether the password that was given is this user's; `account` is what was typed to name the account. For nobody, for who has none and for who may not sign in it takes
/// as long and the answer is no.
pub(crate) async fn is_right(
    walk: &Walk<'_>,
    tx: &mut Tx,
    account: &str,
    user: Option<&User>,
    answers: &Answers,
) -> Result<bool, Halt> {
    let given = answers.get(FIELD).unwrap_or_default();
    let hash = user.filter(|user| user.is_active).and_then(|user| user.password.as_ref());
    let right = walk.memo.matches(account, given, hash)?;
    if let (false, Some(user)) = (right, user) {
        let name = user.username.as_str();
        events::log(tx, &walk.act, Action::LoginFailed, Object("user", name), json!({})).await?;
    }
    Ok(right)
}
