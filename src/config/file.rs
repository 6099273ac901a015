//! The configuration file. Everything in it is optional; whatever is unknown or wrong is named with its key.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde_yaml::Mapping;

use super::face::{FaceSettings, choices};
use super::limits::{RateLimits, is_off};
use super::line::{Outline, element};
use super::mail;
use super::reader::{Reader, Within};
use super::{Clipboard, ConfigError, DatabaseUrl, PublicUrl, parse_listen, parse_log};
use crate::domain::text::printable;
use crate::domain::user::Username;
use crate::executor::Hashing;
use crate::store::Store;

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
    /// The line of `mail`, where it is there.
    pub mail_line: Option<usize>,
    pub log: Option<String>,
    pub log_file: Option<PathBuf>,
    /// Which file it is, for errors.
    pub path: String,
    /// The line of everything that is wrong with single values, and what to say.
    pub faults: Vec<(usize, String)>,
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
        Self::understand(&text, &shown)
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

    /// Reads a file's text; `path` is for errors. What is wrong with single values is noted in it.
    pub fn understand(text: &str, path: &str) -> Result<Self, ConfigError> {
        let fail = |faults| {
            let (path, others, face) = (path.to_owned(), Vec::new(), Box::default());
            Err(ConfigError::Faults { path, faults, others, face })
        };
        let outline = Outline::read(text);
        let twice = |(path, line, first): &(Vec<String>, usize, usize)| {
            format!("line {line}: `{}` stands there twice, in line {first} too", printable(&path.join(".")))
        };
        if !outline.twice().is_empty() {
            return fail(outline.twice().iter().map(twice).collect());
        }
        let read: Result<Option<Mapping>, _> = serde_yaml::from_str(text);
        let keys = match read {
            Ok(keys) => keys.unwrap_or_default(),
            Err(error) if error.to_string().starts_with("invalid type") => {
                return fail(vec!["line 1: write keys with their values, such as `listen: 127.0.0.1:9000`".into()]);
            }
            Err(error) => return fail(vec![error.to_string()]),
        };
        let mut reader = Reader::new(text, &outline, keys);
        let layer = reader.layer();
        Ok(Self { path: path.to_owned(), faults: reader.finish(), ..layer })
    }

    /// Reads a text in which nothing is wrong.
    #[cfg(test)]
    pub fn parse(text: &str, path: &str) -> Result<Self, ConfigError> {
        let mut layer = Self::understand(text, path)?;
        match layer.take_faults(Vec::new()) {
            Some(faults) => Err(faults),
            None => Ok(layer),
        }
    }

    /// Everything that is wrong, in the order of the file; `others` is what is wrong with other settings.
    pub fn take_faults(&mut self, others: Vec<String>) -> Option<ConfigError> {
        let mut faults = std::mem::take(&mut self.faults);
        if faults.is_empty() && others.is_empty() {
            return None;
        }
        faults.sort_by_key(|(line, _)| *line);
        let faults = faults.into_iter().map(|(_, fault)| fault).collect();
        let face = Box::new(std::mem::take(&mut self.face));
        Some(ConfigError::Faults { path: self.path.clone(), faults, others, face })
    }
}

/// Reads the addresses of proxies.
fn proxies(list: Vec<String>) -> Result<Vec<IpAddr>, Vec<Within>> {
    let mut faults = Vec::new();
    let mut addresses = Vec::new();
    for (index, text) in list.into_iter().enumerate() {
        if let Ok(address) = text.parse() {
            addresses.push(address);
        } else {
            let why = format!("`{}` is no IP address such as 10.0.0.1", printable(&text));
            faults.push(Within::of(element(index), why));
        }
    }
    if faults.is_empty() { Ok(addresses) } else { Err(faults) }
}

/// The rule names the number that breaks it.
fn hashing(written: Hashing) -> Result<Hashing, Vec<Within>> {
    written.check().map_err(|why| {
        let key = why.split('`').nth(1).unwrap_or_default().to_owned();
        vec![Within::of(key, why)]
    })
}

impl Reader<'_> {
    fn layer(&mut self) -> Layer {
        let group = |name: String| crate::domain::group::check_name(&name);
        let database = |url: String| match Store::check_address(&url) {
            Ok(()) => Ok(DatabaseUrl::from(url)),
            Err(why) => Err(why.to_string()),
        };
        let key = "write a key such as E, or a list such as [E, Ctrl-e]; [] takes its keys away";
        let column = "write a list of columns, such as [name, email]";
        let looks = ["theme", "mouse", "keys", "columns"];
        Layer {
            written: looks.into_iter().filter(|key| self.has(key)).collect(),
            database: self.checked("database", database),
            public_url: self.checked("public_url", |url: String| PublicUrl::parse(&url)),
            listen: self.checked("listen", |text: String| parse_listen(&text)),
            acting_as: self.checked("as", |name: String| Username::parse(&name)),
            read_only: self.take("read_only"),
            read_only_group: self.checked("read_only_group", group),
            face: FaceSettings {
                theme: self.take("theme").unwrap_or_default(),
                mouse: self.take("mouse").unwrap_or_default(),
                keys: choices(self, "keys", key),
                columns: choices(self, "columns", column),
            },
            clipboard: self.take("clipboard"),
            default_expiry_days: self.checked("default_expiry_days", |written: serde_yaml::Value| days(&written)),
            password_hashing: self.checked_within("password_hashing", hashing),
            rate_limits: self.checked_within("rate_limits", |written: serde_yaml::Value| RateLimits::read(&written)),
            leaked_passwords: self.checked("leaked_passwords", |written: serde_yaml::Value| Lookup::read(&written)),
            trusted_proxies: self.checked_within("trusted_proxies", proxies),
            mail_line: self.has("mail").then(|| self.line(&["mail"])),
            mail: self.checked_within("mail", mail::Text::check),
            blueprints: self.take("blueprints"),
            log: self.checked("log", |filter: String| parse_log(&filter)),
            log_file: self.take("log_file"),
            path: String::new(),
            faults: Vec::new(),
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
    fn everything_that_is_wrong_within_a_key_is_told_at_once() {
        let text = "mail:\n  hots: x\n  port: x\n  tls: ssl\n  username: 5\npassword_hashing:\n  iterations: a\n  waiting: -1\n";
        let message = fault(text);
        let places = [
            "line 2: `mail.hots`",
            "line 3: `mail.port`: write a number",
            "line 4: `mail.tls`: `ssl` is none of",
            "line 7: `password_hashing.iterations`: write a number",
            "line 8: `password_hashing.waiting`: write a number",
        ];
        assert_eq!(message.lines().count(), places.len(), "{message}");
        for (line, place) in message.lines().zip(places) {
            assert!(line.contains(place), "{message}");
        }
    }

    #[test]
    fn a_number_is_a_key_of_the_keyboard() {
        let layer = Layer::parse("keys: {edit: 5, new: [1, x], help: []}\n", "config.yaml").unwrap();
        let lists: Vec<_> = layer.face.keys.iter().map(|it| (it.name.as_str(), it.list.join(" "))).collect();
        assert_eq!(lists, [("edit", "5".into()), ("help", String::new()), ("new", "1 x".into())]);
    }

    #[test]
    fn never_is_zero_days() {
        for (text, days) in [("never", 0), ("0", 0), ("30", 30)] {
            let layer = Layer::parse(&format!("default_expiry_days: {text}"), "config.yaml").unwrap();
            assert_eq!(layer.default_expiry_days, Some(days));
        }
    }

    fn are_told(cases: &[(&str, [&str; 2])]) {
        for (text, parts) in cases {
            let message = fault(text);
            assert!(message.contains("config.yaml"), "{message}");
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_file_and_key() {
        are_told(&[
            ("databse: x", ["line 1: there is no key `databse`", "did you mean `database`?"]),
            ("theme: drak", ["line 1: `theme`", "did you mean `dark`?"]),
            ("# here\nlisten: here", ["line 2: `listen`", "127.0.0.1:9000"]),
            ("theme: pink", ["theme", "`light`"]),
            ("mouse: maybe", ["mouse", "line 1"]),
            ("read_only_group: ''", ["line 1: `read_only_group`", "name"]),
            ("public_url: example.com", ["`public_url`", "https://"]),
            ("clipboard: xclip", ["clipboard", "`osc52`"]),
            ("default_expiry_days: 99999", ["`default_expiry_days`", "from 1"]),
            ("default_expiry_days: soon", ["`default_expiry_days`", "`never`"]),
            ("theme: [dark]", ["line 1: `theme`", "write `auto`, `dark`, `light` or `mono`"]),
            ("# x\n5: x", ["line 2: there is no key `5`", ""]),
            ("- a", ["line 1: write keys with their values", ""]),
            ("log: loud", ["line 1: `log`", "`loud` is no level"]),
            ("log: guestlist=lod", ["line 1: `log`", "`guestlist=lod`"]),
            ("database: mysql://x", ["line 1: `database`", "the database address is wrong"]),
            ("read_only: maybe", ["line 1: `read_only`", "write `true` or `false`"]),
            ("leaked_passwords: example.com", ["`leaked_passwords`", "https://"]),
            ("leaked_passwords: 7", ["`leaked_passwords`", "`off`"]),
            ("log: info\nmail:\n  timeout: 0", ["`mail.timeout`", "line 3"]),
            ("listen: a\nmouse: on\nlisten: b", ["line 3: `listen`", "twice"]),
            ("mouse: on\ndefault_expiry_days: -3", ["line 2: `default_expiry_days`", "from 1 to 36500"]),
            ("default_expiry_days: [3]", ["line 1: `default_expiry_days`", "from 1 to 36500"]),
        ]);
    }

    #[test]
    fn what_is_wrong_within_a_key_is_named_with_its_own_line() {
        are_told(&[
            ("mail:\n  hots: x", ["line 2: `mail.hots`", "did you mean `host`?"]),
            ("mail:\n  colour: x", ["line 2: `mail.colour`", "there are `transport`, `host`"]),
            ("password_hashing: {memory: 7}", ["memory", "`memory_kib`"]),
            ("rate_limits:\n  links: off\n  acount: off", ["line 3: `rate_limits.acount`", "did you mean `account`?"]),
            (
                "rate_limits:\n  links:\n    burst: 0\n    per_minute: 1",
                ["line 3: `rate_limits.links.burst`", "at least 1"],
            ),
            ("rate_limits: maybe", ["line 1: `rate_limits`", "`off`"]),
            ("trusted_proxies:\n- 10.0.0.1\n- proxy", ["line 3: `trusted_proxies`", "`proxy`"]),
            ("trusted_proxies: 10.0.0.1", ["line 1: `trusted_proxies`", "write a list"]),
            (
                "password_hashing:\n  iterations: 2\n  memory_kib: 7",
                ["line 3: `password_hashing.memory_kib`", "at least 8"],
            ),
            (
                "password_hashing:\n  iterations: 2\n  memory_kib: x",
                ["line 3: `password_hashing.memory_kib`", "write a number"],
            ),
            ("password_hashing: fast", ["line 1: `password_hashing`", "write numbers such as {memory_kib: 19456"]),
            ("mail: smtp", ["line 1: `mail`", "write {host: mail.example.com"]),
            ("mail:\n  host: a\n  port: [1]", ["line 3: `mail.port`", "write a number from 1"]),
            ("mail:\n  host: a\n  host: b", ["line 3: `mail.host` stands there twice", "in line 2 too"]),
            ("keys: {edit: {a: b}}", ["line 1: `keys.edit`", "write a key such as E"]),
            ("keys:\n  new: n\n  edit:", ["line 3: `keys.edit`", "write a key such as E"]),
            ("keys: edit", ["line 1: `keys`", "{edit: E}"]),
            ("keys:\n  help: a\n  new: b\n  help: c", ["line 4: `keys.help` stands there twice", "in line 2 too"]),
            ("trusted_proxies: [proxy]", ["`trusted_proxies`", "`proxy`"]),
            ("mail:\n  form: x", ["form", "line 2"]),
            ("mail:\n  host: a\n  from: jane", ["line 3: `mail.from`", "`jane`"]),
            ("mail: {host: 'a b'}", ["`mail.host`", "`a b`"]),
            ("mail: {tls: ssl}", ["ssl", "`starttls`"]),
        ]);
    }
}
