//! What a visitor sees, as a challenge.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::call::{Call, Object, json as answer};
use super::{component, fault, query};
use crate::executor::{Answers, Challenge, View};

impl Call {
    /// The answer for what a visitor sees.
    pub fn seen(&self, view: &View) -> Response {
        match view {
            View::Challenge(challenge) => answer(StatusCode::OK, self.challenge(challenge)),
            View::Closed(closing) => self.lead(closing.next.as_deref().or(self.next()).unwrap_or("/")),
            View::Refused(refusal) => self.refused(refusal),
            View::Elsewhere(to) => self.lead(to),
            View::NotBegun => self.again(),
        }
    }

    /// A challenge.
    pub fn challenge(&self, challenge: &Challenge) -> Object {
        let mut shown = component::of(self, &challenge.component);
        shown.insert("flow_info".into(), self.flow_info(&challenge.title));
        shown
    }

    /// The challenge once more, with what was wrong with the answers.
    pub fn refused_answer(&self, challenge: &Challenge, answers: &Answers) -> Response {
        let mut shown = self.challenge(challenge);
        if let Some(errors) = fault::of(challenge, answers) {
            shown.insert("response_errors".into(), Value::Object(errors));
        }
        answer(StatusCode::OK, shown)
    }

    /// What every challenge says of its flow.
    pub fn flow_info(&self, title: &str) -> Value {
        let next = self.next().map(|next| format!("?next={}", query::encoded(next))).unwrap_or_default();
        json!({
            "title": title,
            "background": self.flow.background,
            "background_themed_urls": null,
            "cancel_url": format!("{}/flows/-/cancel/{next}", self.server.base),
            "layout": self.flow.layout.as_str(),
        })
    }
}
