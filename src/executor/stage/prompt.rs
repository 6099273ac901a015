//! The prompt stage: checks the answers of one page and keeps them.

use serde_json::Value;

use crate::domain::Mapping;
use crate::domain::enrollment::{Enrollment, Notice};
use crate::domain::flow::OutlineStep;
use crate::domain::id::PolicyId;
use crate::domain::prompt::{AnswerFault, Prompt, PromptType};
use crate::domain::prompt_data;
use crate::domain::user::Username;
use crate::store::{Tx, users};

use super::super::challenge::Faults;
use super::super::memo::Halt;
use super::super::page::{self, Page};
use super::super::walk::Walk;
use super::super::{Answers, ExecutorError, Remark};

/// The field key whose answer becomes the account's password.
pub(crate) const PASSWORD: &str = "password";

/// Checks the answers; keeps them in the prompt data where all are right, else tells what is wrong.
pub(crate) async fn respond(
    walk: &mut Walk<'_>,
    tx: &mut Tx,
    step: &OutlineStep,
    answers: &Answers,
) -> Result<Faults, Halt> {
    let (page, prompts) = (walk.page(Some(step))?, &step.prompts);
    let mut faults = Faults::default();
    let mut values = Vec::new();
    for prompt in prompts {
        match answer(tx, &walk.enrollment, prompt, &page, answers).await? {
            Ok(Some(value)) => values.push((prompt, value)),
            Ok(None) => {}
            Err(fault) => faults.fields.push((prompt.field_key.clone(), fault)),
        }
    }
    if faults.is_empty() {
        faults.fields.extend(mismatch(prompts, answers));
    }
    let mut given = Mapping::new();
    for (prompt, value) in &values {
        prompt_data::store(&mut given, &prompt.field_key, value.clone());
    }
    if faults.is_empty() {
        faults.whole = check(walk, tx, step, &mut given).await?;
    }
    let data = &mut walk.enrollment.context.prompt_data;
    if !faults.is_empty() {
        // Nobody likes to choose a file again because of another field: what was received is kept.
        for (prompt, file) in values.into_iter().filter(|(prompt, _)| prompt.kind == PromptType::File) {
            prompt_data::store(data, &prompt.field_key, file);
        }
        return Ok(faults);
    }
    for prompt in prompts.iter().filter(|prompt| prompt.kind == PromptType::Password) {
        let password = prompt_data::take(&mut given, &prompt.field_key);
        if let Some(password) = password.filter(|_| prompt.field_key == PASSWORD) {
            // Only the hash is kept: the plan waits in the database for the next page. A repeated password has served
            // its purpose.
            walk.enrollment.context.password = Some(walk.memo.hash(&prompt_data::as_text(&password))?);
        }
    }
    prompt_data::overlay(&mut walk.enrollment.context.prompt_data, given);
    Ok(faults)
}

/// Asks the policies that check the answers. Where they pass, what they changed of the answers counts and what they said
/// is said on the next page; where they don't, what they said is what is wrong.
async fn check(walk: &mut Walk<'_>, tx: &mut Tx, step: &OutlineStep, given: &mut Mapping) -> Result<Vec<Remark>, Halt> {
    let ids: Vec<PolicyId> = page::checks(tx, step).await?.into_iter().map(|policy| policy.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let has_password = step.prompts.iter().any(|prompt| prompt.kind == PromptType::Password);
    let verdict = walk.validate(ids, given.clone(), has_password)?;
    verdict.record(tx, &walk.act).await?;
    let said = verdict.messages.into_iter().filter(|message| !message.is_empty());
    if !verdict.passing {
        let said: Vec<Remark> = said.map(Remark::Said).collect();
        return Ok(if said.is_empty() { vec![Remark::NotAccepted] } else { said });
    }
    walk.enrollment.context.notices.extend(said.map(Notice::Said));
    if let Some(Value::Object(changed)) = verdict.changes.set.get("prompt_data") {
        given.clone_from(changed);
    }
    Ok(Vec::new())
}

/// One prompt's value: what was posted, or for what is not asked the known value, whatever was posted. A separator has
/// none.
async fn answer(
    tx: &mut Tx,
    enrollment: &Enrollment,
    prompt: &Prompt,
    page: &Page,
    answers: &Answers,
) -> Result<Result<Option<Value>, AnswerFault>, ExecutorError> {
    let question = page.question(prompt, &enrollment.context.prompt_data);
    let sent = answers.sent(&prompt.field_key).filter(|_| prompt.is_asked());
    let posted = match sent.map(|sent| prompt.text_of(sent)).transpose() {
        Ok(posted) => posted,
        Err(fault) => return Ok(Err(fault)),
    };
    let value = match question.check(posted) {
        Ok(Some(value)) => value,
        other => return Ok(other),
    };
    if prompt.asks_username() {
        let taken = match Username::read(&prompt_data::as_text(&value)) {
            Ok(name) => users::is_taken(tx, &name).await? && !is_own(tx, enrollment, &name).await?,
            Err(why) => return Ok(Err(why.into())),
        };
        if taken {
            return Ok(Err(AnswerFault::Taken));
        }
    }
    Ok(Ok(Some(value)))
}

/// Whether a user name is that of whom the flow is about.
async fn is_own(tx: &mut Tx, enrollment: &Enrollment, name: &Username) -> Result<bool, ExecutorError> {
    let Some(id) = enrollment.context.pending_user else { return Ok(false) };
    Ok(users::find(tx, id).await?.is_some_and(|user| user.username.key() == name.key()))
}

/// Two password prompts on one page must agree; the reference compares when there are exactly two.
fn mismatch(prompts: &[Prompt], answers: &Answers) -> Option<(String, AnswerFault)> {
    let passwords: Vec<&Prompt> = prompts.iter().filter(|prompt| prompt.kind == PromptType::Password).collect();
    let [first, second] = passwords.as_slice() else { return None };
    let typed = |prompt: &Prompt| answers.get(&prompt.field_key).unwrap_or_default();
    (typed(first) != typed(second)).then(|| (second.field_key.clone(), AnswerFault::Mismatch))
}
