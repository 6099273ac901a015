//! Whatever is typed, pasted and resized, nothing panics and nothing harmful is drawn.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use guestlist::console::event::{Event, What};
use guestlist::domain::text::is_harmful;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::proptest;

use super::harness::Console;

/// Where it begins: each dialog, and what lies over it.
const PLACES: &[&str] = &[
    "",
    "n",
    "n x <tab> <down>",
    "n <tab> <tab> <enter>",
    "n <tab> <tab> <tab> em",
    "B",
    "B <C-s>",
    "e",
    "a d",
    "2 n",
    "3 n",
    "1 i",
    "?",
    "/",
];

/// Signs of every width, and such as do harm. None of them writes a file.
const SIGNS: &[char] = &[
    'a', 'n', 'B', '{', '}', '"', ':', '-', '1', '#', ' ', '|', '[', 'é', '山', '👩', '☺', '\u{fe0f}', '\u{301}',
    '\u{200d}', '\u{1b}', '\u{202e}', '\u{0}', '\u{9b}', 'ﷺ', '\u{ad}',
];

const KEYS: &[KeyCode] = &[
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Tab,
    KeyCode::BackTab,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Backspace,
    KeyCode::Delete,
];

#[derive(Debug, Clone)]
enum Step {
    Key(KeyEvent),
    Paste(String),
    Size(u16, u16),
}

fn step() -> impl Strategy<Value = Step> {
    let plain = |code| Step::Key(KeyEvent::new(code, KeyModifiers::NONE));
    let control = |c| Step::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL));
    prop_oneof![
        8 => (0..SIGNS.len()).prop_map(move |index| plain(KeyCode::Char(SIGNS[index]))),
        6 => (0..KEYS.len()).prop_map(move |index| plain(KEYS[index])),
        2 => prop_oneof![Just('s'), Just('u'), Just('k'), Just('w'), Just('f'), Just(' '), Just('a')].prop_map(control),
        1 => proptest::collection::vec(0..SIGNS.len(), 0..40)
            .prop_map(|signs| Step::Paste(signs.into_iter().map(|index| SIGNS[index]).collect())),
        1 => proptest::collection::vec(any::<char>(), 0..40).prop_map(|signs| Step::Paste(signs.into_iter().collect())),
        2 => (1..=300u16, 1..=80u16).prop_map(|(width, height)| Step::Size(width, height)),
    ]
}

async fn run(place: usize, steps: Vec<Step>) {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    console.press(PLACES[place]).await;
    for step in steps {
        match step {
            Step::Size(width, height) => console.resize(width, height),
            Step::Paste(text) => console.paste(&text).await,
            Step::Key(key) => {
                let effects = console.app.handle(Event { at: console.now, what: What::Key(key) });
                console.perform(effects).await;
            }
        }
        let screen = console.screen();
        assert!(!screen.chars().any(|c| c != '\n' && is_harmful(c)), "{screen:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_nothing_harmful_is_drawn(place in 0..PLACES.len(), steps in proptest::collection::vec(step(), 1..50)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(place, steps));
    }
}
