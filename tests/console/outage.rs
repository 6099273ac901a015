//! A database that goes away under a running console.

use guestlist::console::event::Outcome;
use guestlist::store::Store;

use super::harness::{Console, import};
use crate::support::postgres::{bring_back, drop_database, fresh_database, take_away};

#[tokio::test]
async fn what_is_typed_is_kept_until_the_database_is_back_and_can_be_saved_then() {
    let Some(url) = fresh_database().await else { return };
    let mut console = Console::new().await;
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    import(&store, "default-enrollment-flow", true).await;
    let mut changes = store.changes().await.unwrap();
    console.world.store = store;
    console.press("r n welcome <tab> <C-u> +3d").await;
    take_away(&url).await;
    let why = changes.next().await.unwrap_err().to_string();
    let effects = console.tell(Outcome::Unreachable(why));
    console.perform(effects).await;
    console.sees("The database does not answer. What you typed is kept; trying again.");
    console.press("<C-s>").await;
    console.sees("The database does not answer. Try again.");
    console.sees("+3d");
    bring_back(&url).await;
    while changes.next().await.is_err() {}
    console.notice().await;
    console.sees_no("trying again");
    console.press("<C-s>").await;
    console.sees("Saved welcome.");
    drop((console, changes));
    drop_database(&url).await;
}
