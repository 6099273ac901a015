//! What those are called who decide in a flow, and what of it can't be evaluated here.

use serde_json::Value;

use super::unavailable;
use crate::domain::flow::Outline;
use crate::domain::guard::{Names, PolicyName};
use crate::domain::policy::Policy;
use crate::domain::prompt::Prompt;
use crate::store::{self, Tx, policies};

/// The names that the outline of a flow lacks.
pub async fn names(tx: &mut Tx, outline: &Outline) -> store::Result<Names> {
    let flow = outline.flow.id;
    let (groups, users) = policies::people_of_flow(tx, flow).await?;
    let policies = policies::of_flow(tx, flow).await?;
    Ok(Names {
        policies: policies.into_iter().map(|policy| (policy.id, named(policy))).collect(),
        groups: groups.into_iter().collect(),
        users: users.into_iter().collect(),
        prompts: outline.prompts().filter_map(|prompt| Some((prompt.id, lacking(prompt)?))).collect(),
    })
}

fn named(policy: Policy) -> PolicyName {
    let expression = policy.settings.get("expression").and_then(Value::as_str);
    let missing = expression.map(unavailable).unwrap_or_default();
    PolicyName { name: policy.name, model: policy.model, missing }
}

/// What the expressions of a prompt use that is not available here; none where that is nothing.
fn lacking(prompt: &Prompt) -> Option<Vec<String>> {
    let texts = [
        (prompt.placeholder_expression, &prompt.placeholder),
        (prompt.initial_value_expression, &prompt.initial_value),
    ];
    let mut missing: Vec<String> = texts.iter().filter(|(is, _)| *is).flat_map(|(_, text)| unavailable(text)).collect();
    missing.sort();
    missing.dedup();
    (!missing.is_empty()).then_some(missing)
}
