//! The objects that there are, read once a model and kept up to date while a file is applied: finding one by whatever
//! attributes costs the same however many there are.

use super::model::attribute::contains;
use super::model::{self, Model, Record};
use crate::domain::Mapping;
use crate::store::{self, Tx};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// So many ways to look for a model's objects get an index; what goes beyond looks at each object.
const MOST_INDEXES: usize = 8;

/// What decides which of several objects is the first: its order, its name, its key.
type Rank = (i64, String, Uuid);

/// Where a value stands within an object.
type Path = Vec<String>;

/// The objects of the models that were asked for.
#[derive(Default)]
pub struct Known {
    models: HashMap<&'static str, Shelf>,
}

/// The objects of one model, in the order in which they are found.
#[derive(Default)]
pub struct Shelf {
    records: BTreeMap<Rank, Record>,
    ranks: HashMap<Uuid, Rank>,
    /// By where one looks, by what stands there.
    indexes: HashMap<Vec<Path>, HashMap<String, BTreeSet<Rank>>>,
}

impl Known {
    /// All objects of a model.
    pub async fn shelf(&mut self, tx: &mut Tx, model: &dyn Model) -> store::Result<&mut Shelf> {
        let name = model.spec().name;
        if !self.models.contains_key(name) {
            let mut objects = Shelf::default();
            for record in model.list(tx).await? {
                objects.add(model, record);
            }
            self.models.insert(name, objects);
        }
        Ok(self.models.entry(name).or_default())
    }

    /// Notes that an object was written.
    pub async fn saved(&mut self, tx: &mut Tx, model: &dyn Model, key: Uuid) -> store::Result<()> {
        let name = model.spec().name;
        // Who is in which group stands at both.
        match name {
            model::USER => drop(self.models.remove(model::GROUP)),
            model::GROUP => drop(self.models.remove(model::USER)),
            _ => {}
        }
        let Some(objects) = self.models.get_mut(name) else { return Ok(()) };
        objects.remove(key);
        if let Some(record) = model.by_key(tx, key).await? {
            objects.add(model, record);
        }
        Ok(())
    }

    /// Notes that an object is gone, and perhaps others with it or out of it.
    pub fn deleted(&mut self, model: &dyn Model, key: Uuid) {
        let name = model.spec().name;
        self.models.retain(|kept, _| *kept == name && name != model::GROUP);
        if let Some(objects) = self.models.get_mut(name) {
            objects.remove(key);
        }
    }
}

impl Shelf {
    fn add(&mut self, model: &dyn Model, record: Record) {
        let name = model.spec().unique.and_then(|unique| record.values.get(unique)).and_then(Value::as_str);
        let order = record.values.get("order").and_then(Value::as_i64).unwrap_or_default();
        let rank = (order, name.unwrap_or_default().to_owned(), record.key);
        for (paths, index) in &mut self.indexes {
            index.entry(stands(&record.values, paths)).or_default().insert(rank.clone());
        }
        self.ranks.insert(record.key, rank.clone());
        self.records.insert(rank, record);
    }

    fn remove(&mut self, key: Uuid) {
        let Some(rank) = self.ranks.remove(&key) else { return };
        let Some(record) = self.records.remove(&rank) else { return };
        for (paths, index) in &mut self.indexes {
            if let Some(ranks) = index.get_mut(&stands(&record.values, paths)) {
                ranks.remove(&rank);
            }
        }
    }

    /// Every object that may have these attributes, the first one first: of lists that are sets only so much is looked at.
    pub fn candidates<'s>(&'s mut self, wanted: &Mapping) -> Box<dyn Iterator<Item = &'s Record> + Send + 's> {
        let mut leaves = Vec::new();
        flatten(wanted, &mut Vec::new(), &mut leaves);
        let (paths, values): (Vec<Path>, Vec<&Value>) = leaves.into_iter().unzip();
        let is_indexed = self.indexes.contains_key(&paths);
        if paths.is_empty() || (!is_indexed && self.indexes.len() >= MOST_INDEXES) {
            return Box::new(self.records.values());
        }
        if !is_indexed {
            let mut index: HashMap<String, BTreeSet<Rank>> = HashMap::new();
            for (rank, record) in &self.records {
                index.entry(stands(&record.values, &paths)).or_default().insert(rank.clone());
            }
            self.indexes.insert(paths.clone(), index);
        }
        let sought = text(values.into_iter());
        let found = self.indexes.get(&paths).and_then(|index| index.get(&sought));
        let records = &self.records;
        Box::new(found.into_iter().flatten().filter_map(|rank| records.get(rank)))
    }

    /// The key of the first object that has these attributes.
    pub fn first(&mut self, model: &dyn Model, wanted: &Mapping) -> Option<Uuid> {
        self.candidates(wanted).find(|record| is_as(model, record, wanted)).map(|record| record.key)
    }
}

/// Whether an object has these attributes.
pub fn is_as(model: &dyn Model, record: &Record, wanted: &Mapping) -> bool {
    wanted.iter().all(|(name, value)| {
        let found = record.values.get(name);
        let known = model.spec().attributes.iter().find(|attribute| attribute.name == name);
        contains(found, value) || known.is_some_and(|known| known.is_same(found, value))
    })
}

/// What is wanted at which places. Lists are left out: some are sets.
fn flatten<'v>(wanted: &'v Mapping, path: &mut Path, leaves: &mut Vec<(Path, &'v Value)>) {
    for (name, value) in wanted {
        path.push(name.clone());
        match value {
            Value::Object(inner) => flatten(inner, path, leaves),
            Value::Array(_) => {}
            leaf => leaves.push((path.clone(), leaf)),
        }
        path.pop();
    }
}

/// What stands at these places, as one text.
fn stands(values: &Mapping, paths: &[Path]) -> String {
    let found = paths.iter().map(|path| {
        let mut steps = path.iter();
        let first = steps.next().and_then(|step| values.get(step));
        steps.fold(first, |value, step| value.and_then(|value| value.get(step))).unwrap_or(&Value::Null)
    });
    text(found)
}

fn text<'v>(values: impl Iterator<Item = &'v Value>) -> String {
    let mut text = String::new();
    for value in values {
        text.push_str(&value.to_string());
        text.push('\n');
    }
    text
}
