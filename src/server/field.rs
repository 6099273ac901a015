//! One question as HTML: which control, and what tells browsers, password managers and screen readers about it.

use super::markup::harmless;
use super::words::{LOCALES, Words};
use crate::domain::prompt::{Choice, Prompt, PromptType, shown_moment};
use crate::domain::prompt_data::as_text;
use crate::domain::text::{printable, printable_lines};
use crate::domain::user::{Email, Username};
use crate::executor::Field;

/// What a question is answered with.
#[derive(Debug, PartialEq, Eq)]
pub enum Control {
    /// An input of this type.
    Input(&'static str),
    /// Text of several lines.
    Area,
    /// One line to read.
    ReadInput,
    /// Several lines to read.
    ReadArea,
    /// A box to tick.
    Tick,
    /// One of several, all of them shown.
    Radios(Vec<Choosable>),
    /// One of several, folded up.
    Select(Vec<Choosable>),
    /// A file.
    File {
        /// Whether one was received before.
        received: bool,
    },
    /// Text to read, as HTML.
    Text(String),
    /// A line between others, with the placeholder as its caption.
    Line,
    /// Not at all: the server knows the value.
    Nothing,
}

/// Something that can be chosen.
#[derive(Debug, PartialEq, Eq)]
pub struct Choosable {
    /// What is read.
    pub label: String,
    /// What is sent.
    pub value: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// One question.
#[derive(Debug)]
pub struct Input {
    pub id: String,
    /// What a link to it leads to.
    pub target: String,
    pub key: String,
    pub label: String,
    pub control: Control,
    pub value: String,
    pub placeholder: String,
    pub autocomplete: &'static str,
    pub inputmode: &'static str,
    /// Whether phones must not change what is typed.
    pub verbatim: bool,
    pub max: usize,
    /// Whether the browser insists on an answer.
    pub required: bool,
    /// Whether the label says that none is needed.
    pub optional: bool,
    /// As HTML.
    pub sub_text: String,
    /// What a password has to be, and whether the one that was entered is.
    pub rules: Vec<Rule>,
    pub error: Option<String>,
    pub described_by: String,
}

/// A rule of a password.
#[derive(Debug)]
pub struct Rule {
    /// The rule.
    pub text: String,
    /// Whether the password that was entered meets it.
    pub met: Option<bool>,
}

impl Input {
    /// The question of that number on its page.
    pub fn new(field: &Field, number: usize, words: &Words) -> Self {
        let id = format!("field-{number}");
        let control = control(field, words);
        let described = |is: bool, part: &str| is.then(|| format!("{id}-{part}"));
        let described_by = [
            described(matches!(control, Control::File { .. }), "file"),
            described(!field.sub_text.is_empty(), "hint"),
            described(!field.rules.is_empty(), "rules"),
            described(field.error.is_some(), "error"),
        ];
        Self {
            key: field.key.clone(),
            label: printable(&field.label).into_owned(),
            value: value(field),
            placeholder: printable(&field.placeholder).into_owned(),
            autocomplete: autocomplete(field),
            inputmode: inputmode(field),
            verbatim: matches!(field.kind, PromptType::Username | PromptType::Email),
            max: longest(field.kind),
            required: field.required && needs_answer(&control),
            optional: !field.required,
            sub_text: harmless(&field.sub_text),
            rules: field.rules.iter().map(|rule| Rule { text: (words.rule.each)(&rule.rule), met: rule.met }).collect(),
            error: field.error.as_ref().map(|fault| words.fault(fault, field.kind)),
            described_by: described_by.into_iter().flatten().collect::<Vec<_>>().join(" "),
            target: if matches!(control, Control::Radios(_)) { format!("{id}-1") } else { id.clone() },
            control,
            id,
        }
    }
}

fn control(field: &Field, words: &Words) -> Control {
    match field.kind {
        PromptType::Username | PromptType::Text => Control::Input("text"),
        PromptType::Email => Control::Input("email"),
        PromptType::Password => Control::Input("password"),
        PromptType::Number => Control::Input("number"),
        PromptType::Date => Control::Input("date"),
        PromptType::DateTime => Control::Input("datetime-local"),
        PromptType::TextArea => Control::Area,
        PromptType::TextReadOnly => Control::ReadInput,
        PromptType::TextAreaReadOnly => Control::ReadArea,
        PromptType::Checkbox => Control::Tick,
        PromptType::RadioButtonGroup => Control::Radios(choosable(field, words)),
        PromptType::Dropdown => Control::Select(choosable(field, words)),
        PromptType::Locale => Control::Select(locales(field, words)),
        PromptType::File => Control::File { received: field.value == "true" },
        PromptType::Static => Control::Text(harmless(&field.value)),
        PromptType::Separator => Control::Line,
        PromptType::Hidden => Control::Nothing,
    }
}

/// Whether there is anything left to answer, where an answer is needed.
fn needs_answer(control: &Control) -> bool {
    match control {
        Control::File { received } => !received,
        Control::Select(choices) | Control::Radios(choices) => choices.iter().all(|choice| !choice.value.is_empty()),
        _ => true,
    }
}

/// The choices; where none is needed, none is the first.
fn choosable(field: &Field, words: &Words) -> Vec<Choosable> {
    let entry = |label: &str, value: String| Choosable {
        label: printable(label).into_owned(),
        chosen: value == field.value,
        value,
    };
    let of = |choice: &Choice| {
        let label = if choice.label.trim().is_empty() { words.form.no_answer } else { &choice.label };
        entry(label, as_text(&choice.value))
    };
    let listed: Vec<Choosable> = field.choices.iter().map(of).collect();
    let none = !field.required && listed.iter().all(|choice| !choice.value.is_empty());
    none.then(|| entry(words.form.no_answer, String::new())).into_iter().chain(listed).collect()
}

/// The languages; a known one that is none of them comes last.
fn locales(field: &Field, words: &Words) -> Vec<Choosable> {
    let entry = |value: &str, label: &str| Choosable {
        label: printable(label).into_owned(),
        chosen: same_tag(value, &field.value),
        value: value.to_owned(),
    };
    let mut all: Vec<Choosable> =
        [("", words.form.automatic)].iter().chain(LOCALES).map(|(tag, name)| entry(tag, name)).collect();
    if !all.iter().any(|locale| locale.chosen) {
        all.push(entry(&field.value, &field.value));
    }
    all
}

fn same_tag(one: &str, other: &str) -> bool {
    one.replace('_', "-").eq_ignore_ascii_case(&other.replace('_', "-"))
}

/// What stands in the field. Browsers show a moment without its zone.
fn value(field: &Field) -> String {
    match field.kind {
        PromptType::DateTime => shown_moment(&field.value),
        PromptType::TextReadOnly => printable(&field.value).into_owned(),
        PromptType::TextAreaReadOnly => printable_lines(&field.value),
        _ => field.value.clone(),
    }
}

fn longest(kind: PromptType) -> usize {
    match kind {
        PromptType::Username => Username::MAX,
        PromptType::Email => Email::MAX,
        PromptType::TextArea => Prompt::MAX_AREA,
        PromptType::Text | PromptType::Password => Prompt::MAX_ANSWER,
        _ => 0,
    }
}

/// The keyboard that phones show.
fn inputmode(field: &Field) -> &'static str {
    match (field.kind, autocomplete(field)) {
        (PromptType::Number, _) => "numeric",
        (_, "tel") => "tel",
        (_, "url") => "url",
        _ => "",
    }
}

/// The token by which browsers and password managers know what a field is for (HTML standard, autofill).
fn autocomplete(field: &Field) -> &'static str {
    match (field.kind, field.key.as_str()) {
        (PromptType::Username, _) => "username",
        (PromptType::Email, _) | (PromptType::Text, "email") => "email",
        (PromptType::Password, _) => "new-password",
        (PromptType::Date, "birthday" | "birthdate" | "date_of_birth" | "attributes.birthday") => "bday",
        (PromptType::Text, key) => match key.strip_prefix("attributes.").unwrap_or(key) {
            "username" => "username",
            "name" => "name",
            "given_name" | "first_name" => "given-name",
            "family_name" | "last_name" => "family-name",
            "nickname" => "nickname",
            "phone" | "phone_number" | "tel" => "tel",
            "organization" | "company" => "organization",
            "job_title" => "organization-title",
            "street" | "street_address" => "street-address",
            "city" => "address-level2",
            "postal_code" | "zip" => "postal-code",
            "country" => "country-name",
            "url" | "website" => "url",
            _ => "",
        },
        _ => "",
    }
}
