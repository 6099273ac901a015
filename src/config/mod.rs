//! Settings: flags over environment over file over defaults, into one typed struct.
//!
//! clap reads flags and environment into [`Options`], `file` reads `config.yaml`; [`Config::load`] lays them over each
//! other. Whoever gets a [`Config`] has valid settings.

mod face;
mod file;
mod limits;
mod line;
mod mail;
mod reader;
mod shown;
mod url;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use directories::ProjectDirs;
use serde::Deserialize;
use thiserror::Error;

use crate::domain::user::Username;
use crate::executor::Hashing;
pub use face::{Choice, FaceSettings, ThemeChoice};
use file::Layer;
pub use limits::{Rate, RateLimits};
pub use mail::MailOptions;
pub use shown::{Origin, Shown};
pub use url::{DatabaseUrl, PublicUrl};

/// Where passwords are looked up in lists of leaked ones if nobody says otherwise.
const LEAKED_PASSWORDS: &str = "https://api.pwnedpasswords.com";

/// What the command line and the environment say; flags win.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Options {
    /// Read this configuration file instead of `config.yaml` in the platform's configuration folder.
    #[arg(long, global = true, value_name = "PATH", env = "GUESTLIST_CONFIG")]
    pub config: Option<PathBuf>,
    /// The database, `sqlite:///PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`. With a password, better set it by
    /// the environment or the file.
    #[arg(long, global = true, value_name = "URL", env = "GUESTLIST_DATABASE", hide_env_values = true)]
    pub database: Option<DatabaseUrl>,
    /// Where visitors reach the enrollment server: what links begin with [default: where it
    /// listens].
    #[arg(long, global = true, value_name = "URL", env = "GUESTLIST_PUBLIC_URL", value_parser = PublicUrl::parse)]
    pub public_url: Option<PublicUrl>,
    /// Where the enrollment server listens [default: `127.0.0.1:9000`].
    #[arg(long, global = true, value_name = "ADDRESS", env = "GUESTLIST_LISTEN", value_parser = parse_listen)]
    pub listen: Option<SocketAddr>,
    /// Who acts: recorded as creator and in events [default: the operating system's user].
    #[arg(long = "as", global = true, value_name = "USER", env = "GUESTLIST_AS", value_parser = Username::parse)]
    pub acting_as: Option<Username>,
    /// Refuse everything that would change the database.
    #[arg(
        long, global = true, env = "GUESTLIST_READ_ONLY", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = BoolishValueParser::new(), hide_possible_values = true
    )]
    pub read_only: Option<bool>,
    /// The group whose members work read-only; `''` for none, whatever the file says.
    #[arg(
        long, global = true, value_name = "GROUP", env = "GUESTLIST_READ_ONLY_GROUP", value_parser = parse_group,
        hide_short_help = true
    )]
    pub read_only_group: Option<String>,
    /// The folder in which blueprints are looked for that a file asks to be applied first, besides the shipped ones.
    #[arg(long, global = true, value_name = "DIR", env = "GUESTLIST_BLUEPRINTS")]
    pub blueprints: Option<PathBuf>,
    /// How much the server logs: error, warn, info, debug, trace, or a filter such as `guestlist=debug`
    /// [default: info].
    #[arg(long, global = true, value_name = "LEVEL", env = "RUST_LOG", value_parser = parse_log)]
    pub log: Option<String>,
    /// How letters leave.
    #[command(flatten)]
    pub mail: MailOptions,
}

/// Valid settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The database.
    pub database: DatabaseUrl,
    /// What links begin with.
    pub public_url: PublicUrl,
    /// Whether somebody set it. If not, it follows the address that the server listens on.
    pub public_url_is_set: bool,
    /// Where the enrollment server listens.
    pub listen: SocketAddr,
    /// Who acts: what is set, else the operating system's user. None where that one has no name, as in a container.
    acting_as: Option<Username>,
    /// Whether everything that would change the database is refused.
    pub read_only: bool,
    /// The group whose members work read-only.
    pub read_only_group: Option<String>,
    /// How the console looks and listens.
    pub face: FaceSettings,
    /// Which way the console copies.
    pub clipboard: Clipboard,
    /// When an invitation expires if nothing else is said, in days.
    pub default_expiry_days: u32,
    /// How passwords are hashed.
    pub password_hashing: Hashing,
    /// How often who may try what.
    pub rate_limits: RateLimits,
    /// Where passwords are looked up in lists of leaked ones, where a policy wants that; none is nowhere.
    pub leaked_passwords: Option<PublicUrl>,
    /// The reverse proxies whose word on a visitor's address counts.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where blueprints are looked for that others ask for, besides the shipped ones.
    pub blueprints: Option<PathBuf>,
    /// How letters leave.
    pub mail: crate::mail::Settings,
    /// How much is logged.
    pub log: String,
    /// Where `up` and `console` log to: the terminal is the console's. None without a home folder.
    pub log_file: Option<PathBuf>,
    /// Where the console keeps the commands that were typed. None without a home folder.
    pub history_file: Option<PathBuf>,
    /// The file, whether or not it is there. None without a home folder.
    pub file: Option<PathBuf>,
    /// Where each setting comes from.
    origins: Vec<(&'static str, Origin)>,
}

/// Which way the console copies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clipboard {
    /// The way that fits the terminal.
    #[default]
    Auto,
    /// The terminal's own escape sequence.
    Osc52,
    /// The clipboard of the machine that the console runs on.
    Native,
    /// tmux's buffer.
    Tmux,
    /// Never.
    Off,
}

/// Why there are no settings.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("the configuration file {path} can't be read: {source}")]
    Unreadable {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is no file of settings.
    #[error("the configuration file {path}: {why}")]
    File {
        /// Which file.
        path: String,
        /// What, and what would be right.
        why: String,
    },
    /// Values are wrong.
    #[error("{}", each(path, faults, others))]
    Faults {
        /// Which file.
        path: String,
        /// What is wrong in it, and what would be right, each.
        faults: Vec<String>,
        /// What is wrong with what the file does not say.
        others: Vec<String>,
        /// What it says of the console: whether that is right is the console's to know.
        face: Box<FaceSettings>,
    },
    /// There is no home folder, so no default place.
    #[error("there is no home folder to keep the database in: name a place with --database sqlite:///PATH")]
    NoPlace,
    /// The operating system knows no name for who runs this.
    #[error("the operating system's user has no name that can be used: say who acts with --as")]
    NoUser,
}

fn each(path: &str, faults: &[String], others: &[String]) -> String {
    let faults = faults.iter().map(|fault| format!("the configuration file {path}: {fault}"));
    faults.chain(others.iter().cloned()).collect::<Vec<_>>().join("\n")
}

impl Config {
    /// Reads the file and lays the layers over each other.
    pub fn load(options: Options) -> Result<Self, ConfigError> {
        let places = ProjectDirs::from("", "", "guestlist");
        let usual = places.as_ref().map(|places| places.config_dir().join("config.yaml"));
        let file = match (&options.config, &usual) {
            (Some(path), _) => Layer::read(path)?,
            (None, Some(usual)) => Layer::read_if_there(usual)?,
            (None, None) => Layer::default(),
        };
        let mut options = options;
        options.mail.take_password();
        let path = options.config.clone().or(usual);
        Ok(Self { file: path, ..Self::layer(options, file, places.as_ref())? })
    }

    fn layer(options: Options, mut file: Layer, places: Option<&ProjectDirs>) -> Result<Self, ConfigError> {
        let origins = shown::origins(&options, &file);
        let listen = options.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 9000)));
        let (mail, others) = mail_over(options.mail, &mut file);
        if let Some(faults) = file.take_faults(others) {
            return Err(faults);
        }
        let public_url = options.public_url.or(file.public_url);
        Ok(Self {
            database: match options.database.or(file.database) {
                Some(url) => url,
                None => default_database(places)?,
            },
            public_url_is_set: public_url.is_some(),
            public_url: public_url.unwrap_or_else(|| PublicUrl::of_address(reachable(listen))),
            listen,
            acting_as: options.acting_as.or(file.acting_as).or_else(system_user),
            read_only: options.read_only.or(file.read_only).unwrap_or(false),
            read_only_group: options.read_only_group.or(file.read_only_group).filter(|name| !name.is_empty()),
            face: file.face,
            file: None,
            origins,
            clipboard: file.clipboard.unwrap_or_default(),
            default_expiry_days: file.default_expiry_days.unwrap_or(7),
            password_hashing: file.password_hashing.unwrap_or_default(),
            rate_limits: file.rate_limits.unwrap_or_default(),
            leaked_passwords: file
                .leaked_passwords
                .map_or_else(|| PublicUrl::parse(LEAKED_PASSWORDS).ok(), file::Lookup::address),
            trusted_proxies: file.trusted_proxies.unwrap_or_default(),
            blueprints: options.blueprints.or(file.blueprints),
            mail,
            log: options.log.or(file.log).unwrap_or_else(|| "info".into()),
            log_file: file.log_file.or_else(|| places.map(|places| state(places).join("guestlist.log"))),
            history_file: places.map(|places| state(places).join("history")),
        })
    }

    /// Who acts. Only what acts asks: a server does not, and runs without a name too.
    pub fn acting_as(&self) -> Result<&Username, ConfigError> {
        self.acting_as.as_ref().ok_or(ConfigError::NoUser)
    }

    /// Whether a flag or the environment names the database: a wrong address is a fault of the command line then.
    pub fn database_is_given(&self) -> bool {
        self.origins.contains(&("database", Origin::Given))
    }

    /// The public address, once it is known where the server really listens: port 0 becomes the one it was given.
    pub fn public_url_at(&self, listening: SocketAddr) -> PublicUrl {
        if self.public_url_is_set { self.public_url.clone() } else { PublicUrl::of_address(reachable(listening)) }
    }
}

/// Lays the options over what the file says of mail. What is wrong with that is noted in the file's layer where it stands
/// there, else it comes back.
fn mail_over(options: MailOptions, file: &mut Layer) -> (crate::mail::Settings, Vec<String>) {
    let text = match (file.mail.take(), file.mail_line) {
        // Something in it is wrong and told already: what comes of the rest says nothing.
        (None, Some(_)) => return Default::default(),
        (text, _) => text.unwrap_or_default(),
    };
    match (options.over(text), file.mail_line) {
        (Ok(settings), _) => (settings, Vec::new()),
        (Err(why), Some(line)) => {
            file.faults.push((line, format!("line {line}: `mail`: {why}")));
            Default::default()
        }
        (Err(why), None) => (crate::mail::Settings::Off, vec![format!("mail: {why}")]),
    }
}

/// An address that this machine's browser can open: a server on every interface is also on the loopback one.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write an address and a port, such as 127.0.0.1:9000 or [::1]:9000".into())
}

/// Reads a level or a filter. A word alone would be taken for the name of a part of the program, and silence all others.
fn parse_log(text: &str) -> Result<String, String> {
    let right = "write error, warn, info, debug, trace or off, or a filter such as guestlist=debug";
    let is_word = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let is_level = |word: &str| word.parse::<tracing_subscriber::filter::LevelFilter>().is_ok();
    let words = text.split(',').map(str::trim).filter(|word| is_word(word));
    if let Some(word) = words.filter(|word| !is_level(word) && *word != "guestlist").find(|word| !word.is_empty()) {
        return Err(format!("`{word}` is no level: {right}"));
    }
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!("`{}` is no filter: {right}", crate::domain::text::printable(text))),
    }
}

fn parse_group(name: &str) -> Result<String, String> {
    if name.is_empty() { Ok(String::new()) } else { crate::domain::group::check_name(name) }
}

fn default_database(places: Option<&ProjectDirs>) -> Result<DatabaseUrl, ConfigError> {
    let path = places.map(|places| places.data_dir().join("guestlist.db")).ok_or(ConfigError::NoPlace)?;
    Ok(DatabaseUrl::from(format!("sqlite://{}", path.display())))
}

fn state(places: &ProjectDirs) -> &Path {
    places.state_dir().unwrap_or(places.data_dir())
}

/// The user by uid: `$USER` says whatever somebody put there.
fn system_user() -> Option<Username> {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).ok().flatten()?;
    Username::parse(&user.name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Flags {
        #[command(flatten)]
        options: Options,
    }

    fn layered(options: Options, file: &str) -> Config {
        let places = ProjectDirs::from_path(PathBuf::from("guestlist"));
        Config::layer(options, Layer::parse(file, "config.yaml").unwrap(), places.as_ref()).unwrap()
    }

    #[test]
    fn options_win_over_the_file_and_the_file_over_defaults() {
        let options = Options { listen: Some("127.0.0.1:1".parse().unwrap()), ..Options::default() };
        let config = layered(options, "listen: 127.0.0.1:2\nread_only: true\n");
        assert_eq!(config.listen.port(), 1);
        assert!(config.read_only);
        let given = Options { blueprints: Some("flags".into()), ..Options::default() };
        let folder = |options| layered(options, "blueprints: file\n").blueprints;
        assert_eq!((folder(given), folder(Options::default())), (Some("flags".into()), Some("file".into())));
        assert_eq!(config.default_expiry_days, 7);
        assert!(!layered(Options { read_only: Some(false), ..Options::default() }, "read_only: true").read_only);
    }

    #[test]
    fn a_level_is_one_of_those_there_are_or_said_of_a_part() {
        for right in ["info", "DEBUG", "off", "3", "guestlist=debug", "warn,guestlist::mail=trace", "guestlist", ""] {
            assert_eq!(parse_log(right), Ok(right.to_owned()));
        }
        for (wrong, part) in [("loud", "`loud` is no level"), ("info,lod", "`lod`"), ("guestlist=lod", "is no filter")]
        {
            let why = parse_log(wrong).unwrap_err();
            assert!(why.contains(part) && why.contains("write error, warn"), "{wrong}: {why}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_what_does_not_fit_together() {
        let places = ProjectDirs::from_path(PathBuf::from("guestlist"));
        let told = |options, text| {
            let layer = Layer::understand(text, "config.yaml").unwrap();
            Config::layer(options, layer, places.as_ref()).unwrap_err().to_string()
        };
        let text = "# x\nmail: {host: a}\ndatabase: mysql://x\nlisten: here\n";
        let lines = told(Options::default(), text);
        let keys = ["line 2: `mail`: `from` is missing", "line 3: `database`", "line 4: `listen`"];
        assert_eq!(lines.lines().count(), 3, "{lines}");
        for (line, key) in lines.lines().zip(keys) {
            assert!(line.starts_with("the configuration file config.yaml: ") && line.contains(key), "{lines}");
        }
        // What flags say does not stand in the file.
        let Flags { options } = clap::Parser::parse_from(["x", "--mail", "smtp"]);
        assert_eq!(told(options, ""), "mail: `transport: smtp` needs `host`, the mail server");
        assert_eq!(told(Options::default(), "mail: {host: a, timeout: 0}").lines().count(), 1);
    }

    #[test]
    fn whoever_has_no_name_is_missed_by_those_who_ask_only() {
        let config = Config { acting_as: None, ..layered(Options::default(), "") };
        assert!(config.acting_as().unwrap_err().to_string().contains("--as"));
        assert!(config.shown().iter().any(|it| it.key == "as" && it.value.is_null()));
        assert_eq!(layered(Options::default(), "as: jane").acting_as().unwrap().to_string(), "jane");
    }

    #[test]
    fn links_follow_the_address_until_somebody_sets_them() {
        let config = layered(Options::default(), "listen: 0.0.0.0:8080");
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:8080");
        assert_eq!(config.public_url_at("[::]:81".parse().unwrap()).as_str(), "http://[::1]:81");
        let config = layered(Options::default(), "public_url: https://id.example.com/guests/");
        assert_eq!(config.public_url_at("127.0.0.1:1".parse().unwrap()).as_str(), "https://id.example.com/guests");
    }

    #[test]
    fn leaked_passwords_are_looked_up_unless_that_is_off() {
        for (file, address) in [
            ("", Some("https://api.pwnedpasswords.com")),
            ("leaked_passwords: http://10.0.0.7:8080/hibp/", Some("http://10.0.0.7:8080/hibp")),
            ("leaked_passwords: off", None),
            ("leaked_passwords: false", None),
        ] {
            let config = layered(Options::default(), file);
            assert_eq!(config.leaked_passwords.as_ref().map(PublicUrl::as_str), address, "{file}");
            let shown = config.shown().into_iter().find(|it| it.key == "leaked_passwords").unwrap();
            assert_eq!(shown.value.as_str(), Some(address.unwrap_or("off")));
        }
    }

    #[test]
    fn hashing_is_never_weaker_than_argon2_takes() {
        let good = Hashing::default();
        assert!(good.check().is_ok());
        for bad in [
            Hashing { memory_kib: 7, ..good },
            Hashing { memory_kib: 31, parallelism: 4, ..good },
            Hashing { iterations: 0, ..good },
            Hashing { parallelism: 0, ..good },
            Hashing { waiting: 0, ..good },
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }
}
