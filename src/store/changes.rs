//! Learning that something changed, whoever changed it: another console, the server, another machine.

use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgListener, PgPool};
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::db::Db;
use super::file::DatabaseFile;
use super::{Result, Store, StoreError};

/// How often an SQLite file is asked whether it changed: a quarter of the second within which a console shows a change.
/// Asking costs about 50 microseconds.
const INTERVAL: Duration = Duration::from_millis(250);

/// Tells of changes, one after the other.
#[derive(Debug)]
pub enum Changes {
    /// `PRAGMA data_version` on a connection of its own counts the commits of all others.
    Sqlite {
        /// Where new connections come from.
        pool: SqlitePool,
        /// The file, which may be removed or replaced.
        file: DatabaseFile,
        /// The connection that asks, and what it heard last.
        watch: Option<(SqliteConnection, i64)>,
    },
    /// `LISTEN`.
    Postgres {
        /// Where new connections come from.
        pool: PgPool,
        /// The connection that listens; boxed because a listener is large.
        listener: Option<Box<PgListener>>,
    },
}

impl Store {
    /// Begins to watch. Changes made before this call are not told.
    pub async fn changes(&self) -> Result<Changes> {
        match &self.db {
            Db::Sqlite { read, file, .. } => {
                let mut connection = read.connect_options().connect().await?;
                let version = data_version(&mut connection).await?;
                let (pool, file) = (read.clone(), file.clone());
                Ok(Changes::Sqlite { pool, file, watch: Some((connection, version)) })
            }
            Db::Postgres(pool) => Ok(Changes::Postgres { pool: pool.clone(), listener: Some(listen(pool).await?) }),
        }
    }
}

impl Changes {
    /// Waits until something has changed. An error means that the database can't be asked now; calling again connects
    /// again, and comes back at once when that works, because anything may have changed meanwhile.
    pub async fn next(&mut self) -> Result<()> {
        match self {
            Self::Sqlite { pool, file, watch } => loop {
                file.check()?;
                let Some((connection, last)) = watch else {
                    let mut connection = pool.connect_options().connect().await?;
                    let version = data_version(&mut connection).await?;
                    *watch = Some((connection, version));
                    return Ok(());
                };
                tokio::time::sleep(INTERVAL).await;
                match data_version(connection).await {
                    Ok(version) if version == *last => {}
                    Ok(version) => {
                        *last = version;
                        return Ok(());
                    }
                    Err(error) => {
                        *watch = None;
                        return Err(error);
                    }
                }
            },
            Self::Postgres { pool, listener } => {
                let Some(heard) = listener else {
                    *listener = Some(listen(pool).await?);
                    return Ok(());
                };
                let lost = match heard.try_recv().await {
                    Ok(Some(_)) => return Ok(()),
                    // Said at once: finding the server again may take long.
                    Ok(None) => StoreError::Unreachable("the connection was lost".into()),
                    Err(error) => StoreError::from(error),
                };
                *listener = None;
                Err(lost)
            }
        }
    }
}

/// A connection of its own that hears of changes, and says when it is lost.
async fn listen(pool: &PgPool) -> Result<Box<PgListener>> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.eager_reconnect(false);
    listener.listen("guestlist_changed").await?;
    Ok(Box::new(listener))
}

async fn data_version(connection: &mut SqliteConnection) -> Result<i64> {
    let (version,): (i64,) = sqlx::query_as("PRAGMA data_version").fetch_one(connection).await?;
    Ok(version)
}
