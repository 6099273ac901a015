//! `/if/flow/{slug}/`: the pages of a flow.

use std::net::SocketAddr;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::asked::Asked;
use super::error::Fault;
use super::form::{Posted, Unread};
use super::page::{self, Message};
use super::questions::Questions;
use super::refused::{refused, too_often};
use super::router::{Server, Shared};
use super::session::Token;
use super::stage_page::StagePage;
use super::words::{Text, Words};
use super::{address, security};
use crate::clock;
use crate::domain::enrollment::{Session, is_local};
use crate::domain::event::{Action, Actor};
use crate::domain::id::BindingId;
use crate::domain::prompt::AnswerFault;
use crate::domain::slug::Slug;
use crate::executor::plan::Closing;
use crate::executor::{
    Answered, Answers, Challenge, Component, Login, Looking, Opened, Opening, Remark, Response as Answer, View,
};
use crate::store::events::Object;
use crate::store::{events, sessions, users};

type Form_ = Result<Posted, Unread>;

/// The slug in an address. What is not even text is the slug of no flow.
type Slug_ = Result<Path<String>, PathRejection>;

/// What a link carries. The last `itoken` counts, as in authentik.
type Link = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// Shows a page of a flow. With a token it opens the invitation first and leads to the same page without it.
pub async fn show(
    State(server): Server,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    method: Method,
    slug: Slug_,
    link: Link,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let slug = slug.map(|Path(slug)| slug).unwrap_or_default();
    let query = link.map(|Query(pairs)| pairs).unwrap_or_default();
    let visitor = Actor::visitor(address::of_client(peer, &headers, &server.trusted_proxies).to_string());
    let session = Token::of(&headers);
    let asked = Asked::new(&server, &slug, "GET", query, &headers);
    if method == Method::HEAD {
        return head(&server, &visitor, asked, session).await;
    }
    if asked.has_token() {
        return open(&server, &visitor, asked, session).await;
    }
    let hash = session.as_ref().map(Token::hash);
    let looking = Looking {
        slug: &slug,
        session: hash.as_deref(),
        http: Some(asked.http.clone()),
        act: visitor.at(clock::now()),
    };
    match server.executor.look(looking).await? {
        View::NotBegun | View::Closed(Closing { can_begin_again: true, .. }) => {
            open(&server, &visitor, asked, session).await
        }
        view => Ok(seen(&server, &slug, &view, session.as_ref())),
    }
}

/// What GET would say. Scanners ask this way: nothing begins, no opening is counted, nothing is spent.
async fn head(server: &Shared, visitor: &Actor, asked: Asked<'_>, session: Option<Token>) -> Result<Response, Fault> {
    let slug = asked.slug;
    let hash = session.as_ref().map(Token::hash);
    if !asked.has_token() {
        let act = visitor.at(clock::now());
        let looking = Looking { slug, session: hash.as_deref(), http: Some(asked.http.clone()), act };
        match server.executor.glance(looking).await? {
            View::NotBegun | View::Closed(Closing { can_begin_again: true, .. }) => {}
            view => return Ok(seen(server, slug, &view, session.as_ref())),
        }
    }
    let opening = Opening {
        slug,
        token: asked.invitation.as_deref(),
        session: hash,
        fresh: Token::new()?.hash(),
        query: &asked.query,
        http: Some(asked.http.clone()),
        act: visitor.at(clock::now()),
    };
    Ok(match server.executor.peek(opening).await? {
        Opened::TooOften(wait) => too_often(server, slug, wait),
        Opened::Refused(refusal) => refused(server, slug, &refusal, session.as_ref()),
        Opened::Elsewhere(to) => see_other(server.path(&to)),
        Opened::Switched { slug, .. } => see_flow(server, &slug),
        Opened::Begun { .. } if asked.has_token() => see_flow(server, slug),
        Opened::Begun { .. } => page::unmeasured("text/html; charset=utf-8"),
    })
}

/// Shows how a flow has ended. It has an address of its own: opening the flow's begins anew.
pub async fn show_end(
    State(server): Server,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    slug: Slug_,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let slug = slug.map(|Path(slug)| slug).unwrap_or_default();
    let visitor = Actor::visitor(address::of_client(peer, &headers, &server.trusted_proxies).to_string());
    let session = Token::of(&headers).map(|token| token.hash());
    let act = visitor.at(clock::now());
    let looking = Looking { slug: &slug, session: session.as_deref(), http: None, act };
    if !server.executor.has_ended(&looking).await? {
        return Ok(see_flow(&server, &slug));
    }
    Ok(match server.executor.look(looking).await? {
        View::Closed(closing) => closed(&server, &slug, &closing),
        _ => see_flow(&server, &slug),
    })
}

/// The page of what a visitor sees.
fn seen(server: &Shared, slug: &str, view: &View, session: Option<&Token>) -> Response {
    match view {
        View::Challenge(challenge) => questions(server, StatusCode::OK, challenge, session),
        View::Closed(closing) => closed(server, slug, closing),
        View::Refused(refusal) => refused(server, slug, refusal, session),
        View::Elsewhere(to) => see_other(server.path(to)),
        View::NotBegun => see_flow(server, slug),
    }
}

/// Begins an enrollment and leads to the page without a token in its address.
async fn open(server: &Shared, visitor: &Actor, asked: Asked<'_>, session: Option<Token>) -> Result<Response, Fault> {
    let new = Token::new()?;
    let slug = asked.slug;
    let opening = Opening {
        slug,
        token: asked.invitation.as_deref(),
        session: session.as_ref().map(Token::hash),
        fresh: new.hash(),
        query: &asked.query,
        http: Some(asked.http.clone()),
        act: visitor.at(clock::now()),
    };
    let (fresh, switched) = match server.executor.open(opening).await? {
        Opened::TooOften(wait) => return Ok(too_often(server, slug, wait)),
        Opened::Refused(refusal) => return Ok(refused(server, slug, &refusal, session.as_ref())),
        Opened::Elsewhere(to) => return Ok(see_other(server.path(&to))),
        Opened::Switched { slug, fresh } => (fresh, Some(slug)),
        Opened::Begun { fresh } => (fresh, None),
    };
    let current = if fresh { &new } else { session.as_ref().unwrap_or(&new) };
    let mut response = match switched {
        Some(other) => see_flow(server, &other),
        None if asked.has_token() => see_flow(server, slug),
        // Shown at once, without a redirect: a browser that keeps no cookies would be led round and round.
        None => {
            let act = visitor.at(clock::now());
            let looking = Looking { slug, session: Some(&current.hash()), http: Some(asked.http.clone()), act };
            seen(server, slug, &server.executor.look(looking).await?, Some(current))
        }
    };
    if fresh {
        set_cookie(server, &mut response, &new, None);
    }
    Ok(response)
}

/// Takes a form.
pub async fn submit(
    State(server): Server,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    slug: Slug_,
    headers: HeaderMap,
    form: Form_,
) -> Result<Response, Fault> {
    let slug = slug.map(|Path(slug)| slug).unwrap_or_default();
    let (session, mut answers) = match trusted_form(&headers, form) {
        Ok(trusted) => trusted,
        Err(untrusted) => return untrusted.answer(&server, &slug, &headers).await,
    };
    let stage = answers.remove("__stage").and_then(|id| uuid::Uuid::try_parse(&id).ok()).map(BindingId);
    let Some(stage) = stage else { return Ok(see_flow(&server, &slug)) };
    let goes_back = answers.remove("__back").is_some();
    let visitor = Actor::visitor(address::of_client(peer, &headers, &server.trusted_proxies).to_string());
    let new = Token::new()?;
    let answer = Answer {
        slug: &slug,
        session: session.hash(),
        fresh: new.hash(),
        stage,
        answers: &answers,
        http: Some(Asked::new(&server, &slug, "POST", Vec::new(), &headers).http),
        act: visitor.at(clock::now()),
    };
    let answered =
        if goes_back { server.executor.go_back(answer).await? } else { server.executor.respond(answer).await? };
    Ok(match answered {
        Answered::Again(challenge) => questions(&server, status_again(&challenge), &challenge, Some(&session)),
        Answered::Next { login } => go_on(&server, &slug, &session, &new, login).await?,
        Answered::Switched { slug, login } => go_on(&server, &slug, &session, &new, login).await?,
        Answered::Elsewhere(to) => see_other(server.path(&to)),
        Answered::Refused(refusal) => refused(&server, &slug, &refusal, Some(&session)),
        Answered::TooOften(wait) => too_often(&server, &slug, wait),
        Answered::NotBegun => {
            let hash = session.hash();
            let looking = Looking { slug: &slug, session: Some(&hash), http: None, act: visitor.at(clock::now()) };
            refused(&server, &slug, &server.executor.forgotten(&looking).await?, Some(&session))
        }
    })
}

/// On to the next page of a flow, or to its end.
async fn go_on(
    server: &Shared,
    slug: &str,
    session: &Token,
    new: &Token,
    login: Option<Login>,
) -> Result<Response, Fault> {
    let current = if login.is_some() { new } else { session };
    let visitor = Actor::visitor("");
    let looking = Looking { slug, session: Some(&current.hash()), http: None, act: visitor.at(clock::now()) };
    let mut response =
        if server.executor.has_ended(&looking).await? { see_end(server, slug) } else { see_flow(server, slug) };
    if let Some(login) = login {
        set_cookie(server, &mut response, new, login.seconds);
    }
    Ok(response)
}

/// A form that could not be read, or that our own page perhaps did not send.
struct Untrusted {
    status: StatusCode,
    text: &'static Text,
    /// Whether another site may have sent it.
    is_forged: bool,
    /// What was read of it.
    answers: Answers,
}

impl Untrusted {
    /// Signing in made a new token: whoever sends the last form once more from the page before is done. Nothing is
    /// written.
    async fn answer(mut self, server: &Shared, slug: &str, headers: &HeaderMap) -> Result<Response, Fault> {
        let visitor = Actor::visitor("");
        let session = Token::of(headers).filter(|_| self.is_forged && !security::is_cross_site(headers));
        if let Some(session) = session {
            // As a form that is believed has none.
            self.answers.remove("__stage");
            let looking = Looking { slug, session: Some(&session.hash()), http: None, act: visitor.at(clock::now()) };
            match server.executor.repeats(&looking, &self.answers).await? {
                Some(true) => return Ok(see_end(server, slug)),
                Some(false) => {
                    return Ok(refused(server, slug, &server.executor.finished(slug).await?, Some(&session)));
                }
                None => {}
            }
        }
        let is_invited = self.is_forged && server.executor.is_by_invitation(slug).await?;
        Ok(self.page(server, slug, is_invited))
    }

    fn page(&self, server: &Shared, slug: &str, is_invited: bool) -> Response {
        let words = &Words::here().page;
        let mut message = Message::of(self.text).at(&server.base);
        if is_invited {
            message = message.say(words.invitation_is_good);
        }
        if Slug::parse(slug).is_ok() {
            message = message.link(format!("{}/if/flow/{slug}/", server.base), words.back);
        }
        page::show(self.status, &message)
    }
}

fn status_again(challenge: &Challenge) -> StatusCode {
    if challenge.fields().iter().any(|field| field.error == Some(AnswerFault::Taken)) {
        StatusCode::CONFLICT
    } else if challenge.faults == [Remark::MailSent] {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// Signs out; an enrollment under way stays.
pub async fn sign_out(
    State(server): Server,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    form: Form_,
) -> Result<Response, Fault> {
    let (token, answers) = match trusted_form(&headers, form) {
        Ok(trusted) => trusted,
        Err(untrusted) => return Ok(untrusted.page(&server, "", false)),
    };
    let new = Token::new()?;
    let now = clock::now();
    let mut tx = server.store.begin_write().await?;
    if let Some(session) = sessions::find(&mut tx, &token.hash(), now).await? {
        let user = match session.user {
            Some(user) => users::find(&mut tx, user).await?,
            None => None,
        };
        sessions::rotate(
            &mut tx,
            &token.hash(),
            &Session { token_hash: new.hash(), user: None, expires_at: session.expires_at },
        )
        .await?;
        if let Some(user) = user {
            let name = user.username.as_str();
            let actor = Actor {
                id: Some(user.id),
                name: name.to_owned(),
                address: address::of_client(peer, &headers, &server.trusted_proxies).to_string(),
            };
            events::log(&mut tx, &actor.at(now), Action::Logout, Object("user", name), json!({})).await?;
        }
        tx.commit().await?;
    }
    let mut response = match answers.get("__next").and_then(|slug| Slug::parse(slug).ok()) {
        Some(slug) => see_flow(&server, slug.as_str()),
        None => see_other(format!("{}/", server.base)),
    };
    set_cookie(&server, &mut response, &new, None);
    Ok(response)
}

/// The session and the fields of a form that our own page sent; else what is to be said.
fn trusted_form(headers: &HeaderMap, form: Form_) -> Result<(Token, Answers), Untrusted> {
    let words = &Words::here().page;
    let unread = |status, text| Untrusted { status, text, is_forged: false, answers: Answers::new() };
    let Posted(pairs) = form.map_err(|why| match why {
        Unread::TooLarge => unread(StatusCode::PAYLOAD_TOO_LARGE, &words.too_large),
        Unread::TooMany => unread(StatusCode::PAYLOAD_TOO_LARGE, &words.too_many),
        Unread::Broken(status) => unread(status, &words.unreadable),
    })?;
    let mut answers: Answers = pairs.into_iter().collect();
    let Some(session) = Token::of(headers) else {
        return Err(unread(StatusCode::FORBIDDEN, &words.cookies));
    };
    let csrf = answers.remove("__csrf").unwrap_or_default();
    if security::is_cross_site(headers) || !session.csrf_matches(&csrf) {
        let (status, text) = (StatusCode::FORBIDDEN, &words.try_again);
        return Err(Untrusted { status, text, is_forged: true, answers });
    }
    Ok((session, answers))
}

fn set_cookie(server: &Shared, response: &mut Response, token: &Token, seconds: Option<i64>) {
    if let Some(cookie) = token.cookie(server.cookie_path(), server.secure, seconds) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn see_flow(server: &Shared, slug: &str) -> Response {
    // A slug that is none never gets here with a flow behind it, and must not make a header.
    match Slug::parse(slug) {
        Ok(slug) => see_other(format!("{}/if/flow/{slug}/", server.base)),
        Err(_) => see_other(format!("{}/", server.base)),
    }
}

/// The page with which a flow has ended.
fn see_end(server: &Shared, slug: &str) -> Response {
    match Slug::parse(slug) {
        Ok(slug) => see_other(format!("{}/if/flow/{slug}/end/", server.base)),
        Err(_) => see_flow(server, slug),
    }
}

pub(super) fn see_other(location: String) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

fn questions(server: &Shared, status: StatusCode, challenge: &Challenge, session: Option<&Token>) -> Response {
    let csrf = session.map(Token::csrf).unwrap_or_default();
    match &challenge.component {
        Component::Redirect { to } if is_local(to) => see_other(server.path(to)),
        Component::Prompt(_) | Component::Continue => {
            page::show(status, &Questions::new(challenge, &server.base, csrf))
        }
        _ => page::show(status, &StagePage::new(challenge, &server.base, csrf)),
    }
}

fn closed(server: &Shared, slug: &str, closing: &Closing) -> Response {
    let words = Words::here();
    if let Some(next) = closing.next.as_ref().filter(|next| is_local(next)) {
        return see_other(server.path(next));
    }
    let go_on = words.form.go_on;
    let words = &words.page;
    let message = match &closing.username {
        Some(username) if closing.waits_for_activation => {
            Message::new(words.thanks.heading).say((words.waits)(username))
        }
        Some(username) if closing.signed_in && closing.created => {
            Message::of(&words.done).say((words.done_signed_in)(username)).say(words.close)
        }
        Some(username) if closing.created => Message::of(&words.done).say((words.done_made)(username)).say(words.close),
        Some(_) | None => Message::of(&words.thanks),
    };
    let message = match &closing.next {
        Some(next) => message.link(next.clone(), go_on),
        None if closing.offers_again => message.link(format!("{}/if/flow/{slug}/", server.base), words.begin_again),
        None => message,
    };
    page::show(StatusCode::OK, &message.at(&server.base))
}
