//! One SQL text, two databases: a query stands once, with `$1` placeholders, and runs on either.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::types::Json;
use sqlx::{FromRow, Postgres, Sqlite, Transaction};
use uuid::Uuid;

use super::error::StoreError;
use super::file::DatabaseFile;

/// The database's connections.
#[derive(Debug, Clone)]
pub enum Db {
    /// An embedded file. Writers queue for one connection, in order of arrival: fairer and faster than waiting for
    /// SQLite's own lock, which is polled.
    Sqlite {
        /// Connections that read.
        read: SqlitePool,
        /// The connection that writes.
        write: SqlitePool,
        /// Where it lies.
        file: DatabaseFile,
    },
    /// A server.
    Postgres(PgPool),
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// An argument of a query.
#[derive(Debug, Clone)]
pub enum Val {
    /// An id.
    Id(Option<Uuid>),
    /// Text.
    Text(Option<String>),
    /// A whole number.
    Int(Option<i64>),
    /// A truth value.
    Bool(bool),
    /// An instant.
    Time(Option<DateTime<Utc>>),
    /// A JSON document.
    Json(Value),
    /// Bytes.
    Bytes(Vec<u8>),
}

macro_rules! val_from {
    ($($from:ty => |$value:ident| $into:expr;)+) => {
        $(impl From<$from> for Val { fn from($value: $from) -> Self { $into } })+
    };
}

val_from! {
    Uuid => |v| Val::Id(Some(v));
    Option<Uuid> => |v| Val::Id(v);
    &str => |v| Val::Text(Some(v.to_owned()));
    &String => |v| Val::Text(Some(v.clone()));
    String => |v| Val::Text(Some(v));
    Option<String> => |v| Val::Text(v);
    i64 => |v| Val::Int(Some(v));
    i32 => |v| Val::Int(Some(v.into()));
    u32 => |v| Val::Int(Some(v.into()));
    Option<i64> => |v| Val::Int(v);
    bool => |v| Val::Bool(v);
    DateTime<Utc> => |v| Val::Time(Some(v));
    Option<DateTime<Utc>> => |v| Val::Time(v);
    Value => |v| Val::Json(v);
    &[u8] => |v| Val::Bytes(v.to_vec());
    &Vec<u8> => |v| Val::Bytes(v.clone());
}

/// A query with its arguments; made by `sql!`.
#[derive(Debug)]
pub struct Query {
    /// The text, for both databases.
    pub text: &'static str,
    /// The arguments, `$1` first.
    pub args: Vec<Val>,
}

/// A query in one line: `sql!("SELECT name FROM flow WHERE id = $1", id)`.
macro_rules! sql {
    ($text:expr $(, $arg:expr)* $(,)?) => {
        $crate::store::db::Query { text: $text, args: vec![$($crate::store::db::Val::from($arg)),*] }
    };
}
pub(crate) use sql;

/// Binds the arguments; the text is the same for both databases, the types of query are not.
macro_rules! bind {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Val::Id(v) => query.bind(v),
                Val::Text(v) => query.bind(v),
                Val::Int(v) => query.bind(v),
                Val::Bool(v) => query.bind(v),
                Val::Time(v) => query.bind(v),
                Val::Json(v) => query.bind(Json(v)),
                Val::Bytes(v) => query.bind(v),
            };
        }
        query
    }};
}

/// A row type that both databases can fill.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl Tx {
    /// Every row.
    pub async fn all<T: Row>(&mut self, query: Query) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => bind!(sqlx::query_as(query.text), query.args).fetch_all(&mut **tx).await?,
            Self::Postgres(tx) => bind!(sqlx::query_as(query.text), query.args).fetch_all(&mut **tx).await?,
        })
    }

    /// The row, if there is one.
    pub async fn opt<T: Row>(&mut self, query: Query) -> Result<Option<T>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => bind!(sqlx::query_as(query.text), query.args).fetch_optional(&mut **tx).await?,
            Self::Postgres(tx) => bind!(sqlx::query_as(query.text), query.args).fetch_optional(&mut **tx).await?,
        })
    }

    /// The row that there must be.
    pub async fn one<T: Row>(&mut self, query: Query) -> Result<T, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => bind!(sqlx::query_as(query.text), query.args).fetch_one(&mut **tx).await?,
            Self::Postgres(tx) => bind!(sqlx::query_as(query.text), query.args).fetch_one(&mut **tx).await?,
        })
    }

    /// Runs a query without rows; tells how many rows it touched.
    pub async fn exec(&mut self, query: Query) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => bind!(sqlx::query(query.text), query.args).execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx) => bind!(sqlx::query(query.text), query.args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Makes the changes permanent. On PostgreSQL it also tells the other processes; SQLite's file tells by itself.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        if let Self::Postgres(tx) = &mut self {
            sqlx::query("SELECT pg_notify('guestlist_changed', '')").execute(&mut **tx).await?;
        }
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Leaves nothing behind, at once instead of when the connection is next used.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await?,
            Self::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}
