//! What a request says, as the executor and policies may know it.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE};

use super::language;
use super::router::Shared;
use crate::policy::Http;

/// Keys of a query that bring an invitation's token, the first of them first.
const INVITATION_TOKENS: [&str; 2] = ["itoken", "token"];
/// The key that brings the token of a mail's link.
const LINK_TOKEN: &str = "flow_token";

/// Whether a key of a query brings a token, which must not stay in an address nor be shown.
pub fn is_token(key: &str) -> bool {
    key == LINK_TOKEN || INVITATION_TOKENS.contains(&key)
}

/// How much of a query is kept with an enrollment: no link of ours comes near.
const MOST_KEPT: usize = 50;
/// The longest key or value of it, in bytes.
const LONGEST_KEPT: usize = 2_000;

/// Whether a part of a query is kept. PostgreSQL keeps no zero bytes, and nothing that means something has any.
fn is_kept(text: &str) -> bool {
    text.len() <= LONGEST_KEPT && !text.contains('\0')
}

/// A request for a flow.
pub struct Asked<'a> {
    /// The flow's slug.
    pub slug: &'a str,
    /// The token of an invitation.
    pub invitation: Option<String>,
    /// The rest of the query.
    pub query: Vec<(String, String)>,
    /// What policies may see: no cookies, no tokens.
    pub http: Http,
}

impl<'a> Asked<'a> {
    /// Takes a request apart.
    pub fn new(
        server: &Shared,
        slug: &'a str,
        method: &str,
        mut query: Vec<(String, String)>,
        headers: &HeaderMap,
    ) -> Self {
        let last = |name: &str| query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let invitation = INVITATION_TOKENS.into_iter().find_map(last);
        query.retain(|(key, value)| !INVITATION_TOKENS.contains(&key.as_str()) && is_kept(key) && is_kept(value));
        query.truncate(MOST_KEPT);
        let seen = query.iter().filter(|(key, _)| !is_token(key)).cloned().collect();
        let told = headers.iter().filter(|(name, _)| ![COOKIE, AUTHORIZATION, ACCEPT_LANGUAGE].contains(name));
        let told = told.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
        let language = language::reader().language.as_str().to_owned();
        let http = Http {
            method: method.to_owned(),
            path: format!("{}/if/flow/{slug}/", server.base),
            query: seen,
            flow_query: Vec::new(),
            headers: told.chain([(ACCEPT_LANGUAGE.to_string(), language)]).collect(),
            host: server.host.clone(),
        };
        Self { slug, invitation, query, http }
    }

    /// Whether the address brings a token that must not stay in it.
    pub fn has_token(&self) -> bool {
        self.invitation.is_some() || self.query.iter().any(|(key, _)| is_token(key))
    }
}
