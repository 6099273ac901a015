//! `authentik_flows.flow`.

use super::attribute::{Attribute, Default, Kind, optional, required};
use super::values::{from_values, to_values};
use super::{Model, Pending, Record, Save, Spec};
use crate::domain::event::Act;
use crate::domain::flow::{Authentication, DeniedAction, Designation, Flow, Layout, PolicyEngineMode};
use crate::domain::id::FlowId;
use crate::store::{self, Tx, flows};
use uuid::Uuid;

/// Full name.
pub const NAME: &str = "authentik_flows.flow";

const ATTRIBUTES: &[Attribute] = &[
    required("name", Kind::Line(255)),
    required("slug", Kind::Slug),
    required("title", Kind::Line(1000)),
    required("designation", Kind::Choice(Designation::NAMES)),
    optional("authentication", Kind::Choice(Authentication::NAMES), Default::Text("none")),
    optional("denied_action", Kind::Choice(DeniedAction::NAMES), Default::Text("message_continue")),
    optional("policy_engine_mode", Kind::Choice(PolicyEngineMode::NAMES), Default::Text("any")),
    optional("layout", Kind::Choice(Layout::NAMES), Default::Text("stacked")),
    optional("compatibility_mode", Kind::Bool, Default::Bool(false)),
    optional("background", Kind::Blank(1000), Default::Text("")),
];

static SPEC: Spec = Spec { name: NAME, noun: "a flow", unique: Some("slug"), attributes: ATTRIBUTES };

/// The row of the table.
pub struct Flows;

fn record(flow: &Flow) -> store::Result<Record> {
    Ok(Record { key: flow.id.0, values: to_values(NAME, flow)? })
}

impl Model for Flows {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn by_key<'a>(&'a self, tx: &'a mut Tx, key: Uuid) -> Pending<'a, Option<Record>> {
        Box::pin(async move { flows::find(tx, FlowId(key)).await?.as_ref().map(record).transpose() })
    }

    fn by_name<'a>(&'a self, tx: &'a mut Tx, name: &'a str) -> Pending<'a, Option<Record>> {
        Box::pin(async move { flows::find_by_slug(tx, name).await?.as_ref().map(record).transpose() })
    }

    fn list<'a>(&'a self, tx: &'a mut Tx) -> Pending<'a, Vec<Record>> {
        Box::pin(async move { flows::list(tx).await?.iter().map(record).collect() })
    }

    fn save<'a>(&'a self, tx: &'a mut Tx, save: Save<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let flow: Flow = from_values(NAME, save.key, save.values)?;
            match save.before {
                None => flows::insert(tx, &flow, save.act).await,
                Some(_) => flows::update(tx, &flow, save.act).await,
            }
        })
    }

    fn delete<'a>(&'a self, tx: &'a mut Tx, record: &'a Record, act: &'a Act<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let flow: Flow = from_values(NAME, record.key, &record.values)?;
            flows::delete(tx, &flow, act).await
        })
    }
}
