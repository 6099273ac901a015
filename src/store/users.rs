//! Users.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::db::sql;
use super::events::{self, Object};
use super::{Result, StoreError, Tx, groups, sessions};
use crate::clock;
use crate::domain::Mapping;
use crate::domain::event::{Act, Action, Actor};
use crate::domain::group::{ADMINISTRATORS, Group};
use crate::domain::id::{GroupId, UserId};
use crate::domain::slug::Slug;
use crate::domain::stage::UserType;
use crate::domain::user::{PasswordHash, Profile, User, UserView, Username};

macro_rules! columns {
    () => {
        "u.id, u.username, u.username_key, u.name, u.email, u.is_active, u.path, u.kind, u.attributes, u.password, u.created_at, u.last_login"
    };
}

/// The groups' names joined by a parameter, and the name of the invitation that brought the user.
macro_rules! beside {
    ($separator:literal) => {
        concat!("(SELECT string_agg(g.name, ", $separator, " ORDER BY g.name) FROM group_member m JOIN user_group g ON g.id = m.group_id WHERE m.user_id = u.id) AS group_names, (SELECT i.name FROM invitation_use iu JOIN invitation i ON i.id = iu.invitation_id WHERE iu.user_id = u.id ORDER BY iu.id LIMIT 1) AS invitation")
    };
}

const SEPARATOR: &str = "\u{1f}";

mod list;

pub use list::{Filter, Order, Sort, page, place};

#[derive(FromRow)]
struct UserRow {
    id: Uuid,
    username: String,
    name: String,
    email: String,
    is_active: bool,
    path: String,
    kind: String,
    attributes: Json<Mapping>,
    password: Option<String>,
    created_at: DateTime<Utc>,
    last_login: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct ViewRow {
    #[sqlx(flatten)]
    row: UserRow,
    group_names: Option<String>,
    invitation: Option<String>,
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self> {
        Ok(Self {
            id: UserId(row.id),
            username: Username::parse(&row.username).map_err(|why| StoreError::corrupt("user", why))?,
            kind: UserType::parse(&row.kind).ok_or_else(|| StoreError::corrupt("user", &row.kind))?,
            name: row.name,
            email: row.email,
            is_active: row.is_active,
            path: row.path,
            attributes: row.attributes.0,
            password: row.password.map(PasswordHash),
            created_at: row.created_at,
            last_login: row.last_login,
        })
    }
}

fn view(row: ViewRow) -> Result<UserView> {
    Ok(UserView {
        user: row.row.try_into()?,
        groups: row
            .group_names
            .unwrap_or_default()
            .split(SEPARATOR)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
        invitation: row
            .invitation
            .map(|name| Slug::parse(&name))
            .transpose()
            .map_err(|why| StoreError::corrupt("invitation", why))?,
    })
}

/// Adds a user; [`StoreError::Taken`] where the user name is, in whatever case. The transaction stays usable then.
/// `detail` goes into the event: what was written, without secrets.
pub async fn insert(tx: &mut Tx, user: &User, detail: Value, act: &Act<'_>) -> Result<()> {
    let done = tx
        .exec(sql!(
            "INSERT INTO user_account (id, username, username_key, name, email, is_active, path, kind, attributes, password, created_at, last_login) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
            user.id.0, user.username.as_str(), user.username.key(), &user.name, &user.email, user.is_active, &user.path, user.kind.as_str(), Value::Object(user.attributes.clone()), user.password.as_ref().map(|hash| hash.0.clone()), user.created_at, user.last_login,
        ))
        .await?;
    if done == 0 {
        return Err(StoreError::Taken("a user of that name"));
    }
    events::log(tx, act, Action::UserWrite, Object("user", user.username.as_str()), detail).await
}

/// Writes a user as a blueprint has it, whatever it was before, and nothing about passwords; [`StoreError::Taken`] where
/// its new name is.
pub async fn replace(tx: &mut Tx, user: &User, act: &Act<'_>) -> Result<()> {
    let same: Option<(Uuid,)> =
        tx.opt(sql!("SELECT id FROM user_account WHERE username_key = $1", user.username.key())).await?;
    if same.is_some_and(|(id,)| id != user.id.0) {
        return Err(StoreError::Taken("a user of that name"));
    }
    tx.exec(sql!(
        "UPDATE user_account SET username = $2, username_key = $3, name = $4, email = $5, is_active = $6, path = $7, kind = $8, attributes = $9 WHERE id = $1",
        user.id.0, user.username.as_str(), user.username.key(), &user.name, &user.email, user.is_active, &user.path, user.kind.as_str(), Value::Object(user.attributes.clone()),
    ))
    .await?;
    if !user.is_active {
        sessions::delete_all(tx, user.id).await?;
    }
    events::log_plain(tx, act, Action::ModelUpdated, Object("user", user.username.as_str())).await
}

/// Every user, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<User>> {
    let rows: Vec<UserRow> =
        tx.all(sql!(concat!("SELECT ", columns!(), " FROM user_account u ORDER BY u.username_key"))).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The users of an address, in whatever case, by name.
pub async fn with_email(tx: &mut Tx, email: &str) -> Result<Vec<User>> {
    let rows: Vec<UserRow> = tx
        .all(sql!(
            concat!(
                "SELECT ",
                columns!(),
                " FROM user_account u WHERE lower(u.email) = lower($1) ORDER BY u.username_key"
            ),
            email
        ))
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Whether a user name is taken, in whatever case.
pub async fn is_taken(tx: &mut Tx, username: &Username) -> Result<bool> {
    let found: Option<(Uuid,)> =
        tx.opt(sql!("SELECT id FROM user_account WHERE username_key = $1", username.key())).await?;
    Ok(found.is_some())
}

/// A user.
pub async fn find(tx: &mut Tx, id: UserId) -> Result<Option<User>> {
    let row: Option<UserRow> =
        tx.opt(sql!(concat!("SELECT ", columns!(), " FROM user_account u WHERE u.id = $1"), id.0)).await?;
    row.map(TryInto::try_into).transpose()
}

/// Who has this address, in whatever case: of several the oldest account that may sign in.
pub async fn find_by_email(tx: &mut Tx, address: &str) -> Result<Option<User>> {
    let row: Option<UserRow> = tx
        .opt(sql!(
            concat!("SELECT ", columns!(), " FROM user_account u WHERE lower(u.email) = lower($1) AND u.email <> '' ORDER BY u.is_active DESC, u.created_at, u.id LIMIT 1"),
            address
        ))
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Who has this attribute `upn`, in whatever case: of several the oldest account that may sign in.
pub async fn find_by_upn(tx: &mut Tx, upn: &str) -> Result<Option<User>> {
    let row: Option<UserRow> = tx
        .opt(sql!(
            concat!("SELECT ", columns!(), " FROM user_account u WHERE lower(u.attributes ->> 'upn') = lower($1) ORDER BY u.is_active DESC, u.created_at, u.id LIMIT 1"),
            upn
        ))
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Writes a user as a flow has it, password included, whatever it was before; [`StoreError::Taken`] where its new name
/// is. Of sessions this says nothing.
pub async fn rewrite(tx: &mut Tx, user: &User, detail: Value, act: &Act<'_>) -> Result<()> {
    let same: Option<(Uuid,)> =
        tx.opt(sql!("SELECT id FROM user_account WHERE username_key = $1", user.username.key())).await?;
    if same.is_some_and(|(id,)| id != user.id.0) {
        return Err(StoreError::Taken("a user of that name"));
    }
    tx.exec(sql!(
        "UPDATE user_account SET username = $2, username_key = $3, name = $4, email = $5, is_active = $6, path = $7, kind = $8, attributes = $9, password = $10 WHERE id = $1",
        user.id.0, user.username.as_str(), user.username.key(), &user.name, &user.email, user.is_active, &user.path, user.kind.as_str(), Value::Object(user.attributes.clone()), user.password.as_ref().map(|hash| hash.0.clone()),
    ))
    .await?;
    events::log(tx, act, Action::UserWrite, Object("user", user.username.as_str()), detail).await
}

/// The user of that name, in whatever case.
pub async fn find_by_username(tx: &mut Tx, username: &Username) -> Result<Option<UserView>> {
    let row: Option<ViewRow> = tx
        .opt(sql!(
            concat!("SELECT ", columns!(), ", ", beside!("$2"), " FROM user_account u WHERE u.username_key = $1"),
            username.key(),
            SEPARATOR
        ))
        .await?;
    row.map(view).transpose()
}

/// The account that an administrator acts as. It is made, in the group of administrators, where there is none of that
/// name; one that exists is used as it is and never promoted: otherwise whoever may choose a name could become one.
pub async fn ensure_administrator(
    tx: &mut Tx,
    username: &Username,
    address: &str,
    now: DateTime<Utc>,
) -> Result<Actor> {
    let actor = |id, name: &Username| Actor { id, name: name.to_string(), address: address.to_owned() };
    if let Some(view) = find_by_username(tx, username).await? {
        return Ok(actor(Some(view.user.id), &view.user.username));
    }
    let user = User {
        id: UserId(clock::new_id()),
        username: username.clone(),
        name: String::new(),
        email: String::new(),
        is_active: true,
        path: "users".into(),
        kind: UserType::Internal,
        attributes: Mapping::new(),
        password: None,
        created_at: now,
        last_login: None,
    };
    let maker = actor(None, username);
    match insert(tx, &user, json!({}), &maker.at(now)).await {
        Ok(()) => {}
        // Another process made it in between.
        Err(StoreError::Taken(_)) => {
            let view = find_by_username(tx, username).await?.ok_or(StoreError::Stale)?;
            return Ok(actor(Some(view.user.id), &view.user.username));
        }
        Err(other) => return Err(other),
    }
    let group = administrators(tx, &maker.at(now)).await?;
    groups::add_member(tx, group, user.id).await?;
    Ok(actor(Some(user.id), username))
}

async fn administrators(tx: &mut Tx, act: &Act<'_>) -> Result<GroupId> {
    let group = Group {
        id: GroupId(clock::new_id()),
        name: ADMINISTRATORS.to_owned(),
        is_superuser: true,
        attributes: Mapping::new(),
    };
    if let Some(group) = groups::find_by_name(tx, ADMINISTRATORS).await? {
        return Ok(group.id);
    }
    match groups::insert(tx, &group, act).await {
        Err(StoreError::Taken(_)) => Ok(groups::find_by_name(tx, ADMINISTRATORS).await?.ok_or(StoreError::Stale)?.id),
        other => other.map(|()| group.id),
    }
}

/// Notes that a user signed in. In the event it is the user who acts, whoever the visitor was before.
pub async fn record_login(tx: &mut Tx, user: &User, act: &Act<'_>) -> Result<()> {
    let by = Actor { id: Some(user.id), name: user.username.to_string(), address: act.by.address.clone() };
    let act = &by.at(act.at);
    tx.exec(sql!("UPDATE user_account SET last_login = $2 WHERE id = $1", user.id.0, act.at)).await?;
    events::log(tx, act, Action::Login, Object("user", user.username.as_str()), json!({})).await
}

/// Changes a user that was read as `read`. [`StoreError::Stale`] where somebody changed it since, [`StoreError::NotFound`]
/// where it is gone, [`StoreError::Taken`] where its new name is.
pub async fn update(tx: &mut Tx, read: &User, profile: &Profile, act: &Act<'_>) -> Result<()> {
    let now = lock(tx, read.id).await?;
    // Signing in changes the row, but nothing that is edited.
    if (User { last_login: read.last_login, ..now }) != *read {
        return Err(StoreError::Stale);
    }
    let namesake = find_by_username(tx, &profile.username).await?;
    if namesake.is_some_and(|other| other.user.id != read.id) {
        return Err(StoreError::Taken("a user of that name"));
    }
    tx.exec(sql!(
        "UPDATE user_account SET username = $2, username_key = $3, name = $4, email = $5, path = $6, attributes = $7 WHERE id = $1",
        read.id.0, profile.username.as_str(), profile.username.key(), &profile.name, &profile.email, &profile.path, Value::Object(profile.attributes.clone()),
    ))
    .await?;
    events::log_plain(tx, act, Action::ModelUpdated, Object("user", profile.username.as_str())).await
}

/// Makes a user an account of another kind; `false` where it was one already.
pub async fn set_kind(tx: &mut Tx, id: UserId, kind: UserType, act: &Act<'_>) -> Result<bool> {
    let user = lock(tx, id).await?;
    if user.kind == kind {
        return Ok(false);
    }
    tx.exec(sql!("UPDATE user_account SET kind = $2 WHERE id = $1", id.0, kind.as_str())).await?;
    let detail = json!({ "type": kind.as_str() });
    events::log(tx, act, Action::ModelUpdated, Object("user", user.username.as_str()), detail).await?;
    Ok(true)
}

/// Lets a user sign in or not; `false` where it was so already. Who is deactivated is signed out, and stays so when
/// activated again.
pub async fn set_active(tx: &mut Tx, id: UserId, active: bool, act: &Act<'_>) -> Result<bool> {
    let user = lock(tx, id).await?;
    if user.is_active == active {
        return Ok(false);
    }
    if !active {
        not_own(id, act)?;
    }
    tx.exec(sql!("UPDATE user_account SET is_active = $2 WHERE id = $1", id.0, active)).await?;
    if !active {
        // Or an old cookie would be good again once the user is let in again.
        sessions::delete_all(tx, id).await?;
    }
    let detail = json!({ "is_active": active });
    events::log(tx, act, Action::ModelUpdated, Object("user", user.username.as_str()), detail).await?;
    Ok(true)
}

/// Gives a user another password. Whoever is signed in with the old one is signed out.
pub async fn set_password(tx: &mut Tx, id: UserId, password: &PasswordHash, act: &Act<'_>) -> Result<()> {
    let user = lock(tx, id).await?;
    tx.exec(sql!("UPDATE user_account SET password = $2 WHERE id = $1", id.0, &password.0)).await?;
    sessions::delete_all(tx, id).await?;
    events::log_plain(tx, act, Action::PasswordSet, Object("user", user.username.as_str())).await
}

/// Takes a user's password away: nobody signs in with one any more. Whoever is signed in is signed out.
pub async fn take_password(tx: &mut Tx, id: UserId, act: &Act<'_>) -> Result<()> {
    let user = lock(tx, id).await?;
    tx.exec(sql!("UPDATE user_account SET password = NULL WHERE id = $1", id.0)).await?;
    tx.exec(sql!("DELETE FROM visitor_session WHERE user_id = $1", id.0)).await?;
    let detail = json!({ "usable": false });
    events::log(tx, act, Action::PasswordSet, Object("user", user.username.as_str()), detail).await
}

/// Deletes a user. The invitations that the user made stay, with the user's name.
pub async fn delete(tx: &mut Tx, id: UserId, act: &Act<'_>) -> Result<()> {
    not_own(id, act)?;
    let user = lock(tx, id).await?;
    tx.exec(sql!("DELETE FROM user_account WHERE id = $1", id.0)).await?;
    events::log_plain(tx, act, Action::ModelDeleted, Object("user", user.username.as_str())).await
}

/// A user whom nobody else changes before this transaction ends: an `UPDATE`, because that locks on both databases.
async fn lock(tx: &mut Tx, id: UserId) -> Result<User> {
    tx.exec(sql!("UPDATE user_account SET is_active = is_active WHERE id = $1", id.0)).await?;
    find(tx, id).await?.ok_or_else(|| StoreError::NotFound("the user".into()))
}

fn not_own(id: UserId, act: &Act<'_>) -> Result<()> {
    if act.by.id == Some(id) { Err(StoreError::Own) } else { Ok(()) }
}
