//! The last thing is taken back first, by name, and what can't be taken back is in the way of what was done before it.

use guestlist::domain::id::InvitationId;
use guestlist::store::{Store, invitations};

use super::super::harness::{Console, Start, alice};
use super::late::interrupted;
use super::{check, talk};

#[tokio::test]
async fn what_was_done_last_is_what_is_undone_whatever_it_was() {
    let mut console = Console::new().await;
    console.press("n joe <C-s>").await;
    console.press("n jane <C-s>").await;
    // joe comes second, by name.
    let act = ["1", "2", "revoke", "b", "1", "edit", "", "", "", "", "", "noted", "b", "2", "restore", "b"];
    let back = ["undo", "yes", "undo", "yes", "undo", "yes", "undo", "b", "q"];
    let said = talk(&console, &[&act[..], &back].concat()).await;
    check(
        &said,
        &[
            "Saved jane. undo takes that back.",
            "Restored joe. undo takes that back.",
            "Undo: restore joe?",
            "Revoked joe.",
            "Undo: edit jane?",
            "Saved jane.",
            "Undo: revoke joe?",
            "Restored joe.",
            "There is nothing to undo.",
        ],
    );
    let rows = console.invitations().await;
    assert!(rows.iter().all(|row| row.invitation.revoked_at.is_none() && row.invitation.settings.note.is_empty()));
}

#[tokio::test]
async fn an_invitation_that_was_made_is_taken_back_with_a_warning() {
    let console = Console::new().await;
    let said = talk(&console, &["1", "new", "jane", "", "", "", "", "", "b", "b", "undo", "yes", "1", "b", "q"]).await;
    check(
        &said,
        &["7 Undo: create jane", "Undo making jane? Its link is dead at once.", "Deleted jane.", "Invitations, 0"],
    );
}

#[tokio::test]
async fn what_can_t_be_undone_is_named_before_what_was_done_before_it() {
    let mut console = Console::new().await;
    console.press("n joe <C-s>").await;
    let act = ["1", "1", "revoke", "b", "b", "4", "new", "staff", "", "", "b", "undo", "undo", "yes", "q"];
    let said = talk(&console, &act).await;
    check(
        &said,
        &[
            "7 Undo: what was done last can't be undone",
            "That can't be undone: Saved staff. undo again: Undo: revoke joe.",
            "Undo: revoke joe?",
            "Restored joe.",
        ],
    );
    assert!(console.invitations().await[0].invitation.revoked_at.is_none());
}

#[tokio::test]
async fn a_step_that_could_not_be_undone_is_not_forgotten() {
    let mut console = Console::new().await;
    console.press("n joe <C-s>").await;
    let (settings, now) = (console.invitations().await.remove(0).invitation.settings, console.now);
    let namesake = async |store: Store| {
        let mut tx = store.begin_write().await.unwrap();
        let id = InvitationId(uuid::Uuid::from_u128(7));
        invitations::insert(&mut tx, id, &settings, &alice().at(now)).await.unwrap();
        tx.commit().await.unwrap();
    };
    let act = ["1", "1", "delete", "delete", "r"];
    let said = interrupted(&console, &act, namesake, &["undo", "yes", "undo", "yes", "b", "q"]).await;
    check(
        &said,
        &[
            "Deleted joe. undo takes that back.",
            "Undo: delete joe?",
            "Error: joe can't come back: another invitation has its name now.",
            "Undo: delete joe?",
            "Error: joe can't come back",
        ],
    );
}

#[tokio::test]
async fn flows_and_events_take_back_too() {
    let console = Start { bind: false, ..Start::default() }.open().await;
    let said = talk(&console, &["1", "new", "jane", "", "", "", "", "", "b", "b", "2", "undo", "yes", "b", "q"]).await;
    check(&said, &["Flows, 1", "import, many, undo, b back.", "Undo making jane?", "Deleted jane."]);
    let said = talk(&console, &["2", "1", "bind", "undo", "b", "5", "undo", "q"]).await;
    check(&said, &["has an invitation stage now", "That can't be undone: ", "There is nothing to undo."]);
}
