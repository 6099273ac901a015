//! Marking many, and doing something to all of them.

use base64::Engine;
use guestlist::console::event::Effect;
use guestlist::domain::invitation::Status;
use guestlist::store::{groups, invitations};

use super::harness::{Console, Start, alice};
use crate::support::fixture::{add_user, group, user, user_count, user_named, write};

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
    console.sees("x Revoke marked  d Delete marked  R Re-issue marked");
    console.press("x").await;
    console.sees("Revoke 2 invitations? Their links stop working; u");
    console.press("x y").await;
    console.sees("Revoked 2 invitations. u undoes it.");
    console.sees_no("marked ·");
    assert_eq!(revoked(&console).await, ["a", "c"]);
    console.press("u").await;
    console.sees("Restored 2 invitations.");
    assert!(revoked(&console).await.is_empty());
    console.press("a x y").await;
    assert_eq!(revoked(&console).await, ["a", "b", "c"]);
    console.press("a x y").await;
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
    console.press("x y").await;
    console.sees("Revoked 1 invitation, 2 not:");
    console.sees("a: Not found");
    console.sees("b: it was so already.");
    console.press("<enter> u").await;
    assert_eq!(revoked(&console).await, ["b"], "only what was done is undone");
}

#[tokio::test]
async fn all_means_all_that_the_filter_keeps_and_escape_takes_marks_away() {
    let mut console = with(&["a-1", "a-2", "b-1"]).await;
    console.press("/ a- <enter> a").await;
    console.sees("2 marked");
    console.press("<esc>").await;
    console.sees_no("marked ·");
    console.sees("2 of 3");
    console.press("<esc>").await;
    console.sees("b-1");
}

#[tokio::test]
async fn a_thousand_are_revoked_and_come_back() {
    let mut console = Console::new().await;
    super::lists::fill(&console, 1_000).await;
    console.press("r a x y").await;
    console.sees("Revoked 1,000 invitations.");
    console.press("u").await;
    assert!(revoked(&console).await.is_empty());
}

#[tokio::test]
async fn who_may_only_read_marks_what_can_be_copied_or_exported_and_nothing_else() {
    let mut console = Start { read_only: true, ..Start::default() }.open().await;
    super::lists::fill(&console, 3).await;
    add_user(&console.world.store, &user("ann")).await;
    console.press("r a").await;
    console.sees("Marked 3 invitations. c copies the links, Esc");
    console.sees("3 marked");
    console.sees_no("Delete marked");
    console.press("x d").await;
    assert!(console.invitations().await.iter().all(|view| view.invitation.revoked_at.is_none()));
    console.press("c").await;
    console.sees("A list of 3 links was sent to your terminal");
    console.press("<esc> 2 <space> a").await;
    console.sees_no("marked ·");
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

#[tokio::test]
async fn all_marked_ones_get_new_links_and_stay_marked_until_that_is_undone() {
    let mut console = with(&["a", "b", "c"]).await;
    let before: Vec<_> = console.invitations().await.iter().map(|row| row.invitation.id).collect();
    console.press("<space> <space> R").await;
    console.sees("Give 2 invitations a new link each?");
    console.press("y").await;
    console.sees("Re-issued 2 invitations. c copies the new links, u undoes it.");
    console.sees("2 marked");
    let now: Vec<_> = console.invitations().await.iter().map(|row| row.invitation.id).collect();
    assert!(now[0] != before[0] && now[1] != before[1] && now[2] == before[2]);
    console.press("c").await;
    console.sees("A list of 2 links was sent");
    console.press("u").await;
    console.sees("Brought back the old link of 2 invitations.");
    let after: Vec<_> = console.invitations().await.iter().map(|row| row.invitation.id).collect();
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_mark_stays_where_an_invitation_gets_another_link() {
    let mut console = with(&["a", "b"]).await;
    console.press("g <space> R").await;
    console.sees("Re-issued 1 invitation.");
    console.sees("1 marked");
    console.sees("▸*a");
    console.press("<esc> g R <space>").await;
    console.sees("▾*a");
    console.press("x").await;
    console.sees("Revoked 1 invitation.");
}

#[tokio::test]
async fn keys_for_one_row_say_so_while_some_are_marked() {
    let mut console = with(&["a", "b"]).await;
    console.press("a").await;
    for key in ["e", "D", "L", "Q", "B"] {
        console.press(key).await;
        console.sees(&format!("⚠ {key} is for one row. Esc takes the marks away."));
    }
    console.press("<esc>").await;
    console.sees_no("marked ·");
    assert_eq!(console.invitations().await.len(), 2);
}

#[tokio::test]
async fn marked_users_are_deactivated_and_deleted_with_a_word_for_each_that_was_not() {
    let mut console = Console::wide().await;
    for name in ["ann", "bob", "cid"] {
        add_user(&console.world.store, &user(name)).await;
    }
    let me = user_named(&console.world.store, "bob").await.unwrap().user.id;
    console.world.actor = guestlist::domain::event::Actor { id: Some(me), ..alice() };
    console.press("2 a").await;
    console.sees("3 marked · 3");
    console.sees("t Deactivate marked");
    console.press("t").await;
    console.sees("Keep 3 users from signing in?");
    console.press("t y").await;
    console.sees("Deactivated 2 users, 1 not:");
    console.sees("bob: That is your own account");
    console.press("<enter>").await;
    console.sees("u Undo: deactivate 2 users");
    console.press("u").await;
    assert!(user_named(&console.world.store, "ann").await.unwrap().user.is_active);
    console.press("g <space> j <space> d").await;
    console.sees("Delete 2 users? u brings them back");
    console.press("delete <enter>").await;
    console.sees("Deleted 2 users.");
    assert_eq!(user_count(&console.world.store).await, 1);
    console.press("u").await;
    console.sees("Brought back 2 users.");
    assert_eq!(user_count(&console.world.store).await, 3);
}

#[tokio::test]
async fn marked_groups_are_deleted_and_marked_flows_deleted_or_written_to_files() {
    let mut console = Start { blueprints: &["minimal", "invitation-enrollment"], ..Start::default() }.open().await;
    for name in ["crew", "staff"] {
        write(&console.world.store, async |tx, act| groups::insert(tx, &group(name), act).await.unwrap()).await;
    }
    console.press("3 a d").await;
    console.sees("Delete 3 groups?");
    console.press("delete <enter>").await;
    console.sees("No group yet.");
    console.press("1 a o").await;
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("guests.yaml");
    std::fs::write(&taken, "mine").unwrap();
    console.press("<C-u>").await;
    console.paste(&folder.path().display().to_string()).await;
    console.press("<enter>").await;
    console.sees("Wrote 2 files, 1 not:");
    console.sees("guests: ");
    assert_eq!(std::fs::read_to_string(taken).unwrap(), "mine");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    console.press("<enter> a d delete <enter>").await;
    console.sees("No flow yet.");
}

#[tokio::test]
async fn each_pane_keeps_marks_of_its_own() {
    let mut console = with(&["a", "b"]).await;
    add_user(&console.world.store, &user("jane")).await;
    console.press("a 2").await;
    console.sees_no("marked ·");
    console.press("<space> 4").await;
    console.sees("2 marked");
    console.press("<esc> 2").await;
    console.sees("1 marked");
}

#[tokio::test]
async fn on_a_small_screen_the_question_says_what_to_type_before_it_names_what_it_is_about() {
    let mut console = Start { size: (40, 12), ..Start::default() }.open().await;
    for name in ["first-of-all", "second-of-all", "third-of-all"] {
        console.press(&format!("n {name} <C-s>")).await;
    }
    console.press("a d").await;
    console.sees("Type delete and press Enter:");
    console.press("delete <enter>").await;
    assert!(console.invitations().await.is_empty());
}
