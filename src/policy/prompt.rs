//! Prompts that somebody edits: what may be an expression has to be one.

use super::check_syntax;
use crate::domain::prompt::{Prompt, PromptDraft};
use crate::domain::validation::FieldErrors;

/// The prompt with what was typed, or what is wrong with that, field by field. What was not touched is not complained
/// about.
pub fn check_prompt(draft: &PromptDraft, prompt: &Prompt) -> Result<Prompt, FieldErrors> {
    let checked = draft.check(prompt);
    let mut errors = checked.as_ref().err().cloned().unwrap_or_default();
    let expressions = [
        ("placeholder", prompt.placeholder_expression, &draft.placeholder, &prompt.placeholder),
        ("initial_value", prompt.initial_value_expression, &draft.initial_value, &prompt.initial_value),
    ];
    for (name, is_expression, typed, before) in expressions {
        if is_expression
            && typed != before
            && let Err(fault) = check_syntax(typed)
        {
            errors.add(name, format!("This is no expression: {fault}."));
        }
    }
    let prompt = checked?;
    errors.into_result().map(|()| prompt)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::id::PromptId;
    use crate::domain::prompt::PromptType;

    #[test]
    fn an_expression_that_can_t_be_read_is_refused_with_its_place() {
        let mut prompt = Prompt::new(PromptId(Uuid::nil()), "ask", "name", PromptType::Text);
        let draft = PromptDraft { placeholder: "return (".into(), ..PromptDraft::of(&prompt) };
        assert_eq!(check_prompt(&draft, &prompt).unwrap().placeholder, "return (", "it is a text like any other");
        prompt.placeholder_expression = true;
        let errors = check_prompt(&draft, &prompt).unwrap_err();
        assert!(errors.at("placeholder").unwrap().starts_with("This is no expression: line 1, column"), "{errors}");
        let good = PromptDraft { placeholder: "return 'x'".into(), ..draft };
        assert_eq!(check_prompt(&good, &prompt).unwrap().placeholder, "return 'x'");
    }
}
