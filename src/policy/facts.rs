//! Users, groups and invitations as expressions see them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::Request;
use super::filter::Filter;
use super::python::instant;
use crate::domain::Mapping;
use crate::domain::brand::Brand;
use crate::domain::flow::{Flow, StageBinding};
use crate::domain::group::Group;
use crate::domain::id::{FlowId, GroupId, InvitationId, UserId};
use crate::domain::invitation::{Invitation, Status};
use crate::domain::policy::Guarded;
use crate::domain::prompt::Prompt;
use crate::domain::user::{User, Username};
use crate::store::{self, Tx, flows, groups, invitations, membership, stages, users};

/// Anonymous: somebody who is not in the database.
pub(super) fn nobody() -> Value {
    json!({
        "$object": "user", "pk": null, "uuid": null, "uid": "", "username": "", "name": "", "email": "", "path": "",
        "type": "internal", "attributes": {}, "is_active": false, "is_superuser": false, "is_authenticated": false,
        "is_anonymous": true, "date_joined": null, "last_login": null, "_gl_usable": false, "$groups": [],
    })
}

/// A brand as `http_request.brand` shows it; where a host has none, what authentik would show.
pub(super) fn brand(brand: Option<&Brand>, host: &str) -> Value {
    let Some(brand) = brand else {
        return json!({ "domain": host, "default": true, "branding_title": "", "attributes": {} });
    };
    let mut facts = Value::Object(brand.settings.clone());
    for (key, missing) in [("branding_title", json!("")), ("attributes", json!({}))] {
        if facts.get(key).is_none() {
            facts[key] = missing;
        }
    }
    facts["domain"] = brand.domain.as_str().into();
    facts["default"] = brand.is_default.into();
    facts
}

/// A user without what other tables know.
fn bare(user: &User) -> Value {
    json!({
        "$object": "user", "pk": user.id, "uuid": user.id, "uid": user.id.0.simple().to_string(),
        "username": user.username, "name": user.name, "email": user.email, "path": user.path,
        "type": user.kind.as_str(), "attributes": user.attributes, "is_active": user.is_active,
        "is_superuser": false, "is_authenticated": true, "is_anonymous": false,
        "date_joined": instant(user.created_at), "last_login": user.last_login.map(instant),
        "_gl_usable": user.password.is_some(), "$groups": [], "groups": [],
    })
}

/// A user with groups.
pub(super) async fn user(tx: &mut Tx, user: &User) -> store::Result<Value> {
    let mut facts = bare(user);
    let direct = membership::groups_of(tx, user.id).await?;
    let mine: Vec<Value> =
        groups::all_of(tx, user.id).await?.iter().filter(|it| direct.contains(&it.id)).map(group).collect();
    facts["is_superuser"] = groups::is_superuser(tx, user.id).await?.into();
    facts["$groups"] = json!(direct);
    facts["groups"] = mine.into();
    Ok(facts)
}

/// A group.
pub(super) fn group(group: &Group) -> Value {
    json!({
        "$object": "group", "pk": group.id, "group_uuid": group.id, "name": group.name,
        "is_superuser": group.is_superuser, "attributes": group.attributes,
    })
}

fn reference(kind: &str, pk: Uuid) -> Value {
    json!({ "$object": kind, "pk": pk })
}

/// An invitation.
fn invitation(it: &Invitation, now: chrono::DateTime<chrono::Utc>) -> Value {
    let settings = &it.settings;
    json!({
        "$object": "invitation", "pk": it.id.token(), "invite_uuid": it.id.token(), "name": settings.name,
        "fixed_data": settings.fixed_data, "single_use": settings.single_use(),
        "expires": settings.expires.map(instant), "is_expired": it.status(now) == Status::Expired,
        "flow": settings.flow.map(|flow| reference("flow", flow.0)),
        "created_by": it.created_by.map(|user| reference("user", user.0)),
    })
}

/// What is guarded, as `request.obj` shows it: a flow, or the binding of a stage with both.
pub(super) async fn guarded(tx: &mut Tx, target: Guarded) -> store::Result<Option<Value>> {
    Ok(match target {
        Guarded::Flow(id) => flows::find(tx, id).await?.as_ref().map(flow),
        Guarded::Stage(id) => match flows::find_binding(tx, id).await? {
            Some(binding) => Some(stage_binding(tx, &binding).await?),
            None => None,
        },
    })
}

async fn stage_binding(tx: &mut Tx, binding: &StageBinding) -> store::Result<Value> {
    let target = flows::find(tx, binding.target).await?;
    let stage = stages::find(tx, binding.stage).await?;
    Ok(json!({
        "$object": "flow_stage_binding",
        "pk": binding.id,
        "order": binding.order,
        "evaluate_on_plan": binding.evaluate_on_plan,
        "re_evaluate_policies": binding.re_evaluate_policies,
        "policy_engine_mode": binding.policy_engine_mode.as_str(),
        "invalid_response_action": binding.invalid_response_action.as_str(),
        "target": target.as_ref().map(flow),
        "stage": stage.map(|stage| json!({ "$object": "stage", "pk": stage.id, "name": stage.name })),
    }))
}

/// A flow.
fn flow(flow: &Flow) -> Value {
    json!({
        "$object": "flow",
        "pk": flow.id,
        "flow_uuid": flow.id,
        "name": flow.name,
        "slug": flow.slug,
        "title": flow.title,
        "designation": flow.designation.as_str(),
        "authentication": flow.authentication.as_str(),
        "denied_action": flow.denied_action.as_str(),
        "policy_engine_mode": flow.policy_engine_mode.as_str(),
        "layout": flow.layout.as_str(),
        "background": flow.background,
    })
}

/// A prompt, as its own expressions see it.
pub(super) fn prompt(prompt: &Prompt) -> Value {
    json!({
        "$object": "prompt",
        "pk": prompt.id,
        "name": prompt.name,
        "field_key": prompt.field_key,
        "label": prompt.label,
        "type": prompt.kind.as_str(),
        "required": prompt.required,
        "order": prompt.order,
        "sub_text": prompt.sub_text,
        "placeholder": prompt.placeholder,
        "initial_value": prompt.initial_value,
        "placeholder_expression": prompt.placeholder_expression,
        "initial_value_expression": prompt.initial_value_expression,
    })
}

/// What was learnt of objects, by key, and which keys are tokens that no log may show.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Facts by key.
    pub(super) objects: BTreeMap<String, Value>,
    /// The tokens of invitations.
    pub(super) tokens: Vec<String>,
}

impl Known {
    /// Looks up every object that a context refers to, and what those refer to.
    pub(super) async fn of(tx: &mut Tx, request: &Request) -> store::Result<Self> {
        let now = request.now;
        let mut known = Self::default();
        let mut wanted = Vec::new();
        if let Some(unsaved) = &request.unsaved {
            let (pk, facts) = (unsaved.id.token(), invitation(unsaved, now));
            facts.as_object().into_iter().flat_map(Mapping::values).for_each(|value| references(value, &mut wanted));
            known.tokens.push(pk.clone());
            known.objects.insert(pk, facts);
        }
        request.context.values().for_each(|value| references(value, &mut wanted));
        while let Some((kind, pk)) = wanted.pop() {
            if known.objects.contains_key(&pk.to_string()) {
                continue;
            }
            let facts = match kind.as_str() {
                "user" => match users::find(tx, UserId(pk)).await? {
                    Some(found) => Some(user(tx, &found).await?),
                    None => None,
                },
                "group" => groups::find(tx, GroupId(pk)).await?.as_ref().map(group),
                "invitation" => {
                    known.tokens.push(pk.to_string());
                    let found = invitations::find(tx, InvitationId(pk)).await?;
                    found.map(|found| invitation(&found.invitation, now))
                }
                "flow" => flows::find(tx, FlowId(pk)).await?.as_ref().map(flow),
                _ => None,
            };
            if let Some(facts) = facts {
                facts
                    .as_object()
                    .into_iter()
                    .flat_map(Mapping::values)
                    .for_each(|value| references(value, &mut wanted));
                known.objects.insert(pk.to_string(), facts);
            }
        }
        Ok(known)
    }

    /// A text without tokens.
    pub(super) fn masked(&self, text: &str) -> String {
        self.tokens.iter().fold(text.to_owned(), |text, token| text.replace(token.as_str(), "(token)"))
    }
}

fn references(value: &Value, found: &mut Vec<(String, Uuid)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(map) => match (map.get("$object").and_then(Value::as_str), map.get("pk").and_then(Value::as_str))
        {
            (Some(kind), Some(pk)) => found.extend(Uuid::parse_str(pk).ok().map(|pk| (kind.to_owned(), pk))),
            _ => map.values().for_each(|value| references(value, found)),
        },
        _ => {}
    }
}

/// The users that may be what a filter looks for. A name, a key or an address narrows them before they are read.
pub(super) async fn users_for(tx: &mut Tx, filter: &Filter) -> store::Result<Vec<Value>> {
    let candidates: Vec<User> = if let Some(pk) = ["pk", "id", "uuid"].iter().find_map(|field| filter.text(field)) {
        match Uuid::parse_str(pk) {
            Ok(pk) => users::find(tx, UserId(pk)).await?.into_iter().collect(),
            Err(_) => Vec::new(),
        }
    } else if let Some(name) = filter.text("username") {
        match Username::parse(name) {
            Ok(name) => users::find_by_username(tx, &name).await?.map(|view| view.user).into_iter().collect(),
            Err(_) => Vec::new(),
        }
    } else if let Some(email) = filter.text("email") {
        users::with_email(tx, email).await?
    } else {
        users::list(tx).await?
    };
    if !filter.is_about(&["groups", "ak_groups", "is_superuser"]) {
        return Ok(candidates.iter().map(bare).collect());
    }
    let mut all = Vec::new();
    for one in &candidates {
        all.push(user(tx, one).await?);
    }
    Ok(all)
}

/// Fills in what other tables know of a user that was found.
pub(super) async fn complete(tx: &mut Tx, facts: Value) -> store::Result<Value> {
    let pk = facts.get("pk").and_then(Value::as_str).and_then(|pk| Uuid::parse_str(pk).ok());
    match pk {
        Some(pk) if facts["$object"] == "user" => match users::find(tx, UserId(pk)).await? {
            Some(found) => user(tx, &found).await,
            None => Ok(facts),
        },
        _ => Ok(facts),
    }
}

/// The groups or invitations that may be what a filter looks for.
pub(super) async fn others_for(
    tx: &mut Tx,
    kind: &str,
    filter: &Filter,
    now: chrono::DateTime<chrono::Utc>,
) -> store::Result<Vec<Value>> {
    if kind == "group" {
        return Ok(groups::list(tx).await?.iter().map(group).collect());
    }
    let by_key = ["pk", "id", "invite_uuid"].iter().find_map(|field| filter.text(field));
    let found = match (by_key.and_then(|pk| Uuid::parse_str(pk).ok()), filter.text("name")) {
        (Some(pk), _) => invitations::find(tx, InvitationId(pk)).await?,
        (None, Some(name)) => invitations::find_by_name(tx, name).await?,
        (None, None) => None,
    };
    Ok(found.iter().map(|found| invitation(&found.invitation, now)).collect())
}
