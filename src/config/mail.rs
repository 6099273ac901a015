//! How letters leave: `mail` in the file, with flags and variables over it.

use std::num::NonZeroU16;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::reader::Within;
use crate::mail::{LONGEST_TIMEOUT, Mailbox, Password, Secret, Server, Settings, Tls};

/// The only way to say a password but for the file: flags can be read by everybody on the machine.
const PASSWORD: &str = "GUESTLIST_MAIL_PASSWORD";

/// How letters leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// By a mail server.
    Smtp,
    /// Into files in a folder, for trying things out.
    Dry,
    /// Not at all.
    Off,
}

/// Flags and variables.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(
    next_help_heading = "Mail (the server sends it; a password is set in the file or by GUESTLIST_MAIL_PASSWORD)"
)]
pub struct MailOptions {
    /// How letters leave [default: smtp where a host is set, else off].
    #[arg(long = "mail", global = true, value_name = "WAY", env = "GUESTLIST_MAIL", hide_short_help = true)]
    transport: Option<Transport>,
    /// The mail server.
    #[arg(long = "mail-host", global = true, value_name = "HOST", env = "GUESTLIST_MAIL_HOST", hide_short_help = true)]
    host: Option<String>,
    /// Its port [default: 587, with `tls` 465, with `none` 25].
    #[arg(long = "mail-port", global = true, value_name = "PORT", env = "GUESTLIST_MAIL_PORT", hide_short_help = true)]
    port: Option<NonZeroU16>,
    /// How the connection is encrypted [default: starttls].
    #[arg(long = "mail-tls", global = true, value_name = "HOW", env = "GUESTLIST_MAIL_TLS", hide_short_help = true)]
    tls: Option<Tls>,
    /// Who signs in there.
    #[arg(
        long = "mail-username",
        global = true,
        value_name = "NAME",
        env = "GUESTLIST_MAIL_USERNAME",
        hide_short_help = true
    )]
    username: Option<String>,
    /// Who letters come from: an address, or `Example <guests@example.com>`.
    #[arg(
        long = "mail-from", global = true, value_name = "SENDER", env = "GUESTLIST_MAIL_FROM", hide_short_help = true,
        value_parser = Mailbox::parse
    )]
    from: Option<Mailbox>,
    /// The folder that `dry` writes to.
    #[arg(
        long = "mail-dry-dir",
        global = true,
        value_name = "FOLDER",
        env = "GUESTLIST_MAIL_DRY_DIR",
        hide_short_help = true
    )]
    dry_dir: Option<PathBuf>,
    #[arg(skip)]
    password: Option<Secret>,
}

/// `mail` in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    transport: Option<Transport>,
    host: Option<String>,
    port: Option<NonZeroU16>,
    tls: Option<Tls>,
    username: Option<String>,
    password: Option<Secret>,
    password_file: Option<PathBuf>,
    from: Option<String>,
    timeout: Option<u64>,
    dry_dir: Option<PathBuf>,
    ca_file: Option<PathBuf>,
}

impl Text {
    /// Checks what stands for itself.
    pub fn check(self) -> Result<Self, Vec<Within>> {
        let mut faults = Vec::new();
        faults.extend(self.host.as_deref().and_then(|host| check_host(host).err()).map(|why| Within::of("host", why)));
        let from = self.from.as_deref().and_then(|from| Mailbox::parse(from).err());
        faults.extend(from.map(|why| Within::of("from", why)));
        if self.timeout.is_some_and(|seconds| !(1..=LONGEST_TIMEOUT).contains(&seconds)) {
            faults.push(Within::of("timeout", format!("write a number of seconds from 1 to {LONGEST_TIMEOUT}")));
        }
        if faults.is_empty() { Ok(self) } else { Err(faults) }
    }
}

impl MailOptions {
    /// Whether a flag or the environment says something of mail.
    pub(super) fn is_given(&self) -> bool {
        let Self { transport, host, port, tls, username, from, dry_dir, password } = self;
        let words = host.is_some() || username.is_some() || from.is_some() || dry_dir.is_some() || password.is_some();
        words || transport.is_some() || port.is_some() || tls.is_some()
    }

    /// Takes the password from the environment.
    pub(super) fn take_password(&mut self) {
        self.password = std::env::var(PASSWORD).ok().filter(|password| !password.is_empty()).map(Secret);
    }

    /// Lays the options over what the file says, and checks what comes of it.
    pub(super) fn over(self, file: Text) -> Result<Settings, String> {
        let host = self.host.or(file.host).filter(|host| !host.is_empty());
        let usual = if host.is_some() { Transport::Smtp } else { Transport::Off };
        let written = file.from.as_deref().map(Mailbox::parse).transpose()?;
        let from = self.from.or(written);
        match self.transport.or(file.transport).unwrap_or(usual) {
            Transport::Off => Ok(Settings::Off),
            Transport::Dry => {
                let folder = self.dry_dir.or(file.dry_dir);
                let folder = folder.ok_or("`transport: dry` needs `dry_dir`, the folder to write letters to")?;
                let local = || Mailbox::parse("guestlist@localhost");
                Ok(Settings::Dry { folder, from: from.map_or_else(local, Ok)? })
            }
            Transport::Smtp => {
                let host = host.ok_or("`transport: smtp` needs `host`, the mail server")?;
                check_host(&host)?;
                let from = from.ok_or("`from` is missing: who letters come from, such as guests@example.com")?;
                let tls = self.tls.or(file.tls).unwrap_or(Tls::Starttls);
                let password = match (self.password.or(file.password), file.password_file) {
                    (Some(secret), _) => Some(Password::Text(secret)),
                    (None, file) => file.map(Password::File),
                };
                let login = match (self.username.or(file.username).filter(|name| !name.is_empty()), password) {
                    (Some(name), Some(password)) => Some((name, password)),
                    (None, None) => None,
                    (Some(_), None) => {
                        return Err(format!("`username` needs a password: `password_file`, `password` or {PASSWORD}"));
                    }
                    (None, Some(_)) => return Err("a password needs `username`".into()),
                };
                if tls == Tls::None && login.is_some() && !is_local(&host) {
                    let why = "with `tls: none` everybody on the way could read the password: take `starttls` or `tls`";
                    return Err(why.into());
                }
                let port = self.port.or(file.port).map_or_else(|| tls.usual_port(), NonZeroU16::get);
                let timeout = Duration::from_secs(file.timeout.unwrap_or(10));
                Ok(Settings::Smtp { server: Server { host, port, tls, login, timeout, ca_file: file.ca_file }, from })
            }
        }
    }
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn check_host(host: &str) -> Result<(), String> {
    let fine = host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:".contains(c));
    if fine && !host.starts_with("smtp:") {
        return Ok(());
    }
    Err(format!(
        "`{}` is no host: write a name or an address such as mail.example.com",
        crate::domain::text::printable(host)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, String> {
        MailOptions::default().over(serde_yaml::from_str(text).unwrap())
    }

    fn server(text: &str) -> Server {
        match read(text) {
            Ok(Settings::Smtp { server, .. }) => server,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn mail_is_off_until_a_server_is_named() {
        assert_eq!(read("{}"), Ok(Settings::Off));
        assert_eq!(read("{transport: off, host: mail.example.com}"), Ok(Settings::Off));
        let it = server("{host: mail.example.com, from: guests@example.com}");
        assert_eq!((it.port, it.tls, it.timeout.as_secs(), it.login), (587, Tls::Starttls, 10, None));
        assert_eq!(server("{host: localhost, tls: none, from: a@example.com}").port, 25);
        assert_eq!(server("{host: mail.example.com, tls: tls, port: 4650, from: a@example.com}").port, 4650);
    }

    #[test]
    fn options_win_over_the_file() {
        let options =
            MailOptions { transport: Some(Transport::Dry), dry_dir: Some("letters".into()), ..Default::default() };
        let file = serde_yaml::from_str("{host: mail.example.com, from: guests@example.com}").unwrap();
        let Ok(Settings::Dry { folder, from }) = options.over(file) else { panic!("not dry") };
        assert_eq!((folder, from.address.to_string()), ("letters".into(), "guests@example.com".to_owned()));
    }

    #[test]
    fn what_does_not_fit_together_is_named_by_its_key() {
        for (text, part) in [
            ("{transport: smtp}", "`host`"),
            ("{host: mail.example.com}", "`from`"),
            ("{host: 'smtp://mail', from: a@example.com}", "no host"),
            ("{transport: dry}", "`dry_dir`"),
            ("{host: mail.example.com, from: a@example.com, username: a}", "`password_file`"),
            ("{host: mail.example.com, from: a@example.com, password: a}", "`username`"),
            ("{host: mail.example.com, from: a@example.com, username: a, password: b, tls: none}", "`starttls`"),
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
        assert!(server("{host: localhost, from: a@example.com, username: a, password: b, tls: none}").login.is_some());
    }

    #[test]
    fn a_password_is_not_shown() {
        let text = "{host: mail.example.com, from: a@example.com, username: a, password: hunter2}";
        assert!(!format!("{:?}", server(text)).contains("hunter2"));
    }
}
