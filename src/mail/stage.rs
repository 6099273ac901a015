//! Email stages may name a mail server of their own.

use std::fmt;

use serde_json::Value;

use crate::domain::Mapping;
use crate::domain::stage::{OtherModel, StageKind};

/// The mail server that an email stage names. `Debug` does not show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who signs in; empty for nobody.
    pub username: String,
    /// The password to it.
    pub password: String,
    /// Whether the connection begins in the clear and is encrypted before anything is said (STARTTLS).
    pub use_tls: bool,
    /// Whether the connection is encrypted from its beginning.
    pub use_ssl: bool,
    /// How long the server may take to answer, in seconds.
    pub timeout: u64,
    /// The address that letters come from.
    pub from: String,
}

impl fmt::Debug for OwnServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnServer({}:{})", self.host, self.port)
    }
}

impl OwnServer {
    /// The server of a stage's own. None where the stage takes the configured one, or was never told another: authentik's
    /// default, `localhost` without anything else, is on no machine that nobody has set up for it.
    pub fn of(stage: &StageKind) -> Option<Self> {
        let StageKind::Other(other) = stage else { return None };
        if other.model != OtherModel::Email || flag(&other.settings, "use_global_settings") {
            return None;
        }
        let settings = &other.settings;
        let server = Self {
            host: text(settings, "host", "localhost"),
            port: number(settings, "port").and_then(|port| u16::try_from(port).ok()).unwrap_or(25),
            username: text(settings, "username", ""),
            password: text(settings, "password", ""),
            use_tls: flag(settings, "use_tls"),
            use_ssl: flag(settings, "use_ssl"),
            timeout: number(settings, "timeout").unwrap_or(10),
            from: text(settings, "from_address", "system@authentik.local"),
        };
        let untouched = server.host == "localhost" && server.port == 25 && server.username.is_empty();
        if untouched && !server.use_tls && !server.use_ssl { None } else { Some(server) }
    }
}

fn flag(settings: &Mapping, name: &str) -> bool {
    settings.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn number(settings: &Mapping, name: &str) -> Option<u64> {
    settings.get(name).and_then(Value::as_u64)
}

fn text(settings: &Mapping, name: &str, default: &str) -> String {
    settings.get(name).and_then(Value::as_str).unwrap_or(default).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::stage::OtherStage;

    fn own(settings: Value) -> Option<OwnServer> {
        let settings = serde_json::from_value(settings).unwrap();
        OwnServer::of(&StageKind::Other(OtherStage { model: OtherModel::Email, settings }))
    }

    #[test]
    fn a_stage_has_a_server_of_its_own_where_it_was_told_one() {
        assert_eq!(own(json!({})), None);
        assert_eq!(own(json!({ "host": "localhost", "port": 25, "use_tls": false })), None);
        assert_eq!(own(json!({ "use_global_settings": true, "host": "mail.example.com" })), None);
        let server =
            own(json!({ "host": "mail.example.com", "port": 587, "password": "secret", "use_tls": true })).unwrap();
        assert_eq!(
            (server.host.as_str(), server.port, server.use_tls, server.timeout),
            ("mail.example.com", 587, true, 10)
        );
        assert!(!format!("{server:?}").contains("secret"));
        assert!(own(json!({ "port": 2525 })).is_some());
    }
}
