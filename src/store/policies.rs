//! Policies and their bindings.

use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::db::sql;
use super::events::{self, Object};
use super::{Result, StoreError, Tx};
use crate::domain::Mapping;
use crate::domain::event::{Act, Action};
use crate::domain::id::{BindingId, FlowId, GroupId, PolicyBindingId, PolicyId, StageId, UserId};
use crate::domain::policy::{Decider, Guarded, Policy, PolicyBinding, PolicyModel};

const BINDING_MODEL: &str = "authentik_policies.policybinding";

macro_rules! columns {
    () => {
        "id, flow_id, binding_id, policy_id, group_id, user_id, position, negate, enabled, timeout, failure_result"
    };
}

#[derive(FromRow)]
struct PolicyRow {
    id: Uuid,
    name: String,
    model: String,
    execution_logging: bool,
    settings: Json<Mapping>,
}

#[derive(FromRow)]
struct BindingRow {
    id: Uuid,
    flow_id: Option<Uuid>,
    binding_id: Option<Uuid>,
    policy_id: Option<Uuid>,
    group_id: Option<Uuid>,
    user_id: Option<Uuid>,
    position: i64,
    negate: bool,
    enabled: bool,
    timeout: i64,
    failure_result: bool,
}

impl TryFrom<PolicyRow> for Policy {
    type Error = StoreError;

    fn try_from(row: PolicyRow) -> Result<Self> {
        Ok(Self {
            id: PolicyId(row.id),
            model: PolicyModel::parse(&row.model).ok_or_else(|| StoreError::corrupt("policy", &row.model))?,
            name: row.name,
            execution_logging: row.execution_logging,
            settings: row.settings.0,
        })
    }
}

impl TryFrom<BindingRow> for PolicyBinding {
    type Error = StoreError;

    fn try_from(row: BindingRow) -> Result<Self> {
        let corrupt = |why: &str| StoreError::corrupt("policy binding", why);
        Ok(Self {
            id: PolicyBindingId(row.id),
            target: match (row.flow_id, row.binding_id) {
                (Some(flow), _) => Guarded::Flow(FlowId(flow)),
                (None, Some(binding)) => Guarded::Stage(BindingId(binding)),
                (None, None) => return Err(corrupt("it guards nothing")),
            },
            decider: match (row.policy_id, row.group_id, row.user_id) {
                (Some(policy), ..) => Decider::Policy(PolicyId(policy)),
                (_, Some(group), _) => Decider::Group(GroupId(group)),
                (.., Some(user)) => Decider::User(UserId(user)),
                (None, None, None) => return Err(corrupt("nobody decides")),
            },
            order: i32::try_from(row.position).map_err(|why| StoreError::corrupt("policy binding", why))?,
            negate: row.negate,
            enabled: row.enabled,
            timeout: u32::try_from(row.timeout).map_err(|why| StoreError::corrupt("policy binding", why))?,
            failure_result: row.failure_result,
        })
    }
}

/// Adds a policy; [`StoreError::Taken`] where its name is.
pub async fn insert(tx: &mut Tx, policy: &Policy, act: &Act<'_>) -> Result<()> {
    let done = tx
        .exec(sql!(
            "INSERT INTO policy (id, name, model, execution_logging, settings) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            policy.id.0, &policy.name, policy.model.as_str(), policy.execution_logging, Value::Object(policy.settings.clone()),
        ))
        .await?;
    if done == 0 {
        return Err(StoreError::Taken("a policy of that name"));
    }
    events::log_plain(tx, act, Action::ModelCreated, Object(policy.model.as_str(), &policy.name)).await
}

/// Changes a policy; [`StoreError::Taken`] where a policy of whatever model has its new name.
pub async fn update(tx: &mut Tx, policy: &Policy, act: &Act<'_>) -> Result<()> {
    let same: Option<(Uuid,)> = tx.opt(sql!("SELECT id FROM policy WHERE name = $1", &policy.name)).await?;
    if same.is_some_and(|(id,)| id != policy.id.0) {
        return Err(StoreError::Taken("a policy of that name"));
    }
    tx.exec(sql!(
        "UPDATE policy SET name = $2, execution_logging = $3, settings = $4 WHERE id = $1",
        policy.id.0,
        &policy.name,
        policy.execution_logging,
        Value::Object(policy.settings.clone()),
    ))
    .await?;
    events::log_plain(tx, act, Action::ModelUpdated, Object(policy.model.as_str(), &policy.name)).await
}

/// Deletes a policy with its bindings: what it guarded is guarded no longer.
pub async fn delete(tx: &mut Tx, policy: &Policy, act: &Act<'_>) -> Result<()> {
    tx.exec(sql!("DELETE FROM policy WHERE id = $1", policy.id.0)).await?;
    events::log_plain(tx, act, Action::ModelDeleted, Object(policy.model.as_str(), &policy.name)).await
}

/// A policy.
pub async fn find(tx: &mut Tx, id: PolicyId) -> Result<Option<Policy>> {
    let row: Option<PolicyRow> =
        tx.opt(sql!("SELECT id, name, model, execution_logging, settings FROM policy WHERE id = $1", id.0)).await?;
    row.map(TryInto::try_into).transpose()
}

/// The policy of that name, of whatever model.
pub async fn find_by_name(tx: &mut Tx, name: &str) -> Result<Option<Policy>> {
    let row: Option<PolicyRow> =
        tx.opt(sql!("SELECT id, name, model, execution_logging, settings FROM policy WHERE name = $1", name)).await?;
    row.map(TryInto::try_into).transpose()
}

/// Every policy, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Policy>> {
    let rows: Vec<PolicyRow> =
        tx.all(sql!("SELECT id, name, model, execution_logging, settings FROM policy ORDER BY name")).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The policies that check a prompt stage's answers, in order.
pub async fn list_of_stage(tx: &mut Tx, stage: StageId) -> Result<Vec<PolicyId>> {
    let rows: Vec<(Uuid,)> =
        tx.all(sql!("SELECT policy_id FROM stage_policy WHERE stage_id = $1 ORDER BY position", stage.0)).await?;
    Ok(rows.into_iter().map(|(id,)| PolicyId(id)).collect())
}

/// Replaces the policies that check a prompt stage's answers.
pub(crate) async fn store_of_stage(tx: &mut Tx, stage: StageId, policies: &[PolicyId]) -> Result<()> {
    tx.exec(sql!("DELETE FROM stage_policy WHERE stage_id = $1", stage.0)).await?;
    for (policy, position) in policies.iter().zip(0i64..) {
        tx.exec(sql!(
            "INSERT INTO stage_policy (stage_id, policy_id, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            stage.0,
            policy.0,
            position,
        ))
        .await?;
    }
    Ok(())
}

/// The columns of what is guarded and of who decides.
type Ends = (Option<Uuid>, Option<Uuid>, Option<Uuid>, Option<Uuid>, Option<Uuid>);

fn ends(binding: &PolicyBinding) -> Ends {
    let (flow, stage) = match binding.target {
        Guarded::Flow(flow) => (Some(flow.0), None),
        Guarded::Stage(stage) => (None, Some(stage.0)),
    };
    match binding.decider {
        Decider::Policy(policy) => (flow, stage, Some(policy.0), None, None),
        Decider::Group(group) => (flow, stage, None, Some(group.0), None),
        Decider::User(user) => (flow, stage, None, None, Some(user.0)),
    }
}

/// Lets something guard something; [`StoreError::Taken`] where the policy stands at that place already.
pub async fn insert_binding(tx: &mut Tx, binding: &PolicyBinding, act: &Act<'_>) -> Result<()> {
    let (flow, stage, policy, group, user) = ends(binding);
    let done = tx
        .exec(sql!(
            concat!(
                "INSERT INTO policy_binding (",
                columns!(),
                ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
            ),
            binding.id.0,
            flow,
            stage,
            policy,
            group,
            user,
            binding.order,
            binding.negate,
            binding.enabled,
            binding.timeout,
            binding.failure_result,
        ))
        .await?;
    if done == 0 {
        return Err(StoreError::Taken("that policy at that place"));
    }
    log_binding(tx, binding, Action::ModelCreated, act).await
}

/// Changes a policy binding; [`StoreError::Taken`] where the policy stands at its new place already.
pub async fn update_binding(tx: &mut Tx, binding: &PolicyBinding, act: &Act<'_>) -> Result<()> {
    let (flow, stage, policy, group, user) = ends(binding);
    // Groups and users may stand at one place twice, as in authentik: for them `policy` is null and nothing is found.
    let there: Option<(Uuid,)> = tx
        .opt(sql!(
            "SELECT id FROM policy_binding WHERE (flow_id = $1 OR binding_id = $2) AND policy_id = $3 AND position = $4 AND id <> $5",
            flow, stage, policy, binding.order, binding.id.0,
        ))
        .await?;
    if there.is_some() {
        return Err(StoreError::Taken("that policy at that place"));
    }
    tx.exec(sql!(
        "UPDATE policy_binding SET flow_id = $2, binding_id = $3, policy_id = $4, group_id = $5, user_id = $6, position = $7, negate = $8, enabled = $9, timeout = $10, failure_result = $11 WHERE id = $1",
        binding.id.0, flow, stage, policy, group, user, binding.order, binding.negate, binding.enabled, binding.timeout, binding.failure_result,
    ))
    .await?;
    log_binding(tx, binding, Action::ModelUpdated, act).await
}

/// Deletes a policy binding.
pub async fn delete_binding(tx: &mut Tx, binding: &PolicyBinding, act: &Act<'_>) -> Result<()> {
    log_binding(tx, binding, Action::ModelDeleted, act).await?;
    tx.exec(sql!("DELETE FROM policy_binding WHERE id = $1", binding.id.0)).await?;
    Ok(())
}

async fn log_binding(tx: &mut Tx, binding: &PolicyBinding, action: Action, act: &Act<'_>) -> Result<()> {
    let name = binding_name(tx, binding).await?;
    events::log_plain(tx, act, action, Object(BINDING_MODEL, &name)).await
}

/// What a policy binding is called: what it guards, its order and who decides.
pub async fn binding_name(tx: &mut Tx, binding: &PolicyBinding) -> Result<String> {
    let (flow, stage, ..) = ends(binding);
    let name: Option<(Option<String>,)> = tx
        .opt(sql!(
            "SELECT COALESCE((SELECT slug FROM flow WHERE id = $1), (SELECT f.slug || ' #' || CAST(b.position AS TEXT) || ' ' || s.name FROM stage_binding b JOIN flow f ON f.id = b.flow_id JOIN stage s ON s.id = b.stage_id WHERE b.id = $2))",
            flow, stage,
        ))
        .await?;
    let target = name.and_then(|(name,)| name).unwrap_or_default();
    Ok(format!("{target} #{} {}", binding.order, decider_name(tx, binding.decider).await?))
}

/// What decides: the name of the policy, the group or the user; empty where it is gone.
pub async fn decider_name(tx: &mut Tx, decider: Decider) -> Result<String> {
    let query = match decider {
        Decider::Policy(PolicyId(id)) => sql!("SELECT name FROM policy WHERE id = $1", id),
        Decider::Group(GroupId(id)) => sql!("SELECT name FROM user_group WHERE id = $1", id),
        Decider::User(UserId(id)) => sql!("SELECT username FROM user_account WHERE id = $1", id),
    };
    let row: Option<(String,)> = tx.opt(query).await?;
    Ok(row.map(|(name,)| name).unwrap_or_default())
}

/// A policy binding.
pub async fn find_binding(tx: &mut Tx, id: PolicyBindingId) -> Result<Option<PolicyBinding>> {
    let row: Option<BindingRow> =
        tx.opt(sql!(concat!("SELECT ", columns!(), " FROM policy_binding WHERE id = $1"), id.0)).await?;
    row.map(TryInto::try_into).transpose()
}

/// What guards something, in order.
pub async fn bindings(tx: &mut Tx, target: Guarded) -> Result<Vec<PolicyBinding>> {
    let (Guarded::Flow(FlowId(id)) | Guarded::Stage(BindingId(id))) = target;
    let rows: Vec<BindingRow> = tx
        .all(sql!(
            concat!(
                "SELECT ",
                columns!(),
                " FROM policy_binding WHERE flow_id = $1 OR binding_id = $1 ORDER BY position, id"
            ),
            id
        ))
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What guards a flow and the stages in it, in order.
pub async fn bindings_of_flow(tx: &mut Tx, flow: FlowId) -> Result<Vec<PolicyBinding>> {
    let rows: Vec<BindingRow> = tx
        .all(sql!(
            concat!("SELECT ", columns!(), " FROM policy_binding WHERE flow_id = $1 OR binding_id IN (SELECT id FROM stage_binding WHERE flow_id = $1) ORDER BY position, id"),
            flow.0
        ))
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The policies that guard a flow or its stages, or check the answers of its prompt stages, by name.
pub async fn of_flow(tx: &mut Tx, flow: FlowId) -> Result<Vec<Policy>> {
    let rows: Vec<PolicyRow> = tx
        .all(sql!(
            concat!(
                "SELECT id, name, model, execution_logging, settings FROM policy WHERE id IN (",
                "SELECT policy_id FROM policy_binding WHERE policy_id IS NOT NULL AND (flow_id = $1 OR binding_id IN (SELECT id FROM stage_binding WHERE flow_id = $1)) ",
                "UNION SELECT c.policy_id FROM stage_policy c JOIN stage_binding b ON b.stage_id = c.stage_id WHERE b.flow_id = $1) ORDER BY name",
            ),
            flow.0
        ))
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What somebody decides, in order.
pub async fn bindings_by(tx: &mut Tx, decider: Decider) -> Result<Vec<PolicyBinding>> {
    let (Decider::Policy(PolicyId(id)) | Decider::Group(GroupId(id)) | Decider::User(UserId(id))) = decider;
    let rows: Vec<BindingRow> = tx
        .all(sql!(
            concat!(
                "SELECT ",
                columns!(),
                " FROM policy_binding WHERE policy_id = $1 OR group_id = $1 OR user_id = $1 ORDER BY position, id"
            ),
            id
        ))
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The groups that a flow names, those whose members pass and those that new accounts join, and the users who pass.
pub async fn people_of_flow(tx: &mut Tx, flow: FlowId) -> Result<(Vec<(GroupId, String)>, Vec<(UserId, String)>)> {
    let groups: Vec<(Uuid, String)> = tx
        .all(sql!(
            concat!(
                "SELECT id, name FROM user_group WHERE id IN (",
                "SELECT group_id FROM policy_binding WHERE group_id IS NOT NULL AND (flow_id = $1 OR binding_id IN (SELECT id FROM stage_binding WHERE flow_id = $1)) ",
                "UNION SELECT s.group_id FROM stage s JOIN stage_binding b ON b.stage_id = s.id WHERE b.flow_id = $1 AND s.group_id IS NOT NULL) ORDER BY name",
            ),
            flow.0
        ))
        .await?;
    let users: Vec<(Uuid, String)> = tx
        .all(sql!(
            "SELECT id, username FROM user_account WHERE id IN (SELECT user_id FROM policy_binding WHERE user_id IS NOT NULL AND (flow_id = $1 OR binding_id IN (SELECT id FROM stage_binding WHERE flow_id = $1))) ORDER BY username",
            flow.0
        ))
        .await?;
    let groups = groups.into_iter().map(|(id, name)| (GroupId(id), name)).collect();
    Ok((groups, users.into_iter().map(|(id, name)| (UserId(id), name)).collect()))
}

/// Every policy binding.
pub async fn list_bindings(tx: &mut Tx) -> Result<Vec<PolicyBinding>> {
    let rows: Vec<BindingRow> =
        tx.all(sql!(concat!("SELECT ", columns!(), " FROM policy_binding ORDER BY position, id"))).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
