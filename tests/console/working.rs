//! Work on many: told of, and given up in the middle.

use guestlist::console::event::{Bulk, Effect, Outcome};
use guestlist::console::import::Ask;

use super::harness::{Console, Start};
use super::places::fill;

/// The work that the last key began: its number and what is done.
fn work(effects: Vec<Effect>) -> (u64, Effect) {
    match effects.into_iter().next() {
        Some(Effect::Work(number, effect)) => (number, *effect),
        other => panic!("no work but {other:?}"),
    }
}

#[tokio::test]
async fn much_is_told_about_while_it_is_done_and_all_of_it_is_done() {
    let mut console = Console::new().await;
    fill(&console, 450).await;
    console.press("a x").await;
    let effects = console.hand("y");
    let (number, effect) = work(effects);
    // Nothing flickers where it is done at once.
    console.sees_no("Working");
    console.tell(Outcome::Working(number, 200));
    for text in ["Revoked: 450 invitations", "Working…", "200 of 450", "Esc leaves the rest; what is done stays done."]
    {
        console.sees(text);
    }
    console.tell(Outcome::Working(number + 1, 400));
    console.sees("200 of 450");
    console.perform(vec![Effect::Work(number, Box::new(effect))]).await;
    console.sees("Revoked 450 invitations. u undoes it.");
    console.sees_no("Working");
}

#[tokio::test]
async fn what_is_done_stays_done_and_the_rest_is_left_where_it_is_given_up() {
    let mut console = Console::new().await;
    fill(&console, 450).await;
    console.press("a x").await;
    let effects = console.hand("y");
    let (number, effect) = work(effects);
    console.tell(Outcome::Working(number, 0));
    let given_up = console.hand("<esc>");
    assert_eq!(given_up, [Effect::Blueprint(Box::new(Ask::Cancel(number)))]);
    console.sees("Giving up…");
    console.perform(given_up).await;
    console.perform(vec![Effect::Work(number, Box::new(effect))]).await;
    console.sees("Revoked 0 invitations, 450 not:");
    console.sees("given up before its turn came.");
    assert!(console.invitations().await.iter().all(|view| view.invitation.revoked_at.is_none()));
    // What begins later is not given up.
    console.press("<esc> a x y").await;
    console.sees("Revoked 450 invitations.");
}

#[tokio::test]
async fn letters_are_queued_in_the_same_way() {
    let mut console = Start { mail: true, ..Start::default() }.open().await;
    fill(&console, 120).await;
    console.press("a m").await;
    let effects = console.hand("<C-s>");
    let (number, effect) = work(effects);
    console.tell(Outcome::Working(number, 100));
    console.sees("100 of 120");
    console.perform(vec![Effect::Work(number, Box::new(effect))]).await;
    console.sees("Queued 0 letters, 120 not:");
}

#[tokio::test]
async fn a_handful_is_done_without_further_ado() {
    let mut console = Console::new().await;
    fill(&console, 3).await;
    console.press("a x").await;
    assert!(matches!(console.hand("y").as_slice(), [Effect::Bulk(Bulk::Revoke, named)] if named.len() == 3));
}
