//! Visitors' sessions. The database knows a token only by its hash.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::db::sql;
use super::{Result, Tx, mail_links};
use crate::domain::enrollment::Session;
use crate::domain::id::UserId;

#[derive(FromRow)]
struct SessionRow {
    token_hash: Vec<u8>,
    user_id: Option<Uuid>,
    expires_at: DateTime<Utc>,
}

/// Adds a session.
pub async fn insert(tx: &mut Tx, session: &Session, now: DateTime<Utc>) -> Result<()> {
    tx.exec(sql!(
        "INSERT INTO visitor_session (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        &session.token_hash,
        session.user.map(|user| user.0),
        now,
        session.expires_at,
    ))
    .await?;
    Ok(())
}

/// A session that has not ended. A user who was deactivated is signed out by that.
pub async fn find(tx: &mut Tx, token_hash: &[u8], now: DateTime<Utc>) -> Result<Option<Session>> {
    let row: Option<SessionRow> = tx
        .opt(sql!(
            "SELECT s.token_hash, u.id AS user_id, s.expires_at FROM visitor_session s LEFT JOIN user_account u ON u.id = s.user_id AND u.is_active WHERE s.token_hash = $1 AND s.expires_at > $2",
            token_hash, now,
        ))
        .await?;
    Ok(row.map(|row| Session { token_hash: row.token_hash, user: row.user_id.map(UserId), expires_at: row.expires_at }))
}

/// Gives a session a new token, user and end; its enrollment goes with it. Signing out rotates the token.
pub async fn rotate(tx: &mut Tx, old_hash: &[u8], session: &Session) -> Result<()> {
    tx.exec(sql!(
        "UPDATE visitor_session SET token_hash = $2, user_id = $3, expires_at = $4 WHERE token_hash = $1",
        old_hash,
        &session.token_hash,
        session.user.map(|user| user.0),
        session.expires_at,
    ))
    .await?;
    Ok(())
}

/// Signs a session out and lets it end at `until`.
pub async fn retire(tx: &mut Tx, token_hash: &[u8], until: DateTime<Utc>) -> Result<()> {
    tx.exec(sql!(
        "UPDATE visitor_session SET user_id = NULL, expires_at = $2 WHERE token_hash = $1",
        token_hash,
        until
    ))
    .await?;
    Ok(())
}

/// Ends all of a user's sessions, and what is under way in them.
pub async fn delete_all(tx: &mut Tx, user: UserId) -> Result<()> {
    tx.exec(sql!("DELETE FROM visitor_session WHERE user_id = $1", user.0)).await?;
    Ok(())
}

/// Ends a user's other sessions.
pub async fn delete_others(tx: &mut Tx, user: UserId, keep: &[u8]) -> Result<()> {
    tx.exec(sql!("DELETE FROM visitor_session WHERE user_id = $1 AND token_hash <> $2", user.0, keep)).await?;
    Ok(())
}

/// Forgets sessions, enrollments and links in mails that have ended; tells how many. Nothing depends on it: what has ended is not found.
pub async fn forget_ended(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    let enrollments = tx.exec(sql!("DELETE FROM enrollment WHERE expires_at <= $1", now)).await?;
    let sessions = tx.exec(sql!("DELETE FROM visitor_session WHERE expires_at <= $1", now)).await?;
    let links = mail_links::forget_ended(tx, now).await?;
    Ok(enrollments + sessions + links)
}
