//! `many`: what several means, that more than one is asked about, and that every list has it.

use guestlist::domain::id::InvitationId;
use guestlist::domain::slug::Slug;
use guestlist::store::invitations;

use super::super::harness::{Console, Start, alice, import};
use super::{check, talk};

/// Makes invitations of these names.
async fn invite(console: &mut Console, names: impl Iterator<Item = String>) {
    console.press("n model <C-s>").await;
    let settings = console.invitations().await.remove(0).invitation.settings;
    let mut tx = console.world.store.begin_write().await.unwrap();
    for name in names {
        let settings =
            guestlist::domain::invitation::Settings { name: Slug::parse(&name).unwrap(), ..settings.clone() };
        let id = InvitationId((console.world.new_id)());
        invitations::insert(&mut tx, id, &settings, &alice().at(console.now)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn more_than_one_is_asked_about_first() {
    let mut console = Console::new().await;
    invite(&mut console, (10..35).map(|number| format!("guest-{number}"))).await;
    let before: Vec<_> = console.invitations().await.iter().map(|row| row.invitation.id).collect();
    let said = talk(&console, &["1", "many", "all", "re-issue", "no", "many", "1 2", "revoke", "", "q"]).await;
    check(
        &said,
        &[
            "Give 26 invitations a new link each? The old ones are dead at once; undo takes it back. (yes or no) [no]:",
            "Nothing was done.",
            "Revoke 2 invitations? Their links stop working; undo restores them. (yes or no) [no]:",
            "Nothing was done.",
        ],
    );
    let after = console.invitations().await;
    assert_eq!(after.iter().map(|row| row.invitation.id).collect::<Vec<_>>(), before);
    assert!(after.iter().all(|row| row.invitation.revoked_at.is_none()));
    // One is what was named, and a key like any other.
    let said = talk(&console, &["1", "many", "guest-12", "revoke", "q"]).await;
    check(&said, &["Revoked 1 invitation."]);
    let said = talk(&console, &["1", "many", "all", "delete", "no", "q"]).await;
    check(
        &said,
        &["guest-10, guest-11, ", " and 16 more", "This deletes 26 invitations. Their links are dead at once"],
    );
}

#[tokio::test]
async fn names_are_found_whatever_they_are_and_however_many_there_are() {
    let mut console = Console::new().await;
    let names = (0..600).map(|number| format!("a-z-{number}")).chain(["used".to_owned(), "z".to_owned()]);
    invite(&mut console, names).await;
    let said = talk(&console, &["1", "many", "z", "revoke", "many", "used, z", "restore", "yes", "q"]).await;
    check(&said, &["All 1 invitation", "Revoked 1 invitation.", "All 2 invitations", "Restored 1 invitation."]);
    check(&said, &["Error: used: it was so already."]);
    // What begins like a name is none.
    let said = talk(&console, &["1", "many", "a-z", ".", "q"]).await;
    check(&said, &["Error: there is no invitation `a-z`.", "Given up, nothing was done."]);
}

#[tokio::test]
async fn several_users_are_deactivated_activated_and_deleted() {
    let mut console = Console::new().await;
    for name in ["ann", "ben", "cat"] {
        console.press(&format!("2 n {name} <C-s>")).await;
    }
    let act =
        ["3", "many", "1-2", "deactivate", "no", "many", "ann, BEN", "deactivate", "yes", "many", "all", "activate"];
    let rest = ["yes", "undo", "yes", "many", "nobody", "cat", "delete", "delete", "undo", "yes", "q"];
    let said = talk(&console, &[&act[..], &rest].concat()).await;
    check(
        &said,
        &[
            "new, many, b back.",
            "Keep 2 users from signing in? Who is signed in is signed out; undo takes it back. (yes or no) [no]:",
            "Nothing was done.",
            "Deactivated 2 users. undo takes that back.",
            "Let 3 users sign in again?",
            "Activated 2 users. undo takes that back.",
            "Error: cat: it was so already.",
            "Undo: activate 2 users?",
            "Deactivated 2 users.",
            "Error: there is no user `nobody`.",
            "All 1 user",
            "This deletes 1 user.",
            "Deleted cat. undo takes that back.",
            "cat is back.",
        ],
    );
}

#[tokio::test]
async fn several_groups_are_deleted_and_come_back() {
    let console = Console::new().await;
    talk(&console, &["4", "new", "the staff", "yes", "", "new", "crew", "", "", "new", "team", "", "", "q"]).await;
    let act = ["4", "many", "the staff, crew team", "delete", "no", "many", "the staff, crew", "delete", "delete"];
    let said = talk(&console, &[&act[..], &["undo", "yes", "b", "q"]].concat()).await;
    check(
        &said,
        &[
            "All 3 groups",
            "Whoever is a superuser by the staff alone loses that.",
            "This deletes 3 groups. Their members stay; undo brings the groups back. Type delete",
            "Nothing was done.",
            "Deleted 2 groups. undo takes that back.",
            "Groups, 1",
            "Undo: delete 2 groups?",
            "Brought back 2 groups.",
            "Groups, 3",
        ],
    );
}

#[tokio::test]
async fn several_flows_are_exported_and_deleted() {
    let mut console = Start { blueprints: &["default-enrollment-flow"], ..Start::default() }.open().await;
    import(&console.world.store, "minimal", false).await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().display().to_string();
    let said = talk(&console, &["2", "many", "all", "export", &place, "many", "1", "export", &place, "q"]).await;
    check(&said, &["All 2 flows", "Written 2 blueprints to ", "Written 0 blueprints", "is there already."]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    let said = talk(&console, &["2", "many", "all", "delete", "delete", "undo", "b", "q"]).await;
    check(
        &said,
        &["This can't be undone. Their stages stay.", "Deleted 2 flows.", "That can't be undone: Deleted 2 flows."],
    );
    console.setting.read_only = true;
    let said = talk(&console, &["3", "many", "b", "4", "many", "b", "q"]).await;
    check(&said, &["Error: the list has no `many`", "Error: the list has no `many`"]);
}
