//! Creating, copying, revoking, deleting.

use chrono::TimeDelta;
use guestlist::console::event::Effect;
use guestlist::console::theme::Theme;
use guestlist::domain::invitation::Status;
use serde_json::json;

use super::harness::{Console, Start};

#[tokio::test]
async fn five_keys_and_a_name_make_an_invitation_and_copy_its_link() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    console.sees("▾ welcome");
    console.sees("Saved welcome");
    let made = console.invitations().await.remove(0);
    assert_eq!(made.invitation.settings.max_uses, Some(1));
    assert_eq!(made.flow_slug.unwrap().as_str(), "default-enrollment-flow");
    assert_eq!(made.invitation.settings.expires.unwrap(), console.now + TimeDelta::days(7));
    console.press("c").await;
    console.sees("sent to your terminal by OSC 52, unconfirmed");
    let Some(Effect::Write(sequence)) = console.seen.pop() else { panic!("nothing was written") };
    let encoded = sequence.trim_start_matches("\u{1b}]52;c;").trim_end_matches('\u{7}');
    let link = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, encoded).unwrap();
    let token = made.invitation.id.token();
    let expected = format!("https://id.example.com/if/flow/default-enrollment-flow/?itoken={token}");
    assert_eq!(String::from_utf8(link).unwrap(), expected);
}

#[tokio::test]
async fn every_field_of_the_dialog_is_saved() {
    let mut console = Console::new().await;
    console.press("n team <tab> <C-u> tomorrow<space>18:00 <tab> <enter> any <enter> <tab>").await;
    console.paste("email: jane@example.com\r\nattributes:\r\n  team: eng").await;
    console.press("<tab> <space> <tab> 5 <C-s>").await;
    let settings = console.invitations().await.remove(0).invitation.settings;
    assert_eq!(settings.name.as_str(), "team");
    assert_eq!(settings.expires.unwrap().to_rfc3339(), "2026-11-23T17:00:00+00:00");
    assert_eq!(settings.flow, None);
    assert_eq!(json!(settings.fixed_data), json!({"email": "jane@example.com", "attributes": {"team": "eng"}}));
    assert_eq!(settings.max_uses, Some(5));
    console.sees("any flow");
}

#[tokio::test]
async fn errors_stand_at_their_fields_and_nothing_is_saved() {
    let mut console = Console::new().await;
    console.press("n two<space>words <tab> <C-u> yesterday <tab> <tab> a:<space>[ <C-s>").await;
    console.sees("✗ Use only letters, digits, hyphens and underscores.");
    console.sees("✗ Write a time such as +7d");
    console.sees("✗ Line");
    assert!(console.invitations().await.is_empty());
    console.press("<C-u> fine <tab> <C-u> +1d").await;
    console.sees_no("✗ Use only");
    console.sees("Mon 23 Nov 2026 14:05 · in 1 day");
}

#[tokio::test]
async fn a_misspelt_key_is_named_while_it_is_typed() {
    let mut console = Console::new().await;
    console.press("n <tab> <tab> <tab> emial:<space>x").await;
    console.sees("Did you mean `email`?");
}

#[tokio::test]
async fn what_was_typed_is_not_lost_by_escape_or_ctrl_c() {
    let mut console = Console::new().await;
    console.press("n x <esc>").await;
    console.sees("lose what you typed?");
    console.press("n <C-c>").await;
    console.sees("Quit and lose what you typed?");
    console.press("n").await;
    console.sees("Create Invitation");
    console.press("<esc> y").await;
    console.sees_no("Create Invitation");
    console.press("n <esc>").await;
    console.sees_no("Create Invitation");
    console.press("q").await;
    assert_eq!(console.seen, [Effect::Quit]);
}

#[tokio::test]
async fn revoking_is_undone_and_shown() {
    let mut console = Console::new().await;
    console.resize(120, 40);
    console.press("n welcome <C-s> x").await;
    console.sees("revoked");
    console.sees("x Restore");
    assert_eq!(console.invitations().await[0].invitation.status(console.now), Status::Revoked);
    console.press("u").await;
    assert_eq!(console.invitations().await[0].invitation.status(console.now), Status::Active);
}

#[tokio::test]
async fn deleting_asks_with_another_key_and_is_undone() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> d d").await;
    assert_eq!(console.invitations().await.len(), 1, "the key that asks does not confirm");
    console.press("y").await;
    assert!(console.invitations().await.is_empty());
    console.press("u").await;
    console.sees("▾ welcome");
    assert_eq!(console.invitations().await.len(), 1);
}

#[tokio::test]
async fn a_reissued_invitation_has_a_new_link_until_that_is_undone() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    let old = console.invitations().await[0].invitation.id;
    console.press("R").await;
    console.sees("welcome has a new link, the old one is dead.");
    console.sees("▾ welcome");
    let new = console.invitations().await[0].invitation.id;
    assert_ne!(old, new);
    assert_eq!(console.invitations().await.len(), 1);
    console.press("L").await;
    assert!(console.app.unbroken(80).unwrap().ends_with(&new.token()));
    console.press("k u").await;
    console.sees("welcome is back");
    assert_eq!(console.invitations().await[0].invitation.id, old);
}

#[tokio::test]
async fn a_reissue_that_somebody_used_can_t_be_undone() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> R").await;
    let new = console.invitations().await[0].invitation.id;
    let mut tx = console.world.store.begin_write().await.unwrap();
    let visitor = guestlist::domain::event::Actor::visitor("192.0.2.7");
    guestlist::store::invitations::claim_use(&mut tx, new, None, &visitor.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.press("u").await;
    console.sees("✗ Somebody came by the new link of welcome already: it stays.");
    assert_eq!(console.invitations().await[0].invitation.id, new);
}

#[tokio::test]
async fn a_duplicate_begins_as_the_invitation_is_under_the_next_name() {
    let mut console = Start { blueprints: &["minimal", "invitation-enrollment"], ..Start::default() }.open().await;
    console.press("n team <tab> <C-u> never <tab> <tab>").await;
    console.paste("email: jane@example.com").await;
    console.press("<tab> <space> <tab> 5 <C-s> D").await;
    console.sees("Create Invitation");
    console.sees("team-2");
    console.press("<C-s> D <C-s>").await;
    let all = console.invitations().await;
    let names: Vec<_> = all.iter().map(|row| row.invitation.settings.name.as_str()).collect();
    assert_eq!(names, ["team", "team-2", "team-3"]);
    for row in &all {
        let settings = &row.invitation.settings;
        assert_eq!((settings.max_uses, settings.expires, settings.flow), (Some(5), None, None));
        assert_eq!(json!(settings.fixed_data), json!({"email": "jane@example.com"}));
    }
    console.press("D <esc>").await;
    console.sees_no("Create Invitation");
}

#[tokio::test]
async fn a_duplicate_takes_the_free_name_where_the_next_one_is_taken() {
    let mut console = Console::new().await;
    console.press("n team <C-s> n team-2 <C-s> n team-3 <C-s> g h D").await;
    console.sees("team-4");
    console.sees_no("is taken");
    console.press("<esc>").await;
    console.sees_no("lose what you typed");
    console.press("D <C-s>").await;
    console.sees("Saved team-4.");
}

#[tokio::test]
async fn any_flow_is_warned_about_where_several_would_accept_it() {
    let mut console =
        Start { size: (120, 40), blueprints: &["minimal", "invitation-enrollment"], ..Start::default() }.open().await;
    console.press("n welcome <tab> <tab> <tab>").await;
    console.sees("any flow");
    console.sees("⚠ It is for any flow, and several would accept it:");
    console.paste("favourite_colour: red").await;
    console.sees_no("matches no field");
    console.press("<C-s>").await;
    console.sees("⚠ It is for any flow, and several would accept it:");
}

#[tokio::test]
async fn a_duplicate_of_an_expired_invitation_gets_the_usual_time() {
    let mut console = Console::new().await;
    console.press("n old <tab> <C-u> +1d <C-s>").await;
    console.wait(TimeDelta::days(2)).await;
    console.press("D").await;
    console.sees("+7d");
}

#[tokio::test]
async fn the_link_is_shown_as_a_qr_code_dark_on_light_in_every_terminal() {
    for ascii in [false, true] {
        let theme = Theme { ascii, colour: true };
        let mut console = Start { size: (100, 50), theme, ..Start::default() }.open().await;
        console.press("n welcome <C-s> Q").await;
        let screen = console.screen();
        assert!(screen.contains(if ascii { "####" } else { "█▀" }), "{screen}");
        assert!(screen.is_ascii() == ascii, "{screen}");
        console.press("k").await;
        console.sees("welcome");
        console.sees("Invitations");
        console.press("Q").await;
        console.resize(40, 10);
        console.sees("The QR code needs");
    }
}

#[tokio::test]
async fn the_bare_link_stands_alone_and_unbroken() {
    let mut console = Start { size: (140, 24), ..Start::default() }.open().await;
    console.press("n welcome <C-s> L").await;
    let screen = console.screen();
    let token = console.invitations().await[0].invitation.id.token();
    let link = format!("https://id.example.com/if/flow/default-enrollment-flow/?itoken={token}");
    assert_eq!(screen.lines().next().unwrap(), link);
    assert_eq!(console.app.unbroken(140), None);
    assert_eq!(console.app.unbroken(80), Some(link.as_str().into()));
    console.press("k").await;
    assert_eq!(console.seen, [Effect::Redraw]);
    console.sees("Invitations");
}

#[tokio::test]
async fn a_link_that_lets_nobody_enroll_is_copied_and_shown_with_the_reason() {
    let mut console = Start { size: (120, 24), ..Start::default() }.open().await;
    console.press("n welcome <tab> <C-u> +1d <C-s> c").await;
    console.sees_no("lets nobody enroll");
    console.press("x c").await;
    console.sees("✗ welcome is revoked: its link lets nobody enroll.");
    console.sees("sent to your terminal by OSC 52");
    console.press("<esc> <esc> <esc>").await;
    console.sees_no("lets nobody enroll");
    console.press("L").await;
    console.sees("✗ welcome is revoked: its link lets nobody enroll. Any key goes back.");
    console.press("k x").await;
    console.press("L").await;
    console.sees("Select it with your terminal.");
    console.press("k").await;
    console.wait(TimeDelta::days(2)).await;
    console.press("Q").await;
    console.sees("✗ welcome is expired: its link lets nobody enroll.");
    console.press("k c").await;
    console.sees("✗ welcome is expired: its link lets nobody enroll.");
}

#[tokio::test]
async fn an_invitation_for_any_flow_has_a_link_to_each_flow() {
    let mut console = Start { blueprints: &["minimal", "invitation-enrollment"], ..Start::default() }.open().await;
    console.press("n free <C-s>").await;
    console.sees("1 of 3");
    let first = console.screen();
    console.press("]").await;
    console.sees("2 of 3");
    console.press("[").await;
    assert_eq!(console.screen(), first);
}

#[tokio::test]
async fn a_flow_without_invitation_stage_is_mended_in_the_dialog() {
    let mut console = Start { bind: false, ..Start::default() }.open().await;
    console.press("n welcome").await;
    console.sees("has no invitation stage");
    console.press("<C-o>").await;
    console.sees_no("it ignores invitations");
    console.press("<C-s>").await;
    console.sees("▾ welcome");
}

#[tokio::test]
async fn editing_keeps_what_is_not_touched() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    let before = console.invitations().await.remove(0).invitation;
    console.press("e <C-u> hello <C-s>").await;
    let after = console.invitations().await.remove(0).invitation;
    assert_eq!(after.settings.name.as_str(), "hello");
    assert_eq!(
        (after.settings.expires, after.settings.flow, after.id),
        (before.settings.expires, before.settings.flow, before.id)
    );
    console.sees("▾ hello");
}

#[tokio::test]
async fn a_used_invitation_says_so_by_itself() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    let id = console.invitations().await[0].invitation.id;
    let mut tx = console.world.store.begin_write().await.unwrap();
    let visitor = guestlist::domain::event::Actor::visitor("192.0.2.7");
    guestlist::store::invitations::claim_use(&mut tx, id, None, &visitor.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.notice().await;
    console.sees("1/1");
    console.sees("used");
    console.sees("from 192.0.2.7");
}

#[tokio::test]
async fn a_paste_of_a_megabyte_is_taken_and_refused_in_good_time() {
    let mut console = Console::new().await;
    console.press("n big <tab> <tab> <tab>").await;
    console.paste(&"key: value\r\n".repeat(100_000)).await;
    console.sees("✗ Use at most 32 KB of custom attributes.");
    console.press("<C-s>").await;
    assert!(console.invitations().await.is_empty());
}
