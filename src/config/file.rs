//! The configuration file. Everything in it is optional; whatever is unknown or wrong is named with its key.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::face::{FaceSettings, ThemeChoice, Written, choices};
use super::limits::RateLimits;
use super::line;
use super::mail;
use super::{Clipboard, ConfigError, DatabaseUrl, PublicUrl, parse_listen};
use crate::domain::user::Username;
use crate::executor::Hashing;

/// No settings file is larger; one that is was named by mistake.
const LARGEST: u64 = 1024 * 1024;

/// The file as it is written. Its fields are the keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    database: Option<String>,
    public_url: Option<String>,
    listen: Option<String>,
    #[serde(rename = "as")]
    acting_as: Option<String>,
    read_only: Option<bool>,
    read_only_group: Option<String>,
    theme: Option<ThemeChoice>,
    mouse: Option<bool>,
    keys: Option<BTreeMap<String, Written>>,
    columns: Option<BTreeMap<String, Written>>,
    clipboard: Option<Clipboard>,
    default_expiry_days: Option<u32>,
    password_hashing: Option<Hashing>,
    rate_limits: Option<serde_yaml::Value>,
    trusted_proxies: Option<Vec<String>>,
    blueprints: Option<PathBuf>,
    mail: Option<mail::Text>,
    log: Option<String>,
    log_file: Option<PathBuf>,
}

/// What a file says, checked.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub database: Option<DatabaseUrl>,
    pub public_url: Option<PublicUrl>,
    pub listen: Option<SocketAddr>,
    pub acting_as: Option<Username>,
    pub read_only: Option<bool>,
    pub read_only_group: Option<String>,
    pub face: FaceSettings,
    /// Which keys of the console's looks are in the file.
    pub written: Vec<&'static str>,
    pub clipboard: Option<Clipboard>,
    pub default_expiry_days: Option<u32>,
    pub password_hashing: Option<Hashing>,
    pub rate_limits: Option<RateLimits>,
    pub trusted_proxies: Option<Vec<IpAddr>>,
    pub blueprints: Option<PathBuf>,
    pub mail: Option<mail::Text>,
    pub log: Option<String>,
    pub log_file: Option<PathBuf>,
}

impl Layer {
    /// Reads a file that there must be.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let unreadable = |source| ConfigError::Unreadable { path: shown.clone(), source };
        if std::fs::metadata(path).map_err(unreadable)?.len() > LARGEST {
            return Err(ConfigError::File { path: shown, why: "it is larger than any settings can be".into() });
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::parse(&text, &shown)
    }

    /// Reads a file if there is one.
    pub fn read_if_there(path: &Path) -> Result<Self, ConfigError> {
        match Self::read(path) {
            Err(ConfigError::Unreadable { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Ok(Self::default())
            }
            other => other,
        }
    }

    /// Reads a file's text; `path` is for errors.
    pub fn parse(text: &str, path: &str) -> Result<Self, ConfigError> {
        let wrong = |why: String| ConfigError::File { path: path.to_owned(), why };
        let source = text;
        let text: Option<Text> = serde_yaml::from_str(source).map_err(|error| wrong(error.to_string()))?;
        let Some(text) = text else { return Ok(Self::default()) };
        let wrong = &wrong;
        let key =
            |key: &'static str| move |why: String| wrong(format!("line {}: `{key}`: {why}", line::of(source, &[key])));
        let group = |name: String| crate::domain::group::check_name(&name);
        let days = |days: u32| match days {
            1..=36_500 => Ok(days),
            _ => Err("write a number of days from 1 to 36500".to_owned()),
        };
        let proxy = |text: String| text.parse().map_err(|_| format!("`{text}` is no IP address such as 10.0.0.1"));
        Ok(Self {
            database: text.database.map(DatabaseUrl::from),
            public_url: text.public_url.map(|url| PublicUrl::parse(&url)).transpose().map_err(key("public_url"))?,
            listen: text.listen.map(|text| parse_listen(&text)).transpose().map_err(key("listen"))?,
            acting_as: text.acting_as.map(|name| Username::parse(&name)).transpose().map_err(key("as"))?,
            read_only: text.read_only,
            read_only_group: text.read_only_group.map(group).transpose().map_err(key("read_only_group"))?,
            written: [
                ("theme", text.theme.is_some()),
                ("mouse", text.mouse.is_some()),
                ("keys", text.keys.is_some()),
                ("columns", text.columns.is_some()),
            ]
            .into_iter()
            .filter_map(|(key, there)| there.then_some(key))
            .collect(),
            face: FaceSettings {
                theme: text.theme.unwrap_or_default(),
                mouse: text.mouse.unwrap_or_default(),
                keys: choices(source, "keys", text.keys),
                columns: choices(source, "columns", text.columns),
            },
            clipboard: text.clipboard,
            default_expiry_days: text.default_expiry_days.map(days).transpose().map_err(key("default_expiry_days"))?,
            password_hashing: text.password_hashing.map(Hashing::check).transpose().map_err(key("password_hashing"))?,
            rate_limits: text.rate_limits.as_ref().map(RateLimits::read).transpose().map_err(key("rate_limits"))?,
            trusted_proxies: text
                .trusted_proxies
                .map(|list| list.into_iter().map(proxy).collect())
                .transpose()
                .map_err(key("trusted_proxies"))?,
            blueprints: text.blueprints,
            mail: text.mail.map(mail::Text::check).transpose().map_err(|(key, why)| {
                let line = format!("line {}: ", line::of(source, &["mail", key]));
                wrong(format!("{line}`mail.{key}`: {why}"))
            })?,
            log: text.log,
            log_file: text.log_file,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        Layer::parse(text, "config.yaml").unwrap_err().to_string()
    }

    #[test]
    fn an_empty_file_says_nothing() {
        for text in ["", "# nothing yet\n", "{}"] {
            assert!(Layer::parse(text, "config.yaml").unwrap().database.is_none(), "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_file_and_key() {
        for (text, parts) in [
            ("databse: x", ["databse", "`database`"]),
            ("# here\nlisten: here", ["line 2: `listen`", "127.0.0.1:9000"]),
            ("theme: pink", ["theme", "`light`"]),
            ("mouse: maybe", ["mouse", "line 1"]),
            ("read_only_group: ''", ["line 1: `read_only_group`", "name"]),
            ("public_url: example.com", ["`public_url`", "https://"]),
            ("clipboard: xclip", ["clipboard", "`osc52`"]),
            ("default_expiry_days: 0", ["`default_expiry_days`", "from 1"]),
            ("password_hashing: {memory_kib: 7}", ["`password_hashing`", "at least 8"]),
            ("password_hashing: {memory: 7}", ["memory", "`memory_kib`"]),
            ("rate_limits: {account: 5}", ["line 1: `rate_limits`", "`account`"]),
            ("trusted_proxies: [proxy]", ["`trusted_proxies`", "`proxy`"]),
            ("mail:\n  form: x", ["form", "line 2"]),
            ("mail:\n  host: a\n  from: jane", ["line 3: `mail.from`", "`jane`"]),
            ("log: info\nmail:\n  timeout: 0", ["`mail.timeout`", "line 3"]),
            ("mail: {host: 'a b'}", ["`mail.host`", "`a b`"]),
            ("mail: {tls: ssl}", ["ssl", "`starttls`"]),
            ("listen: a\nlisten: b", ["listen", "duplicate"]),
        ] {
            let message = fault(text);
            assert!(message.contains("config.yaml"), "{message}");
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        }
    }
}
