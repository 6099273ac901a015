//! The stages of flows: listed, bound, unbound, moved.

use serde_json::{Value, json};

use super::get;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::table::Table;
use crate::clock;
use crate::domain::flow::{Flow, StageBinding};
use crate::domain::id::BindingId;
use crate::domain::slug::Slug;
use crate::domain::stage::Stage;
use crate::domain::text::printable;
use crate::store::{StoreError, Tx, flows, stages};

/// Lists stages and the flows that they are bound to.
pub(super) async fn list(session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let all = stages::list(&mut tx).await?;
    let bound = flows::where_bound(&mut tx).await?;
    tx.rollback().await?;
    let of = |stage: &Stage| bound.get(&stage.id.0).cloned().unwrap_or_default();
    if session.out.is_json() {
        let one = |stage: &Stage| json!({ "name": stage.name, "kind": stage.kind.as_str(), "flows": of(stage) });
        return Ok(session.out.document(&all.iter().map(one).collect::<Vec<Value>>())?);
    }
    let mut table = Table::new(&["NAME", "KIND", "FLOWS"]);
    for stage in &all {
        table.row([stage.name.as_str(), stage.kind.label(), &joined(&of(stage))]);
    }
    Ok(table.print(session.out, "No stages. Blueprints bring them: `guestlist blueprint list`.")?)
}

/// Slugs on one line.
pub(super) fn joined(slugs: &[Slug]) -> String {
    slugs.iter().map(Slug::as_str).collect::<Vec<_>>().join(", ")
}

/// The stage of that name, or which one may be meant.
async fn stage(tx: &mut Tx, name: &str) -> Result<Stage, CliError> {
    let all = stages::list(tx).await?;
    let missing = CliError::missing("stage", name, all.iter().map(|it| it.name.as_str()), "guestlist flow stages");
    all.into_iter().find(|stage| stage.name == name).ok_or(missing)
}

/// The binding of a stage to a flow, at that place where a place is said.
async fn bound(tx: &mut Tx, flow: &Flow, name: &str, order: Option<i32>) -> Result<StageBinding, CliError> {
    let stage = stage(tx, name).await?;
    let mut found = flows::bindings(tx, flow.id).await?;
    found.retain(|binding| binding.stage == stage.id);
    let places: Vec<String> = found.iter().map(|binding| binding.order.to_string()).collect();
    found.retain(|binding| order.is_none_or(|order| binding.order == order));
    let name = printable(name);
    match (found.len(), order) {
        (0, Some(order)) if !places.is_empty() => {
            let places = places.join(", ");
            Err(CliError::Failed(format!("`{name}` is not bound to {} at {order}, but at {places}.", flow.slug)))
        }
        (0, _) => Err(CliError::Failed(format!("`{name}` is not bound to {}.", flow.slug))),
        (1, _) => Ok(found.remove(0)),
        _ => Err(CliError::Failed(format!(
            "`{name}` is bound to {} more than once: say which is meant, of {}.",
            flow.slug,
            places.join(", ")
        ))),
    }
}

fn taken(error: StoreError, name: &str, order: i32, flow: &Flow) -> CliError {
    match error {
        StoreError::Taken(_) => {
            CliError::Failed(format!("`{}` is bound to {} at {order} already.", printable(name), flow.slug))
        }
        other => other.into(),
    }
}

/// Binds a stage.
pub(super) async fn bind(
    slug: &str,
    name: &str,
    order: Option<i32>,
    session: &mut Session<'_>,
) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let flow = get(&mut tx, slug).await?;
    let stage = stage(&mut tx, name).await?;
    let outline = flows::outline(&mut tx, flow).await?;
    let order = order.unwrap_or_else(|| outline.order_after_last());
    let binding = StageBinding::new(BindingId(clock::new_id()), outline.flow.id, stage.id, order);
    let done = flows::insert_binding(&mut tx, &binding, &actor.at(clock::now())).await;
    done.map_err(|error| taken(error, name, order, &outline.flow))?;
    tell(tx, &outline.flow, json!({ "stage": stage.name, "order": order, "bound": true }), session, |flow| {
        format!("Bound {} to {flow} at {order}.", printable(&stage.name))
    })
    .await
}

/// Unbinds a stage.
pub(super) async fn unbind(
    slug: &str,
    name: &str,
    order: Option<i32>,
    session: &mut Session<'_>,
) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let flow = get(&mut tx, slug).await?;
    let binding = bound(&mut tx, &flow, name, order).await?;
    flows::delete_binding(&mut tx, &binding, &actor.at(clock::now())).await?;
    tell(tx, &flow, json!({ "stage": name, "order": binding.order, "bound": false }), session, |flow| {
        format!("Unbound {} from {flow}; the stage stays.", printable(name))
    })
    .await
}

/// Gives a stage another place.
pub(super) async fn move_to(
    slug: &str,
    name: &str,
    order: i32,
    from: Option<i32>,
    session: &mut Session<'_>,
) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let flow = get(&mut tx, slug).await?;
    let binding = bound(&mut tx, &flow, name, from).await?;
    if binding.order != order {
        let done = flows::reorder(&mut tx, &[(binding.id, order)], &actor.at(clock::now())).await;
        done.map_err(|error| taken(error, name, order, &flow))?;
    }
    tell(tx, &flow, json!({ "stage": name, "order": order, "before": binding.order }), session, |flow| {
        format!("{} stands in {flow} at {order} now.", printable(name))
    })
    .await
}

/// Commits, and says what was done: with the stages as they are now, since their order is the point.
async fn tell(
    mut tx: Tx,
    flow: &Flow,
    mut document: Value,
    session: &mut Session<'_>,
    sentence: impl FnOnce(&Slug) -> String,
) -> Result<(), CliError> {
    let outline = flows::outline(&mut tx, flow.clone()).await?;
    tx.commit().await?;
    if session.out.is_json() {
        let steps = outline.steps.iter();
        let steps: Vec<Value> =
            steps.map(|step| json!({ "order": step.binding.order, "name": step.stage.name })).collect();
        document["slug"] = json!(flow.slug);
        document["stages"] = Value::Array(steps);
        return Ok(session.out.document(&document)?);
    }
    session.out.line(sentence(&flow.slug))?;
    Ok(())
}
