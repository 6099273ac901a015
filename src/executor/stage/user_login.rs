//! The user login stage: signs the pending user in, with a new session token.

use chrono::TimeDelta;

use crate::clock;
use crate::domain::Mapping;
use crate::domain::enrollment::{Context, Enrollment, Session};
use crate::domain::event::Act;
use crate::domain::id::EnrollmentId;
use crate::domain::stage::UserLoginStage;
use crate::store::{Tx, enrollments, sessions, users};

use super::super::Refusal;
use super::super::memo::Halt;
use super::super::respond::Login;
use super::super::walk::Walk;
use super::Ran;

/// How long a session lasts here that ends when the browser is closed: browsers that restore tabs never close.
const BROWSER_SESSION: TimeDelta = TimeDelta::days(1);

/// How long the old token still leads to the closing page.
const AFTERGLOW: TimeDelta = TimeDelta::minutes(10);

/// Whether the person is still to be asked whether to stay signed in.
pub(crate) fn asks(stage: &UserLoginStage, context: &Context) -> bool {
    stage.remember_me_offset.0 > 0 && context.course.remember_me.is_none()
}

/// Signs the pending user in under the new token; passes by where the account waits for activation.
pub(crate) async fn run(walk: &mut Walk<'_>, tx: &mut Tx, stage: &UserLoginStage) -> Result<Ran, Halt> {
    let context = &walk.enrollment.context;
    if context.is_pretended() {
        return Err(Halt::Refused(Refusal::Denied { messages: Vec::new() }));
    }
    let Some(id) = context.pending_user else {
        return Err(Halt::misconfigured("the user login stage has nobody to sign in"));
    };
    let Some(user) = users::find(tx, id).await? else {
        return Err(Halt::misconfigured("the account is gone"));
    };
    if !user.is_active {
        if context.course.created {
            return Ok(Ran::Passed);
        }
        return Err(Halt::Refused(Refusal::Denied { messages: Vec::new() }));
    }
    let remembered = if context.course.remember_me == Some(true) { stage.remember_me_offset.0 } else { 0 };
    let seconds = stage.session_duration.0.saturating_add(remembered);
    let life = if seconds > 0 { TimeDelta::try_seconds(seconds).unwrap_or(BROWSER_SESSION) } else { BROWSER_SESSION };
    let expires_at = walk.act.at.checked_add_signed(life).unwrap_or(walk.act.at + BROWSER_SESSION);
    let session = Session { token_hash: walk.fresh.to_vec(), user: Some(user.id), expires_at };
    walk.enrollment.context.course.settled = true;
    if walk.session.token_hash == walk.fresh {
        // Signed out just before: the token is new already.
        sessions::rotate(tx, walk.fresh, &session).await?;
    } else {
        leave(tx, &walk.enrollment, &walk.act).await?;
        sessions::insert(tx, &session, walk.act.at).await?;
        walk.enrollment.id = EnrollmentId(clock::new_id());
        walk.enrollment.session = walk.fresh.to_vec();
        enrollments::replace(tx, &walk.enrollment).await?;
    }
    if stage.terminate_other_sessions {
        sessions::delete_others(tx, user.id, walk.fresh).await?;
    }
    users::record_login(tx, &user, &walk.act).await?;
    walk.session = session;
    walk.login = Some(Login { seconds: (seconds > 0).then_some(seconds) });
    Ok(Ran::Passed)
}

/// Signs the old token out, for good. Somebody who clicked twice is still known by it: the browser may have dropped the
/// answer to the first click, and the new token with it. So the old token keeps, for a while, that this enrollment is
/// over and whose account it made, and nothing else.
async fn leave(tx: &mut Tx, enrollment: &Enrollment, act: &Act<'_>) -> Result<(), Halt> {
    let until = act.at + AFTERGLOW;
    let before = &enrollment.context;
    let context = Context {
        prompt_data: Mapping::new(),
        password: None,
        pending_user: before.pending_user,
        invitation_in_effect: before.invitation_in_effect,
        use_counted: before.use_counted,
        course: before.course.clone(),
        ..Context::default()
    };
    let over = Enrollment { context, done: true, updated_at: act.at, expires_at: until, ..enrollment.clone() };
    enrollments::update(tx, &over).await?;
    sessions::retire(tx, &enrollment.session, until).await?;
    Ok(())
}
