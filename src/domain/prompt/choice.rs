//! What can be chosen, and what a prompt proposes.

use serde_json::Value;

use super::{Prompt, PromptType};
use crate::domain::Mapping;
use crate::domain::prompt_data::{self, as_text};

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the person reads.
    pub label: String,
    /// What is kept.
    pub value: Value,
}

/// What a prompt's expressions evaluated to; none where there is no expression.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluated {
    /// The placeholder.
    pub placeholder: Option<Value>,
    /// The initial value.
    pub initial: Option<Value>,
}

/// A prompt as one person is asked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question<'a> {
    /// The prompt.
    pub prompt: &'a Prompt,
    /// The hint inside the empty field; nothing where there are choices.
    pub placeholder: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// What it starts with: the known value, else the proposed one.
    pub initial: Value,
}

impl<'a> Question<'a> {
    /// The question to somebody of whom this is known (flow-execution reference, section 6).
    pub fn new(prompt: &'a Prompt, data: &Mapping, evaluated: &Evaluated) -> Self {
        let placeholder = evaluated.placeholder.clone().unwrap_or_else(|| Value::String(prompt.placeholder.clone()));
        let proposed = || evaluated.initial.clone().unwrap_or_else(|| Value::String(prompt.initial_value.clone()));
        let initial = prompt_data::find(data, &prompt.field_key).cloned().unwrap_or_else(proposed);
        if !prompt.kind.is_choice() {
            return Self { prompt, placeholder: as_text(&placeholder), choices: Vec::new(), initial };
        }
        let named = prompt_data::find(data, &format!("{}__choices", prompt.field_key));
        let choices = choices(named.unwrap_or(&placeholder));
        let chosen = choices.iter().find(|choice| as_text(&choice.value) == as_text(&initial)).or(choices.first());
        let initial = chosen.map_or_else(|| Value::String(String::new()), |choice| choice.value.clone());
        Self { prompt, placeholder: String::new(), choices, initial }
    }

    /// What stands in the field at first. For a checkbox `true` where it is ticked.
    pub fn initial_text(&self) -> String {
        match self.prompt.kind {
            PromptType::Checkbox => {
                if is_ticked(&self.initial) {
                    "true".to_owned()
                } else {
                    String::new()
                }
            }
            _ => as_text(&self.initial),
        }
    }

    /// Whether the known value is a file.
    pub fn received(&self) -> bool {
        self.initial.as_str().is_some_and(|text| text.starts_with("data:"))
    }

    /// The value of what is not asked: hidden and static prompts fall back to the placeholder.
    pub fn unasked(&self) -> Value {
        let falls_back = matches!(self.prompt.kind, PromptType::Hidden | PromptType::Static);
        if falls_back && self.initial == Value::String(String::new()) {
            return Value::String(self.prompt.placeholder.clone());
        }
        self.initial.clone()
    }
}

/// Whether a checkbox begins ticked. Texts that say no do not tick it (for authentik every text that is not empty does).
pub fn is_ticked(value: &Value) -> bool {
    match value {
        Value::Bool(ticked) => *ticked,
        Value::String(text) => {
            !matches!(text.trim().to_ascii_lowercase().as_str(), "" | "false" | "no" | "off" | "0" | "none" | "null")
        }
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// A list is its items, anything else one choice; nothing is none. An item may say `{"label": ..., "value": ...}`.
fn choices(from: &Value) -> Vec<Choice> {
    let items = match from {
        Value::Array(items) => items.as_slice(),
        Value::Null => &[],
        Value::String(text) if text.is_empty() => &[],
        one => std::slice::from_ref(one),
    };
    items.iter().map(choice).collect()
}

fn choice(item: &Value) -> Choice {
    match (item.get("label"), item.get("value")) {
        (Some(label), Some(value)) => Choice { label: as_text(label), value: value.clone() },
        _ => Choice { label: as_text(item), value: item.clone() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::id::PromptId;

    fn prompt(kind: PromptType) -> Prompt {
        let mut prompt = Prompt::new(PromptId(uuid::Uuid::nil()), "team", "attributes.team", kind);
        prompt.placeholder = "Ops".into();
        prompt.initial_value = "Ops".into();
        prompt
    }

    fn known(value: &Value) -> Mapping {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn choices_come_from_the_invitation_before_the_placeholder() {
        let prompt = prompt(PromptType::Dropdown);
        let raw = Question::new(&prompt, &Mapping::new(), &Evaluated::default());
        assert_eq!((raw.choices.len(), raw.initial.clone(), raw.placeholder.as_str()), (1, json!("Ops"), ""));
        let evaluated =
            Evaluated { placeholder: Some(json!(["Dev", {"label": "Operations", "value": "Ops"}])), initial: None };
        let listed = Question::new(&prompt, &Mapping::new(), &evaluated);
        assert_eq!(listed.choices[1], Choice { label: "Operations".into(), value: json!("Ops") });
        assert_eq!(listed.initial, json!("Ops"));
        let data = known(&json!({"attributes.team__choices": [1, 2], "attributes": {"team": 3}}));
        let brought = Question::new(&prompt, &data, &evaluated);
        assert_eq!(
            (brought.choices.len(), brought.initial),
            (2, json!(1)),
            "what can't be chosen gives way to the first"
        );
    }

    #[test]
    fn a_known_value_goes_before_the_proposed_one_whatever_it_is() {
        let prompt = prompt(PromptType::Text);
        let evaluated = Evaluated { placeholder: None, initial: Some(json!(7)) };
        assert_eq!(Question::new(&prompt, &Mapping::new(), &evaluated).initial, json!(7));
        let data = known(&json!({"attributes": {"team": ""}}));
        assert_eq!(Question::new(&prompt, &data, &evaluated).initial, json!(""));
    }

    #[test]
    fn a_text_that_says_no_does_not_tick_a_checkbox() {
        for no in [json!(false), json!("False"), json!(""), json!(null), json!("0"), json!(0)] {
            assert!(!is_ticked(&no), "{no}");
        }
        for yes in [json!(true), json!("True"), json!("yes"), json!(1)] {
            assert!(is_ticked(&yes), "{yes}");
        }
    }

    #[test]
    fn a_hidden_value_falls_back_to_the_placeholder() {
        let mut prompt = prompt(PromptType::Hidden);
        prompt.initial_value.clear();
        assert_eq!(Question::new(&prompt, &Mapping::new(), &Evaluated::default()).unasked(), json!("Ops"));
        prompt.kind = PromptType::TextReadOnly;
        assert_eq!(Question::new(&prompt, &Mapping::new(), &Evaluated::default()).unasked(), json!(""));
    }
}
