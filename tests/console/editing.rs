//! Dialogs that are left, saved or cancelled halfway: what is seen is what counts, and what nobody touched stays.

use chrono::TimeDelta;
use guestlist::domain::flow::{Designation, Flow};
use guestlist::domain::id::FlowId;
use guestlist::domain::slug::Slug;
use guestlist::domain::user::{Profile, ProfileDraft};
use guestlist::store::{flows, invitations, prompts, users};
use serde_json::json;

use super::harness::{Console, Start, alice};
use crate::support::fixture::{add_user, mapping, read, user, user_named, write};

/// A console with a flow that takes no invitations beside the one that does.
async fn with_another_flow() -> Console {
    let console = Console::wide().await;
    let id = FlowId(uuid::Uuid::from_u128(7));
    let odd = Flow::new(id, Slug::parse("odd").unwrap(), Designation::Enrollment);
    write(&console.world.store, async |tx, act| flows::insert(tx, &odd, act).await.unwrap()).await;
    console
}

async fn flow_of(console: &Console, name: &str) -> Option<String> {
    let rows = console.invitations().await;
    let row = rows.into_iter().find(|row| row.invitation.settings.name.as_str() == name)?;
    row.flow_slug.map(|slug| slug.to_string())
}

#[tokio::test]
async fn saving_takes_the_flow_that_is_marked_in_the_open_list() {
    let mut console = with_another_flow().await;
    console.press("n one <tab> <tab> odd <enter> <enter> default").await;
    console.sees("▸ default-enrollment-flow");
    console.press("<C-s>").await;
    assert_eq!(flow_of(&console, "one").await.as_deref(), Some("default-enrollment-flow"));
}

#[tokio::test]
async fn saving_is_refused_where_no_flow_has_the_name_that_is_typed() {
    let mut console = with_another_flow().await;
    console.press("n one <tab> <tab> odd <enter> <enter> zzz <C-s>").await;
    console.sees("✗ No flow of that name. Choose another, or Esc keeps odd.");
    assert!(console.invitations().await.is_empty());
    console.press("<backspace>").await;
    console.sees_no("✗ No flow");
    console.press("<C-s> <esc>").await;
    console.sees_no("✗ No flow");
    console.press("<C-s>").await;
    assert_eq!(flow_of(&console, "one").await.as_deref(), Some("odd"));
}

#[tokio::test]
async fn a_flow_that_is_typed_before_the_flows_are_known_is_the_one_that_is_saved() {
    let mut console = with_another_flow().await;
    let load = console.hand("n");
    let mut waiting = Vec::new();
    for key in ["x", "<tab>", "<tab>", "<enter>", "o", "d", "d", "<C-s>"] {
        waiting.extend(console.hand(key));
    }
    console.perform([waiting, load].concat()).await;
    assert_eq!(flow_of(&console, "x").await.as_deref(), Some("odd"));
}

#[tokio::test]
async fn a_batch_goes_to_the_flow_that_is_marked_in_the_open_list() {
    let mut console = with_another_flow().await;
    console.press("B <tab> <tab> <tab> odd <enter> <enter> default <C-s>").await;
    console.sees("10 invitations to default-enrollment-flow");
    console.press("<esc> <enter> zzz <C-s>").await;
    console.sees("✗ No flow of that name. Choose another, or Esc keeps");
    console.press("<esc>").await;
    console.sees_no("✗ No flow");
}

#[tokio::test]
async fn saving_takes_the_day_that_is_marked_in_the_open_calendar() {
    let mut console = Console::new().await;
    console.press("n moved <tab> <C-u> tomorrow<space>18:00 <down> <down> <C-s>").await;
    let end = console.invitations().await[0].invitation.settings.expires.unwrap();
    assert_eq!(end.to_rfc3339(), "2026-11-30T17:00:00+00:00");
    // One that was only looked at changes nothing.
    console.press("n seen <tab> <C-u> tomorrow<space>18:00 <down> <down> <up> <C-s>").await;
    let end = console.invitations().await[1].invitation.settings.expires.unwrap();
    assert_eq!(end.to_rfc3339(), "2026-11-23T17:00:00+00:00");
}

#[tokio::test]
async fn keys_of_the_dialog_do_what_the_footer_says_while_the_calendar_is_open() {
    let mut console = Console::wide().await;
    console.press("n jane <tab> <down>").await;
    console.sees("Ctrl-p Preview");
    console.press("<C-p>").await;
    console.sees("What will they see?");
}

#[tokio::test]
async fn leaving_the_flow_backwards_closes_its_list() {
    let mut console = Console::wide().await;
    console.press("n jane <tab> <tab> <enter> <S-tab> <C-u> 2w").await;
    console.sees("Expires             2w");
    console.sees("in 14 days");
    console.sees_no("▸ default");
    console.press("<esc> y B <tab> <tab> <tab> <enter> <S-tab> <C-u> eng-{n}").await;
    console.sees("Name                eng-{n}");
    console.sees_no("▸ default");
}

#[tokio::test]
async fn an_expired_invitation_is_edited_without_giving_it_more_time() {
    let mut console = Console::wide().await;
    console.press("n old <tab> <C-u> +1h <C-s>").await;
    let end = console.invitations().await[0].invitation.settings.expires;
    console.wait(TimeDelta::days(3)).await;
    console.press("e").await;
    console.sees("Sun 22 Nov 2026 15:05 · 3 days ago");
    console.sees_no("✗");
    console.press("<C-p>").await;
    console.sees("What will they see?");
    console.press("<esc> <C-u> older <C-s>").await;
    console.sees("Saved older.");
    let after = console.invitations().await.remove(0).invitation.settings;
    assert_eq!((after.name.as_str(), after.expires), ("older", end));
    // An end that is typed lies ahead.
    console.press("e <tab> <C-u> 2026-11-22<space>15:06 <C-s>").await;
    console.sees("✗ That is in the past.");
}

#[tokio::test]
async fn attributes_that_nobody_touched_stay_to_the_letter() {
    let mut console = Console::new().await;
    let odd = mapping(json!({"text": "a\tb\r\nc\u{202e} \n\n", "last": "one\ntwo\n"}));
    console.press("n jane <C-s>").await;
    let view = console.invitations().await.remove(0).invitation;
    let settings = guestlist::domain::invitation::Settings { fixed_data: odd.clone(), ..view.settings.clone() };
    write(&console.world.store, async |tx, act| {
        invitations::update(tx, view.id, view.revision, &settings, act).await.unwrap();
    })
    .await;
    add_user(&console.world.store, &user("jane")).await;
    let jane = user_named(&console.world.store, "jane").await.unwrap().user;
    let draft = ProfileDraft {
        username: "jane".into(),
        name: String::new(),
        email: String::new(),
        path: "users".into(),
        attributes: odd.clone(),
    };
    let profile = Profile::check(draft).unwrap();
    write(&console.world.store, async |tx, act| {
        users::update(tx, &jane, &profile, act).await.unwrap();
    })
    .await;
    console.press("r e <C-u> joan <C-s> 2 e <C-u> joan <C-s>").await;
    assert_eq!(console.invitations().await[0].invitation.settings.fixed_data, odd);
    let joan = user_named(&console.world.store, "joan").await.unwrap().user;
    assert_eq!(joan.attributes, odd);
}

#[tokio::test]
async fn texts_of_a_prompt_that_nobody_touched_stay_to_the_letter() {
    let mut console = Console::new().await;
    let odd = "if x:\r\n\treturn 'a\u{ad}'\n\n";
    let (flow, mut prompt) = read(&console.world.store, async |tx| {
        let flow = flows::list(tx).await.unwrap().remove(0);
        let outline = flows::outline(tx, flow.clone()).await.unwrap();
        (flow, outline.steps[1].prompts[0].clone())
    })
    .await;
    prompt.placeholder = odd.into();
    prompt.initial_value = odd.into();
    prompt.initial_value_expression = true;
    prompt.sub_text = odd.into();
    write(&console.world.store, async |tx, act| {
        prompts::update(tx, &prompt, act).await.unwrap();
    })
    .await;
    console.press("1 e j j e <C-u> Mine <tab> <tab> <tab>").await;
    console.paste("hint").await;
    console.press("<C-s>").await;
    console.sees("u undoes it.");
    let after = read(&console.world.store, async |tx| flows::outline(tx, flow).await.unwrap()).await;
    let after = after.steps[1].prompts.iter().find(|it| it.id == prompt.id).unwrap();
    assert_eq!((after.label.as_str(), after.initial_value.as_str(), after.sub_text.as_str()), ("Mine", odd, odd));
    assert!(after.placeholder.contains("hint"));
}

#[tokio::test]
async fn editors_of_all_dialogs_have_the_same_keys() {
    let mut console = Console::wide().await;
    console.press("2 n jane <tab> <tab> <tab> <tab>").await;
    console.paste("team: eng\ndep: x").await;
    console.press("<C-u>").await;
    console.sees("team: eng");
    console.sees_no("dep: x");
    console.press("<A-u>").await;
    console.sees("dep: x");
    console.press("<A-r> <up> <C-e> ineering <down> floor:<space>2 <C-s>").await;
    let jane = user_named(&console.world.store, "jane").await.unwrap().user;
    assert_eq!(json!(jane.attributes), json!({"team": "engineering", "floor": 2}));
}

#[tokio::test]
async fn what_is_wrong_with_attributes_is_told_while_they_are_typed_in_small_dialogs_too() {
    let mut console = Console::wide().await;
    for keys in ["2 n jane <tab> <tab> <tab> <tab>", "3 n staff <tab> <tab>"] {
        console.press(keys).await;
        console.press("dep:<space>[1").await;
        console.sees("✗ Line 1, column 6: A bracket `[` is not closed,");
        console.press("<C-s>").await;
        console.sees("✗ Line 1, column 6");
        console.press("]").await;
        console.sees_no("✗");
        console.press("<esc> y").await;
    }
}

#[tokio::test]
async fn a_paste_takes_away_what_was_wrong_with_the_field() {
    let mut console = Console::wide().await;
    console.press("2 n <C-s>").await;
    console.sees("✗");
    console.paste("jane").await;
    console.sees_no("✗");
    console.press("<C-s>").await;
    console.sees("Made jane");
}

#[tokio::test]
async fn the_cursor_of_an_editor_stands_where_the_terminal_shows_it() {
    let mut console = Console::new().await;
    let mut column = async |text: &str| {
        console.press("n <tab> <tab> <tab>").await;
        console.paste(text).await;
        console.terminal.draw(|frame| console.app.draw(frame)).unwrap();
        let at = console.terminal.get_cursor_position().unwrap();
        console.press("<esc> y").await;
        at.x
    };
    let plain = column("n: ab").await;
    assert_eq!(column("n: 👨\u{200d}👩\u{200d}👧").await, plain);
    assert_eq!(column("n: ❤\u{fe0f}").await, plain);
    assert_eq!(column("n: e\u{301}").await, plain - 1);
}

#[tokio::test]
async fn a_batch_says_what_is_wrong_while_it_is_typed() {
    let mut console = Console::wide().await;
    console.press("B x").await;
    console.sees("✗ Enter how many, or name a CSV file.");
    console.press("<backspace> <tab> <tab> <C-u> x").await;
    console.sees_no("Enter how many");
    console.sees("✗ The name needs {n}, such as eng-{n}: no two may have the");
    console.press("-{n} <tab> <tab> <C-u> yesterday").await;
    console.sees_no("needs {n}");
    console.sees("✗ Write a time such as +7d");
    console.press("<C-u> 2020-01-01").await;
    console.sees("✗ That is in the past.");
    console.sees_no("years ago");
    console.press("<C-s>").await;
    console.sees("✗ That is in the past.");
    console.sees_no("years ago");
    console.press("<C-u> never").await;
    console.sees("The link never expires.");
}

#[tokio::test]
async fn a_flow_that_is_chosen_for_a_batch_is_not_lost_without_a_question() {
    let mut console = with_another_flow().await;
    console.press("B <esc>").await;
    console.sees_no("Create many");
    console.press("B <tab> <tab> <tab> odd <enter> <esc>").await;
    console.sees("lose what you typed?");
    // Any flow is a choice, too: it stays one where the flows are read again.
    console.press("n any <enter>").await;
    console.notice().await;
    console.sees("any flow ▾");
}

#[tokio::test]
async fn the_footer_names_no_key_that_an_open_list_takes() {
    let mut console = with_another_flow().await;
    console.press("n jane <tab> <tab> <enter>").await;
    console.sees("Enter Choose");
    console.sees("Ctrl-s Save");
    console.sees_no("Tab Next field");
    console.sees_no("Ctrl-p Preview");
    console.press("<esc>").await;
    console.sees("Ctrl-p Preview");
    console.press("<esc> y B <tab> <tab> <tab> odd <enter> <enter>").await;
    console.sees("Ctrl-s Try it");
    console.sees_no("Bind stage");
    console.sees_no("Next field");
}

#[tokio::test]
async fn undoing_is_named_in_a_dialog_as_what_it_does_there() {
    let mut console = Console::wide().await;
    console.press("n old <C-s> x 1 e").await;
    console.sees_no("u Undo");
    console.press("j j e <C-u> Mine <C-s>").await;
    console.sees("u Undo");
    console.sees_no("Undo: ");
    console.press("<esc>").await;
    console.sees("Undo: ");
}

#[tokio::test]
async fn a_wrong_word_is_told_in_words_and_the_right_one_can_be_pasted() {
    let mut console = Console::new().await;
    console.press("n a <C-s> n b <C-s> a d x <enter>").await;
    console.sees("✗ That is not it. Type delete and press Enter:");
    console.press("<C-u>").await;
    console.sees_no("✗");
    console.paste("delete").await;
    console.press("<enter>").await;
    assert!(console.invitations().await.is_empty());
}

/// Somebody else changes the attributes and the name of the only invitation.
async fn changed_by_bob(console: &Console, data: serde_json::Value) {
    let view = console.invitations().await.remove(0).invitation;
    let mut settings = view.settings.clone();
    settings.name = Slug::parse("a-name-that-bob-has-given-to-it").unwrap();
    settings.fixed_data = mapping(data);
    let bob = guestlist::domain::event::Actor { name: "bob".into(), ..alice() };
    let mut tx = console.world.store.begin_write().await.unwrap();
    invitations::update(&mut tx, view.id, view.revision, &settings, &bob.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn who_changed_what_is_read_on_the_smallest_screen() {
    let mut console = Start { size: (40, 12), ..Start::default() }.open().await;
    console.press("n a-name-that-alice-has-given <C-s> e <C-u> mine <C-s> e <C-u> mine-again <tab> <tab> <tab>").await;
    console.press("email:<space>mine@example.com").await;
    let much = "x".repeat(300);
    changed_by_bob(&console, json!({"email": "theirs@example.com", "note": much})).await;
    console.press("<C-s>").await;
    insta::assert_snapshot!("conflict_of_a_name_40x12", console.screen());
    console.press("<tab> <tab> <tab>").await;
    insta::assert_snapshot!("conflict_of_attributes_40x12", console.screen());
}

#[tokio::test]
async fn what_does_not_fit_is_cut_where_it_can_be_seen() {
    let mut console = Start { size: (60, 20), ..Start::default() }.open().await;
    console.press("B <C-u> 2 <C-s> y").await;
    console.sees("/if/flow/default-enroll… │");
    console.press("<esc> 1 e a").await;
    console.press("w r i t e").await;
    let screen = console.screen();
    let marked = screen.lines().find(|line| line.contains("▸ User write")).unwrap();
    assert!(marked.ends_with("… │"), "{marked}");
    let mut console = Start { size: (40, 12), ..Start::default() }.open().await;
    console.press("n jane <C-s> L").await;
    console.sees("Select it with your terminal. Any key");
    console.sees("goes back.");
}
