//! Questions to the database: what `!Find` and `!FindObject` look for.

use super::model::attribute::Kind as Attribute;
use super::model::{self, Model, Record};
use super::node::{Kind, Node};
use super::problem::{Problems, quote};
use crate::domain::Mapping;
use crate::domain::validation::nearest;
use crate::store::{self, Tx};
use serde_json::Value;
use uuid::Uuid;

/// The first object of a model for which all conditions hold.
#[derive(Debug, Clone)]
pub struct Lookup {
    model: &'static str,
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

/// How Django's look-ups compare, by the last part of a field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Exact,
    IExact,
    Contains,
    IContains,
    StartsWith,
    IStartsWith,
    EndsWith,
    IEndsWith,
    In,
    IsNull,
}

const TESTS: [(&str, Test); 10] = [
    ("exact", Test::Exact),
    ("iexact", Test::IExact),
    ("contains", Test::Contains),
    ("icontains", Test::IContains),
    ("startswith", Test::StartsWith),
    ("istartswith", Test::IStartsWith),
    ("endswith", Test::EndsWith),
    ("iendswith", Test::IEndsWith),
    ("in", Test::In),
    ("isnull", Test::IsNull),
];

impl Lookup {
    /// Reads what stands below the tag, which has lost its own tags: a model, then pairs of field and value.
    pub fn read(place: &Node, items: &[Node]) -> Result<Self, Problems> {
        let Some((name, conditions)) = items.split_first() else {
            return Err(place.problem("A look-up needs a model and conditions `[field, value]`.").into());
        };
        let wrong =
            || format!("A look-up begins with a model, such as `authentik_flows.flow`, not {}.", name.describe());
        let text = name.as_text().ok_or_else(|| Problems::from(name.problem(wrong())))?;
        let model = model::find(text).map_err(|why| Problems::from(name.problem(why.message)))?;
        let mut problems = Problems::default();
        let mut lookup = Self { model: model.spec().name, conditions: Vec::new() };
        for node in conditions {
            match condition(model, node) {
                Ok(condition) => lookup.conditions.push(condition),
                Err(found) => problems.extend(found),
            }
        }
        problems.or(lookup)
    }

    /// What tells this question from others.
    pub fn text(&self) -> String {
        format!("{self:?}")
    }

    /// The object as JSON, with its key as `pk`.
    pub async fn answer(&self, tx: &mut Tx) -> store::Result<Option<Value>> {
        let Ok(model) = model::find(self.model) else { return Ok(None) };
        for record in self.candidates(model, tx).await? {
            let mut holds = true;
            for condition in &self.conditions {
                holds = holds && condition.holds(tx, model, &record).await?;
            }
            if holds {
                return Ok(Some(model::show(model, &record)));
            }
        }
        Ok(None)
    }

    async fn candidates(&self, model: &'static dyn Model, tx: &mut Tx) -> store::Result<Vec<Record>> {
        let mut values = Mapping::new();
        for condition in &self.conditions {
            let [field] = condition.path.as_slice() else { continue };
            match &condition.value {
                Value::String(key) if condition.test == Test::Exact && is_key(field) => {
                    let Ok(key) = Uuid::parse_str(key) else { return Ok(Vec::new()) };
                    return Ok(model.by_key(tx, key).await?.into_iter().collect());
                }
                value if condition.test == Test::Exact => drop(values.insert(field.clone(), value.clone())),
                _ => {}
            }
        }
        model.candidates(tx, &values).await
    }
}

fn is_key(field: &str) -> bool {
    matches!(field, "pk" | "id" | "uuid")
}

fn condition(model: &'static dyn Model, node: &Node) -> Result<Condition, Problems> {
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
    let test = path.last().and_then(|last| TESTS.iter().find(|(name, _)| name == last)).map(|(_, test)| *test);
    if test.is_some() && path.len() > 1 {
        path.pop();
    }
    let test = test.filter(|_| field.contains("__")).unwrap_or(Test::Exact);
    let kind = check_path(model, &path).map_err(|message| pair[0].problem(message))?;
    let raw = pair[1].to_json()?;
    let value = match kind {
        Some(kind) if test == Test::Exact => kind.read(&pair[1]).unwrap_or(raw),
        _ => raw,
    };
    Ok(Condition { path, test, value })
}

/// The kind of the attribute that a path leads to; nothing for keys and for what lies within mappings.
fn check_path(mut model: &'static dyn Model, path: &[String]) -> Result<Option<&'static Attribute>, String> {
    for (place, step) in path.iter().enumerate() {
        let rest = &path[place + 1..];
        if is_key(step) && rest.is_empty() {
            return Ok(None);
        }
        let attributes = model.spec().attributes;
        let Some(attribute) = attributes.iter().find(|attribute| attribute.name == *step) else {
            let near = nearest(step, attributes.iter().map(|attribute| attribute.name));
            let advice = near.map(|near| format!(" Did you mean {}?", quote(near))).unwrap_or_default();
            return Err(format!("{} has no field {} to look for.{advice}", model::subject(model), quote(step)));
        };
        match (&attribute.kind, attribute.kind.models()) {
            (Attribute::Secret(_) | Attribute::Password, _) => {
                return Err(format!("The field {} is secret: nothing is found by it.", quote(step)));
            }
            (kind, _) if rest.is_empty() => return Ok(Some(kind)),
            (Attribute::Mapping, _) => return Ok(None),
            (_, Some(models)) => model = model::find(models[0]).map_err(|why| why.message)?,
            _ => return Err(format!("The field {} leads no further, to {}.", quote(step), quote(&rest.join("__")))),
        }
    }
    Ok(None)
}

impl Condition {
    async fn holds(&self, tx: &mut Tx, model: &'static dyn Model, record: &Record) -> store::Result<bool> {
        let (mut model, mut record) = (model, record.clone());
        for (place, step) in self.path.iter().enumerate() {
            if is_key(step) {
                return Ok(self.compare(Some(&Value::from(record.key.to_string()))));
            }
            let value = record.values.get(step).cloned();
            let rest = &self.path[place + 1..];
            if rest.is_empty() {
                return Ok(self.compare(value.as_ref()));
            }
            match value {
                Some(Value::Object(map)) => return Ok(self.compare(within(&map, rest))),
                Some(Value::String(key)) => {
                    let Some((next, found)) = follow(tx, model, step, &key).await? else { return Ok(false) };
                    (model, record) = (next, found);
                }
                _ => return Ok(self.compare(None)),
            }
        }
        Ok(false)
    }

    fn compare(&self, found: Option<&Value>) -> bool {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let pair = || Some((text(found.filter(|found| !found.is_null())?), text(&self.value)));
        let texts = |test: fn(&str, &str) -> bool| pair().is_some_and(|(found, wanted)| test(&found, &wanted));
        let lower = |test: fn(&str, &str) -> bool| {
            pair().is_some_and(|(found, wanted)| test(&found.to_lowercase(), &wanted.to_lowercase()))
        };
        match self.test {
            Test::Exact => found.unwrap_or(&Value::Null) == &self.value,
            Test::IExact => lower(|found, wanted| found == wanted),
            Test::Contains => match found {
                Some(Value::Array(items)) => items.contains(&self.value),
                _ => texts(|found, wanted| found.contains(wanted)),
            },
            Test::IContains => lower(|found, wanted| found.contains(wanted)),
            Test::StartsWith => texts(|found, wanted| found.starts_with(wanted)),
            Test::IStartsWith => lower(|found, wanted| found.starts_with(wanted)),
            Test::EndsWith => texts(|found, wanted| found.ends_with(wanted)),
            Test::IEndsWith => lower(|found, wanted| found.ends_with(wanted)),
            Test::In => {
                matches!((&self.value, found), (Value::Array(items), Some(found)) if items.contains(found))
            }
            Test::IsNull => found.is_none_or(Value::is_null) == (self.value == Value::Bool(true)),
        }
    }
}

fn within<'v>(map: &'v Mapping, path: &[String]) -> Option<&'v Value> {
    let (first, rest) = path.split_first()?;
    match map.get(first)? {
        Value::Object(inner) if !rest.is_empty() => within(inner, rest),
        value => rest.is_empty().then_some(value),
    }
}

/// The object that a reference leads to, with its model.
async fn follow(
    tx: &mut Tx,
    model: &'static dyn Model,
    attribute: &str,
    key: &str,
) -> store::Result<Option<(&'static dyn Model, Record)>> {
    let models = model.spec().attributes.iter().find(|known| known.name == attribute).and_then(|it| it.kind.models());
    let Ok(key) = Uuid::parse_str(key) else { return Ok(None) };
    for name in models.unwrap_or_default() {
        let Ok(model) = model::find(name) else { continue };
        if let Some(record) = model.by_key(tx, key).await? {
            return Ok(Some((model, record)));
        }
    }
    Ok(None)
}
