//! The log in the console.

use guestlist::domain::event::Action;
use guestlist::store::events::{self, Object};
use serde_json::json;

use super::harness::{Console, Start, alice};

async fn happen(console: &Console, action: Action, name: &str) {
    let mut tx = console.world.store.begin_write().await.unwrap();
    let by = alice();
    events::log(&mut tx, &by.at(console.now), action, Object("user", name), json!({ "seen": name })).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_event_is_a_row_and_expanded_it_is_whole() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> 5 l").await;
    console.sees("▾ 14:05:00  alice  invitation_created");
    console.sees("When  Sun 22 Nov 2026 14:05:00 · just now");
    console.sees("Who  alice, from local");
    console.sees("Object  invitation welcome");
}

#[tokio::test]
async fn an_empty_log_says_so() {
    let mut console = Start { blueprints: &[], ..Start::default() }.open().await;
    console.press("<esc> 5").await;
    console.sees("Nothing has happened yet.");
}

#[tokio::test]
async fn the_log_is_filtered_by_action_and_by_words() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> x 5 / invitation_revoked").await;
    console.sees("alice  invitation_revoked");
    console.sees_no("invitation_created");
    console.press("<C-u> welcome<space>!revoked").await;
    console.sees("alice  invitation_created");
    console.sees_no("alice  invitation_revoked");
    console.press("<C-u> nobody").await;
    console.sees("Nothing matches. Esc clears the filter.");
}

#[tokio::test]
async fn what_comes_leaves_the_selection_alone_unless_it_is_followed() {
    let mut console = Console::new().await;
    happen(&console, Action::Login, "first").await;
    console.press("5 l").await;
    console.sees("seen: first");
    happen(&console, Action::Login, "second").await;
    console.notice().await;
    console.press("h l").await;
    console.sees("seen: first");
    console.press("f").await;
    console.sees("following ·");
    console.sees("f Stop following");
    happen(&console, Action::Logout, "third").await;
    console.notice().await;
    console.press("l").await;
    console.sees("seen: third");
    console.press("h j").await;
    console.sees_no("following ·");
}

#[tokio::test]
async fn the_log_looks_as_it_did() {
    for (name, size) in [("80x24", (80, 24)), ("120x40", (120, 40)), ("40x12", (40, 12)), ("39x9", (39, 9))] {
        let mut console = Start { size, blueprints: &[], ..Start::default() }.open().await;
        console.press("<esc>").await;
        happen(&console, Action::Login, "jane").await;
        console.press("n open-day <C-s> 5").await;
        insta::assert_snapshot!(format!("log_{name}"), console.screen());
    }
}
