//! How letters leave: by a mail server, into a folder, or not at all.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::stage::OwnServer;
use crate::domain::text::{check_line, printable};
use crate::domain::user::Email;

/// How letters leave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Settings {
    /// Not at all: they wait in the outbox, and nobody is offered to write more.
    #[default]
    Off,
    /// Into files in a folder, for trying things out.
    Dry {
        /// The folder.
        folder: PathBuf,
        /// Who they come from.
        from: Mailbox,
    },
    /// To a mail server, which takes them further.
    Smtp {
        /// Which.
        server: Server,
        /// Who they come from.
        from: Mailbox,
    },
}

impl Settings {
    /// Whether letters leave at all.
    pub fn is_on(&self) -> bool {
        *self != Self::Off
    }
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name or address; its certificate has to name it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// Who signs in, and the password; none where nobody has to.
    pub login: Option<(String, Password)>,
    /// How long it may take to answer.
    pub timeout: Duration,
    /// A file with certificates (PEM) that are trusted besides the well-known ones.
    pub ca_file: Option<PathBuf>,
}

impl From<&OwnServer> for Server {
    fn from(own: &OwnServer) -> Self {
        let login = (own.username.clone(), Password::Text(Secret(own.password.clone())));
        Self {
            host: own.host.clone(),
            port: own.port,
            tls: match (own.use_ssl, own.use_tls) {
                (true, _) => Tls::Tls,
                (false, true) => Tls::Starttls,
                (false, false) => Tls::None,
            },
            login: Some(login).filter(|_| !own.username.is_empty()),
            timeout: Duration::from_secs(own.timeout.clamp(1, LONGEST_TIMEOUT)),
            ca_file: None,
        }
    }
}

/// The longest that a mail server may take to answer one command, in seconds.
pub const LONGEST_TIMEOUT: u64 = 60;

/// How the connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Not at all: for a server on the same machine.
    None,
    /// From its second sentence on; refused where the server can't.
    Starttls,
    /// From its beginning.
    Tls,
}

impl Tls {
    /// The port where servers speak so.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::None => 25,
            Self::Starttls => 587,
            Self::Tls => 465,
        }
    }
}

/// Where the password to a mail server comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Password {
    /// It was said.
    Text(Secret),
    /// It is the first line of a file, which only the server needs to be able to read.
    File(PathBuf),
}

/// A text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Who letters come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Mailbox {
    /// The name to show; may be empty.
    pub name: String,
    /// The address.
    pub address: Email,
}

impl Mailbox {
    /// Reads `name@example.com` or `Some Name <name@example.com>`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            let shown = printable(text);
            format!("`{shown}` is no sender: write guests@example.com, or Example <guests@example.com>")
        };
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|text| text.split_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"'), address),
            None => ("", text),
        };
        check_line(name, 100).map_err(|_| wrong())?;
        let address = Email::parse(address).map_err(|_| wrong())?;
        Ok(Self { name: name.to_owned(), address })
    }
}

impl TryFrom<String> for Mailbox {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        let plain = Mailbox::parse("guests@example.com").unwrap();
        assert_eq!((plain.name.as_str(), plain.address.to_string().as_str()), ("", "guests@example.com"));
        let named = Mailbox::parse(" \"Example, Ltd\" <guests@example.com> ").unwrap();
        assert_eq!((named.name.as_str(), named.address.to_string().as_str()), ("Example, Ltd", "guests@example.com"));
        for bad in
            ["", "Example", "Example <guests>", "a\nb <guests@example.com>", "<guests@example.com", "a@b.c, d@e.f"]
        {
            assert!(Mailbox::parse(bad).unwrap_err().contains("guests@example.com"), "{bad}");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        let password = Password::Text(Secret("hunter2".into()));
        assert!(!format!("{password:?}").contains("hunter2"));
    }

    #[test]
    fn a_stage_s_settings_make_a_server() {
        let own = OwnServer {
            host: "mail.example.com".into(),
            port: 465,
            username: "guests".into(),
            password: "hunter2".into(),
            use_tls: false,
            use_ssl: true,
            timeout: 86_400,
            from: "guests@example.com".into(),
        };
        let server = Server::from(&own);
        assert_eq!((server.tls, server.port, server.timeout.as_secs()), (Tls::Tls, 465, LONGEST_TIMEOUT));
        assert!(server.login.is_some());
        assert_eq!(Server::from(&OwnServer { username: String::new(), use_ssl: false, ..own }).login, None);
    }
}
