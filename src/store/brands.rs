//! Brands.

use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::db::sql;
use super::events::{self, Object};
use super::{Result, StoreError, Tx};
use crate::domain::Mapping;
use crate::domain::brand::Brand;
use crate::domain::event::{Act, Action};
use crate::domain::id::BrandId;

const MODEL: &str = "authentik_brands.brand";

#[derive(FromRow)]
struct BrandRow {
    id: Uuid,
    domain: String,
    is_default: bool,
    settings: Json<Mapping>,
}

impl From<BrandRow> for Brand {
    fn from(row: BrandRow) -> Self {
        Self { id: BrandId(row.id), domain: row.domain, is_default: row.is_default, settings: row.settings.0 }
    }
}

/// Adds a brand; [`StoreError::Taken`] where its domain is, or where it would be a second default.
pub async fn insert(tx: &mut Tx, brand: &Brand, act: &Act<'_>) -> Result<()> {
    check_default(tx, brand).await?;
    let done = tx
        .exec(sql!(
            "INSERT INTO brand (id, domain, is_default, settings) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            brand.id.0,
            &brand.domain,
            brand.is_default,
            Value::Object(brand.settings.clone()),
        ))
        .await?;
    if done == 0 {
        return Err(StoreError::Taken("a brand of that domain"));
    }
    events::log_plain(tx, act, Action::ModelCreated, Object(MODEL, &brand.domain)).await
}

/// Changes a brand; [`StoreError::Taken`] where its new domain is, or where it would be a second default.
pub async fn update(tx: &mut Tx, brand: &Brand, act: &Act<'_>) -> Result<()> {
    if find_by_domain(tx, &brand.domain).await?.is_some_and(|other| other.id != brand.id) {
        return Err(StoreError::Taken("a brand of that domain"));
    }
    check_default(tx, brand).await?;
    tx.exec(sql!(
        "UPDATE brand SET domain = $2, is_default = $3, settings = $4 WHERE id = $1",
        brand.id.0,
        &brand.domain,
        brand.is_default,
        Value::Object(brand.settings.clone()),
    ))
    .await?;
    events::log_plain(tx, act, Action::ModelUpdated, Object(MODEL, &brand.domain)).await
}

async fn check_default(tx: &mut Tx, brand: &Brand) -> Result<()> {
    if !brand.is_default {
        return Ok(());
    }
    let (others,): (i64,) =
        tx.one(sql!("SELECT COUNT(*) FROM brand WHERE is_default AND id <> $1", brand.id.0)).await?;
    if others > 0 { Err(StoreError::Taken("a default brand")) } else { Ok(()) }
}

/// Deletes a brand.
pub async fn delete(tx: &mut Tx, brand: &Brand, act: &Act<'_>) -> Result<()> {
    tx.exec(sql!("DELETE FROM brand WHERE id = $1", brand.id.0)).await?;
    events::log_plain(tx, act, Action::ModelDeleted, Object(MODEL, &brand.domain)).await
}

/// A brand.
pub async fn find(tx: &mut Tx, id: BrandId) -> Result<Option<Brand>> {
    let row: Option<BrandRow> =
        tx.opt(sql!("SELECT id, domain, is_default, settings FROM brand WHERE id = $1", id.0)).await?;
    Ok(row.map(Into::into))
}

/// The brand of that domain.
pub async fn find_by_domain(tx: &mut Tx, domain: &str) -> Result<Option<Brand>> {
    let row: Option<BrandRow> =
        tx.opt(sql!("SELECT id, domain, is_default, settings FROM brand WHERE domain = $1", domain)).await?;
    Ok(row.map(Into::into))
}

/// The brand of a host: that of the longest domain which the host is or ends with, else the default one.
pub async fn of_host(tx: &mut Tx, host: &str) -> Result<Option<Brand>> {
    let is_of = |brand: &Brand| host == brand.domain || host.ends_with(&format!(".{}", brand.domain));
    let all = list(tx).await?;
    let best = all.iter().filter(|brand| is_of(brand)).max_by_key(|brand| brand.domain.len());
    Ok(best.or(all.iter().find(|brand| brand.is_default)).cloned())
}

/// Every brand, by domain.
pub async fn list(tx: &mut Tx) -> Result<Vec<Brand>> {
    let rows: Vec<BrandRow> =
        tx.all(sql!("SELECT id, domain, is_default, settings FROM brand ORDER BY domain")).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
