//! Why a flow does not go on, as a challenge of its own. The texts are authentik's, where it has one.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::super::refused::{refused, text};
use super::super::words::Words;
use super::call::{Call, json as answer, object};
use super::fault;
use crate::domain::flow;
use crate::domain::text::printable;
use crate::executor::Refusal;
use crate::mail::Language;

/// The picture of a person of whom there is none.
pub const AVATAR: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'%3E%3Ccircle \
                          cx='1' cy='1' r='1' fill='%23888'/%3E%3C/svg%3E";

impl Call {
    /// The answer that refuses.
    pub fn refused(&self, refusal: &Refusal) -> Response {
        match refusal {
            Refusal::NoSuchFlow => refused(&self.server, self.slug(), refusal, None),
            Refusal::Misconfigured(why) => {
                tracing::warn!("flow {}: {}", self.slug(), printable(why));
                fault::stage_error(StatusCode::OK)
            }
            refusal => self.denied(&said(refusal)),
        }
    }

    /// The challenge that denies access, with this text.
    pub fn denied(&self, text: &str) -> Response {
        answer(
            StatusCode::OK,
            object(json!({
                "component": "ak-stage-access-denied",
                "flow_info": self.flow_info(&flow::title(&self.flow.title, self.user.as_deref().unwrap_or_default(), "")),
                "pending_user": self.user.as_deref().unwrap_or_default(),
                "pending_user_avatar": AVATAR,
                "error_message": text,
            })),
        )
    }
}

fn said(refusal: &Refusal) -> String {
    match refusal {
        Refusal::InvitationNotFound | Refusal::OtherFlow | Refusal::InvitationNeeded => {
            "Invalid invite/invite not found".to_owned()
        }
        Refusal::SignedIn { .. } | Refusal::SignInNeeded | Refusal::NotApplicable => {
            "Flow does not apply to current user.".to_owned()
        }
        Refusal::Denied { messages } if messages.is_empty() => "Unknown error".to_owned(),
        Refusal::Denied { messages } => messages.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        Refusal::WrongTooOften { .. } => "The password is wrong.".to_owned(),
        Refusal::LinkUsed => "Link was already used, please request a new link.".to_owned(),
        Refusal::UsernameTaken => "Failed to update user. Please try again later.".to_owned(),
        Refusal::NotExecuted(why) => format!("{why}."),
        // What authentik has no text for is told as the pages tell it.
        other => format!("{}.", text(&Words::of(Language::English).refusal, other).heading),
    }
}
