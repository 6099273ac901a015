//! Keys that are typed before the answer to the one before is there mean what they were typed for.

use guestlist::console::event::{Effect, Event, Outcome, What};

use super::harness::Console;
use super::lists::fill;
use crate::support::fixture::{add_user, user};
use crate::support::keys;

impl Console {
    /// Presses keys faster than anything is answered, then lets everything be answered.
    async fn press_at_once(&mut self, typed: &str) {
        let effects = self.hand_all(typed);
        self.perform(effects).await;
    }

    fn hand_all(&mut self, typed: &str) -> Vec<Effect> {
        let keys = keys::parse(typed).into_iter();
        keys.flat_map(|key| self.app.handle(Event { at: self.now, what: What::Key(key) })).collect()
    }

    async fn revoked(&self) -> Vec<String> {
        let all = self.invitations().await;
        let revoked = all.iter().filter(|row| row.invitation.revoked_at.is_some());
        revoked.map(|row| row.invitation.settings.name.to_string()).collect()
    }
}

async fn with(count: u128) -> Console {
    let mut console = Console::new().await;
    fill(&console, count).await;
    console.press("r").await;
    console.screen();
    console
}

#[tokio::test]
async fn a_key_after_a_filter_means_what_the_filter_found() {
    let mut console = with(300).await;
    console.press_at_once("/ it-00250 <enter> x").await;
    assert_eq!(console.revoked().await, ["it-00250"]);
    console.sees("Revoked it-00250");
    console.press_at_once("<esc> : inv <space> it-00120 <enter> c").await;
    console.sees("The link of it-00120 was sent");
}

#[tokio::test]
async fn keys_after_a_jump_begin_where_it_ends() {
    let mut console = with(1_000).await;
    console.press_at_once("G k k x").await;
    assert_eq!(console.revoked().await, ["it-00997"]);
    console.press_at_once("g j x").await;
    assert_eq!(console.revoked().await, ["it-00001", "it-00997"]);
}

#[tokio::test]
async fn a_held_key_goes_as_far_as_it_was_pressed() {
    let mut console = with(1_000).await;
    console.press_at_once(&"j ".repeat(190)).await;
    console.press_at_once(&"j ".repeat(190)).await;
    console.press_at_once("x").await;
    assert_eq!(console.revoked().await, ["it-00380"]);
    console.press_at_once(&"<pageup> ".repeat(30)).await;
    console.sees("it-00000");
    console.press_at_once(&"<pagedown> ".repeat(12)).await;
    let one_by_one = console.screen();
    console.press("g").await;
    for _ in 0..12 {
        console.press("<pagedown>").await;
        console.screen();
    }
    assert_eq!(console.screen(), one_by_one);
}

#[tokio::test]
async fn esc_and_a_database_that_is_gone_forget_what_waits() {
    let mut console = with(300).await;
    let mut effects = console.hand_all("/ it-00250 <enter> x <esc>");
    effects.extend(console.hand_all("<esc>"));
    console.perform(effects).await;
    assert!(console.revoked().await.is_empty());
    let effects = console.hand_all("/ it-00250 <enter> x");
    drop(console.tell(Outcome::Unreachable("it is gone".into())));
    console.sees("The database does not answer");
    console.perform(effects).await;
    assert!(console.revoked().await.is_empty());
}

#[tokio::test]
async fn the_link_of_what_is_being_saved_can_be_asked_for_and_nothing_else_is_a_command() {
    let mut console = with(3).await;
    console.press_at_once("n fresh <C-s> x x x d c").await;
    console.sees("The link of fresh was sent");
    assert!(console.revoked().await.is_empty());
    assert_eq!(console.invitations().await.len(), 4);
}

#[tokio::test]
async fn what_is_pasted_while_a_form_is_saved_is_said_to_be_lost() {
    let mut console = with(1).await;
    console.press("n fresh").await;
    let effects = console.hand_all("<C-s>");
    console.paste("more").await;
    console.sees("what is typed now is not taken");
    console.perform(effects).await;
    assert!(console.invitations().await.iter().any(|row| row.invitation.settings.name.as_str() == "fresh"));
}

#[tokio::test]
async fn a_key_waits_for_what_the_one_before_it_changes() {
    let mut console = with(3).await;
    console.press_at_once("R c").await;
    console.press("c").await;
    let copied: Vec<_> = console.seen.iter().filter(|effect| matches!(effect, Effect::Write(_))).collect();
    assert!(copied.len() == 2 && copied[0] == copied[1], "the new link, not the dead one: {copied:?}");
    console.press("x j").await;
    console.press_at_once("x u").await;
    assert_eq!(console.revoked().await, ["it-00000"], "what was done last is undone first");
    console.press_at_once("x x x").await;
    assert_eq!(console.revoked().await, ["it-00000", "it-00001"], "a key that is held is not taken for another one");
}

#[tokio::test]
async fn all_are_marked_before_something_is_done_to_all() {
    let mut console = with(3).await;
    console.press_at_once("a d").await;
    console.sees("Delete 3 invitations?");
    console.press("<esc>").await;
    console.press_at_once("<esc> a c").await;
    console.sees("3 links");
}

#[tokio::test]
async fn what_is_typed_into_a_dialog_that_is_still_to_open_is_text() {
    let mut console = with(300).await;
    console.press_at_once("/ it-00250 <enter> j n quiz <esc>").await;
    console.sees("lose what you typed");
    console.press("n").await;
    console.sees("quiz");
    assert!(!console.seen.iter().any(|effect| matches!(effect, Effect::Quit)));
    console.press("<esc> y <esc>").await;
    let mut effects = console.hand_all("/ it-0026 <enter> j n");
    let what = What::Paste("pasted".into());
    effects.extend(console.app.handle(Event { at: console.now, what }));
    console.perform(effects).await;
    console.sees("Create Invitation");
    console.sees("pasted");
    console.press("<esc> y <esc>").await;
    // Whoever holds Ctrl means it.
    let effects = console.hand_all("G j n <C-c>");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Quit)), "{effects:?}");
}

#[tokio::test]
async fn nobody_is_chosen_from_a_list_of_somebody_else() {
    let mut console = Console::new().await;
    for name in ["jane", "root"] {
        add_user(&console.world.store, &user(name)).await;
    }
    console.press("3 n crew <C-s> + jane <C-s> + root <C-s> -").await;
    console.press_at_once("ro <down> <C-s>").await;
    console.sees("jane");
    let members = console.world.store.clone();
    let mut tx = members.begin().await.unwrap();
    let page = guestlist::store::groups::page(
        &mut tx,
        &[],
        guestlist::store::groups::Sort::default(),
        &guestlist::store::page::Anchor::First,
        9,
    );
    assert_eq!(page.await.unwrap().rows[0].member_count, 2, "`ro` is nobody, and jane is not meant");
}

#[tokio::test]
async fn stages_take_keys_in_turn() {
    let mut console = Console::new().await;
    console.press("1 e").await;
    console.press_at_once("G a d y").await;
    console.sees_no("Unbind");
    console.press("<esc>").await;
    console.press("g").await;
    let before = console.screen();
    console.press_at_once("J J u u").await;
    let after = console.screen();
    let stages = |screen: &str| -> Vec<String> {
        screen.lines().filter(|line| line.contains("default-enrollment-")).map(str::to_owned).collect()
    };
    assert_eq!(stages(&after), stages(&before));
    console.sees_no("No key");
}

#[tokio::test]
async fn an_answer_to_an_older_question_takes_nobody_away_from_what_was_saved() {
    for filter in ["", "/ it-0 <enter>"] {
        let mut console = with(30).await;
        console.press(&format!("{filter} j j j e <end> -saved")).await;
        let mut saving = console.hand_all("<C-s>");
        let older = console.tell(Outcome::Changed);
        let save = saving.remove(0);
        let outcome = console.world.perform(save).await.unwrap();
        let newer = console.tell(outcome);
        console.perform(older).await;
        console.perform(newer).await;
        console.sees("▾ it-00003-saved");
        assert_eq!(console.screen().contains("of 30"), !filter.is_empty(), "the filter shows it, and stays");
        console.press("x").await;
        assert_eq!(console.revoked().await, ["it-00003-saved"], "{filter}");
    }
}
