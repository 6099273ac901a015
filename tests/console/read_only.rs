//! A console that writes nothing.

use super::harness::Start;

#[tokio::test]
async fn nothing_that_writes_is_offered_or_possible() {
    let mut console = Start { read_only: true, ..Start::default() }.open().await;
    console.sees("read only");
    console.press("n").await;
    console.sees_no("Create Invitation");
    console.sees_no("n New");
    console.press("1 i").await;
    console.sees_no("Import a blueprint");
    console.sees_no("i Import");
    console.press("l b 4 e x d u").await;
    assert!(console.invitations().await.is_empty());
}

#[tokio::test]
async fn an_empty_database_is_not_offered_a_flow() {
    let mut console = Start { read_only: true, blueprints: &[], ..Start::default() }.open().await;
    console.sees_no("Welcome to guestlist");
}

#[tokio::test]
async fn the_database_itself_refuses_whatever_asks() {
    let mut console = super::harness::Console::new().await;
    console.press("n welcome <C-s> h").await;
    let place = console.world.store.place().replace("sqlite ", "sqlite:");
    console.world.store = guestlist::store::Store::open_read_only(&place).await.unwrap();
    console.press("x").await;
    console.sees("Nothing may be written: this console is read-only.");
    console.press("<esc> n other <C-s>").await;
    console.sees("Nothing may be written: this console is read-only.");
    console.sees("other");
    assert_eq!(console.invitations().await.len(), 1);
}

#[tokio::test]
async fn why_nothing_may_be_written_is_said_until_it_is_dismissed() {
    let mut console = Start { read_only: true, ..Start::default() }.open().await;
    console.app.say_first("There is no group `viewers`.");
    console.press("r").await;
    console.sees("There is no group `viewers`.");
    console.press("<esc>").await;
    console.sees_no("There is no group");
}
