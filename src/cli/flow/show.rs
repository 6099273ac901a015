//! `guestlist flow show`.

use serde_json::{Value, json};

use crate::cli::error::CliError;
use crate::cli::output::say;
use crate::cli::session::Session;
use crate::cli::table::{Table, print_details};
use crate::domain::diagnosis::{Problem, flow_problems};
use crate::domain::execution;
use crate::domain::flow::{Outline, OutlineStep};
use crate::domain::guard::{self, Names, Said};
use crate::domain::policy::{Decider, PolicyBinding};
use crate::domain::prompt::Prompt;
use crate::domain::stage::StageKind;
use crate::policy;
use crate::store::flows;

use super::{get, problem_document};

pub(super) async fn show(slug: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let flow = get(&mut tx, slug).await?;
    let outline = flows::outline(&mut tx, flow).await?;
    let names = policy::names(&mut tx, &outline).await?;
    let invitations = flows::invitations_of(&mut tx, outline.flow.id).await?;
    tx.rollback().await?;
    let problems = flow_problems(&outline);
    if session.out.is_json() {
        return Ok(session.out.document(&outline_document(&outline, &names, &problems, invitations))?);
    }
    let flow = &outline.flow;
    let details = [
        ("Slug", flow.slug.to_string()),
        ("Name", flow.name.clone()),
        ("Title", flow.title.clone()),
        ("Designation", flow.designation.to_string()),
        ("Authentication", format!("{} ({})", flow.authentication, guard::may_begin(flow.authentication))),
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
    plan(&outline, &names, session)?;
    for problem in &problems {
        say(format_args!("warning: {}", problem.sentence));
    }
    Ok(())
}

/// The plan: what each stage asks, what guards it, what checks the answers.
fn plan(outline: &Outline, names: &Names, session: &mut Session<'_>) -> Result<(), CliError> {
    let all = std::iter::once(("The flow".to_owned(), guard::of_flow(outline, names)));
    let steps = outline.steps.iter().zip(1..).map(|(step, number)| {
        let name = crate::domain::text::printable(&step.stage.name);
        (format!("Stage {number}, {name}"), guard::of_step(step, names))
    });
    for (title, lines) in all.chain(steps).filter(|(_, lines)| !lines.is_empty()) {
        session.out.line("")?;
        session.out.line(title)?;
        for Said { text, depth, is_problem } in lines {
            let sign = if is_problem { "warning: " } else { "" };
            session.out.line(format!("{}{sign}{text}", "  ".repeat(depth + 1)))?;
        }
    }
    Ok(())
}

fn outline_document(outline: &Outline, names: &Names, problems: &[Problem], invitations: u64) -> Value {
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
        "guards": outline.policies.iter().map(|guard| guard_document(guard, names)).collect::<Vec<_>>(),
        "stages": outline.steps.iter().map(|step| step_document(step, names)).collect::<Vec<_>>(),
        "problems": problems.iter().map(problem_document).collect::<Vec<_>>(),
    })
}

fn step_document(step: &OutlineStep, names: &Names) -> Value {
    let checks: Vec<Option<&str>> = match &step.stage.kind {
        StageKind::Prompt(stage) => stage.validation_policies.iter().map(|id| policy_name(*id, names)).collect(),
        _ => Vec::new(),
    };
    json!({
        "order": step.binding.order,
        "name": step.stage.name,
        "kind": step.stage.kind.as_str(),
        "evaluate_on_plan": step.binding.evaluate_on_plan,
        "re_evaluate_policies": step.binding.re_evaluate_policies,
        "policy_engine_mode": step.binding.policy_engine_mode,
        "invalid_response_action": step.binding.invalid_response_action,
        "settings": settings_document(&step.stage.kind),
        "not_executed": execution::obstacle(step),
        "policies": step.policies.len(),
        "guards": step.policies.iter().map(|guard| guard_document(guard, names)).collect::<Vec<_>>(),
        "validation_policies": checks,
        "prompts": step.prompts.iter().map(prompt_document).collect::<Vec<_>>(),
    })
}

fn policy_name(id: crate::domain::id::PolicyId, names: &Names) -> Option<&str> {
    names.policies.get(&id).map(|policy| policy.name.as_str())
}

fn guard_document(guard: &PolicyBinding, names: &Names) -> Value {
    let (policy, group, user) = match guard.decider {
        Decider::Policy(id) => (policy_name(id, names), None, None),
        Decider::Group(id) => (None, names.groups.get(&id).map(String::as_str), None),
        Decider::User(id) => (None, None, names.users.get(&id).map(String::as_str)),
    };
    json!({
        "policy": policy,
        "group": group,
        "user": user,
        "order": guard.order,
        "negate": guard.negate,
        "enabled": guard.enabled,
        "timeout": guard.timeout,
        "failure_result": guard.failure_result,
    })
}

/// A stage's settings without what is secret.
fn settings_document(kind: &StageKind) -> Value {
    match kind {
        StageKind::Other(other) => json!({ "kind": kind.as_str(), "settings": other.shown() }),
        kind => json!(kind),
    }
}

/// What scripts read of a prompt.
pub(super) fn prompt_document(prompt: &Prompt) -> Value {
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
