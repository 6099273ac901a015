//! Links in mails that lead back into a flow. The database knows a link's token only by its hash.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::db::sql;
use super::{Result, StoreError, Tx};
use crate::domain::enrollment::{Context, MailLink};
use crate::domain::id::{BindingId, FlowId, InvitationId, UserId};

macro_rules! columns {
    () => {
        "token_hash, flow_id, binding_id, user_id, invitation_id, recipient, plan, position, context, created_at, expires_at, used_at"
    };
}

#[derive(FromRow)]
struct LinkRow {
    token_hash: Vec<u8>,
    flow_id: Uuid,
    binding_id: Uuid,
    user_id: Option<Uuid>,
    invitation_id: Option<Uuid>,
    recipient: String,
    plan: Json<Vec<BindingId>>,
    position: i64,
    context: Json<Context>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

impl TryFrom<LinkRow> for MailLink {
    type Error = StoreError;

    fn try_from(row: LinkRow) -> Result<Self> {
        Ok(Self {
            token_hash: row.token_hash,
            flow: FlowId(row.flow_id),
            stage: BindingId(row.binding_id),
            user: row.user_id.map(UserId),
            invitation: row.invitation_id.map(InvitationId),
            recipient: row.recipient,
            plan: row.plan.0,
            position: usize::try_from(row.position).map_err(corrupt)?,
            context: row.context.0,
            created_at: row.created_at,
            expires_at: row.expires_at,
            used_at: row.used_at,
        })
    }
}

fn corrupt(why: impl std::fmt::Display) -> StoreError {
    StoreError::corrupt("mail link", why.to_string())
}

fn json(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(corrupt)
}

/// Keeps a link, before its mail is sent.
pub async fn insert(tx: &mut Tx, link: &MailLink) -> Result<()> {
    tx.exec(sql!(
        concat!("INSERT INTO mail_link (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"),
        &link.token_hash,
        link.flow.0,
        link.stage.0,
        link.user.map(|id| id.0),
        link.invitation.map(|id| id.0),
        &link.recipient,
        json(&link.plan)?,
        i64::try_from(link.position).map_err(corrupt)?,
        json(&link.context)?,
        link.created_at,
        link.expires_at,
        link.used_at,
    ))
    .await?;
    Ok(())
}

/// A link that is not too old, used or not.
pub async fn find(tx: &mut Tx, token_hash: &[u8], now: DateTime<Utc>) -> Result<Option<MailLink>> {
    let row: Option<LinkRow> = tx
        .opt(sql!(
            concat!("SELECT ", columns!(), " FROM mail_link WHERE token_hash = $1 AND expires_at > $2"),
            token_hash,
            now
        ))
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Uses a link; `false` where it was used before or is too old. Of several who do so at once one succeeds.
pub async fn claim(tx: &mut Tx, token_hash: &[u8], now: DateTime<Utc>) -> Result<bool> {
    let done = tx
        .exec(sql!(
            "UPDATE mail_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
            token_hash,
            now
        ))
        .await?;
    Ok(done > 0)
}

/// How many links a stage has sent to somebody since then.
pub async fn count_since(tx: &mut Tx, stage: BindingId, recipient: &str, since: DateTime<Utc>) -> Result<u64> {
    let (count,): (i64,) = tx
        .one(sql!(
            "SELECT COUNT(*) FROM mail_link WHERE recipient = $1 AND binding_id = $2 AND created_at > $3",
            recipient,
            stage.0,
            since
        ))
        .await?;
    Ok(count.unsigned_abs())
}

/// Forgets links that are too old; tells how many.
pub(super) async fn forget_ended(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    tx.exec(sql!("DELETE FROM mail_link WHERE expires_at <= $1", now)).await
}
