//! What somebody else changed while a menu was open is what is read out and acted on.

use guestlist::domain::event::Actor;
use guestlist::domain::id::InvitationId;
use guestlist::domain::user::Username;
use guestlist::store::{Store, flows, groups, invitations, users};

use super::super::harness::{Console, Start, alice};
use super::late::interrupted;
use super::{LINK, check, talk};

fn bob() -> Actor {
    Actor { name: "bob".into(), ..alice() }
}

#[tokio::test]
async fn an_invitation_that_was_revoked_elsewhere_is_told_so_and_not_restored_by_a_late_revocation() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    let (id, now) = (console.invitations().await[0].invitation.id, console.now);
    let revoke = async |store: Store| {
        let mut tx = store.begin_write().await.unwrap();
        assert!(invitations::set_revoked(&mut tx, id, true, &bob().at(now)).await.unwrap());
        tx.commit().await.unwrap();
    };
    let said = interrupted(&console, &["1", "1"], revoke, &["revoke", "3", "1", "b", "b", "q"]).await;
    check(
        &said,
        &[
            "8 Revoke",
            "Somebody revoked it in the meantime.",
            "8 Restore",
            "\njane\n",
            "revoked",
            "jane is revoked: its link lets nobody enroll.",
            LINK,
        ],
    );
    assert!(console.invitations().await[0].invitation.revoked_at.is_some());
}

#[tokio::test]
async fn an_invitation_that_is_gone_or_has_another_link_closes_its_menu_with_a_sentence() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    let (id, now) = (console.invitations().await[0].invitation.id, console.now);
    let new = InvitationId(uuid::Uuid::from_u128(7));
    let reissue = async |store: Store| {
        let mut tx = store.begin_write().await.unwrap();
        invitations::reissue(&mut tx, id, new, &bob().at(now)).await.unwrap();
        tx.commit().await.unwrap();
    };
    let said = interrupted(&console, &["1", "1"], reissue, &["1", "1", "1", "b", "b", "q"]).await;
    let link = format!("{LINK}{}", new.token());
    check(
        &said,
        &["Error: jane has another link now: somebody gave it one", "Invitations, 1", "1 Print the link", &link],
    );
    let delete = async |store: Store| {
        let mut tx = store.begin_write().await.unwrap();
        invitations::delete(&mut tx, new, &bob().at(now)).await.unwrap();
        tx.commit().await.unwrap();
    };
    let said = interrupted(&console, &["1", "1"], delete, &["1", "b", "q"]).await;
    check(&said, &["Error: jane is gone: somebody deleted it in the meantime.", "Invitations, 0"]);
    assert_eq!(said.matches("itoken=").count(), 1, "not printed: {said}");
}

#[tokio::test]
async fn a_row_of_a_list_that_was_read_a_while_ago_is_read_again_when_it_is_opened() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    let (id, now) = (console.invitations().await[0].invitation.id, console.now);
    let delete = async |store: Store| {
        let mut tx = store.begin_write().await.unwrap();
        invitations::delete(&mut tx, id, &bob().at(now)).await.unwrap();
        tx.commit().await.unwrap();
    };
    let said = interrupted(&console, &["1"], delete, &["1", "q"]).await;
    check(&said, &["1 jane;", "Error: jane is gone", "Invitations, 0"]);
}

#[tokio::test]
async fn users_and_groups_are_read_again_too() {
    let mut console = Console::new().await;
    console.press("2 n jane <C-s>").await;
    let now = console.now;
    let find = async |store: &Store| {
        let mut tx = store.begin().await.unwrap();
        users::find_by_username(&mut tx, &Username::parse("jane").unwrap()).await.unwrap().unwrap().user
    };
    let jane = find(&console.world.store).await;
    let deactivate = async |store: Store| {
        let mut tx = store.begin_write().await.unwrap();
        users::set_active(&mut tx, jane.id, false, &bob().at(now)).await.unwrap();
        tx.commit().await.unwrap();
    };
    let said = interrupted(&console, &["3", "1"], deactivate, &["deactivate", "activate", "b", "q"]).await;
    check(
        &said,
        &["3 Deactivate", "Somebody deactivated this user in the meantime.", "3 Activate", "jane can sign in."],
    );
    assert!(find(&console.world.store).await.is_active);

    talk(&console, &["4", "new", "staff", "", "", "q"]).await;
    let join = async |store: Store| {
        let mut tx = store.begin_write().await.unwrap();
        let mut staff = groups::find_by_name(&mut tx, "staff").await.unwrap().unwrap();
        staff.name = "crew".into();
        groups::update(&mut tx, &staff, &bob().at(now)).await.unwrap();
        groups::add_member(&mut tx, staff.id, jane.id).await.unwrap();
        tx.commit().await.unwrap();
    };
    let said = interrupted(&console, &["4", "1"], join, &["show", "delete", "delete", "q"]).await;
    check(&said, &["Group staff", "\ncrew\n", "jane", "Group crew", "This deletes crew.", "Deleted crew."]);
}

#[tokio::test]
async fn a_flow_that_is_gone_closes_its_menu_and_one_that_was_bound_elsewhere_is_no_longer_offered_that() {
    let console = Start { bind: false, ..Start::default() }.open().await;
    let now = console.now;
    let flow = async |store: &Store| {
        let mut tx = store.begin().await.unwrap();
        flows::find_by_slug(&mut tx, "default-enrollment-flow").await.unwrap().unwrap()
    };
    let flow = flow(&console.world.store).await;
    let bind = async |store: Store| {
        let mut tx = store.begin_write().await.unwrap();
        flows::bind_invitation_stage(&mut tx, &flow, &bob().at(now)).await.unwrap();
        tx.commit().await.unwrap();
    };
    let said = interrupted(&console, &["2", "1"], bind, &["print", "bind", "b", "q"]).await;
    check(&said, &["6 Bind an invitation stage", "/if/flow/", "6 Batch", "Error: the menu has no `bind`"]);
    let delete = async |store: Store| {
        let mut tx = store.begin_write().await.unwrap();
        flows::delete(&mut tx, &flow, &bob().at(now)).await.unwrap();
        tx.commit().await.unwrap();
    };
    let said = interrupted(&console, &["2", "1"], delete, &["print", "q"]).await;
    check(&said, &["Error: default-enrollment-flow is gone: somebody deleted it in the meantime.", "Flows, 0"]);
    assert!(!said.contains("/if/flow/"), "{said}");
}
