//! Prompt data: what was answered and what an invitation brings, keyed by field keys. Dots in a key nest.

use serde_json::Value;

use super::Mapping;

/// Merges `extra` into `base`: mappings recursively, lists one after the other, anything else replaces (authentik's
/// "always merge", flow-execution reference, section 5).
pub fn merge(base: &mut Mapping, extra: &Mapping) {
    for (key, value) in extra {
        match (base.get_mut(key), value) {
            (Some(Value::Object(inner)), Value::Object(more)) => merge(inner, more),
            (Some(Value::Array(list)), Value::Array(more)) => list.extend(more.iter().cloned()),
            _ => {
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The value at a field key: under the key as it stands (an invitation may say `attributes.team: x`), else nested.
pub fn find<'a>(data: &'a Mapping, key: &str) -> Option<&'a Value> {
    if let Some(value) = data.get(key) {
        return Some(value);
    }
    let (first, rest) = key.split_once('.')?;
    match data.get(first)? {
        Value::Object(inner) => find(inner, rest),
        _ => None,
    }
}

/// Stores a value at a field key, nesting at dots. Siblings stay (authentik wipes them: its attributes object is
/// replaced whole). A flat entry of the same key is replaced by the nested one.
pub fn store(data: &mut Mapping, key: &str, value: Value) {
    let Some((first, rest)) = key.split_once('.') else {
        data.insert(key.to_owned(), value);
        return;
    };
    data.remove(key);
    let slot = data.entry(first.to_owned()).or_insert_with(|| Value::Object(Mapping::new()));
    if !slot.is_object() {
        *slot = Value::Object(Mapping::new());
    }
    if let Value::Object(inner) = slot {
        store(inner, rest, value);
    }
}

/// Lays new values over known ones: mappings are joined, so that siblings stay, anything else is replaced.
pub fn overlay(base: &mut Mapping, new: Mapping) {
    for (key, value) in new {
        match (base.get_mut(&key), value) {
            (Some(Value::Object(inner)), Value::Object(more)) => overlay(inner, more),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// Takes the value at a field key away.
pub fn take(data: &mut Mapping, key: &str) -> Option<Value> {
    if let Some(value) = data.remove(key) {
        return Some(value);
    }
    let (first, rest) = key.split_once('.')?;
    match data.get_mut(first)? {
        Value::Object(inner) => take(inner, rest),
        _ => None,
    }
}

/// A value as a form field shows it: text as it is, nothing for null, JSON for the rest.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping(value: Value) -> Mapping {
        match value {
            Value::Object(map) => map,
            other => panic!("not a mapping: {other}"),
        }
    }

    #[test]
    fn merging_goes_deep_joins_lists_and_replaces_the_rest() {
        let mut base = mapping(json!({"a": {"x": 1, "y": 2}, "l": [1], "s": "old"}));
        merge(&mut base, &mapping(json!({"a": {"y": 3, "z": 4}, "l": [2], "s": "new", "n": null})));
        assert_eq!(Value::Object(base), json!({"a": {"x": 1, "y": 3, "z": 4}, "l": [1, 2], "s": "new", "n": null}));
    }

    #[test]
    fn a_nested_key_leaves_its_siblings_alone() {
        let mut data = mapping(json!({"attributes": {"team": "Backend"}, "attributes.department": "old"}));
        store(&mut data, "attributes.department", json!("Engineering"));
        assert_eq!(
            Value::Object(data.clone()),
            json!({"attributes": {"team": "Backend", "department": "Engineering"}})
        );
        assert_eq!(find(&data, "attributes.department"), Some(&json!("Engineering")));
        assert_eq!(find(&data, "attributes.missing.deep"), None);
    }

    #[test]
    fn siblings_of_what_is_laid_over_stay_and_what_is_taken_is_gone() {
        let mut base = mapping(json!({"a": {"x": 1, "y": [1]}, "b": 2}));
        overlay(&mut base, mapping(json!({"a": {"y": [3]}})));
        assert_eq!(Value::Object(base.clone()), json!({"a": {"x": 1, "y": [3]}, "b": 2}));
        assert_eq!(
            (take(&mut base, "a.x"), take(&mut base, "a.z"), take(&mut base, "b.c")),
            (Some(json!(1)), None, None)
        );
        assert_eq!(Value::Object(base), json!({"a": {"y": [3]}, "b": 2}));
    }

    #[test]
    fn a_flat_prefill_is_found_under_its_dotted_key() {
        let data = mapping(json!({"attributes.team": "Backend"}));
        assert_eq!(find(&data, "attributes.team"), Some(&json!("Backend")));
    }
}
