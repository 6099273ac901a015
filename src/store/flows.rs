//! Flows, the stages bound to them, and outlines.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::db::{Query, sql};
use super::events::{self, Object};
use super::page::{self, Anchor, EVERY, Page, Place, Rank, Term, one_more, term_arguments, terms};
use super::{Result, StoreError, Tx, policies, prompts, stages};
use crate::clock;
use crate::domain::event::{Act, Action};
use crate::domain::flow::{
    Authentication, DeniedAction, Designation, Flow, InvalidResponseAction, Layout, Outline, OutlineStep,
    PolicyEngineMode, StageBinding, names,
};
use crate::domain::id::{BindingId, FlowId, StageId};
use crate::domain::policy::Guarded;
use crate::domain::slug::Slug;
use crate::domain::stage::{InvitationStage, Stage, StageKind};

macro_rules! columns {
    () => {
        "id, slug, name, title, designation, authentication, denied_action, policy_engine_mode, layout, compatibility_mode, background"
    };
}

/// Where a pattern is looked for.
macro_rules! found {
    ($pattern:literal) => {
        concat!(
            "lower(f.slug) LIKE lower(",
            $pattern,
            ") ESCAPE '\\' OR lower(f.name) LIKE lower(",
            $pattern,
            ") ESCAPE '\\' OR lower(f.title) LIKE lower(",
            $pattern,
            ") ESCAPE '\\'"
        )
    };
}

const MODEL: &str = "authentik_flows.flow";
const BINDING_MODEL: &str = "authentik_flows.flowstagebinding";

#[derive(FromRow)]
struct FlowRow {
    id: Uuid,
    slug: String,
    name: String,
    title: String,
    designation: String,
    authentication: String,
    denied_action: String,
    policy_engine_mode: String,
    layout: String,
    compatibility_mode: bool,
    background: String,
}

#[derive(FromRow)]
struct BindingRow {
    id: Uuid,
    flow_id: Uuid,
    stage_id: Uuid,
    position: i64,
    evaluate_on_plan: bool,
    re_evaluate_policies: bool,
    policy_engine_mode: String,
    invalid_response_action: String,
}

#[derive(FromRow)]
struct ViewRow {
    #[sqlx(flatten)]
    flow: FlowRow,
    stages: i64,
    policies: i64,
    invitation_stages: i64,
    side: i64,
}

/// A flow with what lists show beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowView {
    /// The flow.
    pub flow: Flow,
    /// How many stages are bound.
    pub stages: u64,
    /// How many policies, groups and users guard it as a whole.
    pub policies: u64,
    /// Whether one of them is an invitation stage.
    pub has_invitation_stage: bool,
}

fn named<T>(parsed: Option<T>, text: &str) -> Result<T> {
    parsed.ok_or_else(|| StoreError::corrupt("flow", text))
}

impl TryFrom<FlowRow> for Flow {
    type Error = StoreError;

    fn try_from(row: FlowRow) -> Result<Self> {
        Ok(Self {
            id: FlowId(row.id),
            slug: Slug::parse(&row.slug).map_err(|why| StoreError::corrupt("flow", why))?,
            designation: named(Designation::parse(&row.designation), &row.designation)?,
            authentication: named(Authentication::parse(&row.authentication), &row.authentication)?,
            denied_action: named(DeniedAction::parse(&row.denied_action), &row.denied_action)?,
            policy_engine_mode: named(PolicyEngineMode::parse(&row.policy_engine_mode), &row.policy_engine_mode)?,
            layout: named(Layout::parse(&row.layout), &row.layout)?,
            name: row.name,
            title: row.title,
            compatibility_mode: row.compatibility_mode,
            background: row.background,
        })
    }
}

impl TryFrom<BindingRow> for StageBinding {
    type Error = StoreError;

    fn try_from(row: BindingRow) -> Result<Self> {
        Ok(Self {
            id: BindingId(row.id),
            target: FlowId(row.flow_id),
            stage: StageId(row.stage_id),
            order: i32::try_from(row.position).map_err(|why| StoreError::corrupt("stage binding", why))?,
            evaluate_on_plan: row.evaluate_on_plan,
            re_evaluate_policies: row.re_evaluate_policies,
            policy_engine_mode: named(PolicyEngineMode::parse(&row.policy_engine_mode), &row.policy_engine_mode)?,
            invalid_response_action: named(
                InvalidResponseAction::parse(&row.invalid_response_action),
                &row.invalid_response_action,
            )?,
        })
    }
}

/// Adds a flow; [`StoreError::Taken`] where its slug is.
pub async fn insert(tx: &mut Tx, flow: &Flow, act: &Act<'_>) -> Result<()> {
    let done = tx
        .exec(sql!(
            "INSERT INTO flow (id, slug, name, title, designation, authentication, denied_action, policy_engine_mode, layout, compatibility_mode, background) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
            flow.id.0, flow.slug.as_str(), &flow.name, &flow.title, flow.designation.as_str(), flow.authentication.as_str(), flow.denied_action.as_str(), flow.policy_engine_mode.as_str(), flow.layout.as_str(), flow.compatibility_mode, &flow.background,
        ))
        .await?;
    if done == 0 {
        return Err(StoreError::Taken("a flow of that slug"));
    }
    events::log_plain(tx, act, Action::ModelCreated, Object(MODEL, flow.slug.as_str())).await
}

/// Changes a flow; [`StoreError::Taken`] where its new slug is.
pub async fn update(tx: &mut Tx, flow: &Flow, act: &Act<'_>) -> Result<()> {
    if find_by_slug(tx, flow.slug.as_str()).await?.is_some_and(|other| other.id != flow.id) {
        return Err(StoreError::Taken("a flow of that slug"));
    }
    tx.exec(sql!(
        "UPDATE flow SET slug = $2, name = $3, title = $4, designation = $5, authentication = $6, denied_action = $7, policy_engine_mode = $8, layout = $9, compatibility_mode = $10, background = $11 WHERE id = $1",
        flow.id.0, flow.slug.as_str(), &flow.name, &flow.title, flow.designation.as_str(), flow.authentication.as_str(), flow.denied_action.as_str(), flow.policy_engine_mode.as_str(), flow.layout.as_str(), flow.compatibility_mode, &flow.background,
    ))
    .await?;
    events::log_plain(tx, act, Action::ModelUpdated, Object(MODEL, flow.slug.as_str())).await
}

/// How many invitations of a flow are not deleted: while there are any, the flow can't be deleted.
pub async fn invitations_of(tx: &mut Tx, id: FlowId) -> Result<u64> {
    let (count,): (i64,) =
        tx.one(sql!("SELECT COUNT(*) FROM invitation WHERE flow_id = $1 AND deleted_at IS NULL", id.0)).await?;
    Ok(count.unsigned_abs())
}

/// Deletes a flow with its bindings; its stages stay. [`StoreError::Taken`] while it has invitations: they would
/// otherwise be lost, or worse, open every flow. Deleted invitations go with it, and can't be undeleted any more.
pub async fn delete(tx: &mut Tx, flow: &Flow, act: &Act<'_>) -> Result<()> {
    if invitations_of(tx, flow.id).await? > 0 {
        return Err(StoreError::Taken("an invitation to this flow"));
    }
    tx.exec(sql!("DELETE FROM invitation WHERE flow_id = $1", flow.id.0)).await?;
    tx.exec(sql!("DELETE FROM flow WHERE id = $1", flow.id.0)).await?;
    events::log_plain(tx, act, Action::ModelDeleted, Object(MODEL, flow.slug.as_str())).await
}

/// The flow of that slug. What can't be a slug is not looked for: PostgreSQL takes no NUL, and slugs come from addresses.
pub async fn find_by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Flow>> {
    if Slug::parse(slug).is_err() {
        return Ok(None);
    }
    let row: Option<FlowRow> = tx.opt(sql!(concat!("SELECT ", columns!(), " FROM flow WHERE slug = $1"), slug)).await?;
    row.map(TryInto::try_into).transpose()
}

/// A flow.
pub async fn find(tx: &mut Tx, id: FlowId) -> Result<Option<Flow>> {
    let row: Option<FlowRow> = tx.opt(sql!(concat!("SELECT ", columns!(), " FROM flow WHERE id = $1"), id.0)).await?;
    row.map(TryInto::try_into).transpose()
}

/// Every flow, by slug.
pub async fn list(tx: &mut Tx) -> Result<Vec<Flow>> {
    let rows: Vec<FlowRow> = tx.all(sql!(concat!("SELECT ", columns!(), " FROM flow ORDER BY slug"))).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

names!(
    /// What a list of flows is sorted by.
    #[derive(Default)]
    Order {
        /// The slug.
        #[default]
        Slug = "slug",
        /// The name.
        Name = "name",
        /// What it is for.
        Designation = "designation",
        /// How many stages are bound.
        Stages = "stages",
    }
);

/// How a list of flows is sorted. What is equal is sorted by slug.
pub type Sort = page::Sort<Order>;

/// A flow's place in an order.
pub fn place(view: &FlowView, by: Order) -> Place {
    let rank = match by {
        Order::Slug => Rank::Name,
        Order::Name => Rank::Text(view.flow.name.to_lowercase()),
        Order::Designation => Rank::Text(view.flow.designation.as_str().to_owned()),
        Order::Stages => Rank::Number(i64::try_from(view.stages).unwrap_or(i64::MAX)),
    };
    Place { rank, name: view.flow.slug.to_string() }
}

/// A window onto the flows; terms are looked for in slug, name and title. Orders but that of slugs read all of them.
pub async fn page(
    tx: &mut Tx,
    terms: &[Term],
    sort: Sort,
    anchor: &Anchor<Place>,
    size: usize,
) -> Result<Page<FlowView>> {
    if sort == Sort::default() {
        return by_slug(tx, terms, anchor, size).await;
    }
    let all = by_slug(tx, terms, &Anchor::First, EVERY).await?;
    Ok(Page::cut(all.rows, anchor, (size, sort.reverse), |view| place(view, sort.by)))
}

async fn by_slug(tx: &mut Tx, terms: &[Term], anchor: &Anchor<Place>, size: usize) -> Result<Page<FlowView>> {
    let key = match anchor {
        Anchor::First => "",
        Anchor::Last => "\u{10ffff}",
        Anchor::Around(place) => &place.name,
    };
    let (before, after) = anchor.limits(size);
    let kept = term_arguments(terms);
    let mut args = kept.clone();
    args.extend([key.into(), one_more(before).into(), one_more(after).into()]);
    let rows: Vec<ViewRow> = tx
        .all(Query {
            text: concat!(
                "WITH listed AS NOT MATERIALIZED (SELECT f.*, ",
                "(SELECT COUNT(*) FROM stage_binding b WHERE b.flow_id = f.id) AS stages, ",
                "(SELECT COUNT(*) FROM policy_binding p WHERE p.flow_id = f.id) AS policies, ",
                "(SELECT COUNT(*) FROM stage_binding b JOIN stage s ON s.id = b.stage_id WHERE b.flow_id = f.id AND s.settings ->> 'kind' = 'invitation') AS invitation_stages ",
                "FROM flow f WHERE ", terms!(found), ") ",
                "SELECT * FROM (SELECT l.*, CAST(0 AS BIGINT) AS side FROM listed l WHERE slug < $9 ORDER BY slug DESC LIMIT $10) AS before_anchor UNION ALL ",
                "SELECT * FROM (SELECT l.*, CAST(1 AS BIGINT) AS side FROM listed l WHERE slug >= $9 ORDER BY slug LIMIT $11) AS after_anchor ORDER BY slug",
            ),
            args,
        })
        .await?;
    let count = concat!("SELECT COUNT(*) FROM flow f WHERE ", terms!(found));
    let (total,): (i64,) = tx.one(Query { text: count, args: kept }).await?;
    let rows = rows.into_iter().map(|row| Ok((row.side, view(row)?))).collect::<Result<Vec<_>>>()?;
    Ok(Page::join(rows, (before, after), total))
}

fn view(row: ViewRow) -> Result<FlowView> {
    Ok(FlowView {
        flow: row.flow.try_into()?,
        stages: row.stages.unsigned_abs(),
        policies: row.policies.unsigned_abs(),
        has_invitation_stage: row.invitation_stages > 0,
    })
}

/// Binds a stage to a flow; [`StoreError::Taken`] where it is bound at that place already.
pub async fn insert_binding(tx: &mut Tx, binding: &StageBinding, act: &Act<'_>) -> Result<()> {
    let done = tx
        .exec(sql!(
            "INSERT INTO stage_binding (id, flow_id, stage_id, position, evaluate_on_plan, re_evaluate_policies, policy_engine_mode, invalid_response_action, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            binding.id.0, binding.target.0, binding.stage.0, binding.order, binding.evaluate_on_plan, binding.re_evaluate_policies, binding.policy_engine_mode.as_str(), binding.invalid_response_action.as_str(), act.at,
        ))
        .await?;
    if done == 0 {
        return Err(StoreError::Taken("that stage at that place of the flow"));
    }
    log_binding(tx, binding, Action::ModelCreated, act).await
}

/// Changes a binding; [`StoreError::Taken`] where the stage is bound at its new place already.
pub async fn update_binding(tx: &mut Tx, binding: &StageBinding, act: &Act<'_>) -> Result<()> {
    let there = find_binding_at(tx, binding.target, binding.stage, binding.order).await?;
    if there.is_some_and(|other| other.id != binding.id) {
        return Err(StoreError::Taken("that stage at that place of the flow"));
    }
    tx.exec(sql!(
        "UPDATE stage_binding SET flow_id = $2, stage_id = $3, position = $4, evaluate_on_plan = $5, re_evaluate_policies = $6, policy_engine_mode = $7, invalid_response_action = $8 WHERE id = $1",
        binding.id.0, binding.target.0, binding.stage.0, binding.order, binding.evaluate_on_plan, binding.re_evaluate_policies, binding.policy_engine_mode.as_str(), binding.invalid_response_action.as_str(),
    ))
    .await?;
    log_binding(tx, binding, Action::ModelUpdated, act).await
}

/// Gives bindings of a flow other orders, all at once, so that they can take each other's places;
/// [`StoreError::NotFound`] where one is gone, [`StoreError::Taken`] where the same stage stands at such a place already.
pub async fn reorder(tx: &mut Tx, orders: &[(BindingId, i32)], act: &Act<'_>) -> Result<()> {
    let mut changes = Vec::new();
    for ((id, order), aside) in orders.iter().zip(1i64..) {
        let before = find_binding(tx, *id).await?.ok_or_else(|| StoreError::NotFound("a stage of the flow".into()))?;
        // Where no order can be, so out of the way of the others.
        let nowhere = i64::from(i32::MIN) - aside;
        tx.exec(sql!("UPDATE stage_binding SET position = $2 WHERE id = $1", id.0, nowhere)).await?;
        changes.push((before.order, StageBinding { order: *order, ..before }));
    }
    for (before, binding) in changes {
        if find_binding_at(tx, binding.target, binding.stage, binding.order).await?.is_some() {
            return Err(StoreError::Taken("that stage at that place of the flow"));
        }
        tx.exec(sql!("UPDATE stage_binding SET position = $2 WHERE id = $1", binding.id.0, binding.order)).await?;
        let name = binding_name(tx, &binding).await?;
        let detail = json!({ "order": { "before": before, "after": binding.order } });
        events::log(tx, act, Action::ModelUpdated, Object(BINDING_MODEL, &name), detail).await?;
    }
    Ok(())
}

/// Unbinds a stage from a flow.
pub async fn delete_binding(tx: &mut Tx, binding: &StageBinding, act: &Act<'_>) -> Result<()> {
    log_binding(tx, binding, Action::ModelDeleted, act).await?;
    tx.exec(sql!("DELETE FROM stage_binding WHERE id = $1", binding.id.0)).await?;
    Ok(())
}

async fn log_binding(tx: &mut Tx, binding: &StageBinding, action: Action, act: &Act<'_>) -> Result<()> {
    let name = binding_name(tx, binding).await?;
    events::log_plain(tx, act, action, Object(BINDING_MODEL, &name)).await
}

async fn binding_name(tx: &mut Tx, binding: &StageBinding) -> Result<String> {
    let flow = find(tx, binding.target).await?.map(|flow| flow.slug.to_string()).unwrap_or_default();
    let stage = stages::find(tx, binding.stage).await?.map(|stage| stage.name).unwrap_or_default();
    Ok(format!("{flow} #{} {stage}", binding.order))
}

/// Who changed which stages stand in a flow last, and when; none where the last `back` changes of that kind, in all
/// flows, are of others.
pub async fn last_rearranged(tx: &mut Tx, slug: &Slug, back: u32) -> Result<Option<(String, DateTime<Utc>)>> {
    let rows: Vec<(String, String, DateTime<Utc>)> = tx
        .all(sql!(
            "SELECT object_name, actor, at FROM event WHERE object_kind = $1 ORDER BY id DESC LIMIT $2",
            BINDING_MODEL,
            back
        ))
        .await?;
    let begins = format!("{slug} #");
    Ok(rows.into_iter().find(|(name, ..)| name.starts_with(&begins)).map(|(_, actor, at)| (actor, at)))
}

/// Which other flows have the stages and the prompts of a flow, too, by the id of the stage or prompt: what is changed
/// here changes there.
pub async fn sharing(tx: &mut Tx, flow: FlowId) -> Result<BTreeMap<Uuid, Vec<Slug>>> {
    let rows: Vec<(Uuid, String)> = tx
        .all(sql!(
            concat!(
                "SELECT b.stage_id AS id, f.slug FROM stage_binding b JOIN flow f ON f.id = b.flow_id WHERE b.flow_id <> $1 AND b.stage_id IN (SELECT stage_id FROM stage_binding WHERE flow_id = $1) ",
                "UNION SELECT p.prompt_id AS id, f.slug FROM stage_prompt p JOIN stage_binding b ON b.stage_id = p.stage_id JOIN flow f ON f.id = b.flow_id WHERE b.flow_id <> $1 ",
                "AND p.prompt_id IN (SELECT o.prompt_id FROM stage_prompt o JOIN stage_binding c ON c.stage_id = o.stage_id WHERE c.flow_id = $1) ORDER BY 2",
            ),
            flow.0
        ))
        .await?;
    by_id(rows)
}

/// The flows of every stage and every prompt, by the id of the stage or prompt.
pub async fn where_bound(tx: &mut Tx) -> Result<BTreeMap<Uuid, Vec<Slug>>> {
    let rows = tx
        .all(sql!(concat!(
            "SELECT b.stage_id AS id, f.slug FROM stage_binding b JOIN flow f ON f.id = b.flow_id ",
            "UNION SELECT p.prompt_id AS id, f.slug FROM stage_prompt p JOIN stage_binding b ON b.stage_id = p.stage_id JOIN flow f ON f.id = b.flow_id ORDER BY 2",
        )))
        .await?;
    by_id(rows)
}

fn by_id(rows: Vec<(Uuid, String)>) -> Result<BTreeMap<Uuid, Vec<Slug>>> {
    let mut found: BTreeMap<Uuid, Vec<Slug>> = BTreeMap::new();
    for (id, slug) in rows {
        let slug = Slug::parse(&slug).map_err(|why| StoreError::corrupt("flow", why))?;
        found.entry(id).or_default().push(slug);
    }
    Ok(found)
}

/// A binding.
pub async fn find_binding(tx: &mut Tx, id: BindingId) -> Result<Option<StageBinding>> {
    let row: Option<BindingRow> = tx
        .opt(sql!(
            "SELECT id, flow_id, stage_id, position, evaluate_on_plan, re_evaluate_policies, policy_engine_mode, invalid_response_action FROM stage_binding WHERE id = $1",
            id.0,
        ))
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The binding of a stage at a place of a flow.
pub async fn find_binding_at(tx: &mut Tx, flow: FlowId, stage: StageId, order: i32) -> Result<Option<StageBinding>> {
    let row: Option<BindingRow> = tx
        .opt(sql!(
            "SELECT id, flow_id, stage_id, position, evaluate_on_plan, re_evaluate_policies, policy_engine_mode, invalid_response_action FROM stage_binding WHERE flow_id = $1 AND stage_id = $2 AND position = $3",
            flow.0, stage.0, order,
        ))
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// A flow's bindings in the order in which its stages run.
pub async fn bindings(tx: &mut Tx, flow: FlowId) -> Result<Vec<StageBinding>> {
    let rows: Vec<BindingRow> = tx
        .all(sql!(
            "SELECT id, flow_id, stage_id, position, evaluate_on_plan, re_evaluate_policies, policy_engine_mode, invalid_response_action FROM stage_binding WHERE flow_id = $1 ORDER BY position, created_at, id",
            flow.0,
        ))
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A flow with all that it needs to run.
pub async fn outline(tx: &mut Tx, flow: Flow) -> Result<Outline> {
    let mut steps = Vec::new();
    let guards = policies::bindings_of_flow(tx, flow.id).await?;
    let of = |target| guards.iter().filter(|guard| guard.target == target).cloned().collect();
    for binding in bindings(tx, flow.id).await? {
        let stage = stages::find(tx, binding.stage)
            .await?
            .ok_or_else(|| StoreError::corrupt("stage binding", binding.stage))?;
        let prompts = match stage.kind {
            StageKind::Prompt(_) => prompts::list_of_stage(tx, stage.id).await?,
            _ => Vec::new(),
        };
        let policies = of(Guarded::Stage(binding.id));
        steps.push(OutlineStep { binding, stage, prompts, policies });
    }
    let policies = of(Guarded::Flow(flow.id));
    Ok(Outline { flow, steps, policies })
}

/// Binds an invitation stage to a flow, first in order, so that nobody gets through without an invitation. Nothing
/// happens, and `false` comes back, where the flow has one.
pub async fn bind_invitation_stage(tx: &mut Tx, flow: &Flow, act: &Act<'_>) -> Result<bool> {
    let outline = outline(tx, flow.clone()).await?;
    if outline.has_invitation_stage() {
        return Ok(false);
    }
    let name = format!("{}-invitation", flow.slug);
    let settings = StageKind::Invitation(InvitationStage { continue_flow_without_invitation: false });
    let stage = match stages::find_by_name(tx, &name).await? {
        Some(stage) if stage.kind == settings => stage,
        other => {
            let id = StageId(clock::new_id());
            let name = if other.is_some() { format!("{name}-{}", &id.to_string()[..8]) } else { name };
            let stage = Stage { id, name, kind: settings };
            stages::insert(tx, &stage, act).await?;
            stage
        }
    };
    let binding = StageBinding::new(BindingId(clock::new_id()), flow.id, stage.id, outline.order_before_first());
    insert_binding(tx, &binding, act).await?;
    events::log_plain(tx, act, Action::InvitationStageBound, Object("flow", flow.slug.as_str())).await?;
    Ok(true)
}
