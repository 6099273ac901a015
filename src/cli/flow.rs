//! `guestlist flow`: the ways through which people enroll.

use clap::Subcommand;
use serde::Serialize;
use serde_json::{Value, json};

use super::error::CliError;
use super::output::{say, yes_no};
use super::session::Session;
use super::table::{Table, print_details};
use crate::clock;
use crate::domain::diagnosis::{Problem, flow_problems};
use crate::domain::execution;
use crate::domain::flow::{Flow, Outline, OutlineStep};
use crate::domain::prompt::Prompt;
use crate::domain::stage::StageKind;
use crate::store::page::Anchor;
use crate::store::{Tx, flows};

/// More flows than anybody has.
const ALL: usize = 100_000;

/// The commands on flows.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List flows by slug.
    List,
    /// Show one flow: its stages in order, their prompts, and what is wrong with it.
    Show {
        /// The flow.
        slug: String,
    },
    /// Delete a flow with its bindings; its stages stay. Refused while there are invitations to it.
    Delete {
        /// The flow.
        slug: String,
    },
    /// Bind an invitation stage to a flow, first in order, so that only the invited get through.
    BindInvitationStage {
        /// The flow.
        slug: String,
    },
}

#[derive(Serialize)]
struct Row {
    slug: String,
    name: String,
    title: String,
    designation: &'static str,
    authentication: &'static str,
    stages: u64,
    has_invitation_stage: bool,
}

/// Runs one of them.
pub async fn run(command: Command, session: &mut Session<'_>) -> Result<(), CliError> {
    match command {
        Command::List => list(session).await,
        Command::Show { slug } => show(&slug, session).await,
        Command::Delete { slug } => delete(&slug, session).await,
        Command::BindInvitationStage { slug } => bind_invitation_stage(&slug, session).await,
    }
}

/// The flow of that slug, or which one may be meant.
pub async fn get(tx: &mut Tx, slug: &str) -> Result<Flow, CliError> {
    if let Some(flow) = flows::find_by_slug(tx, slug).await? {
        return Ok(flow);
    }
    let flows = flows::list(tx).await?;
    if flows.is_empty() {
        let advice = "There are no flows yet: `guestlist blueprint import default-enrollment-flow` brings one.";
        return Err(CliError::Failed(advice.into()));
    }
    Err(CliError::missing("flow", slug, flows.iter().map(|flow| flow.slug.as_str()), "guestlist flow list"))
}

/// What scripts read of a problem.
pub fn problem_document(problem: &Problem) -> Value {
    json!({ "code": problem.code, "sentence": problem.sentence })
}

async fn list(session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let page = flows::page(&mut tx, "", &Anchor::First, ALL).await?;
    tx.rollback().await?;
    let rows: Vec<Row> = page
        .rows
        .into_iter()
        .map(|view| Row {
            slug: view.flow.slug.into(),
            name: view.flow.name,
            title: view.flow.title,
            designation: view.flow.designation.as_str(),
            authentication: view.flow.authentication.as_str(),
            stages: view.stages,
            has_invitation_stage: view.has_invitation_stage,
        })
        .collect();
    if session.out.is_json() {
        return Ok(session.out.document(&rows)?);
    }
    let mut table = Table::new(&["SLUG", "NAME", "DESIGNATION", "STAGES", "INVITATION STAGE"]);
    for row in &rows {
        let stages = row.stages.to_string();
        table.row([&row.slug, &row.name, row.designation, &stages, yes_no(row.has_invitation_stage)]);
    }
    Ok(table.print(session.out, "No flows. `guestlist blueprint list` shows what can be imported.")?)
}

async fn show(slug: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let flow = get(&mut tx, slug).await?;
    let outline = flows::outline(&mut tx, flow).await?;
    let invitations = flows::invitations_of(&mut tx, outline.flow.id).await?;
    tx.rollback().await?;
    let problems = flow_problems(&outline);
    if session.out.is_json() {
        return Ok(session.out.document(&outline_document(&outline, &problems, invitations))?);
    }
    let flow = &outline.flow;
    let details = [
        ("Slug", flow.slug.to_string()),
        ("Name", flow.name.clone()),
        ("Title", flow.title.clone()),
        ("Designation", flow.designation.to_string()),
        ("Authentication", flow.authentication.to_string()),
        ("Invitations", invitations.to_string()),
    ];
    print_details(&details, session.out)?;
    let mut table = Table::new(&["ORDER", "STAGE", "KIND", "FIELDS", ""]);
    for step in &outline.steps {
        let order = step.binding.order.to_string();
        let fields: Vec<&str> = step.prompts.iter().map(|prompt| prompt.field_key.as_str()).collect();
        let remark = if execution::obstacle(step).is_some() { "not executed here" } else { "" };
        table.row([&order, &step.stage.name, step.stage.kind.label(), &fields.join(", "), remark]);
    }
    session.out.line("")?;
    table.print(session.out, "No stage is bound.")?;
    for problem in &problems {
        say(format_args!("warning: {}", problem.sentence));
    }
    Ok(())
}

fn outline_document(outline: &Outline, problems: &[Problem], invitations: u64) -> Value {
    let flow = &outline.flow;
    json!({
        "slug": flow.slug,
        "name": flow.name,
        "title": flow.title,
        "designation": flow.designation,
        "authentication": flow.authentication,
        "denied_action": flow.denied_action,
        "policy_engine_mode": flow.policy_engine_mode,
        "layout": flow.layout,
        "has_invitation_stage": outline.has_invitation_stage(),
        "invitations": invitations,
        "stages": outline.steps.iter().map(step_document).collect::<Vec<_>>(),
        "problems": problems.iter().map(problem_document).collect::<Vec<_>>(),
    })
}

fn step_document(step: &OutlineStep) -> Value {
    json!({
        "order": step.binding.order,
        "name": step.stage.name,
        "kind": step.stage.kind.as_str(),
        "evaluate_on_plan": step.binding.evaluate_on_plan,
        "re_evaluate_policies": step.binding.re_evaluate_policies,
        "invalid_response_action": step.binding.invalid_response_action,
        "settings": settings_document(&step.stage.kind),
        "not_executed": execution::obstacle(step),
        "policies": step.policies.len(),
        "prompts": step.prompts.iter().map(prompt_document).collect::<Vec<_>>(),
    })
}

/// A stage's settings without what is secret.
fn settings_document(kind: &StageKind) -> Value {
    match kind {
        StageKind::Other(other) => json!({ "kind": kind.as_str(), "settings": other.shown() }),
        kind => json!(kind),
    }
}

fn prompt_document(prompt: &Prompt) -> Value {
    json!({
        "name": prompt.name,
        "field_key": prompt.field_key,
        "label": prompt.label,
        "type": prompt.kind,
        "required": prompt.required,
        "placeholder": prompt.placeholder,
        "initial_value": prompt.initial_value,
        "order": prompt.order,
        "sub_text": prompt.sub_text,
        "placeholder_expression": prompt.placeholder_expression,
        "initial_value_expression": prompt.initial_value_expression,
    })
}

async fn delete(slug: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let flow = get(&mut tx, slug).await?;
    let invitations = flows::invitations_of(&mut tx, flow.id).await?;
    if invitations > 0 {
        let s = if invitations == 1 { "" } else { "s" };
        return Err(CliError::Failed(format!(
            "{} still has {invitations} invitation{s}: delete or change them first.",
            flow.slug
        )));
    }
    flows::delete(&mut tx, &flow, &actor.at(clock::now())).await?;
    tx.commit().await?;
    if session.out.is_json() {
        return Ok(session.out.document(&json!({ "slug": flow.slug, "deleted": true }))?);
    }
    Ok(session.out.line(format!("Deleted the flow {}; its stages stay.", flow.slug))?)
}

async fn bind_invitation_stage(slug: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let flow = get(&mut tx, slug).await?;
    let bound = flows::bind_invitation_stage(&mut tx, &flow, &actor.at(clock::now())).await?;
    tx.commit().await?;
    if session.out.is_json() {
        return Ok(session.out.document(&json!({ "slug": flow.slug, "bound": bound }))?);
    }
    let sentence = if bound {
        format!("Bound an invitation stage to {}, first in order: only the invited get through now.", flow.slug)
    } else {
        format!("{} has an invitation stage already.", flow.slug)
    };
    Ok(session.out.line(sentence)?)
}
