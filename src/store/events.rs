//! The event log: appended to, never changed.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::db::{Query, Val, sql};
use super::page::{Anchor, Page, Term, one_more, term_arguments, terms};
use super::{Result, StoreError, Tx};
use crate::clock;
use crate::domain::event::{Act, Action, Event};
use crate::domain::id::EventId;

#[derive(FromRow)]
struct EventRow {
    id: Uuid,
    at: DateTime<Utc>,
    actor: String,
    address: String,
    action: String,
    object_kind: String,
    object_name: String,
    detail: Json<Value>,
}

#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    row: EventRow,
    side: i64,
}

/// Which events a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of these actions; of any where there is none.
    pub actions: Vec<Action>,
    /// What must stand in them, or must not.
    pub words: Vec<Term>,
}

/// Where a pattern is looked for: in who, from where, what, to what, and in the details.
macro_rules! found {
    ($pattern:literal) => {
        concat!(
            "lower(e.actor || ' ' || e.address || ' ' || e.action || ' ' || e.object_kind || ' ' || e.object_name || ' ' || CAST(e.detail AS TEXT)) LIKE lower(", $pattern, ") ESCAPE '\\'"
        )
    };
}

/// What a filter keeps: terms, and `$9` actions or `all`.
macro_rules! matching {
    () => {
        concat!("($9 = 'all' OR $9 LIKE '% ' || e.action || ' %') AND ", terms!(found))
    };
}

impl Filter {
    /// The first arguments of every query: `$1` to `$9`.
    fn arguments(&self) -> Vec<Val> {
        let actions: Vec<_> = self.actions.iter().map(|action| action.as_str()).collect();
        let actions = if actions.is_empty() { "all".to_owned() } else { format!(" {} ", actions.join(" ")) };
        let mut args = term_arguments(&self.words);
        args.push(actions.into());
        args
    }
}

/// A window onto the log, newest first.
pub async fn page(tx: &mut Tx, filter: &Filter, anchor: &Anchor<EventId>, size: usize) -> Result<Page<Event>> {
    let place = match anchor {
        Anchor::First => Uuid::max(),
        Anchor::Last => Uuid::nil(),
        Anchor::Around(id) => id.0,
    };
    let (before, after) = anchor.limits(size);
    let first = filter.arguments();
    let mut args = first.clone();
    args.extend([place.into(), one_more(before).into(), one_more(after).into()]);
    let text = concat!(
        "WITH listed AS NOT MATERIALIZED (SELECT e.id, e.at, e.actor, e.address, e.action, e.object_kind, e.object_name, e.detail FROM event e WHERE ",
        matching!(),
        ") ",
        "SELECT * FROM (SELECT l.*, CAST(0 AS BIGINT) AS side FROM listed l WHERE id > $10 ORDER BY id LIMIT $11) AS before_anchor UNION ALL ",
        "SELECT * FROM (SELECT l.*, CAST(1 AS BIGINT) AS side FROM listed l WHERE id <= $10 ORDER BY id DESC LIMIT $12) AS after_anchor ORDER BY id DESC",
    );
    let rows: Vec<ListedRow> = tx.all(Query { text, args }).await?;
    let count = concat!("SELECT COUNT(*) FROM event e WHERE ", matching!());
    let (total,): (i64,) = tx.one(Query { text: count, args: first }).await?;
    let rows = rows.into_iter().map(|listed| Ok((listed.side, listed.row.try_into()?))).collect::<Result<Vec<_>>>()?;
    Ok(Page::join(rows, (before, after), total))
}

/// What an event was done to: its kind and its name (never a token).
#[derive(Debug, Clone, Copy)]
pub struct Object<'a>(pub &'a str, pub &'a str);

/// Appends an event.
pub async fn log(tx: &mut Tx, act: &Act<'_>, action: Action, object: Object<'_>, detail: Value) -> Result<()> {
    tx.exec(sql!(
        "INSERT INTO event (id, at, actor_id, actor, address, action, object_kind, object_name, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        clock::new_ordered_id(), act.at, act.by.id.map(|id| id.0), &act.by.name, &act.by.address, action.as_str(), object.0, object.1, detail,
    ))
    .await?;
    Ok(())
}

/// Appends an event without more to say about it.
pub(crate) async fn log_plain(tx: &mut Tx, act: &Act<'_>, action: Action, object: Object<'_>) -> Result<()> {
    log(tx, act, action, object, Value::Object(serde_json::Map::new())).await
}

/// The newest events, newest first.
pub async fn list(tx: &mut Tx, limit: u32) -> Result<Vec<Event>> {
    let rows: Vec<EventRow> = tx
        .all(sql!("SELECT id, at, actor, address, action, object_kind, object_name, detail FROM event ORDER BY id DESC LIMIT $1", limit))
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The newest events of one object, newest first.
pub async fn list_of(tx: &mut Tx, object: Object<'_>, limit: u32) -> Result<Vec<Event>> {
    let rows: Vec<EventRow> = tx
        .all(sql!(
            "SELECT id, at, actor, address, action, object_kind, object_name, detail FROM event WHERE object_kind = $1 AND object_name = $2 ORDER BY id DESC LIMIT $3",
            object.0, object.1, limit,
        ))
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Groups and flows are noted by their models' names. In the log they are called as users and invitations are.
fn kind(noted: String) -> String {
    match noted.as_str() {
        "authentik_core.group" => "group".to_owned(),
        "authentik_flows.flow" => "flow".to_owned(),
        _ => noted,
    }
}

impl TryFrom<EventRow> for Event {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self> {
        let action = Action::parse(&row.action).ok_or_else(|| StoreError::corrupt("event", &row.action))?;
        Ok(Self {
            id: EventId(row.id),
            at: row.at,
            actor: row.actor,
            address: row.address,
            action,
            object_kind: kind(row.object_kind),
            object_name: row.object_name,
            detail: row.detail.0,
        })
    }
}
