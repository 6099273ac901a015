//! Two administrators at once.

use guestlist::console::event::Effect;
use guestlist::console::import::Ask;
use guestlist::domain::event::Actor;
use guestlist::domain::invitation::{InvitationView, Settings};
use guestlist::domain::user::{Profile, ProfileDraft};
use guestlist::store::{groups, invitations, users};

use super::harness::{Console, alice};

fn bob() -> Actor {
    Actor { name: "bob".into(), ..alice() }
}

#[tokio::test]
async fn a_taken_name_comes_back_at_its_field_with_everything_kept() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> n welcome <tab> <C-u> +3d <C-s>").await;
    console.sees("✗ Another invitation has this name.");
    console.sees("+3d");
    console.press("<C-u> other <C-s>").await;
    console.sees("▾ other");
    assert_eq!(console.invitations().await.len(), 2);
}

#[tokio::test]
async fn a_change_by_somebody_else_is_shown_at_its_field_and_asked_about() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> e <C-u> mine").await;
    let view = console.invitations().await.remove(0);
    let mut settings = view.invitation.settings.clone();
    settings.max_uses = Some(9);
    settings.name = guestlist::domain::slug::Slug::parse("theirs").unwrap();
    let mut tx = console.world.store.begin_write().await.unwrap();
    let act = bob();
    invitations::update(&mut tx, view.invitation.id, view.invitation.revision, &settings, &act.at(console.now))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    console.press("<C-s>").await;
    console.sees("bob changed this from `welcome` to `theirs`");
    console.sees("Ctrl-t Take theirs");
    console.sees("mine");
    console.press("<C-s>").await;
    let after = console.invitations().await.remove(0).invitation.settings;
    assert_eq!((after.name.as_str(), after.max_uses), ("mine", Some(9)), "what was not touched is theirs");
}

#[tokio::test]
async fn theirs_is_taken_by_one_key() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> e <C-u> mine <tab> <tab> <tab> <tab> <tab> about<space>mine").await;
    let view = console.invitations().await.remove(0);
    let mut settings = view.invitation.settings.clone();
    settings.note = "about theirs".into();
    change(&console, &view, &settings).await;
    console.press("<C-s>").await;
    console.sees("bob changed this from nothing to `about theirs`");
    console.press("<C-t>").await;
    console.sees_no("bob changed this");
    console.press("<C-s>").await;
    let after = console.invitations().await.remove(0).invitation.settings;
    assert_eq!((after.name.as_str(), after.note.as_str()), ("mine", "about theirs"));
}

#[tokio::test]
async fn what_only_the_other_one_touched_is_kept_without_a_question() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> e <C-u> mine").await;
    let view = console.invitations().await.remove(0);
    let mut settings = view.invitation.settings.clone();
    settings.expires = None;
    settings.flow = None;
    settings.note = "theirs".into();
    change(&console, &view, &settings).await;
    console.press("<C-s>").await;
    // Without a question, but not without a word.
    console.sees("Saved mine. bob changed when it expires, the flow, the note");
    console.sees("and that stays. c copies its link.");
    let after = console.invitations().await.remove(0).invitation.settings;
    assert_eq!((after.name.as_str(), after.expires, after.note.as_str()), ("mine", None, "theirs"));
    assert_eq!(after.flow, None);
}

#[tokio::test]
async fn a_revocation_by_somebody_else_is_told_as_one_and_stays() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> e <C-u> mine").await;
    let view = console.invitations().await.remove(0);
    let act = bob();
    let mut tx = console.world.store.begin_write().await.unwrap();
    invitations::set_revoked(&mut tx, view.invitation.id, true, &act.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.press("<C-s>").await;
    console.sees("bob revoked it, Sun 22 Nov 2026 14:05.");
    console.press("<C-s>").await;
    let after = console.invitations().await.remove(0).invitation;
    assert_eq!(after.settings.name.as_str(), "mine");
    assert!(after.revoked_at.is_some());
}

/// Somebody else changes an invitation.
async fn change(console: &Console, view: &InvitationView, settings: &Settings) {
    let act = bob();
    let (id, revision) = (view.invitation.id, view.invitation.revision);
    let mut tx = console.world.store.begin_write().await.unwrap();
    invitations::update(&mut tx, id, revision, settings, &act.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn fewer_uses_than_are_spent_are_refused_at_their_field() {
    let mut console = Console::new().await;
    console.press("n welcome <tab> <tab> <tab> <tab> <space> <tab> 3 <C-s>").await;
    let view = console.invitations().await.remove(0);
    for _ in 0..2 {
        let mut tx = console.world.store.begin_write().await.unwrap();
        let act = alice();
        assert!(invitations::claim_use(&mut tx, view.invitation.id, None, &act.at(console.now)).await.unwrap());
        tx.commit().await.unwrap();
    }
    console.press("e <tab> <tab> <tab> <tab> <tab> <C-u> 1 <C-s>").await;
    console.sees("2 people have used it already: allow at least 2.");
    console.press("<C-u> 2 <C-s>").await;
    assert_eq!(console.invitations().await.remove(0).invitation.settings.max_uses, Some(2));
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_dropped() {
    let mut console = Console::new().await;
    console.press("n one <C-s> n two <C-s>").await;
    let now = console.now;
    let mut load = |key: &str| {
        let key = crate::support::keys::parse(key).remove(0);
        let what = guestlist::console::event::What::Key(key);
        console.app.handle(guestlist::console::event::Event { at: now, what }).remove(0)
    };
    let first = load("r");
    let second = load("r");
    let (Effect::Load { generation: older, .. }, Effect::Load { generation: newer, .. }) = (&first, &second) else {
        panic!("no list was asked for")
    };
    assert!(older < newer);
    console.perform(vec![second]).await;
    let shown = console.screen();
    let mut tx = console.world.store.begin_write().await.unwrap();
    let by = alice();
    for view in console.invitations().await {
        invitations::delete(&mut tx, view.invitation.id, &by.at(console.now)).await.unwrap();
    }
    tx.commit().await.unwrap();
    console.perform(vec![first]).await;
    assert_eq!(console.screen(), shown);
}

#[tokio::test]
async fn what_waits_to_be_saved_is_taken_back_with_its_dialog() {
    let mut console = Console::new().await;
    console.press("n ghost").await;
    let save = console.hand("<C-s>");
    let [Effect::Work(number, _)] = save.as_slice() else { panic!("{save:?}") };
    let number = *number;
    console.sees("[ Saving… ]");
    console.press("<esc>").await;
    let closed = console.hand("y");
    assert_eq!(closed, [Effect::Blueprint(Box::new(Ask::Cancel(number)))]);
    console.perform(closed).await;
    console.perform(save).await;
    console.sees_no("Saved");
    assert!(console.invitations().await.is_empty());
    // What is saved later is not taken back.
    console.press("n guest <C-s>").await;
    console.sees("Saved guest.");
    console.press("3 n staff").await;
    let save = console.hand("<C-s>");
    console.press("<esc>").await;
    let closed = console.hand("y");
    console.perform(closed).await;
    console.perform(save).await;
    console.sees("No group yet");
}

#[tokio::test]
async fn a_row_that_is_deleted_under_the_cursor_leaves_its_place_to_the_next() {
    let mut console = Console::new().await;
    console.press("n aa <C-s> n bb <C-s> n cc <C-s> g j").await;
    let mut tx = console.world.store.begin_write().await.unwrap();
    let id = console.invitations().await[1].invitation.id;
    let by = alice();
    invitations::delete(&mut tx, id, &by.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.notice().await;
    console.press("d").await;
    console.sees("Delete the invitation cc?");
}

#[tokio::test]
async fn a_user_that_somebody_else_changed_is_told_field_by_field_and_nothing_typed_is_lost() {
    let mut console = Console::new().await;
    console.press("2 n jane <tab> Jane <C-s> e <tab> <C-u> Jane<space>Doe").await;
    let read = crate::support::fixture::user_named(&console.world.store, "jane").await.unwrap().user;
    let draft = ProfileDraft {
        username: "jane".into(),
        name: "Janet".into(),
        email: "janet@example.com".into(),
        path: "users".into(),
        attributes: read.attributes.clone(),
    };
    let mut tx = console.world.store.begin_write().await.unwrap();
    let by = bob();
    users::update(&mut tx, &read, &Profile::check(draft).unwrap(), &by.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.press("<C-s>").await;
    console.sees("bob changed this from `Jane` to `Janet`, Sun");
    console.sees("janet@example.com");
    console.sees("Jane Doe");
    console.press("<C-s>").await;
    let after = crate::support::fixture::user_named(&console.world.store, "jane").await.unwrap().user;
    assert_eq!((after.name.as_str(), after.email.as_str()), ("Jane Doe", "janet@example.com"));
}

#[tokio::test]
async fn a_group_that_somebody_else_changed_elsewhere_is_saved_with_both_changes() {
    let mut console = Console::new().await;
    console.press("3 n staff <C-s> e <C-e> -mine").await;
    let mut tx = console.world.store.begin_write().await.unwrap();
    let mut group = groups::find_by_name(&mut tx, "staff").await.unwrap().unwrap();
    group.is_superuser = true;
    let by = bob();
    groups::update(&mut tx, &group, &by.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.press("<C-s>").await;
    console.sees("Saved staff-mine. bob changed Superuser meanwhile");
    let mut tx = console.world.store.begin().await.unwrap();
    let after = groups::find_by_name(&mut tx, "staff-mine").await.unwrap().unwrap();
    assert!(after.is_superuser, "what only the other one touched is theirs");
}

#[tokio::test]
async fn what_somebody_else_deleted_meanwhile_is_told_in_the_dialog() {
    let mut console = Console::new().await;
    console.press("3 n staff <C-s> e <C-e> -mine").await;
    let mut tx = console.world.store.begin_write().await.unwrap();
    let group = groups::find_by_name(&mut tx, "staff").await.unwrap().unwrap();
    let by = bob();
    groups::delete(&mut tx, &group, &by.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.press("<C-s>").await;
    console.sees("bob deleted this in the meantime.");
    console.sees("staff-mine");
    console.press("<esc> y 4 n guest <C-s> e <C-u> mine").await;
    let view = console.invitations().await.remove(0);
    let mut tx = console.world.store.begin_write().await.unwrap();
    invitations::delete(&mut tx, view.invitation.id, &by.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.press("<C-s>").await;
    console.sees("✗ bob deleted this invitation, Sun 22 Nov 2026 14:05.");
    console.sees("mine");
}
