//! Moving, filtering, expanding.

use guestlist::console::event::Effect;
use guestlist::domain::id::InvitationId;
use guestlist::domain::invitation::{Draft, Settings};
use guestlist::store::invitations;
use uuid::Uuid;

use super::harness::{Console, Start, alice};
use crate::support::fixture::{add_user, settings, user};

pub async fn fill(console: &Console, count: u128) {
    let mut tx = console.world.store.begin_write().await.unwrap();
    let by = alice();
    for number in 0..count {
        let draft = Draft { name: format!("it-{number:05}"), ..Draft::default() };
        let settings = Settings::check(draft, console.now).unwrap();
        let id = InvitationId(Uuid::from_u128(number + 1));
        invitations::insert(&mut tx, id, &settings, &by.at(console.now)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_long_list_is_walked_from_end_to_end() {
    let mut console = Console::new().await;
    fill(&console, 1_000).await;
    console.press("r").await;
    console.sees("it-00000");
    console.press("G").await;
    console.sees("it-00999");
    console.sees("1,000");
    console.press("g").await;
    console.sees("it-00000");
    for _ in 0..60 {
        console.press("<C-d>").await;
    }
    let screen = console.screen();
    console.press("d").await;
    console.sees("Delete the invitation it-00");
    assert!(!screen.contains("it-00000"), "{screen}");
    console.press("n").await;
    for _ in 0..1_100 {
        console.press("j").await;
    }
    console.sees("it-00999");
    for _ in 0..1_100 {
        console.press("k").await;
    }
    console.sees("it-00000");
}

#[tokio::test]
async fn filtering_shows_what_matches_as_it_is_typed() {
    let mut console = Console::new().await;
    fill(&console, 30).await;
    console.press("r / it-0002").await;
    console.sees("10 of 30");
    console.sees("it-00020");
    console.sees_no("it-00019");
    console.press("<enter>").await;
    console.press("j d").await;
    console.sees("Delete the invitation it-00021?");
    console.press("n <esc>").await;
    console.sees("▸ it-00003");
}

#[tokio::test]
async fn status_words_filter_by_status() {
    let mut console = Console::new().await;
    console.press("n kept <C-s> n banned <C-s> x / revoked").await;
    console.sees("▾ banned");
    console.sees_no("▸ kept");
    console.press("<C-u> active <enter>").await;
    console.sees("▸ kept");
    console.sees_no("▾ banned");
}

#[tokio::test]
async fn words_with_a_sign_keep_the_others() {
    let mut console = Console::new().await;
    console.press("n kept <C-s> n banned <C-s> x / !revoked").await;
    console.sees("1 of 2");
    console.sees("kept");
    console.sees_no("banned ");
    console.press("<C-u> !kept").await;
    console.sees("▾ banned");
    console.sees_no("▸ kept");
    console.press("<C-u> ~kt").await;
    console.sees("▸ kept");
    console.sees_no("▾ banned");
}

#[tokio::test]
async fn a_list_is_sorted_by_each_column_and_backwards_with_the_same_row_selected() {
    let mut console = Console::new().await;
    console.press("n a <tab> <C-u> never <C-s> n b <tab> <C-u> +9d <C-s> n c <tab> <C-u> +2d <C-s> h").await;
    console.sees("Name ▴");
    let rows = |console: &mut Console| -> Vec<String> {
        let screen = console.screen();
        let names = screen.lines().filter_map(|line| line.split_once("││▸ ").map(|(_, row)| row[..1].to_owned()));
        names.collect()
    };
    for (key, said, expected) in [
        ("s", "by flow ▴ · 3", ["a", "b", "c"]),
        ("s", "by expires ▴ · 3", ["c", "b", "a"]),
        ("S", "by expires ▾ · 3", ["a", "b", "c"]),
        ("s", "by uses ▴ · 3", ["a", "b", "c"]),
        ("s", "by created ▴ · 3", ["a", "b", "c"]),
        ("s", "by creator ▴ · 3", ["a", "b", "c"]),
        ("s", "Name ▴", ["a", "b", "c"]),
        ("S", "Name ▾", ["c", "b", "a"]),
    ] {
        console.press(key).await;
        console.sees(said);
        assert_eq!(rows(&mut console), expected, "{said}");
        console.press("d").await;
        console.sees("Delete the invitation c?");
        console.press("n").await;
    }
    console.press("n d <C-s>").await;
    console.sees("▾ d");
    console.press("h 5 s").await;
    console.sees_no("by ");
}

#[tokio::test]
async fn several_signed_words_are_each_looked_for() {
    let mut console = Console::new().await;
    for name in ["guest-1", "guest-2", "guest-3", "host-3"] {
        console.press(&format!("n {name} <C-s>")).await;
    }
    console.press("h / guest<space>!1<space>!2").await;
    console.sees("1 of 4");
    console.sees("▸ guest-3");
    console.press("<C-u> !1<space>!2<space>active<space>~h3").await;
    console.sees("▸ host-3");
    console.sees("1 of 4");
}

#[tokio::test]
async fn users_groups_and_flows_are_filtered_and_sorted_like_invitations() {
    let mut console = Console::wide().await;
    for (name, full, path, is_active) in
        [("ann", "Zoe", "users", true), ("bob", "Adam", "teams/red", true), ("ben", "Carl", "teams", false)]
    {
        let it = guestlist::domain::user::User { name: full.into(), path: path.into(), is_active, ..user(name) };
        add_user(&console.world.store, &it).await;
    }
    console.press("2").await;
    for (typed, seen, unseen) in [
        ("/teams", "▸ ben", "▸ ann"),
        ("/teams<space>active", "▸ bob", "▸ ben"),
        ("inactive", "▸ ben", "▸ bob"),
        ("!active", "▸ ben", "▸ bob"),
        ("~zoe<space>!bob", "▸ ann", "▸ ben"),
    ] {
        console.press(&format!("/ <C-u> {typed} <enter>")).await;
        console.sees(seen);
        console.sees_no(unseen);
    }
    console.press("<esc> s").await;
    console.sees("by name ▴ · 3");
    console.press("G d").await;
    console.sees("Delete the user ann?");
    console.press("n S g d").await;
    console.sees("Delete the user ann?");
    console.press("n s s S").await;
    console.sees("by login ▾");
    console.press("3 n staff <C-s> n crew <C-s> s S").await;
    console.sees("by members ▾ · 2");
    console.press("/ !staff").await;
    console.sees("▾ crew");
    console.sees_no("▸ staff");
    console.press("<esc> 1 s s").await;
    console.sees("by designation ▴");
    console.press("/ ~enrlmnt").await;
    console.sees("▸ Default enr");
    console.press("<C-u> !enrollment").await;
    console.sees("Nothing matches.");
}

#[tokio::test]
async fn nothing_found_says_how_to_go_on() {
    let mut console = Console::new().await;
    console.sees("No invitation yet. Press n to create one.");
    console.press("/ zzz").await;
    console.sees("Nothing matches. Esc clears the filter.");
}

#[tokio::test]
async fn panes_change_by_tab_and_number() {
    let mut console = Console::new().await;
    console.press("1 l").await;
    console.sees("default-enrollment-flow-invitation");
    console.sees("Choose a username * · username · username");
    console.press("<tab>").await;
    console.sees("Nobody yet.");
    console.press("<S-tab> <S-tab>").await;
    console.sees("╭ Log");
    console.press("4").await;
    console.sees("╭ Invitations");
    console.press("3").await;
    console.sees("╭ Groups");
}

#[tokio::test]
async fn details_taller_than_the_screen_are_scrolled_through() {
    let mut console = Console::new().await;
    console.press("n tall <tab> <tab> <tab>").await;
    let lines: Vec<_> = (0..60).map(|line| format!("attributes.key{line:02}: value")).collect();
    console.paste(&lines.join("\n")).await;
    console.press("<C-s>").await;
    console.sees("key00");
    console.sees_no("key59");
    for _ in 0..70 {
        console.press("j").await;
    }
    console.sees("never opened");
    for _ in 0..70 {
        console.press("k").await;
    }
    console.sees("▾ tall");
}

#[tokio::test]
async fn messages_go_by_themselves_and_errors_stay() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    console.sees("✓ Saved welcome");
    console.wait(chrono::TimeDelta::seconds(10)).await;
    console.sees_no("✓ Saved welcome");
    let effects = console.tell(guestlist::console::event::Outcome::Failed("That did not work.".into()));
    console.perform(effects).await;
    console.wait(chrono::TimeDelta::hours(1)).await;
    console.sees("✗ That did not work.");
    console.press("<esc>").await;
    console.sees_no("✗ That did not work.");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_named_until_it_does() {
    let mut console = Console::new().await;
    console.press("n half").await;
    for _ in 0..2 {
        let effects = console.tell(guestlist::console::event::Outcome::Unreachable("gone".into()));
        console.perform(effects).await;
    }
    assert_eq!(console.screen().matches("The database does not answer").count(), 1);
    console.sees("half");
    console.notice().await;
    console.sees_no("The database does not answer");
    console.sees("half");
}

#[tokio::test]
async fn who_came_by_an_invitation_is_listed_with_it() {
    use guestlist::domain::event::Actor;
    use guestlist::domain::id::UserId;
    use guestlist::domain::stage::UserType;
    use guestlist::domain::user::{User, Username};

    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    let id = console.invitations().await[0].invitation.id;
    let user = User {
        id: UserId(Uuid::from_u128(7)),
        username: Username::parse("jane").unwrap(),
        name: "Jane Doe".into(),
        email: "jane@example.com".into(),
        is_active: true,
        path: "users/external".into(),
        kind: UserType::External,
        attributes: serde_json::json!({"team": "eng"}).as_object().cloned().unwrap(),
        password: None,
        created_at: console.now,
        last_login: None,
    };
    let visitor = Actor::visitor("192.0.2.7");
    let mut tx = console.world.store.begin_write().await.unwrap();
    let act = visitor.at(console.now);
    guestlist::store::users::insert(&mut tx, &user, serde_json::json!({}), &act).await.unwrap();
    invitations::claim_use(&mut tx, id, Some((user.id, "jane")), &act).await.unwrap();
    tx.commit().await.unwrap();
    console.notice().await;
    console.sees("Used by  jane");
    console.press("2 l").await;
    for text in ["jane@example.com", "Invitation  welcome", "team: eng", "users/external"] {
        console.sees(text);
    }
}

#[tokio::test]
async fn every_word_must_be_found_and_words_in_quotes_next_to_each_other() {
    let mut console = Console::new().await;
    console.press("n eng-jane <C-s> n eng-bob <C-s> e <tab> <tab> <tab> <tab> <tab>").await;
    console.press("<esc> y").await;
    console.press("/ bob <space> eng").await;
    console.sees("1 of 2");
    console.press("<C-u> \" bob <space> eng").await;
    console.sees("Nothing matches");
    console.press("<C-u> \" active \"").await;
    console.sees("Nothing matches");
    console.press("<C-u> active <enter>").await;
    console.sees("2 of 2");
}

#[tokio::test]
async fn more_words_than_are_looked_for_are_told_and_mark_nothing() {
    let mut console = Console::wide().await;
    fill(&console, 30).await;
    console.press("r / it <space> 0 <space> 00 <space> 000 <space> t-0 <space> -0 <space> it-0002 <enter>").await;
    console.sees("1 word too many, left out");
    console.press("a").await;
    console.sees("Nothing is marked");
    console.sees_no("marked ·");
}

#[tokio::test]
async fn a_row_that_changes_its_place_stays_selected_and_expanded() {
    let mut console = Console::new().await;
    console.press("n a <tab> <C-u> +2d <C-s> n b <tab> <C-u> +3d <C-s> n c <tab> <C-u> +4d <C-s> h g s s l").await;
    console.sees("▾ a");
    let id = console.invitations().await[0].invitation.id;
    let mut tx = console.world.store.begin_write().await.unwrap();
    let later = Settings { expires: Some(console.now + chrono::TimeDelta::days(9)), ..settings("zz") };
    invitations::update(&mut tx, id, 1, &later, &alice().at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.notice().await;
    console.sees("▾ zz");
    console.press("x").await;
    console.sees("Revoked zz");
}

#[tokio::test]
async fn a_save_keeps_the_filter_where_it_shows_what_was_saved() {
    let mut console = Console::new().await;
    fill(&console, 30).await;
    console.press("r / it-0002 <enter> j e <C-s>").await;
    console.sees("10 of 30");
    console.sees("▾ it-00021");
    console.press("e <end> -moved <C-s>").await;
    console.sees("▾ it-00021-moved");
    console.sees("10 of 30");
    console.press("e <C-u> other <C-s>").await;
    console.sees("▾ other");
    console.sees_no("of 30");
}

#[tokio::test]
async fn giving_a_filter_up_leads_back_to_where_one_was() {
    let mut console = Console::new().await;
    fill(&console, 300).await;
    console.press("r G k / zzz <esc> x").await;
    console.sees("Revoked it-00298");
    console.press("/ it-0001 <esc> x").await;
    console.sees("Restored it-00298");
    console.press("/ it-0001 <enter> <esc> x").await;
    console.sees("Revoked it-00010");
}

#[tokio::test]
async fn what_does_nothing_in_the_log_says_so() {
    let mut console = Console::new().await;
    console.press("5 <space>").await;
    console.sees("Nothing is marked");
    console.press("s").await;
    console.sees("one order");
    console.press("/ zzzz <enter>").await;
    console.sees_no("0 of 0");
}

#[tokio::test]
async fn commands_stay_possible_while_rows_are_marked() {
    let mut console = Console::new().await;
    fill(&console, 3).await;
    console.press("r <space> : sort <enter>").await;
    console.sees("by flow");
    console.press(": q <enter>").await;
    assert!(matches!(console.seen.last(), Some(Effect::Quit)));
}

#[tokio::test]
async fn the_addresses_of_marked_flows_are_copied() {
    let blueprints = &["default-enrollment-flow", "invitation-enrollment"];
    let mut console = Start { blueprints, ..Start::default() }.open().await;
    console.press("1 a c").await;
    console.sees("A list of 3 addresses was sent");
}
