//! authentik's flow executor as its clients know it: `/api/v3/flows/executor/{slug}/`. The same executor as behind the
//! pages, and the same sessions: what was begun here can be continued there.
//!
//! Every challenge, faults and refusals among them, has status 200; a 302 leads to the same address again and says that
//! the next challenge waits there (flow-execution reference, section 4).

mod body;
mod call;
mod cancel;
mod challenge;
mod component;
mod fault;
mod query;
mod refusal;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::Value;

pub use cancel::cancel;
pub use query::encoded;

use self::body::Posted;
use self::call::{Call, Failed};
use super::asked::Asked;
use super::page;
use super::session::Token;
use crate::executor::plan::Closing;
use crate::executor::{Answered, Answers, Login, Looking, Opened, Refusal, Response as Answer, View};

/// Shows the challenge that waits, and begins the flow where none does.
pub async fn show(method: Method, call: Call) -> Result<Response, Failed> {
    if method == Method::HEAD {
        // Scanners ask this way: nothing begins, nothing is counted.
        return Ok(page::unmeasured("application/json"));
    }
    let mut response = call.view().await?;
    call.offer_csrf(&mut response);
    Ok(response)
}

/// Takes an answer. Where nothing is under way the flow begins, and the answer is dropped.
pub async fn respond(call: Call, posted: Posted) -> Result<Response, Failed> {
    if let Some(forged) = call.forged() {
        return Ok(forged);
    }
    match posted {
        Posted::Unreadable => Ok(fault::stage_error(StatusCode::OK)),
        Posted::TooLarge => Ok(fault::stage_error(StatusCode::PAYLOAD_TOO_LARGE)),
        Posted::Mapping(answers) => call.take(Ok(&answers)).await,
        Posted::Other(kind) => call.take(Err(kind)).await,
    }
}

impl Call {
    async fn view(&self) -> Result<Response, Failed> {
        if let Some(refused) = self.refuse_next() {
            return Ok(refused);
        }
        let asked = self.asked("GET");
        if self.server.executor.under_way(&self.opening(&asked, Vec::new())).await?.is_some() {
            match self.look(&asked, self.session.as_ref()).await? {
                View::NotBegun | View::Closed(Closing { can_begin_again: true, .. }) => {}
                view => return Ok(self.seen(&view)),
            }
        }
        self.begin(&asked).await
    }

    /// Begins the flow. Where stages that ask nothing lie behind already, or an answer was sent, it leads to the challenge
    /// as every step does; else the challenge itself is the answer.
    async fn begin(&self, asked: &Asked<'_>) -> Result<Response, Failed> {
        let new = Token::new()?;
        let (fresh, switched) = match self.server.executor.open(self.opening(asked, new.hash())).await? {
            Opened::Refused(refusal) => return Ok(self.refused(&refusal)),
            Opened::Elsewhere(to) => return Ok(self.lead(&to)),
            Opened::Switched { slug, fresh } => (fresh, Some(slug)),
            Opened::TooOften(wait) => return Ok(call::too_often(wait)),
            Opened::Begun { fresh } => (fresh, None),
        };
        let current = if fresh { Some(&new) } else { self.session.as_ref() };
        let mut response = match switched {
            Some(slug) => self.lead_into(&slug),
            None => match self.look(asked, current).await? {
                View::Challenge(challenge) if self.leads_to_itself(asked, challenge.passed) => self.again(),
                view => self.seen(&view),
            },
        };
        if fresh {
            self.hand_out(&mut response, &new, None);
        }
        Ok(response)
    }

    /// Lets the waiting stage take the answers, or the name of what was sent in their place.
    async fn take(&self, sent: Result<&Answers, &'static str>) -> Result<Response, Failed> {
        if let Some(refused) = self.refuse_next() {
            return Ok(refused);
        }
        let asked = self.asked("POST");
        let under_way = self.server.executor.under_way(&self.opening(&asked, Vec::new())).await?;
        let (Some(under_way), Some(session)) = (under_way, &self.session) else {
            return self.begin(&asked).await;
        };
        let answers = match sent {
            Ok(answers) => answers,
            Err(kind) => return self.refuse_kind(&asked, kind).await,
        };
        let Some(stage) = under_way.stage else { return Ok(self.again()) };
        let new = Token::new()?;
        let answer = Answer {
            slug: self.slug(),
            session: session.hash(),
            fresh: new.hash(),
            stage,
            answers,
            http: Some(asked.http.clone()),
            act: self.visitor.at(self.now),
        };
        let (mut response, login) = match self.server.executor.respond(answer).await? {
            Answered::Again(challenge) => (self.refused_answer(&challenge, answers), None),
            Answered::Next { login } => {
                (self.onward(&asked, if login.is_some() { &new } else { session }).await?, login)
            }
            Answered::Switched { slug, login } => (self.lead_into(&slug), login),
            Answered::Elsewhere(to) => (self.lead(&to), None),
            Answered::TooOften(wait) => return Ok(call::too_often(wait)),
            Answered::NotBegun | Answered::Refused(Refusal::Finished { can_begin_again: true }) => {
                return self.begin(&asked).await;
            }
            Answered::Refused(refusal) => (self.refused(&refusal), None),
        };
        if let Some(Login { seconds }) = login {
            self.hand_out(&mut response, &new, seconds);
            self.hand_out_csrf(&mut response, &new, seconds);
        }
        Ok(response)
    }

    /// Leads on after an answer that was taken. The end of a flow is told at once: looking for it would begin anew.
    async fn onward(&self, asked: &Asked<'_>, session: &Token) -> Result<Response, Failed> {
        let hash = session.hash();
        let looking = Looking { slug: self.slug(), session: Some(&hash), http: None, act: self.visitor.at(self.now) };
        if !self.server.executor.has_ended(&looking).await? {
            return Ok(self.again());
        }
        Ok(match self.look(asked, Some(session)).await? {
            view @ View::Closed(Closing { can_begin_again: true, .. }) => self.seen(&view),
            _ => self.again(),
        })
    }

    /// The challenge once more, where the body is JSON but nothing that could hold answers.
    async fn refuse_kind(&self, asked: &Asked<'_>, kind: &'static str) -> Result<Response, Failed> {
        let fault = fault::whole(&format!("Invalid data. Expected a dictionary, but got {kind}."), "invalid");
        Ok(match self.look(asked, self.session.as_ref()).await? {
            View::Challenge(challenge) => {
                let mut shown = self.challenge(&challenge);
                shown.insert("response_errors".into(), Value::Object(fault));
                call::json(StatusCode::OK, shown)
            }
            View::NotBegun => self.again(),
            view => self.seen(&view),
        })
    }
}
