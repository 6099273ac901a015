//! Prefilled values that do not get to where they should.

use serde_json::Value;

use super::{Facts, Problem, problem};
use crate::domain::Mapping;
use crate::domain::flow::Outline;
use crate::domain::prompt::{Evaluated, Prompt, PromptType, Question};
use crate::domain::prompt_data::{as_text, find};
use crate::domain::text::{printable, shorten};

/// The most characters of a value within a sentence.
const MOST: usize = 60;

/// Every problem of prefilled values.
pub(super) fn problems(fixed_data: &Mapping, outline: &Outline, facts: &Facts) -> Vec<Problem> {
    let mut found = Vec::new();
    for prompt in outline.prompts() {
        let Some(value) = find(fixed_data, &prompt.field_key) else { continue };
        let question = question(prompt, fixed_data, facts);
        let told = hidden_by_type(prompt, &question)
            .or_else(|| hidden_by_expression(prompt, value, fixed_data, facts, &question))
            .or_else(|| not_a_choice(prompt, value, fixed_data, &question));
        found.extend(told);
    }
    found
}

fn question<'a>(prompt: &'a Prompt, fixed_data: &Mapping, facts: &Facts) -> Question<'a> {
    let placeholder = facts.choices.get(&prompt.id).cloned();
    Question::new(prompt, fixed_data, &Evaluated { placeholder, initial: None })
}

fn shown(value: &str) -> String {
    printable(&shorten(value, MOST)).into_owned()
}

/// A field of this type never shows what it begins with.
fn hidden_by_type(prompt: &Prompt, question: &Question<'_>) -> Option<Problem> {
    let key = printable(&prompt.field_key);
    let sentence = match prompt.kind {
        PromptType::Password => {
            format!("`{key}` is prefilled, and its field asks for a password: what is entered there replaces it.")
        }
        PromptType::Separator => format!("`{key}` is prefilled, and its prompt is a separator: nobody sees it."),
        PromptType::File if !question.received() => {
            format!("`{key}` is prefilled, and its field takes a file: nobody sees it.")
        }
        _ => return None,
    };
    Some(problem("value_hidden", sentence, None))
}

/// Whether a field with choices has that value among them, and what it shows instead.
fn replaced(value: &Value, question: &Question<'_>) -> Option<String> {
    let is_there = question.choices.iter().any(|choice| as_text(&choice.value) == as_text(value));
    (!is_there).then(|| match question.choices.first() {
        Some(first) => format!("`{}` stands there instead.", shown(&first.label)),
        None => "There is nothing to choose.".to_owned(),
    })
}

fn brings_choices(prompt: &Prompt, fixed_data: &Mapping) -> bool {
    find(fixed_data, &format!("{}__choices", prompt.field_key)).is_some()
}

/// An expression makes the choices, and the value is none of them.
fn hidden_by_expression(
    prompt: &Prompt,
    value: &Value,
    fixed_data: &Mapping,
    facts: &Facts,
    question: &Question<'_>,
) -> Option<Problem> {
    if !prompt.kind.is_choice() || brings_choices(prompt, fixed_data) || !facts.choices.contains_key(&prompt.id) {
        return None;
    }
    let instead = replaced(value, question)?;
    let (key, value) = (printable(&prompt.field_key), shown(&as_text(value)));
    let sentence = format!("`{key}` is prefilled with `{value}`, which its expression does not offer. {instead}");
    Some(problem("value_hidden_by_expression", sentence, None))
}

/// The value is none of the field's choices. What an expression makes of them without being asked is not known.
fn not_a_choice(prompt: &Prompt, value: &Value, fixed_data: &Mapping, question: &Question<'_>) -> Option<Problem> {
    let are_known = !prompt.placeholder_expression || brings_choices(prompt, fixed_data);
    if !prompt.kind.is_choice() || !are_known {
        return None;
    }
    let instead = replaced(value, question)?;
    let (key, value) = (printable(&prompt.field_key), shown(&as_text(value)));
    let sentence = format!("`{key}` is prefilled with `{value}`, which is none of its choices. {instead}");
    Some(problem("value_not_a_choice", sentence, None))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::id::PromptId;

    fn prompt(key: &str, kind: PromptType) -> Prompt {
        Prompt::new(PromptId(uuid::Uuid::from_u128(7)), key, key, kind)
    }

    fn mapping(value: &Value) -> Mapping {
        value.as_object().cloned().unwrap()
    }

    /// What is said of one prompt and one value.
    fn told(prompt: Prompt, data: &Value, facts: &Facts) -> Vec<(&'static str, String)> {
        let outline = super::super::tests::outline_of(vec![prompt]);
        problems(&mapping(data), &outline, facts).into_iter().map(|it| (it.code, it.sentence)).collect()
    }

    fn code(prompt: Prompt, data: &Value) -> Option<&'static str> {
        told(prompt, data, &Facts::default()).first().map(|(code, _)| *code)
    }

    #[test]
    fn a_field_whose_type_does_not_show_the_value_is_named() {
        assert_eq!(code(prompt("password", PromptType::Password), &json!({"password": "x"})), Some("value_hidden"));
        assert_eq!(code(prompt("line", PromptType::Separator), &json!({"line": "x"})), Some("value_hidden"));
        assert_eq!(code(prompt("cv", PromptType::File), &json!({"cv": "x"})), Some("value_hidden"));
        // What is hidden on purpose is kept.
        assert_eq!(code(prompt("team", PromptType::Hidden), &json!({"team": "x"})), None);
    }

    #[test]
    fn a_value_that_is_none_of_the_choices_is_named_with_what_stands_there_instead() {
        let team = Prompt { placeholder: "Ops".into(), ..prompt("attributes.team", PromptType::Dropdown) };
        let found = told(team.clone(), &json!({"attributes": {"team": "Dev"}}), &Facts::default());
        assert_eq!(found[0].0, "value_not_a_choice");
        assert!(found[0].1.ends_with("`Ops` stands there instead."), "{found:?}");
        let brought = json!({"attributes.team": "Dev", "attributes.team__choices": ["Dev"]});
        assert_eq!(code(team.clone(), &brought), None);
        assert_eq!(code(team, &json!({"attributes": {"team": "Ops"}})), None);
    }

    #[test]
    fn an_expression_that_does_not_offer_the_value_hides_it() {
        let team = Prompt {
            placeholder: "return teams".into(),
            placeholder_expression: true,
            ..prompt("team", PromptType::Dropdown)
        };
        let facts = Facts { choices: [(team.id, json!(["Ops"]))].into(), ..Facts::default() };
        let data = json!({"team": "Dev"});
        assert_eq!(told(team.clone(), &data, &facts)[0].0, "value_hidden_by_expression");
        assert_eq!(told(team.clone(), &json!({"team": "Ops"}), &facts), []);
        // Nobody has asked the expression.
        assert_eq!(code(team, &data), None);
    }
}
