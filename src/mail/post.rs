//! The post: takes a letter and hands it to a mail server, or lays it into a folder.

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox as Party, Message, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls as Encryption, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use thiserror::Error;

use super::settings::{Mailbox, Password, Server, Settings, Tls};
use super::stage::OwnServer;
use crate::domain::letter::{Body, Letter};
use crate::domain::text::{printable, shorten};

/// The longest that handing over one letter may take, over all commands: well within the time for which it is claimed.
const LONGEST: Duration = Duration::from_mins(2);

/// Codes that say that the program may not send, which is not the letter's fault: 530, 534, 535 and 538 (RFC 4954).
const NOT_SIGNED_IN: [u16; 4] = [530, 534, 535, 538];

/// Why letters can't leave this way at all.
#[derive(Debug, Error)]
#[error("mail: {0}")]
pub struct SetupError(String);

/// Why a letter was not taken. The text holds no secrets and no links with tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Another attempt may help.
    Later(String),
    /// It will never be.
    Never(String),
}

/// A way for letters to leave.
pub struct Post {
    way: Way,
    from: Party,
}

enum Way {
    Smtp { connections: Box<AsyncSmtpTransport<Tokio1Executor>>, place: String },
    Dry(PathBuf),
}

impl Post {
    /// The way that is configured; none where letters don't leave.
    pub fn new(settings: &Settings) -> Result<Option<Self>, SetupError> {
        let (way, from) = match settings {
            Settings::Off => return Ok(None),
            Settings::Dry { folder, from } => (Way::Dry(folder.clone()), from),
            Settings::Smtp { server, from } => (smtp(server)?, from),
        };
        Ok(Some(Self { way, from: party(from)? }))
    }

    /// The way by the mail server of an email stage's own.
    pub fn of_stage(own: &OwnServer) -> Result<Self, SetupError> {
        let from = Mailbox::parse(&own.from).map_err(SetupError)?;
        Ok(Self { way: smtp(&Server::from(own))?, from: party(&from)? })
    }

    /// Whether letters are laid into a folder.
    pub fn is_dry(&self) -> bool {
        matches!(self.way, Way::Dry(_))
    }

    /// Hands a letter over.
    pub async fn send(&self, letter: &Letter, body: &Body, now: DateTime<Utc>) -> Result<(), Refused> {
        let message = self.message(letter, body, now).map_err(Refused::Never)?;
        match &self.way {
            Way::Dry(folder) => {
                let path = folder.join(format!("{}.eml", letter.id));
                lay_down(&path, &message.formatted()).map_err(|why| {
                    Refused::Later(format!("{} can't be written: {why}", printable(&path.display().to_string())))
                })
            }
            Way::Smtp { connections, place } => match tokio::time::timeout(LONGEST, connections.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(refused(&error, place)),
                Err(_) => Err(Refused::Later(format!("{place}: it takes too long"))),
            },
        }
    }

    fn message(&self, letter: &Letter, body: &Body, now: DateTime<Utc>) -> Result<Message, String> {
        let to: Address = letter.recipient.parse().map_err(|why| format!("the address: {why}"))?;
        // The same at every attempt: a letter that is sent twice, because a server died in between, arrives once.
        let id = format!("<{}@{}>", letter.id, self.from.email.domain());
        Message::builder()
            .from(self.from.clone())
            .to(Party::new(None, to))
            .subject(letter.subject.clone())
            .date(now.into())
            .message_id(Some(id))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()))
            .multipart(MultiPart::alternative_plain_html(body.text.clone(), body.html.clone()))
            .map_err(|why| why.to_string())
    }
}

fn party(from: &Mailbox) -> Result<Party, SetupError> {
    let address = from.address.to_string().parse().map_err(|why| SetupError(format!("the sender: {why}")))?;
    Ok(Party::new(Some(from.name.clone()).filter(|name| !name.is_empty()), address))
}

fn smtp(server: &Server) -> Result<Way, SetupError> {
    let wrong = |why: lettre::transport::smtp::Error| SetupError(format!("{}: {why}", server.host));
    let parameters = || {
        let mut parameters = TlsParameters::builder(server.host.clone());
        for certificate in trusted(server.ca_file.as_deref())? {
            parameters = parameters.add_root_certificate(certificate);
        }
        parameters.build().map_err(wrong)
    };
    let encryption = match server.tls {
        Tls::None => Encryption::None,
        Tls::Starttls => Encryption::Required(parameters()?),
        Tls::Tls => Encryption::Wrapper(parameters()?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.clone())
        .port(server.port)
        .tls(encryption)
        .timeout(Some(server.timeout));
    if let Some((username, password)) = &server.login {
        builder = builder.credentials(Credentials::new(username.clone(), password_of(password)?));
    }
    let place = format!("{}:{}", printable(&server.host), server.port);
    Ok(Way::Smtp { connections: Box::new(builder.build()), place })
}

fn trusted(file: Option<&Path>) -> Result<Vec<Certificate>, SetupError> {
    let Some(path) = file else { return Ok(Vec::new()) };
    let pem = std::fs::read(path).map_err(|why| SetupError(format!("`ca_file` {}: {why}", path.display())))?;
    let text = String::from_utf8_lossy(&pem);
    let end = "-----END CERTIFICATE-----";
    let blocks = text.split_inclusive(end).filter(|block| block.trim_end().ends_with(end));
    let certificates: Result<Vec<_>, _> = blocks.map(|block| Certificate::from_pem(block.as_bytes())).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(SetupError(format!("`ca_file` {} holds no certificates in PEM", path.display()))),
    }
}

fn password_of(password: &Password) -> Result<String, SetupError> {
    match password {
        Password::Text(secret) => Ok(secret.0.clone()),
        Password::File(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|why| SetupError(format!("`password_file` {}: {why}", path.display())))?;
            Ok(text.lines().next().unwrap_or_default().to_owned())
        }
    }
}

/// Lays a letter into its folder, for nobody else to read. Whoever watches the folder sees it whole or not at all.
fn lay_down(path: &Path, text: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let draft = path.with_extension("part");
    let mut file = std::fs::OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text)?;
    std::fs::rename(&draft, path)
}

fn refused(error: &lettre::transport::smtp::Error, place: &str) -> Refused {
    let why = format!("{place}: {}", without_links(&error.to_string()));
    let code = error.status().map(u16::from);
    if error.is_permanent() && !code.is_some_and(|code| NOT_SIGNED_IN.contains(&code)) {
        Refused::Never(why)
    } else {
        Refused::Later(why)
    }
}

/// A server's words on one line. It may quote what it was given, and that holds a token.
fn without_links(text: &str) -> String {
    let words: Vec<&str> =
        text.split_whitespace().map(|word| if word.contains("token=") { "…" } else { word }).collect();
    shorten(&printable(&words.join(" ")), 300).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_quotes_of_a_letter_s_link_is_left_out() {
        let text = "550 blocked: https://id.example.com/?itoken=1\r\nsee https://mail.example.com/help\u{1b}";
        assert_eq!(without_links(text), "550 blocked: … see https://mail.example.com/help\\u{1b}");
    }
}
