//! `authentik_stages_prompt.prompt`.

use super::attribute::{Attribute, Default, Kind, optional, required};
use super::values::{from_values, to_values};
use super::{Model, Pending, Record, Save, Spec};
use crate::domain::Mapping;
use crate::domain::event::Act;
use crate::domain::id::PromptId;
use crate::domain::prompt::{Prompt, PromptType};
use crate::store::{self, Tx, prompts};
use uuid::Uuid;

/// Full name.
pub const NAME: &str = "authentik_stages_prompt.prompt";

const ATTRIBUTES: &[Attribute] = &[
    required("name", Kind::Line(255)),
    required("field_key", Kind::Line(200)),
    required("label", Kind::Label(1000)),
    required("type", Kind::Choice(PromptType::NAMES)),
    optional("required", Kind::Bool, Default::Bool(true)),
    optional("placeholder", Kind::Lines(100_000), Default::Text("")),
    optional("initial_value", Kind::Lines(100_000), Default::Text("")),
    optional("order", Kind::Integer, Default::Int(0)),
    optional("sub_text", Kind::Lines(100_000), Default::Text("")),
    optional("placeholder_expression", Kind::Bool, Default::Bool(false)),
    optional("initial_value_expression", Kind::Bool, Default::Bool(false)),
];

static SPEC: Spec = Spec { name: NAME, noun: "a prompt", unique: Some("name"), attributes: ATTRIBUTES };

/// The row of the table.
pub struct Prompts;

/// The domain calls the type `kind`, since `type` is a word of the language.
fn read(key: Uuid, values: &Mapping) -> store::Result<Prompt> {
    let mut values = values.clone();
    if let Some(kind) = values.remove("type") {
        values.insert("kind".to_owned(), kind);
    }
    from_values(NAME, key, &values)
}

pub(super) fn record(prompt: &Prompt) -> store::Result<Record> {
    let mut values = to_values(NAME, prompt)?;
    if let Some(kind) = values.remove("kind") {
        values.insert("type".to_owned(), kind);
    }
    Ok(Record { key: prompt.id.0, values })
}

impl Model for Prompts {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn by_key<'a>(&'a self, tx: &'a mut Tx, key: Uuid) -> Pending<'a, Option<Record>> {
        Box::pin(async move { prompts::find(tx, PromptId(key)).await?.as_ref().map(record).transpose() })
    }

    fn by_name<'a>(&'a self, tx: &'a mut Tx, name: &'a str) -> Pending<'a, Option<Record>> {
        Box::pin(async move { prompts::find_by_name(tx, name).await?.as_ref().map(record).transpose() })
    }

    fn list<'a>(&'a self, tx: &'a mut Tx) -> Pending<'a, Vec<Record>> {
        Box::pin(async move { prompts::list(tx).await?.iter().map(record).collect() })
    }

    fn save<'a>(&'a self, tx: &'a mut Tx, save: Save<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let prompt = read(save.key, save.values)?;
            match save.before {
                None => prompts::insert(tx, &prompt, save.act).await,
                Some(_) => prompts::update(tx, &prompt, save.act).await,
            }
        })
    }

    fn delete<'a>(&'a self, tx: &'a mut Tx, record: &'a Record, act: &'a Act<'a>) -> Pending<'a, ()> {
        Box::pin(async move { prompts::delete(tx, &read(record.key, &record.values)?, act).await })
    }
}
