//! Blueprints that were applied.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::db::sql;
use super::{Result, StoreError, Tx};
use crate::domain::applied::{Applied, AppliedObject};

#[derive(FromRow)]
struct AppliedRow {
    name: String,
    hash: String,
    applied_at: DateTime<Utc>,
    applied_by: String,
    objects: Json<Vec<AppliedObject>>,
}

impl From<AppliedRow> for Applied {
    fn from(row: AppliedRow) -> Self {
        Self { name: row.name, hash: row.hash, at: row.applied_at, by: row.applied_by, objects: row.objects.0 }
    }
}

/// Notes an application; one of the same name is replaced.
pub async fn replace(tx: &mut Tx, applied: &Applied) -> Result<()> {
    let objects =
        serde_json::to_value(&applied.objects).map_err(|why| StoreError::corrupt("applied blueprint", why))?;
    tx.exec(sql!(
        "INSERT INTO applied_blueprint (name, hash, applied_at, applied_by, objects) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO UPDATE SET hash = EXCLUDED.hash, applied_at = EXCLUDED.applied_at, applied_by = EXCLUDED.applied_by, objects = EXCLUDED.objects",
        &applied.name, &applied.hash, applied.at, &applied.by, objects,
    ))
    .await?;
    Ok(())
}

/// The last application of the blueprint of that name.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Applied>> {
    let row: Option<AppliedRow> = tx
        .opt(sql!("SELECT name, hash, applied_at, applied_by, objects FROM applied_blueprint WHERE name = $1", name))
        .await?;
    Ok(row.map(Into::into))
}

/// The last application of each blueprint, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Applied>> {
    let rows: Vec<AppliedRow> =
        tx.all(sql!("SELECT name, hash, applied_at, applied_by, objects FROM applied_blueprint ORDER BY name")).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
