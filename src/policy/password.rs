//! The password policy: counts, and how easy a password is to guess.

use serde_json::Value;

use super::run::Outcome;
use super::{Request, Result};
use crate::domain::Mapping;
use crate::store::{Tx, brands, users};

/// One rule of a password policy, to be shown while somebody types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Which rule: the name of the setting.
    pub code: &'static str,
    /// How many there must be; for `check_zxcvbn` the least score.
    pub amount: u64,
    /// The symbols that count, for `amount_symbols`; empty otherwise.
    pub symbols: String,
}

/// The longest part of a password that is looked at for its score: the search takes too long beyond.
const SCORED: usize = 72;

impl Hint {
    /// Whether a password meets the rule. `about` is what others may know of the person.
    pub fn is_met(&self, password: &str, about: &[&str]) -> bool {
        self.count(password, about) >= self.amount
    }

    fn count(&self, password: &str, about: &[&str]) -> u64 {
        let those = |is: fn(&char) -> bool| password.chars().filter(is).count() as u64;
        match self.code {
            "amount_digits" => those(char::is_ascii_digit),
            "amount_lowercase" => those(char::is_ascii_lowercase),
            "amount_uppercase" => those(char::is_ascii_uppercase),
            // A symbol that the list names twice counts twice, as in authentik.
            "amount_symbols" => self.symbols.chars().map(|symbol| password.matches(symbol).count() as u64).sum(),
            "check_zxcvbn" => u64::from(u8::from(score(password, about).score())),
            _ => password.chars().count() as u64,
        }
    }

    /// The rule as the end of "The password needs ...".
    pub fn words(&self) -> String {
        let (amount, plural) = (self.amount, if self.amount == 1 { "" } else { "s" });
        match self.code {
            "amount_digits" => format!("{amount} digit{plural}"),
            "amount_lowercase" => format!("{amount} lower-case letter{plural} (a-z)"),
            "amount_uppercase" => format!("{amount} upper-case letter{plural} (A-Z)"),
            "amount_symbols" => format!("{amount} symbol{plural}"),
            "check_zxcvbn" => "to be harder to guess".to_owned(),
            _ => format!("at least {amount} character{plural}"),
        }
    }
}

fn score(password: &str, about: &[&str]) -> zxcvbn::Entropy {
    let first: String = password.chars().take(SCORED).collect();
    zxcvbn::zxcvbn(&first, about)
}

fn flag(settings: &Mapping, name: &str, default: bool) -> bool {
    settings.get(name).and_then(Value::as_bool).unwrap_or(default)
}

fn number(settings: &Mapping, name: &str, default: u64) -> u64 {
    settings.get(name).and_then(Value::as_u64).unwrap_or(default)
}

/// The rules of a password policy's settings that can be told without asking anybody, in the order in which they are
/// checked.
pub fn hints(settings: &Mapping) -> Vec<Hint> {
    let mut hints = Vec::new();
    if flag(settings, "check_static_rules", true) {
        for code in ["length_min", "amount_digits", "amount_lowercase", "amount_uppercase", "amount_symbols"] {
            let symbols = if code == "amount_symbols" { settings.get("symbol_charset") } else { None };
            let symbols = symbols.and_then(Value::as_str).unwrap_or_default().to_owned();
            hints.push(Hint { code, amount: number(settings, code, 0), symbols });
        }
    }
    if flag(settings, "check_zxcvbn", false) {
        let amount = number(settings, "zxcvbn_score_threshold", 2) + 1;
        hints.push(Hint { code: "check_zxcvbn", amount, symbols: String::new() });
    }
    hints.retain(|hint| hint.amount > 0);
    hints
}

/// The name of the field that a password policy looks at.
pub fn field(settings: &Mapping) -> &str {
    settings.get("password_field").and_then(Value::as_str).unwrap_or("password")
}

fn entered<'a>(settings: &Mapping, request: &'a Request) -> Option<&'a str> {
    let name = field(settings);
    let prompted = request.context.get("prompt_data").and_then(|data| data.get(name));
    prompted.or_else(|| request.context.get(name)).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// What others may know: of who is signed in, as authentik asks, and of what was entered on the same page.
async fn about(tx: &mut Tx, request: &Request) -> Result<Vec<String>> {
    let mut about = Vec::new();
    if let Some(id) = request.user
        && let Some(user) = users::find(tx, id).await?
    {
        about.extend([user.username.to_string(), user.name, user.email]);
    }
    let answers = request.context.get("prompt_data").and_then(Value::as_object);
    let others = answers.into_iter().flatten().filter(|(key, _)| ["username", "name", "email"].contains(&key.as_str()));
    about.extend(others.filter_map(|(_, value)| value.as_str().map(str::to_owned)));
    if let Some(http) = &request.http {
        let brand = brands::of_host(tx, &http.host).await?;
        about.extend(brand.and_then(|brand| Some(brand.settings.get("branding_title")?.as_str()?.to_owned())));
    }
    about.retain(|text| !text.is_empty());
    Ok(about)
}

/// Judges the password of a request. The first rule that is not met decides.
pub(super) async fn judge(tx: &mut Tx, settings: &Mapping, request: &Request) -> Result<(Outcome, Vec<String>)> {
    let Some(password) = entered(settings, request) else {
        return Ok((Outcome::Result(false), vec!["Password not set in context".to_owned()]));
    };
    let about = about(tx, request).await?;
    let about: Vec<&str> = about.iter().map(String::as_str).collect();
    let all = hints(settings);
    let missed = all.iter().find(|hint| !hint.is_met(password, &about));
    let messages = match missed {
        None => Vec::new(),
        Some(hint) if hint.code == "check_zxcvbn" => too_weak(password, &about),
        Some(_) => vec![static_message(settings, &all, password)],
    };
    if flag(settings, "check_have_i_been_pwned", false) && missed.is_none() {
        tracing::warn!("a password was not looked up in lists of leaked ones: policies have no network");
    }
    Ok((Outcome::Result(missed.is_none()), messages))
}

/// The policy's own message; where there is none, everything that is still missing.
fn static_message(settings: &Mapping, all: &[Hint], password: &str) -> String {
    let own = settings.get("error_message").and_then(Value::as_str).unwrap_or_default();
    if !own.is_empty() {
        return own.to_owned();
    }
    let missing = all.iter().filter(|hint| hint.code != "check_zxcvbn" && !hint.is_met(password, &[]));
    let words: Vec<String> = missing.map(Hint::words).collect();
    let list = match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    };
    format!("The password needs {list}.")
}

fn too_weak(password: &str, about: &[&str]) -> Vec<String> {
    let mut messages = vec!["Password is too weak.".to_owned()];
    if let Some(feedback) = score(password, about).feedback() {
        messages.extend(feedback.warning().map(|warning| warning.to_string()));
        messages.extend(feedback.suggestions().iter().map(ToString::to_string));
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn met(settings: &Value, password: &str) -> Vec<(&'static str, bool)> {
        hints(settings.as_object().unwrap()).iter().map(|hint| (hint.code, hint.is_met(password, &[]))).collect()
    }

    #[test]
    fn only_rules_that_ask_for_something_are_hints_and_letters_are_ascii() {
        let settings = json!({"length_min": 4, "amount_digits": 2, "amount_uppercase": 1, "amount_lowercase": 0});
        assert_eq!(
            met(&settings, "ÄB1٣x"),
            [("length_min", true), ("amount_digits", false), ("amount_uppercase", true)]
        );
        assert_eq!(met(&json!({"length_min": 0}), ""), []);
        assert_eq!(met(&json!({"length_min": 9, "check_static_rules": false}), ""), []);
    }

    #[test]
    fn length_counts_characters_and_a_symbol_named_twice_counts_twice() {
        assert_eq!(met(&json!({"length_min": 4}), "äöü€"), [("length_min", true)]);
        let symbols = json!({"amount_symbols": 2, "symbol_charset": "!\\\"\\"});
        assert_eq!(met(&symbols, "a\\"), [("amount_symbols", true)]);
        assert_eq!(met(&symbols, "a!"), [("amount_symbols", false)]);
    }

    #[test]
    fn without_a_message_of_its_own_a_policy_says_everything_that_is_missing() {
        let settings = json!({"length_min": 12, "amount_digits": 1, "amount_uppercase": 2, "error_message": ""});
        let settings = settings.as_object().unwrap();
        let said = static_message(settings, &hints(settings), "short");
        assert_eq!(said, "The password needs at least 12 characters, 1 digit and 2 upper-case letters (A-Z).");
    }

    #[test]
    fn a_score_up_to_the_threshold_is_too_weak() {
        let rule = |threshold: u64| json!({"check_static_rules": false, "check_zxcvbn": true, "zxcvbn_score_threshold": threshold});
        assert_eq!(met(&rule(2), "password1"), [("check_zxcvbn", false)]);
        assert_eq!(met(&rule(2), "gravel-mutton-oblique-zebra"), [("check_zxcvbn", true)]);
        let hint = &hints(rule(1).as_object().unwrap())[0];
        assert!(!hint.is_met("marigold77", &["marigold77"]));
    }
}
