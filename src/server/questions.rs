//! The page of a prompt stage.

use askama::Template;

use super::field::{Control, Input};
use super::page::remarks;
use super::words::Words;
use crate::domain::text::printable;
use crate::executor::Challenge;

/// A page with questions.
#[derive(Debug, Template)]
#[template(path = "challenge.html")]
pub struct Questions {
    base: String,
    title: String,
    action: String,
    csrf: String,
    stage: String,
    page: usize,
    pages: usize,
    has_errors: bool,
    has_files: bool,
    can_go_back: bool,
    notices: Vec<String>,
    faults: Vec<String>,
    step: String,
    fields: Vec<Input>,
}

impl Questions {
    /// The page of a challenge.
    pub fn new(challenge: &Challenge, base: &str, csrf: String) -> Self {
        let words = Words::here();
        let fields: Vec<Input> =
            challenge.fields().iter().zip(1..).map(|(field, number)| Input::new(field, number, words)).collect();
        let mut faults = remarks(&challenge.faults);
        if fields.iter().any(|field| field.error.is_some()) {
            faults.push(words.form.check.to_owned());
        }
        Self {
            base: base.to_owned(),
            title: printable(&challenge.title).into_owned(),
            action: format!("{base}/if/flow/{}/", challenge.slug),
            csrf,
            stage: challenge.stage.to_string(),
            page: challenge.page,
            pages: challenge.pages,
            step: (words.form.step)(challenge.page, challenge.pages),
            has_errors: !faults.is_empty(),
            can_go_back: challenge.can_go_back,
            has_files: fields.iter().any(|field| matches!(field.control, Control::File { .. })),
            notices: remarks(&challenge.notices),
            faults,
            fields,
        }
    }
}
