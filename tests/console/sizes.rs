//! Every size of terminal, and every kind.

use guestlist::console::theme::Theme;
use ratatui::style::Color;

use super::harness::{Console, Start};

/// Keys that lead to each pane, dialog and overlay.
const PLACES: &[&str] = &[
    "",
    "l",
    "1 l",
    "1 e",
    "1 e a",
    "1 e d",
    "1 e j j e",
    "2",
    "3",
    "5 l",
    "5 f",
    ":",
    ": re <tab> <tab>",
    ": clipboard <enter>",
    "?",
    "/ abc",
    "n",
    "n x <tab> <tab> <enter>",
    "n x <tab> <tab> <tab> a:<space>b",
    "e",
    "D",
    "Q",
    "2 n x",
    "3 n x",
    "<space>",
    "a d dele",
    "s s S",
    "d",
    "L",
    "1 i",
    "1 i <enter>",
    "n x <esc>",
];

#[tokio::test]
async fn no_size_makes_it_panic() {
    for keys in PLACES {
        let mut console = Console::new().await;
        console.press("n welcome <C-s>").await;
        console.press(keys).await;
        for width in (1..=20).chain([38, 39, 40, 41, 55, 56, 57, 59, 60, 79, 80, 81, 120, 200, 300]) {
            for height in [1, 2, 3, 5, 9, 10, 11, 12, 24, 100] {
                console.resize(width, height);
                console.screen();
            }
        }
    }
}

#[tokio::test]
async fn a_half_filled_dialog_survives_every_size() {
    let mut console = Start { size: (200, 60), ..Start::default() }.open().await;
    console.press("n welcome <tab> <C-u> +3d <tab> <tab> email:<space>x@example.com").await;
    let before = console.screen();
    for (width, height) in (1..=200u16).rev().zip((1..=60u16).rev().chain(std::iter::repeat(1))) {
        console.resize(width, height);
        console.screen();
    }
    console.resize(200, 60);
    assert_eq!(console.screen(), before);
    console.press("<C-s>").await;
    console.sees("▾ welcome");
}

#[tokio::test]
async fn the_focused_field_is_in_sight_on_a_small_terminal() {
    let mut console = Start { size: (40, 10), ..Start::default() }.open().await;
    console.press("n").await;
    for (keys, label) in [
        ("", "Name *"),
        ("<tab>", "Expires"),
        ("<tab>", "Flow"),
        ("<tab>", "│"),
        ("<tab>", "[x] one"),
        ("<tab>", "Note"),
        ("<tab>", "[ Save ]"),
    ] {
        console.press(keys).await;
        console.sees(label);
    }
}

#[tokio::test]
async fn too_small_is_one_line() {
    let mut console = Start { size: (39, 9), ..Start::default() }.open().await;
    insta::assert_snapshot!(console.screen(), @"Terminal too small: 39x9, 40x10 needed.");
}

#[tokio::test]
async fn a_terminal_without_unicode_gets_ascii_only() {
    let theme = Theme { ascii: true, colour: true };
    for keys in PLACES {
        let mut console = Start { theme, ..Start::default() }.open().await;
        console.press("n welcome <C-s>").await;
        console.press(keys).await;
        let screen = console.screen();
        assert!(screen.is_ascii(), "{screen}");
    }
}

#[tokio::test]
async fn a_terminal_without_colours_gets_none() {
    let theme = Theme { ascii: false, colour: false };
    let mut console = Start { theme, ..Start::default() }.open().await;
    console.press("n welcome <C-s> x").await;
    console.sees("revoked");
    for cell in &console.terminal.backend().buffer().content {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
    }
}

#[tokio::test]
async fn the_selection_is_shown_by_reverse_video() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    console.screen();
    let buffer = console.terminal.backend().buffer();
    let row = buffer.content.chunks(80).find(|row| row.iter().any(|cell| cell.symbol() == "▾")).unwrap();
    assert!(row.iter().filter(|cell| cell.modifier.contains(ratatui::style::Modifier::REVERSED)).count() > 50);
}

#[tokio::test]
async fn the_screens_look_as_they_did() {
    for (name, size) in [("80x24", (80, 24)), ("120x40", (120, 40)), ("50x16", (50, 16))] {
        let mut console = Start { size, blueprints: &[], ..Start::default() }.open().await;
        insta::assert_snapshot!(format!("offer_{name}"), console.screen());
        console.press("<enter>").await;
        console.press("n eng-jane <tab> <tab> <tab> emial:<space>jane@example.com").await;
        insta::assert_snapshot!(format!("create_{name}"), console.screen());
        console.press("<C-s> n open-day <tab> <C-u> never <tab> <tab> <tab> <space> <C-s> k").await;
        insta::assert_snapshot!(format!("invitations_{name}"), console.screen());
        console.press("1 l").await;
        insta::assert_snapshot!(format!("flows_{name}"), console.screen());
        console.press("?").await;
        insta::assert_snapshot!(format!("help_{name}"), console.screen());
    }
}

#[tokio::test]
async fn a_number_never_touches_its_name_in_the_navigation() {
    let mut console = Console::new().await;
    let overview = |invitations| guestlist::console::event::Overview { invitations, flows: 1, ..Default::default() };
    for (count, shown) in [(999, "Invitations  999 "), (6_306, "Invitations 6.3k "), (63_067, "Invitations  63k ")] {
        console.tell(guestlist::console::event::Outcome::Overview(overview(count)));
        console.sees(shown);
    }
}

#[tokio::test]
async fn no_border_of_a_box_stands_beside_another_one() {
    for width in [78, 79, 80, 81, 82, 84, 86, 88, 120] {
        let mut console = Start { size: (width, 24), ..Start::default() }.open().await;
        for keys in ["?", "<esc> :", "<esc> n"] {
            console.press(keys).await;
            let screen = console.screen();
            for pair in ["╭╭", "╮╮", "╰╰", "╯╯", "││"] {
                assert!(!screen.lines().any(|line| line.starts_with(pair) || line.ends_with(pair)), "{pair}\n{screen}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_typed_into_stays_where_it_is_when_a_note_comes_or_goes() {
    let mut console = Start { size: (120, 40), ..Start::default() }.open().await;
    let row = |screen: String| screen.lines().position(|line| line.contains("Name *")).unwrap();
    console.press("n").await;
    let before = row(console.screen());
    console.press("a<space>b").await;
    console.sees("✗");
    assert_eq!(row(console.screen()), before);
    console.press("<tab> <tab> <enter>").await;
    assert_eq!(row(console.screen()), before);
}
