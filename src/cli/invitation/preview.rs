//! `guestlist invitation preview`.

use serde_json::{Value, json};

use super::target::{Targets, failed};
use super::{chosen, get};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::clock;
use crate::domain::policy::Decider;
use crate::executor::preview::{
    Account, End, Field, Gate, Origin, Part, Preview, Previewing, Reach, Shows, Stage, Verdict, When, preview,
};
use crate::policy::{Found, Policies};

/// Shows what somebody sees who follows an invitation's link.
pub async fn run(name: &str, slug: Option<&str>, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let view = get(&mut tx, name).await?;
    let targets = Targets::read(&mut tx).await?;
    let outline = chosen(&mut tx, &view, slug, &targets).await?;
    let public_url = session.config.public_url.as_str();
    let asked = Previewing { outline, invitation: &view.invitation, public_url };
    let seen = preview(&Policies::new(), &mut tx, &asked, clock::now()).await.map_err(failed)?;
    tx.rollback().await?;
    if session.out.is_json() {
        return Ok(session.out.document(&document(&seen))?);
    }
    for line in seen.told() {
        session.out.line(format_args!("{}{}", "  ".repeat(line.depth), line.text))?;
    }
    Ok(())
}

fn document(seen: &Preview) -> Value {
    json!({
        "invitation": seen.invitation,
        "flow": seen.flow,
        "title": seen.title,
        "obstacles": seen.obstacles,
        "policies": seen.policies.as_ref().map(gate),
        "stages": seen.stages.iter().map(stage).collect::<Vec<_>>(),
        "end": end(&seen.end),
    })
}

fn stage(stage: &Stage) -> Value {
    let reach = match stage.reach {
        Reach::Reached => "reached",
        Reach::Skipped => "skipped",
        Reach::Beyond => "not_reached",
    };
    let mut told = json!({
        "name": stage.name,
        "kind": stage.kind,
        "reach": reach,
        "policies": stage.gates.iter().map(gate).collect::<Vec<_>>(),
        "policies_never_asked": stage.is_unguarded,
    });
    match &stage.shows {
        Some(Shows::Page(page)) => {
            told["fields"] = page.fields.iter().map(field).collect();
            told["checks"] = page.checks.as_ref().map_or(Value::Null, gate);
        }
        Some(Shows::Account(it)) => told["account"] = account(it),
        Some(Shows::Does(what)) => told["does"] = what.as_str().into(),
        Some(Shows::Stops(why)) => told["stops"] = why.as_str().into(),
        None => {}
    }
    told
}

fn gate(gate: &Gate) -> Value {
    let when = match gate.when {
        When::Opening => "opening",
        When::Planning => "planning",
        When::Reaching => "reaching",
        When::Answering => "answering",
    };
    json!({
        "when": when,
        "mode": gate.mode,
        "passes": gate.passes,
        "verdicts": gate.verdicts.iter().map(verdict).collect::<Vec<_>>(),
        "changes": gate.changes,
    })
}

fn verdict(verdict: &Verdict) -> Value {
    let kind = match verdict.decider {
        Decider::Policy(_) => "policy",
        Decider::Group(_) => "group",
        Decider::User(_) => "user",
    };
    let (answer, error) = match &verdict.found {
        Found::Answer(answer) => (Some(*answer), None),
        Found::Fault(why) => (None, Some(why)),
        Found::Disabled => (None, None),
    };
    json!({
        "name": verdict.name,
        "kind": kind,
        "enabled": verdict.found != Found::Disabled,
        "answer": answer,
        "error": error,
        "negate": verdict.negate,
        "passes": verdict.passes,
        "messages": verdict.messages,
    })
}

fn field(field: &Field) -> Value {
    let origin = match field.origin {
        Origin::Known => "prefilled",
        Origin::Proposed => "proposed",
        Origin::Blank => "blank",
        Origin::Secret => "secret",
    };
    let choices = field.choices.iter().map(|choice| json!({ "label": choice.label, "value": choice.value }));
    json!({
        "field_key": field.key,
        "label": field.label,
        "type": field.kind,
        "asked": field.is_asked,
        "required": field.required,
        "value": field.value,
        "origin": origin,
        "placeholder": field.placeholder,
        "choices": choices.collect::<Vec<_>>(),
        "rules": field.rules,
        "failures": field.failures,
        "refused": field.refused.as_ref().map(ToString::to_string),
    })
}

fn account(account: &Account) -> Value {
    let part = |part: &Part| json!({ "value": part.value, "asked": part.is_asked });
    json!({
        "mode": account.mode,
        "changes": account.changes,
        "username": part(&account.username),
        "name": part(&account.name),
        "email": part(&account.email),
        "has_password": account.has_password,
        "is_active": account.is_active,
        "path": account.path,
        "type": account.kind,
        "groups": account.groups,
        "attributes": account.attributes,
        "fault": account.fault,
    })
}

fn end(end: &End) -> Value {
    match end {
        End::Refused(why) => json!({ "how": "refused", "why": why }),
        End::Elsewhere(to) => json!({ "how": "elsewhere", "to": to }),
        End::Done { account, waits_for_activation, signed_in, use_counted, next } => json!({
            "how": "done",
            "account": account,
            "waits_for_activation": waits_for_activation,
            "signed_in": signed_in,
            "use_counted": use_counted,
            "next": next,
        }),
    }
}
