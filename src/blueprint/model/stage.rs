//! What all kinds of stages share: they differ only in name and attributes.

use super::fault::Fault;
use super::values::to_values;
use super::{Model, Pending, Record, Save, Spec};
use crate::domain::Mapping;
use crate::domain::event::Act;
use crate::domain::id::{GroupId, PolicyId, PromptId, StageId};
use crate::domain::stage::{OtherModel, OtherStage, Stage, StageKind};
use crate::store::{self, StoreError, Tx, stages};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

/// The row of one kind of stage.
pub struct StageModel {
    /// Name and attributes.
    pub spec: &'static Spec,
    /// What the domain calls the kind; `other` for those that are kept and not executed here.
    pub kind: &'static str,
    /// What must hold between several attributes.
    pub rules: fn(&Mapping) -> Vec<Fault>,
}

/// For kinds whose attributes don't depend on each other.
pub fn no_rules(_values: &Mapping) -> Vec<Fault> {
    Vec::new()
}

/// The attributes of a stage, those included that the domain keeps beside its settings.
pub(super) fn record(stage: &Stage) -> store::Result<Record> {
    let mut values = match &stage.kind {
        StageKind::Other(other) => other.settings.clone(),
        kind => to_values(kind.model(), kind)?,
    };
    values.remove("kind");
    values.insert("name".to_owned(), Value::String(stage.name.clone()));
    match &stage.kind {
        StageKind::Prompt(prompt) => {
            let fields = prompt.fields.iter().map(|field| Value::String(field.0.to_string())).collect();
            values.insert("fields".to_owned(), Value::Array(fields));
            let policies =
                prompt.validation_policies.iter().map(|policy| Value::String(policy.0.to_string())).collect();
            values.insert("validation_policies".to_owned(), Value::Array(policies));
        }
        StageKind::UserWrite(write) => {
            let group = write.create_users_group.map_or(Value::Null, |group| Value::String(group.0.to_string()));
            values.insert("create_users_group".to_owned(), group);
        }
        StageKind::Invitation(_) | StageKind::UserLogin(_) | StageKind::Other(_) => {}
    }
    Ok(Record { key: stage.id.0, values })
}

impl StageModel {
    /// Those stages that are of this kind.
    fn own(&self, stages: &[Stage]) -> store::Result<Vec<Record>> {
        stages.iter().filter(|stage| stage.kind.model() == self.spec.name).map(record).collect()
    }

    fn stage(&self, key: Uuid, values: &Mapping) -> store::Result<Stage> {
        let mut settings = values.clone();
        let mut kind: StageKind = if let Some(model) = OtherModel::parse(self.spec.name) {
            settings.remove("name");
            StageKind::Other(OtherStage { model, settings })
        } else {
            settings.insert("kind".to_owned(), Value::from(self.kind));
            self.part(Value::Object(settings))?
        };
        match &mut kind {
            StageKind::Prompt(prompt) => {
                prompt.fields = self.attribute::<Vec<PromptId>>(values, "fields")?;
                prompt.validation_policies = self.attribute::<Vec<PolicyId>>(values, "validation_policies")?;
            }
            StageKind::UserWrite(write) => {
                write.create_users_group = self.attribute::<Option<GroupId>>(values, "create_users_group")?;
            }
            StageKind::Invitation(_) | StageKind::UserLogin(_) | StageKind::Other(_) => {}
        }
        Ok(Stage { id: StageId(key), name: self.attribute(values, "name")?, kind })
    }

    fn attribute<T: DeserializeOwned>(&self, values: &Mapping, name: &str) -> store::Result<T> {
        self.part(values.get(name).cloned().unwrap_or_default())
    }

    fn part<T: DeserializeOwned>(&self, value: Value) -> store::Result<T> {
        serde_json::from_value(value).map_err(|error| StoreError::corrupt(self.spec.name, error))
    }
}

impl Model for StageModel {
    fn spec(&self) -> &'static Spec {
        self.spec
    }

    fn check(&self, values: &Mapping, _before: Option<&Record>) -> Vec<Fault> {
        (self.rules)(values)
    }

    fn by_key<'a>(&'a self, tx: &'a mut Tx, key: Uuid) -> Pending<'a, Option<Record>> {
        Box::pin(async move { self.own(stages::find(tx, StageId(key)).await?.as_slice()).map(|mut own| own.pop()) })
    }

    fn by_name<'a>(&'a self, tx: &'a mut Tx, name: &'a str) -> Pending<'a, Option<Record>> {
        Box::pin(async move { self.own(stages::find_by_name(tx, name).await?.as_slice()).map(|mut own| own.pop()) })
    }

    fn list<'a>(&'a self, tx: &'a mut Tx) -> Pending<'a, Vec<Record>> {
        Box::pin(async move { self.own(&stages::list(tx).await?) })
    }

    fn save<'a>(&'a self, tx: &'a mut Tx, save: Save<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let stage = self.stage(save.key, save.values)?;
            match save.before {
                None => stages::insert(tx, &stage, save.act).await,
                Some(_) => stages::update(tx, &stage, save.act).await,
            }
        })
    }

    fn delete<'a>(&'a self, tx: &'a mut Tx, record: &'a Record, act: &'a Act<'a>) -> Pending<'a, ()> {
        Box::pin(async move { stages::delete(tx, &self.stage(record.key, &record.values)?, act).await })
    }
}
