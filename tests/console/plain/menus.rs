//! What the menus of rows offer beyond what their first tests need.

use guestlist::domain::invitation::InvitationView;

use super::super::harness::{Console, Start};
use super::{check, talk};

#[tokio::test]
async fn the_address_of_a_flow_is_copied_and_a_batch_to_it_begins_with_it() {
    let console = Start { blueprints: &["default-enrollment-flow", "invitation-enrollment"], ..Start::default() };
    let console = console.open().await;
    let batch = ["batch", "2", "", "", "", "", "", "yes", "b", "q"];
    let said = talk(&console, &[&["2", "3", "copy"][..], &batch].concat()).await;
    check(
        &said,
        &[
            "Flow guests",
            "3 Copy its address",
            "2 prints it.",
            "2 invitations to ",
            "single use: guest-01, guest-02",
            "Made 2 invitations",
        ],
    );
    let slug = |row: &InvitationView| row.flow_slug.as_ref().map(ToString::to_string);
    assert!(console.invitations().await.iter().all(|row| slug(row).as_deref() == Some("guests")), "{said}");
}

#[tokio::test]
async fn an_invitation_whose_flow_has_no_invitation_stage_offers_to_bind_one() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    let said =
        talk(&console, &["2", "1", "edit", "1", "unbind", "yes", "b", "b", "b", "1", "1", "invitation", "b"]).await;
    check(
        &said,
        &[
            "12 Invitation stage: bind one to its flow",
            "default-enrollment-flow has an invitation stage now.",
            "11 Preview: what an invited person sees\n> \n\nInvitations",
        ],
    );
    let said = talk(&console, &["1", "1", "invitation", "b", "q"]).await;
    check(&said, &["Error: the menu has no `invitation`"]);
}

#[tokio::test]
async fn members_are_looked_for_by_a_part_of_their_name_and_chosen_by_number() {
    let mut console = Console::new().await;
    for name in ["jan", "jane", "janet", "bob"] {
        console.press(&format!("2 n {name} <C-s>")).await;
    }
    let act = ["4", "new", "staff", "", "", "1", "add", "xyz", "add", "ane", "2", "add", "jan", "add", "ane", "b"];
    let rest = ["add", ".", "remove", "bob", "remove", "ja", "1", "b", "q"];
    let said = talk(&console, &[&act[..], &rest].concat()).await;
    check(
        &said,
        &[
            "Username, or a part of the name to look for:",
            "Error: no user has `xyz` in the name.",
            "Which user\n1 jane\n2 janet",
            "janet is in staff.",
            // Exactly a name: nobody is looked for.
            "jan is in staff.",
            "Which user\n1 jane\n2 janet",
            "Given up, nothing was done.",
            "bob is not in staff already.",
            "Which user\n1 jan\n2 janet",
            "jan is not in staff.",
        ],
    );
}

#[tokio::test]
async fn what_was_done_in_a_menu_is_taken_back_there() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    let act = ["1", "1", "revoke", "undo", "yes", "edit", "janet", "", "", "", "", "", "undo", "yes", "1", "b"];
    let said = talk(&console, &[&act[..], &["new", "joe", "", "", "", "", "", "undo", "yes", "b", "q"]].concat()).await;
    check(
        &said,
        &[
            "12 Undo: revoke jane",
            "Restored jane.",
            "Invitation janet",
            "12 Undo: edit janet",
            "Saved jane.",
            "Invitation jane\n",
            "12 Undo: create joe",
            "Deleted joe.",
            "Invitations, 1",
        ],
    );
    assert!(!said.contains("is gone"), "{said}");
}
