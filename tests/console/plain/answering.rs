//! The questions of forms: what is wrong with an answer is said at once, and nothing that was answered is lost.

use chrono::TimeDelta;
use guestlist::domain::invitation::Settings;
use guestlist::store::invitations;

use super::super::harness::{Console, alice};
use super::{check, talk};

/// Makes an invitation in the database as it could not be made by hand.
async fn made(console: &Console, change: impl FnOnce(&mut Settings)) {
    let view = console.invitations().await.remove(0);
    let mut settings = view.invitation.settings.clone();
    change(&mut settings);
    let (mut tx, it, act) = (console.world.store.begin_write().await.unwrap(), &view.invitation, alice());
    invitations::update(&mut tx, it.id, it.revision, &settings, &act.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_wrong_answer_is_asked_for_again_at_once_and_the_others_are_kept() {
    let console = Console::new().await;
    let new = ["1", "new", "jane", "2020-01-01", "+2d", "9", "", "email: x@y.z", "0", "many", "3"];
    let said = talk(&console, &[&new[..], &["bad\u{7}note", "my long note", "b", "q"]].concat()).await;
    check(
        &said,
        &[
            "Error: Expires: That is in the past.\nExpires, as",
            "Error: Flow: type a number from 1 to 2.",
            "Error: How many may use it: type a whole number above zero, or any.",
            "Error: How many may use it: type a whole number above zero, or any.",
            "Error: Note: ",
            "Saved jane.",
        ],
    );
    let settings = console.invitations().await.remove(0).invitation.settings;
    assert_eq!((settings.max_uses, settings.note.as_str()), (Some(3), "my long note"));
    assert_eq!(settings.fixed_data["email"], "x@y.z");
    assert_eq!(settings.expires, Some(console.now + TimeDelta::days(2)));
}

#[tokio::test]
async fn a_name_that_is_taken_is_asked_for_again_alone() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    let said = talk(&console, &["1", "new", "jane", "", "+2d", "1", "", "any", "kept", "b", "q"]).await;
    check(&said, &["Error: Name: another invitation has that name; jane-2 is free.", "Name [jane]:"]);
    let said = talk(&console, &["1", "new", "jane", "jane-2", "+2d", "1", "", "any", "kept", "b", "q"]).await;
    check(&said, &["Name [jane]:", "Saved jane-2."]);
    assert_eq!(said.matches("Note:").count(), 1, "{said}");
    // Its own name is not taken.
    let said = talk(&console, &["1", "2", "edit", "", "", "", "", "", "other", "b", "q"]).await;
    assert!(said.contains("Saved jane-2.") && !said.contains("Error"), "{said}");
}

#[tokio::test]
async fn uses_that_are_spent_are_asked_about_again_and_the_rest_stays_answered() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    made(&console, |settings| settings.max_uses = Some(5)).await;
    let id = console.invitations().await[0].invitation.id;
    let mut tx = console.world.store.begin_write().await.unwrap();
    for _ in 0..3 {
        assert!(invitations::claim_use(&mut tx, id, None, &alice().at(console.now)).await.unwrap());
    }
    tx.commit().await.unwrap();
    let said = talk(&console, &["1", "1", "edit", "", "", "", "", "2", "a note", "4", "b", "q"]).await;
    check(
        &said,
        &["Error: How many may use it: 3 uses are spent already", "How many may use it, or any [2]:", "Saved jane."],
    );
    let settings = console.invitations().await.remove(0).invitation.settings;
    assert_eq!((settings.max_uses, settings.note.as_str()), (Some(4), "a note"));
}

#[tokio::test]
async fn an_end_that_is_over_stays_where_it_is_not_touched() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    let past = console.now - TimeDelta::days(30) - TimeDelta::seconds(17);
    made(&console, |settings| settings.expires = Some(past)).await;
    let said = talk(&console, &["1", "1", "edit", "", "", "", "", "", "still over", "b", "q"]).await;
    check(&said, &["Expires, as +7d, 2w, tomorrow 18:00 or never [2026-10-23 14:04]:", "Saved jane."]);
    let settings = console.invitations().await.remove(0).invitation.settings;
    assert_eq!((settings.expires, settings.note.as_str()), (Some(past), "still over"));
    let said = talk(&console, &["1", "1", "edit", "", "2026-10-24", "", "", "", "", "", "b", "q"]).await;
    check(&said, &["Error: Expires: That is in the past.", "[2026-10-23 14:04]:", "Saved jane."]);
    // Another one like it begins with an end of its own.
    let said = talk(&console, &["1", "1", "duplicate", "", "", "", "", "", "", "b", "q"]).await;
    check(&said, &["Expires, as +7d, 2w, tomorrow 18:00 or never [+7d]:", "Saved jane-2."]);
}

#[tokio::test]
async fn an_invitation_for_any_flow_stays_one() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    made(&console, |settings| settings.flow = None).await;
    talk(&console, &["1", "1", "edit", "", "", "", "", "", "a note", "b", "q"]).await;
    let settings = console.invitations().await.remove(0).invitation.settings;
    assert_eq!((settings.flow, settings.note.as_str()), (None, "a note"));
}

#[tokio::test]
async fn the_form_of_an_account_keeps_what_was_answered() {
    let console = Console::new().await;
    let jane = ["3", "new", "jane", "Jane Doe", "nomail", "jane@example.com", "/staff", "staff", ""];
    let said = talk(&console, &[&jane[..], &["q"]].concat()).await;
    check(&said, &["Error: Email: ", "Email:", "Error: Path: ", "Path [users]:", "Made jane"]);
    let again = ["3", "new", "Jane", "Another Jane", "", "", "team: blue", "janet", "b", "q"];
    let said = talk(&console, &again).await;
    check(&said, &["Error: Username: Another user has this name.", "Username [Jane]:", "Made janet"]);
    let said = talk(&console, &["3", "2", "q"]).await;
    check(&said, &["janet; name Another Jane", "team: blue"]);
}

#[tokio::test]
async fn the_form_of_a_group_keeps_what_was_answered_and_giving_up_is_said() {
    let console = Console::new().await;
    talk(&console, &["4", "new", "staff", "", "", "q"]).await;
    let said = talk(&console, &["4", "new", "staff", "maybe", "yes", "a: [", "a: b", "crew", "q"]).await;
    check(
        &said,
        &[
            "Error: Superuser: type yes or no.",
            "Error: Attributes: ",
            "Error: Name: Another group has this name.",
            "Name [staff]:",
            "Saved crew.",
        ],
    );
    for given_up in [&["."][..], &["x", "."], &["x", "", "."]] {
        let said = talk(&console, &[&["4", "new"], given_up, &["q"]].concat()).await;
        check(&said, &["Given up, nothing was saved.", "Groups, 2"]);
    }
}

#[tokio::test]
async fn a_prompt_s_questions_keep_what_was_answered() {
    let console = Console::new().await;
    let edit =
        ["flows", "1", "edit", "2", "prompt choose a username", "Pick a name", "xx", "7", "perhaps", "no", "", "", ""];
    let said = talk(&console, &[&edit[..], &["b", "b", "b", "q"]].concat()).await;
    check(
        &said,
        &[
            "Error: Order: Enter a whole number.\nOrder [",
            "Error: Required: type yes or no.",
            "Saved default-enrollment-username.",
            "Prompt Pick a name",
        ],
    );
}

#[tokio::test]
async fn a_batch_that_can_t_be_made_can_be_answered_again() {
    let console = Console::new().await;
    let batch = ["1", "batch", "/nowhere.csv", "eng-{n}", "", "2020-01-01", "", "for the team", "", "yes"];
    let said = talk(&console, &[&batch[..], &["2", "", "", "", "", "", "yes", "q"]].concat()).await;
    check(
        &said,
        &[
            "Error: Expires: That is in the past.",
            "/nowhere.csv can't be read",
            "Go through the answers again? They are kept. (yes or no) [no]:",
            "How many, or a CSV file with a row for each [/nowhere.csv]:",
            "Note [for the team]:",
            "Made 2 invitations.",
        ],
    );
    assert!(console.invitations().await.iter().all(|row| row.invitation.settings.note == "for the team"));
}
