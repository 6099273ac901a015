//! Blueprints that were applied.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::db::sql;
use super::{Result, StoreError, Tx};
use crate::domain::applied::{Applied, AppliedObject, Source};

#[derive(FromRow)]
struct AppliedRow {
    place: String,
    name: String,
    source: String,
    path: Option<String>,
    hash: String,
    applied_at: DateTime<Utc>,
    applied_by: String,
    objects: Json<Vec<AppliedObject>>,
}

impl From<AppliedRow> for Applied {
    fn from(row: AppliedRow) -> Self {
        Self {
            place: row.place,
            name: row.name,
            source: Source::parse(&row.source).unwrap_or_default(),
            path: row.path,
            hash: row.hash,
            at: row.applied_at,
            by: row.applied_by,
            objects: row.objects.0,
        }
    }
}

/// Notes an application; one from the same place is replaced.
pub async fn replace(tx: &mut Tx, applied: &Applied) -> Result<()> {
    let objects =
        serde_json::to_value(&applied.objects).map_err(|why| StoreError::corrupt("applied blueprint", why))?;
    tx.exec(sql!(
        "INSERT INTO applied_blueprint (place, name, source, path, hash, applied_at, applied_by, objects) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (place) DO UPDATE SET name = EXCLUDED.name, source = EXCLUDED.source, path = EXCLUDED.path, hash = EXCLUDED.hash, applied_at = EXCLUDED.applied_at, applied_by = EXCLUDED.applied_by, objects = EXCLUDED.objects",
        &applied.place, &applied.name, applied.source.as_str(), applied.path.clone(), &applied.hash, applied.at, &applied.by, objects,
    ))
    .await?;
    Ok(())
}

/// Forgets an application: it goes on under another place.
pub async fn forget(tx: &mut Tx, place: &str) -> Result<()> {
    tx.exec(sql!("DELETE FROM applied_blueprint WHERE place = $1", place)).await?;
    Ok(())
}

/// The last application of each blueprint, by name and place.
pub async fn list(tx: &mut Tx) -> Result<Vec<Applied>> {
    let rows: Vec<AppliedRow> = tx
        .all(sql!("SELECT place, name, source, path, hash, applied_at, applied_by, objects FROM applied_blueprint ORDER BY name, place"))
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
