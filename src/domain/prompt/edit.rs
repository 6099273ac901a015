//! What of a prompt is edited: how it is asked. What it is (name, field key, type) comes from a blueprint, since
//! policies and invitations refer to that.

use super::Prompt;
use crate::domain::text::{check_line, lines_fault};
use crate::domain::validation::FieldErrors;

/// A prompt's text as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptDraft {
    /// The question.
    pub label: String,
    /// A whole number; lower comes first.
    pub order: String,
    /// Whether an answer is needed.
    pub required: bool,
    /// The hint inside the empty field, or the choices, one a line.
    pub placeholder: String,
    /// What the field starts with.
    pub initial_value: String,
    /// Text under the field.
    pub sub_text: String,
}

impl PromptDraft {
    /// The longest label in characters.
    pub const MAX_LABEL: usize = 1_000;
    /// The longest of the other texts in characters.
    pub const MAX_TEXT: usize = 10_000;

    /// A prompt as it is, to be edited.
    pub fn of(prompt: &Prompt) -> Self {
        Self {
            label: prompt.label.clone(),
            order: prompt.order.to_string(),
            required: prompt.required,
            placeholder: prompt.placeholder.clone(),
            initial_value: prompt.initial_value.clone(),
            sub_text: prompt.sub_text.clone(),
        }
    }

    /// The prompt with what was typed, or what is wrong with that. What was not touched is not complained about.
    pub fn check(&self, prompt: &Prompt) -> Result<Prompt, FieldErrors> {
        let mut errors = FieldErrors::new();
        let label = errors.keep("label", check_label(&self.label, &prompt.label));
        let whole = self.order.trim().parse::<i32>().map_err(|_| "Enter a whole number.".to_owned());
        let order = errors.keep("order", whole);
        let texts = [
            ("placeholder", &self.placeholder, &prompt.placeholder),
            ("initial_value", &self.initial_value, &prompt.initial_value),
            ("sub_text", &self.sub_text, &prompt.sub_text),
        ];
        for (name, typed, before) in texts {
            if typed != before
                && let Some(fault) = lines_fault(typed, Self::MAX_TEXT)
            {
                errors.add(name, fault.to_string());
            }
        }
        match (label, order, errors.is_empty()) {
            (Some(label), Some(order), true) => Ok(Prompt {
                label,
                order,
                required: self.required,
                placeholder: self.placeholder.clone(),
                initial_value: self.initial_value.clone(),
                sub_text: self.sub_text.clone(),
                ..prompt.clone()
            }),
            _ => Err(errors),
        }
    }
}

fn check_label(typed: &str, before: &str) -> Result<String, String> {
    if typed == before {
        return Ok(typed.to_owned());
    }
    let label = typed.trim();
    if label.is_empty() {
        return Err("Enter what is asked.".to_owned());
    }
    check_line(label, PromptDraft::MAX_LABEL).map(|()| label.to_owned())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::id::PromptId;
    use crate::domain::prompt::PromptType;

    fn prompt() -> Prompt {
        Prompt::new(PromptId(Uuid::nil()), "ask-name", "name", PromptType::Text)
    }

    #[test]
    fn what_is_typed_is_taken_and_what_the_prompt_is_stays() {
        let draft = PromptDraft {
            label: " Your name ".into(),
            order: "-5".into(),
            required: false,
            ..PromptDraft::of(&prompt())
        };
        let after = draft.check(&prompt()).unwrap();
        assert_eq!((after.label.as_str(), after.order, after.required), ("Your name", -5, false));
        assert_eq!((after.name.as_str(), after.field_key.as_str()), ("ask-name", "name"));
    }

    #[test]
    fn every_fault_stands_at_its_field() {
        let bad = "a\u{1b}b".to_owned();
        let draft = PromptDraft {
            label: "  ".into(),
            order: "first".into(),
            placeholder: bad.clone(),
            sub_text: "x".repeat(PromptDraft::MAX_TEXT + 1),
            ..PromptDraft::of(&prompt())
        };
        let errors = draft.check(&prompt()).unwrap_err();
        let at: Vec<_> = errors.iter().map(|(field, _)| field.to_owned()).collect();
        assert_eq!(at, ["label", "order", "placeholder", "sub_text"]);
        assert!(errors.at("placeholder").unwrap().contains("U+001B"));
    }

    #[test]
    fn what_a_blueprint_brought_is_kept_where_nobody_touches_it() {
        let odd = Prompt { label: String::new(), placeholder: "a\u{7}".into(), ..prompt() };
        let draft = PromptDraft { order: "3".into(), ..PromptDraft::of(&odd) };
        assert_eq!(draft.check(&odd).unwrap(), Prompt { order: 3, ..odd });
    }
}
