//! What was applied, and what was changed since.

use super::known::{Known, is_as};
use super::model::{self, Model, Record};
use crate::domain::applied::{Applied, AppliedObject};
use crate::store::{self, Tx, blueprints};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A blueprint that was applied, and what became of its objects.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// The application.
    pub applied: Applied,
    /// Objects that are no longer as the blueprint asked.
    pub drifted: Vec<Drifted>,
}

/// An object that is no longer as a blueprint asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drifted {
    /// The model's full name.
    pub model: String,
    /// What the object is called.
    pub title: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of an object since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// These attributes are other.
    Changed(Vec<String>),
    /// It is gone.
    Gone,
    /// It shall not be there, and is there again.
    Back,
}

impl Fate {
    /// One word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Changed(_) => "changed",
            Self::Gone => "gone",
            Self::Back => "back",
        }
    }
}

/// The hash by which a blueprint's text is known again.
pub fn hash(text: &[u8]) -> String {
    format!("{:x}", Sha256::digest(text))
}

/// Every blueprint that was applied, by name, with what was changed since.
pub async fn applied(tx: &mut Tx) -> store::Result<Vec<Drift>> {
    let (mut all, mut known) = (Vec::new(), Known::default());
    for applied in blueprints::list(tx).await? {
        all.push(drift(tx, &mut known, applied).await?);
    }
    Ok(all)
}

/// Those of the applied blueprints that asked for the object with this key, or asked it not to be there.
pub async fn applied_to(tx: &mut Tx, key: Uuid) -> store::Result<Vec<Drift>> {
    let (mut all, mut known) = (Vec::new(), Known::default());
    for applied in blueprints::list(tx).await? {
        let mut is_about = false;
        for object in &applied.objects {
            is_about = is_about
                || object.key == key
                || (object.absent && find(tx, &mut known, object).await?.is_some_and(|found| found.key == key));
        }
        if is_about {
            all.push(drift(tx, &mut known, applied).await?);
        }
    }
    Ok(all)
}

/// Forgets what was asked for in one place of a run and taken back in a later one.
pub async fn settle(tx: &mut Tx, objects: &mut Vec<AppliedObject>) -> store::Result<()> {
    let mut known = Known::default();
    for object in std::mem::take(objects) {
        if find(tx, &mut known, &object).await?.is_none() == object.absent {
            objects.push(object);
        }
    }
    Ok(())
}

async fn drift(tx: &mut Tx, known: &mut Known, applied: Applied) -> store::Result<Drift> {
    let mut drifted = Vec::new();
    for object in &applied.objects {
        if let Some(fate) = fate(tx, known, object).await? {
            drifted.push(Drifted { model: object.model.clone(), title: object.title.clone(), fate });
        }
    }
    Ok(Drift { applied, drifted })
}

async fn fate(tx: &mut Tx, known: &mut Known, object: &AppliedObject) -> store::Result<Option<Fate>> {
    let Ok(model) = model::find(&object.model) else { return Ok(None) };
    let found = find(tx, known, object).await?;
    if object.absent {
        return Ok(found.map(|_| Fate::Back));
    }
    let Some(record) = found else { return Ok(Some(Fate::Gone)) };
    let attributes = model.spec().attributes;
    let is_other = |(name, value): &(&String, &Value)| {
        let known = attributes.iter().find(|known| known.name == **name);
        !known.is_some_and(|known| known.is_same(record.values.get(*name), value))
    };
    let others: Vec<String> = object.values.iter().filter(is_other).map(|(name, _)| name.clone()).collect();
    Ok(if others.is_empty() { None } else { Some(Fate::Changed(others)) })
}

/// The object, if it is there. One that was made again under its name is the same, as an invitation is that got a new link.
async fn find(tx: &mut Tx, known: &mut Known, object: &AppliedObject) -> store::Result<Option<Record>> {
    let Ok(model) = model::find(&object.model) else { return Ok(None) };
    if !object.key.is_nil()
        && let Some(record) = model.by_key(tx, object.key).await?
    {
        return Ok(Some(record));
    }
    let name = model.spec().unique.and_then(|unique| object.values.get(unique)).and_then(Value::as_str);
    match name {
        Some(name) => {
            let found = model.by_name(tx, name).await?;
            Ok(found.filter(|record| !object.absent || is_as(model, record, &object.values)))
        }
        None if object.absent && !object.values.is_empty() => first(tx, known, model, object).await,
        None => Ok(None),
    }
}

async fn first(
    tx: &mut Tx,
    known: &mut Known,
    model: &'static dyn Model,
    object: &AppliedObject,
) -> store::Result<Option<Record>> {
    match known.shelf(tx, model).await?.first(model, &object.values) {
        Some(key) => model.by_key(tx, key).await,
        None => Ok(None),
    }
}
