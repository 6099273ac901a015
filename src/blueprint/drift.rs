//! What was applied, and what was changed since.

use super::model;
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
    /// The attributes that are other; none where the object is gone.
    pub attributes: Option<Vec<String>>,
}

/// The hash by which a blueprint's text is known again.
pub fn hash(text: &[u8]) -> String {
    format!("{:x}", Sha256::digest(text))
}

/// Every blueprint that was applied, by name, with what was changed since.
pub async fn applied(tx: &mut Tx) -> store::Result<Vec<Drift>> {
    let mut all = Vec::new();
    for applied in blueprints::list(tx).await? {
        all.push(drift(tx, applied).await?);
    }
    Ok(all)
}

/// Those of the applied blueprints that asked for the object with this key.
pub async fn applied_to(tx: &mut Tx, key: Uuid) -> store::Result<Vec<Drift>> {
    let mut all = Vec::new();
    for applied in blueprints::list(tx).await? {
        if applied.objects.iter().any(|object| object.key == key) {
            all.push(drift(tx, applied).await?);
        }
    }
    Ok(all)
}

async fn drift(tx: &mut Tx, applied: Applied) -> store::Result<Drift> {
    let mut drifted = Vec::new();
    for object in &applied.objects {
        if let Some(found) = compare(tx, object).await? {
            drifted.push(found);
        }
    }
    Ok(Drift { applied, drifted })
}

async fn compare(tx: &mut Tx, object: &AppliedObject) -> store::Result<Option<Drifted>> {
    let drifted = |attributes| Some(Drifted { model: object.model.clone(), title: object.title.clone(), attributes });
    let Ok(model) = model::find(&object.model) else { return Ok(None) };
    let mut record = model.by_key(tx, object.key).await?;
    let name = model.spec().unique.and_then(|unique| object.values.get(unique)).and_then(Value::as_str);
    if let (None, Some(name)) = (&record, name) {
        // Made again under its name, as an invitation is that got a new link.
        record = model.by_name(tx, name).await?;
    }
    let Some(record) = record else { return Ok(drifted(None)) };
    let attributes = model.spec().attributes;
    let is_other = |(name, value): &(&String, &Value)| {
        let known = attributes.iter().find(|known| known.name == **name);
        !known.is_some_and(|known| known.is_same(record.values.get(*name), value))
    };
    let others: Vec<String> = object.values.iter().filter(is_other).map(|(name, _)| name.clone()).collect();
    Ok(if others.is_empty() { None } else { drifted(Some(others)) })
}
