//! Takes key after key out of the file and gathers what is wrong with each, so that all of it is told together.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_yaml::{Deserializer, Mapping, Value};

use super::line;
use crate::domain::text::printable;
use crate::domain::validation::nearest;

/// The keys that were not taken yet.
pub(super) struct Reader<'a> {
    text: &'a str,
    keys: Mapping,
    /// Every key that was asked for.
    known: Vec<&'static str>,
    /// The line of each fault, and what to say.
    faults: Vec<(usize, String)>,
}

impl<'a> Reader<'a> {
    /// The keys of a file.
    pub fn new(text: &'a str, keys: Mapping) -> Self {
        Self { text, keys, known: Vec::new(), faults: Vec::new() }
    }

    /// The file's text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|value| !value.is_null())
    }

    /// The value of a key, where it is there and right.
    pub fn take<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        self.known.push(key);
        self.keys.remove(key).filter(|value| !value.is_null())?;
        // Read from the text and not from the tree: `123` is a text where a text is wanted.
        match (Only { key, value: PhantomData }).deserialize(Deserializer::from_str(self.text)) {
            Ok(value) => value,
            Err(error) => {
                let place = error.location().map_or_else(|| line::of(self.text, &[key]), |place| place.line());
                let why = error.to_string();
                let why = why.split_once(" at line ").map_or(why.as_str(), |(why, _)| why);
                let why = why.strip_prefix(key).and_then(|why| why.strip_prefix(": ")).unwrap_or(why);
                self.fault(place, key, &explained(why));
                None
            }
        }
    }

    /// The same with a rule of its own.
    pub fn checked<T: DeserializeOwned, U>(
        &mut self,
        key: &'static str,
        check: impl FnOnce(T) -> Result<U, String>,
    ) -> Option<U> {
        let value = self.take(key)?;
        check(value).map_err(|why| self.fault(line::of(self.text, &[key]), key, &why)).ok()
    }

    /// The same with a rule that names a key within this one.
    pub fn checked_within<T: DeserializeOwned, U>(
        &mut self,
        key: &'static str,
        check: impl FnOnce(T) -> Result<U, (&'static str, String)>,
    ) -> Option<U> {
        let value = self.take(key)?;
        let named = |(inner, why): (&'static str, String)| {
            self.fault(line::of(self.text, &[key, inner]), &format!("{key}.{inner}"), &why);
        };
        check(value).map_err(named).ok()
    }

    fn fault(&mut self, line: usize, key: &str, why: &str) {
        self.faults.push((line, format!("line {line}: `{key}`: {why}")));
    }

    /// Everything that is wrong, in the order of the file: keys that nobody asked for, too.
    pub fn finish(mut self) -> Vec<String> {
        for key in self.keys.keys() {
            let name = match key {
                Value::String(name) => name.clone(),
                other => format!("{other:?}"),
            };
            let line = line::of(self.text, &[&name]);
            let near = nearest(&name, self.known.iter().copied());
            let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            self.faults.push((line, format!("line {line}: there is no key `{}`{hint}", printable(&name))));
        }
        self.faults.sort_by_key(|(line, _)| *line);
        self.faults.into_iter().map(|(_, fault)| fault).collect()
    }
}

/// The value of one key of a mapping, whatever is wrong with the others.
struct Only<T> {
    key: &'static str,
    value: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Only<T> {
    type Value = Option<T>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Only<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of keys to values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<T>, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<Value>()? {
            if key.as_str() == Some(self.key) {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// An error of the reader of YAML, with what may have been meant where it names what there is.
fn explained(error: &str) -> String {
    let names = quoted(error);
    match names.split_first() {
        Some((wrong, known)) if error.contains("unknown ") => {
            let near = nearest(wrong, known.iter().copied());
            near.map_or_else(|| error.to_owned(), |near| format!("{error}: did you mean `{near}`?"))
        }
        _ => error.to_owned(),
    }
}

/// What stands in backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}
