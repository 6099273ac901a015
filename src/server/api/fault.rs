//! What was wrong with an answer, in authentik's texts and codes. What it has no text for is told in ours.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::call::{Object, json as answer, object};
use crate::clock;
use crate::domain::prompt::{AnswerFault, PromptType, Sent};
use crate::domain::text::LineFault;
use crate::executor::{Answers, Challenge, Field, Remark};

/// A text and its code.
type Told = (String, &'static str);

const DATE: &str = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
const DATE_TIME: &str = "Datetime has wrong format. Use one of these formats instead: \
                         YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";
const REQUIRED: (&str, &str) = ("This field is required.", "required");
const BLANK: (&str, &str) = ("This field may not be blank.", "blank");
const NULL: (&str, &str) = ("This field may not be null.", "null");

/// The answer to what can't be read. A number leads to the line in the log.
pub fn stage_error(status: StatusCode) -> Response {
    let id = clock::new_id().simple().to_string();
    tracing::debug!(id, %status, "a request to the flow API failed");
    stage_error_of(status, &id)
}

/// The same, where the log has the number already.
pub fn stage_error_of(status: StatusCode, id: &str) -> Response {
    answer(status, object(json!({ "component": "ak-stage-flow-error", "request_id": id })))
}

/// One fault of the answer as a whole.
pub fn whole(text: &str, code: &str) -> Object {
    object(json!({ "non_field_errors": [{ "string": text, "code": code }] }))
}

/// All faults of an answer, by field. None where the challenge is only shown again: a consent that does not fit its page.
pub fn of(challenge: &Challenge, answers: &Answers) -> Option<Object> {
    let mut errors = Object::new();
    for field in challenge.fields() {
        match &field.error {
            Some(AnswerFault::Mismatch) => add(&mut errors, None, told("Passwords don't match.", "invalid")),
            Some(fault) => add(&mut errors, Some(&field.key), of_field(fault, field, answers.sent(&field.key))),
            None => {}
        }
    }
    for remark in &challenge.faults {
        match of_whole(remark, answers) {
            Some((field, told)) => add(&mut errors, field, told),
            None if *remark == Remark::ConsentAgain => return None,
            None => {}
        }
    }
    Some(errors)
}

fn told(text: &str, code: &'static str) -> Told {
    (text.to_owned(), code)
}

fn add(errors: &mut Object, field: Option<&str>, (text, code): Told) {
    let list = errors.entry(field.unwrap_or("non_field_errors")).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = list {
        list.push(json!({ "string": text, "code": code }));
    }
}

/// What is wrong where there is no answer at all.
fn missing(sent: Option<&Sent>) -> Told {
    let (text, code) = match sent {
        // A box that has to be ticked is missing where it is not.
        None | Some(Sent::Truth(_)) => REQUIRED,
        Some(Sent::Null) => NULL,
        Some(Sent::Text(_) | Sent::Structure) => BLANK,
    };
    told(text, code)
}

fn of_field(fault: &AnswerFault, field: &Field, sent: Option<&Sent>) -> Told {
    let text = sent.and_then(Sent::text);
    match fault {
        AnswerFault::Blank if text.is_some() => blank(field.kind, text.unwrap_or_default()),
        AnswerFault::Blank => missing(sent),
        AnswerFault::NotText if field.kind == PromptType::Checkbox => told("Must be a valid boolean.", "invalid"),
        AnswerFault::NotText => told("Not a valid string.", "invalid"),
        AnswerFault::NotEmail => told("Enter a valid email address.", "invalid"),
        AnswerFault::NotNumber => told("A valid integer is required.", "invalid"),
        AnswerFault::NotChoice => not_choice(text.unwrap_or_default()),
        AnswerFault::NotDate => told(DATE, "invalid"),
        AnswerFault::NotDateTime => told(DATE_TIME, "invalid"),
        AnswerFault::NotFile if text.is_none() => told("Not a valid string.", "invalid"),
        AnswerFault::NotFile if text.is_some_and(|text| text.starts_with("data:")) => {
            told("Invalid encoding", "invalid")
        }
        AnswerFault::NotFile => told("Invalid scheme", "invalid"),
        AnswerFault::Taken => told("Username is already taken.", "invalid"),
        AnswerFault::Line(LineFault::TooLong(max)) => {
            (format!("Ensure this field has no more than {max} characters."), "max_length")
        }
        other => (other.to_string(), "invalid"),
    }
}

/// A blank text is no number, no date and no choice, rather than a blank one.
fn blank(kind: PromptType, text: &str) -> Told {
    match kind {
        PromptType::Number => told("A valid integer is required.", "invalid"),
        PromptType::Date => told(DATE, "invalid"),
        PromptType::DateTime => told(DATE_TIME, "invalid"),
        PromptType::Checkbox => told(REQUIRED.0, REQUIRED.1),
        kind if kind.is_choice() => not_choice(text),
        _ => told(BLANK.0, BLANK.1),
    }
}

fn not_choice(text: &str) -> Told {
    (format!("\"{text}\" is not a valid choice."), "invalid_choice")
}

/// A fault of the whole, and the field that authentik tells it at. None for what it only logs, or tells by saying nothing.
fn of_whole(remark: &Remark, answers: &Answers) -> Option<(Option<&'static str>, Told)> {
    let is_blank = |key: &str| answers.get(key).is_none_or(str::is_empty);
    Some(match remark {
        Remark::MailSent => (None, told("email-sent", "email-sent")),
        Remark::TooManyMails { minutes } => {
            let text = format!("Too many account verification attempts. Please try again after {minutes} minutes.");
            (None, (text, "throttled"))
        }
        Remark::NotAuthenticated if is_blank("uid_field") => {
            (None, told("No identification data provided.", "invalid"))
        }
        Remark::NotAuthenticated => (None, told("Failed to authenticate.", "invalid")),
        Remark::InvalidPassword if is_blank("password") => (Some("password"), missing(answers.sent("password"))),
        Remark::InvalidPassword => (Some("password"), told("Invalid password", "invalid")),
        Remark::LinkUsed => (None, told("Link was already used, please request a new link.", "invalid")),
        Remark::ConsentAgain if answers.sent("token").is_none() => (Some("token"), missing(None)),
        Remark::ConsentAgain | Remark::NotAccepted => return None,
        other => (None, (other.to_string(), "invalid")),
    })
}
