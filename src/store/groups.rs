//! Groups and their members.

use serde_json::{Value, json};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::db::{Query, sql};
use super::events::{self, Object};
use super::page::{self, Anchor, EVERY, Page, Place, Rank, Term, containing, one_more, term_arguments, terms};
use super::{Result, StoreError, Tx};
use crate::domain::Mapping;
use crate::domain::event::{Act, Action};
use crate::domain::flow::names;
use crate::domain::group::{Group, GroupView};
use crate::domain::id::{GroupId, UserId};
use crate::domain::user::{User, Username};

const MODEL: &str = "authentik_core.group";

#[derive(FromRow)]
struct GroupRow {
    id: Uuid,
    name: String,
    is_superuser: bool,
    attributes: Json<Mapping>,
}

#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    row: GroupRow,
    member_count: i64,
    side: i64,
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        Self { id: GroupId(row.id), name: row.name, is_superuser: row.is_superuser, attributes: row.attributes.0 }
    }
}

/// Adds a group; [`StoreError::Taken`] where its name is.
pub async fn insert(tx: &mut Tx, group: &Group, act: &Act<'_>) -> Result<()> {
    let done = tx
        .exec(sql!(
            "INSERT INTO user_group (id, name, is_superuser, attributes) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            group.id.0, &group.name, group.is_superuser, Value::Object(group.attributes.clone()),
        ))
        .await?;
    if done == 0 {
        return Err(StoreError::Taken("a group of that name"));
    }
    events::log_plain(tx, act, Action::ModelCreated, Object(MODEL, &group.name)).await
}

/// Changes a group; [`StoreError::Taken`] where its new name is.
pub async fn update(tx: &mut Tx, group: &Group, act: &Act<'_>) -> Result<()> {
    if find_by_name(tx, &group.name).await?.is_some_and(|other| other.id != group.id) {
        return Err(StoreError::Taken("a group of that name"));
    }
    tx.exec(sql!(
        "UPDATE user_group SET name = $2, is_superuser = $3, attributes = $4 WHERE id = $1",
        group.id.0,
        &group.name,
        group.is_superuser,
        Value::Object(group.attributes.clone()),
    ))
    .await?;
    events::log_plain(tx, act, Action::ModelUpdated, Object(MODEL, &group.name)).await
}

/// Deletes a group; its members stay, and stages that put people into it don't any more.
pub async fn delete(tx: &mut Tx, group: &Group, act: &Act<'_>) -> Result<()> {
    tx.exec(sql!("DELETE FROM user_group WHERE id = $1", group.id.0)).await?;
    events::log_plain(tx, act, Action::ModelDeleted, Object(MODEL, &group.name)).await
}

/// A group.
pub async fn find(tx: &mut Tx, id: GroupId) -> Result<Option<Group>> {
    let row: Option<GroupRow> =
        tx.opt(sql!("SELECT id, name, is_superuser, attributes FROM user_group WHERE id = $1", id.0)).await?;
    Ok(row.map(Into::into))
}

/// The group of that name.
pub async fn find_by_name(tx: &mut Tx, name: &str) -> Result<Option<Group>> {
    let row: Option<GroupRow> =
        tx.opt(sql!("SELECT id, name, is_superuser, attributes FROM user_group WHERE name = $1", name)).await?;
    Ok(row.map(Into::into))
}

/// Every group, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Group>> {
    let rows: Vec<GroupRow> =
        tx.all(sql!("SELECT id, name, is_superuser, attributes FROM user_group ORDER BY name")).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Puts a user into a group; `false` where the user was in it.
pub async fn add_member(tx: &mut Tx, group: GroupId, user: UserId) -> Result<bool> {
    let done = tx
        .exec(sql!(
            "INSERT INTO group_member (group_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            group.0,
            user.0
        ))
        .await?;
    Ok(done > 0)
}

/// Puts a user into a group or takes the user out, as an administrator does; `false` where it was so already.
pub async fn set_member(tx: &mut Tx, group: &Group, user: &User, member: bool, act: &Act<'_>) -> Result<bool> {
    let done = if member {
        add_member(tx, group.id, user.id).await?
    } else {
        tx.exec(sql!("DELETE FROM group_member WHERE group_id = $1 AND user_id = $2", group.id.0, user.id.0)).await? > 0
    };
    if done {
        let detail = json!({ if member { "added" } else { "removed" }: user.username });
        events::log(tx, act, Action::ModelUpdated, Object(MODEL, &group.name), detail).await?;
    }
    Ok(done)
}

/// The groups that a user is in, directly or by a group within one, by name.
pub async fn all_of(tx: &mut Tx, user: UserId) -> Result<Vec<Group>> {
    let rows: Vec<GroupRow> = tx
        .all(sql!("WITH RECURSIVE mine (id) AS (SELECT group_id FROM group_member WHERE user_id = $1 UNION SELECT p.parent_id FROM group_parent p JOIN mine m ON m.id = p.group_id) SELECT g.id, g.name, g.is_superuser, g.attributes FROM mine JOIN user_group g ON g.id = mine.id ORDER BY g.name", user.0))
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Whether a user is in a superuser group, directly or by a group within one.
pub async fn is_superuser(tx: &mut Tx, user: UserId) -> Result<bool> {
    let (count,): (i64,) = tx
        .one(sql!("WITH RECURSIVE mine (id) AS (SELECT group_id FROM group_member WHERE user_id = $1 UNION SELECT p.parent_id FROM group_parent p JOIN mine m ON m.id = p.group_id) SELECT COUNT(*) FROM mine JOIN user_group g ON g.id = mine.id WHERE g.is_superuser", user.0))
        .await?;
    Ok(count > 0)
}

/// Whether the user of a name is in the group of a name, directly or by a group within it.
pub async fn has_member(tx: &mut Tx, group: &str, user: &Username) -> Result<bool> {
    let (count,): (i64,) = tx
        .one(sql!("WITH RECURSIVE mine (id) AS (SELECT m.group_id FROM group_member m JOIN user_account u ON u.id = m.user_id WHERE u.username_key = $1 UNION SELECT p.parent_id FROM group_parent p JOIN mine m ON m.id = p.group_id) SELECT COUNT(*) FROM mine JOIN user_group g ON g.id = mine.id WHERE g.name = $2", user.key(), group))
        .await?;
    Ok(count > 0)
}

names!(
    /// What a list of groups is sorted by.
    #[derive(Default)]
    Order {
        /// The name.
        #[default]
        Name = "name",
        /// How many members there are.
        Members = "members",
    }
);

/// How a list of groups is sorted. What is equal is sorted by name.
pub type Sort = page::Sort<Order>;

/// A group's place in an order.
pub fn place(view: &GroupView, by: Order) -> Place {
    let rank = match by {
        Order::Name => Rank::Name,
        Order::Members => Rank::Number(i64::try_from(view.member_count).unwrap_or(i64::MAX)),
    };
    Place { rank, name: view.group.name.clone() }
}

macro_rules! found {
    ($pattern:literal) => {
        concat!("lower(g.name) LIKE lower(", $pattern, ") ESCAPE '\\'")
    };
}

/// A window onto the groups, without their members' names. In another order than that of the names all of them are read.
pub async fn page(
    tx: &mut Tx,
    terms: &[Term],
    sort: Sort,
    anchor: &Anchor<Place>,
    size: usize,
) -> Result<Page<GroupView>> {
    if sort == Sort::default() {
        return by_name(tx, terms, anchor, size).await;
    }
    let all = by_name(tx, terms, &Anchor::First, EVERY).await?;
    Ok(Page::cut(all.rows, anchor, (size, sort.reverse), |view| place(view, sort.by)))
}

async fn by_name(tx: &mut Tx, terms: &[Term], anchor: &Anchor<Place>, size: usize) -> Result<Page<GroupView>> {
    let key = match anchor {
        Anchor::First => "",
        Anchor::Last => "\u{10ffff}",
        Anchor::Around(place) => &place.name,
    };
    let (before, after) = anchor.limits(size);
    let kept = term_arguments(terms);
    let mut args = kept.clone();
    args.extend([key.into(), one_more(before).into(), one_more(after).into()]);
    let text = concat!(
        "WITH listed AS NOT MATERIALIZED (SELECT g.*, (SELECT COUNT(*) FROM group_member m WHERE m.group_id = g.id) AS member_count FROM user_group g WHERE ",
        terms!(found),
        ") ",
        "SELECT * FROM (SELECT l.*, CAST(0 AS BIGINT) AS side FROM listed l WHERE name < $9 ORDER BY name DESC LIMIT $10) AS before_anchor UNION ALL ",
        "SELECT * FROM (SELECT l.*, CAST(1 AS BIGINT) AS side FROM listed l WHERE name >= $9 ORDER BY name LIMIT $11) AS after_anchor ORDER BY name",
    );
    let rows: Vec<ListedRow> = tx.all(Query { text, args }).await?;
    let count = concat!("SELECT COUNT(*) FROM user_group g WHERE ", terms!(found));
    let (total,): (i64,) = tx.one(Query { text: count, args: kept }).await?;
    let view = |row: ListedRow| GroupView {
        group: row.row.into(),
        member_count: row.member_count.unsigned_abs(),
        members: Vec::new(),
    };
    let rows = rows.into_iter().map(|row| (row.side, view(row))).collect();
    Ok(Page::join(rows, (before, after), total))
}

/// A group's first hundred members by user name.
pub async fn members(tx: &mut Tx, group: GroupId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(sql!("SELECT u.username FROM group_member m JOIN user_account u ON u.id = m.user_id WHERE m.group_id = $1 ORDER BY u.username_key LIMIT 100", group.0))
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Members of a group whose user name, name or address holds a text: the user name and the name to show of so many, by
/// user name.
pub async fn find_members(tx: &mut Tx, group: GroupId, search: &str, most: usize) -> Result<Vec<(String, String)>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    tx.all(sql!(
        "SELECT u.username, u.name FROM group_member m JOIN user_account u ON u.id = m.user_id WHERE m.group_id = $1 AND (lower(u.username) LIKE lower($2) ESCAPE '\\' OR lower(u.name) LIKE lower($2) ESCAPE '\\' OR lower(u.email) LIKE lower($2) ESCAPE '\\') ORDER BY u.username_key LIMIT $3",
        group.0, containing(search), most,
    ))
    .await
}
