//! The configuration file. Everything in it is optional; whatever is unknown or wrong is named with its key.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde_yaml::Mapping;

use super::face::{FaceSettings, choices};
use super::limits::{RateLimits, is_off};
use super::line;
use super::mail;
use super::reader::Reader;
use super::{Clipboard, ConfigError, DatabaseUrl, PublicUrl, parse_listen};
use crate::domain::user::Username;
use crate::executor::Hashing;

/// No settings file is larger; one that is was named by mistake.
const LARGEST: u64 = 1024 * 1024;

/// A number of days, or `never`, which is zero.
fn days(written: &serde_yaml::Value) -> Result<u32, String> {
    match written {
        serde_yaml::Value::String(word) if word == "never" => Ok(0),
        other => other
            .as_u64()
            .and_then(|days| u32::try_from(days).ok())
            .filter(|days| *days <= 36_500)
            .ok_or_else(|| "write a number of days from 1 to 36500, or `never`".to_owned()),
    }
}

/// Where leaked passwords are looked up.
#[derive(Debug)]
pub(super) enum Lookup {
    /// Nowhere.
    Off,
    /// At an address.
    At(PublicUrl),
}

impl Lookup {
    fn read(written: &serde_yaml::Value) -> Result<Self, String> {
        match written.as_str() {
            _ if is_off(written) => Ok(Self::Off),
            Some(address) => PublicUrl::parse(address).map(Self::At),
            None => Err("write `off`, or an address such as https://api.pwnedpasswords.com".to_owned()),
        }
    }

    /// The address, if it is not off.
    pub fn address(self) -> Option<PublicUrl> {
        match self {
            Self::Off => None,
            Self::At(address) => Some(address),
        }
    }
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
    pub leaked_passwords: Option<Lookup>,
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

    /// Reads a file's text; `path` is for errors. Everything that is wrong is told at once.
    pub fn parse(text: &str, path: &str) -> Result<Self, ConfigError> {
        let told = |faults, face| ConfigError::Faults { path: path.to_owned(), faults, face: Box::new(face) };
        let read: Result<Option<Mapping>, _> = serde_yaml::from_str(text);
        let keys = match read {
            Ok(keys) => keys.unwrap_or_default(),
            Err(error) => {
                let why = error.to_string();
                return Err(told(vec![line::twice(text, &why).unwrap_or(why)], FaceSettings::default()));
            }
        };
        let mut reader = Reader::new(text, keys);
        let layer = reader.layer();
        let faults = reader.finish();
        if faults.is_empty() { Ok(layer) } else { Err(told(faults, layer.face)) }
    }
}

impl Reader<'_> {
    fn layer(&mut self) -> Layer {
        let group = |name: String| crate::domain::group::check_name(&name);
        let proxy = |text: String| text.parse().map_err(|_| format!("`{text}` is no IP address such as 10.0.0.1"));
        let looks = ["theme", "mouse", "keys", "columns"];
        Layer {
            written: looks.into_iter().filter(|key| self.has(key)).collect(),
            database: self.take::<String>("database").map(DatabaseUrl::from),
            public_url: self.checked("public_url", |url: String| PublicUrl::parse(&url)),
            listen: self.checked("listen", |text: String| parse_listen(&text)),
            acting_as: self.checked("as", |name: String| Username::parse(&name)),
            read_only: self.take("read_only"),
            read_only_group: self.checked("read_only_group", group),
            face: FaceSettings {
                theme: self.take("theme").unwrap_or_default(),
                mouse: self.take("mouse").unwrap_or_default(),
                keys: choices(self.text(), "keys", self.take("keys")),
                columns: choices(self.text(), "columns", self.take("columns")),
            },
            clipboard: self.take("clipboard"),
            default_expiry_days: self.checked("default_expiry_days", |written: serde_yaml::Value| days(&written)),
            password_hashing: self.checked("password_hashing", Hashing::check),
            rate_limits: self.checked("rate_limits", |written: serde_yaml::Value| RateLimits::read(&written)),
            leaked_passwords: self.checked("leaked_passwords", |written: serde_yaml::Value| Lookup::read(&written)),
            trusted_proxies: self.checked("trusted_proxies", |list: Vec<String>| list.into_iter().map(proxy).collect()),
            mail: self.checked_within("mail", mail::Text::check),
            blueprints: self.take("blueprints"),
            log: self.take("log"),
            log_file: self.take("log_file"),
        }
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
    fn everything_that_is_wrong_is_told_at_once() {
        let text = "theme: pink\nlisten: here\nmouse: perhaps\nmail:\n  tls: none\n  timeout: 0\ncolor: red\n";
        let message = fault(text);
        let lines: Vec<&str> = message.lines().collect();
        assert_eq!(lines.len(), 5, "{message}");
        for (line, key) in lines.iter().zip(["line 1", "line 2", "line 3", "line 6", "line 7"]) {
            assert!(line.starts_with("the configuration file config.yaml: ") && line.contains(key), "{message}");
        }
    }

    #[test]
    fn a_number_is_a_text_where_a_text_is_wanted() {
        let layer = Layer::parse("as: 1234\nread_only_group: 12\nclipboard: off\n", "config.yaml").unwrap();
        assert_eq!((layer.acting_as.unwrap().as_str(), layer.read_only_group.as_deref()), ("1234", Some("12")));
    }

    #[test]
    fn never_is_zero_days() {
        for (text, days) in [("never", 0), ("0", 0), ("30", 30)] {
            let layer = Layer::parse(&format!("default_expiry_days: {text}"), "config.yaml").unwrap();
            assert_eq!(layer.default_expiry_days, Some(days));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_file_and_key() {
        for (text, parts) in [
            ("databse: x", ["line 1: there is no key `databse`", "did you mean `database`?"]),
            ("theme: drak", ["line 1: `theme`", "did you mean `dark`?"]),
            ("mail: {hots: x}", ["`hots`", "did you mean `host`?"]),
            ("# here\nlisten: here", ["line 2: `listen`", "127.0.0.1:9000"]),
            ("theme: pink", ["theme", "`light`"]),
            ("mouse: maybe", ["mouse", "line 1"]),
            ("read_only_group: ''", ["line 1: `read_only_group`", "name"]),
            ("public_url: example.com", ["`public_url`", "https://"]),
            ("clipboard: xclip", ["clipboard", "`osc52`"]),
            ("default_expiry_days: 99999", ["`default_expiry_days`", "from 1"]),
            ("default_expiry_days: soon", ["`default_expiry_days`", "`never`"]),
            ("password_hashing: {memory_kib: 7}", ["`password_hashing`", "at least 8"]),
            ("password_hashing: {memory: 7}", ["memory", "`memory_kib`"]),
            ("rate_limits: {account: 5}", ["line 1: `rate_limits`", "`account`"]),
            ("leaked_passwords: example.com", ["`leaked_passwords`", "https://"]),
            ("leaked_passwords: 7", ["`leaked_passwords`", "`off`"]),
            ("trusted_proxies: [proxy]", ["`trusted_proxies`", "`proxy`"]),
            ("mail:\n  form: x", ["form", "line 2"]),
            ("mail:\n  host: a\n  from: jane", ["line 3: `mail.from`", "`jane`"]),
            ("log: info\nmail:\n  timeout: 0", ["`mail.timeout`", "line 3"]),
            ("mail: {host: 'a b'}", ["`mail.host`", "`a b`"]),
            ("mail: {tls: ssl}", ["ssl", "`starttls`"]),
            ("listen: a\nmouse: on\nlisten: b", ["line 3: `listen`", "twice"]),
            ("mouse: on\ndefault_expiry_days: -3", ["line 2: `default_expiry_days`", "from 1 to 36500"]),
            ("default_expiry_days: [3]", ["line 1: `default_expiry_days`", "from 1 to 36500"]),
        ] {
            let message = fault(text);
            assert!(message.contains("config.yaml"), "{message}");
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        }
    }
}
