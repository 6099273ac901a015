//! Users, groups and flows: making, changing, deleting.

use guestlist::domain::user::{User, UserView};
use guestlist::store::{groups, users};

use super::harness::{Console, Start, alice};
use crate::support::fixture::{add_user, group, user, user_named, write};

async fn named(console: &Console, name: &str) -> Option<UserView> {
    user_named(&console.world.store, name).await
}

#[tokio::test]
async fn a_user_is_made_edited_and_deleted() {
    let mut console = Console::new().await;
    console.press("2 n jane <tab> Jane<space>Doe <tab> jane@example.com <tab> <tab> team:<space>eng <C-s>").await;
    console.sees("▾ jane");
    console.sees("Made jane, without a password yet.");
    let jane = named(&console, "jane").await.unwrap().user;
    assert_eq!(
        (jane.name.as_str(), jane.email.as_str(), jane.path.as_str()),
        ("Jane Doe", "jane@example.com", "users")
    );
    assert_eq!(jane.attributes["team"], "eng");
    console.press("e <C-u> janet <C-s>").await;
    console.sees("▾ janet");
    assert_eq!(named(&console, "janet").await.unwrap().user.id, jane.id);
    console.press("d").await;
    console.sees("Delete the user janet?");
    console.press("d n d y").await;
    assert!(named(&console, "janet").await.is_none());
}

#[tokio::test]
async fn what_is_wrong_with_a_user_stands_at_its_field() {
    let mut console = Console::new().await;
    add_user(&console.world.store, &user("bob")).await;
    console.press("2 n <tab> <tab> nowhere <tab> <C-u> /x <tab> a:<space>[ <C-s>").await;
    for text in ["✗ Enter a username.", "✗ This is not an email address.", "✗ A path has no slash", "✗ Line"] {
        console.sees(text);
    }
    console.press("BOB <tab> <tab> <C-u> <tab> <C-u> users <tab> <backspace> 1 <C-s>").await;
    console.sees("✗ Another user has this name.");
    console.press("<esc>").await;
    console.sees("lose what you typed?");
}

#[tokio::test]
async fn a_password_is_typed_twice_and_never_shown() {
    let mut console = Console::new().await;
    add_user(&console.world.store, &user("jane")).await;
    console.press("2 w correct <enter> horse <enter>").await;
    console.sees("✗ The two passwords differ.");
    console.sees_no("horse");
    console.press("<C-u> correct <enter>").await;
    console.sees("jane has another password now.");
    let hash = named(&console, "jane").await.unwrap().user.password.unwrap();
    assert!(hash.0.starts_with("$argon2id$"), "{}", hash.0);
}

#[tokio::test]
async fn a_user_is_deactivated_and_activated_by_one_key() {
    let mut console = Console::new().await;
    add_user(&console.world.store, &user("jane")).await;
    console.press("2").await;
    console.sees("t Deactivate");
    console.press("t").await;
    console.sees("jane can't sign in any more.");
    console.sees("t Activate");
    assert!(!named(&console, "jane").await.unwrap().user.is_active);
    console.press("t").await;
    assert!(named(&console, "jane").await.unwrap().user.is_active);
}

#[tokio::test]
async fn two_who_edit_a_user_are_shown_what_the_other_did() {
    let mut console = Console::new().await;
    let jane = user("jane");
    add_user(&console.world.store, &jane).await;
    console.press("2 e <tab> Mine").await;
    let other = User { name: "Theirs".into(), ..jane.clone() };
    write(&console.world.store, async |tx, act| {
        let profile = guestlist::domain::user::Profile {
            username: other.username.clone(),
            name: other.name.clone(),
            email: String::new(),
            path: "users".into(),
            attributes: other.attributes.clone(),
        };
        users::update(tx, &jane, &profile, act).await.unwrap();
    })
    .await;
    console.press("<C-s>").await;
    console.sees("to `Theirs`");
    console.press("<C-s>").await;
    assert_eq!(named(&console, "jane").await.unwrap().user.name, "Mine");
}

#[tokio::test]
async fn a_group_is_made_filled_emptied_and_deleted() {
    let mut console = Console::new().await;
    add_user(&console.world.store, &user("jane")).await;
    console.press("3").await;
    console.sees("No group yet. Press n to make one.");
    console.press("n staff <tab> <space> <C-s>").await;
    console.sees("▾ staff");
    console.press("+ jan <enter>").await;
    console.sees("✗ There is no user of that name.");
    console.press("e <enter>").await;
    console.sees("jane is in staff.");
    console.sees("Members  jane");
    console.press("- jane <enter>").await;
    console.sees("Members  none");
    console.press("e <C-u> crew <C-s>").await;
    console.sees("▾ crew");
    console.press("n crew <C-s>").await;
    console.sees("✗ Another group has this name.");
    console.press("<esc> y d").await;
    console.sees("Its members are superusers");
    console.press("y <enter>").await;
    console.sees("Type crew and press Enter:");
    console.press("<C-u> crew <enter>").await;
    console.sees("Deleted crew. u undoes it.");
    console.sees("No group yet.");
}

#[tokio::test]
async fn nobody_locks_themselves_out_by_console() {
    let mut console = Console::new().await;
    let me = user("alice");
    add_user(&console.world.store, &me).await;
    console.world.actor = guestlist::domain::event::Actor { id: Some(me.id), ..alice() };
    console.press("2 t").await;
    console.sees("✗ That is your own account");
    console.press("<esc> d y").await;
    console.sees("✗ That is your own account");
    assert!(named(&console, "alice").await.unwrap().user.is_active);
}

#[tokio::test]
async fn a_flow_with_invitations_is_not_deleted_and_its_address_is_copied() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> 1 c").await;
    console.sees("sent to your terminal by OSC 52");
    console.press("d y").await;
    console.sees("✗ default-enrollment-flow still has 1 invitation: delete or change them");
    console.press("<esc> 4 d y 1 d y").await;
    console.sees("Deleted default-enrollment-flow");
}

#[tokio::test]
async fn a_read_only_console_changes_nobody() {
    let mut console = Start { read_only: true, ..Start::default() }.open().await;
    add_user(&console.world.store, &user("jane")).await;
    let staff = group("staff");
    write(&console.world.store, async |tx, act| groups::insert(tx, &staff, act).await.unwrap()).await;
    console.press("2").await;
    for key in ["n", "e", "w", "t", "d"] {
        let before = console.screen();
        console.press(key).await;
        assert_eq!(console.screen(), before, "{key}");
    }
    console.press("3").await;
    for key in ["n", "e", "+", "-", "d"] {
        let before = console.screen();
        console.press(key).await;
        assert_eq!(console.screen(), before, "{key}");
    }
}

#[tokio::test]
async fn deactivating_is_undone_by_one_key() {
    let mut console = Console::new().await;
    console.press("2 n jane <C-s> t").await;
    console.sees("jane can't sign in any more. u undoes it.");
    console.press("u").await;
    console.sees("jane can sign in.");
    let jane = crate::support::fixture::user_named(&console.world.store, "jane").await.unwrap().user;
    assert!(jane.is_active);
}

#[tokio::test]
async fn a_member_is_found_by_a_part_of_the_name_and_taken_from_the_list() {
    let mut console = Console::new().await;
    for name in ["ann", "joanna", "bob"] {
        add_user(&console.world.store, &user(name)).await;
    }
    console.press("3 n staff <C-s> + ann").await;
    console.sees("ann");
    console.sees("joanna");
    console.sees_no("bob");
    console.press("<down> <down> <enter>").await;
    console.sees("joanna");
    console.press("<enter>").await;
    console.sees("joanna is in staff.");
    console.press("-").await;
    console.sees_no("  ann");
    console.press("zzz").await;
    console.sees("No member has that in the name.");
    console.press("<C-u> <down> <enter> <C-s>").await;
    console.sees("joanna is not in staff.");
    // Saving takes the one that is marked, too.
    console.press("+ ann <down> <C-s>").await;
    console.sees("ann is in staff.");
}

#[tokio::test]
async fn small_dialogs_have_a_button_that_leaves_them() {
    let mut console = Console::new().await;
    console.press("2 n x <S-tab>").await;
    console.sees("[ Save ]    [ Cancel ]");
    console.press("<enter>").await;
    console.sees("lose what you typed?");
    console.press("n <left> <enter>").await;
    console.sees("Made x, without a password yet.");
}
