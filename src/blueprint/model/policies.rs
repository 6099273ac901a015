//! The policies, one row each.

use super::Spec;
use super::attribute::{Attribute, Default, Kind, optional, required};
use super::fault::Fault;
use super::policy::PolicyRow;
use super::stage::no_rules;
use crate::blueprint::problem::quote;
use crate::domain::Mapping;
use crate::domain::policy::PolicyModel;
use serde_json::Value;

const NAME: Attribute = required("name", Kind::Line(255));
const LOGGING: Attribute = optional("execution_logging", Kind::Bool, Default::Bool(false));

/// A row: model, noun, the attributes beside name and logging, and what must hold between them.
macro_rules! row {
    ($(#[$doc:meta])* $row:ident, $model:ident, $noun:literal, [$($attribute:expr),* $(,)?], $rules:expr) => {
        $(#[$doc])*
        pub static $row: PolicyRow = PolicyRow {
            spec: &Spec {
                name: PolicyModel::$model.as_str(),
                noun: $noun,
                unique: Some("name"),
                attributes: &[NAME, LOGGING, $($attribute),*],
            },
            model: PolicyModel::$model,
            rules: $rules,
        };
    };
}

row!(
    /// Evaluates Python.
    EXPRESSION,
    Expression,
    "an expression policy",
    [required("expression", Kind::Source(100_000))],
    no_rules
);

row!(
    /// Asks for strong passwords.
    PASSWORD,
    Password,
    "a password policy",
    [
        optional("password_field", Kind::Line(255), Default::Text("password")),
        optional("check_static_rules", Kind::Bool, Default::Bool(true)),
        optional("check_have_i_been_pwned", Kind::Bool, Default::Bool(false)),
        optional("check_zxcvbn", Kind::Bool, Default::Bool(false)),
        optional("amount_digits", Kind::Unsigned, Default::Int(0)),
        optional("amount_uppercase", Kind::Unsigned, Default::Int(0)),
        optional("amount_lowercase", Kind::Unsigned, Default::Int(0)),
        optional("amount_symbols", Kind::Unsigned, Default::Int(0)),
        optional("length_min", Kind::Unsigned, Default::Int(0)),
        optional("symbol_charset", Kind::Source(1000), Default::Text("!\\\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ")),
        optional("error_message", Kind::Blank(1000), Default::Text("")),
        optional("hibp_allowed_count", Kind::Unsigned, Default::Int(0)),
        optional("zxcvbn_score_threshold", Kind::Unsigned, Default::Int(2)),
    ],
    no_rules
);

row!(
    /// Compares an event.
    EVENT_MATCHER,
    EventMatcher,
    "an event matcher policy",
    [
        optional("action", Kind::MaybeLine(255), Default::Null),
        optional("client_ip", Kind::MaybeLine(255), Default::Null),
        optional("app", Kind::MaybeLine(255), Default::Null),
        optional("model", Kind::MaybeLine(255), Default::Null),
        optional("query", Kind::MaybeLine(10_000), Default::Null),
    ],
    no_rules
);

row!(
    /// Has a fixed result.
    DUMMY,
    Dummy,
    "a dummy policy",
    [
        optional("result", Kind::Bool, Default::Bool(false)),
        optional("wait_min", Kind::Integer, Default::Int(5)),
        optional("wait_max", Kind::Integer, Default::Int(30)),
    ],
    no_rules
);

row!(
    /// Compares a reputation with a threshold.
    REPUTATION,
    Reputation,
    "a reputation policy",
    [
        optional("check_ip", Kind::Bool, Default::Bool(true)),
        optional("check_username", Kind::Bool, Default::Bool(true)),
        optional("threshold", Kind::Integer, Default::Int(-5)),
    ],
    reputation
);

fn reputation(values: &Mapping) -> Vec<Fault> {
    if ["check_ip", "check_username"].iter().all(|name| values.get(*name) == Some(&Value::Bool(false))) {
        let message = "Either `check_ip` or `check_username` has to be on.";
        return vec![Fault::between("check_username", &["check_ip"], message)];
    }
    Vec::new()
}

row!(
    /// Looks at a password's age.
    EXPIRY,
    Expiry,
    "a password expiry policy",
    [required("days", Kind::Integer), optional("deny_only", Kind::Bool, Default::Bool(false))],
    no_rules
);

row!(
    /// Looks at where somebody is.
    GEOIP,
    Geoip,
    "a GeoIP policy",
    [
        required("countries", Kind::Texts),
        optional("asns", Kind::Integers, Default::EmptyList),
        optional("check_history_distance", Kind::Bool, Default::Bool(false)),
        optional("history_max_distance_km", Kind::Unsigned, Default::Int(100)),
        optional("history_login_count", Kind::Unsigned, Default::Int(5)),
        optional("distance_tolerance_km", Kind::Unsigned, Default::Int(50)),
        optional("check_impossible_travel", Kind::Bool, Default::Bool(false)),
        optional("impossible_tolerance_km", Kind::Unsigned, Default::Int(100)),
    ],
    countries
);

fn countries(values: &Mapping) -> Vec<Fault> {
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    let listed = values.get("countries").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let wrong = listed.iter().filter_map(Value::as_str).filter(|code| !is_code(code));
    wrong.map(|code| Fault::of("countries", format!("{} is no country code such as `CH`.", quote(code)))).collect()
}
