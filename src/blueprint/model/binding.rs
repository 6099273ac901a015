//! `authentik_flows.flowstagebinding`: a stage's place in a flow.

use super::attribute::{Attribute, Default, Kind, optional, required};
use super::fault::Fault;
use super::values::{from_values, to_values};
use super::{Model, Pending, Record, STAGES, Save, Spec};
use crate::domain::Mapping;
use crate::domain::event::Act;
use crate::domain::flow::{InvalidResponseAction, PolicyEngineMode, StageBinding};
use crate::domain::id::BindingId;
use crate::store::{self, Tx, flows, stages};
use serde_json::Value;
use uuid::Uuid;

/// Full name.
pub const NAME: &str = "authentik_flows.flowstagebinding";

const ATTRIBUTES: &[Attribute] = &[
    required("target", Kind::Reference(&[super::flow::NAME])),
    required("stage", Kind::Reference(STAGES)),
    required("order", Kind::Integer),
    optional("evaluate_on_plan", Kind::Bool, Default::Bool(false)),
    optional("re_evaluate_policies", Kind::Bool, Default::Bool(true)),
    optional("policy_engine_mode", Kind::Choice(PolicyEngineMode::NAMES), Default::Text("any")),
    optional("invalid_response_action", Kind::Choice(InvalidResponseAction::NAMES), Default::Text("retry")),
];

static SPEC: Spec = Spec { name: NAME, noun: "a stage binding", unique: None, attributes: ATTRIBUTES };

/// The row of the table.
pub struct Bindings;

fn record(binding: &StageBinding) -> store::Result<Record> {
    Ok(Record { key: binding.id.0, values: to_values(NAME, binding)? })
}

impl Model for Bindings {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn check(&self, values: &Mapping, _before: Option<&Record>) -> Vec<Fault> {
        let is_off = |name: &str| values.get(name).and_then(Value::as_bool) == Some(false);
        if is_off("evaluate_on_plan") && is_off("re_evaluate_policies") {
            let message = "Either `evaluate_on_plan` or `re_evaluate_policies` has to be on.";
            return vec![Fault::between("re_evaluate_policies", &["evaluate_on_plan"], message)];
        }
        Vec::new()
    }

    fn by_key<'a>(&'a self, tx: &'a mut Tx, key: Uuid) -> Pending<'a, Option<Record>> {
        Box::pin(async move { flows::find_binding(tx, BindingId(key)).await?.as_ref().map(record).transpose() })
    }

    fn by_name<'a>(&'a self, _tx: &'a mut Tx, _name: &'a str) -> Pending<'a, Option<Record>> {
        Box::pin(async { Ok(None) })
    }

    fn list<'a>(&'a self, tx: &'a mut Tx) -> Pending<'a, Vec<Record>> {
        Box::pin(async move {
            let mut found = Vec::new();
            for flow in flows::list(tx).await? {
                found.extend(flows::bindings(tx, flow.id).await?);
            }
            found.iter().map(record).collect()
        })
    }

    fn save<'a>(&'a self, tx: &'a mut Tx, save: Save<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let binding: StageBinding = from_values(NAME, save.key, save.values)?;
            match save.before {
                None => flows::insert_binding(tx, &binding, save.act).await,
                Some(_) => flows::update_binding(tx, &binding, save.act).await,
            }
        })
    }

    fn delete<'a>(&'a self, tx: &'a mut Tx, record: &'a Record, act: &'a Act<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let binding: StageBinding = from_values(NAME, record.key, &record.values)?;
            flows::delete_binding(tx, &binding, act).await
        })
    }

    fn title<'a>(&'a self, tx: &'a mut Tx, values: &'a Mapping) -> Pending<'a, String> {
        Box::pin(async move {
            let binding: StageBinding = from_values(NAME, Uuid::nil(), values)?;
            let flow = flows::find(tx, binding.target).await?.map(|flow| flow.slug.to_string());
            let stage = stages::find(tx, binding.stage).await?.map(|stage| stage.name);
            Ok(format!("{} #{} {}", flow.unwrap_or_default(), binding.order, stage.unwrap_or_default()))
        })
    }
}
