//! The file of an SQLite database: full, held by somebody else, taken away.

use std::path::Path;
use std::time::Duration;

use guestlist::clock;
use guestlist::domain::id::InvitationId;
use guestlist::store::{Store, StoreError, Tx, invitations};
use tokio::time::timeout;

use crate::support::fixture::{alice, invite, noon, settings, uses};

/// For what may take a while on a busy machine.
const LONG: Duration = Duration::from_secs(30);

async fn open(folder: &Path) -> Store {
    let store = Store::open(&format!("sqlite://{}", folder.join("guestlist.sqlite").display())).await.unwrap();
    store.migrate().await.unwrap();
    store
}

/// Says to the connection that writes how many pages the file may have: never less than it has.
async fn leave_pages(store: &Store, pages: &'static str) {
    let Tx::Sqlite(mut tx) = store.begin_write().await.unwrap() else { panic!("SQLite") };
    sqlx::query(pages).execute(&mut *tx).await.unwrap();
    tx.rollback().await.unwrap();
}

async fn write_much(store: &Store) -> Result<(), StoreError> {
    let mut tx = store.begin_write().await?;
    for number in 0..200 {
        let mut settings = settings(&format!("much-{number}"));
        settings.note = "x".repeat(4_000);
        invitations::insert(&mut tx, InvitationId(clock::new_id()), &settings, &alice().at(noon())).await?;
    }
    tx.commit().await
}

#[tokio::test]
async fn a_disk_that_was_full_for_a_moment_is_written_to_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let before = invite(&store, &settings("before")).await;
    leave_pages(&store, "PRAGMA max_page_count = 1").await;
    let full = write_much(&store).await;
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    leave_pages(&store, "PRAGMA max_page_count = 1000000").await;
    store.ping().await.unwrap();
    let after = invite(&store, &settings("after")).await;
    assert_eq!((uses(&store, before).await, uses(&store, after).await), (0, 0));
    write_much(&store).await.unwrap();
}

#[tokio::test]
async fn a_transaction_that_the_database_ended_by_itself_is_in_nobody_s_way() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    // As a disk does it that is full when the changes are to be made permanent.
    let Tx::Sqlite(mut tx) = store.begin_write().await.unwrap() else { panic!("SQLite") };
    sqlx::query("ROLLBACK").execute(&mut *tx).await.unwrap();
    assert!(Tx::Sqlite(tx).commit().await.is_err());
    store.ping().await.unwrap();
    invite(&store, &settings("after")).await;
    let Tx::Sqlite(mut tx) = store.begin().await.unwrap() else { panic!("SQLite") };
    sqlx::query("ROLLBACK").execute(&mut *tx).await.unwrap();
    drop(tx);
    for _ in 0..10 {
        store.begin().await.unwrap();
    }
}

#[tokio::test]
async fn a_file_that_is_removed_is_neither_read_nor_written_until_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let id = invite(&store, &settings("welcome")).await;
    let mut changes = store.changes().await.unwrap();
    let (file, aside) = (folder.path().join("guestlist.sqlite"), folder.path().join("aside"));
    std::fs::rename(&file, &aside).unwrap();
    assert!(matches!(store.begin_write().await, Err(StoreError::Replaced)));
    assert!(matches!(store.begin().await, Err(StoreError::Replaced)));
    assert!(matches!(store.ping().await, Err(StoreError::Replaced)));
    for _ in 0..2 {
        let missed = timeout(LONG, changes.next()).await.expect("missed in time");
        assert!(matches!(missed, Err(StoreError::Replaced)), "{missed:?}");
    }
    // Another file of that name is not the same, whatever it holds.
    std::fs::copy(&aside, &file).unwrap();
    assert!(matches!(store.begin_write().await, Err(StoreError::Replaced)));
    let missed = timeout(LONG, changes.next()).await.expect("missed in time");
    assert!(matches!(missed, Err(StoreError::Replaced)), "{missed:?}");
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(uses(&store, id).await, 0);
    invite(&store, &settings("after")).await;
    timeout(LONG, changes.next()).await.expect("told in time").unwrap();
}

#[tokio::test]
async fn a_file_that_is_removed_is_missed_by_who_watches_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut changes = store.changes().await.unwrap();
    let watching = tokio::spawn(async move { changes.next().await });
    std::fs::remove_file(folder.path().join("guestlist.sqlite")).unwrap();
    let missed = timeout(LONG, watching).await.expect("missed in time").unwrap();
    assert!(matches!(missed, Err(StoreError::Replaced)), "{missed:?}");
}

#[tokio::test]
async fn a_server_says_that_it_is_not_ready_while_it_can_t_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let other = open(folder.path()).await;
    store.ping().await.unwrap();
    let held = other.begin_write().await.unwrap();
    let silent = store.ping().await;
    assert!(matches!(silent, Err(StoreError::Unreachable(_))), "{silent:?}");
    held.rollback().await.unwrap();
    store.ping().await.unwrap();
}
