//! The settings as they are shown: each with its value and where that comes from, and never a password.

use serde_json::{Value, json};

use super::file::Layer;
use super::{Config, Options};
use crate::mail::{Mailbox, Password, Settings};

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A flag, or the environment.
    Given,
    /// The file.
    File,
    /// Nobody set it.
    Default,
}

impl Origin {
    /// In a word or two.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Given => "flag or environment",
            Self::File => "file",
            Self::Default => "default",
        }
    }
}

/// A setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Its key in the file.
    pub key: &'static str,
    /// Its value.
    pub value: Value,
    /// Where that comes from.
    pub from: Origin,
}

/// Where each setting comes from, in the order in which they are shown.
pub(super) fn origins(options: &Options, file: &Layer) -> Vec<(&'static str, Origin)> {
    let origin = |given: bool, written: bool| match (given, written) {
        (true, _) => Origin::Given,
        (false, true) => Origin::File,
        (false, false) => Origin::Default,
    };
    let written = |key| file.written.contains(&key);
    vec![
        ("database", origin(options.database.is_some(), file.database.is_some())),
        ("public_url", origin(options.public_url.is_some(), file.public_url.is_some())),
        ("listen", origin(options.listen.is_some(), file.listen.is_some())),
        ("as", origin(options.acting_as.is_some(), file.acting_as.is_some())),
        ("read_only", origin(options.read_only.is_some(), file.read_only.is_some())),
        ("read_only_group", origin(options.read_only_group.is_some(), file.read_only_group.is_some())),
        ("clipboard", origin(false, file.clipboard.is_some())),
        ("default_expiry_days", origin(false, file.default_expiry_days.is_some())),
        ("theme", origin(false, written("theme"))),
        ("mouse", origin(false, written("mouse"))),
        ("keys", origin(false, written("keys"))),
        ("columns", origin(false, written("columns"))),
        ("password_hashing", origin(false, file.password_hashing.is_some())),
        ("rate_limits", origin(false, file.rate_limits.is_some())),
        ("leaked_passwords", origin(false, file.leaked_passwords.is_some())),
        ("trusted_proxies", origin(false, file.trusted_proxies.is_some())),
        ("blueprints", origin(options.blueprints.is_some(), file.blueprints.is_some())),
        ("mail", origin(options.mail.is_given(), file.mail.is_some())),
        ("log", origin(options.log.is_some(), file.log.is_some())),
        ("log_file", origin(false, file.log_file.is_some())),
    ]
}

impl Config {
    /// Every setting.
    pub fn shown(&self) -> Vec<Shown> {
        let shown = |(key, from): &(&'static str, Origin)| Shown { key, value: self.value(key), from: *from };
        self.origins.iter().map(shown).collect()
    }

    fn value(&self, key: &str) -> Value {
        let lists = |choices: &[super::Choice]| {
            Value::Object(choices.iter().map(|it| (it.name.clone(), json!(it.list))).collect())
        };
        let hashing = self.password_hashing;
        match key {
            "database" => json!(self.database.to_string()),
            "public_url" => json!(self.public_url.as_str()),
            "listen" => json!(self.listen.to_string()),
            "as" => json!(self.acting_as.as_ref().map(ToString::to_string)),
            "read_only" => json!(self.read_only),
            "read_only_group" => json!(self.read_only_group),
            "clipboard" => json!(format!("{:?}", self.clipboard).to_lowercase()),
            "default_expiry_days" if self.default_expiry_days == 0 => json!("never"),
            "default_expiry_days" => json!(self.default_expiry_days),
            "theme" => json!(self.face.theme.as_str()),
            "mouse" => json!(self.face.mouse),
            "keys" => lists(&self.face.keys),
            "columns" => lists(&self.face.columns),
            "password_hashing" => json!({
                "memory_kib": hashing.memory_kib, "iterations": hashing.iterations, "parallelism": hashing.parallelism,
                "waiting": hashing.waiting,
            }),
            "rate_limits" => self.rate_limits.shown(),
            "leaked_passwords" => json!(self.leaked_passwords.as_ref().map_or("off", super::PublicUrl::as_str)),
            "trusted_proxies" => json!(self.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>()),
            "blueprints" => json!(self.blueprints.as_ref().map(|path| path.display().to_string())),
            "mail" => mail(&self.mail),
            "log" => json!(self.log),
            "log_file" => json!(self.log_file.as_ref().map(|path| path.display().to_string())),
            _ => Value::Null,
        }
    }
}

/// As the file writes it.
fn sender(from: &Mailbox) -> String {
    let address = &from.address;
    if from.name.is_empty() { address.to_string() } else { format!("{} <{address}>", from.name) }
}

/// Every key of `mail` but the password.
fn mail(settings: &Settings) -> Value {
    match settings {
        Settings::Off => json!("off"),
        Settings::Dry { folder, from } => {
            json!({ "transport": "dry", "dry_dir": folder.display().to_string(), "from": sender(from) })
        }
        Settings::Smtp { server, from } => {
            let (username, password) = server.login.clone().unzip();
            let file = match &password {
                Some(Password::File(path)) => Some(path.display().to_string()),
                _ => None,
            };
            json!({
                "transport": "smtp", "host": server.host, "port": server.port, "tls": format!("{:?}", server.tls).to_lowercase(),
                "from": sender(from), "timeout": server.timeout.as_secs(), "username": username,
                "password_file": file, "ca_file": server.ca_file.as_ref().map(|path| path.display().to_string()),
            })
        }
    }
}
