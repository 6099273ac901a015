//! One request to the flow API: what it asks, whose it is, and the answers that do not depend on a stage.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, Path};
use axum::http::header::{CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::super::asked::{Asked, is_token};
use super::super::error::{Fault, SOON};
use super::super::refused::{self, seconds};
use super::super::router::Shared;
use super::super::session::{self, Token, cookies};
use super::super::{address, security};
use super::query;
use crate::clock;
use crate::domain::enrollment::{SessionHash, is_local};
use crate::domain::event::Actor;
use crate::domain::flow::Flow;
use crate::executor::{ExecutorError, Looking, Opening, Refusal, View};
use crate::store::{flows, sessions, users};

/// A JSON object.
pub type Object = Map<String, Value>;

/// The header in which a client repeats the cookie against forged requests.
const CSRF_HEADER: &str = "x-authentik-csrf";

/// A request. It has no `Debug`: the query may hold an invitation's token.
pub struct Call {
    /// Where it arrived.
    pub server: Arc<Shared>,
    /// The flow.
    pub flow: Flow,
    /// The visitor's session, perhaps one that has ended.
    pub session: Option<Token>,
    /// Who is signed in: the user name.
    pub user: Option<String>,
    /// Who asks, from where.
    pub visitor: Actor,
    /// When.
    pub now: DateTime<Utc>,
    /// The page's query.
    query: Vec<(String, String)>,
    /// What stands after the path of the address, as it was sent.
    raw_query: Option<String>,
    headers: HeaderMap,
}

/// A fault of ours, told as a client understands it.
#[derive(Debug)]
pub struct Failed(Fault);

impl<E: Into<ExecutorError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(Fault::from(error))
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let (status, id) = self.0.log();
        let mut response = super::fault::stage_error_of(status, &id);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(SOON));
        }
        response
    }
}

impl FromRequestParts<Arc<Shared>> for Call {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Shared>) -> Result<Self, Response> {
        let slug = Path::<String>::from_request_parts(parts, server).await.map(|Path(slug)| slug).unwrap_or_default();
        let Ok(ConnectInfo(peer)) = ConnectInfo::<SocketAddr>::from_request_parts(parts, server).await else {
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        };
        let headers = parts.headers.clone();
        let session = Token::of(&headers);
        let now = clock::now();
        let found = find(server, &slug, session.as_ref(), now).await.map_err(IntoResponse::into_response)?;
        let Some((flow, user)) = found else {
            return Err(refused::refused(server, &slug, &Refusal::NoSuchFlow, None));
        };
        let visitor = Actor::visitor(address::of_client(peer, &headers, &server.trusted_proxies).to_string());
        let raw_query = parts.uri.query().map(str::to_owned);
        // Of several the last counts; a token beside it, in the address itself, is none.
        let outer = query::pairs(raw_query.as_deref().unwrap_or_default());
        let page = outer.into_iter().rev().find(|(key, _)| key == "query").map(|(_, page)| page);
        let query = query::pairs(page.as_deref().unwrap_or_default());
        Ok(Self { server: Arc::clone(server), flow, session, user, visitor, now, query, raw_query, headers })
    }
}

/// The flow of a slug, and the name of who is signed in.
async fn find(
    server: &Shared,
    slug: &str,
    session: Option<&Token>,
    now: DateTime<Utc>,
) -> Result<Option<(Flow, Option<String>)>, Failed> {
    let mut tx = server.store.begin().await?;
    let Some(flow) = flows::find_by_slug(&mut tx, slug).await? else { return Ok(None) };
    let session = match session {
        Some(token) => sessions::find(&mut tx, &token.hash(), now).await?,
        None => None,
    };
    let user = match session.and_then(|session| session.user) {
        Some(user) => users::find(&mut tx, user).await?,
        None => None,
    };
    Ok(Some((flow, user.map(|user| user.username.to_string()))))
}

/// An answer in JSON.
pub fn json(status: StatusCode, object: Object) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], Value::Object(object).to_string()).into_response()
}

/// The fields of a mapping that was written in place.
pub fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

impl Call {
    /// The flow's slug.
    pub fn slug(&self) -> &str {
        self.flow.slug.as_str()
    }

    /// What the executor and policies may know of the request.
    pub fn asked(&self, method: &str) -> Asked<'_> {
        let mut asked = Asked::new(&self.server, self.slug(), method, self.query.clone(), &self.headers);
        asked.http.path = self.path();
        asked
    }

    /// The request to begin the flow.
    pub fn opening<'a>(&'a self, asked: &'a Asked<'_>, fresh: SessionHash) -> Opening<'a> {
        Opening {
            slug: self.slug(),
            token: asked.invitation.as_deref(),
            session: self.session.as_ref().map(Token::hash),
            fresh,
            query: &asked.query,
            http: Some(asked.http.clone()),
            act: self.visitor.at(self.now),
        }
    }

    /// Looks at the page that waits.
    pub async fn look(&self, asked: &Asked<'_>, session: Option<&Token>) -> Result<View, Failed> {
        let hash = session.map(Token::hash);
        let http = Some(asked.http.clone());
        let looking = Looking { slug: self.slug(), session: hash.as_deref(), http, act: self.visitor.at(self.now) };
        Ok(self.server.executor.look(looking).await?)
    }

    fn path(&self) -> String {
        format!("{}/api/v3/flows/executor/{}/", self.server.base, self.slug())
    }

    /// Leads to the same address, letter by letter: clients compare.
    pub fn again(&self) -> Response {
        let query = self.raw_query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        match HeaderValue::from_bytes(format!("{}{query}", self.path()).as_bytes()) {
            Ok(here) => (StatusCode::FOUND, [(LOCATION, here)]).into_response(),
            Err(_) => self.lead(&self.path()),
        }
    }

    /// Leads a browser elsewhere: to a path of ours or to an address that a policy or a stage named.
    pub fn lead(&self, to: &str) -> Response {
        json(StatusCode::OK, object(json!({ "component": "xak-flow-redirect", "to": self.server.path(to) })))
    }

    /// Leads to the pages of another flow, into which this one has led. The enrollment is in the session, so the token
    /// stays behind.
    pub fn lead_into(&self, slug: &str) -> Response {
        let query = query::written(self.query.iter().filter(|(key, _)| !is_token(key)));
        let query = if query.is_empty() { query } else { format!("?{query}") };
        self.lead(&format!("{}/if/flow/{slug}/{query}", self.server.base))
    }

    /// Where the page's query says to go on: a path of ours.
    pub fn next(&self) -> Option<&str> {
        self.last("next").filter(|next| is_local(next))
    }

    fn last(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The refusal of a query that says to go on elsewhere than here. It is told before anything is done; authentik tells
    /// it once the account is there.
    pub fn refuse_next(&self) -> Option<Response> {
        let away = self.last("next").is_some_and(query::leads_away);
        away.then(|| self.denied("Invalid next URL"))
    }

    /// Whether what has just begun is told by a redirect: where stages without a question lie behind, or an answer came
    /// too early. The link of a mail asks at once.
    pub fn leads_to_itself(&self, asked: &Asked<'_>, passed: usize) -> bool {
        asked.http.method == "POST" || passed > 0 && self.last("flow_token").is_none()
    }

    /// The refusal of a request that another site may have made a browser send. It matters once somebody is signed in.
    pub fn forged(&self) -> Option<Response> {
        let session = self.session.as_ref().filter(|_| self.user.is_some());
        let sent = self.headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok());
        let why = match (session, sent) {
            _ if security::is_cross_site(&self.headers) => "the request comes from another site.",
            (None, _) => return None,
            (Some(_), None) => "CSRF token missing.",
            (Some(session), Some(sent)) if session.csrf_matches(sent) => return None,
            (Some(_), Some(_)) => "CSRF token incorrect.",
        };
        Some(json(StatusCode::FORBIDDEN, object(json!({ "detail": format!("CSRF Failed: {why}") }))))
    }

    /// Hands a session's token out: under the name that authentik's clients know, and under ours where the pages know the
    /// visitor already.
    pub fn hand_out(&self, response: &mut Response, token: &Token, seconds: Option<i64>) {
        let on_pages = cookies(&self.headers).any(|(name, _)| name == session::COOKIE_NAME);
        let names = [Some(session::API_COOKIE_NAME), on_pages.then_some(session::COOKIE_NAME)];
        for name in names.into_iter().flatten() {
            set(response, token.cookie_named(name, self.server.cookie_path(), self.server.secure, seconds));
        }
    }

    /// Hands out what the header of the next request repeats.
    pub fn hand_out_csrf(&self, response: &mut Response, token: &Token, seconds: Option<i64>) {
        set(response, token.csrf_cookie(self.server.cookie_path(), self.server.secure, seconds));
    }

    /// Hands it out to who has signed in on a page.
    pub fn offer_csrf(&self, response: &mut Response) {
        let known = |token: &Token| {
            cookies(&self.headers).any(|(name, value)| name == session::CSRF_COOKIE_NAME && token.csrf_matches(value))
        };
        if let Some(token) = self.session.as_ref().filter(|token| self.user.is_some() && !known(token)) {
            self.hand_out_csrf(response, token, None);
        }
    }
}

/// The answer to a request that came too often; nothing was taken.
pub fn too_often(wait: Duration) -> Response {
    let seconds = seconds(wait);
    let detail = format!("Request was throttled. Expected available in {seconds} seconds.");
    let response = json(StatusCode::TOO_MANY_REQUESTS, object(json!({ "detail": detail })));
    ([(RETRY_AFTER, seconds.to_string())], response).into_response()
}

fn set(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}
