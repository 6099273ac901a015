//! What a policy is asked about.

use std::net::IpAddr;

use crate::domain::Mapping;
use crate::domain::id::UserId;
use crate::domain::invitation::Invitation;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// One question. Two equal requests to the same policies get the same verdict as long as the database is the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Who asks: the pending user, else who is signed in. None, or somebody who is not in the database, is anonymous.
    pub user: Option<UserId>,
    /// What the plan knows (`prompt_data`, `invitation`, ...), with references for objects. When a page's answers are
    /// checked: `prompt_data` of that page only, passwords included.
    pub context: Mapping,
    /// Whether there is a plan to be changed: expressions see it as `flow_plan`. Not before a flow begins, and not
    /// when answers are checked.
    pub has_plan: bool,
    /// From which address.
    pub client_ip: Option<IpAddr>,
    /// The request of the browser; none in tests of policies and in previews.
    pub http: Option<Http>,
    /// When.
    pub now: DateTime<Utc>,
    /// What the policy is bound to, as `request.obj` shows it: filled in where policies guard something, and for a prompt's
    /// expression the prompt.
    pub object: Option<Value>,
    /// An invitation that is not in the database, or is otherwise there: in previews of what is not saved yet.
    pub unsaved: Option<Box<Invitation>>,
}

impl Request {
    /// A request that knows nothing but the time.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            user: None,
            context: Mapping::new(),
            has_plan: false,
            client_ip: None,
            http: None,
            now,
            object: None,
            unsaved: None,
        }
    }
}

/// What of the browser's request expressions may see. Leave out cookies, and the invitation's token of the query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Http {
    /// `GET` or `POST`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query of this page (`http_request.GET`).
    pub query: Vec<(String, String)>,
    /// The query with which the flow began (`http_request.session["authentik/flows/get"]`).
    pub flow_query: Vec<(String, String)>,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The host of the public address: it says which brand is `http_request.brand`.
    pub host: String,
}
