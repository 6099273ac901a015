//! What all policies share: they differ only in name and attributes.

use super::{Model, Pending, Record, Save, Spec};
use crate::domain::Mapping;
use crate::domain::event::Act;
use crate::domain::id::PolicyId;
use crate::domain::policy::{Policy, PolicyModel};
use crate::store::{self, StoreError, Tx, policies};
use serde_json::Value;
use uuid::Uuid;

use super::fault::Fault;

/// The row of one kind of policy.
pub struct PolicyRow {
    /// Name and attributes.
    pub spec: &'static Spec,
    /// What the domain calls the kind.
    pub model: PolicyModel,
    /// What must hold between several attributes.
    pub rules: fn(&Mapping) -> Vec<Fault>,
}

fn record(policy: &Policy) -> Record {
    let mut values = policy.settings.clone();
    values.insert("name".to_owned(), Value::from(policy.name.clone()));
    values.insert("execution_logging".to_owned(), Value::from(policy.execution_logging));
    Record { key: policy.id.0, values }
}

impl PolicyRow {
    fn policy(&self, key: Uuid, values: &Mapping) -> store::Result<Policy> {
        let mut settings = values.clone();
        match (settings.remove("name"), settings.remove("execution_logging")) {
            (Some(Value::String(name)), Some(Value::Bool(execution_logging))) => {
                Ok(Policy { id: PolicyId(key), name, model: self.model, execution_logging, settings })
            }
            _ => Err(StoreError::corrupt(self.spec.name, "attributes of the wrong type")),
        }
    }

    fn own(&self, policy: Option<Policy>) -> Option<Record> {
        policy.filter(|policy| policy.model == self.model).as_ref().map(record)
    }
}

impl Model for PolicyRow {
    fn spec(&self) -> &'static Spec {
        self.spec
    }

    fn check(&self, values: &Mapping, _before: Option<&Record>) -> Vec<Fault> {
        (self.rules)(values)
    }

    fn by_key<'a>(&'a self, tx: &'a mut Tx, key: Uuid) -> Pending<'a, Option<Record>> {
        Box::pin(async move { Ok(self.own(policies::find(tx, PolicyId(key)).await?)) })
    }

    fn by_name<'a>(&'a self, tx: &'a mut Tx, name: &'a str) -> Pending<'a, Option<Record>> {
        Box::pin(async move { Ok(self.own(policies::find_by_name(tx, name).await?)) })
    }

    fn list<'a>(&'a self, tx: &'a mut Tx) -> Pending<'a, Vec<Record>> {
        Box::pin(async move {
            Ok(policies::list(tx).await?.into_iter().filter_map(|policy| self.own(Some(policy))).collect())
        })
    }

    fn save<'a>(&'a self, tx: &'a mut Tx, save: Save<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let policy = self.policy(save.key, save.values)?;
            match save.before {
                None => policies::insert(tx, &policy, save.act).await,
                Some(_) => policies::update(tx, &policy, save.act).await,
            }
        })
    }

    fn delete<'a>(&'a self, tx: &'a mut Tx, record: &'a Record, act: &'a Act<'a>) -> Pending<'a, ()> {
        Box::pin(async move { policies::delete(tx, &self.policy(record.key, &record.values)?, act).await })
    }
}
