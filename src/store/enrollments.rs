//! Enrollments under way.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::db::sql;
use super::{Result, StoreError, Tx};
use crate::domain::enrollment::{Context, Enrollment};
use crate::domain::id::{BindingId, EnrollmentId, FlowId, InvitationId};

macro_rules! columns {
    () => {
        "id, session_hash, flow_id, invitation_id, plan, position, context, done, created_at, updated_at, expires_at"
    };
}

#[derive(FromRow)]
struct EnrollmentRow {
    id: Uuid,
    session_hash: Vec<u8>,
    flow_id: Uuid,
    invitation_id: Option<Uuid>,
    plan: Json<Vec<BindingId>>,
    position: i64,
    context: Json<Context>,
    done: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl TryFrom<EnrollmentRow> for Enrollment {
    type Error = StoreError;

    fn try_from(row: EnrollmentRow) -> Result<Self> {
        Ok(Self {
            id: EnrollmentId(row.id),
            session: row.session_hash,
            flow: FlowId(row.flow_id),
            invitation: row.invitation_id.map(InvitationId),
            plan: row.plan.0,
            position: usize::try_from(row.position).map_err(|why| StoreError::corrupt("enrollment", why))?,
            context: row.context.0,
            done: row.done,
            created_at: row.created_at,
            updated_at: row.updated_at,
            expires_at: row.expires_at,
        })
    }
}

fn json(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|why| StoreError::corrupt("enrollment", why))
}

fn place(position: usize) -> Result<i64> {
    i64::try_from(position).map_err(|why| StoreError::corrupt("enrollment", why))
}

/// Begins an enrollment. A session has one: an earlier one is replaced, never mixed with it.
pub async fn replace(tx: &mut Tx, enrollment: &Enrollment) -> Result<()> {
    tx.exec(sql!("DELETE FROM enrollment WHERE session_hash = $1", &enrollment.session)).await?;
    tx.exec(sql!(
        concat!("INSERT INTO enrollment (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"),
        enrollment.id.0,
        &enrollment.session,
        enrollment.flow.0,
        enrollment.invitation.map(|id| id.0),
        json(&enrollment.plan)?,
        place(enrollment.position)?,
        json(&enrollment.context)?,
        enrollment.done,
        enrollment.created_at,
        enrollment.updated_at,
        enrollment.expires_at,
    ))
    .await?;
    Ok(())
}

/// Forgets the enrollment of a session; whether there was one.
pub async fn delete(tx: &mut Tx, session: &[u8]) -> Result<bool> {
    Ok(tx.exec(sql!("DELETE FROM enrollment WHERE session_hash = $1", session)).await? > 0)
}

/// Keeps where an enrollment has got to.
pub async fn update(tx: &mut Tx, enrollment: &Enrollment) -> Result<()> {
    tx.exec(sql!(
        "UPDATE enrollment SET plan = $2, position = $3, context = $4, done = $5, updated_at = $6, expires_at = $7, flow_id = $8 WHERE id = $1",
        enrollment.id.0, json(&enrollment.plan)?, place(enrollment.position)?, json(&enrollment.context)?, enrollment.done, enrollment.updated_at, enrollment.expires_at, enrollment.flow.0,
    ))
    .await?;
    Ok(())
}

/// The enrollment of a session, to look at.
pub async fn find(tx: &mut Tx, session: &[u8], now: DateTime<Utc>) -> Result<Option<Enrollment>> {
    let row: Option<EnrollmentRow> = tx
        .opt(sql!(
            concat!("SELECT ", columns!(), " FROM enrollment WHERE session_hash = $1 AND expires_at > $2"),
            session,
            now
        ))
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The enrollment of a session, to change: whoever else wants to change it waits until this transaction ends. It is an
/// UPDATE because that locks the row on both databases.
pub async fn lock(tx: &mut Tx, session: &[u8], now: DateTime<Utc>) -> Result<Option<Enrollment>> {
    let row: Option<EnrollmentRow> = tx
        .opt(sql!(
            concat!(
                "UPDATE enrollment SET updated_at = $2 WHERE session_hash = $1 AND expires_at > $2 RETURNING ",
                columns!()
            ),
            session,
            now
        ))
        .await?;
    row.map(TryInto::try_into).transpose()
}
