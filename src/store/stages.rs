//! Stages. Settings are one JSON document; what refers to other objects stands in columns, so that the database keeps
//! it true.

use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::db::sql;
use super::events::{self, Object};
use super::{Result, StoreError, Tx, policies};
use crate::domain::event::{Act, Action};
use crate::domain::id::{GroupId, PromptId, StageId};
use crate::domain::stage::{Stage, StageKind};

#[derive(FromRow)]
struct StageRow {
    id: Uuid,
    name: String,
    settings: Json<Value>,
    group_id: Option<Uuid>,
}

/// Adds a stage; [`StoreError::Taken`] where its name is.
pub async fn insert(tx: &mut Tx, stage: &Stage, act: &Act<'_>) -> Result<()> {
    let done = tx
        .exec(sql!(
            "INSERT INTO stage (id, name, settings, group_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            stage.id.0,
            &stage.name,
            settings(stage)?,
            group_of(&stage.kind),
        ))
        .await?;
    if done == 0 {
        return Err(StoreError::Taken("a stage of that name"));
    }
    store_prompts(tx, stage).await?;
    events::log_plain(tx, act, Action::ModelCreated, Object(stage.kind.model(), &stage.name)).await
}

/// Changes a stage; its prompts are replaced. [`StoreError::Taken`] where a stage of whatever kind has its new name.
pub async fn update(tx: &mut Tx, stage: &Stage, act: &Act<'_>) -> Result<()> {
    let same: Option<(Uuid,)> = tx.opt(sql!("SELECT id FROM stage WHERE name = $1", &stage.name)).await?;
    if same.is_some_and(|(id,)| id != stage.id.0) {
        return Err(StoreError::Taken("a stage of that name"));
    }
    tx.exec(sql!(
        "UPDATE stage SET name = $2, settings = $3, group_id = $4 WHERE id = $1",
        stage.id.0,
        &stage.name,
        settings(stage)?,
        group_of(&stage.kind),
    ))
    .await?;
    store_prompts(tx, stage).await?;
    events::log_plain(tx, act, Action::ModelUpdated, Object(stage.kind.model(), &stage.name)).await
}

/// Deletes a stage; it leaves the flows that it is bound to.
pub async fn delete(tx: &mut Tx, stage: &Stage, act: &Act<'_>) -> Result<()> {
    tx.exec(sql!("DELETE FROM stage WHERE id = $1", stage.id.0)).await?;
    events::log_plain(tx, act, Action::ModelDeleted, Object(stage.kind.model(), &stage.name)).await
}

/// A stage.
pub async fn find(tx: &mut Tx, id: StageId) -> Result<Option<Stage>> {
    match tx.opt(sql!("SELECT id, name, settings, group_id FROM stage WHERE id = $1", id.0)).await? {
        Some(row) => Ok(Some(read(tx, row).await?)),
        None => Ok(None),
    }
}

/// The stage of that name, of whatever kind.
pub async fn find_by_name(tx: &mut Tx, name: &str) -> Result<Option<Stage>> {
    match tx.opt(sql!("SELECT id, name, settings, group_id FROM stage WHERE name = $1", name)).await? {
        Some(row) => Ok(Some(read(tx, row).await?)),
        None => Ok(None),
    }
}

/// Every stage, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Stage>> {
    let rows: Vec<StageRow> = tx.all(sql!("SELECT id, name, settings, group_id FROM stage ORDER BY name")).await?;
    let mut stages = Vec::with_capacity(rows.len());
    for row in rows {
        stages.push(read(tx, row).await?);
    }
    Ok(stages)
}

async fn read(tx: &mut Tx, row: StageRow) -> Result<Stage> {
    let id = StageId(row.id);
    let mut kind: StageKind =
        serde_json::from_value(row.settings.0).map_err(|why| StoreError::corrupt("stage", why))?;
    match &mut kind {
        StageKind::Prompt(stage) => {
            let rows: Vec<(Uuid,)> = tx
                .all(sql!("SELECT prompt_id FROM stage_prompt WHERE stage_id = $1 ORDER BY position", row.id))
                .await?;
            stage.validation_policies = policies::list_of_stage(tx, id).await?;
            stage.fields = rows.into_iter().map(|(id,)| PromptId(id)).collect();
        }
        StageKind::UserWrite(stage) => stage.create_users_group = row.group_id.map(GroupId),
        StageKind::Invitation(_) | StageKind::UserLogin(_) | StageKind::Other(_) => {}
    }
    Ok(Stage { id, name: row.name, kind })
}

fn settings(stage: &Stage) -> Result<Value> {
    serde_json::to_value(&stage.kind).map_err(|why| StoreError::corrupt("stage", why))
}

fn group_of(kind: &StageKind) -> Option<Uuid> {
    match kind {
        StageKind::UserWrite(stage) => stage.create_users_group.map(|group| group.0),
        _ => None,
    }
}

async fn store_prompts(tx: &mut Tx, stage: &Stage) -> Result<()> {
    let StageKind::Prompt(settings) = &stage.kind else { return Ok(()) };
    policies::store_of_stage(tx, stage.id, &settings.validation_policies).await?;
    tx.exec(sql!("DELETE FROM stage_prompt WHERE stage_id = $1", stage.id.0)).await?;
    for (prompt, position) in settings.fields.iter().zip(0i64..) {
        // A prompt that a stage lists twice is shown once.
        tx.exec(sql!(
            "INSERT INTO stage_prompt (stage_id, prompt_id, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            stage.id.0,
            prompt.0,
            position,
        ))
        .await?;
    }
    Ok(())
}
