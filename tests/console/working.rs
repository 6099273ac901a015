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
async fn many_links_are_collected_in_sight_and_nothing_is_copied_where_that_is_given_up() {
    let mut console = Console::new().await;
    fill(&console, 120).await;
    console.press("a").await;
    let effects = console.hand("c");
    let (number, effect) = work(effects);
    console.tell(Outcome::Working(number, 60));
    for text in ["Links to copy: 120 invitations", "60 of 120", "Esc gives up; nothing is copied then."] {
        console.sees(text);
    }
    let given_up = console.hand("<esc>");
    console.sees("Given up: nothing was copied.");
    console.perform(given_up).await;
    console.perform(vec![Effect::Work(number, Box::new(effect))]).await;
    console.sees_no("A list of");
    let (number, effect) = work(console.hand("c"));
    console.perform(vec![Effect::Work(number, Box::new(effect))]).await;
    console.sees("A list of 120 links");
}

#[tokio::test]
async fn quitting_asks_while_work_is_under_way() {
    let mut console = Console::new().await;
    fill(&console, 450).await;
    console.press("a x").await;
    let (number, effect) = work(console.hand("y"));
    console.tell(Outcome::Working(number, 200));
    console.press("<C-c>").await;
    console.sees("Work is under way; what is done stays done. Quit and");
    console.press("n").await;
    console.sees("200 of 450");
    console.press("<C-c>").await;
    let ended = console.hand("y");
    assert_eq!(ended, [Effect::Blueprint(Box::new(Ask::Cancel(number))), Effect::Quit]);
    // Whoever thinks about it until it is over is not asked any more.
    console.press("<C-c>").await;
    console.sees("give that up?");
    console.perform(vec![Effect::Work(number, Box::new(effect))]).await;
    console.sees_no("give that up?");
    console.sees("Revoked 450 invitations.");
    assert_eq!(console.hand("<C-c>"), [Effect::Quit]);
}

#[tokio::test]
async fn a_handful_is_done_without_further_ado() {
    let mut console = Console::new().await;
    fill(&console, 3).await;
    console.press("a x").await;
    let effects = console.hand("y");
    let [Effect::Counted(_, effect)] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(matches!(effect.as_ref(), Effect::Bulk(Bulk::Revoke, named) if named.len() == 3));
}
