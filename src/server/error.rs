//! Faults of ours: logged once, shown as one calm page with an id that leads to the line in the log.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};

use super::page::{self, Message};
use super::words::Words;
use crate::clock;
use crate::executor::ExecutorError;

/// When to try again, in seconds: by then a full queue has been worked off several times.
pub const SOON: &str = "10";

/// A fault of ours.
#[derive(Debug)]
pub struct Fault(ExecutorError);

impl<E: Into<ExecutorError>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl From<getrandom::Error> for ExecutorError {
    fn from(error: getrandom::Error) -> Self {
        Self::Hashing(format!("no randomness: {error}"))
    }
}

impl Fault {
    /// Logs it; the status that tells of it, and the id that leads to the line in the log.
    pub fn log(&self) -> (StatusCode, String) {
        let id = clock::new_id().simple().to_string()[..8].to_owned();
        if self.is_busy() {
            // Nothing is wrong; there is only much to do.
            tracing::warn!(id, "{}", self.0);
        } else {
            tracing::error!(id, "{}", self.0);
        }
        let is_away = self.is_busy() || matches!(&self.0, ExecutorError::Store(error) if error.is_away());
        (if is_away { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR }, id)
    }

    /// Whether there is only too much to do for now.
    fn is_busy(&self) -> bool {
        matches!(self.0, ExecutorError::Busy)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, id) = self.log();
        if self.is_busy() {
            return later(&Message::of(&Words::here().page.busy));
        }
        let words = &Words::here().page;
        let message = Message::of(&words.fault).say((words.fault_number)(&id));
        if status == StatusCode::SERVICE_UNAVAILABLE { later(&message) } else { page::show(status, &message) }
    }
}

/// For now there is no answer, soon there will be one.
fn later(message: &Message) -> Response {
    ([(RETRY_AFTER, SOON)], page::show(StatusCode::SERVICE_UNAVAILABLE, message)).into_response()
}
