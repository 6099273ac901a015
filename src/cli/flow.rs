//! `guestlist flow`: the ways through which people enroll.

use clap::Subcommand;
use serde::Serialize;
use serde_json::{Value, json};

use super::error::CliError;
use super::output::yes_no;
use super::session::Session;
use super::table::Table;
use crate::clock;
use crate::domain::diagnosis::Problem;
use crate::domain::flow::Flow;
use crate::store::flows::Sort;
use crate::store::page::Anchor;
use crate::store::{Tx, flows};

mod prompts;
mod show;
mod stages;

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
    /// Bind a stage that there is already to a flow, last in order where nothing else is said.
    BindStage {
        /// The flow.
        slug: String,
        /// The stage's name; `guestlist flow stages` lists them.
        stage: String,
        /// Its place: lower comes first.
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        order: Option<i32>,
    },
    /// Unbind a stage from a flow; the stage stays.
    UnbindStage {
        /// The flow.
        slug: String,
        /// The stage's name.
        stage: String,
        /// Which, where it is bound more than once.
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        order: Option<i32>,
    },
    /// Give a stage another place in a flow.
    MoveStage {
        /// The flow.
        slug: String,
        /// The stage's name.
        stage: String,
        /// Its new place: lower comes first.
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        order: i32,
        /// Its place now, where it is bound more than once.
        #[arg(long, id = "place", value_name = "N", allow_negative_numbers = true)]
        from: Option<i32>,
    },
    /// List stages by name, and the flows that they are bound to.
    Stages,
    /// List prompts by name, and the flows that ask them.
    Prompts,
    /// Change how a prompt asks; without an option, show it.
    Prompt {
        /// The prompt's name; `guestlist flow prompts` lists them.
        name: String,
        /// What is changed.
        #[command(flatten)]
        changes: prompts::Changes,
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
    policies: u64,
    has_invitation_stage: bool,
}

/// Runs one of them.
pub async fn run(command: Command, session: &mut Session<'_>) -> Result<(), CliError> {
    match command {
        Command::List => list(session).await,
        Command::Show { slug } => show::show(&slug, session).await,
        Command::Delete { slug } => delete(&slug, session).await,
        Command::BindInvitationStage { slug } => bind_invitation_stage(&slug, session).await,
        Command::BindStage { slug, stage, order } => stages::bind(&slug, &stage, order, session).await,
        Command::UnbindStage { slug, stage, order } => stages::unbind(&slug, &stage, order, session).await,
        Command::MoveStage { slug, stage, order, from } => stages::move_to(&slug, &stage, order, from, session).await,
        Command::Stages => stages::list(session).await,
        Command::Prompts => prompts::list(session).await,
        Command::Prompt { name, changes } => prompts::change(&name, changes, session).await,
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
    let page = flows::page(&mut tx, &[], Sort::default(), &Anchor::First, ALL).await?;
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
            policies: view.policies,
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
