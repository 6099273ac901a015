//! Opening and migrating the database.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use nix::unistd::AccessFlags;
use sqlx::migrate::{Migration, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{Connection, Executor, PgConnection};

use super::db::Db;
use super::file::DatabaseFile;
use super::{Result, Store, StoreError};
use crate::domain::text::printable;

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
            // Others take options there. A file of that very name would be made, and nobody would find theirs in it.
            if path.contains('?') {
                let why =
                    "a file is named without options: leave out everything from `?` on (`--read-only` writes nothing)";
                return Err(StoreError::Address(why.into()));
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
            return Self::look_into_sqlite(Path::new(path)).await;
        }
        let mut store = Self::open(url).await?;
        let Db::Postgres(pool) = &store.db else { return Ok(store) };
        let options = (*pool.connect_options()).clone();
        store.db = Db::Postgres(postgres_pool(REFUSE).connect_with(options).await?);
        store.read_only = true;
        Ok(store)
    }

    /// Opens a file that is only read. To read along while others write takes a file beside it, which only those can make
    /// who may write to the folder: for anybody else a file that nobody has open is read as it is now.
    async fn look_into_sqlite(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            .pragma("query_only", "on")
            .busy_timeout(PATIENCE);
        let (read, tables) = match read_along(options.clone()).await {
            Err(error) if needs_side_files(&error) => {
                let failed = |source| StoreError::File { path: path.display().to_string(), source };
                nix::unistd::access(path, AccessFlags::R_OK).map_err(|why| failed(why.into()))?;
                if beside(path, "-wal").exists() {
                    return Err(failed(io::Error::other(
                        "somebody has it open, and to read along takes write access to its folder (or leave to read the `-wal` and `-shm` beside it)",
                    )));
                }
                read_along(options.immutable(true)).await
            }
            other => other,
        }
        .map_err(no_database)?;
        check_own(&tables)?;
        let place = format!("sqlite {}", path.display());
        Ok(Self {
            db: Db::Sqlite { write: read.clone(), read, file: DatabaseFile::opened(path) },
            place,
            read_only: true,
        })
    }

    async fn open_sqlite(url: &str) -> Result<Self> {
        let path = Path::new(sqlite_path(url).unwrap_or_default());
        let failed = |source| StoreError::File { path: path.display().to_string(), source };
        create_folder(path).map_err(failed)?;
        if path.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let alone = Alone::with(path).await;
        create_private(path).map_err(failed)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            // A connection keeps this many KB of the file; the system keeps the rest, once for all of them.
            .pragma("cache_size", "-1024");
        let read = sqlite_pool(8).connect_lazy_with(options.clone());
        let write = sqlite_pool(1).connect_with(options).await.map_err(no_database)?;
        let tables = sqlx::query_as(SQLITE_TABLES).fetch_all(&write).await.map_err(no_database)?;
        check_own(&tables)?;
        // This makes the file's header and turns it to the write-ahead log, for all connections and for good. SQLite
        // answers "locked" at once, whatever the patience, where two do that together.
        write.execute("PRAGMA journal_mode = WAL").await?;
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
        check_own(&sqlx::query_as(POSTGRES_TABLES).fetch_all(&pool).await?)?;
        Ok(Self { db: Db::Postgres(pool), place, read_only: false })
    }

    /// Whether there is a database to open without making one. A server's is always there: opening it tells otherwise.
    pub fn exists(url: &str) -> bool {
        sqlite_path(url).is_none_or(|path| Path::new(path).is_file())
    }

    /// Who else on this machine may read or write the file of an SQLite database that is one's own: its mode, where that
    /// lets anybody but the owner. Nothing is changed about a file that somebody made so.
    pub fn loose_mode(url: &str) -> Option<u32> {
        use std::os::unix::fs::MetadataExt;
        let file = std::fs::metadata(sqlite_path(url)?).ok()?;
        let is_own = file.is_file() && file.uid() == nix::unistd::geteuid().as_raw();
        let mode = file.mode() & 0o777;
        (is_own && mode & 0o077 != 0).then_some(mode)
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

/// The tables of a database, where none of this program's migrations was ever applied to it; those in between count, too.
const SQLITE_TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations') ORDER BY name";

/// The same, of the schema in which they would be made. What an extension brought is nobody's.
const POSTGRES_TABLES: &str = "SELECT CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = CAST('pg_class' AS regclass) AND d.objid = c.oid AND d.deptype = 'e') AND NOT EXISTS (SELECT 1 FROM pg_tables WHERE tablename = '_sqlx_migrations' AND schemaname = ANY (current_schemas(false))) ORDER BY c.relname";

/// Refuses the database of another program: its tables would stand among guestlist's from then on.
fn check_own(tables: &[(String,)]) -> Result<()> {
    const SHOWN: usize = 3;
    if tables.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = tables.iter().take(SHOWN).map(|(name,)| format!("`{}`", printable(name))).collect();
    let more = if tables.len() > SHOWN { ", ..." } else { "" };
    Err(StoreError::Foreign(format!(
        "it holds tables of another program ({}{more}). Name a database that guestlist made, or an empty one",
        names.join(", ")
    )))
}

/// Connections that only read, and the tables of another program: whether they can read is known once they have.
async fn read_along(options: SqliteConnectOptions) -> sqlx::Result<(SqlitePool, Vec<(String,)>)> {
    let read = sqlite_pool(8).connect_with(options).await?;
    let tables = sqlx::query_as(SQLITE_TABLES).fetch_all(&read).await?;
    Ok((read, tables))
}

/// SQLite's number for an error, without what it adds to it.
fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let sqlx::Error::Database(why) = error else { return None };
    why.code()?.parse::<u32>().ok().map(|code| code & 0xff)
}

/// Whether SQLite would have had to write, or could not open what it needs.
fn needs_side_files(error: &sqlx::Error) -> bool {
    matches!(sqlite_code(error), Some(8 | 14))
}

/// A file that is something else is told by its name, not by SQLite's number.
fn no_database(error: sqlx::Error) -> StoreError {
    match sqlite_code(&error) {
        Some(26) => StoreError::Foreign(
            "it is a file of another kind. Name a database that guestlist made, or a file that is not there yet".into(),
        ),
        _ => error.into(),
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

/// A file that SQLite keeps beside the database's.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The folder of a database's file.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the folder, and those above it, for their owner only.
fn create_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder(path))
}

/// Makes the file, readable by its owner only; SQLite gives its side files the same mode. A file that is there is not
/// even opened: closing it would end the locks that other connections of this process have on it.
fn create_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(fault) if fault.kind() != io::ErrorKind::AlreadyExists => Err(fault),
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
