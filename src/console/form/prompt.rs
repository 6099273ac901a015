//! The dialog that changes how a prompt asks.

use super::record::{Field, Input, line, text_field};
use crate::console::widget::text;
use crate::domain::prompt::{Prompt, PromptDraft};
use crate::domain::slug::Slug;

/// The fields.
pub(super) fn fields(prompt: &Prompt) -> Vec<Field> {
    let of = PromptDraft::of(prompt);
    let many = prompt.kind.is_choice();
    vec![
        line("label", "Label *", &of.label),
        line("order", "Order *", &of.order),
        Field { name: "required", label: "Required", input: Input::Switch(of.required) },
        text_field("placeholder", if many { "Choices" } else { "Placeholder" }, &of.placeholder, many),
        text_field("initial_value", "Initial value", &of.initial_value, false),
        text_field("sub_text", "Sub text", &of.sub_text, false),
    ]
}

/// What is worth knowing before it is changed.
pub(super) fn notes(prompt: &Prompt, others: &[Slug]) -> Vec<String> {
    let mut notes = vec![format!(
        "{} · field {} · {}",
        text::safe(&prompt.name),
        text::safe(&prompt.field_key),
        prompt.kind.as_str()
    )];
    let expressions =
        [("placeholder", prompt.placeholder_expression), ("initial value", prompt.initial_value_expression)];
    let expressions: Vec<&str> = expressions.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
    if !expressions.is_empty() {
        notes.push(format!("An expression: {}.", expressions.join(", ")));
    }
    if !others.is_empty() {
        let others: Vec<&str> = others.iter().map(Slug::as_str).collect();
        notes.push(format!("⚠ Asked in other flows, too, and changed there as well: {}.", others.join(", ")));
    }
    notes
}
