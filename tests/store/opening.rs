//! Opening and migrating.

use std::os::unix::fs::PermissionsExt;

use guestlist::store::{Store, StoreError, invitations, users};
use sqlx::{Connection, Executor};

use crate::support::fixture::{alice, invite, noon, settings, user, uses};
use crate::support::stores::{Database, on_both};

fn mode(path: &std::path::Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

on_both! {
    async fn what_is_opened_read_only_is_read_and_never_written(database: Database) {
        let store = Store::open(&database.url).await.unwrap();
        store.migrate().await.unwrap();
        invite(&store, &settings("welcome")).await;
        let looking = Store::open_read_only(&database.url).await.unwrap();
        assert!(looking.is_read_only() && !store.is_read_only());
        assert_eq!(looking.place(), store.place());
        assert!(matches!(looking.begin_write().await, Err(StoreError::ReadOnly)));
        let mut tx = looking.begin().await.unwrap();
        let found = invitations::find_by_name(&mut tx, "welcome").await.unwrap();
        assert!(found.is_some());
        // The connection refuses as well, whatever the code forgot.
        let by = alice();
        let refused = users::insert(&mut tx, &user("jane"), serde_json::json!({}), &by.at(noon())).await;
        assert!(matches!(refused, Err(StoreError::Database(_) | StoreError::NotWritable)), "{refused:?}");
        drop(tx);
        let mut changes = looking.changes().await.unwrap();
        invite(&store, &settings("second")).await;
        changes.next().await.unwrap();
    }

    async fn migrations_are_listed_before_and_after_they_are_applied(database: Database) {
        let store = Store::open(&database.url).await.unwrap();
        let before = store.migrations().await.unwrap();
        assert!(!before.is_empty() && before.iter().all(|migration| !migration.applied), "{before:?}");
        store.migrate().await.unwrap();
        store.migrate().await.unwrap();
        let after = store.migrations().await.unwrap();
        assert!(after.iter().all(|migration| migration.applied), "{after:?}");
        // They are built in: a build that did not notice a new file would leave it out.
        let kind = if database.url.starts_with("postgres") { "postgres" } else { "sqlite" };
        let files = std::fs::read_dir(format!("{}/migrations/{kind}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert_eq!(after.len(), files.count(), "touch src/store/open.rs");
        assert_eq!(before.len(), after.len());
    }

    async fn many_who_open_and_migrate_a_new_database_at_once_all_succeed(database: Database) {
        let begin = || {
            let url = database.url.clone();
            tokio::spawn(async move {
                let store = Store::open(&url).await.unwrap();
                store.migrate().await.unwrap();
                store
            })
        };
        let every: Vec<_> = (0..16).map(|_| begin()).collect();
        let mut stores = Vec::new();
        for one in every {
            stores.push(one.await.unwrap());
        }
        let id = invite(&stores[0], &settings("welcome")).await;
        assert_eq!(uses(&stores[15], id).await, 0);
    }

    async fn the_tables_of_another_program_are_left_alone(database: Database) {
        let tables = ["CREATE TABLE customer (id INTEGER)", "CREATE TABLE \"order\" (id INTEGER)"];
        if let Some(path) = database.url.strip_prefix("sqlite://") {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
            let mut theirs = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
            for table in tables {
                theirs.execute(table).await.unwrap();
            }
            theirs.close().await.unwrap();
        } else {
            let mut theirs = sqlx::PgConnection::connect(&database.url).await.unwrap();
            for table in tables {
                theirs.execute(table).await.unwrap();
            }
            theirs.close().await.unwrap();
        }
        let before = database.url.strip_prefix("sqlite://").map(|path| std::fs::read(path).unwrap());
        for refused in [Store::open(&database.url).await, Store::open_read_only(&database.url).await] {
            let refused = refused.unwrap_err();
            assert!(matches!(refused, StoreError::Foreign(_)), "{refused}");
            assert!(refused.to_string().contains("another program (`customer`, `order`)"), "{refused}");
        }
        let after = database.url.strip_prefix("sqlite://").map(|path| std::fs::read(path).unwrap());
        assert!(before == after, "the file was changed");
    }

    async fn what_was_kept_is_there_after_opening_again(database: Database) {
        let store = Store::open(&database.url).await.unwrap();
        store.migrate().await.unwrap();
        let id = invite(&store, &settings("welcome")).await;
        drop(store);
        assert_eq!(uses(&Store::open(&database.url).await.unwrap(), id).await, 0);
    }
}

#[tokio::test]
async fn a_new_file_is_its_owner_s_alone_and_so_are_its_folder_and_side_files() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("new/folder/guestlist.sqlite");
    let store = Store::open(&format!("sqlite://{}", file.display())).await.unwrap();
    store.migrate().await.unwrap();
    invite(&store, &settings("welcome")).await;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    for entry in std::fs::read_dir(file.parent().unwrap()).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
    assert_eq!(store.place(), format!("sqlite {}", file.display()));
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_with_what_would_be_right() {
    for bad in
        ["sqlite:///tmp/x.db?mode=ro", "", "mysql://x", "sqlite:", "sqlite::memory:", "postgres", "/var/lib/x.db"]
    {
        let refused = Store::open(bad).await;
        assert!(matches!(refused, Err(StoreError::Address(_))), "{bad}: {refused:?}");
    }
}

#[tokio::test]
async fn a_place_never_shows_a_password() {
    // Nobody listens there: what is told of the failure must not show it either.
    let refused = Store::open("postgres://jane:hunter2@127.0.0.1:1/guests").await.unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("hunter2"), "{refused}");
    let Some(url) = crate::support::postgres::fresh_database().await else { return };
    let store = Store::open(&url.replace("guestlist@", "guestlist:hunter2@")).await.unwrap();
    assert!(store.place().starts_with("postgres "), "{}", store.place());
    assert!(!store.place().contains("hunter2"), "{}", store.place());
    drop(store);
    crate::support::postgres::drop_database(&url).await;
}

#[tokio::test]
async fn a_file_that_can_t_be_made_is_named() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("file"), "").unwrap();
    let refused = Store::open(&format!("sqlite://{}/file/x.db", home.path().display())).await.unwrap_err();
    assert!(matches!(refused, StoreError::File { .. }) && refused.to_string().contains("file"), "{refused}");
}
