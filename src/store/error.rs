//! What can go wrong in the store, named for what the caller can do.

use sqlx::migrate::MigrateError;
use thiserror::Error;

/// A failure of the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The address of the database can't be used.
    #[error("the database address is wrong: {0}")]
    Address(String),
    /// The database does not answer; trying again later may help.
    #[error("the database does not answer: {0}")]
    Unreachable(String),
    /// Something of that name exists already. The text names what: `invitation`, `username`.
    #[error("{0} exists already")]
    Taken(&'static str),
    /// There is no such thing (any more). The text says what was looked for.
    #[error("not found: {0}")]
    NotFound(String),
    /// More uses are spent than there would be.
    #[error("{0} uses are spent already")]
    Spent(u32),
    /// The database has no room left.
    #[error("the disk that the database is on is full")]
    Full,
    /// Somebody else holds a lock for too long.
    #[error("another process holds the database: try again")]
    Locked,
    /// The file lets nobody write who runs this program.
    #[error("the database file may not be written to: use --read-only to look at it")]
    NotWritable,
    /// The name leads to another file than the one that was opened, or to none.
    #[error("the database file was removed or replaced: start guestlist again")]
    Replaced,
    /// It was opened to be read only.
    #[error("nothing may be written: the database is opened read-only")]
    ReadOnly,
    /// Nobody locks themselves out.
    #[error("that is your own account")]
    Own,
    /// A group would be within itself, directly or by others.
    #[error("a group can't be within itself")]
    Circular,
    /// Somebody else changed the record since it was read.
    #[error("changed by somebody else in the meantime")]
    Stale,
    /// The file can't be made or opened.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// What is there belongs to another program. The text says what it is, and what to do.
    #[error("that is no database of guestlist: {0}")]
    Foreign(String),
    /// A row that no version of this program writes.
    #[error("the database holds an unreadable {what}: {why}")]
    Corrupt {
        /// What kind of row.
        what: &'static str,
        /// Why it can't be read.
        why: String,
    },
    /// The database is newer or older than this program can use.
    #[error("the database schema does not fit this program: {0}")]
    Migration(MigrateError),
    /// Anything else that the database says.
    #[error("database: {}", said(.0))]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Tls(_) => Self::Unreachable(error.to_string()),
            sqlx::Error::Database(why) => {
                let known = why.code().and_then(|code| of_code(&code, &why.to_string()));
                known.unwrap_or(Self::Database(sqlx::Error::Database(why)))
            }
            other => Self::Database(other),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(why) => match Self::from(why) {
                Self::Database(why) => Self::Migration(MigrateError::Execute(why)),
                known => known,
            },
            other => Self::Migration(other),
        }
    }
}

/// What the database said, without the words that say that it was the database.
fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(why) => why.to_string(),
        other => other.to_string(),
    }
}

/// What an error's code means where the database can't work now, or can't be written to; none where the query is wrong.
/// PostgreSQL has five characters: lost connections, no resources, shutting down, the database is gone, credentials
/// refused. SQLite has a number, whose low byte says the kind: 5 busy, 6 locked, 8 read-only, 10 input or output failed,
/// 13 full, 14 can't open.
fn of_code(code: &str, why: &str) -> Option<StoreError> {
    let unreachable = || Some(StoreError::Unreachable(why.to_owned()));
    if code.len() == 5 {
        return match code {
            "53100" => Some(StoreError::Full),
            "55P03" => Some(StoreError::Locked),
            "3D000" => unreachable(),
            _ if ["08", "53", "57P", "58", "28"].iter().any(|class| code.starts_with(class)) => unreachable(),
            _ => None,
        };
    }
    let code: u32 = code.parse().ok()?;
    match (code & 0xff, code >> 8) {
        (5 | 6, _) => Some(StoreError::Locked),
        // The file was moved away under the connection.
        (8, 4) => Some(StoreError::Replaced),
        (8, _) => Some(StoreError::NotWritable),
        // The index of the write-ahead log can't grow.
        (13, _) | (10, 19) => Some(StoreError::Full),
        (10 | 14, _) => unreachable(),
        _ => None,
    }
}

impl StoreError {
    /// Whether nothing is wrong with what was asked, and the same may be answered at another time.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Full | Self::Locked | Self::Replaced)
    }

    /// A row that can't be read.
    #[allow(clippy::needless_pass_by_value)] // so that it fits `map_err`
    pub(crate) fn corrupt(what: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Corrupt { what, why: format!("{why}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_gone_or_busy_is_told_from_a_wrong_query() {
        for gone in ["57P01", "3D000", "08006", "53300", "1034", "14"] {
            assert!(matches!(of_code(gone, ""), Some(StoreError::Unreachable(_))), "{gone}");
        }
        for wrong in ["22021", "23505", "42601", "1", "2067", ""] {
            assert!(of_code(wrong, "").is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn what_somebody_can_do_something_about_has_a_sentence_of_its_own() {
        for (code, begins) in [
            ("13", "the disk that the database is on is full"),
            ("4874", "the disk that the database is on is full"),
            ("53100", "the disk that the database is on is full"),
            ("5", "another process holds the database"),
            ("261", "another process holds the database"),
            ("6", "another process holds the database"),
            ("55P03", "another process holds the database"),
            ("8", "the database file may not be written to"),
            ("1032", "the database file was removed or replaced"),
        ] {
            let error = of_code(code, "").unwrap();
            assert!(error.to_string().starts_with(begins), "{code}: {error}");
        }
    }
}
