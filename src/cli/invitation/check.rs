//! `guestlist invitation check`.

use serde_json::{Value, json};

use super::get;
use super::target::Targets;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::clock;
use crate::domain::diagnosis::{Mend, Problem};
use crate::domain::invitation::InvitationView;

/// Lists what will go wrong with an invitation; fails where there is something.
pub async fn run(name: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let view = get(&mut tx, name).await?;
    let targets = Targets::read(&mut tx).await?;
    let url = session.config.public_url.as_str();
    let problems = targets.problems(&mut tx, &view.invitation, url, clock::now()).await?;
    tx.rollback().await?;
    let flow = targets.of(view.invitation.settings.flow).map(|outline| outline.flow.slug.as_str());
    if session.out.is_json() {
        let problems: Vec<Value> = problems.iter().map(|problem| document(problem, flow)).collect();
        session.out.document(&problems)?;
    } else {
        print(&problems, flow, &view, session)?;
    }
    session.out.finish()?;
    if problems.is_empty() { Ok(()) } else { Err(CliError::Found) }
}

fn print(
    problems: &[Problem],
    flow: Option<&str>,
    view: &InvitationView,
    session: &mut Session<'_>,
) -> Result<(), CliError> {
    if problems.is_empty() {
        session.out.line(format_args!("{}: nothing will go wrong.", view.invitation.settings.name))?;
    }
    for problem in problems {
        session.out.line(format_args!("{}: {}", problem.code, problem.sentence))?;
        if let Some(mend) = mend(problem, flow) {
            session.out.line(format_args!("  mend it by `{mend}`"))?;
        }
    }
    Ok(())
}

/// What scripts read of a problem.
fn document(problem: &Problem, flow: Option<&str>) -> Value {
    json!({ "code": problem.code, "sentence": problem.sentence, "mend": mend(problem, flow) })
}

/// The command that mends a problem.
fn mend(problem: &Problem, flow: Option<&str>) -> Option<String> {
    match problem.mend? {
        Mend::BindInvitationStage => Some(format!("guestlist flow bind-invitation-stage {}", flow?)),
    }
}
