//! `authentik_core.user`. A password of a file is kept as its hash, and neither shown nor exported; a blank one means that
//! the user has none.

use super::attribute::{Attribute, Default, Kind, not_kept, optional, required};
use super::fault::Fault;
use super::{Model, Pending, Record, Save, Spec, group};
use crate::domain::Mapping;
use crate::domain::event::Act;
use crate::domain::id::{GroupId, UserId};
use crate::domain::stage::UserType;
use crate::domain::user::{Email, User, Username, check_path};
use crate::store::{self, StoreError, Tx, membership, users};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

/// Full name.
pub const NAME: &str = "authentik_core.user";

const ATTRIBUTES: &[Attribute] = &[
    required("username", Kind::Line(Username::MAX)),
    required("name", Kind::Blank(255)),
    optional("email", Kind::Blank(Email::MAX), Default::Text("")),
    optional("is_active", Kind::Bool, Default::Bool(true)),
    optional("path", Kind::Line(255), Default::Text("users")),
    optional("type", Kind::Choice(UserType::NAMES), Default::Text("internal")),
    optional("groups", Kind::ReferenceSet(&[group::NAME]), Default::EmptyList),
    optional("attributes", Kind::Mapping, Default::EmptyMapping),
    not_kept("password", Kind::Password),
    not_kept("roles", Kind::NotApplied("there are no roles here")),
    not_kept("permissions", Kind::NotApplied("there are no permissions here")),
    not_kept("last_login", Kind::Ignored),
];

static SPEC: Spec = Spec { name: NAME, noun: "a user", unique: Some("username"), attributes: ATTRIBUTES };

/// The row of the table.
pub struct Users;

async fn record(tx: &mut Tx, user: User) -> store::Result<Record> {
    let groups = membership::groups_of(tx, user.id).await?;
    let values = json!({
        "username": user.username.as_str(),
        "name": user.name,
        "email": user.email,
        "is_active": user.is_active,
        "path": user.path,
        "type": user.kind,
        "groups": groups,
        "attributes": user.attributes,
        "password": user.password,
    });
    Ok(Record { key: user.id.0, values: values.as_object().cloned().unwrap_or_default() })
}

fn part<T: DeserializeOwned>(values: &Mapping, name: &str) -> store::Result<T> {
    serde_json::from_value(values.get(name).cloned().unwrap_or_default())
        .map_err(|error| StoreError::corrupt(NAME, error))
}

impl Model for Users {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn check(&self, values: &Mapping, _before: Option<&Record>) -> Vec<Fault> {
        let text = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default();
        let email = text("email");
        let email = if email.is_empty() { None } else { Email::parse(email).err() };
        let is_internal = text("type") == UserType::InternalServiceAccount.as_str();
        let internal = || "Nobody can be made an internal service account.".to_owned();
        let wrong = [
            ("username", Username::parse(text("username")).err()),
            ("path", check_path(text("path")).err()),
            ("email", email),
            ("type", is_internal.then(internal)),
        ];
        wrong.into_iter().filter_map(|(name, message)| Some(Fault::of(name, message?))).collect()
    }

    fn by_key<'a>(&'a self, tx: &'a mut Tx, key: Uuid) -> Pending<'a, Option<Record>> {
        Box::pin(async move {
            match users::find(tx, UserId(key)).await? {
                Some(user) => Ok(Some(record(tx, user).await?)),
                None => Ok(None),
            }
        })
    }

    fn by_name<'a>(&'a self, tx: &'a mut Tx, name: &'a str) -> Pending<'a, Option<Record>> {
        Box::pin(async move {
            let Ok(name) = Username::parse(name) else { return Ok(None) };
            // Whatever the case: two such names are one here.
            match users::find_by_username(tx, &name).await? {
                Some(view) => {
                    let mut found = record(tx, view.user).await?;
                    found.values.insert("username".to_owned(), Value::from(name.as_str()));
                    Ok(Some(found))
                }
                None => Ok(None),
            }
        })
    }

    fn list<'a>(&'a self, tx: &'a mut Tx) -> Pending<'a, Vec<Record>> {
        Box::pin(async move {
            let mut records = Vec::new();
            for user in users::list(tx).await? {
                records.push(record(tx, user).await?);
            }
            Ok(records)
        })
    }

    fn save<'a>(&'a self, tx: &'a mut Tx, save: Save<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let id = UserId(save.key);
            let before = users::find(tx, id).await?;
            let username: String = part(save.values, "username")?;
            let user = User {
                id,
                username: Username::parse(&username).map_err(|why| StoreError::corrupt(NAME, why))?,
                name: part(save.values, "name")?,
                email: part(save.values, "email")?,
                is_active: part(save.values, "is_active")?,
                path: part(save.values, "path")?,
                kind: part(save.values, "type")?,
                attributes: part(save.values, "attributes")?,
                password: part(save.values, "password")?,
                created_at: before.as_ref().map_or(save.act.at, |user| user.created_at),
                last_login: before.as_ref().and_then(|user| user.last_login),
            };
            // Deactivating oneself is refused, as it is everywhere.
            let is_own = save.act.by.id == Some(id);
            if is_own && !user.is_active {
                return Err(StoreError::Own);
            }
            match before {
                None => users::insert(tx, &user, json!({ "created": true }), save.act).await?,
                Some(before) => {
                    users::replace(tx, &user, save.act).await?;
                    match &user.password {
                        hash if *hash == before.password => {}
                        Some(password) => users::set_password(tx, id, password, save.act).await?,
                        None => users::take_password(tx, id, save.act).await?,
                    }
                }
            }
            membership::set_groups_of(tx, id, &part::<Vec<GroupId>>(save.values, "groups")?).await
        })
    }

    fn delete<'a>(&'a self, tx: &'a mut Tx, record: &'a Record, act: &'a Act<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            match users::find(tx, UserId(record.key)).await? {
                Some(user) => users::delete(tx, user.id, act).await,
                None => Ok(()),
            }
        })
    }
}
