//! `authentik_core.group`.

use super::attribute::{Attribute, Default, Kind, not_kept, optional, required};
use super::{Model, Pending, Record, Save, Spec};
use crate::domain::Mapping;
use crate::domain::event::Act;
use crate::domain::group::Group;
use crate::domain::id::GroupId;
use crate::store::{self, StoreError, Tx, groups, membership};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

/// Full name.
pub const NAME: &str = "authentik_core.group";

const ATTRIBUTES: &[Attribute] = &[
    required("name", Kind::Line(255)),
    optional("is_superuser", Kind::Bool, Default::Bool(false)),
    optional("attributes", Kind::Mapping, Default::EmptyMapping),
    optional("parents", Kind::ReferenceSet(&[NAME]), Default::EmptyList),
    optional("users", Kind::ReferenceSet(&[super::user::NAME]), Default::EmptyList),
    // Before there could be several.
    not_kept("parent", Kind::MaybeReference(&[NAME])),
    not_kept("roles", Kind::NotApplied("there are no roles here")),
];

static SPEC: Spec = Spec { name: NAME, noun: "a group", unique: Some("name"), attributes: ATTRIBUTES };

/// The row of the table.
pub struct Groups;

async fn record(tx: &mut Tx, group: Group) -> store::Result<Record> {
    let values = json!({
        "name": group.name,
        "is_superuser": group.is_superuser,
        "attributes": group.attributes,
        "parents": membership::parents(tx, group.id).await?,
        "users": membership::members(tx, group.id).await?,
    });
    Ok(Record { key: group.id.0, values: values.as_object().cloned().unwrap_or_default() })
}

async fn records(tx: &mut Tx, groups: impl IntoIterator<Item = Group>) -> store::Result<Vec<Record>> {
    let mut records = Vec::new();
    for group in groups {
        records.push(record(tx, group).await?);
    }
    Ok(records)
}

fn ids<T: DeserializeOwned>(values: &Mapping, name: &str) -> store::Result<Vec<T>> {
    serde_json::from_value(values.get(name).cloned().unwrap_or_default())
        .map_err(|error| StoreError::corrupt(NAME, error))
}

fn read(key: Uuid, values: &Mapping) -> store::Result<Group> {
    let (Some(Value::String(name)), Some(Value::Bool(is_superuser)), Some(Value::Object(attributes))) =
        (values.get("name"), values.get("is_superuser"), values.get("attributes"))
    else {
        return Err(StoreError::corrupt(NAME, "attributes of the wrong type"));
    };
    Ok(Group { id: GroupId(key), name: name.clone(), is_superuser: *is_superuser, attributes: attributes.clone() })
}

impl Model for Groups {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn translate(&self, given: &mut Mapping, _before: Option<&Record>) {
        match given.remove("parent") {
            Some(Value::String(parent)) => drop(given.insert("parents".to_owned(), json!([parent]))),
            Some(Value::Null) => drop(given.insert("parents".to_owned(), json!([]))),
            _ => {}
        }
    }

    fn by_key<'a>(&'a self, tx: &'a mut Tx, key: Uuid) -> Pending<'a, Option<Record>> {
        Box::pin(async move {
            let group = groups::find(tx, GroupId(key)).await?;
            Ok(records(tx, group).await?.pop())
        })
    }

    fn by_name<'a>(&'a self, tx: &'a mut Tx, name: &'a str) -> Pending<'a, Option<Record>> {
        Box::pin(async move {
            let group = groups::find_by_name(tx, name).await?;
            Ok(records(tx, group).await?.pop())
        })
    }

    fn list<'a>(&'a self, tx: &'a mut Tx) -> Pending<'a, Vec<Record>> {
        Box::pin(async move {
            let groups = groups::list(tx).await?;
            records(tx, groups).await
        })
    }

    fn save<'a>(&'a self, tx: &'a mut Tx, save: Save<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let group = read(save.key, save.values)?;
            match save.before {
                None => groups::insert(tx, &group, save.act).await?,
                Some(_) => groups::update(tx, &group, save.act).await?,
            }
            membership::set_parents(tx, group.id, &ids(save.values, "parents")?).await?;
            // Only where they change: a group may have many members.
            if save.before.is_none_or(|before| before.values.get("users") != save.values.get("users")) {
                membership::set_members(tx, group.id, &ids(save.values, "users")?).await?;
            }
            Ok(())
        })
    }

    fn delete<'a>(&'a self, tx: &'a mut Tx, record: &'a Record, act: &'a Act<'a>) -> Pending<'a, ()> {
        Box::pin(async move { groups::delete(tx, &read(record.key, &record.values)?, act).await })
    }
}
