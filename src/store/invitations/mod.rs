//! Invitations: making, changing, opening, spending.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::db::sql;
use super::events::{self, Object};
use super::{Result, StoreError, Tx};
use crate::clock;
use crate::domain::Mapping;
use crate::domain::event::{Act, Action};
use crate::domain::id::{FlowId, InvitationId, UserId};
use crate::domain::invitation::{Invitation, InvitationView, Settings, Use};
use crate::domain::slug::Slug;

mod letters;
mod list;
mod names;
mod reissue;
mod shelf;
mod text;

pub use super::page::{How, Rank};
pub use list::{Filter, MORE, Order, Place, Sort, page, select};
pub use names::{free_name, name_of_deleted, taken};
pub use reissue::{reissue, take_back_reissue};

macro_rules! columns {
    () => {
        "i.id, i.name, i.flow_id, f.slug AS flow_slug, i.expires, i.fixed_data, i.max_uses, i.uses, i.note, i.created_by, i.created_by_name, i.created_at, i.updated_at, i.revision, i.revoked_at, i.opened_at, i.opens, i.mailed_at"
    };
}
use columns;

#[derive(FromRow)]
struct InvitationRow {
    id: Uuid,
    name: String,
    flow_id: Option<Uuid>,
    flow_slug: Option<String>,
    expires: Option<DateTime<Utc>>,
    fixed_data: Json<Mapping>,
    max_uses: Option<i64>,
    uses: i64,
    note: String,
    created_by: Option<Uuid>,
    created_by_name: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    revision: i64,
    revoked_at: Option<DateTime<Utc>>,
    opened_at: Option<DateTime<Utc>>,
    opens: i64,
    mailed_at: Option<DateTime<Utc>>,
}

fn small(number: i64) -> Result<u32> {
    u32::try_from(number).map_err(|why| StoreError::corrupt("invitation", why))
}

fn slug(text: &str) -> Result<Slug> {
    Slug::parse(text).map_err(|why| StoreError::corrupt("invitation", why))
}

fn read(row: InvitationRow, enrolling: i64) -> Result<InvitationView> {
    let settings = Settings {
        name: slug(&row.name)?,
        flow: row.flow_id.map(FlowId),
        expires: row.expires,
        fixed_data: row.fixed_data.0,
        max_uses: row.max_uses.map(small).transpose()?,
        note: row.note,
    };
    let invitation = Invitation {
        id: InvitationId(row.id),
        settings,
        uses: small(row.uses)?,
        created_by: row.created_by.map(UserId),
        created_by_name: row.created_by_name,
        created_at: row.created_at,
        updated_at: row.updated_at,
        revision: row.revision,
        revoked_at: row.revoked_at,
        opened_at: row.opened_at,
        opens: row.opens,
        mailed_at: row.mailed_at,
    };
    Ok(InvitationView {
        invitation,
        flow_slug: row.flow_slug.as_deref().map(slug).transpose()?,
        enrolling: small(enrolling)?,
    })
}

fn object(name: &Slug) -> Object<'_> {
    Object("invitation", name.as_str())
}

/// Adds an invitation; [`StoreError::Taken`] where its name is.
pub async fn insert(tx: &mut Tx, id: InvitationId, settings: &Settings, act: &Act<'_>) -> Result<()> {
    write(tx, id, settings, act).await?;
    events::log_plain(tx, act, Action::InvitationCreated, object(&settings.name)).await
}

async fn write(tx: &mut Tx, id: InvitationId, settings: &Settings, act: &Act<'_>) -> Result<()> {
    let done = tx
        .exec(sql!(
            "INSERT INTO invitation (id, name, flow_id, expires, fixed_data, max_uses, note, created_by, created_by_name, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) ON CONFLICT DO NOTHING",
            id.0, settings.name.as_str(), settings.flow.map(|flow| flow.0), settings.expires, Value::Object(settings.fixed_data.clone()), settings.max_uses.map(i64::from), &settings.note, act.by.id.map(|user| user.0), &act.by.name, act.at,
        ))
        .await?;
    if done == 0 { Err(StoreError::Taken("an invitation of that name")) } else { Ok(()) }
}

/// Changes an invitation that was read at `revision`. [`StoreError::Stale`] where somebody changed or deleted it since,
/// [`StoreError::Taken`] where its new name is, [`StoreError::Spent`] where more uses are spent than there would be.
pub async fn update(tx: &mut Tx, id: InvitationId, revision: i64, settings: &Settings, act: &Act<'_>) -> Result<()> {
    if find_by_name(tx, settings.name.as_str()).await?.is_some_and(|other| other.invitation.id != id) {
        return Err(StoreError::Taken("an invitation of that name"));
    }
    let (spent,): (i64,) = tx.one(sql!("SELECT COALESCE(MAX(uses), 0) FROM invitation WHERE id = $1", id.0)).await?;
    if settings.max_uses.is_some_and(|max| i64::from(max) < spent) {
        return Err(StoreError::Spent(small(spent)?));
    }
    let done = tx
        .exec(sql!(
            "UPDATE invitation SET name = $3, flow_id = $4, expires = $5, fixed_data = $6, max_uses = $7, note = $8, updated_at = $9, revision = revision + 1 WHERE id = $1 AND revision = $2 AND deleted_at IS NULL",
            id.0, revision, settings.name.as_str(), settings.flow.map(|flow| flow.0), settings.expires, Value::Object(settings.fixed_data.clone()), settings.max_uses.map(i64::from), &settings.note, act.at,
        ))
        .await?;
    if done == 0 {
        return Err(StoreError::Stale);
    }
    events::log_plain(tx, act, Action::InvitationUpdated, object(&settings.name)).await
}

/// Revokes an invitation or takes the revocation back. Doing so twice changes nothing: `false` then.
pub async fn set_revoked(tx: &mut Tx, id: InvitationId, revoked: bool, act: &Act<'_>) -> Result<bool> {
    let invitation = get(tx, id).await?;
    if invitation.revoked_at.is_some() == revoked {
        return Ok(false);
    }
    tx.exec(sql!(
        "UPDATE invitation SET revoked_at = $2, updated_at = $3, revision = revision + 1 WHERE id = $1",
        id.0,
        revoked.then_some(act.at),
        act.at,
    ))
    .await?;
    let action = if revoked { Action::InvitationRevoked } else { Action::InvitationRestored };
    events::log_plain(tx, act, action, object(&invitation.settings.name)).await?;
    Ok(true)
}

/// Deletes an invitation. Its link is dead at once; its row stays for [`undelete`] and for history.
pub async fn delete(tx: &mut Tx, id: InvitationId, act: &Act<'_>) -> Result<()> {
    let invitation = get(tx, id).await?;
    remove(tx, id, act).await?;
    events::log_plain(tx, act, Action::InvitationDeleted, object(&invitation.settings.name)).await
}

async fn remove(tx: &mut Tx, id: InvitationId, act: &Act<'_>) -> Result<()> {
    tx.exec(sql!("UPDATE invitation SET deleted_at = $2, revision = revision + 1 WHERE id = $1", id.0, act.at)).await?;
    Ok(())
}

/// Takes a deletion back; [`StoreError::Taken`] where another invitation has the name now.
pub async fn undelete(tx: &mut Tx, id: InvitationId, act: &Act<'_>) -> Result<()> {
    let name: Option<(String,)> =
        tx.opt(sql!("SELECT name FROM invitation WHERE id = $1 AND deleted_at IS NOT NULL", id.0)).await?;
    let Some((name,)) = name else { return Err(StoreError::NotFound("a deleted invitation".into())) };
    if find_by_name(tx, &name).await?.is_some() {
        return Err(StoreError::Taken("an invitation of that name"));
    }
    tx.exec(sql!("UPDATE invitation SET deleted_at = NULL, revision = revision + 1 WHERE id = $1", id.0)).await?;
    events::log_plain(tx, act, Action::InvitationUndeleted, object(&slug(&name)?)).await
}

/// The deleted invitation of that id, else the one of that name that was deleted last.
pub async fn find_deleted(tx: &mut Tx, name: &str, id: Option<InvitationId>) -> Result<Option<InvitationId>> {
    let row: Option<(Uuid,)> = tx
        .opt(sql!(
            "SELECT id FROM invitation WHERE (name = $1 OR id = $2) AND deleted_at IS NOT NULL ORDER BY deleted_at DESC LIMIT 1",
            name,
            id.map(|id| id.0),
        ))
        .await?;
    Ok(row.map(|(id,)| InvitationId(id)))
}

/// An invitation that there must be.
pub async fn get(tx: &mut Tx, id: InvitationId) -> Result<Invitation> {
    find(tx, id).await?.map(|view| view.invitation).ok_or_else(|| StoreError::NotFound("the invitation".into()))
}

/// An invitation; `enrolling` is not counted.
pub async fn find(tx: &mut Tx, id: InvitationId) -> Result<Option<InvitationView>> {
    let row: Option<InvitationRow> = tx
        .opt(sql!(
            concat!(
                "SELECT ",
                columns!(),
                " FROM invitation i LEFT JOIN flow f ON f.id = i.flow_id WHERE i.id = $1 AND i.deleted_at IS NULL"
            ),
            id.0
        ))
        .await?;
    row.map(|row| read(row, 0)).transpose()
}

/// The invitation of that name; `enrolling` is not counted. What can't be a name is not looked for.
pub async fn find_by_name(tx: &mut Tx, name: &str) -> Result<Option<InvitationView>> {
    if Slug::parse(name).is_err() {
        return Ok(None);
    }
    let row: Option<InvitationRow> = tx
        .opt(sql!(
            concat!(
                "SELECT ",
                columns!(),
                " FROM invitation i LEFT JOIN flow f ON f.id = i.flow_id WHERE i.name = $1 AND i.deleted_at IS NULL"
            ),
            name
        ))
        .await?;
    row.map(|row| read(row, 0)).transpose()
}

/// Notes that the link was opened. Opening spends nothing.
pub async fn record_open(tx: &mut Tx, id: InvitationId, now: DateTime<Utc>) -> Result<()> {
    tx.exec(sql!("UPDATE invitation SET opened_at = $2, opens = opens + 1 WHERE id = $1", id.0, now)).await?;
    Ok(())
}

/// Spends one use, if there is one left at this moment: `false` where the invitation is used up, expired, revoked or
/// deleted. The transaction that writes the account calls it; of any number at once, only as many succeed as uses are
/// left, because the database checks and counts in one step.
pub async fn claim_use(tx: &mut Tx, id: InvitationId, user: Option<(UserId, &str)>, act: &Act<'_>) -> Result<bool> {
    let claimed: Option<(String,)> = tx
        .opt(sql!(
            "UPDATE invitation SET uses = uses + 1 WHERE id = $1 AND deleted_at IS NULL AND revoked_at IS NULL AND (expires IS NULL OR expires > $2) AND (max_uses IS NULL OR uses < max_uses) RETURNING name",
            id.0, act.at,
        ))
        .await?;
    let Some((name,)) = claimed else { return Ok(false) };
    let username = user.map_or("", |(_, username)| username);
    tx.exec(sql!(
        "INSERT INTO invitation_use (id, invitation_id, user_id, username, used_at, address) VALUES ($1, $2, $3, $4, $5, $6)",
        clock::new_ordered_id(), id.0, user.map(|(user, _)| user.0), username, act.at, &act.by.address,
    ))
    .await?;
    events::log(tx, act, Action::InvitationUsed, Object("invitation", &name), json!({ "username": username })).await?;
    Ok(true)
}

/// Who used an invitation, latest first; a hundred at most.
pub async fn uses(tx: &mut Tx, id: InvitationId) -> Result<Vec<Use>> {
    let rows: Vec<(String, DateTime<Utc>, String)> = tx
        .all(sql!(
            "SELECT username, used_at, address FROM invitation_use WHERE invitation_id = $1 ORDER BY id DESC LIMIT 100",
            id.0
        ))
        .await?;
    Ok(rows.into_iter().map(|(username, at, address)| Use { username, at, address }).collect())
}
