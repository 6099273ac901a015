//! Opening and migrating the database.

use std::fs::File;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Connection, Executor, PgConnection};

use super::db::Db;
use super::file::DatabaseFile;
use super::{Result, Store, StoreError};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a connection waits for another process's write on SQLite, and for a free connection on either. Longer than
/// any queue that the password hash lets through.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a database server may take to answer somebody who asks whether it does: a command that was just typed, or a
/// load balancer.
pub(super) const FIRST_ANSWER: Duration = Duration::from_secs(5);

/// One migration and whether it has been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Its number.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Whether this database has it.
    pub applied: bool,
}

impl Store {
    /// Opens a database: `sqlite:PATH`, `sqlite:///PATH` or `postgres://...`. An SQLite file is made with mode 0600 in
    /// a folder with mode 0700 if it is missing; migrations are not applied.
    pub async fn open(url: &str) -> Result<Self> {
        Self::check_address(url)?;
        if sqlite_path(url).is_some() { Self::open_sqlite(url).await } else { Self::open_postgres(url).await }
    }

    /// Refuses an address that no database has, before anything is opened: [`StoreError::Address`].
    pub fn check_address(url: &str) -> Result<()> {
        if let Some(path) = sqlite_path(url) {
            if path.is_empty() || path.starts_with(":memory:") {
                return Err(StoreError::Address("name a file: `sqlite:///var/lib/guestlist/guestlist.db`".into()));
            }
            return Ok(());
        }
        if !matches!(url.split_once(':'), Some(("postgres" | "postgresql", _))) {
            return Err(StoreError::Address("it begins with `sqlite:` or `postgres://`".into()));
        }
        postgres_options(url).map(drop)
    }

    /// Opens a database that there is so that nothing can be written to it, not even by mistake: the connections
    /// themselves refuse.
    pub async fn open_read_only(url: &str) -> Result<Self> {
        if let Some(path) = sqlite_path(url) {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .read_only(true)
                .pragma("query_only", "on")
                .busy_timeout(PATIENCE);
            let read = sqlite_pool(8).connect_with(options).await?;
            let place = format!("sqlite {path}");
            let file = DatabaseFile::opened(Path::new(path));
            return Ok(Self { db: Db::Sqlite { write: read.clone(), read, file }, place, read_only: true });
        }
        let mut store = Self::open(url).await?;
        let Db::Postgres(pool) = &store.db else { return Ok(store) };
        let options = (*pool.connect_options()).clone();
        store.db = Db::Postgres(postgres_pool(REFUSE).connect_with(options).await?);
        store.read_only = true;
        Ok(store)
    }

    async fn open_sqlite(url: &str) -> Result<Self> {
        let path = Path::new(sqlite_path(url).unwrap_or_default());
        let failed = |source| StoreError::File { path: path.display().to_string(), source };
        create_folder(path).map_err(failed)?;
        let alone = Alone::with(path).await;
        create_private(path).map_err(failed)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            // A connection keeps this many KB of the file; the system keeps the rest, once for all of them.
            .pragma("cache_size", "-1024");
        let read = sqlite_pool(8).connect_lazy_with(options.clone());
        // The first connection makes the file's header and turns it to the write-ahead log. SQLite answers "locked"
        // at once, whatever the patience, where two do that together.
        let write = sqlite_pool(1).connect_with(options).await?;
        drop(alone);
        let place = format!("sqlite {}", path.display());
        let file = DatabaseFile::opened(path);
        Ok(Self { db: Db::Sqlite { read, write, file }, place, read_only: false })
    }

    async fn open_postgres(url: &str) -> Result<Self> {
        let options = postgres_options(url)?.application_name("guestlist");
        let database = options.get_database().unwrap_or_else(|| options.get_username()).to_owned();
        let place = format!("postgres {}/{database}", options.get_host());
        let said_nothing = |_| {
            let seconds = FIRST_ANSWER.as_secs();
            StoreError::Unreachable(format!("{place} said nothing for {seconds} seconds"))
        };
        // The pool tries again until its time is over and keeps why to itself. A server that is not there is told at
        // once; one that is about to start is waited for.
        let first = tokio::time::timeout(FIRST_ANSWER, PgConnection::connect_with(&options));
        let busy = match first.await.map_err(said_nothing)? {
            Ok(connection) => {
                // It was good for the question; how it ends does not matter.
                let _ = connection.close().await;
                None
            }
            Err(sqlx::Error::Io(why)) => return Err(StoreError::Unreachable(format!("{place}: {why}"))),
            Err(other) => Some(StoreError::from(other)),
        };
        let pool = postgres_pool(SHORT_QUERIES);
        let pool = match tokio::time::timeout(FIRST_ANSWER, pool.connect_with(options)).await {
            Ok(pool) => pool?,
            Err(elapsed) => return Err(busy.unwrap_or_else(|| said_nothing(elapsed))),
        };
        Ok(Self { db: Db::Postgres(pool), place, read_only: false })
    }

    /// Whether there is a database to open without making one. A server's is always there: opening it tells otherwise.
    pub fn exists(url: &str) -> bool {
        sqlite_path(url).is_none_or(|path| Path::new(path).is_file())
    }

    /// Who else on this machine may read or write the file of an SQLite database: its mode, where that lets anybody but
    /// the owner. Nothing is changed about a file that somebody made so.
    pub fn loose_mode(url: &str) -> Option<u32> {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(sqlite_path(url)?).ok()?.permissions().mode() & 0o777;
        (mode & 0o077 != 0).then_some(mode)
    }

    /// The migrations of a database of that kind, none applied.
    pub fn known_migrations(url: &str) -> Vec<MigrationStatus> {
        listed(if sqlite_path(url).is_some() { &SQLITE } else { &POSTGRES }, &[])
    }

    /// Applies the migrations that are missing.
    pub async fn migrate(&self) -> Result<()> {
        match &self.db {
            Db::Sqlite { write, file, .. } => {
                // SQLite has no lock around migrations as PostgreSQL has: of two processes that start on a new file
                // the slower one would find tables that it did not make.
                let _alone = Alone::with(file.path()).await;
                SQLITE.run(write).await?;
            }
            Db::Postgres(pool) => {
                // Who comes second waits for the first, however long one of its migrations takes.
                let patient = postgres_pool("SET lock_timeout = 0").max_connections(1);
                let patient = patient.connect_with((*pool.connect_options()).clone()).await?;
                POSTGRES.run(&patient).await?;
                patient.close().await;
            }
        }
        Ok(())
    }

    /// Which migrations there are, and which of them this database has.
    pub async fn migrations(&self) -> Result<Vec<MigrationStatus>> {
        let (migrator, known) = match &self.db {
            Db::Sqlite { .. } => (&SQLITE, "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'"),
            Db::Postgres(_) => (
                &POSTGRES,
                "SELECT COUNT(*) FROM pg_tables WHERE tablename = '_sqlx_migrations' AND schemaname = ANY (current_schemas(false))",
            ),
        };
        let mut tx = self.begin().await?;
        let (tables,): (i64,) = tx.one(super::db::sql!(known)).await?;
        let applied: Vec<(i64,)> = if tables == 0 {
            Vec::new()
        } else {
            tx.all(super::db::sql!("SELECT version FROM _sqlx_migrations WHERE success")).await?
        };
        Ok(listed(migrator, &applied))
    }
}

fn listed(migrator: &Migrator, applied: &[(i64,)]) -> Vec<MigrationStatus> {
    let status = |migration: &Migration| MigrationStatus {
        version: migration.version,
        name: migration.description.to_string(),
        applied: applied.contains(&(migration.version,)),
    };
    migrator.iter().map(status).collect()
}

/// What every connection to PostgreSQL is told. A window onto a list reads little: starting helpers or a compiler for it takes
/// longer than it does. A lock that somebody else holds is waited for as long as one on SQLite: [`PATIENCE`].
const SHORT_QUERIES: &str = "SET max_parallel_workers_per_gather = 0; SET jit = off; SET lock_timeout = '30s'";

/// The same where nothing may be written.
const REFUSE: &str = "SET max_parallel_workers_per_gather = 0; SET jit = off; SET lock_timeout = '30s'; SET default_transaction_read_only = on";

/// A full disk, or a lost one, makes SQLite end a transaction by itself; the library does not notice, and believes for ever
/// that the connection is within one. Such a connection is not handed out again: a new one takes its place.
fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

fn postgres_pool(settings: &'static str) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(16).acquire_timeout(PATIENCE).after_connect(move |connection, _| {
        Box::pin(async move {
            connection.execute(settings).await?;
            Ok(())
        })
    })
}

fn postgres_options(url: &str) -> Result<PgConnectOptions> {
    PgConnectOptions::from_str(url)
        .map_err(|_| StoreError::Address("it is not `postgres://user:password@host/database`".into()))
}

/// The file of an SQLite database; none for another kind.
fn sqlite_path(url: &str) -> Option<&str> {
    let path = url.strip_prefix("sqlite:")?;
    Some(path.strip_prefix("//").unwrap_or(path))
}

/// The folder of a database's file.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the folder, and those above it, for their owner only.
fn create_folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder(path))
}

/// Makes the file, readable by its owner only; SQLite gives its side files the same mode. A file that is there is not
/// even opened: closing it would end the locks that other connections of this process have on it.
fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(fault) if fault.kind() != std::io::ErrorKind::AlreadyExists => Err(fault),
        _ => Ok(()),
    }
}

/// Keeps others, in this process and in others, from making or migrating databases in a folder at the same time. The
/// lock is on the folder: one on the database's file would meet SQLite's own, and a file beside it would be litter.
struct Alone(#[expect(dead_code, reason = "held for its lock")] Option<File>);

impl Alone {
    /// Waits until nobody else is at it. A file system that knows no locks on folders is used without.
    async fn with(path: &Path) -> Self {
        let folder = folder(path).to_owned();
        let locked = move || File::open(folder).and_then(|folder| folder.lock().map(|()| folder)).ok();
        Self(tokio::task::spawn_blocking(locked).await.ok().flatten())
    }
}
