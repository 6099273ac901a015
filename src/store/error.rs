//! What can go wrong in the store, named for what the caller can do.

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
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Anything else that the database says.
    #[error("database: {0}")]
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
            sqlx::Error::Database(why) if does_not_answer(why.code().as_deref()) => Self::Unreachable(why.to_string()),
            other => Self::Database(other),
        }
    }
}

/// Whether an error's code means that the database can't work now, not that the query is wrong. PostgreSQL has five
/// characters: lost connections, no resources, shutting down, the database is gone, credentials refused. SQLite has a
/// number, whose low byte counts: busy, locked, input or output failed, disk full, can't open.
fn does_not_answer(code: Option<&str>) -> bool {
    match code {
        Some(code) if code.len() == 5 => {
            ["08", "53", "57P", "58", "28"].iter().any(|class| code.starts_with(class)) || code == "3D000"
        }
        Some(code) => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13 | 14)),
        None => false,
    }
}

impl StoreError {
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
        for gone in ["57P01", "3D000", "08006", "53300", "5", "261", "1034", "14"] {
            assert!(does_not_answer(Some(gone)), "{gone}");
        }
        for wrong in [Some("22021"), Some("23505"), Some("42601"), Some("1"), Some("2067"), Some(""), None] {
            assert!(!does_not_answer(wrong), "{wrong:?}");
        }
    }
}
