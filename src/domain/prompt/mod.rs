//! Prompts: one question each, and the check of an answer.

mod answer;
mod choice;
mod edit;
mod sent;

use serde::{Deserialize, Serialize};

use super::flow::names;
use super::id::PromptId;

pub use answer::{AnswerFault, shown_moment};
pub use choice::{Choice, Evaluated, Question};
pub use edit::PromptDraft;
pub use sent::Sent;

names!(
    /// What a prompt asks for.
    PromptType {
        /// One line of text; blanks around it are kept.
        Text = "text",
        /// Text of several lines.
        TextArea = "text_area",
        /// One line to read; what is posted does not count.
        TextReadOnly = "text_read_only",
        /// Several lines to read; what is posted does not count.
        TextAreaReadOnly = "text_area_read_only",
        /// A free user name.
        Username = "username",
        /// An e-mail address.
        Email = "email",
        /// A password.
        Password = "password",
        /// A whole number.
        Number = "number",
        /// Yes or no.
        Checkbox = "checkbox",
        /// One of several choices, all of them shown.
        RadioButtonGroup = "radio-button-group",
        /// One of several choices, folded up.
        Dropdown = "dropdown",
        /// A day.
        Date = "date",
        /// A day and a time.
        DateTime = "date-time",
        /// A file.
        File = "file",
        /// A line between fields, with the placeholder as its caption.
        Separator = "separator",
        /// A value that is not asked: the prefilled one, else the placeholder.
        Hidden = "hidden",
        /// Text to read.
        Static = "static",
        /// A language.
        Locale = "ak-locale",
    }
);

/// One question. Fields and defaults as in the model reference, section 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Its id.
    pub id: PromptId,
    /// Its unique name.
    pub name: String,
    /// Where the answer goes in the prompt data; dots nest.
    pub field_key: String,
    /// The question.
    pub label: String,
    /// What it asks for.
    pub kind: PromptType,
    /// Whether an answer is needed.
    pub required: bool,
    /// The hint inside the empty field.
    pub placeholder: String,
    /// What the field starts with where nothing is prefilled.
    pub initial_value: String,
    /// Lower comes first.
    pub order: i32,
    /// Text under the field.
    pub sub_text: String,
    /// Whether the placeholder is an expression.
    pub placeholder_expression: bool,
    /// Whether the initial value is an expression.
    pub initial_value_expression: bool,
}

impl Prompt {
    /// The longest answer of one line in characters.
    pub const MAX_ANSWER: usize = 1_000;
    /// The longest answer of several lines in characters.
    pub const MAX_AREA: usize = 10_000;
    /// The largest file in bytes.
    pub const MAX_FILE: usize = 1024 * 1024;

    /// A prompt with the defaults of the model reference.
    pub fn new(id: PromptId, name: &str, field_key: &str, kind: PromptType) -> Self {
        Self {
            id,
            name: name.to_owned(),
            field_key: field_key.to_owned(),
            label: name.to_owned(),
            kind,
            required: true,
            placeholder: String::new(),
            initial_value: String::new(),
            order: 0,
            sub_text: String::new(),
            placeholder_expression: false,
            initial_value_expression: false,
        }
    }

    /// Whether the person answers it; what is only shown, or not even that, takes its value from elsewhere, whatever is
    /// posted.
    pub fn is_asked(&self) -> bool {
        use PromptType::{Hidden, Separator, Static, TextAreaReadOnly, TextReadOnly};
        !matches!(self.kind, Hidden | Static | Separator | TextReadOnly | TextAreaReadOnly)
    }

    /// Whether the answer becomes the user name, whatever the type says: a text prompt may be keyed so.
    pub fn asks_username(&self) -> bool {
        self.is_asked() && (self.kind == PromptType::Username || self.field_key == "username")
    }

    /// Whether the answer becomes the account's address.
    fn asks_email(&self) -> bool {
        let is_text = matches!(self.kind, PromptType::Text | PromptType::TextArea);
        self.kind == PromptType::Email || (is_text && self.field_key == "email")
    }

    /// Whether the answer has one line, whatever the type says: the account's name and address do.
    fn is_one_line(&self) -> bool {
        self.kind != PromptType::TextArea || ["username", "name", "email"].contains(&self.field_key.as_str())
    }

    /// Whether a blank answer is refused: user name and password are needed whatever the prompt says.
    pub fn must_be_filled(&self) -> bool {
        self.required || self.asks_username() || self.kind == PromptType::Password
    }
}

impl PromptType {
    /// Whether it offers choices.
    pub fn is_choice(self) -> bool {
        matches!(self, Self::RadioButtonGroup | Self::Dropdown)
    }
}
