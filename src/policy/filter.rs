//! Filters as Django writes them: `email__iexact="x"`, `attributes__team="blue"`, `groups__name__startswith="x"`.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::domain::Mapping;

/// A field that the objects don't have, or a comparison that is not available.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unknown(pub(super) String);

/// Conditions in the order in which they were given: whether they must hold, and what.
#[derive(Debug, Default)]
pub(super) struct Filter(Vec<(bool, Mapping)>);

const COMPARISONS: &[&str] = &[
    "exact",
    "iexact",
    "contains",
    "icontains",
    "startswith",
    "istartswith",
    "endswith",
    "iendswith",
    "in",
    "isnull",
    "gt",
    "gte",
    "lt",
    "lte",
];

impl Filter {
    /// Reads `[[true, {...}], ...]`.
    pub(super) fn read(conditions: &Value) -> Self {
        let one = |condition: &Value| {
            let holds = condition.get(0).and_then(Value::as_bool)?;
            Some((holds, condition.get(1).and_then(Value::as_object)?.clone()))
        };
        Self(conditions.as_array().into_iter().flatten().filter_map(one).collect())
    }

    /// Whether an object is what is looked for.
    pub(super) fn matches(&self, facts: &Value) -> Result<bool, Unknown> {
        for (holds, wanted) in &self.0 {
            let mut all = true;
            for (path, value) in wanted {
                all &= compare(facts, path, value)?;
            }
            if all != *holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The text that a field must be, in whatever case.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        let names = [field.to_owned(), format!("{field}__exact"), format!("{field}__iexact")];
        let required = self.0.iter().filter(|(holds, _)| *holds);
        required.flat_map(|(_, wanted)| wanted).find(|(path, _)| names.contains(path))?.1.as_str()
    }

    /// Whether a condition is about a field.
    pub(super) fn is_about(&self, fields: &[&str]) -> bool {
        let paths = self.0.iter().flat_map(|(_, wanted)| wanted.keys());
        paths.into_iter().any(|path| fields.contains(&path.split("__").next().unwrap_or_default()))
    }
}

fn compare(facts: &Value, path: &str, wanted: &Value) -> Result<bool, Unknown> {
    let mut parts: Vec<&str> = path.split("__").collect();
    let comparison = match parts.last() {
        Some(last) if parts.len() > 1 && COMPARISONS.contains(last) => parts.pop().unwrap_or("exact"),
        Some(last) if ["regex", "iregex", "range", "date", "year"].contains(last) => {
            return Err(Unknown(format!("uses what is not available here: the comparison `{last}`")));
        }
        _ => "exact",
    };
    let first = match parts.first().copied().unwrap_or_default() {
        "id" | "uuid" | "invite_uuid" | "group_uuid" => "pk",
        "ak_groups" => "groups",
        other => other,
    };
    let field = facts.get(first).ok_or_else(|| Unknown(format!("Cannot resolve keyword '{first}' into field.")))?;
    Ok(holds(field, &parts[1..], comparison, wanted))
}

/// Whether the value below a path compares; of a list, whether one does.
fn holds(value: &Value, path: &[&str], comparison: &str, wanted: &Value) -> bool {
    match (value, path) {
        (Value::Array(items), path) if comparison != "contains" || !path.is_empty() => {
            items.iter().any(|item| holds(item, path, comparison, wanted))
        }
        (value, [key, rest @ ..]) => holds(value.get(*key).unwrap_or(&Value::Null), rest, comparison, wanted),
        (value, []) => is(value, comparison, wanted),
    }
}

/// An object's key instead of the object, and instants in one spelling.
fn plain(value: &Value) -> Value {
    let instant = |text: &str| text.parse::<DateTime<Utc>>().map(|at| at.to_rfc3339()).ok();
    match value {
        Value::Object(map) => match (map.get("pk"), map.get("$datetime").and_then(Value::as_str)) {
            (Some(pk), _) => pk.clone(),
            (_, Some(text)) => instant(text).map_or(Value::Null, Value::from),
            _ => value.clone(),
        },
        Value::String(text) if text.len() >= 20 && text.contains('T') => {
            instant(text).map_or(value.clone(), Value::from)
        }
        other => other.clone(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

fn is(value: &Value, comparison: &str, wanted: &Value) -> bool {
    let (value, wanted) = (plain(value), plain(wanted));
    let (a, b) = (text(&value), text(&wanted));
    let (lower_a, lower_b) = (a.to_lowercase(), b.to_lowercase());
    let order = match (value.as_f64(), wanted.as_f64()) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ if value.is_null() || wanted.is_null() => None,
        _ => Some(a.cmp(&b)),
    };
    match comparison {
        "iexact" => !value.is_null() && lower_a == lower_b,
        "contains" => match &value {
            Value::Array(items) => items.contains(&wanted),
            _ => a.contains(&b),
        },
        "icontains" => lower_a.contains(&lower_b),
        "startswith" => a.starts_with(&b),
        "istartswith" => lower_a.starts_with(&lower_b),
        "endswith" => a.ends_with(&b),
        "iendswith" => lower_a.ends_with(&lower_b),
        "in" => wanted.as_array().is_some_and(|items| items.iter().any(|item| plain(item) == value)),
        "isnull" => value.is_null() == wanted.as_bool().unwrap_or(true),
        "gt" => order.is_some_and(std::cmp::Ordering::is_gt),
        "gte" => order.is_some_and(std::cmp::Ordering::is_ge),
        "lt" => order.is_some_and(std::cmp::Ordering::is_lt),
        "lte" => order.is_some_and(std::cmp::Ordering::is_le),
        _ => value == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_object_is_found_by_its_fields_and_by_what_is_in_them() {
        let facts = json!({
            "pk": "7", "email": "Jane@Example.com", "attributes": {"team": "blue", "tags": ["a", "b"]}, "last_login": null,
            "groups": [{"pk": "g", "name": "helpdesk"}], "date_joined": {"$datetime": "2026-11-22T12:00:00Z"},
        });
        for (condition, found) in [
            (json!([[true, {"email__iexact": "jane@example.com"}]]), true),
            (json!([[true, {"email": "jane@example.com"}]]), false),
            (json!([[true, {"attributes__team": "blue", "pk__in": ["6", "7"]}]]), true),
            (json!([[true, {"attributes__tags__contains": "b"}]]), true),
            (json!([[true, {"attributes__none__x": "b"}]]), false),
            (json!([[true, {"groups__name__startswith": "help"}]]), true),
            (json!([[true, {"groups": {"$object": "group", "pk": "g"}}]]), true),
            (json!([[false, {"groups__name": "helpdesk"}]]), false),
            (json!([[true, {"last_login__isnull": true}], [false, {"pk": "8"}]]), true),
            (json!([[true, {"date_joined__lt": "2026-11-22T12:00:01+00:00"}]]), true),
            (json!([]), true),
        ] {
            assert_eq!(Filter::read(&condition).matches(&facts), Ok(found), "{condition}");
        }
        let unknown = |condition| Filter::read(&condition).matches(&facts).unwrap_err().0;
        assert_eq!(unknown(json!([[true, {"shoe": 1}]])), "Cannot resolve keyword 'shoe' into field.");
        assert!(unknown(json!([[true, {"email__regex": "x"}]])).contains("not available here"));
    }
}
