//! Faults of ours: logged once, shown as one calm page with an id that leads to the line in the log.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::page::{self, Message};
use super::words::Words;
use crate::clock;
use crate::executor::ExecutorError;
use crate::store::StoreError;

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
        tracing::error!(id, "{}", self.0);
        let busy = matches!(&self.0, ExecutorError::Store(StoreError::Unreachable(_)));
        (if busy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR }, id)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, id) = self.log();
        let words = &Words::here().page;
        page::show(status, &Message::of(&words.fault).say((words.fault_number)(&id)))
    }
}
