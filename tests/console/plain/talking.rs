//! What reaches the terminal and what is made of what comes from it.

use guestlist::console::pane::Pane;
use guestlist::console::plain::{Ends, converse};

use super::super::harness::Console;
use super::{check, talk};

/// Types lines at a terminal that says it is that; gives what is written to it.
async fn at_terminal(console: &Console, term: &str, lines: &[&str]) -> String {
    let mut world = console.world.clone();
    world.surroundings.term = term.to_owned();
    let (mut said, typed) = (Vec::new(), [lines, &[""]].concat().join("\n"));
    let ends = Ends { typed: true, sequences: true, stdin: false };
    converse(world, console.setting.clone(), typed.as_bytes(), &mut said, ends).await.unwrap();
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn a_dumb_terminal_is_sent_no_sequence_and_told_so() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    let lines = ["1", "1", "copy", "b", "many", "all", "copy", "b", "clipboard", "test", "b", "q"];
    let said = at_terminal(&console, "xterm", &lines).await;
    assert_eq!(said.matches("\x1b]52;c;").count(), 3, "{said:?}");
    check(
        &said,
        &["The link was sent to your terminal by OSC 52, unconfirmed: 1 prints it.", "should read `guestlist Sun"],
    );
    assert!(!said.contains("takes no clipboard"), "{said}");
    let said = at_terminal(&console, "dumb", &lines).await;
    assert!(!said.contains('\x1b') && !said.contains("was sent to"), "{said:?}");
    check(
        &said,
        &["Error: Your terminal takes no clipboard, nothing was sent. 1 prints it.", "by OSC 52 nothing is sent"],
    );
}

#[tokio::test]
async fn a_line_that_is_too_long_is_one_line_and_repeated_in_part() {
    let console = Console::new().await;
    let long = format!("{}\n1", "1".repeat(1024 * 1024 + 100));
    let longer = "A".repeat(3 * 1024 * 1024);
    let said = talk(&console, &[&long, "new", &longer, ".", "b", &longer, "q"]).await;
    assert_eq!(said.matches("Error: the menu has no `").count(), 2, "{}", said.len());
    check(&said, &["11111…`.", "Invitations, 0", "Error: Name: ", "aaaaa…`."]);
    assert!(said.len() < 10_000, "{}", said.len());
    assert_eq!(console.invitations().await.len(), 0);
}

#[tokio::test]
async fn lists_are_read_again_and_say_how() {
    let console = Console::new().await;
    let said = talk(&console, &["?", "1", "r", "q"]).await;
    check(&said, &["r reads again", "p previous, r reload, / filter", "Invitations, 0 by name"]);
    assert_eq!(said.matches("Invitations, 0 by name").count(), 2, "{said}");
}

#[tokio::test]
async fn the_columns_that_were_chosen_are_read_out_in_their_order() {
    let mut console = Console::new().await;
    console.press("n jane <C-s>").await;
    console.setting.preferences.columns = vec![(Pane::Invitations, vec![5, 0]), (Pane::Events, vec![2])];
    let said = talk(&console, &["1", "b", "5", "q"]).await;
    check(&said, &["\n1 status active; jane\nA number", "\n1 action invitation_created\n"]);
}
