//! What a person chose: colours, columns, the mouse.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use guestlist::console::event::{Effect, Event, What};
use guestlist::console::pane::Pane;
use guestlist::console::preferences::Preferences;
use ratatui::style::{Color, Modifier};

use super::harness::{Console, Start};

async fn point(console: &mut Console, kind: MouseEventKind, column: u16, row: u16) {
    console.screen();
    let what = What::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE });
    let effects = console.app.handle(Event { at: console.now, what });
    console.perform(effects).await;
}

async fn click(console: &mut Console, column: u16, row: u16) {
    point(console, MouseEventKind::Down(MouseButton::Left), column, row).await;
}

/// The row of the screen that shows a text.
fn row_of(console: &mut Console, text: &str) -> u16 {
    let screen = console.screen();
    u16::try_from(screen.lines().position(|line| line.contains(text)).unwrap()).unwrap()
}

#[tokio::test]
async fn a_click_selects_and_another_one_expands() {
    let mut console = Console::new().await;
    console.press("n aa <C-s> n bb <C-s> n cc <C-s> h g").await;
    let row = row_of(&mut console, "▸ bb");
    click(&mut console, 30, row).await;
    console.sees("▸ bb");
    click(&mut console, 30, row).await;
    console.sees("▾ bb");
    let row = row_of(&mut console, "▸ cc");
    click(&mut console, 30, row).await;
    console.press("d").await;
    console.sees("Delete the invitation cc?");
}

#[tokio::test]
async fn a_click_in_the_navigation_changes_the_pane() {
    let mut console = Console::new().await;
    for (name, title) in
        [("  Flows  ", "╭ Flows"), ("  Log", "╭ Log"), ("  Users", "╭ Users"), ("  Invitations", "╭ Inv")]
    {
        let row = row_of(&mut console, name);
        click(&mut console, 5, row).await;
        console.sees(title);
    }
}

#[tokio::test]
async fn the_wheel_scrolls_lists_and_what_lies_over_them() {
    let mut console = Console::new().await;
    console.press("n aa <C-s> n bb <C-s> n cc <C-s> n dd <C-s> h g").await;
    point(&mut console, MouseEventKind::ScrollDown, 40, 10).await;
    console.press("d").await;
    console.sees("Delete the invitation dd?");
    console.press("<esc> ?").await;
    let before = console.screen();
    point(&mut console, MouseEventKind::ScrollDown, 40, 10).await;
    assert_ne!(console.screen(), before);
    point(&mut console, MouseEventKind::ScrollUp, 40, 10).await;
    assert_eq!(console.screen(), before);
}

#[tokio::test]
async fn the_mouse_is_taken_only_where_somebody_asks_for_it() {
    let mut console = Console::new().await;
    assert!(console.seen.is_empty());
    console.press("M").await;
    assert_eq!(console.seen, [Effect::Mouse(true)]);
    console.press("M").await;
    assert_eq!(console.seen.last(), Some(&Effect::Mouse(false)));
    let preferences = Preferences { mouse: true, ..Preferences::default() };
    let console = Start { preferences, ..Start::default() }.open().await;
    assert_eq!(console.seen, [Effect::Mouse(true)]);
}

#[tokio::test]
async fn a_pane_shows_the_chosen_columns_in_the_chosen_order() {
    let preferences = Preferences { columns: vec![(Pane::Invitations, vec![5, 0])], ..Preferences::default() };
    let mut console = Start { preferences, ..Start::default() }.open().await;
    console.press("n welcome <C-s> h").await;
    console.sees("Status   Name ▴");
    console.sees("▸ active   welcome");
    console.sees_no("Expires");
    console.press("1").await;
    console.sees("Designation");
}

#[tokio::test]
async fn on_a_light_background_nothing_is_yellow_or_dim() {
    let preferences = Preferences { light: true, ..Preferences::default() };
    let mut console = Start { preferences, bind: false, ..Start::default() }.open().await;
    console.press("1 l").await;
    console.sees("⚠ no");
    let buffer = console.terminal.backend().buffer();
    assert!(buffer.content.iter().any(|cell| cell.fg == Color::Magenta));
    assert!(buffer.content.iter().all(|cell| cell.fg != Color::Yellow && !cell.modifier.contains(Modifier::DIM)));
}
