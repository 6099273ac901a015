//! Contract tests: written once, run on both databases.

use std::future::Future;

use guestlist::store::Store;

use super::postgres::{drop_database, fresh_database};

/// A database of the test's own, for tests that open it themselves, more than once or from several processes.
pub struct Database {
    /// As `--database` takes it.
    pub url: String,
}

/// What a test on both databases may ask for.
pub trait Given: Sized {
    /// Makes it from the URL of an empty database.
    fn given(url: &str) -> impl Future<Output = Self>;
}

impl Given for Database {
    async fn given(url: &str) -> Database {
        Database { url: url.to_owned() }
    }
}

impl Given for Store {
    async fn given(url: &str) -> Store {
        let store = Store::open(url).await.unwrap();
        store.migrate().await.unwrap();
        store
    }
}

/// Declares tests that run on both databases, each on an empty one of its own:
///
/// ```ignore
/// on_both! {
///     async fn an_invitation_is_found_by_its_name(store: Store) {
///         ...
///     }
/// }
/// ```
///
/// becomes `an_invitation_is_found_by_its_name::sqlite` and `::postgres`. The argument's type is one that is [`Given`].
macro_rules! on_both {
    ($($(#[$attribute:meta])* async fn $name:ident($given:ident: $what:ty) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn contract($given: $what) $body

            #[test]
            $(#[$attribute])*
            fn sqlite() {
                $crate::support::stores::on_sqlite(contract);
            }

            #[test]
            $(#[$attribute])*
            fn postgres() {
                $crate::support::stores::on_postgres(contract);
            }
        }
    )+};
}
pub(crate) use on_both;

/// Runs a contract on a new SQLite file.
pub fn on_sqlite<G: Given, F: Future<Output = ()>>(contract: impl FnOnce(G) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("guestlist.sqlite").display());
    runtime().block_on(async { contract(G::given(&url).await).await });
}

/// Runs a contract on a new PostgreSQL database, if there is a server.
pub fn on_postgres<G: Given, F: Future<Output = ()>>(contract: impl FnOnce(G) -> F) {
    runtime().block_on(async {
        let Some(url) = fresh_database().await else { return };
        contract(G::given(&url).await).await;
        drop_database(&url).await;
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

on_both! {
    async fn a_contract_runs_on_an_empty_database_of_either_kind(database: Database) {
        assert!(database.url.starts_with("sqlite:///") || database.url.starts_with("postgres://"));
    }

    async fn a_contract_runs_on_a_migrated_store(store: Store) {
        store.ping().await.unwrap();
        assert!(store.migrations().await.unwrap().iter().all(|migration| migration.applied));
    }
}
