//! The page of each refusal: its status, what happened, what to do. None of them tells what an invitation holds.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};

use super::api::encoded;
use super::page::{self, Message, SignOut};
use super::router::Shared;
use super::session::Token;
use super::words::{self, Text, Words};
use crate::domain::slug::Slug;
use crate::domain::text::printable;
use crate::executor::Refusal;

/// The page and the status of a refusal.
pub fn refused(server: &Shared, slug: &str, refusal: &Refusal, session: Option<&Token>) -> Response {
    if let Refusal::Misconfigured(why) | Refusal::NotExecuted(why) = refusal {
        tracing::warn!("flow {}: {why}", printable(slug));
    }
    let words = &Words::here().refusal;
    let mut message = Message::of(&text(words, refusal)).at(&server.base);
    match refusal {
        // For whoever made the flow; like the log it is in English.
        Refusal::NotExecuted(why) => message = message.say(format!("{why}.")),
        Refusal::Denied { messages } => {
            message = messages.iter().map(|said| Words::here().message(said)).fold(message, Message::say);
        }
        Refusal::WrongTooOften { next } if Slug::parse(slug).is_ok() => {
            let next = next.as_ref().map(|next| format!("?next={}", encoded(next))).unwrap_or_default();
            let address = format!("{}/if/flow/{slug}/{next}", server.base);
            message = message.link(address, Words::here().page.begin_again);
        }
        Refusal::Finished { can_begin_again: true } | Refusal::OtherOpened { can_begin_again: true }
            if Slug::parse(slug).is_ok() =>
        {
            message = message.link(format!("{}/if/flow/{slug}/", server.base), Words::here().page.begin_again);
        }
        Refusal::LinkUsed | Refusal::Forgotten if Slug::parse(slug).is_ok() => {
            message = message.link(format!("{}/if/flow/{slug}/", server.base), Words::here().page.back);
        }
        Refusal::SignedIn { username } => {
            message = message.say((words.signed_in_as)(username));
            if let Some(token) = session {
                let label = words.sign_out_and_go_on;
                message = message.sign_out(SignOut { csrf: token.csrf(), next: slug.to_owned(), label });
            }
        }
        _ => {}
    }
    page::show(status(refusal), &message)
}

/// The page for whoever has tried something too often. It is the same whether or not there is such an account.
pub fn too_often(server: &Shared, slug: &str, wait: Duration) -> Response {
    let words = &Words::here().page;
    let seconds = seconds(wait);
    let minutes = u64::try_from(seconds.div_ceil(60)).unwrap_or(u64::MAX);
    let mut message = Message::of(&words.too_often).say((words.wait)(minutes)).at(&server.base);
    if Slug::parse(slug).is_ok() {
        message = message.link(format!("{}/if/flow/{slug}/", server.base), words.back);
    }
    ([(RETRY_AFTER, seconds.to_string())], page::show(StatusCode::TOO_MANY_REQUESTS, &message)).into_response()
}

/// For how many whole seconds to wait, at least one.
pub fn seconds(wait: Duration) -> u128 {
    wait.as_millis().div_ceil(1_000).max(1)
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NoSuchFlow | Refusal::InvitationNotFound | Refusal::OtherFlow => StatusCode::NOT_FOUND,
        Refusal::Used | Refusal::Expired | Refusal::Revoked | Refusal::LinkUsed => StatusCode::GONE,
        Refusal::InvitationNeeded
        | Refusal::Forgotten
        | Refusal::OtherOpened { .. }
        | Refusal::WrongTooOften { .. }
        | Refusal::SignInNeeded
        | Refusal::NotApplicable
        | Refusal::Denied { .. } => StatusCode::FORBIDDEN,
        Refusal::Finished { .. }
        | Refusal::SignedIn { .. }
        | Refusal::UsernameTaken
        | Refusal::Misconfigured(_)
        | Refusal::NotExecuted(_) => StatusCode::CONFLICT,
    }
}

/// The text of a refusal.
pub fn text(words: &words::Refusal, refusal: &Refusal) -> Text {
    match refusal {
        Refusal::NoSuchFlow => words.no_such_flow,
        Refusal::InvitationNotFound => words.not_found,
        Refusal::OtherFlow => words.other_flow,
        Refusal::Used => words.used,
        Refusal::Expired => words.expired,
        Refusal::Revoked => words.revoked,
        Refusal::InvitationNeeded => words.needed,
        Refusal::Forgotten => words.forgotten,
        Refusal::Finished { .. } => words.finished,
        Refusal::OtherOpened { can_begin_again: true } => words.other_opened,
        Refusal::OtherOpened { .. } => words.other_opened_invited,
        Refusal::WrongTooOften { .. } => words.wrong_too_often,
        Refusal::SignedIn { .. } => words.signed_in,
        Refusal::SignInNeeded => words.sign_in,
        Refusal::NotApplicable => words.not_applicable,
        Refusal::Denied { messages } if messages.is_empty() => words.not_applicable,
        Refusal::Denied { .. } => words.denied,
        Refusal::LinkUsed => words.link_used,
        Refusal::UsernameTaken => words.username_taken,
        Refusal::Misconfigured(_) => words.misconfigured,
        Refusal::NotExecuted(_) => words.not_executed,
    }
}
