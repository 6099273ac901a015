//! The command palette, and the page on the clipboard.

use std::os::unix::fs::PermissionsExt;

use guestlist::console::event::Effect;
use guestlist::console::keymap::{Change, Keymap};
use guestlist::console::preferences::Preferences;

use super::harness::{Console, Start};

#[tokio::test]
async fn a_pane_is_shown_by_name_filtered_by_what_follows() {
    let mut console = Console::new().await;
    console.press("n eng-jane <C-s> n open-day <C-s> : flow <enter>").await;
    console.sees("╭ Flows");
    console.press(": inv<space>eng <enter>").await;
    console.sees("/eng");
    console.sees("eng-jane");
    console.sees_no("▸ open-day");
    console.press(": log<space>invitation_created <enter>").await;
    console.sees("╭ Log");
    console.sees("open-day");
}

#[tokio::test]
async fn every_action_of_the_pane_is_a_command() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> : revoke <enter>").await;
    console.sees("Revoked welcome.");
    console.press(": dup <enter>").await;
    console.sees("welcome-2");
    console.press("<esc> : q <enter>").await;
    assert_eq!(console.seen.last(), Some(&Effect::Quit));
}

#[tokio::test]
async fn a_wrong_command_is_told_with_the_nearest_and_stays_to_be_mended() {
    let mut console = Console::new().await;
    console.press(": hlep <enter>").await;
    console.sees("✗ There is no command `hlep`. Did you mean `help`?");
    console.press("<bs> <bs> <bs> elp <enter>").await;
    console.sees("╭ Keys");
    console.press("<esc> : password <enter>").await;
    console.sees("✗ `password` does nothing here. It is for: Users.");
    console.press("<C-u> edit <enter>").await;
    console.sees("✗ There is nothing to `edit` here now.");
}

#[tokio::test]
async fn tab_completes_a_command_and_again_the_next() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s> : re").await;
    console.sees("revoke");
    console.press("<tab>").await;
    let first = console.screen();
    console.press("<tab>").await;
    assert_ne!(console.screen(), first);
    console.press("<S-tab>").await;
    assert_eq!(console.screen(), first);
    console.press("<C-u> us <tab> jane <enter>").await;
    console.sees("/jane");
}

#[tokio::test]
async fn a_path_is_completed_and_its_preview_opens_at_once() {
    let mut console = Console::new().await;
    console.press(": import<space>./bluepr <tab>").await;
    console.sees("import ./blueprints/");
    console.press("<C-u> import<space>nowhere.yaml <enter>").await;
    console.sees("nowhere.yaml: No such file");
    console.press("<esc> <esc> : import<space>default-enrollment-flow <enter>").await;
    console.sees("Import: what will happen");
}

#[tokio::test]
async fn what_was_typed_before_comes_back_in_the_next_console_too() {
    let mut console = Console::new().await;
    console.press(": users<space>jane <enter> : flow <enter> : nonsense <enter> <esc>").await;
    console.press(": <up>").await;
    console.sees(":flow");
    console.press("<up>").await;
    console.sees(":users jane");
    console.press("<down> <down>").await;
    console.sees_no(":flow ");
    console.press("us <up>").await;
    console.sees(":users jane");
    let place = console.world.history.clone().unwrap();
    assert_eq!(std::fs::read_to_string(&place).unwrap(), "users jane\nflow\n");
    assert_eq!(std::fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn nothing_that_writes_is_a_command_where_nothing_may_be_written() {
    let mut console = Start { read_only: true, ..Start::default() }.open().await;
    console.press(":").await;
    console.sees_no("import");
    console.sees_no("new");
    console.press("import<space>x <enter>").await;
    console.sees("`import` changes the database, and this console is read-only.");
    console.press("<C-u> new <enter>").await;
    console.sees("`new` changes the database, and this console is read-only.");
    console.press("<esc> ?").await;
    console.sees_no("Create an invitation");
    console.sees("Copy its link to the clipboard");
}

#[tokio::test]
async fn the_clipboard_is_explained_and_tested() {
    let mut console = Console::new().await;
    console.press(": clipboard <enter>").await;
    console.sees("because this is an SSH session ($SSH_CONNECTION)");
    console.sees("1. OSC 52");
    console.press("t").await;
    console.sees("it should read `guestlist Sun 22 Nov 2026 14:05:00`");
    assert!(matches!(console.seen.last(), Some(Effect::Write(sequence)) if sequence.starts_with("\x1b]52;c;")));
    console.press("<esc>").await;
    console.sees_no("╭ Clipboard");
}

#[tokio::test]
async fn the_bare_link_is_a_hyperlink_where_the_terminal_has_them() {
    let preferences = Preferences { hyperlinks: true, ..Preferences::default() };
    let mut console = Start { preferences, ..Start::default() }.open().await;
    console.press("n welcome <C-s> L").await;
    let written = console.app.unbroken(300).unwrap();
    assert!(written.starts_with("\x1b]8;;https://id.example.com/") && written.ends_with("\x1b]8;;\x1b\\"));
}

#[tokio::test]
async fn other_keys_work_and_are_shown_everywhere() {
    let changes = [
        Change { action: "new".into(), keys: vec!["i".into()] },
        Change { action: "invitations.edit".into(), keys: Vec::new() },
    ];
    let preferences = Preferences { keymap: Keymap::with(&changes).unwrap(), ..Preferences::default() };
    let mut console = Start { preferences, ..Start::default() }.open().await;
    console.sees("i New");
    console.press("n").await;
    console.sees_no("Create Invitation");
    console.press("i welcome <C-s> e").await;
    console.sees("▾ welcome");
    console.sees_no("e Edit");
    console.press(": new").await;
    console.sees("Create an invitation");
    console.press("<esc> : edit <enter>").await;
    console.sees("Edit Invitation");
}

#[tokio::test]
async fn the_palette_and_the_clipboard_page_look_as_they_did() {
    for (name, size) in [("80x24", (80, 24)), ("120x40", (120, 40)), ("50x16", (50, 16)), ("39x9", (39, 9))] {
        let mut console = Start { size, ..Start::default() }.open().await;
        console.press("n welcome <C-s> :").await;
        insta::assert_snapshot!(format!("palette_{name}"), console.screen());
        console.press("inv <tab>").await;
        insta::assert_snapshot!(format!("palette_completed_{name}"), console.screen());
        console.press("<C-u> clipboard <enter> t").await;
        insta::assert_snapshot!(format!("clipboard_{name}"), console.screen());
    }
}

#[tokio::test]
async fn import_is_offered_once_in_flows() {
    let mut console = Console::new().await;
    console.press("1 : import").await;
    assert_eq!(console.screen().matches("import").count(), 2, "{}", console.screen());
    console.sees("import [path]");
}
