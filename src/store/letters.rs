//! The outbox: letters wait here until a server has sent them.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::db::sql;
use super::{Result, StoreError, Tx};
use crate::domain::id::{InvitationId, LetterId, StageId};
use crate::domain::letter::{Body, Letter, LetterStatus};

macro_rules! columns {
    () => {
        "id, recipient, subject, template, stage_id, invitation_id, object_kind, object_name, status, attempts, queued_at, queued_by, next_attempt_at, expires_at, finished_at, error"
    };
}

#[derive(FromRow)]
struct LetterRow {
    id: Uuid,
    recipient: String,
    subject: String,
    template: String,
    stage_id: Option<Uuid>,
    invitation_id: Option<Uuid>,
    object_kind: String,
    object_name: String,
    status: String,
    attempts: i64,
    queued_at: DateTime<Utc>,
    queued_by: String,
    next_attempt_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    error: String,
}

#[derive(FromRow)]
struct ClaimedRow {
    #[sqlx(flatten)]
    letter: LetterRow,
    body_text: Option<String>,
    body_html: Option<String>,
}

impl TryFrom<LetterRow> for Letter {
    type Error = StoreError;

    fn try_from(row: LetterRow) -> Result<Self> {
        Ok(Self {
            id: LetterId(row.id),
            recipient: row.recipient,
            subject: row.subject,
            template: row.template,
            stage: row.stage_id.map(StageId),
            invitation: row.invitation_id.map(InvitationId),
            about: (row.object_kind, row.object_name),
            status: LetterStatus::parse(&row.status).ok_or_else(|| StoreError::corrupt("letter", &row.status))?,
            attempts: u32::try_from(row.attempts).map_err(|why| StoreError::corrupt("letter", why))?,
            queued_at: row.queued_at,
            queued_by: row.queued_by,
            next_attempt_at: row.next_attempt_at,
            expires_at: row.expires_at,
            finished_at: row.finished_at,
            error: row.error,
        })
    }
}

/// Adds a letter. It is sent only if the transaction is committed, and is then due at its `next_attempt_at`.
pub async fn insert(tx: &mut Tx, letter: &Letter, body: &Body) -> Result<()> {
    tx.exec(sql!(
        "INSERT INTO letter (id, recipient, subject, template, body_text, body_html, stage_id, invitation_id, object_kind, object_name, status, attempts, queued_at, queued_by, next_attempt_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        letter.id.0,
        &letter.recipient,
        &letter.subject,
        &letter.template,
        &body.text,
        &body.html,
        letter.stage.map(|stage| stage.0),
        letter.invitation.map(|invitation| invitation.0),
        &letter.about.0,
        &letter.about.1,
        letter.status.as_str(),
        letter.attempts,
        letter.queued_at,
        &letter.queued_by,
        letter.next_attempt_at,
        letter.expires_at,
    ))
    .await?;
    Ok(())
}

/// When the next attempt at any letter is due. Without a mail server of one's own (`configured`) only letters count
/// that go by a stage's.
pub async fn next_due(tx: &mut Tx, configured: bool) -> Result<Option<DateTime<Utc>>> {
    let (due,): (Option<DateTime<Utc>>,) = tx
        .one(sql!(
            "SELECT MIN(next_attempt_at) FROM letter WHERE status = 'queued' AND ($1 OR stage_id IS NOT NULL)",
            configured
        ))
        .await?;
    Ok(due)
}

/// Takes the letter that has been due for longest, and counts an attempt. Nobody else gets it before `until`: by then
/// it is sent, postponed or given up, or whoever took it has died.
pub async fn claim(
    tx: &mut Tx,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    configured: bool,
) -> Result<Option<(Letter, Body)>> {
    let row: Option<ClaimedRow> = tx
        .opt(sql!(
            concat!(
                "UPDATE letter SET next_attempt_at = $2, attempts = attempts + 1 WHERE id = (SELECT id FROM letter WHERE status = 'queued' AND next_attempt_at <= $1 AND ($3 OR stage_id IS NOT NULL) ORDER BY next_attempt_at, id LIMIT 1) AND status = 'queued' AND next_attempt_at <= $1 RETURNING body_text, body_html, ",
                columns!()
            ),
            now,
            until,
            configured,
        ))
        .await?;
    let Some(row) = row else { return Ok(None) };
    let body = Body { text: row.body_text.unwrap_or_default(), html: row.body_html.unwrap_or_default() };
    Ok(Some((row.letter.try_into()?, body)))
}

/// Notes that a claimed letter was sent, and forgets what it said. `false` where somebody else has claimed it since.
pub async fn sent(tx: &mut Tx, letter: &Letter, now: DateTime<Utc>) -> Result<bool> {
    let done = tx
        .exec(sql!(
            "UPDATE letter SET status = 'sent', finished_at = $3, error = '', body_text = NULL, body_html = NULL WHERE id = $1 AND attempts = $2 AND status = 'queued'",
            letter.id.0, letter.attempts, now,
        ))
        .await?;
    if let Some(invitation) = letter.invitation.filter(|_| done > 0) {
        tx.exec(sql!("UPDATE invitation SET mailed_at = $2 WHERE id = $1", invitation.0, now)).await?;
    }
    Ok(done > 0)
}

/// Notes why an attempt at a claimed letter failed, and when the next one is due. `false` as with [`sent`].
pub async fn postpone(tx: &mut Tx, letter: &Letter, error: &str, next: DateTime<Utc>) -> Result<bool> {
    let done = tx
        .exec(sql!(
            "UPDATE letter SET next_attempt_at = $3, error = $4 WHERE id = $1 AND attempts = $2 AND status = 'queued'",
            letter.id.0,
            letter.attempts,
            next,
            error,
        ))
        .await?;
    Ok(done > 0)
}

/// Notes that nobody tries any more. What the letter says is kept for [`retry`]. `false` as with [`sent`].
pub async fn give_up(tx: &mut Tx, letter: &Letter, error: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = tx
        .exec(sql!(
            "UPDATE letter SET status = 'failed', finished_at = $3, error = $4 WHERE id = $1 AND attempts = $2 AND status = 'queued'",
            letter.id.0, letter.attempts, now, error,
        ))
        .await?;
    Ok(done > 0)
}

/// Makes a letter that was given up, or that waits for its next attempt, due at once, as if it were new. `false` where
/// it was sent or what it said is forgotten.
pub async fn retry(tx: &mut Tx, id: LetterId, now: DateTime<Utc>) -> Result<bool> {
    let done = tx
        .exec(sql!(
            "UPDATE letter SET status = 'queued', attempts = 0, next_attempt_at = $2, finished_at = NULL WHERE id = $1 AND status <> 'sent' AND body_text IS NOT NULL",
            id.0,
            now,
        ))
        .await?;
    Ok(done > 0)
}

/// The letter of that id.
pub async fn find(tx: &mut Tx, id: LetterId) -> Result<Option<Letter>> {
    let row: Option<LetterRow> =
        tx.opt(sql!(concat!("SELECT ", columns!(), " FROM letter WHERE id = $1"), id.0)).await?;
    row.map(TryInto::try_into).transpose()
}

/// The newest letters, newest first; of one status or of all.
pub async fn list(tx: &mut Tx, status: Option<LetterStatus>, limit: u32) -> Result<Vec<Letter>> {
    let rows: Vec<LetterRow> = tx
        .all(sql!(
            concat!("SELECT ", columns!(), " FROM letter WHERE $1 = '' OR status = $1 ORDER BY id DESC LIMIT $2"),
            status.map_or("", LetterStatus::as_str),
            limit,
        ))
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Forgets what letters said that were given up before one instant, and the letters that were finished before another.
pub async fn forget(tx: &mut Tx, given_up: DateTime<Utc>, finished: DateTime<Utc>) -> Result<u64> {
    let bodies = tx
        .exec(sql!(
            "UPDATE letter SET body_text = NULL, body_html = NULL WHERE status = 'failed' AND finished_at < $1 AND body_text IS NOT NULL",
            given_up,
        ))
        .await?;
    Ok(bodies + tx.exec(sql!("DELETE FROM letter WHERE finished_at < $1", finished)).await?)
}

/// Whether a letter with an invitation's link to an address is still to be sent.
pub async fn is_waiting(tx: &mut Tx, invitation: InvitationId, recipient: &str) -> Result<bool> {
    // PostgreSQL takes no NUL, and no address has one.
    if recipient.contains('\0') {
        return Ok(false);
    }
    let (waiting,): (i64,) = tx
        .one(sql!(
            "SELECT COUNT(*) FROM letter WHERE invitation_id = $1 AND recipient = $2 AND status = 'queued'",
            invitation.0,
            recipient,
        ))
        .await?;
    Ok(waiting > 0)
}
