//! Marking many, and doing something to all of them.

use base64::Engine;
use guestlist::console::event::Effect;
use guestlist::domain::invitation::Status;
use guestlist::store::invitations;

use super::harness::{Console, Start, alice};

async fn with(names: &[&str]) -> Console {
    let mut console = Console::new().await;
    for name in names {
        console.press(&format!("n {name} <C-s>")).await;
    }
    console.press("h g").await;
    console
}

async fn revoked(console: &Console) -> Vec<String> {
    let rows = console.invitations().await;
    let rows = rows.iter().filter(|row| row.invitation.status(console.now) == Status::Revoked);
    rows.map(|row| row.invitation.settings.name.to_string()).collect()
}

#[tokio::test]
async fn marked_invitations_are_revoked_at_once_and_restored_at_once() {
    let mut console = with(&["a", "b", "c"]).await;
    console.press("<space> j <space>").await;
    console.sees("▸*a");
    console.sees("▸ b");
    console.sees("▸*c");
    console.sees("2 marked · 3");
    console.sees("x Revoke marked  d Delete marked  Space Mark");
    console.press("x").await;
    console.sees("Revoked 2 invitations. u undoes it.");
    console.sees_no("marked");
    assert_eq!(revoked(&console).await, ["a", "c"]);
    console.press("u").await;
    console.sees("Restored 2 invitations.");
    assert!(revoked(&console).await.is_empty());
    console.press("a x").await;
    assert_eq!(revoked(&console).await, ["a", "b", "c"]);
    console.press("a x").await;
    assert!(revoked(&console).await.is_empty(), "what is revoked altogether is restored");
}

#[tokio::test]
async fn many_are_deleted_after_a_word_and_come_back() {
    let mut console = with(&["a", "b", "c"]).await;
    console.press("a d").await;
    console.sees("Delete 3 invitations?");
    console.press("d d y <enter>").await;
    assert_eq!(console.invitations().await.len(), 3);
    console.press("<C-u> delete <enter>").await;
    assert!(console.invitations().await.is_empty());
    console.press("u").await;
    console.sees("Brought back 3 invitations.");
    assert_eq!(console.invitations().await.len(), 3);
    console.press("a d delete <esc>").await;
    assert_eq!(console.invitations().await.len(), 3);
}

#[tokio::test]
async fn what_could_not_be_done_is_told_row_by_row() {
    let mut console = with(&["a", "b", "c"]).await;
    console.press("a").await;
    let rows = console.invitations().await;
    let mut tx = console.world.store.begin_write().await.unwrap();
    let by = alice();
    invitations::delete(&mut tx, rows[0].invitation.id, &by.at(console.now)).await.unwrap();
    invitations::set_revoked(&mut tx, rows[1].invitation.id, true, &by.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.press("x").await;
    console.sees("Revoked 1 invitation, 2 not:");
    console.sees("a: Not found");
    console.sees("b: it was so already.");
    console.press("<enter> u").await;
    assert_eq!(revoked(&console).await, ["b"], "only what was done is undone");
}

#[tokio::test]
async fn all_means_all_that_the_filter_keeps_and_escape_takes_marks_away() {
    let mut console = with(&["a-1", "a-2", "b-1"]).await;
    console.press("/ a- <enter> a <esc>").await;
    console.sees("2 marked");
    console.press("<esc>").await;
    console.sees_no("marked");
    console.sees("2 of 3");
    console.press("<esc>").await;
    console.sees("b-1");
}

#[tokio::test]
async fn a_thousand_are_revoked_and_come_back() {
    let mut console = Console::new().await;
    super::lists::fill(&console, 1_000).await;
    console.press("r a x").await;
    console.sees("Revoked 1,000 invitations.");
    console.press("u").await;
    assert!(revoked(&console).await.is_empty());
}

#[tokio::test]
async fn nothing_is_marked_in_a_read_only_console() {
    let mut console = Start { read_only: true, ..Start::default() }.open().await;
    super::lists::fill(&console, 3).await;
    console.press("r <space> a x").await;
    console.sees_no("marked");
    console.sees_no("Mark");
}

#[tokio::test]
async fn the_links_of_all_marked_ones_are_copied_one_a_line() {
    let mut console = Console::new().await;
    console.press("n aa <C-s> n bb <C-s> n cc <C-s> a").await;
    console.sees("c Copy links");
    console.press("c").await;
    console.sees("A list of 3 links was sent to your terminal");
    let Some(Effect::Write(sequence)) = console.seen.last() else { panic!("nothing was sent") };
    let encoded = sequence.trim_start_matches("\x1b]52;c;").trim_end_matches('\x07');
    let text = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).unwrap()).unwrap();
    let links: Vec<&str> = text.lines().collect();
    assert_eq!(links.len(), 3);
    for (link, view) in links.iter().zip(console.invitations().await) {
        assert!(link.starts_with("https://id.example.com/if/flow/") && link.ends_with(&view.invitation.id.token()));
    }
}
