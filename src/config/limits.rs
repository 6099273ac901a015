//! Limits on attempts: `rate_limits` in the file. Each is a bucket that holds `burst` attempts and is filled again with
//! `per_minute` of them.

use std::num::NonZeroU32;

use serde_json::{Value, json};
use serde_yaml::Value as Yaml;

use super::reader::Within;
use crate::domain::validation::nearest;

/// A bucket's size and how quickly it is filled again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many attempts are taken at once.
    pub burst: NonZeroU32,
    /// How many more are taken each minute.
    pub per_minute: NonZeroU32,
}

/// How often what may be tried; none is without limit. A client's address is an IPv4 address or an IPv6 network of 64
/// bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Links with a token that are opened from one address. One that leads nowhere counts ten times.
    pub links: Option<Rate>,
    /// New passwords that are sent from one address.
    pub new_passwords: Option<Rate>,
    /// Passwords that are sent from one address to be compared.
    pub passwords: Option<Rate>,
    /// Passwords that are sent for one account, from wherever.
    pub account: Option<Rate>,
}

const fn rate(burst: u32, per_minute: u32) -> Option<Rate> {
    match (NonZeroU32::new(burst), NonZeroU32::new(per_minute)) {
        (Some(burst), Some(per_minute)) => Some(Rate { burst, per_minute }),
        _ => None,
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { links: rate(300, 60), new_passwords: rate(300, 60), passwords: rate(100, 20), account: rate(10, 1) }
    }
}

impl RateLimits {
    /// No limits.
    pub const OFF: Self = Self { links: None, new_passwords: None, passwords: None, account: None };

    /// What the file says: `off`, or some of the limits, each with its numbers or `off`.
    pub(super) fn read(written: &Yaml) -> Result<Self, Vec<Within>> {
        if is_off(written) {
            return Ok(Self::OFF);
        }
        let mut limits = Self::default();
        let Yaml::Mapping(entries) = written else {
            let why = format!("write `off`, or what is limited: {}", NAMES.map(|name| format!("`{name}`")).join(", "));
            return Err(vec![Within { path: Vec::new(), why }]);
        };
        let mut faults = Vec::new();
        for (key, value) in entries {
            let key = name_of(key);
            let limit = match key.as_str() {
                "links" => &mut limits.links,
                "new_passwords" => &mut limits.new_passwords,
                "passwords" => &mut limits.passwords,
                "account" => &mut limits.account,
                _ => {
                    faults.push(unknown(key, &NAMES));
                    continue;
                }
            };
            match read_rate(value) {
                Ok(rate) => *limit = rate,
                Err(within) => faults.extend(within.into_iter().map(|mut fault| {
                    fault.path.insert(0, key.clone());
                    fault
                })),
            }
        }
        if faults.is_empty() { Ok(limits) } else { Err(faults) }
    }

    /// As the file would say it.
    pub(super) fn shown(&self) -> Value {
        let shown = |limit: Option<Rate>| match limit {
            Some(Rate { burst, per_minute }) => json!({ "burst": burst, "per_minute": per_minute }),
            None => json!("off"),
        };
        if *self == Self::OFF {
            return json!("off");
        }
        json!({
            "links": shown(self.links), "new_passwords": shown(self.new_passwords),
            "passwords": shown(self.passwords), "account": shown(self.account),
        })
    }
}

/// What is limited.
const NAMES: [&str; 4] = ["links", "new_passwords", "passwords", "account"];

fn name_of(key: &Yaml) -> String {
    match key {
        Yaml::String(name) => name.clone(),
        Yaml::Number(number) => number.to_string(),
        Yaml::Bool(truth) => truth.to_string(),
        _ => "?".to_owned(),
    }
}

fn unknown(key: String, known: &[&str]) -> Within {
    let why = match nearest(&key, known.iter().copied()) {
        Some(near) => format!("there is no such key: did you mean `{near}`?"),
        None => format!(
            "there is no such key: write {}",
            known.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
        ),
    };
    Within::of(key, why)
}

/// The numbers of one limit, or that it is off.
fn read_rate(written: &Yaml) -> Result<Option<Rate>, Vec<Within>> {
    const KEYS: [&str; 2] = ["burst", "per_minute"];
    let usual = "write `off` or {burst: 10, per_minute: 1}";
    if is_off(written) {
        return Ok(None);
    }
    let Yaml::Mapping(entries) = written else { return Err(vec![Within { path: Vec::new(), why: usual.into() }]) };
    let mut faults: Vec<Within> = entries
        .keys()
        .map(name_of)
        .filter(|key| !KEYS.contains(&key.as_str()))
        .map(|key| unknown(key, &KEYS))
        .collect();
    let mut number = |key: &str| {
        let Some(value) = entries.get(key) else {
            faults.push(Within { path: Vec::new(), why: format!("`{key}` is missing: {usual}") });
            return None;
        };
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok()).and_then(NonZeroU32::new);
        if number.is_none() {
            faults.push(Within::of(key, "write a number that is at least 1"));
        }
        number
    };
    let rate = (number("burst"), number("per_minute"));
    match rate {
        (Some(burst), Some(per_minute)) if faults.is_empty() => Ok(Some(Rate { burst, per_minute })),
        _ => Err(faults),
    }
}

/// YAML has had two words for it.
pub(super) fn is_off(written: &Yaml) -> bool {
    written.as_str() == Some("off") || written.as_bool() == Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<RateLimits, Vec<Within>> {
        RateLimits::read(&serde_yaml::from_str(text).unwrap())
    }

    #[test]
    fn what_is_not_written_stays_as_it_is() {
        let usual = RateLimits::default();
        assert_eq!(read("account: {burst: 3, per_minute: 2}"), Ok(RateLimits { account: rate(3, 2), ..usual }));
        assert_eq!(read("links: off"), Ok(RateLimits { links: None, ..usual }));
        assert_eq!(read("off"), Ok(RateLimits::OFF));
        assert_eq!(read("{}"), Ok(usual));
        assert_eq!(RateLimits::OFF.shown(), json!("off"));
        assert_eq!(usual.shown()["account"], json!({ "burst": 10, "per_minute": 1 }));
    }

    #[test]
    fn what_is_wrong_says_where_and_what_would_be_right() {
        for (text, path, part) in [
            ("on", "", "`passwords`"),
            ("acount: off", "acount", "did you mean `account`?"),
            ("letters: off", "letters", "`links`"),
            ("account: 5", "account", "per_minute: 1}"),
            ("account: {burst: 0, per_minute: 1}", "account.burst", "at least 1"),
            ("account: {burst: 5}", "account", "`per_minute` is missing"),
            ("links: {burst: 5, per_minute: 1, perminute: 2}", "links.perminute", "`per_minute`"),
        ] {
            let faults = read(text).unwrap_err();
            assert!(faults.len() == 1 && faults[0].path.join(".") == path, "{text}: {faults:?}");
            assert!(faults[0].why.contains(part), "{text}: {faults:?}");
        }
        assert_eq!(read("{links: 5, account: {burst: x, per_minute: y}, z: 1}").unwrap_err().len(), 4);
    }
}
