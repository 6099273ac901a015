//! Answers to what expressions ask while they run.

use std::str::FromStr;

use serde_json::{Value, json};
use uuid::Uuid;

use super::facts::{self, Known};
use super::filter::Filter;
use super::python::Raised;
use super::run::{Outcome, Run};
use super::{Noted, Request, Result, address};
use crate::clock;
use crate::domain::Mapping;
use crate::domain::event::Action;
use crate::domain::id::UserId;
use crate::store::{Tx, groups, policies};

/// How many objects a query hands over; of more it only says how many there are.
const HANDED_OVER: usize = 500;

type Answer = std::result::Result<Value, Raised>;

/// Who answers, for one running expression.
pub(super) struct Answers<'a> {
    /// The question that the expression is part of.
    pub(super) request: &'a Request,
    /// The run that it is part of.
    pub(super) run: &'a Run<'a>,
    /// What is known of objects.
    pub(super) known: Known,
    /// What the expression is called, for the log.
    pub(super) name: &'a str,
    /// What belongs in the log.
    pub(super) events: Vec<Noted>,
}

fn text(arguments: &[Value], at: usize) -> &str {
    arguments.get(at).and_then(Value::as_str).unwrap_or_default()
}

fn mapping(arguments: &[Value], at: usize) -> Mapping {
    arguments.get(at).and_then(Value::as_object).cloned().unwrap_or_default()
}

impl Answers<'_> {
    /// Answers one question. The outer error is ours, the inner one the expression's.
    pub(super) async fn answer(&mut self, tx: &mut Tx, name: &str, arguments: &[Value]) -> Result<Answer> {
        Ok(match name {
            "address" => address::parse(text(arguments, 0)).map_err(Raised::Value),
            "network" => {
                let strict = arguments.get(1) != Some(&Value::Bool(false));
                address::network(text(arguments, 0), strict).map_err(Raised::Value)
            }
            "uuid4" => Ok(Value::from(clock::new_id().to_string())),
            "groups" => match Uuid::from_str(text(arguments, 0)) {
                Ok(user) => {
                    let mine = groups::all_of(tx, UserId(user)).await?;
                    Ok(mine.iter().map(|group| json!(group.id)).collect())
                }
                Err(_) => Ok(json!([])),
            },
            "query" => self.query(tx, arguments).await?,
            "user_by" => self.user_by(tx, arguments).await?,
            "call_policy" => self.call_policy(tx, arguments).await?,
            "event" => {
                self.note(arguments);
                Ok(Value::Null)
            }
            "log" => {
                self.log(arguments);
                Ok(Value::Null)
            }
            other => Err(Raised::Runtime(format!("uses what is not available here: {other}"))),
        })
    }

    async fn query(&mut self, tx: &mut Tx, arguments: &[Value]) -> Result<Answer> {
        let filter = Filter::read(arguments.get(1).unwrap_or(&Value::Null));
        let candidates = match text(arguments, 0) {
            "user" => facts::users_for(tx, &filter).await?,
            kind => facts::others_for(tx, kind, &filter, self.request.now).await?,
        };
        let mut found = Vec::new();
        for candidate in candidates {
            match filter.matches(&candidate) {
                Ok(true) => found.push(candidate),
                Ok(false) => {}
                Err(unknown) => return Ok(Err(Raised::Runtime(unknown.0))),
            }
        }
        order(&mut found, arguments.get(2));
        let total = found.len();
        found.truncate(HANDED_OVER);
        let mut items = Vec::new();
        for one in found {
            if one["$object"] == "invitation" {
                self.known.tokens.extend(one["pk"].as_str().map(str::to_owned));
            }
            items.push(facts::complete(tx, one).await?);
        }
        Ok(Ok(json!({ "total": total, "items": items })))
    }

    /// The first user; none where a field does not exist.
    async fn user_by(&mut self, tx: &mut Tx, arguments: &[Value]) -> Result<Answer> {
        let filter = Filter::read(&json!([[true, arguments.first()]]));
        for candidate in facts::users_for(tx, &filter).await? {
            match filter.matches(&candidate) {
                Ok(true) => return Ok(Ok(facts::complete(tx, candidate).await?)),
                Ok(false) => {}
                Err(_) => break,
            }
        }
        Ok(Ok(Value::Null))
    }

    /// Runs another policy on what this one made of the context. What the other changes stays with it.
    async fn call_policy(&mut self, tx: &mut Tx, arguments: &[Value]) -> Result<Answer> {
        let name = text(arguments, 0);
        let Some(deeper) = self.run.deeper() else {
            return Ok(Err(Raised::Runtime("policies call each other too often".to_owned())));
        };
        let Some(policy) = policies::find_by_name(tx, name).await? else {
            return Ok(Err(Raised::Value(format!("Policy '{name}' not found."))));
        };
        let mut request = self.request.clone();
        request.context = mapping(arguments, 2);
        request.context.extend(mapping(arguments, 1));
        let ran = deeper.policy(tx, &policy, &request).await?;
        self.events.extend(ran.events);
        let passing = matches!(ran.outcome, Outcome::Result(true));
        let mut messages: Vec<String> = ran.messages.iter().map(ToString::to_string).collect();
        if let Outcome::Failed { message, .. } = ran.outcome {
            messages.push(message.to_string());
        }
        Ok(Ok(json!({ "passing": passing, "messages": messages, "raw_result": ran.value })))
    }

    /// Notes an event: what was given with it, without secrets.
    fn note(&mut self, arguments: &[Value]) {
        let detail = self.clean(&Value::Object(mapping(arguments, 1)));
        self.events.push(Noted {
            action: Action::Custom,
            object_kind: self.name.to_owned(),
            object_name: format!("custom_{}", self.known.masked(text(arguments, 0))),
            detail,
        });
    }

    fn log(&self, arguments: &[Value]) {
        let (policy, said) = (self.name, self.known.masked(text(arguments, 1)));
        let facts = self.clean(&Value::Object(mapping(arguments, 2))).to_string();
        match text(arguments, 0) {
            "debug" => tracing::debug!(policy, facts, "{said}"),
            "info" => tracing::info!(policy, facts, "{said}"),
            "warning" => tracing::warn!(policy, facts, "{said}"),
            _ => tracing::error!(policy, facts, "{said}"),
        }
    }

    /// A value without passwords and tokens.
    fn clean(&self, value: &Value) -> Value {
        const SECRET: &[&str] = &["password", "secret", "token", "api_key"];
        match value {
            Value::String(text) => Value::from(self.known.masked(text)),
            Value::Array(items) => items.iter().map(|item| self.clean(item)).collect(),
            Value::Object(map) => {
                let one = |(key, value): (&String, &Value)| {
                    let is_secret = SECRET.iter().any(|word| key.to_lowercase().contains(word));
                    (key.clone(), if is_secret { Value::from("********") } else { self.clean(value) })
                };
                Value::Object(map.iter().map(one).collect())
            }
            other => other.clone(),
        }
    }
}

/// Sorts by the names of `order_by`; a minus turns the order around.
fn order(found: &mut [Value], names: Option<&Value>) {
    let names: Vec<&str> = names.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for name in names.iter().rev() {
        let field = name.trim_start_matches('-');
        found.sort_by_cached_key(|facts| match &facts[field] {
            Value::Object(instant) => instant.get("$datetime").map(ToString::to_string).unwrap_or_default(),
            other => other.as_str().map_or_else(|| other.to_string(), str::to_owned),
        });
        if name.starts_with('-') {
            found.reverse();
        }
    }
}
