//! Prompts.

use sqlx::FromRow;
use uuid::Uuid;

use super::db::sql;
use super::events::{self, Object};
use super::{Result, StoreError, Tx};
use crate::domain::event::{Act, Action};
use crate::domain::id::{PromptId, StageId};
use crate::domain::prompt::{Prompt, PromptType};

const MODEL: &str = "authentik_stages_prompt.prompt";

#[derive(FromRow)]
struct PromptRow {
    id: Uuid,
    name: String,
    field_key: String,
    label: String,
    kind: String,
    required: bool,
    placeholder: String,
    initial_value: String,
    position: i64,
    sub_text: String,
    placeholder_expression: bool,
    initial_value_expression: bool,
}

impl TryFrom<PromptRow> for Prompt {
    type Error = StoreError;

    fn try_from(row: PromptRow) -> Result<Self> {
        Ok(Self {
            id: PromptId(row.id),
            kind: PromptType::parse(&row.kind).ok_or_else(|| StoreError::corrupt("prompt", &row.kind))?,
            order: i32::try_from(row.position).map_err(|why| StoreError::corrupt("prompt", why))?,
            name: row.name,
            field_key: row.field_key,
            label: row.label,
            required: row.required,
            placeholder: row.placeholder,
            initial_value: row.initial_value,
            sub_text: row.sub_text,
            placeholder_expression: row.placeholder_expression,
            initial_value_expression: row.initial_value_expression,
        })
    }
}

/// Adds a prompt; [`StoreError::Taken`] where its name is.
pub async fn insert(tx: &mut Tx, prompt: &Prompt, act: &Act<'_>) -> Result<()> {
    let done = tx
        .exec(sql!(
            "INSERT INTO prompt (id, name, field_key, label, kind, required, placeholder, initial_value, position, sub_text, placeholder_expression, initial_value_expression) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
            prompt.id.0, &prompt.name, &prompt.field_key, &prompt.label, prompt.kind.as_str(), prompt.required, &prompt.placeholder, &prompt.initial_value, prompt.order, &prompt.sub_text, prompt.placeholder_expression, prompt.initial_value_expression,
        ))
        .await?;
    if done == 0 {
        return Err(StoreError::Taken("a prompt of that name"));
    }
    events::log_plain(tx, act, Action::ModelCreated, Object(MODEL, &prompt.name)).await
}

/// Changes a prompt; [`StoreError::Taken`] where its new name is.
pub async fn update(tx: &mut Tx, prompt: &Prompt, act: &Act<'_>) -> Result<()> {
    if find_by_name(tx, &prompt.name).await?.is_some_and(|other| other.id != prompt.id) {
        return Err(StoreError::Taken("a prompt of that name"));
    }
    tx.exec(sql!(
        "UPDATE prompt SET name = $2, field_key = $3, label = $4, kind = $5, required = $6, placeholder = $7, initial_value = $8, position = $9, sub_text = $10, placeholder_expression = $11, initial_value_expression = $12 WHERE id = $1",
        prompt.id.0, &prompt.name, &prompt.field_key, &prompt.label, prompt.kind.as_str(), prompt.required, &prompt.placeholder, &prompt.initial_value, prompt.order, &prompt.sub_text, prompt.placeholder_expression, prompt.initial_value_expression,
    ))
    .await?;
    events::log_plain(tx, act, Action::ModelUpdated, Object(MODEL, &prompt.name)).await
}

/// Changes a prompt that was read before; [`StoreError::Stale`] where somebody has changed or deleted it since.
pub async fn update_read(tx: &mut Tx, read: &Prompt, prompt: &Prompt, act: &Act<'_>) -> Result<()> {
    if find(tx, read.id).await?.as_ref() != Some(read) {
        return Err(StoreError::Stale);
    }
    update(tx, prompt, act).await
}

/// Deletes a prompt; it leaves the stages that show it.
pub async fn delete(tx: &mut Tx, prompt: &Prompt, act: &Act<'_>) -> Result<()> {
    tx.exec(sql!("DELETE FROM prompt WHERE id = $1", prompt.id.0)).await?;
    events::log_plain(tx, act, Action::ModelDeleted, Object(MODEL, &prompt.name)).await
}

/// A prompt.
pub async fn find(tx: &mut Tx, id: PromptId) -> Result<Option<Prompt>> {
    let row: Option<PromptRow> = tx
        .opt(sql!("SELECT id, name, field_key, label, kind, required, placeholder, initial_value, position, sub_text, placeholder_expression, initial_value_expression FROM prompt WHERE id = $1", id.0))
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The prompt of that name.
pub async fn find_by_name(tx: &mut Tx, name: &str) -> Result<Option<Prompt>> {
    let row: Option<PromptRow> = tx
        .opt(sql!("SELECT id, name, field_key, label, kind, required, placeholder, initial_value, position, sub_text, placeholder_expression, initial_value_expression FROM prompt WHERE name = $1", name))
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Every prompt, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Prompt>> {
    let rows: Vec<PromptRow> = tx
        .all(sql!("SELECT id, name, field_key, label, kind, required, placeholder, initial_value, position, sub_text, placeholder_expression, initial_value_expression FROM prompt ORDER BY name"))
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A stage's prompts in the order in which they are shown: by their own order, ties as the stage lists them.
pub async fn list_of_stage(tx: &mut Tx, stage: StageId) -> Result<Vec<Prompt>> {
    let rows: Vec<PromptRow> = tx
        .all(sql!(
            "SELECT p.id, p.name, p.field_key, p.label, p.kind, p.required, p.placeholder, p.initial_value, p.position, p.sub_text, p.placeholder_expression, p.initial_value_expression FROM prompt p JOIN stage_prompt s ON s.prompt_id = p.id WHERE s.stage_id = $1 ORDER BY p.position, s.position",
            stage.0,
        ))
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
