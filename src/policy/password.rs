//! The password policy: counts, and how easy a password is to guess.

use serde_json::Value;
use zxcvbn::feedback::Suggestion;

use super::run::Outcome;
use super::{Fingerprint, Policies, PolicyError, Request, Result, Unasked};
use crate::domain::Mapping;
use crate::domain::message::{Better, Counted, Guessable, Message, Rule, Sentence};
use crate::store::{Tx, brands, users};

/// The longest part of a password that is looked at for its score: the search takes too long beyond.
const SCORED: usize = 72;

/// Whether a password meets a rule. `about` is what others may know of the person.
pub fn is_met(rule: &Rule, password: &str, about: &[&str]) -> bool {
    count(rule, password, about) >= rule.amount
}

fn count(rule: &Rule, password: &str, about: &[&str]) -> u64 {
    let those = |is: fn(&char) -> bool| password.chars().filter(is).count() as u64;
    match rule.of {
        Counted::Digits => those(char::is_ascii_digit),
        Counted::Lowercase => those(char::is_ascii_lowercase),
        Counted::Uppercase => those(char::is_ascii_uppercase),
        // A symbol that the list names twice counts twice, as in authentik.
        Counted::Symbols => rule.symbols.chars().map(|symbol| password.matches(symbol).count() as u64).sum(),
        Counted::Score => u64::from(u8::from(score(password, about).score())),
        // Only the lists know; see `judge`.
        Counted::Unknown => rule.amount,
        Counted::Length => password.chars().count() as u64,
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

/// The rules of a password policy's settings that can be told beforehand, in the order in which they are
/// checked.
pub fn rules(settings: &Mapping) -> Vec<Rule> {
    let counted = [
        ("length_min", Counted::Length),
        ("amount_digits", Counted::Digits),
        ("amount_lowercase", Counted::Lowercase),
        ("amount_uppercase", Counted::Uppercase),
        ("amount_symbols", Counted::Symbols),
    ];
    let mut rules = Vec::new();
    if flag(settings, "check_static_rules", true) {
        for (name, of) in counted {
            let symbols = if of == Counted::Symbols { settings.get("symbol_charset") } else { None };
            let symbols = symbols.and_then(Value::as_str).unwrap_or_default().to_owned();
            rules.push(Rule { of, amount: number(settings, name, 0), symbols });
        }
    }
    if asks_lists(settings) {
        rules.push(Rule { of: Counted::Unknown, amount: 1, symbols: String::new() });
    }
    if flag(settings, "check_zxcvbn", false) {
        let amount = number(settings, "zxcvbn_score_threshold", 2).saturating_add(1);
        rules.push(Rule { of: Counted::Score, amount, symbols: String::new() });
    }
    rules.retain(|rule| rule.amount > 0);
    rules
}

/// Whether a policy looks passwords up in lists of leaked ones.
pub fn asks_lists(settings: &Mapping) -> bool {
    flag(settings, "check_have_i_been_pwned", false)
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

/// Judges the password of a request. The first rule that is not met decides: what it lacks, whether it has leaked, how
/// easy it is to guess.
pub(super) async fn judge(
    policies: &Policies,
    tx: &mut Tx,
    settings: &Mapping,
    request: &Request,
) -> Result<(Outcome, Vec<Message>)> {
    let Some(password) = entered(settings, request) else {
        return Ok((Outcome::Result(false), vec![Sentence::NoPassword.into()]));
    };
    let refused = |messages| Ok((Outcome::Result(false), messages));
    let (scored, fixed): (Vec<Rule>, Vec<Rule>) =
        rules(settings).into_iter().partition(|rule| rule.of == Counted::Score);
    let missing: Vec<Rule> = fixed.into_iter().filter(|rule| !is_met(rule, password, &[])).collect();
    if !missing.is_empty() {
        return refused(vec![lacking(settings, missing)]);
    }
    if asks_lists(settings) {
        match leaked(policies, password)? {
            Ok(times) if times > number(settings, "hibp_allowed_count", 0) => {
                return refused(vec![Sentence::PasswordLeaked { times }.into()]);
            }
            Ok(_) => {}
            Err(why) => {
                let failed = Outcome::Failed { message: Sentence::ListsAway.into(), detail: why.to_string() };
                return Ok((failed, Vec::new()));
            }
        }
    }
    let about = about(tx, request).await?;
    let about: Vec<&str> = about.iter().map(String::as_str).collect();
    if scored.iter().all(|rule| is_met(rule, password, &about)) {
        return Ok((Outcome::Result(true), Vec::new()));
    }
    refused(too_weak(password, &about))
}

/// How often a password stands on lists of leaked ones; never where they are not asked.
fn leaked(policies: &Policies, password: &str) -> Result<std::result::Result<u64, Unasked>> {
    if policies.lists.is_none() {
        tracing::warn!("a password was not looked up in lists of leaked ones: `leaked_passwords` is off");
        return Ok(Ok(0));
    }
    let fingerprint = Fingerprint::of(password);
    match policies.found.get(&fingerprint) {
        Some(found) => Ok(found.clone()),
        None => Err(PolicyError::NotLookedUp(fingerprint)),
    }
}

/// The policy's own message; where there is none, everything that is still missing.
fn lacking(settings: &Mapping, rules: Vec<Rule>) -> Message {
    let own = settings.get("error_message").and_then(Value::as_str).unwrap_or_default();
    if own.is_empty() { Sentence::PasswordNeeds { rules }.into() } else { own.into() }
}

fn too_weak(password: &str, about: &[&str]) -> Vec<Message> {
    let mut messages = vec![Sentence::PasswordWeak];
    if let Some(feedback) = score(password, about).feedback() {
        messages.extend(feedback.warning().map(|warning| Sentence::Weakness { warning: Guessable(warning) }));
        let advice = |suggestion: &Suggestion| Sentence::Advice { suggestion: Better(*suggestion) };
        messages.extend(feedback.suggestions().iter().map(advice));
    }
    messages.into_iter().map(Message::Ours).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn met(settings: &Value, password: &str) -> Vec<(Counted, bool)> {
        rules(settings.as_object().unwrap()).iter().map(|rule| (rule.of, is_met(rule, password, &[]))).collect()
    }

    #[test]
    fn only_rules_that_ask_for_something_are_hints_and_letters_are_ascii() {
        let settings = json!({"length_min": 4, "amount_digits": 2, "amount_uppercase": 1, "amount_lowercase": 0});
        assert_eq!(
            met(&settings, "ÄB1٣x"),
            [(Counted::Length, true), (Counted::Digits, false), (Counted::Uppercase, true)]
        );
        assert_eq!(met(&json!({"length_min": 0}), ""), []);
        assert_eq!(met(&json!({"length_min": 9, "check_static_rules": false}), ""), []);
    }

    #[test]
    fn length_counts_characters_and_a_symbol_named_twice_counts_twice() {
        assert_eq!(met(&json!({"length_min": 4}), "äöü€"), [(Counted::Length, true)]);
        let symbols = json!({"amount_symbols": 2, "symbol_charset": "!\\\"\\"});
        assert_eq!(met(&symbols, "a\\"), [(Counted::Symbols, true)]);
        assert_eq!(met(&symbols, "a!"), [(Counted::Symbols, false)]);
    }

    #[test]
    fn without_a_message_of_its_own_a_policy_says_everything_that_is_missing() {
        let settings = json!({"length_min": 12, "amount_digits": 1, "amount_uppercase": 2, "error_message": ""});
        let settings = settings.as_object().unwrap();
        let missing = rules(settings).into_iter().filter(|rule| !is_met(rule, "short", &[])).collect();
        let said = lacking(settings, missing).to_string();
        assert!(said.starts_with("The password needs at least 12 characters, at least 1 digit"), "{said}");
    }

    #[test]
    fn a_score_up_to_the_threshold_is_too_weak() {
        let rule = |threshold: u64| json!({"check_static_rules": false, "check_zxcvbn": true, "zxcvbn_score_threshold": threshold});
        assert_eq!(met(&rule(2), "password1"), [(Counted::Score, false)]);
        assert_eq!(met(&rule(2), "gravel-mutton-oblique-zebra"), [(Counted::Score, true)]);
        assert!(!is_met(&rules(rule(1).as_object().unwrap())[0], "marigold77", &["marigold77"]));
    }
}
