//! `authentik_policies.policybinding`: a policy, group or user before what it guards.

use super::attribute::{Attribute, Default, Kind, optional, required};
use super::fault::Fault;
use super::{FLOW, Model, POLICIES, Pending, Record, Save, Spec, binding, group, user};
use crate::domain::Mapping;
use crate::domain::event::Act;
use crate::domain::id::{BindingId, FlowId, GroupId, PolicyBindingId, PolicyId};
use crate::domain::policy::{Decider, Guarded, PolicyBinding};
use crate::store::{self, StoreError, Tx, flows, policies};
use serde::de::DeserializeOwned;
use serde_json::json;
use uuid::Uuid;

/// Full name.
pub const NAME: &str = "authentik_policies.policybinding";

const ATTRIBUTES: &[Attribute] = &[
    required("target", Kind::Reference(&[FLOW, binding::NAME])),
    optional("policy", Kind::MaybeReference(POLICIES), Default::Null),
    optional("group", Kind::MaybeReference(&[group::NAME]), Default::Null),
    optional("user", Kind::MaybeReference(&[user::NAME]), Default::Null),
    required("order", Kind::Integer),
    optional("negate", Kind::Bool, Default::Bool(false)),
    optional("enabled", Kind::Bool, Default::Bool(true)),
    optional("timeout", Kind::Unsigned, Default::Int(30)),
    optional("failure_result", Kind::Bool, Default::Bool(false)),
];

static SPEC: Spec = Spec { name: NAME, noun: "a policy binding", unique: None, attributes: ATTRIBUTES };

/// The row of the table.
pub struct PolicyBindings;

fn record(binding: &PolicyBinding) -> Record {
    let (Guarded::Flow(FlowId(target)) | Guarded::Stage(BindingId(target))) = binding.target;
    let (policy, group, user) = match binding.decider {
        Decider::Policy(policy) => (Some(policy.0), None, None),
        Decider::Group(group) => (None, Some(group.0), None),
        Decider::User(user) => (None, None, Some(user.0)),
    };
    let text = |key: Option<Uuid>| key.map(|key| key.to_string());
    let values = json!({
        "target": target.to_string(),
        "policy": text(policy),
        "group": text(group),
        "user": text(user),
        "order": binding.order,
        "negate": binding.negate,
        "enabled": binding.enabled,
        "timeout": binding.timeout,
        "failure_result": binding.failure_result,
    });
    Record { key: binding.id.0, values: values.as_object().cloned().unwrap_or_default() }
}

fn part<T: DeserializeOwned>(values: &Mapping, name: &str) -> store::Result<T> {
    serde_json::from_value(values.get(name).cloned().unwrap_or_default())
        .map_err(|error| StoreError::corrupt(NAME, error))
}

async fn read(tx: &mut Tx, key: Uuid, values: &Mapping) -> store::Result<PolicyBinding> {
    let target: Uuid = part(values, "target")?;
    let target = match flows::find(tx, FlowId(target)).await? {
        Some(flow) => Guarded::Flow(flow.id),
        None => Guarded::Stage(BindingId(target)),
    };
    let decider = match (part(values, "policy")?, part(values, "group")?, part(values, "user")?) {
        (Some(policy), ..) => Decider::Policy(PolicyId(policy)),
        (_, Some(group), _) => Decider::Group(GroupId(group)),
        (.., Some(user)) => Decider::User(user),
        (None, None, None) => return Err(StoreError::corrupt(NAME, "nobody decides")),
    };
    Ok(PolicyBinding {
        id: PolicyBindingId(key),
        target,
        decider,
        order: part(values, "order")?,
        negate: part(values, "negate")?,
        enabled: part(values, "enabled")?,
        timeout: part(values, "timeout")?,
        failure_result: part(values, "failure_result")?,
    })
}

/// Who may decide.
const DECIDERS: &[&str] = &["policy", "group", "user"];

impl Model for PolicyBindings {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn check(&self, values: &Mapping, _before: Option<&Record>) -> Vec<Fault> {
        let is_set = |name: &&&str| values.get(**name).is_some_and(|value| !value.is_null());
        let set: Vec<&'static str> = DECIDERS.iter().filter(is_set).copied().collect();
        match set.as_slice() {
            [_] => Vec::new(),
            [] => vec![Fault::between("policy", DECIDERS, "One of `policy`, `group` and `user` has to be set.")],
            [first, ..] => {
                vec![Fault::between(first, DECIDERS, "Only one of `policy`, `group` and `user` can be set.")]
            }
        }
    }

    fn by_key<'a>(&'a self, tx: &'a mut Tx, key: Uuid) -> Pending<'a, Option<Record>> {
        Box::pin(async move { Ok(policies::find_binding(tx, PolicyBindingId(key)).await?.as_ref().map(record)) })
    }

    fn by_name<'a>(&'a self, _tx: &'a mut Tx, _name: &'a str) -> Pending<'a, Option<Record>> {
        Box::pin(async { Ok(None) })
    }

    fn list<'a>(&'a self, tx: &'a mut Tx) -> Pending<'a, Vec<Record>> {
        Box::pin(async move { Ok(policies::list_bindings(tx).await?.iter().map(record).collect()) })
    }

    fn save<'a>(&'a self, tx: &'a mut Tx, save: Save<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let binding = read(tx, save.key, save.values).await?;
            match save.before {
                None => policies::insert_binding(tx, &binding, save.act).await,
                Some(_) => policies::update_binding(tx, &binding, save.act).await,
            }
        })
    }

    fn delete<'a>(&'a self, tx: &'a mut Tx, record: &'a Record, act: &'a Act<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let binding = read(tx, record.key, &record.values).await?;
            policies::delete_binding(tx, &binding, act).await
        })
    }

    fn title<'a>(&'a self, tx: &'a mut Tx, values: &'a Mapping) -> Pending<'a, String> {
        Box::pin(async move {
            if !self.check(values, None).is_empty() {
                return Ok(String::new());
            }
            let binding = read(tx, Uuid::nil(), values).await?;
            policies::binding_name(tx, &binding).await
        })
    }
}
