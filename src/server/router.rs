//! Which address leads where.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::error::Fault;
use super::page::{self, Message, SignOut};
use super::session::Token;
use super::words::Words;
use super::{Options, api, flow, language, listen, security, usual};
use crate::clock;
use crate::executor::Executor;
use crate::store::{Store, sessions, users};

/// What handlers share.
#[derive(Debug)]
pub struct Shared {
    pub store: Store,
    pub executor: Executor,
    /// The path of the public address, without a slash at its end: empty, or `/guests`.
    pub base: String,
    /// The host of the public address.
    pub host: String,
    /// Whether cookies are sent over TLS only.
    pub secure: bool,
    pub trusted_proxies: Vec<IpAddr>,
}

/// The state of every handler.
pub type Server = State<Arc<Shared>>;

impl Shared {
    /// A path of ours as browsers know it: what is home within stands below the public address.
    pub fn path(&self, to: &str) -> String {
        if to == "/" { format!("{}/", self.base) } else { to.to_owned() }
    }

    /// The path that cookies are for.
    pub fn cookie_path(&self) -> &str {
        if self.base.is_empty() { "/" } else { &self.base }
    }
}

/// All addresses. Where the public address has a path, they are found under it too, whether or not the reverse proxy
/// cuts it off.
pub fn router(store: Store, executor: Executor, options: &Options) -> Router {
    let (scheme, rest) = options.public_url.split_once("://").unwrap_or(("http", &options.public_url));
    let base = rest.find('/').map_or("", |slash| &rest[slash..]).trim_end_matches('/').to_owned();
    let shared = Arc::new(Shared {
        store,
        executor,
        secure: scheme == "https",
        trusted_proxies: options.trusted_proxies.clone(),
        host: rest.split(['/', ':']).next().unwrap_or_default().to_owned(),
        base,
    });
    let routes = Router::new()
        .route("/", get(home))
        .route("/if/flow/{slug}", get(flow::show).post(flow::submit))
        .route("/if/flow/{slug}/", get(flow::show).post(flow::submit))
        .route("/if/flow/{slug}/end/", get(flow::show_end))
        .route("/api/v3/flows/executor/{slug}", get(api::show).post(api::respond))
        .route("/api/v3/flows/executor/{slug}/", get(api::show).post(api::respond))
        .route("/flows/-/cancel/", get(api::cancel))
        .route("/flows/-/default/{designation}/", get(usual::lead))
        .route("/-/sign-out/", post(flow::sign_out))
        .route("/-/style.css", get(style))
        .route("/-/health/live/", get(|| async { StatusCode::NO_CONTENT }))
        .route("/-/health/ready/", get(ready));
    let nested = if shared.base.is_empty() {
        Router::new()
    } else {
        // What is nested at `/` answers `/guests` only, and where signing out leads is `/guests/`.
        Router::new().nest(&shared.base, routes.clone()).route(&format!("{}/", shared.base), get(home))
    };
    let limit = options.patience.body;
    routes
        .merge(nested)
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), language::choose))
        .layer(middleware::from_fn(security::add_headers))
        .layer(middleware::from_fn(move |request, next| listen::bound_body(request, next, limit)))
        .with_state(shared)
}

async fn home(State(server): Server, headers: HeaderMap) -> Result<Response, Fault> {
    let words = &Words::here().page;
    let message = match signed_in(&server, &headers).await? {
        Some((token, username)) => {
            let button = SignOut { csrf: token.csrf(), next: String::new(), label: words.sign_out };
            Message::new(words.home.heading).say((words.signed_in_as)(&username)).sign_out(button)
        }
        None => Message::of(&words.home),
    };
    Ok(page::show(StatusCode::OK, &message.at(&server.base)))
}

async fn signed_in(server: &Shared, headers: &HeaderMap) -> Result<Option<(Token, String)>, Fault> {
    let Some(token) = Token::of(headers) else { return Ok(None) };
    let mut tx = server.store.begin().await?;
    let Some(user) = sessions::find(&mut tx, &token.hash(), clock::now()).await?.and_then(|session| session.user)
    else {
        return Ok(None);
    };
    Ok(users::find(&mut tx, user).await?.map(|user| (token, user.username.to_string())))
}

async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=604800, immutable")], page::STYLE)
}

async fn ready(State(server): Server) -> StatusCode {
    match server.store.ping().await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn not_found(State(server): Server) -> Response {
    page::show(StatusCode::NOT_FOUND, &Message::of(&Words::here().page.not_found).at(&server.base))
}

async fn wrong_method(State(server): Server) -> Response {
    page::show(StatusCode::METHOD_NOT_ALLOWED, &Message::of(&Words::here().page.wrong_method).at(&server.base))
}
