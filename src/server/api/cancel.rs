//! `/flows/-/cancel/`: gives up what is under way.

use axum::extract::{RawQuery, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::super::error::Fault;
use super::super::router::Server;
use super::super::security;
use super::super::session::Token;
use super::query;
use crate::domain::enrollment::is_local;
use crate::store::enrollments;

/// Drops the plan and leads to `next`, a path of ours, or home. Who is signed in stays so. Other sites, and programs that
/// only look, drop nothing.
pub async fn cancel(
    State(server): Server,
    method: Method,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let token = Token::of(&headers).filter(|_| method == Method::GET && !security::is_cross_site(&headers));
    if let Some(token) = token {
        let mut tx = server.store.begin_write().await?;
        // A commit wakes every console: only where something was dropped.
        if enrollments::delete(&mut tx, &token.hash()).await? { tx.commit().await? } else { tx.rollback().await? }
    }
    let pairs = query::pairs(raw.as_deref().unwrap_or_default());
    let next = pairs.into_iter().rev().find(|(key, _)| key == "next").map(|(_, next)| next);
    let to = next.filter(|next| is_local(next)).unwrap_or_else(|| "/".to_owned());
    Ok((StatusCode::FOUND, [(LOCATION, server.path(&to))]).into_response())
}
