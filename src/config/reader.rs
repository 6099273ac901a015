//! Takes key after key out of the file and gathers what is wrong with each, so that all of it is told together.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_yaml::{Deserializer, Mapping, Value};

use super::line::Outline;
use crate::domain::text::printable;
use crate::domain::validation::nearest;

/// What kind of value a key has.
#[derive(Clone, Copy)]
enum Shape {
    /// A mapping.
    Map,
    /// A list.
    List,
    /// `true` or `false`.
    Truth,
    /// One text or number.
    Word,
}

impl Shape {
    fn is_of(self, value: &Value) -> bool {
        match self {
            Self::Map => value.is_mapping(),
            Self::List => value.is_sequence(),
            Self::Truth => value.is_bool(),
            // What else is read as YAML may be meant as a text: `off`, `5`.
            Self::Word => value.is_string() || value.is_number() || value.is_bool(),
        }
    }
}

/// What kind of value a key has, and how to write it. Keys that are not here take more than one kind.
const SHAPES: &[(&str, Shape, &str)] = &[
    ("keys", Shape::Map, "write actions with their keys, such as {edit: E}"),
    ("columns", Shape::Map, "write panes with their columns, such as {users: [name, email]}"),
    ("mail", Shape::Map, "write {host: mail.example.com, from: guests@example.com}, or {transport: off}"),
    ("password_hashing", Shape::Map, "write numbers such as {memory_kib: 19456, iterations: 2, parallelism: 1}"),
    ("trusted_proxies", Shape::List, "write a list of addresses, such as [10.0.0.1]"),
    ("mouse", Shape::Truth, "write `true` or `false`"),
    ("read_only", Shape::Truth, "write `true` or `false`"),
    ("theme", Shape::Word, "write `auto`, `dark`, `light` or `mono`"),
    ("clipboard", Shape::Word, "write `auto`, `osc52`, `native`, `tmux` or `off`"),
    ("database", Shape::Word, "write one address"),
    ("public_url", Shape::Word, "write one address"),
    ("listen", Shape::Word, "write one address with its port"),
    ("as", Shape::Word, "write one name"),
    ("read_only_group", Shape::Word, "write one name"),
    ("blueprints", Shape::Word, "write the path of one folder"),
    ("log", Shape::Word, "write one level, such as `info`"),
    ("log_file", Shape::Word, "write the path of one file"),
];

/// What is wrong within the value of a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Within {
    /// The keys from there to it.
    pub path: Vec<String>,
    /// What, and what would be right.
    pub why: String,
}

impl Within {
    /// Something that is wrong with one key.
    pub fn of(key: impl Into<String>, why: impl Into<String>) -> Self {
        Self { path: vec![key.into()], why: why.into() }
    }
}

/// The keys that were not taken yet.
pub(super) struct Reader<'a> {
    text: &'a str,
    outline: &'a Outline,
    keys: Mapping,
    /// Every key that was asked for.
    known: Vec<&'static str>,
    /// The line of each fault, and what to say.
    faults: Vec<(usize, String)>,
}

impl<'a> Reader<'a> {
    /// The keys of a file.
    pub fn new(text: &'a str, outline: &'a Outline, keys: Mapping) -> Self {
        Self { text, outline, keys, known: Vec::new(), faults: Vec::new() }
    }

    /// The line of a key.
    pub fn line(&self, path: &[&str]) -> usize {
        self.outline.line(path)
    }

    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|value| !value.is_null())
    }

    /// The value of a key, where it is there and right.
    pub fn take<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        self.known.push(key);
        let value = self.keys.remove(key).filter(|value| !value.is_null())?;
        if let Some((_, _, right)) = SHAPES.iter().find(|(name, shape, _)| *name == key && !shape.is_of(&value)) {
            self.wrong(&[key], right);
            return None;
        }
        // Read from the text and not from the tree: `123` is a text where a text is wanted.
        match (Only { key, value: PhantomData }).deserialize(Deserializer::from_str(self.text)) {
            Ok(value) => value,
            Err(error) => {
                let mut each = value.as_mapping().map(each_wrong::<T>).unwrap_or_default();
                if each.is_empty() {
                    each.push(told(&error.to_string()));
                }
                let place = error.location().map_or(0, |place| place.line());
                for (path, why) in each {
                    let mut path: Vec<&str> = path.iter().map(String::as_str).collect();
                    if path.first() != Some(&key) {
                        path.insert(0, key);
                    }
                    let line = Some(self.line(&path)).filter(|line| *line > 0);
                    self.fault(line.unwrap_or(place), &path, &why);
                }
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
        check(value).map_err(|why| self.wrong(&[key], &why)).ok()
    }

    /// The same with a rule that names keys within this one.
    pub fn checked_within<T: DeserializeOwned, U>(
        &mut self,
        key: &'static str,
        check: impl FnOnce(T) -> Result<U, Vec<Within>>,
    ) -> Option<U> {
        let value = self.take(key)?;
        let named = |faults: Vec<Within>| {
            for fault in faults {
                let path: Vec<&str> = std::iter::once(key).chain(fault.path.iter().map(String::as_str)).collect();
                self.wrong(&path, &fault.why);
            }
        };
        check(value).map_err(named).ok()
    }

    /// Notes what is wrong with a key.
    pub fn wrong(&mut self, path: &[&str], why: &str) {
        self.fault(self.line(path), path, why);
    }

    fn fault(&mut self, line: usize, path: &[&str], why: &str) {
        // An element has a line, and no name that anybody wrote.
        let names: Vec<_> = path.iter().filter(|name| !name.starts_with('[')).map(|name| printable(name)).collect();
        self.faults.push((line, format!("line {line}: `{}`: {why}", names.join("."))));
    }

    /// Everything that is wrong, with its line: keys that nobody asked for, too.
    pub fn finish(mut self) -> Vec<(usize, String)> {
        for key in self.keys.keys() {
            let name = match key {
                Value::String(name) => name.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(truth) => truth.to_string(),
                _ => "?".to_owned(),
            };
            let line = self.outline.line(&[&name]);
            let near = nearest(&name, self.known.iter().copied());
            let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            self.faults.push((line, format!("line {line}: there is no key `{}`{hint}", printable(&name))));
        }
        self.faults
    }
}

/// What is wrong with each key of a mapping: the reader of YAML stops at the first one.
fn each_wrong<T: DeserializeOwned>(mapping: &Mapping) -> Vec<(Vec<String>, String)> {
    let wrong = |(key, value): (&Value, &Value)| {
        let alone = serde_yaml::to_string(&Mapping::from_iter([(key.clone(), value.clone())])).ok()?;
        let error = serde_yaml::from_str::<T>(&alone).err()?;
        Some(told(&error.to_string()))
    };
    mapping.iter().filter_map(wrong).collect()
}

/// Which key an error of the reader of YAML is about, and in other words what is wrong with it.
fn told(error: &str) -> (Vec<String>, String) {
    let error = error.split_once(" at line ").map_or(error, |(error, _)| error);
    let place = error.split_once(": ").filter(|(path, _)| !path.contains(' '));
    let (path, why) = place.map_or((None, error), |(path, why)| (Some(path), why));
    let mut path: Vec<String> = path.into_iter().flat_map(|path| path.split('.')).map(str::to_owned).collect();
    let names = quoted(why);
    let why = match names.split_first() {
        Some((wrong, known)) if why.starts_with("unknown ") => {
            let all = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let near = nearest(wrong, known.iter().copied()).map(|near| format!(": did you mean `{near}`?"));
            if why.starts_with("unknown field") {
                path.push((*wrong).to_owned());
                format!("there is no such key{}", near.unwrap_or_else(|| format!(": there are {all}")))
            } else {
                format!("`{}` is none of {all}{}", printable(wrong), near.unwrap_or_default())
            }
        }
        _ => {
            let expected = ["invalid type: ", "invalid value: "].iter().find_map(|begin| why.strip_prefix(begin));
            match expected.and_then(|why| why.rsplit_once(", expected ")) {
                Some((_, expected)) => format!("write {}", wanted(expected)),
                None => why.to_owned(),
            }
        }
    };
    (path, why)
}

/// What a type of the program is to a person.
fn wanted(expected: &str) -> &str {
    match expected {
        "a boolean" => "`true` or `false`",
        "a string" | "path string" => "a text",
        number if number.contains("nonzero") => "a number from 1",
        "u16" | "u32" | "u64" | "usize" => "a number",
        other => other,
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

/// What stands in backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}
