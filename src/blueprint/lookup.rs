//! Questions to the database: what `!Find` and `!FindObject` look for.

use super::known::Known;
use super::model::attribute::Kind as Attribute;
use super::model::{self, Family, Model, Record};
use super::node::{Kind, Node};
use super::predicate::Test;
use super::problem::{Problems, quote};
use crate::domain::Mapping;
use crate::domain::validation::nearest;
use crate::store::{self, Tx};
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use uuid::Uuid;

/// The first object of a model, or of a family of models, for which all conditions hold.
#[derive(Debug, Clone)]
pub struct Lookup {
    models: &'static [&'static str],
    conditions: Vec<Condition>,
}

/// One condition: where to look, how to compare, with what.
#[derive(Debug, Clone)]
struct Condition {
    /// An attribute, and from there through references and mappings.
    path: Vec<String>,
    test: Test,
    value: Value,
}

/// Why a look-up can't be asked.
#[derive(Debug)]
pub enum NoLookup {
    /// It is written wrongly.
    Wrong(Problems),
    /// Nothing is known here of what it looks for; the sentence says so.
    Unknown(Problems),
}

impl From<Problems> for NoLookup {
    fn from(problems: Problems) -> Self {
        Self::Wrong(problems)
    }
}

impl Lookup {
    /// Reads what stands below the tag, which has lost its own tags: a model, then pairs of field and value.
    pub fn read(place: &Node, items: &[Node]) -> Result<Self, NoLookup> {
        let Some((name, conditions)) = items.split_first() else {
            let message = "A look-up needs a model and conditions `[field, value]`.";
            return Err(Problems::from(place.problem(message)).into());
        };
        let wrong =
            || format!("A look-up begins with a model, such as `authentik_flows.flow`, not {}.", name.describe());
        let text = name.as_text().ok_or_else(|| Problems::from(name.problem(wrong())))?;
        let family = model::find_family(text).map_err(|why| {
            let (remedy, misspelt) = (why.remedy(), why.misspelt);
            let problems = Problems::from(name.problem(why.message).with(remedy));
            if misspelt { NoLookup::Wrong(problems) } else { NoLookup::Unknown(problems) }
        })?;
        let mut problems = Problems::default();
        let mut lookup = Self { models: family.models(), conditions: Vec::new() };
        for node in conditions {
            match condition(family, node) {
                Ok(condition) => lookup.conditions.push(condition),
                Err(found) => problems.extend(found),
            }
        }
        Ok(problems.or(lookup)?)
    }

    /// What tells this question from others.
    pub fn text(&self) -> String {
        format!("{self:?}")
    }

    /// The object as JSON, with its key as `pk`.
    pub async fn answer(&self, tx: &mut Tx, known: &mut Known) -> store::Result<Option<Value>> {
        for name in self.models {
            let Ok(model) = model::find(name) else { continue };
            if let Some(found) = self.first(model, tx, known).await? {
                return Ok(Some(model::show(model, &found)));
            }
        }
        Ok(None)
    }

    /// The first object of one model.
    async fn first(&self, model: &'static dyn Model, tx: &mut Tx, known: &mut Known) -> store::Result<Option<Record>> {
        let mut values = Mapping::new();
        for condition in self.conditions.iter().filter(|condition| condition.test == Test::Exact) {
            let [field] = condition.path.as_slice() else { continue };
            let is_unique = model.spec().unique == Some(field);
            match &condition.value {
                Value::String(key) if is_key(model, field) => {
                    let Ok(key) = Uuid::parse_str(key) else { return Ok(None) };
                    let found = model.by_key(tx, key).await?;
                    return self.first_of(model, found.iter(), tx).await;
                }
                Value::String(name) if is_unique => {
                    let found = model.by_name(tx, name).await?;
                    return self.first_of(model, found.iter(), tx).await;
                }
                Value::Array(_) | Value::Object(_) => {}
                _ if model.spec().attributes.iter().any(|one| one.name == *field && one.kind.is_list()) => {}
                value => drop(values.insert(field.clone(), value.clone())),
            }
        }
        let objects = known.shelf(tx, model).await?;
        self.first_of(model, objects.candidates(&values), tx).await
    }

    async fn first_of<'r>(
        &self,
        model: &'static dyn Model,
        records: impl Iterator<Item = &'r Record> + Send,
        tx: &mut Tx,
    ) -> store::Result<Option<Record>> {
        for record in records {
            let mut holds = true;
            for condition in &self.conditions {
                holds = holds && condition.holds(tx, model, record, &condition.path).await?;
            }
            if holds {
                return Ok(Some(record.clone()));
            }
        }
        Ok(None)
    }
}

fn is_key(model: &dyn Model, field: &str) -> bool {
    matches!(field, "pk" | "id" | "uuid") || model::is_key_of(model, field)
}

fn condition(family: Family, node: &Node) -> Result<Condition, Problems> {
    let pair = match &node.kind {
        Kind::List(pair) if node.tag.is_none() && pair.len() == 2 => pair,
        _ => {
            return Err(node
                .problem(format!("A condition is a list `[field, value]`, not {}.", node.describe()))
                .into());
        }
    };
    let Some(field) = pair[0].as_text() else {
        return Err(pair[0].problem(format!("A field is named by text, not {}.", pair[0].describe())).into());
    };
    let mut path: Vec<String> = field.split("__").map(str::to_owned).collect();
    let test = path.last().and_then(|last| Test::parse(last)).filter(|_| path.len() > 1);
    if test.is_some() {
        path.pop();
    }
    let test = test.unwrap_or(Test::Exact);
    let kind = check_path(family, &path).map_err(|message| pair[0].problem(message))?;
    let raw = pair[1].to_json()?;
    let value = match kind {
        Some(kind) if test.is_of_values() && !kind.is_list() => kind.read(&pair[1]).unwrap_or(raw),
        _ => raw,
    };
    test.check(&value).map_err(|message| pair[1].problem(message))?;
    Ok(Condition { path, test, value })
}

/// The kind of the attribute that a path leads to; nothing for keys and for what lies within mappings.
fn check_path(family: Family, path: &[String]) -> Result<Option<&'static Attribute>, String> {
    let mut family = family;
    for (place, step) in path.iter().enumerate() {
        let rest = &path[place + 1..];
        let model = family.first();
        if is_key(model, step) && rest.is_empty() {
            return Ok(None);
        }
        let Some(attribute) = family.attribute(step) else {
            let near = nearest(step, family.attributes().map(|attribute| attribute.name));
            let advice = near.map(|near| format!(" Did you mean {}?", quote(near))).unwrap_or_default();
            return Err(format!("{} has no field {} to look for.{advice}", family.subject(), quote(step)));
        };
        match (&attribute.kind, attribute.kind.models()) {
            (Attribute::Secret(_) | Attribute::Password, _) => {
                return Err(format!("The field {} is secret: nothing is found by it.", quote(step)));
            }
            (kind, _) if rest.is_empty() => return Ok(Some(kind)),
            (Attribute::Mapping, _) => return Ok(None),
            (_, Some(models)) => family = Family::of(models),
            _ => return Err(format!("The field {} leads no further, to {}.", quote(step), quote(&rest.join("__")))),
        }
    }
    Ok(None)
}

impl Condition {
    /// Whether it holds for an object; of a list of objects it has to hold for one of them.
    fn holds<'a>(
        &'a self,
        tx: &'a mut Tx,
        model: &'static dyn Model,
        record: &'a Record,
        path: &'a [String],
    ) -> Pin<Box<dyn Future<Output = store::Result<bool>> + Send + 'a>> {
        Box::pin(async move {
            let Some((step, rest)) = path.split_first() else { return Ok(false) };
            if is_key(model, step) {
                return Ok(self.test.holds(Some(&Value::from(record.key.to_string())), &self.value));
            }
            let value = record.values.get(step);
            let attribute = model.spec().attributes.iter().find(|known| known.name == step);
            let models = attribute.and_then(|known| known.kind.models());
            match (models, value) {
                (Some(models), Some(Value::Array(keys))) => {
                    // Whatever is asked of nothing at all: only that there is nothing.
                    if keys.is_empty() {
                        return Ok(rest.is_empty() && self.test.holds(None, &self.value));
                    }
                    for key in keys {
                        if self.holds_of(tx, models, key, rest).await? {
                            return Ok(true);
                        }
                    }
                    Ok(false)
                }
                (Some(models), Some(key)) => self.holds_of(tx, models, key, rest).await,
                (_, Some(Value::Object(map))) if !rest.is_empty() => {
                    Ok(self.test.holds(within(map, rest), &self.value))
                }
                (_, value) if rest.is_empty() => Ok(self.test.holds(value, &self.value)),
                _ => Ok(self.test.holds(None, &self.value)),
            }
        })
    }

    /// Whether it holds for what a reference leads to.
    async fn holds_of(&self, tx: &mut Tx, models: &[&str], reference: &Value, rest: &[String]) -> store::Result<bool> {
        if rest.is_empty() {
            return Ok(self.test.holds(Some(reference), &self.value));
        }
        let Some(key) = reference.as_str().and_then(|key| Uuid::parse_str(key).ok()) else {
            return Ok(self.test.holds(None, &self.value));
        };
        for name in models {
            let Ok(model) = model::find(name) else { continue };
            if let Some(record) = model.by_key(tx, key).await? {
                return self.holds(tx, model, &record, rest).await;
            }
        }
        Ok(false)
    }
}

fn within<'v>(map: &'v Mapping, path: &[String]) -> Option<&'v Value> {
    let (first, rest) = path.split_first()?;
    match map.get(first)? {
        Value::Object(inner) if !rest.is_empty() => within(inner, rest),
        value => rest.is_empty().then_some(value),
    }
}
