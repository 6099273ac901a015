//! What a command works with: the settings, the open database, who acts, and where results go.

use std::future::Future;
use std::time::Duration;

use crate::clock;
use crate::config::Config;
use crate::domain::event::Actor;
use crate::domain::text::printable;
use crate::store::{Store, StoreError, Tx, counts, groups, users};

use super::error::CliError;
use super::output::{Output, say};

/// After that somebody who waits is told for what.
const MOMENT: Duration = Duration::from_secs(1);

/// What a command works with.
pub struct Session<'a> {
    /// The settings.
    pub config: &'a Config,
    /// The database, migrated.
    pub store: Store,
    /// Where results go.
    pub out: &'a mut Output,
}

impl Session<'_> {
    /// Begins to read.
    pub async fn read(&self) -> Result<Tx, CliError> {
        Ok(self.store.begin().await?)
    }

    /// Begins to write, as the acting administrator. Refused when read-only.
    pub async fn write(&self) -> Result<(Tx, Actor), CliError> {
        check_store(&self.store, self.config).await?;
        let mut tx = patiently(self.store.begin_write()).await?;
        let actor = users::ensure_administrator(&mut tx, self.config.acting_as()?, &address(), clock::now()).await?;
        Ok((tx, actor))
    }
}

/// Refuses a command that writes where nothing may be written.
pub fn check_writable(config: &Config) -> Result<(), CliError> {
    if config.read_only {
        return Err(CliError::Failed("This command changes the database, and `read-only` is set.".into()));
    }
    Ok(())
}

/// What the group of the settings leaves the acting administrator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// To write.
    Writes,
    /// The same, on a database where nobody is yet. The group is not there either.
    Begins,
    /// To look: a member.
    Looks,
    /// To look, as everybody: there is no such group, and so nobody knows who is in it.
    NoGroup,
}

impl Standing {
    async fn of(store: &Store, config: &Config) -> Result<Self, CliError> {
        // Who has no name is in no group. They write nothing either: that takes a name.
        let (Some(group), Ok(user)) = (&config.read_only_group, config.acting_as()) else { return Ok(Self::Writes) };
        if !store.migrations().await?.iter().any(|migration| migration.applied) {
            return Ok(Self::Begins);
        }
        let mut tx = store.begin().await?;
        if groups::has_member(&mut tx, group, user).await? {
            return Ok(Self::Looks);
        }
        if groups::find_by_name(&mut tx, group).await?.is_some() {
            return Ok(Self::Writes);
        }
        let counted = counts::count(&mut tx).await?;
        Ok(if counted.users == 0 && counted.groups == 0 { Self::Begins } else { Self::NoGroup })
    }

    /// Why it is so; none where it is as usual.
    fn why(self, config: &Config) -> Option<String> {
        let group = config.read_only_group.as_deref().unwrap_or_default();
        let user = config.acting_as().map(ToString::to_string).unwrap_or_default();
        // Words of a command line: what the shell would read as more than one is quoted.
        let quoted = if group.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
            group.to_owned()
        } else {
            format!("'{}'", group.replace('\'', "'\\''"))
        };
        match self {
            Self::Writes => None,
            Self::Begins => Some(format!(
                "There is no group `{group}` yet (`read_only_group` in the configuration). Until there is one, nobody but the first to come can write: make it with `guestlist --read-only-group '' group create {quoted}`."
            )),
            Self::Looks => {
                Some(format!("{user} works read-only: a member of `{group}` (`read_only_group` in the configuration)."))
            }
            Self::NoGroup => Some(format!(
                "There is no group `{group}`, and `read_only_group` in the configuration names it: until there is one, everybody works read-only. Make it with `guestlist --read-only-group '' group create {quoted}`, or set another one."
            )),
        }
    }
}

/// Refuses it where the settings or the acting administrator's group say so.
pub async fn check_store(store: &Store, config: &Config) -> Result<(), CliError> {
    check_writable(config)?;
    let Some(why) = why_read_only(store, config).await? else { return Ok(()) };
    Err(CliError::Failed(format!("This command changes the database. {why}")))
}

/// Why the database was opened to be read only, where no flag said so.
pub async fn why_read_only(store: &Store, config: &Config) -> Result<Option<String>, CliError> {
    if !store.is_read_only() || config.read_only {
        return Ok(None);
    }
    Ok(Standing::of(store, config).await?.why(config))
}

/// Opens the database and applies the migrations that are missing; read-only, it says that they are missing instead.
pub async fn open(config: &Config) -> Result<Store, CliError> {
    open_for(config, &[Standing::Looks, Standing::NoGroup]).await
}

/// The same for what acts for nobody, such as a server: that nobody knows who may write is a warning then. A member of the
/// group starts none.
pub async fn open_unattended(config: &Config) -> Result<Store, CliError> {
    open_for(config, &[Standing::Looks]).await
}

async fn open_for(config: &Config, looking: &[Standing]) -> Result<Store, CliError> {
    check_address(config)?;
    patiently(open_now(config, looking)).await
}

/// Waits for the database, and says so where that takes more than a moment.
async fn patiently<T>(work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    if let Ok(done) = tokio::time::timeout(MOMENT, &mut work).await {
        return done;
    }
    say("waiting for the database…");
    work.await
}

async fn open_now(config: &Config, looking: &[Standing]) -> Result<Store, CliError> {
    if config.read_only {
        return open_read_only(config).await;
    }
    let store = connect(config).await?;
    warn_of_mode(config);
    let standing = Standing::of(&store, config).await?;
    if looking.contains(&standing) {
        return open_read_only(config).await;
    }
    if let Some(why) = standing.why(config) {
        warn(&why);
    }
    store.migrate().await.map_err(|error| failed(config, error))?;
    Ok(store)
}

/// Says that others may read the database's file.
fn warn_of_mode(config: &Config) {
    let Some(mode) = Store::loose_mode(config.database.secret()) else { return };
    warn(&format!(
        "others on this machine may read the database (mode {mode:o}), with links of invitations and hashes of passwords: chmod 600 {}",
        config.database.to_string().trim_start_matches("sqlite:").trim_start_matches("//")
    ));
}

/// In the log where there is one, else to whoever typed the command.
fn warn(warning: &str) {
    if tracing::dispatcher::has_been_set() {
        tracing::warn!("{}", printable(warning));
    } else {
        say(format_args!("warning: {warning}"));
    }
}

/// Refuses a database's address that can't be one.
pub fn check_address(config: &Config) -> Result<(), CliError> {
    Store::check_address(config.database.secret()).map_err(|error| failed(config, error))
}

/// Opens the database as it is.
pub async fn connect(config: &Config) -> Result<Store, CliError> {
    Store::open(config.database.secret()).await.map_err(|error| failed(config, error))
}

/// Opens a database that there is, only to look at it.
pub async fn look(config: &Config) -> Result<Store, CliError> {
    Store::open_read_only(config.database.secret()).await.map_err(|error| failed(config, error))
}

async fn open_read_only(config: &Config) -> Result<Store, CliError> {
    if !Store::exists(config.database.secret()) {
        return Err(CliError::Failed(format!("There is no database at {} yet.", config.database)));
    }
    let store = look(config).await?;
    warn_of_mode(config);
    let missing = store.migrations().await?.iter().filter(|migration| !migration.applied).count();
    if missing > 0 {
        return Err(CliError::Failed(format!(
            "The database at {} lacks {missing} of this program's migrations. Run `guestlist database migrate` first.",
            config.database
        )));
    }
    Ok(store)
}

/// Names the database that failed: which one is meant is the first question.
fn failed(config: &Config, error: StoreError) -> CliError {
    match error {
        StoreError::File { .. } => error.into(),
        StoreError::Address(_) if config.database_is_given() => {
            let url = config.database.secret();
            // One with a password was taken out of the command line: where it came from can't be told.
            let by_variable = std::env::var("GUESTLIST_DATABASE").is_ok_and(|variable| variable == url);
            let from = match (by_variable, config.database.has_password()) {
                (true, true) => "--database or GUESTLIST_DATABASE",
                (true, false) => "GUESTLIST_DATABASE",
                (false, _) => "--database",
            };
            CliError::Usage(format!("{from} `{}`: {error}", config.database))
        }
        other => CliError::Failed(format!("{}: {other}", config.database)),
    }
}

/// Who acts, as an account: made if there is none of that name.
pub async fn administrator(store: &Store, config: &Config) -> Result<Actor, CliError> {
    check_store(store, config).await?;
    let write = async {
        let mut tx = store.begin_write().await?;
        let actor = users::ensure_administrator(&mut tx, config.acting_as()?, &address(), clock::now()).await?;
        tx.commit().await?;
        Ok(actor)
    };
    patiently(write).await
}

/// Who acts, where nothing may be written: the account of that name if there is one.
pub async fn observer(store: &Store, config: &Config) -> Result<Actor, CliError> {
    let name = config.acting_as()?;
    let read = async {
        let mut tx = store.begin().await?;
        users::find_by_username(&mut tx, name).await
    };
    let user = patiently(read).await?;
    Ok(Actor { id: user.map(|view| view.user.id), name: name.to_string(), address: address() })
}

/// From where the administrator acts: the address that sshd names, or this machine.
fn address() -> String {
    let connection = std::env::var("SSH_CONNECTION").unwrap_or_default();
    let client = connection.split_whitespace().next().unwrap_or_default();
    // The variable can be set to anything; only an address, perhaps with a zone, is taken for one.
    let (ip, zone) = client.split_once('%').unwrap_or((client, ""));
    let is_address = ip.parse::<std::net::IpAddr>().is_ok() && zone.chars().all(|c| c.is_ascii_alphanumeric());
    if is_address { client.to_owned() } else { "local".into() }
}
