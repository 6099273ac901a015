//! `/flows/-/default/{designation}/`: leads to the flow that is for something, whatever it is called.

use std::net::SocketAddr;

use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::address;
use super::asked::Asked;
use super::error::Fault;
use super::flow::see_other;
use super::page::{self, Message};
use super::router::Server;
use super::session::Token;
use super::words::Words;
use crate::clock;
use crate::domain::event::Actor;
use crate::domain::flow::Designation;

/// Leads there, with the query as it is; a page that says that there is none, otherwise.
pub async fn lead(
    State(server): Server,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    designation: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let designation = designation.ok().and_then(|Path(name)| Designation::parse(&name));
    let visitor = Actor::visitor(address::of_client(peer, &headers, &server.trusted_proxies).to_string());
    let session = Token::of(&headers).map(|token| token.hash());
    let found = match designation {
        Some(designation) => {
            let http = Asked::new(&server, "", "GET", Vec::new(), &headers).http;
            server.executor.usual_flow(designation, session.as_deref(), http, &visitor.at(clock::now())).await?
        }
        None => None,
    };
    Ok(match found {
        Some(slug) => {
            let query = query.filter(|query| !query.is_empty()).map(|query| format!("?{query}")).unwrap_or_default();
            see_other(format!("{}/if/flow/{slug}/{query}", server.base))
        }
        None => page::show(StatusCode::NOT_FOUND, &Message::of(&Words::here().page.not_found).at(&server.base)),
    })
}
