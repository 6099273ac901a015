//! How a field is compared with a value, by Django's names for it.

use regex::{Regex, RegexBuilder};
use serde_json::Value;
use std::cmp::Ordering;

/// Larger automata are refused: patterns come from files.
const LARGEST_PATTERN: usize = 1 << 20;

/// A comparison, by the last part of a field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
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
    Gt,
    Gte,
    Lt,
    Lte,
    Range,
    Regex,
    IRegex,
}

const TESTS: [(&str, Test); 17] = [
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
    ("gt", Test::Gt),
    ("gte", Test::Gte),
    ("lt", Test::Lt),
    ("lte", Test::Lte),
    ("range", Test::Range),
    ("regex", Test::Regex),
    ("iregex", Test::IRegex),
];

impl Test {
    /// The comparison of a name.
    pub fn parse(name: &str) -> Option<Self> {
        TESTS.iter().find(|(known, _)| *known == name).map(|(_, test)| *test)
    }

    /// Whether it compares with a value of the field's own type.
    pub fn is_of_values(self) -> bool {
        matches!(self, Self::Exact | Self::Gt | Self::Gte | Self::Lt | Self::Lte)
    }

    /// What is wrong with a value to compare with.
    pub fn check(self, value: &Value) -> Result<(), String> {
        match (self, value) {
            (Self::In, Value::Array(_)) | (Self::IsNull, Value::Bool(_)) => Ok(()),
            (Self::In, _) => Err("It has to be a list of what the field may be.".to_owned()),
            (Self::IsNull, _) => Err("It has to be true or false.".to_owned()),
            (Self::Range, Value::Array(ends)) if ends.len() == 2 => Ok(()),
            (Self::Range, _) => Err("A range is a list of its first and its last value.".to_owned()),
            (Self::Regex | Self::IRegex, _) => match self.pattern(value) {
                Some(_) => Ok(()),
                None => Err("This pattern is none, or one that is not possible here.".to_owned()),
            },
            _ => Ok(()),
        }
    }

    fn pattern(self, value: &Value) -> Option<Regex> {
        let mut builder = RegexBuilder::new(value.as_str()?);
        builder.case_insensitive(self == Self::IRegex).size_limit(LARGEST_PATTERN).build().ok()
    }

    /// Whether it holds between what a field has and what is wanted.
    pub fn holds(self, found: Option<&Value>, wanted: &Value) -> bool {
        let pair = || Some((text(found.filter(|found| !found.is_null())?), text(wanted)));
        let texts = |test: fn(&str, &str) -> bool| pair().is_some_and(|(found, wanted)| test(&found, &wanted));
        let lower = |test: fn(&str, &str) -> bool| {
            pair().is_some_and(|(found, wanted)| test(&found.to_lowercase(), &wanted.to_lowercase()))
        };
        let ordered = |wanted: &Value, holds: fn(Ordering) -> bool| {
            found.and_then(|found| compare(found, wanted)).is_some_and(holds)
        };
        match self {
            Self::Exact => found.unwrap_or(&Value::Null) == wanted,
            Self::IExact => lower(|found, wanted| found == wanted),
            Self::Contains => match (found, wanted) {
                (Some(Value::Array(items)), Value::Array(wanted)) => wanted.iter().all(|one| items.contains(one)),
                (Some(Value::Array(items)), one) => items.contains(one),
                (Some(Value::Object(_)), Value::Object(_)) => super::model::attribute::contains(found, wanted),
                _ => texts(|found, wanted| found.contains(wanted)),
            },
            Self::IContains => lower(|found, wanted| found.contains(wanted)),
            Self::StartsWith => texts(|found, wanted| found.starts_with(wanted)),
            Self::IStartsWith => lower(|found, wanted| found.starts_with(wanted)),
            Self::EndsWith => texts(|found, wanted| found.ends_with(wanted)),
            Self::IEndsWith => lower(|found, wanted| found.ends_with(wanted)),
            Self::In => matches!((wanted, found), (Value::Array(items), Some(found)) if items.contains(found)),
            Self::IsNull => found.is_none_or(Value::is_null) == (*wanted == Value::Bool(true)),
            Self::Gt => ordered(wanted, Ordering::is_gt),
            Self::Gte => ordered(wanted, Ordering::is_ge),
            Self::Lt => ordered(wanted, Ordering::is_lt),
            Self::Lte => ordered(wanted, Ordering::is_le),
            Self::Range => match wanted.as_array().map(Vec::as_slice) {
                Some([first, last]) => ordered(first, Ordering::is_ge) && ordered(last, Ordering::is_le),
                _ => false,
            },
            Self::Regex | Self::IRegex => {
                pair().is_some_and(|(found, _)| self.pattern(wanted).is_some_and(|pattern| pattern.is_match(&found)))
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Numbers by their size, texts (and with them instants, which are kept in one form) by their letters.
fn compare(found: &Value, wanted: &Value) -> Option<Ordering> {
    match (found, wanted) {
        (Value::Number(found), Value::Number(wanted)) => found.as_f64()?.partial_cmp(&wanted.as_f64()?),
        (Value::String(found), Value::String(wanted)) => Some(found.as_str().cmp(wanted)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_comparison_holds_and_does_not_hold() {
        for (name, found, holds, fails) in [
            ("gt", json!(5), json!(4), json!(5)),
            ("gte", json!(5), json!(5), json!(6)),
            ("lt", json!("a"), json!("b"), json!("a")),
            ("lte", json!(1.5), json!(1.5), json!(1)),
            ("range", json!(5), json!([5, 6]), json!([6, 7])),
            ("regex", json!("prompt-1"), json!("^prompt-\\d$"), json!("^PROMPT")),
            ("iregex", json!("prompt-1"), json!("^PROMPT"), json!("^OMPT")),
            ("in", json!("a"), json!(["a", "b"]), json!(["b"])),
            ("contains", json!({"a": 1, "b": 2}), json!({"a": 1}), json!({"a": 2})),
            ("isnull", json!(null), json!(true), json!(false)),
        ] {
            let test = Test::parse(name).unwrap();
            assert!(test.holds(Some(&found), &holds), "{name}");
            assert!(!test.holds(Some(&found), &fails), "{name}");
        }
    }

    #[test]
    fn what_can_t_be_compared_with_is_refused() {
        for (name, value) in [("in", json!("a")), ("range", json!([1])), ("isnull", json!("x")), ("regex", json!("("))]
        {
            assert!(Test::parse(name).unwrap().check(&value).is_err(), "{name}");
        }
    }
}
