//! Looks up what the diagnosis of an invitation has to know and can't tell by itself.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Result;
use crate::domain::Mapping;
use crate::domain::diagnosis::{Broken, Facts, Problem, Why, diagnose};
use crate::domain::flow::Outline;
use crate::domain::id::{PolicyId, PromptId};
use crate::domain::policy::{Decider, PolicyModel};
use crate::domain::prompt_data::{as_text, find};
use crate::domain::stage::StageKind;
use crate::domain::user::Username;
use crate::policy::{Policies, Request, check_syntax, unavailable};
use crate::store::{Tx, policies as store, users};

/// Lists what will go wrong when somebody follows an invitation with these custom attributes to this flow. `broken` is
/// what [`broken`] found in it. Whether the user name is taken matters only while the invitation `is_open`: afterwards
/// it is taken because of the invitation.
pub async fn examine(
    policies: &Policies,
    tx: &mut Tx,
    fixed_data: &Mapping,
    is_open: bool,
    outline: &Outline,
    broken: &[Broken],
    now: DateTime<Utc>,
) -> Result<Vec<Problem>> {
    let username_taken = is_open && is_username_taken(tx, fixed_data).await?;
    let choices = choices(policies, tx, fixed_data, outline, now).await?;
    Ok(diagnose(fixed_data, outline, &Facts { username_taken, choices, broken: broken.to_vec() }))
}

async fn is_username_taken(tx: &mut Tx, fixed_data: &Mapping) -> Result<bool> {
    let username = fixed_data.get("username").and_then(|name| Username::parse(&as_text(name)).ok());
    Ok(match username {
        Some(name) => users::is_taken(tx, &name).await?,
        None => false,
    })
}

/// The choices that expressions offer, where a value is prefilled that must be among them.
async fn choices(
    policies: &Policies,
    tx: &mut Tx,
    fixed_data: &Mapping,
    outline: &Outline,
    now: DateTime<Utc>,
) -> Result<BTreeMap<PromptId, Value>> {
    let context = Mapping::from_iter([("prompt_data".to_owned(), Value::Object(fixed_data.clone()))]);
    let request = Request { context, ..Request::new(now) };
    let mut choices = BTreeMap::new();
    for prompt in outline.prompts().filter(|prompt| prompt.kind.is_choice() && prompt.placeholder_expression) {
        let is_known = |key: &str| find(fixed_data, key).is_some();
        if !is_known(&prompt.field_key) || is_known(&format!("{}__choices", prompt.field_key)) {
            continue;
        }
        let offered = policies.prompt_expression(tx, prompt, &prompt.placeholder, &request).await?;
        if offered.failed.is_none() {
            choices.insert(prompt.id, offered.value);
        }
    }
    Ok(choices)
}

/// The policies and prompts of a flow whose expressions don't work here, each once.
pub async fn broken(tx: &mut Tx, outline: &Outline) -> Result<Vec<Broken>> {
    let mut found = Vec::new();
    for id in bound(outline) {
        let Some(policy) = store::find(tx, id).await? else { continue };
        let text = policy.settings.get("expression").and_then(Value::as_str).unwrap_or_default();
        if policy.model == PolicyModel::Expression {
            found.extend(why(text).map(|why| Broken { whose: "policy", name: policy.name.clone(), why }));
        }
    }
    for prompt in outline.prompts() {
        let placeholder = Some(&prompt.placeholder).filter(|_| prompt.placeholder_expression);
        let initial = Some(&prompt.initial_value).filter(|_| prompt.initial_value_expression);
        for text in placeholder.into_iter().chain(initial) {
            found.extend(why(text).map(|why| Broken { whose: "prompt", name: prompt.name.clone(), why }));
        }
    }
    Ok(found)
}

/// Why an expression does not work here.
fn why(text: &str) -> Option<Why> {
    if let Err(fault) = check_syntax(text) {
        return Some(Why::Syntax(fault.to_string()));
    }
    let names = unavailable(text);
    (!names.is_empty()).then_some(Why::Unavailable(names))
}

/// Every policy that a flow asks, in the order in which it may come to it.
fn bound(outline: &Outline) -> Vec<PolicyId> {
    let guards = outline.policies.iter().chain(outline.steps.iter().flat_map(|step| &step.policies));
    let guards = guards.filter(|binding| binding.enabled).filter_map(|binding| match binding.decider {
        Decider::Policy(id) => Some(id),
        Decider::Group(_) | Decider::User(_) => None,
    });
    let checks = outline.steps.iter().flat_map(|step| match &step.stage.kind {
        StageKind::Prompt(stage) => stage.validation_policies.as_slice(),
        _ => &[],
    });
    let mut all: Vec<PolicyId> = Vec::new();
    for id in guards.chain(checks.copied()) {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    all
}
