//! What helps to fill in the Create and Edit Invitation dialog.

use guestlist::console::ServerStatus;
use guestlist::console::event::{Effect, Event, What};
use guestlist::domain::flow::{Designation, Flow};
use guestlist::domain::id::FlowId;
use guestlist::domain::slug::Slug;
use guestlist::store::flows;
use ratatui::style::Modifier;
use serde_json::json;

use super::harness::{Console, Start, alice};

#[tokio::test]
async fn a_note_is_typed_shown_and_found() {
    let mut console = Console::new().await;
    console.press("n welcome <tab> <tab> <tab> <tab> <tab> for<space>the<space>spring<space>class <C-s>").await;
    console.sees("Note  for the spring class");
    console.press("n other <C-s> / spring").await;
    console.sees("1 of 2");
    console.press("<enter> e").await;
    console.sees("Note                for the spring class");
}

#[tokio::test]
async fn a_day_is_chosen_from_the_calendar_and_keeps_its_time() {
    let mut console = Console::new().await;
    console.press("n jane <tab> <C-u> tomorrow<space>18:00 <down>").await;
    console.sees("November 2026");
    console.sees("[23]");
    console.press("<down> <right> <right>").await;
    console.sees("December 2026");
    console.sees("[ 2]");
    console.press("<enter>").await;
    console.sees("2026-12-02 18:00");
    console.sees_no("December 2026");
    console.press("<C-s>").await;
    let expires = console.invitations().await[0].invitation.settings.expires.unwrap();
    assert_eq!(expires.to_rfc3339(), "2026-12-02T17:00:00+00:00");
}

#[tokio::test]
async fn the_calendar_closes_without_a_word_and_knows_no_past() {
    let mut console = Console::new().await;
    console.press("n jane <tab> <C-space> <pageup> <pageup>").await;
    console.sees("[22]");
    console.press("<esc>").await;
    console.sees_no("November 2026 ");
    console.sees("+7d");
    console.press("<C-u> soon <down>").await;
    console.sees("[29]");
    console.press("<C-s>").await;
    console.sees("✗ Write a time such as +7d");
}

#[tokio::test]
async fn a_taken_name_is_told_as_it_is_typed_with_a_free_one() {
    let mut console = Console::new().await;
    console.press("n eng <C-s> n eng-2 <C-s> n eng").await;
    console.sees("⚠ eng is taken. Ctrl-f takes eng-3 instead.");
    console.sees("Ctrl-f Free name");
    console.press("x").await;
    console.sees_no("is taken");
    console.press("<backspace> <C-f> <C-s>").await;
    console.sees("▾ eng-3");
    console.press("e").await;
    console.sees_no("is taken");
}

#[tokio::test]
async fn what_is_no_name_is_told_as_it_is_typed_with_the_nearest_that_is() {
    let mut console = Console::new().await;
    console.press("n Zo\u{eb}<space>Doe").await;
    console.sees("✗ Use only letters, digits, hyphens and underscores.");
    console.sees("Ctrl-f takes Zoe-Doe instead.");
    console.press("<C-f> <C-s>").await;
    console.sees("▾ Zoe-Doe");
}

#[tokio::test]
async fn keys_of_the_flow_are_offered_and_written() {
    let mut console = Console::new().await;
    console.press("n jane <tab> <tab> <tab> em <tab>").await;
    console.press("j@x.org <enter> na <C-space>").await;
    console.sees("▸ name");
    console.press("<tab> Jane").await;
    console.press("<C-s>").await;
    let data = console.invitations().await.remove(0).invitation.settings.fixed_data;
    assert_eq!(json!(data), json!({"email": "j@x.org", "name": "Jane"}));
}

#[tokio::test]
async fn tab_goes_on_where_no_key_is_begun() {
    let mut console = Console::new().await;
    console.press("n jane <tab> <tab> <tab> <tab> <space>").await;
    console.sees("[ ] off");
    console.press("<S-tab> <C-space>").await;
    console.sees("▸ username");
    console.press("<down> <up> <esc>").await;
    console.sees_no("▸ username");
    console.sees("Create Invitation");
}

#[tokio::test]
async fn ctrl_u_deletes_to_the_beginning_of_the_line_in_every_field() {
    let mut console = Console::new().await;
    console.press("n wrong <C-u> jane <tab> <tab> <tab>").await;
    console.paste("name: Jane\nemail: x").await;
    console.press("<C-u> <C-u>").await;
    console.sees("name: Jane");
    console.sees_no("email: x");
    console.press("<A-u>").await;
    console.sees("email: x");
    console.press("<A-r> <C-s>").await;
    let made = console.invitations().await.remove(0).invitation.settings;
    assert_eq!((made.name.as_str(), json!(made.fixed_data)), ("jane", json!({"name": "Jane"})));
    console.press(&format!("? {}", "<C-d> ".repeat(20))).await;
    console.sees("Delete to the beginning of the line");
}

#[tokio::test]
async fn a_value_that_its_field_would_refuse_is_told_while_it_is_typed() {
    let mut console = Start { size: (120, 40), ..Start::default() }.open().await;
    console.press("n jane <tab> <tab> <tab> email:<space>jane").await;
    console.sees("`email` will not be taken as it is");
    console.press("@example.com").await;
    console.sees_no("will not be taken");
}

#[tokio::test]
async fn the_first_line_tells_what_is_known_of_the_server() {
    let mut console = Start { size: (140, 24), ..Start::default() }.open().await;
    let address = || "http://id.example.com".to_owned();
    for (status, shown) in [
        (ServerStatus::Starting, "○ server …"),
        (ServerStatus::Silent(address()), "✗ server does not answer"),
        (ServerStatus::Listening(address()), "● server http://id.example.com"),
        (ServerStatus::NotAsked("https://id.example.com".into()), "○ server https://id.example.com (not asked)"),
        (ServerStatus::Failed("x".into()), "✗ server failed"),
    ] {
        let _ = console.app.handle(Event { at: console.now, what: What::Server(status) });
        console.sees(shown);
    }
}

#[tokio::test]
async fn keys_stand_out_without_colours_too() {
    let mut console = Console::new().await;
    console.press("n <tab> <tab> <tab> email:<space>12").await;
    console.screen();
    let buffer = console.terminal.backend().buffer().clone();
    let place = (0..24u16).find_map(|y| {
        (0..70u16)
            .find(|x| (0..6).all(|i| buffer[(x + i, y)].symbol() == &"email:"[usize::from(i)..=usize::from(i)]))
            .map(|x| (x, y))
    });
    let (x, y) = place.expect("the key is seen");
    assert!(buffer[(x, y)].modifier.contains(Modifier::BOLD));
    assert!(buffer[(x + 7, y)].modifier.contains(Modifier::UNDERLINED));
    assert!(!buffer[(x + 5, y)].modifier.contains(Modifier::BOLD));
}

#[tokio::test]
async fn what_is_typed_meanwhile_is_checked_once_the_first_check_is_back() {
    let mut console = Console::new().await;
    console.press("n x <tab> <tab> <tab>").await;
    let first = console.hand("a");
    assert!(matches!(first.as_slice(), [Effect::Diagnose(_)]), "{first:?}");
    for key in [":", "<space>", "["] {
        assert!(console.hand(key).is_empty(), "one check at a time");
    }
    console.perform(first).await;
    console.sees("✗ Line");
}

#[tokio::test]
async fn a_flow_among_hundreds_is_found_by_typing() {
    let mut console = Console::new().await;
    let mut tx = console.world.store.begin_write().await.unwrap();
    let by = alice();
    for number in 0..250u128 {
        let id = FlowId(uuid::Uuid::from_u128(number + 1));
        let flow = Flow::new(id, Slug::parse(&format!("z-flow-{number:03}")).unwrap(), Designation::Enrollment);
        flows::insert(&mut tx, &flow, &by.at(console.now)).await.unwrap();
    }
    tx.commit().await.unwrap();
    console.press("n jane <tab> <tab> <enter> flow-249").await;
    console.sees("▸ z-flow-249");
    console.press("<enter> <C-s>").await;
    assert_eq!(console.invitations().await[0].flow_slug.as_ref().unwrap().as_str(), "z-flow-249");
}

#[tokio::test]
async fn the_helps_of_the_dialog_look_as_they_did() {
    for (name, size) in [("80x24", (80, 24)), ("120x40", (120, 40)), ("60x20", (60, 20))] {
        let mut console = Start { size, ..Start::default() }.open().await;
        console.press("n eng <C-s> n eng").await;
        insta::assert_snapshot!(format!("taken_{name}"), console.screen());
        console.press("<tab> <down>").await;
        insta::assert_snapshot!(format!("calendar_{name}"), console.screen());
        console.press("<enter> <tab> <enter>").await;
        insta::assert_snapshot!(format!("flows_open_{name}"), console.screen());
        console.press("<esc> <tab> us <C-space>").await;
        insta::assert_snapshot!(format!("keys_{name}"), console.screen());
        console.press("<esc> <esc>").await;
        insta::assert_snapshot!(format!("discard_{name}"), console.screen());
        console.press("y a d del").await;
        insta::assert_snapshot!(format!("confirm_{name}"), console.screen());
    }
}

#[tokio::test]
async fn attributes_that_are_too_many_are_told_at_once_and_many_warnings_leave_room_for_the_rest() {
    let mut console = Console::wide().await;
    console.press("n many <tab> <tab> <tab>").await;
    let unknown = (0..40).map(|number| format!("unknown{number}: x")).collect::<Vec<_>>().join("\n") + "\n";
    console.paste(&unknown).await;
    console.sees("⚠ And 36 more of the kind.");
    console.sees("[ Save ]");
    console.paste(&format!("long: {}", "x".repeat(33 * 1024))).await;
    console.sees("✗ Use at most 32 KB of custom attributes.");
}
