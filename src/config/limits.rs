//! Limits on attempts: `rate_limits` in the file. Each is a bucket that holds `burst` attempts and is filled again with
//! `per_minute` of them.

use std::num::NonZeroU32;

use serde::Deserialize;
use serde_json::{Value, json};
use serde_yaml::Value as Yaml;

/// A bucket's size and how quickly it is filled again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
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
    pub(super) fn read(written: &Yaml) -> Result<Self, String> {
        if is_off(written) {
            return Ok(Self::OFF);
        }
        let mut limits = Self::default();
        let keys = "`links`, `new_passwords`, `passwords` or `account`";
        let Yaml::Mapping(entries) = written else { return Err(format!("write `off`, or what is limited: {keys}")) };
        for (key, value) in entries {
            let key = key.as_str().unwrap_or_default();
            let limit = match key {
                "links" => &mut limits.links,
                "new_passwords" => &mut limits.new_passwords,
                "passwords" => &mut limits.passwords,
                "account" => &mut limits.account,
                other => return Err(format!("`{other}` is nothing that is limited: write {keys}")),
            };
            let rate = |why| format!("`{key}`: write `off` or {{burst: 10, per_minute: 1}}, both at least 1 ({why})");
            *limit = if is_off(value) { None } else { Some(serde_yaml::from_value(value.clone()).map_err(rate)?) };
        }
        Ok(limits)
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

/// YAML has had two words for it.
pub(super) fn is_off(written: &Yaml) -> bool {
    written.as_str() == Some("off") || written.as_bool() == Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<RateLimits, String> {
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
    fn what_is_wrong_says_what_would_be_right() {
        for (text, part) in [
            ("on", "`passwords`"),
            ("accounts: off", "`accounts`"),
            ("account: 5", "`account`"),
            ("account: {burst: 0, per_minute: 1}", "at least 1"),
            ("account: {burst: 5}", "per_minute"),
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
