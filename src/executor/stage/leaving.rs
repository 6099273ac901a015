//! The stages that sign somebody out and that delete somebody's account.

use serde_json::json;

use crate::domain::enrollment::Session;
use crate::domain::event::{Action, Actor};
use crate::domain::id::UserId;
use crate::domain::user::User;
use crate::store::events::{self, Object};
use crate::store::{Tx, sessions, users};

use super::super::Refusal;
use super::super::memo::Halt;
use super::super::respond::Login;
use super::super::walk::Walk;
use super::Ran;

/// Signs out whoever is signed in, with a new session token; nobody is fine too.
pub(crate) async fn sign_out(walk: &mut Walk<'_>, tx: &mut Tx) -> Result<Ran, Halt> {
    if let Some(user) = find(tx, walk.session.user).await? {
        end_session(walk, tx).await?;
        let name = user.username.to_string();
        let by = Actor { id: Some(user.id), name: name.clone(), address: walk.act.by.address.clone() };
        events::log(tx, &by.at(walk.act.at), Action::Logout, Object("user", &name), json!({})).await?;
    }
    if walk.enrollment.context.course.own {
        walk.enrollment.context.pending_user = None;
        walk.enrollment.context.course.own = false;
    }
    Ok(Ran::Passed)
}

/// Deletes the account of the pending user, else of whoever is signed in.
pub(crate) async fn delete(walk: &mut Walk<'_>, tx: &mut Tx) -> Result<Ran, Halt> {
    let id = walk.enrollment.context.pending_user.or(walk.session.user);
    let Some(user) = find(tx, id).await? else { return Err(Halt::Refused(Refusal::SignInNeeded)) };
    if walk.session.user == Some(user.id) {
        // Before the account: its sessions are deleted with it, and this one still shows how it ended.
        end_session(walk, tx).await?;
    }
    walk.enrollment.context.pending_user = None;
    walk.enrollment.context.course.own = false;
    walk.enrollment.context.course.created = false;
    users::delete(tx, user.id, &walk.act).await?;
    Ok(Ran::Passed)
}

async fn find(tx: &mut Tx, id: Option<UserId>) -> Result<Option<User>, Halt> {
    Ok(match id {
        Some(id) => users::find(tx, id).await?,
        None => None,
    })
}

/// The session goes on as nobody's, under a new token.
async fn end_session(walk: &mut Walk<'_>, tx: &mut Tx) -> Result<(), Halt> {
    let session = Session { token_hash: walk.fresh.to_vec(), user: None, expires_at: walk.session.expires_at };
    sessions::rotate(tx, &walk.session.token_hash, &session).await?;
    walk.enrollment.session.clone_from(&session.token_hash);
    walk.enrollment.context.course.settled = true;
    walk.session = session;
    walk.login = Some(Login { seconds: None });
    Ok(())
}
