//! What a visitor is asked.

use crate::domain::enrollment::Enrollment;
use crate::domain::flow::{self, Outline, OutlineStep};
use crate::domain::id::BindingId;
use crate::domain::message::{Counted, Rule};
use crate::domain::prompt::{AnswerFault, Choice, Prompt, PromptType, Question};
use crate::domain::stage::{OtherModel, StageKind, Typed};
use crate::store::{Tx, users};

use super::component::{self, Component};
use super::page::{self, Page};
use super::{Answers, Remark, Result};

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The flow's slug.
    pub slug: String,
    /// The flow's title.
    pub title: String,
    /// Which stage asks; an answer to another stage is a late copy of an earlier answer.
    pub stage: BindingId,
    /// Which page this is, from 1.
    pub page: usize,
    /// How many pages there are.
    pub pages: usize,
    /// Whether the page before can be answered once more.
    pub can_go_back: bool,
    /// How many stages of the plan lie behind, pages or not.
    pub passed: usize,
    /// What was said on the way here.
    pub notices: Vec<Remark>,
    /// What was wrong with the answer as a whole.
    pub faults: Vec<Remark>,
    /// What is asked or shown.
    pub component: Component,
}

impl Challenge {
    /// The questions of a prompt stage; none where another stage asks.
    pub fn fields(&self) -> &[Field] {
        match &self.component {
            Component::Prompt(fields) => fields,
            _ => &[],
        }
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Where the answer goes.
    pub key: String,
    /// The question.
    pub label: String,
    /// What it asks for.
    pub kind: PromptType,
    /// Its place among the others, which it has already.
    pub order: i32,
    /// Whether an answer is needed.
    pub required: bool,
    /// The hint.
    pub placeholder: String,
    /// What stands in the field; for static prompts the text, for a checkbox something where it is ticked, for a file
    /// `true` where one was received. Never a password.
    pub value: String,
    /// What stood in the field before anything was typed. Never a password, never a file.
    pub initial: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// Text under the field.
    pub sub_text: String,
    /// What the answer has to meet; of passwords only.
    pub rules: Vec<FieldRule>,
    /// What was wrong with the answer.
    pub error: Option<AnswerFault>,
}

/// A rule of a password policy, told before somebody types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRule {
    /// The rule.
    pub rule: Rule,
    /// Whether the password that was entered meets it; none before one was.
    pub met: Option<bool>,
}

/// What was wrong with an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Faults {
    /// By field key.
    pub fields: Vec<(String, AnswerFault)>,
    /// With the answer as a whole.
    pub whole: Vec<Remark>,
}

impl Faults {
    /// Whether nothing was.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.whole.is_empty()
    }

    /// A fault of one field.
    pub(super) fn at(field: &str, fault: AnswerFault) -> Self {
        Self { fields: vec![(field.to_owned(), fault)], ..Self::default() }
    }

    /// A fault of the whole.
    pub(super) fn of(remark: Remark) -> Self {
        Self { whole: vec![remark], ..Self::default() }
    }
}

/// What pages depend on besides the enrollment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place<'a> {
    /// What links in mails begin with.
    pub public_url: &'a str,
    /// Whether passwords are looked up in lists of leaked ones.
    pub has_lists: bool,
}

/// The challenge of the stage that an enrollment waits at; `None` where the plan is at its end and there was no stage.
/// `evaluated` is what its expressions came to; `typed` and `faults` bring back a form that was not accepted.
pub(super) async fn build(
    tx: &mut Tx,
    place: Place<'_>,
    enrollment: &Enrollment,
    outline: &Outline,
    evaluated: &Page,
    typed: Option<&Answers>,
    faults: Faults,
) -> Result<Option<Challenge>> {
    let Some(stage) = enrollment.plan.get(enrollment.position).or(enrollment.plan.last()).copied() else {
        return Ok(None);
    };
    let Some(here) = step(outline, stage) else { return Ok(None) };
    let is_page = |id: &&BindingId| step(outline, **id).is_some_and(|step| asks(&step.stage.kind));
    let before = enrollment.plan.iter().take(enrollment.position).filter(is_page).count();
    let pages = enrollment.plan.iter().filter(is_page).count();
    let draft = draft(enrollment, stage);
    let component = if enrollment.position >= enrollment.plan.len() {
        Component::Continue
    } else if let StageKind::Prompt(_) = here.stage.kind {
        let checks = page::checks(tx, here).await?;
        let rules = |prompt: &Prompt| {
            let mut rules = page::rules(&checks, prompt, typed, &faults.whole);
            rules.retain(|rule| place.has_lists || rule.rule.of != Counted::Unknown);
            rules
        };
        let one = |prompt: &Prompt| Field {
            rules: rules(prompt),
            ..field(
                prompt,
                &evaluated.question(prompt, &enrollment.context.prompt_data),
                typed.or(draft.as_ref()),
                &faults,
            )
        };
        Component::Prompt(here.prompts.iter().map(one).collect())
    } else {
        component::of(tx, place, enrollment, here, typed.or(draft.as_ref())).await?
    };
    Ok(Some(Challenge {
        slug: outline.flow.slug.to_string(),
        title: title(tx, enrollment, outline).await?,
        stage,
        page: (before + 1).min(pages.max(1)),
        pages: pages.max(1),
        can_go_back: previous(enrollment, outline).is_some(),
        passed: enrollment.position,
        notices: enrollment.context.notices.iter().map(Remark::from).collect(),
        faults: faults.whole,
        component,
    }))
}

/// What was typed on a stage's page before it was left by going back.
fn draft(enrollment: &Enrollment, stage: BindingId) -> Option<Answers> {
    let draft = enrollment.context.course.drafts.iter().find(|draft| draft.stage == stage)?;
    Some(draft.typed.clone().into_iter().collect())
}

/// The flow's title, with the names that it may have in it (models reference, section 1).
pub(super) async fn title(tx: &mut Tx, enrollment: &Enrollment, outline: &Outline) -> Result<String> {
    let (pattern, context) = (&outline.flow.title, &enrollment.context);
    if !pattern.contains('%') {
        return Ok(pattern.clone());
    }
    let user = match (&context.identifier, context.pending_user) {
        (Some(identifier), _) => identifier.clone(),
        (None, Some(id)) => users::find(tx, id).await?.map(|user| user.username.to_string()).unwrap_or_default(),
        (None, None) => String::new(),
    };
    let app = context.other.get("application").and_then(serde_json::Value::as_str).unwrap_or_default();
    Ok(flow::title(pattern, &user, app))
}

/// Whether a stage has a page of its own.
pub(super) fn asks(kind: &StageKind) -> bool {
    match kind {
        StageKind::Prompt(_) => true,
        StageKind::UserLogin(login) => login.remember_me_offset.0 > 0,
        StageKind::Other(other) => matches!(
            other.model,
            OtherModel::Identification
                | OtherModel::Password
                | OtherModel::Consent
                | OtherModel::Email
                | OtherModel::Dummy
        ),
        StageKind::Invitation(_) | StageKind::UserWrite(_) => false,
    }
}

/// The step of a binding, if the flow still has it.
pub(super) fn step(outline: &Outline, binding: BindingId) -> Option<&OutlineStep> {
    outline.steps.iter().find(|step| step.binding.id == binding)
}

/// The page before the one that waits, where nothing between the two has changed anything or has been proved.
pub(super) fn previous(enrollment: &Enrollment, outline: &Outline) -> Option<BindingId> {
    let course = &enrollment.context.course;
    if course.unconfirmed.is_some() {
        // That is the page of a mail's link.
        return None;
    }
    for id in enrollment.plan.get(..enrollment.position)?.iter().rev() {
        match &step(outline, *id)?.stage.kind {
            StageKind::Prompt(_) => return Some(*id),
            StageKind::Invitation(_) => {}
            StageKind::Other(other) => {
                return match other.typed() {
                    Ok(Typed::Dummy(_) | Typed::Consent(_)) => Some(*id),
                    Ok(Typed::Identification(asked)) if asked.password_stage.is_none() => Some(*id),
                    _ => None,
                };
            }
            StageKind::UserWrite(_) | StageKind::UserLogin(_) => return None,
        }
    }
    None
}

/// The step that an enrollment waits at, where its page asks prompts.
pub(super) fn asking<'a>(enrollment: &Enrollment, outline: &'a Outline) -> Option<&'a OutlineStep> {
    let step = step(outline, *enrollment.plan.get(enrollment.position)?)?;
    matches!(step.stage.kind, StageKind::Prompt(_)).then_some(step)
}

fn field(prompt: &Prompt, question: &Question<'_>, typed: Option<&Answers>, faults: &Faults) -> Field {
    let value = match (prompt.kind, typed) {
        (PromptType::Password, _) => String::new(),
        // The file itself stays here.
        (PromptType::File, _) => question.received().to_string(),
        (_, Some(answers)) if prompt.is_asked() => match answers.get(&prompt.field_key) {
            Some(typed) => typed.to_owned(),
            None if prompt.kind == PromptType::Checkbox => String::new(),
            None => question.initial_text(),
        },
        _ => question.initial_text(),
    };
    Field {
        key: prompt.field_key.clone(),
        label: prompt.label.clone(),
        kind: prompt.kind,
        order: prompt.order,
        required: prompt.must_be_filled(),
        value,
        initial: match prompt.kind {
            PromptType::Password | PromptType::File => String::new(),
            _ => question.initial_text(),
        },
        sub_text: prompt.sub_text.clone(),
        rules: Vec::new(),
        error: faults.fields.iter().find(|(key, _)| *key == prompt.field_key).map(|(_, fault)| fault.clone()),
        placeholder: question.placeholder.clone(),
        choices: question.choices.clone(),
    }
}
