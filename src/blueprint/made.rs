//! What the entries of a file so far may have made: by it can be told what must be new, and what may be there by then.

use super::document::Entry;
use super::model::Model;
use super::model::attribute::contains;
use super::problem::quote;
use super::wish::Wish;
use crate::domain::Mapping;
use std::collections::HashMap;
use uuid::Uuid;

/// What the entries so far asked for.
#[derive(Debug, Default)]
pub struct Made {
    all: HashMap<&'static str, Vec<(Option<Uuid>, Mapping)>>,
}

impl Made {
    /// Notes what an entry asks for.
    pub fn add(&mut self, wish: &Wish) {
        self.all.entry(wish.model.spec().name).or_default().push((wish.pk, wish.given.clone()));
    }

    /// Whether one of the entries so far may have made the object that this one is about.
    pub fn may_have(&self, wish: &Wish) -> bool {
        let is_it = |(pk, given): &(Option<Uuid>, Mapping)| {
            (wish.pk.is_some() && *pk == wish.pk)
                || (!wish.identifiers.is_empty()
                    && wish.identifiers.iter().all(|(name, value)| contains(given.get(name), value)))
        };
        self.all.get(wish.model.spec().name).is_some_and(|all| all.iter().any(is_it))
    }
}

/// The attributes that a new object lacks.
pub fn lacking(model: &dyn Model, given: &Mapping) -> Vec<&'static str> {
    let attributes = model.spec().attributes.iter();
    let lacks = attributes.filter(|attribute| attribute.is_required() && !given.contains_key(attribute.name));
    lacks.map(|attribute| attribute.name).collect()
}

/// What is said where a new object lacks an attribute.
pub fn sentence(entry: &Entry, model: &dyn Model, attribute: &str) -> String {
    let noun = model.spec().noun.split_once(' ').map_or("object", |(_, noun)| noun);
    let asked = entry.attrs.iter().find(|(key, _)| key.text == attribute).and_then(|(_, node)| node.context_key());
    let how = asked.map(|key| format!(": give the context key {} a value", quote(key))).unwrap_or_default();
    format!("A new {noun} needs {}{how}.", quote(attribute))
}
