//! What somebody sees who follows an invitation's link, as the console shows it.

use guestlist::console::event::{Effect, Outcome};

use super::harness::{Console, Start};
use crate::support::fixture::{GUARDED, import};

/// A console with the flow `guarded` and an invitation to it.
async fn console(size: (u16, u16)) -> Console {
    let mut console = Start { size, blueprints: &[], ..Start::default() }.open().await;
    import(&console.world.store, GUARDED).await;
    console.press("<esc> r n eng-jane <tab> <tab> <tab>").await;
    console.paste("email: jane@corp.example\nteam: Backend").await;
    console.press("<C-s>").await;
    console
}

#[tokio::test]
async fn an_invitation_is_walked_through_in_an_overlay() {
    for (name, size) in [("80x24", (80, 24)), ("120x40", (120, 40)), ("40x16", (40, 16))] {
        let mut console = console(size).await;
        console.press("p").await;
        insta::assert_snapshot!(format!("walkthrough_{name}"), console.screen());
        console.press("G").await;
        insta::assert_snapshot!(format!("walkthrough_end_{name}"), console.screen());
    }
}

#[tokio::test]
async fn it_scrolls_by_lines_and_pages_and_closes() {
    let mut console = console((80, 24)).await;
    console.press("p").await;
    let first = console.screen();
    console.press("j k <pagedown> <pageup>").await;
    assert_eq!(console.screen(), first);
    console.press("<pagedown>").await;
    console.sees_no("eng-jane → guarded");
    console.press("g").await;
    assert_eq!(console.screen(), first);
    for close in ["q", "<esc>"] {
        console.press(close).await;
        console.sees_no("What will they see?");
        console.press("p").await;
        console.sees("What will they see?");
    }
}

#[tokio::test]
async fn while_it_looks_it_says_so_and_looks_again_when_asked() {
    let mut console = console((80, 24)).await;
    let effects = console.hand("p");
    assert!(matches!(effects.as_slice(), [Effect::Preview(_)]), "{effects:?}");
    console.sees("Looking…");
    console.perform(effects).await;
    console.sees_no("Looking…");
    let effects = console.hand("r");
    console.sees("Looking…");
    console.perform(effects).await;
    console.sees("eng-jane → guarded");
}

#[tokio::test]
async fn a_failure_is_told_in_the_overlay_and_an_answer_to_another_question_dropped() {
    let mut console = console((80, 24)).await;
    let effects = console.hand("p");
    let [Effect::Preview(visit)] = effects.as_slice() else { panic!("{effects:?}") };
    let mut other = visit.clone();
    other.public_url = "https://elsewhere.example".into();
    console.tell(Outcome::Previewed(other, Err("Not this one.".into())));
    console.sees("Looking…");
    console.tell(Outcome::Previewed(visit.clone(), Err("The database does not answer.".into())));
    console.sees("✗ The database does not answer.");
    console.press("q p").await;
    console.sees("eng-jane → guarded");
}

#[tokio::test]
async fn what_is_typed_in_the_dialog_is_looked_at_before_it_is_saved() {
    let mut console = console((100, 40)).await;
    console.press("n <tab> <tab> <tab>").await;
    console.paste("email: joe@other.example").await;
    console.press("<C-p>").await;
    console.sees("unnamed → guarded");
    console.sees("joe@other.example");
    console.sees("✗ company-mail does not pass");
    console.press("<esc>").await;
    console.sees("Create Invitation");
    console.sees("email: joe@other.example");
    console.press("<S-tab> <S-tab> <C-u> soon <C-p>").await;
    console.sees_no("What will they see?");
    console.sees("✗ Write a time such as +7d");
    console.press("<esc> y e <C-u> eng-other <C-p>").await;
    console.sees("eng-other → guarded");
    console.press("q").await;
    console.sees("Edit Invitation");
}

#[tokio::test]
async fn values_that_do_not_arrive_are_told_in_the_dialog_and_under_the_row() {
    let mut console = console((120, 40)).await;
    console.press("n joe <tab> <tab> <tab>").await;
    console.paste("email: joe\nteam: Sales").await;
    console.sees("⚠ `email` will not be taken as it is: ");
    console.sees("⚠ `team` is prefilled with `Sales`, which its expression");
    console.press("<C-s>").await;
    console.sees("▾ joe");
    console.sees("⚠ `email` will not be taken as it is: ");
}

#[tokio::test]
async fn it_is_there_where_nothing_may_be_written() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    console.setting.read_only = true;
    let (app, first) = guestlist::console::app::App::new(console.setting.clone(), None, console.now);
    console.app = app;
    console.perform(first).await;
    console.press("p").await;
    console.sees("welcome → default-enrollment-flow");
}
