//! Values on their way into the interpreter and back.

use chrono::{DateTime, Datelike, TimeZone, Timelike, Utc};
use monty_types::{MontyDateTime, MontyObject};
use serde_json::{Map, Number, Value, json};

/// Deeper than this nothing comes back: what is below becomes `null`.
const DEEPEST: usize = 60;

/// JSON as Python; `{"$datetime": "..."}` becomes a `datetime`.
pub(super) fn to_python(value: &Value) -> MontyObject {
    match value {
        Value::Null => MontyObject::None,
        Value::Bool(it) => MontyObject::Bool(*it),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| MontyObject::Float(number.as_f64().unwrap_or_default()), MontyObject::Int)
        }
        Value::String(text) => MontyObject::String(text.clone()),
        Value::Array(items) => MontyObject::List(items.iter().map(to_python).collect()),
        Value::Object(map) => {
            let instant = map.get("$datetime").and_then(Value::as_str).and_then(|text| text.parse().ok());
            if let Some(instant) = instant {
                return MontyObject::DateTime(datetime(instant, Some(0)));
            }
            let pairs: Vec<_> =
                map.iter().map(|(key, value)| (MontyObject::String(key.clone()), to_python(value))).collect();
            MontyObject::dict(pairs)
        }
    }
}

/// An instant as JSON that becomes a `datetime` in Python.
pub(in crate::policy) fn instant(at: DateTime<Utc>) -> Value {
    json!({ "$datetime": at.to_rfc3339() })
}

/// A `datetime` whose clock is that many seconds ahead of UTC; without a time zone where there is none.
pub(super) fn datetime(at: DateTime<Utc>, offset: Option<i32>) -> MontyDateTime {
    let local = at + chrono::Duration::seconds(offset.unwrap_or_default().into());
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    MontyDateTime {
        year: local.year(),
        month: small(local.month()),
        day: small(local.day()),
        hour: small(local.hour()),
        minute: small(local.minute()),
        second: small(local.second()),
        microsecond: (local.nanosecond() / 1000).min(999_999),
        offset_seconds: offset,
        timezone_name: None,
    }
}

/// Python as JSON: objects become references, what JSON has no word for becomes text.
pub(super) fn to_json(object: &MontyObject) -> Value {
    json_within(object, 0)
}

fn json_within(object: &MontyObject, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::Null;
    }
    let list = |items: &[MontyObject]| items.iter().map(|item| json_within(item, depth + 1)).collect();
    match object {
        MontyObject::None | MontyObject::Ellipsis => Value::Null,
        MontyObject::Bool(it) => Value::Bool(*it),
        MontyObject::Int(number) => Value::from(*number),
        MontyObject::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        MontyObject::String(text) => Value::from(text.as_str()),
        MontyObject::Bytes(bytes) => Value::from(String::from_utf8_lossy(bytes)),
        MontyObject::List(items)
        | MontyObject::Tuple(items)
        | MontyObject::Set(items)
        | MontyObject::FrozenSet(items)
        | MontyObject::NamedTuple { values: items, .. } => Value::Array(list(items)),
        MontyObject::Dict(pairs) => {
            let text = |key: &MontyObject| match key {
                MontyObject::String(text) => text.clone(),
                other => other.to_string(),
            };
            pairs.iter().map(|(key, value)| (text(key), json_within(value, depth + 1))).collect::<Map<_, _>>().into()
        }
        MontyObject::DateTime(it) => Value::from(iso(it)),
        MontyObject::Date(date) => Value::from(format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)),
        MontyObject::ClassInstance(instance) => {
            let attribute = |name: &str| {
                let is_it = |key: &MontyObject| matches!(key, MontyObject::String(key) if key == name);
                instance.attrs.iter().find(|(key, _)| is_it(key)).map(|(_, value)| json_within(value, depth + 1))
            };
            match (attribute("_gl_kind"), attribute("pk"), attribute("_gl_text")) {
                (Some(kind), Some(pk), _) => json!({ "$object": kind, "pk": pk }),
                (_, _, Some(text)) => text,
                _ => Value::from(format!("<{}>", instance.class_type.name)),
            }
        }
        other => Value::from(other.to_string()),
    }
}

fn iso(it: &MontyDateTime) -> String {
    let at = Utc
        .with_ymd_and_hms(it.year, it.month.into(), it.day.into(), it.hour.into(), it.minute.into(), it.second.into())
        .single()
        .map(|at| at - chrono::Duration::seconds(it.offset_seconds.unwrap_or_default().into()));
    at.map(|at| (at + chrono::Duration::microseconds(it.microsecond.into())).to_rfc3339()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_comes_back_as_it_went_in() {
        let value = json!({"a": [1, 2.5, "x", null, true], "b": {"c": []}});
        assert_eq!(to_json(&to_python(&value)), value);
    }

    #[test]
    fn an_instant_is_a_datetime_there_and_text_when_it_comes_back() {
        let at: DateTime<Utc> = "2026-11-22T12:30:05.000007Z".parse().unwrap();
        assert_eq!(to_json(&to_python(&instant(at))), Value::from(at.to_rfc3339()));
    }

    #[test]
    fn what_is_nested_too_deep_ends() {
        let mut deep = MontyObject::Int(1);
        for _ in 0..200 {
            deep = MontyObject::List(vec![deep]);
        }
        assert!(to_json(&deep).to_string().contains("null"));
    }
}
