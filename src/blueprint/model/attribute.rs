//! One attribute of a model: its name, its type, its default, and how a value of the file becomes one to keep.

use crate::blueprint::node::{Kind as Form, Node};
use crate::blueprint::problem::{choices, quote};
use crate::domain::slug::Slug;
use crate::domain::text;
use crate::domain::user::Email;
use crate::domain::validation::nearest;
use crate::domain::when::Span;
use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde_json::Value;
use uuid::Uuid;

/// More characters than anybody types; hashing takes longer for longer ones.
const LONGEST_PASSWORD: usize = 1000;

/// One attribute.
#[derive(Debug)]
pub struct Attribute {
    /// Its name in files.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// What a new object gets when the file says nothing.
    pub default: Default,
}

/// The type of an attribute.
#[derive(Debug)]
pub enum Kind {
    /// One line of text of at most so many characters, blanks around it trimmed.
    Line(usize),
    /// As [`Kind::Line`], but it may be empty.
    Blank(usize),
    /// Text of several lines and at most so many characters; it may be empty.
    Lines(usize),
    /// As [`Kind::Lines`], but it may not be empty.
    Label(usize),
    /// Letters, digits, `-` and `_`.
    Slug,
    /// True or false.
    Bool,
    /// A whole number of 32 bits.
    Integer,
    /// A whole number above zero, or null.
    Count,
    /// A whole number that is not negative.
    Unsigned,
    /// A whole number from the first to the last of these.
    Within(i32, i32),
    /// An email address.
    Email,
    /// A number.
    Float,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A list of some of these.
    Choices(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A list of whole numbers.
    Integers,
    /// As [`Kind::Blank`], or null.
    MaybeLine(usize),
    /// Text that is kept to the letter, such as the source of an expression, and not blank.
    Source(usize),
    /// Text that is neither shown nor exported; null changes nothing, as where a file asks for it and nobody answered.
    Secret(usize),
    /// As [`Kind::Secret`], kept as a hash; null changes nothing, blank means none.
    Password,
    /// A length of time in authentik's notation, kept in seconds.
    Duration,
    /// As [`Kind::Duration`]; a bare number, as old files have it, means minutes.
    DurationOrMinutes,
    /// An instant or null, kept as text in UTC with microseconds.
    Instant,
    /// A mapping.
    Mapping,
    /// The key of an object of one of these models.
    Reference(&'static [&'static str]),
    /// As [`Kind::Reference`], or null.
    MaybeReference(&'static [&'static str]),
    /// A list of keys of such objects, at least one.
    References(&'static [&'static str]),
    /// A list of keys of such objects.
    MaybeReferences(&'static [&'static str]),
    /// As [`Kind::MaybeReferences`], in no order.
    ReferenceSet(&'static [&'static str]),
    /// Kept as it is: keys of objects that are not known here.
    Foreign,
    /// Known, and not applied; the sentence says why.
    NotApplied(&'static str),
    /// Known, and without effect here.
    Ignored,
}

/// What a new object gets for an attribute that the file does not name.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    /// Nothing: the file has to name it.
    Required,
    /// The attribute is not kept at all.
    NotKept,
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A text.
    Text(&'static str),
    /// A fraction.
    Float(f64),
    /// An empty mapping.
    EmptyMapping,
    /// An empty list.
    EmptyList,
}

impl Default {
    /// The value, where there is one.
    pub fn value(self) -> Option<Value> {
        match self {
            Self::Required | Self::NotKept => None,
            Self::Null => Some(Value::Null),
            Self::Bool(value) => Some(value.into()),
            Self::Int(value) => Some(value.into()),
            Self::Text(value) => Some(value.into()),
            Self::Float(value) => Some(value.into()),
            Self::EmptyList => Some(Value::Array(Vec::new())),
            Self::EmptyMapping => Some(Value::Object(serde_json::Map::new())),
        }
    }
}

/// An attribute that the file has to name when the object is new.
pub const fn required(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind, default: Default::Required }
}

/// An attribute with a default.
pub const fn optional(name: &'static str, kind: Kind, default: Default) -> Attribute {
    Attribute { name, kind, default }
}

/// An attribute that is known and not kept.
pub const fn not_kept(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind, default: Default::NotKept }
}

impl Attribute {
    /// Whether two values are the same: of sets the order does not count.
    pub fn is_same(&self, one: Option<&Value>, other: &Value) -> bool {
        match (&self.kind, one, other) {
            (Kind::ReferenceSet(_), Some(Value::Array(one)), Value::Array(other)) => {
                let sorted = |items: &[Value]| {
                    let mut items: Vec<String> = items.iter().map(Value::to_string).collect();
                    items.sort_unstable();
                    items
                };
                one.len() == other.len() && sorted(one) == sorted(other)
            }
            _ => one == Some(other),
        }
    }

    /// Whether a new object can't do without it.
    pub fn is_required(&self) -> bool {
        matches!(self.default, Default::Required)
    }
}

impl Kind {
    /// The value to keep for a value of the file (without tags), or a sentence that says what is wrong with it.
    pub fn read(&self, node: &Node) -> Result<Value, String> {
        match self {
            Self::Line(max) => line(node, *max, false),
            Self::Count | Self::MaybeReference(_) | Self::Instant | Self::MaybeLine(_) if node.is_null() => {
                Ok(Value::Null)
            }
            Self::Blank(max) | Self::MaybeLine(max) => line(node, *max, true),
            Self::Lines(max) => lines(node, *max),
            Self::Label(max) => match lines(node, *max)? {
                Value::String(text) if text.is_empty() => Err("It may not be blank.".to_owned()),
                text => Ok(text),
            },
            Self::Slug => Slug::parse(&plain_text(node)?).map(|slug| Value::String(slug.into())),
            Self::Bool => boolean(node),
            Self::Integer => integer(node).and_then(|value| {
                i32::try_from(value).map(Value::from).map_err(|_| format!("The number {value} is out of range."))
            }),
            Self::Unsigned => integer(node).and_then(|value| {
                let fits = u32::try_from(value).ok().filter(|value| i32::try_from(*value).is_ok());
                fits.map(Value::from).ok_or_else(|| format!("It has to be 0 or more, and is {value}."))
            }),
            Self::Within(first, last) => within(node, *first, *last),
            Self::Email => {
                plain_text(node).and_then(|text| Email::parse(&text).map(|email| Value::from(email.to_string())))
            }
            Self::Float => float(node),
            Self::Count => integer(node).and_then(|value| {
                u32::try_from(value)
                    .ok()
                    .filter(|value| *value > 0 && i32::try_from(*value).is_ok())
                    .map(Value::from)
                    .ok_or_else(|| "It has to be 1 or more, or null for any number.".to_owned())
            }),
            Self::Choice(names) => choice(node, names),
            Self::Choices(names) => list(node, |item| choice(item, names)),
            Self::Texts => list(node, |item| line(item, 1000, false)),
            Self::Integers => list(node, |item| integer(item).map(Value::from)),
            Self::Source(max) => source(node, *max),
            Self::Secret(_) | Self::Password if node.is_null() => Ok(Value::Null),
            Self::Password => secret(node, LONGEST_PASSWORD),
            Self::Secret(max) => secret(node, *max),
            Self::DurationOrMinutes if matches!(node.kind, Form::Scalar(Value::Number(_))) => {
                integer(node).map(|minutes| Value::from(minutes.saturating_mul(60)))
            }
            Self::Duration | Self::DurationOrMinutes => Span::parse(&plain_text(node)?).map(|span| Value::from(span.0)),
            Self::Instant => instant(node),
            Self::Mapping => mapping(node),
            Self::Reference(models) | Self::MaybeReference(models) => reference(node, models),
            Self::References(models) => match list(node, |item| reference(item, models))? {
                Value::Array(keys) if keys.is_empty() => Err("It may not be empty.".to_owned()),
                keys => Ok(keys),
            },
            Self::MaybeReferences(models) | Self::ReferenceSet(models) => list(node, |item| reference(item, models)),
            Self::Foreign => node.to_json().map_err(|problems| problems.to_string()),
            Self::NotApplied(_) | Self::Ignored => Ok(Value::Null),
        }
    }

    /// A value as authentik's files and interfaces write it; nothing where it is not told.
    pub fn show(&self, value: &Value) -> Option<Value> {
        match self {
            Self::Duration | Self::DurationOrMinutes => {
                Some(value.as_i64().map_or(Value::Null, |seconds| Span(seconds).notation().into()))
            }
            Self::Secret(_) | Self::Password | Self::NotApplied(_) | Self::Ignored => None,
            _ => Some(value.clone()),
        }
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(
            self,
            Self::References(_)
                | Self::MaybeReferences(_)
                | Self::ReferenceSet(_)
                | Self::Choices(_)
                | Self::Texts
                | Self::Integers
        )
    }

    /// The models whose objects the attribute refers to.
    pub fn models(&self) -> Option<&'static [&'static str]> {
        match self {
            Self::Reference(models)
            | Self::MaybeReference(models)
            | Self::References(models)
            | Self::MaybeReferences(models)
            | Self::ReferenceSet(models) => Some(models),
            _ => None,
        }
    }
}

fn plain_text(node: &Node) -> Result<String, String> {
    match &node.kind {
        Form::Scalar(Value::String(text)) => Ok(text.trim().to_owned()),
        Form::Scalar(Value::Number(number)) => Ok(number.to_string()),
        Form::Scalar(Value::Bool(_)) => Err(format!(
            "It has to be text, and is {} (yes, no, on and off are booleans); put it in quotes.",
            node.describe()
        )),
        _ => Err(format!("It has to be text, and is {}.", node.describe())),
    }
}

fn line(node: &Node, max: usize, blank: bool) -> Result<Value, String> {
    let line = plain_text(node)?;
    if line.is_empty() && !blank {
        return Err("It may not be blank.".to_owned());
    }
    text::check_line(&line, max)?;
    Ok(Value::String(line))
}

/// Text that people read on pages may hold what no name may: marks of direction, soft hyphens, joiners. It is written out
/// wherever a terminal shows it. What steers a terminal is refused nevertheless: no page needs it.
fn lines(node: &Node, max: usize) -> Result<Value, String> {
    let whole = plain_text(node)?;
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    let only_control: String = whole.chars().map(|c| if plain(c) { ' ' } else { c }).collect();
    text::check_line(&only_control, max)?;
    Ok(Value::String(whole))
}

fn boolean(node: &Node) -> Result<Value, String> {
    let value = match &node.kind {
        Form::Scalar(Value::Bool(value)) => Some(*value),
        Form::Scalar(Value::Number(number)) if *number == 1.into() => Some(true),
        Form::Scalar(Value::Number(number)) if *number == 0.into() => Some(false),
        Form::Scalar(Value::String(text)) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "t" | "y" | "1" => Some(true),
            "false" | "no" | "off" | "f" | "n" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    };
    value.map(Value::Bool).ok_or_else(|| format!("It has to be true or false, and is {}.", node.describe()))
}

fn integer(node: &Node) -> Result<i64, String> {
    let value = match &node.kind {
        Form::Scalar(Value::Number(number)) => number.as_i64(),
        Form::Scalar(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    value.ok_or_else(|| format!("It has to be a whole number, and is {}.", node.describe()))
}

fn within(node: &Node, first: i32, last: i32) -> Result<Value, String> {
    let value = integer(node)?;
    let fits = i32::try_from(value).ok().filter(|value| (first..=last).contains(value));
    fits.map(Value::from).ok_or_else(|| match last {
        i32::MAX => format!("It has to be {first} or more, and is {value}."),
        last => format!("It has to be from {first} to {last}, and is {value}."),
    })
}

fn float(node: &Node) -> Result<Value, String> {
    let value = match &node.kind {
        Form::Scalar(Value::Number(number)) => number.as_f64(),
        Form::Scalar(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let value = value.filter(|value: &f64| value.is_finite());
    value.map(Value::from).ok_or_else(|| format!("It has to be a number, and is {}.", node.describe()))
}

fn choice(node: &Node, names: &[&'static str]) -> Result<Value, String> {
    let one_of = || format!("It has to be one of {}", choices(names));
    let Some(word) = node.as_text() else { return Err(format!("{}, and is {}.", one_of(), node.describe())) };
    if names.contains(&word) {
        return Ok(Value::from(word));
    }
    let advice = nearest(word, names.iter().copied()).map(|near| format!(" Did you mean {}?", quote(near)));
    Err(format!("{}, and is {}.{}", one_of(), quote(word), advice.unwrap_or_default()))
}

fn list(node: &Node, read: impl Fn(&Node) -> Result<Value, String>) -> Result<Value, String> {
    let Form::List(items) = &node.kind else {
        return Err(format!("It has to be a list, and is {}.", node.describe()));
    };
    items.iter().map(read).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn source(node: &Node, max: usize) -> Result<Value, String> {
    let Some(text) = node.as_text() else { return Err(format!("It has to be text, and is {}.", node.describe())) };
    match text {
        _ if text.trim().is_empty() => Err("It may not be blank.".to_owned()),
        _ if text.chars().count() > max => Err(format!("Use at most {max} characters.")),
        _ if text.contains('\0') => Err("The character U+0000 can't be kept.".to_owned()),
        _ => Ok(Value::from(text)),
    }
}

fn secret(node: &Node, max: usize) -> Result<Value, String> {
    // What is wrong is said without what it is.
    let text = plain_text(node).map_err(|_| "It has to be text; put it in quotes.".to_owned())?;
    text::check_line(&text.replace(['\n', '\r', '\t'], " "), max)?;
    Ok(Value::String(text))
}

fn instant(node: &Node) -> Result<Value, String> {
    let wrong =
        || format!("It has to be a time such as 2026-12-24T18:00:00Z, or null for never, and is {}.", node.describe());
    let text = node.as_text().ok_or_else(wrong)?.trim();
    // A time without a zone is meant in UTC, as it is in authentik by default.
    let naive = |format| NaiveDateTime::parse_from_str(text, format).map(|naive| naive.and_utc());
    let instant = DateTime::parse_from_rfc3339(text)
        .map(|instant| instant.with_timezone(&Utc))
        .or_else(|_| naive("%Y-%m-%dT%H:%M:%S%.f"))
        .or_else(|_| naive("%Y-%m-%d %H:%M:%S%.f"))
        .or_else(|_| naive("%Y-%m-%dT%H:%M"))
        .map_err(|_| wrong())?;
    Ok(Value::String(show_instant(instant)))
}

/// The form in which instants are kept and compared.
pub fn show_instant(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn mapping(node: &Node) -> Result<Value, String> {
    if !matches!(node.kind, Form::Map(_)) {
        return Err(format!("It has to be a mapping, and is {}.", node.describe()));
    }
    let value = node
        .to_json()
        .map_err(|problems| problems.0.into_iter().next().map(|first| first.message).unwrap_or_default())?;
    if has_zero(&value) {
        return Err("The character U+0000 can't be kept.".to_owned());
    }
    Ok(value)
}

/// PostgreSQL keeps every character but this one.
fn has_zero(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_zero),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || has_zero(value)),
        _ => false,
    }
}

fn reference(node: &Node, models: &[&'static str]) -> Result<Value, String> {
    let inner = match &node.kind {
        // authentik takes an object with a key for the key.
        Form::Map(pairs) => pairs.iter().find(|(key, _)| key.text == "pk").map_or(node, |(_, node)| node),
        _ => node,
    };
    if let (Form::Scalar(Value::Number(number)), true) = (&inner.kind, models.contains(&super::USER)) {
        let how = "refer to the user by `!Find [authentik_core.user, [username, ...]]`";
        return Err(format!("It is the number {number}, and users have no numbers here: {how}."));
    }
    let key = inner.as_text().and_then(|text| Uuid::parse_str(text).ok());
    key.map(|key| Value::String(key.to_string())).ok_or_else(|| {
        format!(
            "It has to refer to {}, as `!KeyOf` with an entry's id does, and is {}.",
            super::family(models),
            node.describe()
        )
    })
}

/// Whether a value asks for nothing.
pub fn is_neutral(node: &Node) -> bool {
    match &node.kind {
        Form::Scalar(Value::Null | Value::Bool(false)) => true,
        Form::Scalar(Value::String(text)) => text.is_empty(),
        Form::Scalar(_) | Form::Unknown => false,
        Form::List(items) => items.is_empty(),
        Form::Map(pairs) => pairs.is_empty(),
    }
}

/// Whether a value is as wanted; of a mapping only what is wanted counts, as authentik compares them.
pub fn contains(value: Option<&Value>, wanted: &Value) -> bool {
    match (value, wanted) {
        (Some(Value::Object(map)), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| contains(map.get(key), wanted))
        }
        (value, wanted) => value == Some(wanted),
    }
}
