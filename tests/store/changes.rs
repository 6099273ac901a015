//! Learning what other processes changed.

use std::time::Duration;

use guestlist::store::{Store, StoreError};
use tokio::time::timeout;

use crate::support::fixture::{invite, settings, two_pages};
use crate::support::stores::{Database, on_both};

/// Within which a change is told.
const SOON: Duration = Duration::from_secs(1);
/// For what may take a while on a busy machine.
const LONG: Duration = Duration::from_secs(30);

on_both! {
    async fn a_commit_of_another_process_is_told_within_a_second(database: Database) {
        let (here, there) = (Store::open(&database.url).await.unwrap(), Store::open(&database.url).await.unwrap());
        here.migrate().await.unwrap();
        let mut changes = here.changes().await.unwrap();
        for name in ["first", "second"] {
            invite(&there, &settings(name)).await;
            timeout(SOON, changes.next()).await.expect("told in time").unwrap();
        }
        invite(&here, &settings("own")).await;
        timeout(SOON, changes.next()).await.expect("this process's own changes are told too").unwrap();
    }

    async fn nothing_is_told_where_nothing_changes(database: Database) {
        let (here, there) = (Store::open(&database.url).await.unwrap(), Store::open(&database.url).await.unwrap());
        here.migrate().await.unwrap();
        two_pages(&here).await;
        let mut changes = here.changes().await.unwrap();
        let mut reading = there.begin().await.unwrap();
        guestlist::store::flows::list(&mut reading).await.unwrap();
        drop(there.begin_write().await.unwrap());
        there.begin_write().await.unwrap().rollback().await.unwrap();
        assert!(timeout(SOON, changes.next()).await.is_err(), "a change was told");
    }
}

#[tokio::test]
async fn a_server_that_goes_and_comes_back_is_missed_at_once_and_found_again() {
    let Some(url) = crate::support::postgres::fresh_database().await else { return };
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    let mut changes = store.changes().await.unwrap();
    crate::support::postgres::take_away(&url).await;
    let missed = timeout(LONG, changes.next()).await.expect("missed in time");
    assert!(matches!(missed, Err(StoreError::Unreachable(_))), "{missed:?}");
    assert!(timeout(LONG, changes.next()).await.expect("an answer in time").is_err());
    crate::support::postgres::bring_back(&url).await;
    let again = async { while changes.next().await.is_err() {} };
    timeout(LONG, again).await.expect("found again without anybody changing anything");
    invite(&store, &settings("after")).await;
    timeout(LONG, changes.next()).await.expect("told in time").unwrap();
    drop((store, changes));
    crate::support::postgres::drop_database(&url).await;
}
