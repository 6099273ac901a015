//! Undoing: what, in which order, and what is in the way of it.

use guestlist::console::event::Outcome;
use guestlist::domain::invitation::Status;
use guestlist::store::invitations;

use super::harness::{Console, alice};
use crate::support::fixture::{add_user, user, user_named};

async fn status(console: &Console, name: &str) -> Option<Status> {
    let rows = console.invitations().await;
    let row = rows.iter().find(|row| row.invitation.settings.name.as_str() == name)?;
    Some(row.invitation.status(console.now))
}

#[tokio::test]
async fn where_the_footer_is_short_it_says_that_something_can_be_undone_and_keeps_the_other_keys() {
    let mut console = Console::new().await;
    console.press("n guest <C-s>").await;
    console.sees("d Delete  p Preview  u Undo  ? Help");
    console.resize(120, 40);
    console.sees("u Undo: create guest");
}

#[tokio::test]
async fn the_footer_says_what_would_be_undone_and_steps_go_back_one_by_one() {
    let mut console = Console::wide().await;
    console.press("n aa <C-s> n bb <C-s>").await;
    console.sees("u Undo: create bb");
    console.press("x").await;
    console.sees("u Undo: revoke bb");
    console.press("k d y").await;
    console.sees("u Undo: delete aa");
    console.press("u").await;
    console.sees("aa is back.");
    console.sees("u Undo: revoke bb");
    console.press("u").await;
    console.sees("Restored bb.");
    assert_eq!(status(&console, "bb").await, Some(Status::Active));
    console.press("u").await;
    console.sees("Undo making bb? Its link is dead at once.");
    console.press("y").await;
    assert_eq!(status(&console, "bb").await, None);
    console.sees("u Undo: create aa");
}

#[tokio::test]
async fn what_can_t_be_undone_is_said_before_what_was_done_before_it_is() {
    let mut console = Console::wide().await;
    add_user(&console.world.store, &user("jane")).await;
    console.press("n guest <C-s> R").await;
    let new = console.invitations().await[0].invitation.id;
    console.press("2 w correct-horse <enter> correct-horse <enter>").await;
    console.sees("jane has another password now.");
    console.sees_no("u Undo");
    console.press("u").await;
    console.sees("⚠ That can't be undone: jane has another password now.");
    console.sees("╭ Users");
    console.sees("u again: Undo: re-issue guest.");
    assert_eq!(console.invitations().await[0].invitation.id, new, "the older step is left alone");
    console.sees("u Undo: re-issue guest");
    console.press("u").await;
    assert_ne!(console.invitations().await[0].invitation.id, new);
}

#[tokio::test]
async fn undoing_elsewhere_takes_nobody_away_from_where_they_are() {
    let mut console = Console::wide().await;
    console.press("n guest <C-s> d y 1").await;
    console.sees("u Undo: delete guest");
    console.press("u").await;
    console.sees("guest is back.");
    console.sees("╭ Flows");
    assert_eq!(status(&console, "guest").await, Some(Status::Active));
}

#[tokio::test]
async fn an_undo_that_fails_can_be_tried_again() {
    let mut console = Console::wide().await;
    console.press("n guest <C-s> d y n guest <C-s>").await;
    let by = alice();
    // Somebody else's invitation has the name now; making ours is not what is undone here.
    console.press("u n").await;
    console.press("e <C-e> -2 <C-s>").await;
    console.press("u").await;
    console.sees("Saved guest.");
    let id = console.invitations().await[0].invitation.id;
    let mut tx = console.world.store.begin_write().await.unwrap();
    invitations::delete(&mut tx, id, &by.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.press("u y").await;
    console.sees("✗ Not found");
    console.sees("u Undo: delete guest");
    console.press("<esc> u").await;
    console.sees("guest is back.");
}

#[tokio::test]
async fn a_step_stays_until_it_is_undone() {
    let mut console = Console::wide().await;
    console.press("n guest <C-s> d y").await;
    let effects = console.hand("u");
    assert_eq!(effects.len(), 1);
    assert!(console.hand("u").is_empty(), "one is under way");
    let after = console.tell(Outcome::TakenBack(2, Box::new(Outcome::Unreachable("gone".into()))));
    assert!(after.is_empty());
    console.sees("u Undo: delete guest");
    console.press("u").await;
    console.sees("guest is back.");
}

#[tokio::test]
async fn an_edit_is_undone_as_long_as_nobody_changed_it_since() {
    let mut console = Console::wide().await;
    console.press("n guest <C-s> e <C-e> -2 <C-s>").await;
    console.sees("u Undo: edit guest-2");
    console.press("u").await;
    console.sees("▾ guest ");
    console.press("e <C-e> -3 <C-s>").await;
    let view = console.invitations().await.remove(0);
    let mut settings = view.invitation.settings.clone();
    settings.note = "theirs".into();
    let by = alice();
    let (id, revision) = (view.invitation.id, view.invitation.revision);
    let mut tx = console.world.store.begin_write().await.unwrap();
    invitations::update(&mut tx, id, revision, &settings, &by.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.press("u").await;
    console.sees("✗ Somebody changed it since");
    assert_eq!(console.invitations().await[0].invitation.settings.name.as_str(), "guest-3");
    console.sees("u Undo: create guest");
}

#[tokio::test]
async fn activating_is_undone_without_being_something_to_undo_itself() {
    let mut console = Console::wide().await;
    add_user(&console.world.store, &user("jane")).await;
    console.press("2 t").await;
    console.sees("u Undo: deactivate jane");
    console.press("u").await;
    assert!(user_named(&console.world.store, "jane").await.unwrap().user.is_active);
    console.sees("jane can sign in.");
    console.sees_no("u Undo");
}

#[tokio::test]
async fn a_deleted_user_and_a_deleted_group_come_back() {
    let mut console = Console::wide().await;
    add_user(&console.world.store, &user("jane")).await;
    console.press("3 n staff <C-s> + jane <enter> d y").await;
    console.sees("Deleted staff. u undoes it.");
    console.press("u").await;
    console.sees("Brought back staff.");
    console.press("2 n zoe <C-s> g d y").await;
    console.sees("u Undo: delete jane");
    assert!(user_named(&console.world.store, "jane").await.is_none());
    console.press("u").await;
    assert_eq!(user_named(&console.world.store, "jane").await.unwrap().groups, ["staff"]);
    console.press("d").await;
    console.sees("Delete the user jane?");
}

#[tokio::test]
async fn escape_goes_on_although_good_news_is_shown() {
    let mut console = Console::wide().await;
    console.press("n aa <C-s> n bb <C-s> / aa <enter> x").await;
    console.sees("✓ Revoked aa.");
    console.press("<esc>").await;
    console.sees("bb");
    console.sees_no("1 of 2");
}
