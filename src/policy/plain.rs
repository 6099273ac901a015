//! Policies that need neither Python nor a password. What they would need and is not here, they say; none of them
//! passes in silence.

use serde_json::Value;

use super::run::Outcome;
use super::{Request, Result};
use crate::domain::Mapping;
use crate::domain::event::Action;
use crate::domain::message::{Message, Sentence};
use crate::store::events::{self, Object};
use crate::store::{Tx, users};

type Answer = (Outcome, Vec<Message>);

fn integer(settings: &Mapping, name: &str, default: i64) -> i64 {
    settings.get(name).and_then(Value::as_i64).unwrap_or(default)
}

/// A fixed result, at once: authentik sleeps before.
pub(super) fn dummy(settings: &Mapping) -> Answer {
    (Outcome::Result(settings.get("result") == Some(&Value::Bool(true))), vec!["dummy".into()])
}

/// Compares the event of the context with the settings that are given. There is none within a flow.
pub(super) fn event_matcher(settings: &Mapping, request: &Request) -> Answer {
    let Some(event) = request.context.get("event").and_then(Value::as_object) else {
        return (Outcome::Result(false), vec![Sentence::NoEvent.into()]);
    };
    let differs = |name: &&str| {
        let wanted = settings.get(*name).and_then(Value::as_str).filter(|text| !text.is_empty());
        wanted.is_some_and(|wanted| event.get(*name).and_then(Value::as_str) != Some(wanted))
    };
    if settings.get("query").and_then(Value::as_str).is_some_and(|query| !query.is_empty()) {
        return (Outcome::failed(Sentence::NoEventQuery), Vec::new());
    }
    (Outcome::Result(!["action", "client_ip", "app", "model"].iter().any(differs)), Vec::new())
}

/// No sign-in is scored here, so everybody has the score 0; it passes where 0 is not above the threshold.
pub(super) fn reputation(settings: &Mapping) -> Answer {
    (Outcome::Result(0 <= integer(settings, "threshold", -5)), Vec::new())
}

/// Fails where the password is older than that many days. It is as old as the last time that an administrator set it,
/// or else as the account. Unlike authentik's this policy changes nothing, whatever `deny_only` says.
pub(super) async fn expiry(tx: &mut Tx, settings: &Mapping, request: &Request) -> Result<Answer> {
    let user = match request.user {
        Some(id) => users::find(tx, id).await?,
        None => None,
    };
    let Some(user) = user else {
        return Ok((Outcome::failed(Sentence::NobodyHere), Vec::new()));
    };
    let events = events::list_of(tx, Object("user", user.username.as_str()), 100).await?;
    let set = events.iter().find(|event| event.action == Action::PasswordSet).map(|event| event.at);
    let age = (request.now - set.unwrap_or(user.created_at)).num_days();
    let over = age - integer(settings, "days", 0);
    if over <= 0 {
        return Ok((Outcome::Result(true), Vec::new()));
    }
    Ok((Outcome::Result(false), vec![Sentence::PasswordExpired { days: over }.into()]))
}

/// There is no database of places here.
pub(super) fn geoip() -> Answer {
    (Outcome::failed(Sentence::NoPlaces), Vec::new())
}
