//! Runs one expression: hands it what it may know, answers what it asks, takes what it leaves.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::answer::Answers;
use super::facts::{self, Known};
use super::python::{self, Dialect, EVERY, Fault, Output, Step, Watch, instant};
use super::run::{Outcome, Ran, Run};
use super::{Evaluated, Http, Noted, Policies, Request, Result, address};
use crate::domain::brand::Brand;
use crate::domain::event::Action;
use crate::domain::message::Message;
use crate::domain::prompt::Prompt;
use crate::store::{Tx, brands, users};

/// How long an expression may keep silent before nobody waits for it any more. Its own limit is far below; this is for
/// the one operation that does not look at the clock.
const SILENCE: Duration = Duration::from_secs(3);

impl Run<'_> {
    /// Runs an expression of that name.
    pub(super) async fn expression(
        &self,
        tx: &mut Tx,
        name: &str,
        text: &str,
        dialect: Dialect,
        request: &Request,
    ) -> Result<Ran> {
        let known = Known::of(tx, request).await?;
        let input = input(tx, &known, dialect, request).await?;
        let mut answers = Answers { request, run: self, known, name, events: Vec::new() };
        let done = self.drive(tx, text, dialect, &input, &mut answers).await?;
        let (mut ran, known) = (Ran::plain(Outcome::Result(false), Vec::new(), request), answers.known);
        ran.events = answers.events;
        match done {
            Ok(Output { truth, value, plan, messages }) => {
                if value.is_null() {
                    tracing::warn!(policy = name, "the expression returned nothing");
                }
                ran = Ran { outcome: Outcome::Result(truth), value, context: plan, ..ran };
                ran.messages = messages.into_iter().map(Message::Text).collect();
            }
            Err(Fault { message, detail }) => {
                ran.outcome = Outcome::Failed { message: known.masked(&message).into(), detail: known.masked(&detail) };
            }
        }
        Ok(ran)
    }

    /// Waits for the expression and answers it. The outer error is ours, the inner one the expression's.
    async fn drive(
        &self,
        tx: &mut Tx,
        text: &str,
        dialect: Dialect,
        input: &Value,
        answers: &mut Answers<'_>,
    ) -> Result<std::result::Result<Output, Fault>> {
        let python = &self.policies.python;
        let turn = match &self.policies.turn {
            Some(turn) => Some(turn.clone()),
            None if self.depth == 0 => Some(Arc::new(python.turn().await?)),
            // Whoever called this one holds it.
            None => None,
        };
        let _watch = Watch::begin();
        let mut steps = python.start(text, dialect, input, answers.request.now, turn);
        let mut silence = Duration::ZERO;
        loop {
            let Ok(step) = tokio::time::timeout(EVERY, steps.recv()).await else {
                Watch::look();
                silence += EVERY;
                if silence > SILENCE {
                    return Ok(Err(Fault::ours("took too long")));
                }
                continue;
            };
            silence = Duration::ZERO;
            match step {
                Some(Step::Done(done)) => return Ok(done),
                Some(Step::Ask(ask)) => {
                    let answer = answers.answer(tx, &ask.name, &ask.arguments).await?;
                    // Whoever asked may have been ended meanwhile.
                    let _ = ask.answer.send(answer);
                }
                None => return Ok(Err(python::silent())),
            }
        }
    }
}

/// What an expression is told at its start.
async fn input(tx: &mut Tx, known: &Known, dialect: Dialect, request: &Request) -> Result<Value> {
    let user = match request.user {
        Some(id) => users::find(tx, id).await?,
        None => None,
    };
    let user = match user {
        Some(user) => facts::user(tx, &user).await?,
        None => facts::nobody(),
    };
    let address = request.client_ip.map(|address| address.to_canonical());
    let brand = match &request.http {
        Some(http) => brands::of_host(tx, &http.host).await?,
        None => None,
    };
    Ok(json!({
        "plan": request.context,
        "objects": known.objects,
        "user": user,
        "client_ip": address.map(address::facts),
        "http": request.http.as_ref().map(|http| browser(http, address.map(|it| it.to_string()), brand.as_ref())),
        "object": request.object,
        "is_prompt": dialect == Dialect::Prompt,
        "has_plan": request.has_plan,
        "now": instant(request.now),
    }))
}

/// Headers that no expression needs to know.
const WITHHELD: &[&str] = &["cookie", "authorization", "proxy-authorization"];

/// The browser's request as Django shows it.
fn browser(http: &Http, address: Option<String>, brand: Option<&Brand>) -> Value {
    let query = |pairs: &[(String, String)]| -> Map<String, Value> {
        pairs.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect()
    };
    let (mut headers, mut meta) = (Map::new(), Map::new());
    for (name, value) in http.headers.iter().filter(|(name, _)| !WITHHELD.contains(&name.to_lowercase().as_str())) {
        headers.insert(name.to_lowercase(), value.as_str().into());
        headers.insert(title(name), value.as_str().into());
        meta.insert(format!("HTTP_{}", name.to_uppercase().replace('-', "_")), value.as_str().into());
    }
    meta.insert("REMOTE_ADDR".to_owned(), address.into());
    meta.insert("REQUEST_METHOD".to_owned(), http.method.as_str().into());
    meta.insert("PATH_INFO".to_owned(), http.path.as_str().into());
    json!({
        "method": http.method, "path": http.path, "GET": query(&http.query), "POST": {}, "COOKIES": {},
        "headers": headers, "META": meta,
        "session": { "authentik/flows/get": query(&http.flow_query) },
        "brand": facts::brand(brand, &http.host),
    })
}

/// `user-agent` as `User-Agent`.
fn title(name: &str) -> String {
    let word = |word: &str| {
        word.get(..1).map(str::to_uppercase).unwrap_or_default() + &word.get(1..).unwrap_or_default().to_lowercase()
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

impl Policies {
    /// What a prompt's expression (placeholder, initial value, choices) evaluates to. Where the evaluation fails the text itself is the value. `prompt_data` of the context is what expressions
    /// call `prompt_context`.
    pub async fn prompt_expression(
        &self,
        tx: &mut Tx,
        prompt: &Prompt,
        text: &str,
        request: &Request,
    ) -> Result<Evaluated> {
        let request = &Request { object: Some(facts::prompt(prompt)), ..request.clone() };
        let ran = Run::new(self).expression(tx, &prompt.name, text, Dialect::Prompt, request).await?;
        let Outcome::Failed { message, detail } = ran.outcome else {
            return Ok(Evaluated { value: ran.value, failed: None, events: ran.events });
        };
        let mut events = ran.events;
        events.push(Noted {
            action: Action::PropertyMappingException,
            object_kind: "prompt".to_owned(),
            object_name: prompt.name.clone(),
            detail: json!({ "expression": text, "message": detail }),
        });
        Ok(Evaluated { value: text.into(), failed: Some(message.to_string()), events })
    }
}
