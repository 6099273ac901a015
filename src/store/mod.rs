//! All SQL, one file a noun. Functions take a transaction and domain values, and return domain values.
//!
//! Reading goes through [`Store::begin`], writing through [`Store::begin_write`] and [`Tx::commit`]. Functions that
//! change something take an [`Actor`](crate::domain::event::Actor) and write the event in the same transaction.

pub mod blueprints;
pub mod brands;
pub mod changes;
pub mod counts;
pub mod db;
pub mod enrollments;
pub mod error;
pub mod events;
pub mod file;
pub mod flows;
pub mod groups;
pub mod invitations;
pub mod letters;
pub mod mail_links;
pub mod membership;
mod open;
pub mod page;
pub mod policies;
pub mod prompts;
pub mod restore;
pub mod sessions;
pub mod stages;
pub mod users;

use std::time::Duration;

pub use db::{Db, Tx};
pub use error::StoreError;

/// What every function of the store returns.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The database that console, command line and server share.
#[derive(Debug, Clone)]
pub struct Store {
    db: Db,
    place: String,
    read_only: bool,
}

/// How long the end of the connections may take.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Store {
    /// Ends the connections: the last one of an SQLite file writes its log back into it, and removes what stood beside it.
    pub async fn close(&self) {
        let all = async {
            match &self.db {
                Db::Sqlite { read, write, .. } => {
                    read.close().await;
                    write.close().await;
                }
                Db::Postgres(pool) => pool.close().await,
            }
        };
        // Who has one still does not let go of it: nothing is lost by that.
        let _ = tokio::time::timeout(LAST_WORDS, all).await;
    }

    /// Begins to read: everything read through it is of one moment.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match &self.db {
            Db::Sqlite { read, file, .. } => {
                file.check()?;
                Tx::Sqlite(read.begin().await?)
            }
            Db::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Begins to write. On SQLite the lock is taken at once: a transaction that reads first and writes later fails
    /// when somebody else wrote in between.
    pub async fn begin_write(&self) -> Result<Tx> {
        if self.read_only {
            return Err(StoreError::ReadOnly);
        }
        Ok(match &self.db {
            Db::Sqlite { write, file, .. } => {
                file.check_writable()?;
                Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?)
            }
            Db::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Whether it was opened to be read only.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Which database this is, for people: a path, or a server's address without its password.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether the database answers, within a few seconds, and can be written to. Where somebody writes just now that is
    /// not tried: who asks must not wait behind everybody who enrolls.
    pub async fn ping(&self) -> Result<()> {
        let ask = async {
            if let Db::Sqlite { write, .. } = &self.db
                && !self.read_only
                && write.num_idle() == write.size() as usize
            {
                self.begin_write().await?.rollback().await?;
            }
            let mut tx = self.begin().await?;
            tx.one::<(i64,)>(db::sql!("SELECT CAST(1 AS BIGINT)")).await?;
            tx.rollback().await
        };
        let silent = |_| StoreError::Unreachable(format!("{} says nothing", self.place));
        tokio::time::timeout(open::FIRST_ANSWER, ask).await.map_err(silent)?
    }
}
