//! A page of prompts in a preview.

use serde_json::Value;

use super::walk::{Walk, gate};
use super::{Field, Gate, Origin, Page, When};
use crate::domain::Mapping;
use crate::domain::flow::{OutlineStep, PolicyEngineMode};
use crate::domain::id::PolicyId;
use crate::domain::policy::Policy;
use crate::domain::prompt::{AnswerFault, Prompt, PromptType, Question};
use crate::domain::prompt_data::{self, as_text};
use crate::domain::user::Username;
use crate::executor::page::{self, Page as Evaluated};
use crate::executor::{Result, stage};
use crate::policy::{Noted, Request};
use crate::store::{Tx, users};

impl Walk<'_> {
    /// Looks at a page, then goes on as if its fields were left as they begin.
    pub(super) async fn page(&mut self, tx: &mut Tx, step: &OutlineStep) -> Result<Page> {
        let request = self.request(false);
        let evaluated = page::evaluate(self.policies, tx, &step.prompts, &request).await?;
        let checks = page::checks(tx, step).await?;
        let (mut fields, mut given) = (Vec::new(), Mapping::new());
        for prompt in &step.prompts {
            let question = evaluated.question(prompt, self.data());
            fields.push(self.field(tx, prompt, &question, &evaluated, &checks).await?);
            if let Some(value) = left_alone(&question) {
                prompt_data::store(&mut given, &prompt.field_key, value);
            }
            if prompt.is_asked() {
                self.asks.push(prompt.field_key.clone());
            }
            self.asks_password |= prompt.kind == PromptType::Password && prompt.field_key == stage::PASSWORD;
        }
        let checks = self.check(tx, &checks, request, &mut given).await?;
        prompt_data::overlay(&mut self.context().prompt_data, given);
        Ok(Page { fields, checks })
    }

    async fn field(
        &self,
        tx: &mut Tx,
        prompt: &Prompt,
        question: &Question<'_>,
        evaluated: &Evaluated,
        checks: &[Policy],
    ) -> Result<Field> {
        let is_secret = prompt.kind == PromptType::Password || prompt.field_key == stage::PASSWORD;
        let known = prompt_data::find(self.data(), &prompt.field_key);
        let value = match prompt.kind {
            _ if is_secret => String::new(),
            PromptType::File if question.received() => "a file".to_owned(),
            PromptType::File => String::new(),
            PromptType::Hidden | PromptType::Static => as_text(&question.unasked()),
            _ => question.initial_text(),
        };
        // A known value that can't be chosen has given way to another.
        let is_kept =
            known.is_some_and(|known| !prompt.kind.is_choice() || as_text(known) == as_text(&question.initial));
        let origin = match () {
            () if is_secret => Origin::Secret,
            () if is_kept => Origin::Known,
            () if value.is_empty() => Origin::Blank,
            () => Origin::Proposed,
        };
        let refused = if is_secret || value.is_empty() { None } else { refusal(tx, question).await? };
        let rules = page::rules(checks, prompt, None, &[]).into_iter().map(|rule| rule.rule.to_string()).collect();
        Ok(Field {
            key: prompt.field_key.clone(),
            label: prompt.label.clone(),
            kind: prompt.kind,
            is_asked: prompt.is_asked(),
            required: prompt.must_be_filled(),
            value,
            origin,
            placeholder: question.placeholder.clone(),
            choices: question.choices.clone(),
            rules,
            failures: evaluated.events.iter().filter_map(|event| failure(event, prompt)).collect(),
            refused,
        })
    }

    /// Asks the policies that check the answers. Where they pass, what they change of the answers counts.
    async fn check(
        &mut self,
        tx: &mut Tx,
        checks: &[Policy],
        request: Request,
        given: &mut Mapping,
    ) -> Result<Option<Gate>> {
        if checks.is_empty() {
            return Ok(None);
        }
        let ids: Vec<PolicyId> = checks.iter().map(|policy| policy.id).collect();
        let context = Mapping::from_iter([("prompt_data".to_owned(), Value::Object(given.clone()))]);
        let request = Request { context, ..request };
        let (verdict, each) = self.policies.validate_each(tx, &ids, &request).await?;
        if let (true, Some(Value::Object(changed))) = (verdict.passing, verdict.changes.set.get("prompt_data")) {
            given.clone_from(changed);
        }
        Ok(Some(gate(tx, When::Answering, PolicyEngineMode::All, &verdict, each).await?))
    }
}

/// What a field brings that nobody touches; nothing where an answer is needed. A password is never made up.
fn left_alone(question: &Question<'_>) -> Option<Value> {
    let prompt = question.prompt;
    if prompt.kind == PromptType::Password {
        return None;
    }
    let text = question.initial_text();
    let posted = (prompt.kind != PromptType::Checkbox || !text.is_empty()).then_some(text.as_str());
    question.check(posted).ok().flatten()
}

/// Why what stands in a field would be refused.
async fn refusal(tx: &mut Tx, question: &Question<'_>) -> Result<Option<AnswerFault>> {
    let prompt = question.prompt;
    if !prompt.is_asked() || prompt.kind == PromptType::Checkbox {
        return Ok(None);
    }
    match question.check(Some(&question.initial_text())) {
        Err(fault) => Ok(Some(fault)),
        Ok(Some(Value::String(name))) if prompt.asks_username() => match Username::read(&name) {
            Ok(name) => Ok(users::is_taken(tx, &name).await?.then_some(AnswerFault::Taken)),
            Err(why) => Ok(Some(why.into())),
        },
        Ok(_) => Ok(None),
    }
}

/// Why an expression of a prompt failed, where that is what an event tells.
fn failure(event: &Noted, prompt: &Prompt) -> Option<String> {
    let is_its =
        event.object_name == prompt.name && event.action == crate::domain::event::Action::PropertyMappingException;
    let why = event.detail.get("message").and_then(Value::as_str)?;
    is_its.then(|| why.to_owned())
}
