//! The user write stage: makes the account and spends the invitation in the same transaction, or changes an account.

use serde_json::json;

use crate::domain::flow::Designation;
use crate::domain::id::UserId;
use crate::domain::prompt_data;
use crate::domain::stage::{UserCreationMode, UserWriteStage};
use crate::domain::user::{PasswordHash, Username};
use crate::store::{StoreError, Tx, groups, invitations, sessions, users};

use super::super::Refusal;
use super::super::memo::Halt;
use super::super::walk::Walk;
use super::{Ran, account, email};

/// Writes the account. [`Halt::UsernameTaken`] leaves nothing written; [`Halt::Refused`] must roll back.
pub(crate) async fn run(walk: &mut Walk<'_>, tx: &mut Tx, stage: &UserWriteStage) -> Result<Ran, Halt> {
    let user = match target(walk, stage)? {
        Some(id) => change(walk, tx, id).await?,
        None => make(walk, tx, stage).await?,
    };
    let said = account::groups_said(tx, &walk.enrollment.context).await?;
    for group in stage.create_users_group.into_iter().chain(said) {
        groups::add_member(tx, group, user).await?;
    }
    let context = &mut walk.enrollment.context;
    context.pending_user = Some(user);
    // It is the account's now.
    context.password = None;
    walk.unseen = true;
    claim(walk, tx).await?;
    Ok(Ran::Passed)
}

/// Whose account is changed; none where one is to be made. Enrolling never touches the account that is signed in.
fn target(walk: &Walk<'_>, stage: &UserWriteStage) -> Result<Option<UserId>, Halt> {
    let context = &walk.enrollment.context;
    if context.is_pretended() {
        return Err(Halt::Refused(Refusal::Denied { messages: Vec::new() }));
    }
    let enrolls = walk.outline.flow.designation == Designation::Enrollment;
    let mode = stage.user_creation_mode;
    let signed_in = walk.session.user.filter(|_| !enrolls || mode == UserCreationMode::NeverCreate);
    let known = context.pending_user.or(signed_in);
    match (mode, known) {
        (UserCreationMode::AlwaysCreate, _) if !context.course.created => Ok(None),
        (UserCreationMode::NeverCreate, None) => Err(Halt::misconfigured(format!(
            "the user write stage of {} makes no new accounts",
            walk.outline.flow.slug
        ))),
        (_, known) => Ok(known),
    }
}

async fn make(walk: &mut Walk<'_>, tx: &mut Tx, stage: &UserWriteStage) -> Result<UserId, Halt> {
    let context = &walk.enrollment.context;
    let name = context.prompt_data.get("username").map(prompt_data::as_text).unwrap_or_default();
    let username = Username::parse(&name).map_err(|why| Halt::misconfigured(format!("username: {why}")))?;
    let mut user = account::fresh(stage, context, email::host(walk.place.public_url), username, &walk.act);
    user.password = password(walk)?;
    account::describe(&mut user, context, true)?;
    let detail = json!({ "created": true, "flow": walk.outline.flow.slug });
    match users::insert(tx, &user, detail, &walk.act).await {
        Err(StoreError::Taken(_)) => return Err(Halt::UsernameTaken),
        other => other?,
    }
    walk.enrollment.context.course.created = true;
    Ok(user.id)
}

async fn change(walk: &mut Walk<'_>, tx: &mut Tx, id: UserId) -> Result<UserId, Halt> {
    let Some(mut user) = users::find(tx, id).await? else {
        return Err(Halt::misconfigured("the account is gone"));
    };
    account::describe(&mut user, &walk.enrollment.context, false)?;
    let new_password = password(walk)?;
    let is_new_password = new_password.is_some();
    user.password = new_password.or(user.password);
    let detail = json!({ "created": false, "flow": walk.outline.flow.slug, "password": is_new_password });
    match users::rewrite(tx, &user, detail, &walk.act).await {
        Err(StoreError::Taken(_)) => return Err(Halt::UsernameTaken),
        other => other?,
    }
    if is_new_password || !user.is_active {
        // Whoever knew the old one is out.
        sessions::delete_others(tx, id, &walk.session.token_hash).await?;
    }
    if !user.is_active && walk.session.user == Some(id) {
        // This one still shows how it ended, as nobody's.
        walk.session.user = None;
        sessions::rotate(tx, &walk.session.token_hash, &walk.session).await?;
    }
    Ok(id)
}

/// The password that was chosen or brought, hashed.
fn password(walk: &Walk<'_>) -> Result<Option<PasswordHash>, Halt> {
    let context = &walk.enrollment.context;
    match (&context.password, context.prompt_data.get("password")) {
        (Some(hash), _) => Ok(Some(hash.clone())),
        (None, Some(clear)) if !context.course.created => walk.memo.hash(&prompt_data::as_text(clear)).map(Some),
        (None, _) => Ok(None),
    }
}

/// Spends one use of the invitation in effect, unless that has been done, for the account that was written.
pub(crate) async fn claim(walk: &mut Walk<'_>, tx: &mut Tx) -> Result<(), Halt> {
    let enrollment = &mut walk.enrollment;
    let Some(id) =
        enrollment.invitation.filter(|_| enrollment.context.invitation_in_effect && !enrollment.context.use_counted)
    else {
        return Ok(());
    };
    let user = match enrollment.context.pending_user {
        Some(user) => users::find(tx, user).await?,
        None => None,
    };
    let user = user.as_ref().map(|user| (user.id, user.username.as_str()));
    if !invitations::claim_use(tx, id, user, &walk.act).await? {
        let status = invitations::find(tx, id).await?.map(|view| view.invitation.status(walk.act.at));
        return Err(Halt::Refused(status.and_then(Refusal::of_status).unwrap_or(Refusal::InvitationNotFound)));
    }
    enrollment.context.use_counted = true;
    Ok(())
}
