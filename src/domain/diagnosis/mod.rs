//! What will go wrong with an invitation and its flow. One function a rule; each has a stable code, a sentence and,
//! where there is one, the action that mends it. What only the database can tell comes as [`Facts`].

mod facts;
mod values;

pub use facts::{Broken, Facts, Why, local_address};

use serde_json::Value;

use super::Mapping;
use super::execution;
use super::flow::{Designation, Outline};
use super::prompt::{AnswerFault, Evaluated, Prompt, Question};
use super::prompt_data;
use super::slug::Slug;
use super::stage::StageKind;
use super::text::{self, LineFault, printable};
use super::user::{Email, Username, check_path};
use super::validation::nearest;

/// One thing that will go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable name for scripts.
    pub code: &'static str,
    /// One sentence for people.
    pub sentence: String,
    /// The action that mends it.
    pub mend: Option<Mend>,
}

/// An action that mends a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mend {
    /// Bind an invitation stage, first in order.
    BindInvitationStage,
}

/// The user fields that custom attributes may set without a prompt (flow-execution reference, section 7).
pub const USER_FIELDS: &[&str] = &["username", "name", "email", "password", "is_active", "path", "type", "attributes"];

/// Lists what will go wrong when somebody follows an invitation with these custom attributes to this flow.
pub fn diagnose(fixed_data: &Mapping, outline: &Outline, facts: &Facts) -> Vec<Problem> {
    let mut problems = diagnose_keys(fixed_data, outline);
    problems.extend(unusable_values(fixed_data, outline));
    problems.extend(values::problems(fixed_data, outline, facts));
    problems.extend(facts::problems(fixed_data, facts));
    problems
}

/// The same, whatever the values are: where there are many invitations of the same keys.
pub fn diagnose_keys(fixed_data: &Mapping, outline: &Outline) -> Vec<Problem> {
    let mut problems = flow_problems(outline);
    problems.extend(unmatched_keys(fixed_data, outline));
    problems
}

/// Lists what is wrong with a flow, whatever the invitation.
pub fn flow_problems(outline: &Outline) -> Vec<Problem> {
    [not_enrollment(outline), no_invitation_stage(outline), invitation_stage_late(outline), no_user_write(outline)]
        .into_iter()
        .flatten()
        .chain(not_executed(outline))
        .collect()
}

/// Parts that are kept and not executed here: whoever reaches one is refused.
fn not_executed(outline: &Outline) -> Vec<Problem> {
    let told = |sentence: String| problem("not_executed", sentence + ".", None);
    execution::obstacles(outline).into_iter().map(told).collect()
}

/// Lists what will go wrong with an invitation to any flow, where these enrollment flows have an invitation stage.
pub fn any_flow_problems(candidates: &[Slug]) -> Vec<Problem> {
    match candidates {
        [] => vec![problem(
            "no_flow_for_any",
            "It is for any flow, and no enrollment flow has an invitation stage: it has no link.".into(),
            None,
        )],
        [_] => Vec::new(),
        several => {
            let slugs: Vec<&str> = several.iter().map(Slug::as_str).collect();
            let sentence = format!("It is for any flow, and several would accept it: {}.", slugs.join(", "));
            vec![problem("several_flows", sentence, None)]
        }
    }
}

fn problem(code: &'static str, sentence: String, mend: Option<Mend>) -> Problem {
    Problem { code, sentence, mend }
}

fn not_enrollment(outline: &Outline) -> Option<Problem> {
    let flow = &outline.flow;
    (flow.designation != Designation::Enrollment).then(|| {
        problem(
            "not_enrollment",
            format!("{} is a flow for {}, not for enrollment.", flow.slug, flow.designation),
            None,
        )
    })
}

fn no_invitation_stage(outline: &Outline) -> Option<Problem> {
    (!outline.has_invitation_stage()).then(|| {
        problem(
            "no_invitation_stage",
            format!("{} has no invitation stage: it ignores invitations and lets anybody enroll.", outline.flow.slug),
            Some(Mend::BindInvitationStage),
        )
    })
}

fn invitation_stage_late(outline: &Outline) -> Option<Problem> {
    let invitation = outline.position_of(|kind| matches!(kind, StageKind::Invitation(_)))?;
    let write = outline.position_of(|kind| matches!(kind, StageKind::UserWrite(_)));
    if write.is_some_and(|write| write < invitation) {
        let sentence = format!("In {} the invitation stage comes after the account is written.", outline.flow.slug);
        return Some(problem("invitation_stage_after_user_write", sentence, None));
    }
    let prompt = outline.position_of(|kind| matches!(kind, StageKind::Prompt(_)))?;
    (prompt < invitation).then(|| {
        let sentence = format!(
            "In {} a prompt comes before the invitation stage and sees no prefilled values.",
            outline.flow.slug
        );
        problem("invitation_stage_after_prompt", sentence, None)
    })
}

fn no_user_write(outline: &Outline) -> Option<Problem> {
    outline.position_of(|kind| matches!(kind, StageKind::UserWrite(_))).is_none().then(|| {
        problem(
            "no_user_write",
            format!("{} has no user write stage: nobody gets an account.", outline.flow.slug),
            None,
        )
    })
}

fn unmatched_keys(fixed_data: &Mapping, outline: &Outline) -> Vec<Problem> {
    let mut known: Vec<&str> = outline.prompts().map(|prompt| prompt.field_key.as_str()).collect();
    known.extend(USER_FIELDS);
    let is_known = |key: &str| {
        // An invitation may bring the choices of a field.
        let key = key.strip_suffix("__choices").unwrap_or(key);
        known.contains(&key) || key.starts_with("attributes.") || key.starts_with("attributes_")
    };
    fixed_data
        .keys()
        .filter(|key| !is_known(key))
        .map(|key| {
            let hint = match nearest(key, known.iter().copied()) {
                Some(near) => format!(" Did you mean `{near}`?"),
                None => format!(" To keep it with the account, write `attributes.{}`.", printable(key)),
            };
            let sentence = format!("`{}` matches no field of {}.{hint}", printable(key), outline.flow.slug);
            problem("unmatched_key", sentence, None)
        })
        .collect()
}

/// Values that their field will not take as they are, and invisible characters that nobody would see who reads them.
fn unusable_values(fixed_data: &Mapping, outline: &Outline) -> Vec<Problem> {
    let mut told: Vec<&str> = Vec::new();
    let mut problems = Vec::new();
    let mut tell = |key: &str, why: &str| {
        problems.push(problem("unusable_value", format!("`{}` {why}", printable(key)), None));
    };
    for prompt in outline.prompts().filter(|prompt| prompt.is_asked() && !prompt.kind.is_choice()) {
        let key = prompt.field_key.as_str();
        if told.contains(&key) || prompt_data::find(fixed_data, key).is_none() {
            continue;
        }
        // As if it were sent off as it stands there.
        match Question::new(prompt, fixed_data, &Evaluated::default()).check(None) {
            Ok(_) | Err(AnswerFault::Blank) => {}
            Err(why) => {
                told.push(key);
                tell(key, &format!("will not be taken as it is: {}", printable(&why.to_string())));
            }
        }
    }
    each_text(fixed_data, "", &mut |key, text| {
        let refused = match key {
            _ if told.contains(&key) || text.is_empty() => return,
            "username" => Username::parse(text).err(),
            "name" => text::check_line(text, Prompt::MAX_ANSWER).err(),
            "email" => Email::parse(text.trim()).is_err().then(|| AnswerFault::NotEmail.to_string()),
            "path" => check_path(text).err(),
            _ => None,
        };
        if let Some(why) = refused {
            tell(key, &format!("will not be taken as it is: {why}"));
        } else if let Some(LineFault::Invisible(c)) = text::lines_fault(text, usize::MAX) {
            tell(key, &format!("holds the invisible character U+{:04X}.", u32::from(c)));
        }
    });
    problems
}

/// Every text of a mapping, with its key; dots between what lies within.
fn each_text(data: &Mapping, within: &str, tell: &mut impl FnMut(&str, &str)) {
    fn walk(key: &str, value: &Value, tell: &mut impl FnMut(&str, &str)) {
        match value {
            Value::String(text) => tell(key, text),
            Value::Array(list) => list.iter().for_each(|item| walk(key, item, tell)),
            Value::Object(map) => each_text(map, &format!("{key}."), tell),
            _ => {}
        }
    }
    for (key, value) in data {
        walk(&format!("{within}{key}"), value, tell);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::domain::flow::{Flow, OutlineStep, StageBinding};
    use crate::domain::id::{BindingId, FlowId, PromptId, StageId};
    use crate::domain::prompt::{Prompt, PromptType};
    use crate::domain::slug::Slug;
    use crate::domain::stage::{InvitationStage, PromptStage, Stage, UserWriteStage};

    fn outline(kinds: Vec<StageKind>) -> Outline {
        let flow = Flow::new(FlowId(Uuid::nil()), Slug::parse("enroll").unwrap(), Designation::Enrollment);
        let steps = kinds
            .into_iter()
            .zip(0i32..)
            .map(|(kind, order)| {
                let stage = Stage { id: StageId(Uuid::nil()), name: format!("stage-{order}"), kind };
                let prompts = match stage.kind {
                    StageKind::Prompt(_) => {
                        vec![Prompt::new(PromptId(Uuid::nil()), "email", "email", PromptType::Email)]
                    }
                    _ => vec![],
                };
                OutlineStep {
                    binding: StageBinding::new(BindingId(Uuid::nil()), flow.id, stage.id, order),
                    stage,
                    prompts,
                    policies: vec![],
                }
            })
            .collect();
        Outline { flow, steps, policies: vec![] }
    }

    /// A flow that asks these prompts on one page, after an invitation stage.
    pub fn outline_of(prompts: Vec<Prompt>) -> Outline {
        let mut outline = outline(vec![invitation(), prompt(), write()]);
        outline.steps[1].prompts = prompts;
        outline
    }

    fn codes(data: &serde_json::Value, kinds: Vec<StageKind>) -> Vec<&'static str> {
        let data = data.as_object().cloned().unwrap();
        diagnose(&data, &outline(kinds), &Facts::default()).into_iter().map(|problem| problem.code).collect()
    }

    fn invitation() -> StageKind {
        StageKind::Invitation(InvitationStage::default())
    }

    fn prompt() -> StageKind {
        StageKind::Prompt(PromptStage::default())
    }

    fn write() -> StageKind {
        StageKind::UserWrite(UserWriteStage::default())
    }

    #[test]
    fn a_sound_flow_has_no_problems() {
        assert_eq!(codes(&json!({"email": "a@b.c", "attributes": {}}), vec![invitation(), prompt(), write()]), [""; 0]);
    }

    #[test]
    fn a_flow_without_invitation_stage_is_named_and_can_be_mended() {
        let problems = diagnose(&Mapping::new(), &outline(vec![prompt(), write()]), &Facts::default());
        assert_eq!(problems[0].code, "no_invitation_stage");
        assert_eq!(problems[0].mend, Some(Mend::BindInvitationStage));
    }

    #[test]
    fn an_invitation_stage_in_the_wrong_place_is_named() {
        assert_eq!(codes(&json!({}), vec![prompt(), invitation(), write()]), ["invitation_stage_after_prompt"]);
        assert_eq!(codes(&json!({}), vec![prompt(), write(), invitation()]), ["invitation_stage_after_user_write"]);
    }

    #[test]
    fn a_flow_that_writes_no_account_is_named() {
        assert_eq!(codes(&json!({}), vec![invitation(), prompt()]), ["no_user_write"]);
    }

    #[test]
    fn a_flow_for_something_else_is_named() {
        let mut outline = outline(vec![invitation(), prompt(), write()]);
        outline.flow.designation = Designation::Recovery;
        assert_eq!(flow_problems(&outline)[0].code, "not_enrollment");
    }

    #[test]
    fn an_invitation_to_any_flow_needs_exactly_one_that_takes_it() {
        let slug = |text| Slug::parse(text).unwrap();
        assert_eq!(any_flow_problems(&[])[0].code, "no_flow_for_any");
        assert_eq!(any_flow_problems(&[slug("a")]), []);
        assert!(any_flow_problems(&[slug("a"), slug("b")])[0].sentence.contains("a, b"));
    }

    #[test]
    fn values_that_would_be_refused_or_deceive_are_named() {
        let sentences = |data: serde_json::Value| -> Vec<String> {
            let flow = outline(vec![invitation(), prompt(), write()]);
            let problems = diagnose(data.as_object().unwrap(), &flow, &Facts::default());
            assert!(problems.iter().all(|problem| problem.code == "unusable_value"), "{problems:?}");
            problems.into_iter().map(|problem| problem.sentence).collect()
        };
        assert_eq!(
            sentences(json!({"email": "jane@example.com", "name": "Zoë", "attributes": {"a": "x\ny"}})),
            [""; 0]
        );
        assert_eq!(sentences(json!({"email": "", "username": ""})), [""; 0]);
        let email = "`email` will not be taken as it is: Enter a complete email address, such as jane@example.com.";
        assert_eq!(sentences(json!({"email": "jane"})), [email]);
        let hidden = "The invisible character U+202E is not allowed here.";
        assert_eq!(sentences(json!({"email": "a\u{202e}@b.c"})), [email]);
        assert_eq!(sentences(json!({"name": "a\u{202e}b"})), [format!("`name` will not be taken as it is: {hidden}")]);
        assert!(sentences(json!({"username": "x".repeat(151)}))[0].contains("at most 150"));
        assert!(sentences(json!({"name": "x".repeat(1_001)}))[0].contains("at most 1000"));
        assert!(sentences(json!({"path": "/users"}))[0].contains("`path`"));
        assert_eq!(
            sentences(json!({"attributes": {"team": ["a", "\u{1b}[31m"]}})),
            ["`attributes.team` holds the invisible character U+001B."]
        );
    }

    #[test]
    fn a_value_that_its_field_refuses_is_named_with_the_reason() {
        let codes = |kind, data: serde_json::Value| -> Vec<String> {
            let mut flow = outline(vec![invitation(), prompt(), write()]);
            flow.steps[1].prompts = vec![Prompt::new(PromptId(Uuid::nil()), "when", "when", kind)];
            let problems = diagnose(data.as_object().unwrap(), &flow, &Facts::default());
            problems.into_iter().map(|problem| problem.sentence).collect()
        };
        let number = "`when` will not be taken as it is: Enter a whole number.";
        assert_eq!(codes(PromptType::Number, json!({"when": "soon"})), [number]);
        assert_eq!(codes(PromptType::Number, json!({"when": 7})), [""; 0]);
        assert_eq!(codes(PromptType::Date, json!({"when": "soon"})).len(), 1);
        assert_eq!(codes(PromptType::TextReadOnly, json!({"when": "soon"})), [""; 0]);
    }

    #[test]
    fn a_misspelt_key_is_told_its_neighbour() {
        let data = json!({"emial": "x"}).as_object().cloned().unwrap();
        let problems = diagnose(&data, &outline(vec![invitation(), prompt(), write()]), &Facts::default());
        assert_eq!(problems[0].sentence, "`emial` matches no field of enroll. Did you mean `email`?");
    }
}
