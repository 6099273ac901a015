//! What a page of prompts needs besides its prompts: what their expressions evaluate to, and the rules that its password
//! policies can tell beforehand. Both are found outside write transactions (see [`super::memo`]).

use std::collections::BTreeMap;

use super::challenge::FieldRule;
use super::guard::known;
use super::{Answers, Remark};
use crate::domain::Mapping;
use crate::domain::enrollment::{Enrollment, Session};
use crate::domain::event::Act;
use crate::domain::flow::OutlineStep;
use crate::domain::id::PromptId;
use crate::domain::message::{Counted, Message, Rule, Sentence};
use crate::domain::policy::{Policy, PolicyModel};
use crate::domain::prompt::{Evaluated, Prompt, PromptType, Question};
use crate::domain::prompt_data;
use crate::domain::stage::StageKind;
use crate::policy::{Http, Noted, Policies, Request, password};
use crate::store::{StoreError, Tx, policies};

/// What the expressions of a page's prompts evaluated to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Page {
    evaluated: BTreeMap<PromptId, Evaluated>,
    /// What belongs in the log, such as why an evaluation failed.
    pub events: Vec<Noted>,
}

impl Page {
    /// The question of a prompt to somebody of whom this is known.
    pub(super) fn question<'a>(&self, prompt: &'a Prompt, data: &Mapping) -> Question<'a> {
        match self.evaluated.get(&prompt.id) {
            Some(evaluated) => Question::new(prompt, data, evaluated),
            None => Question::new(prompt, data, &Evaluated::default()),
        }
    }
}

/// Whether anything has to be evaluated.
pub(super) fn has_expressions(prompts: &[Prompt]) -> bool {
    prompts.iter().any(|prompt| prompt.placeholder_expression || prompt.initial_value_expression)
}

/// What expressions and policies are told of an enrollment.
pub(super) fn request(
    enrollment: &Enrollment,
    session: &Session,
    act: &Act<'_>,
    http: Option<&Http>,
    has_plan: bool,
) -> Request {
    let context = &enrollment.context;
    Request {
        user: context.pending_user.or(session.user),
        context: known(context, enrollment.invitation),
        has_plan,
        client_ip: act.by.address.parse().ok(),
        http: http.cloned().map(|http| Http { flow_query: context.query.clone(), ..http }),
        now: act.at,
        object: None,
        unsaved: None,
    }
}

/// Evaluates the expressions of prompts. A value that is known already is not proposed, and choices that the invitation
/// brings are not looked for (flow-execution reference, section 6).
pub(super) async fn evaluate(
    policies: &Policies,
    tx: &mut Tx,
    prompts: &[Prompt],
    request: &Request,
) -> crate::policy::Result<Page> {
    let data = request.context.get("prompt_data").and_then(|data| data.as_object()).cloned().unwrap_or_default();
    let is_known = |key: &str| prompt_data::find(&data, key).is_some();
    let mut page = Page::default();
    for prompt in prompts {
        let mut evaluated = Evaluated::default();
        if prompt.placeholder_expression && !is_known(&format!("{}__choices", prompt.field_key)) {
            let found = policies.prompt_expression(tx, prompt, &prompt.placeholder, request).await?;
            evaluated.placeholder = Some(found.value);
            page.events.extend(found.events);
        }
        if prompt.initial_value_expression && !is_known(&prompt.field_key) {
            let found = policies.prompt_expression(tx, prompt, &prompt.initial_value, request).await?;
            evaluated.initial = Some(found.value);
            page.events.extend(found.events);
        }
        page.evaluated.insert(prompt.id, evaluated);
    }
    Ok(page)
}

/// The policies that check a page's answers, by name: in an order that does not change between two looks.
pub(super) async fn checks(tx: &mut Tx, step: &OutlineStep) -> Result<Vec<Policy>, StoreError> {
    let StageKind::Prompt(stage) = &step.stage.kind else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for id in &stage.validation_policies {
        found.extend(policies::find(tx, *id).await?);
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The rules that a password has to meet, and after an answer whether it did.
pub(super) fn rules(checks: &[Policy], prompt: &Prompt, typed: Option<&Answers>, faults: &[Remark]) -> Vec<FieldRule> {
    if prompt.kind != PromptType::Password {
        return Vec::new();
    }
    let entered = typed.and_then(|answers| answers.get(&prompt.field_key)).filter(|text| !text.is_empty());
    let about: Vec<&str> = ["username", "name", "email"]
        .into_iter()
        .filter_map(|key| typed?.get(key))
        .filter(|text| !text.is_empty())
        .collect();
    let of_this =
        |check: &&Policy| check.model == PolicyModel::Password && password::field(&check.settings) == prompt.field_key;
    let rules = checks.iter().filter(of_this).flat_map(|check| password::rules(&check.settings));
    let has_leaked = |said: &Remark| matches!(said, Remark::Said(Message::Ours(Sentence::PasswordLeaked { .. })));
    let met = |rule: &Rule| match rule.of {
        // What was not refused for that was perhaps not looked up.
        Counted::Unknown => faults.iter().any(has_leaked).then_some(false),
        _ => entered.map(|entered| password::is_met(rule, entered, &about)),
    };
    rules.map(|rule| FieldRule { met: met(&rule), rule }).collect()
}
