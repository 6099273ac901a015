//! Sending invitations by letter.

use guestlist::domain::letter::Letter;
use guestlist::store::{events, letters};

use super::harness::{Console, Start};
use crate::support::fixture::read;

async fn console() -> Console {
    let mut console = Start { mail: true, ..Start::default() }.open().await;
    console.press("n jane <tab> <tab> <tab> email:<space>jane@example.com <C-s>").await;
    console
}

async fn outbox(console: &Console) -> Vec<Letter> {
    read(&console.world.store, async |tx| letters::list(tx, None, 10).await.unwrap()).await
}

#[tokio::test]
async fn an_invitation_is_sent_to_the_address_in_its_attributes() {
    let mut console = console().await;
    console.press("m").await;
    console.sees("Email jane");
    console.sees("jane@example.com");
    console.sees("You are invited to id.example.com");
    console.press("<tab> <space> ").await;
    console.sees("Sie sind zu id.example.com eingeladen");
    console.press("<tab> Bis<space>Montag! <C-s>").await;
    console.sees("Queued a letter to jane@example.com; the server sends it.");
    let all = outbox(&console).await;
    assert_eq!((all.len(), all[0].recipient.as_str()), (1, "jane@example.com"));
    assert_eq!(all[0].subject, "Sie sind zu id.example.com eingeladen");
    let log = read(&console.world.store, async |tx| events::list(tx, 1).await.unwrap()).await;
    assert_eq!((log[0].action.as_str(), log[0].actor.as_str()), ("invitation_sent", "alice"));
}

#[tokio::test]
async fn what_is_wrong_with_a_letter_stands_at_its_field() {
    let mut console = console().await;
    console.press("m <C-u> jane <C-s>").await;
    console.sees("✗ This is not an email address.");
    console.press("<C-u> joe@example.com <C-s> m <C-u> joe@example.com <C-s>").await;
    console.sees("✗ A letter with jane to joe@example.com is");
    console.press("<esc> y x m").await;
    console.sees("jane is revoked: its link would help nobody.");
    assert_eq!(outbox(&console).await.len(), 1);
}

#[tokio::test]
async fn marked_invitations_are_each_sent_to_their_own_address() {
    let mut console = console().await;
    console.press("n joe <C-s> a m").await;
    console.sees("Email 2 invitations");
    console.press("<C-s>").await;
    console.sees("Queued 1 letter, 1 not:");
    console.sees("joe: its custom attributes name no `email`.");
    assert_eq!(outbox(&console).await.len(), 1);
}

#[tokio::test]
async fn where_mail_is_off_it_is_said_what_to_set() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    console.sees_no("m Email");
    console.press("m").await;
    console.sees("Mail is off");
    assert!(outbox(&console).await.is_empty());
}
