//! The real loop: keys from a stream, frames to a screen in memory, changes from the database.

use std::io;
use std::time::{Duration, Instant};

use chrono::FixedOffset;
use crossterm::event::Event as TerminalEvent;
use futures_util::stream;
use guestlist::console::app::{App, Setting};
use guestlist::console::drive::{Signal, Sources, drive};
use guestlist::console::preferences::Preferences;
use guestlist::console::runtime::World;
use guestlist::console::terminal::Screen;
use guestlist::console::theme::Theme;
use guestlist::console::zone::Zone;
use guestlist::domain::event::Action;
use guestlist::store::events::{self, Object};
use guestlist::store::{Store, Tx, invitations};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::mpsc;

use super::harness::{Console, alice, import};
use crate::support::keys;
use crate::support::postgres::{drop_database, fresh_database};

/// A screen that tells each frame.
struct Frames {
    terminal: Terminal<TestBackend>,
    sender: mpsc::UnboundedSender<String>,
}

impl Screen for Frames {
    fn draw(&mut self, app: &mut App) -> io::Result<()> {
        self.terminal.draw(|frame| app.draw(frame)).map_err(io::Error::other)?;
        let _ = self.sender.send(self.terminal.backend().to_string());
        Ok(())
    }

    fn write(&mut self, sequence: &str) -> io::Result<()> {
        let _ = self.sender.send(format!("written {sequence:?}"));
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        let _ = self.sender.send("cleared".into());
        self.terminal.clear().map_err(io::Error::other)
    }

    fn suspend(&mut self) -> io::Result<()> {
        let _ = self.sender.send("suspended".into());
        Ok(())
    }
}

/// The loop under way, and the ends that a person and the world hold.
struct Running {
    keys: mpsc::UnboundedSender<TerminalEvent>,
    signals: mpsc::UnboundedSender<Signal>,
    frames: mpsc::UnboundedReceiver<String>,
    ended: tokio::task::JoinHandle<Result<(), String>>,
    store: Store,
    before: Console,
}

fn channel<T: Send + 'static>() -> (mpsc::UnboundedSender<T>, impl futures_util::Stream<Item = T> + Unpin + Send) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let next = |mut receiver: mpsc::UnboundedReceiver<T>| async move { receiver.recv().await.map(|it| (it, receiver)) };
    (sender, Box::pin(stream::unfold(receiver, next)))
}

impl Running {
    async fn start() -> Running {
        let mut before = Console::new().await;
        before.press("n welcome <C-s>").await;
        let store = before.world.store.clone();
        Self::on(before, store)
    }

    fn on(before: Console, store: Store) -> Running {
        let world = World::new(store, alice(), before.world.clipboard, before.world.surroundings.clone());
        let setting = Setting {
            public_url: "https://id.example.com".into(),
            actor: "alice".into(),
            place: "test".into(),
            read_only: false,
            mail: false,
            default_expiry_days: 7,
            zone: Zone::Fixed(FixedOffset::east_opt(0).unwrap()),
            theme: Theme { ascii: false, colour: true },
            preferences: Preferences::default(),
        };
        let (keys, input) = channel();
        let input = futures_util::StreamExt::map(input, Ok);
        let (signals, incoming) = channel();
        let (sender, frames) = mpsc::unbounded_channel();
        let mut screen = Frames { terminal: Terminal::new(TestBackend::new(100, 30)).unwrap(), sender };
        let store = world.store.clone();
        let ended = tokio::spawn(async move {
            let (mut app, first) = App::new(setting, None, (world.clock)());
            let sources = Sources { input, signals: incoming, server: None };
            drive(&mut app, first, &mut screen, sources, world).await.map_err(|error| error.to_string())
        });
        Running { keys, signals, frames, ended, store, before }
    }

    fn press(&self, text: &str) {
        for key in keys::parse(text) {
            self.keys.send(TerminalEvent::Key(key)).unwrap();
        }
    }

    async fn until(&mut self, text: &str) {
        self.frame(|frame| frame.contains(text)).await;
    }

    async fn until_not(&mut self, text: &str) {
        self.frame(|frame| !frame.contains(text) && frame.lines().count() > 1).await;
    }

    async fn frame(&mut self, wanted: impl Fn(&str) -> bool) {
        let mut last = String::new();
        let wait = async {
            while let Some(frame) = self.frames.recv().await {
                if wanted(&frame) {
                    return true;
                }
                last = frame;
            }
            false
        };
        let seen = tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap_or(false);
        assert!(seen, "no such frame; last was\n{last}");
    }
}

#[tokio::test]
async fn what_changed_is_drawn_also_when_something_without_meaning_follows_at_once() {
    let mut running = Running::start().await;
    running.until("welcome").await;
    // More than once: the first frames come in any case, while the lists are being read.
    for (key, shown) in [("?", "╭ Keys ─"), ("<esc>", "n New")].repeat(5) {
        running.press(key);
        running.keys.send(TerminalEvent::FocusGained).unwrap();
        running.until(shown).await;
    }
}

#[tokio::test]
async fn keys_go_in_and_frames_come_out_until_quit() {
    let mut running = Running::start().await;
    running.until("welcome").await;
    running.press("n second <C-s>");
    running.until("Saved second").await;
    running.press("c");
    running.until("written \"\\u{1b}]52;c;").await;
    running.press("<C-z>");
    running.until("suspended").await;
    running.press("q");
    running.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_others_do_is_shown_within_a_second_without_a_key() {
    let mut running = Running::start().await;
    running.until("0/1").await;
    let mut tx = running.store.begin_write().await.unwrap();
    let id = invitations::find_by_name(&mut tx, "welcome").await.unwrap().unwrap().invitation.id;
    let by = alice();
    invitations::claim_use(&mut tx, id, None, &by.at(guestlist::clock::now())).await.unwrap();
    tx.commit().await.unwrap();
    let begin = Instant::now();
    running.until("1/1").await;
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    running.signals.send(Signal::End).unwrap();
    running.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn nothing_is_drawn_while_nothing_changes() {
    let mut running = Running::start().await;
    running.until("welcome").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    while running.frames.try_recv().is_ok() {}
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let mut frames = 0;
    while running.frames.try_recv().is_ok() {
        frames += 1;
    }
    // The clock may have gone to the next minute meanwhile.
    assert!(frames <= 1, "{frames} frames");
}

#[tokio::test]
async fn the_end_of_the_keyboard_is_the_end() {
    let Running { keys, ended, frames: _frames, signals: _signals, before: _before, .. } = Running::start().await;
    drop(keys);
    ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn somebody_who_stopped_the_process_finds_the_whole_screen_again() {
    let mut running = Running::start().await;
    running.until("welcome").await;
    running.signals.send(Signal::Continued).unwrap();
    running.until("cleared").await;
    running.until("welcome").await;
}

/// How often the invitation was revoked, as the log tells.
async fn revocations(store: &Store) -> usize {
    let mut tx = store.begin().await.unwrap();
    let told = events::list_of(&mut tx, Object("invitation", "welcome"), 20).await.unwrap();
    told.iter().filter(|event| event.action == Action::InvitationRevoked).count()
}

#[tokio::test]
async fn what_waits_for_the_database_says_so_is_not_done_twice_and_is_undone_when_it_is_done() {
    let mut running = Running::start().await;
    running.until("welcome").await;
    let held = running.store.begin_write().await.unwrap();
    running.press("x");
    running.until("⚠ Waiting for the database…").await;
    running.press("x x u");
    running.until("Not yet: what was done last still waits for the database.").await;
    held.rollback().await.unwrap();
    running.until("Revoked welcome").await;
    running.until_not("Waiting for the database…").await;
    assert_eq!(revocations(&running.store).await, 1);
    running.press("u");
    running.until("Restored welcome").await;
    running.press("q");
    running.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_was_not_done_when_it_is_quit_is_named() {
    let mut running = Running::start().await;
    running.until("welcome").await;
    let held = running.store.begin_write().await.unwrap();
    running.press("x q");
    let said = running.ended.await.unwrap().unwrap_err();
    assert_eq!(said, "not done: revoke welcome, the database did not answer");
    held.rollback().await.unwrap();
    // It is not done later either.
    running.store.begin_write().await.unwrap().rollback().await.unwrap();
    assert_eq!(revocations(&running.store).await, 0);
}

#[tokio::test]
async fn what_is_done_in_the_last_moment_is_done() {
    let mut running = Running::start().await;
    running.until("welcome").await;
    running.press("x q");
    running.ended.await.unwrap().unwrap();
    assert_eq!(revocations(&running.store).await, 1);
}

#[tokio::test]
async fn a_database_file_that_is_taken_away_is_told_and_what_is_typed_stays() {
    let mut running = Running::start().await;
    running.until("welcome").await;
    running.press("n second");
    running.until("second").await;
    std::fs::remove_file(running.store.place().strip_prefix("sqlite ").unwrap()).unwrap();
    let said = "The database file was removed or replaced: start guestlist again.";
    running.until(said).await;
    // Once where it was missed, and once at the form that could not be saved.
    running.press("<C-s>");
    running.frame(|frame| frame.matches("was removed or replaced").count() == 2 && frame.contains("second")).await;
    running.press("<C-c> y");
    running.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_list_that_the_database_holds_back_keeps_no_other_from_being_shown() {
    let Some(url) = fresh_database().await else { return };
    let mut before = Console::new().await;
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    import(&store, "default-enrollment-flow", true).await;
    before.world.store = store.clone();
    before.press("r n welcome <C-s> 3 n staff <C-s> 4").await;
    let mut running = Running::on(before, store.clone());
    running.until("welcome").await;
    let Tx::Postgres(mut held) = store.begin_write().await.unwrap() else { panic!("PostgreSQL") };
    sqlx::query("LOCK TABLE invitation IN ACCESS EXCLUSIVE MODE").execute(&mut *held).await.unwrap();
    running.press("r r r / z z z <enter>");
    running.until("Waiting for the database…").await;
    running.press("3");
    running.until("staff").await;
    running.press("5");
    running.until("model_created").await;
    held.rollback().await.unwrap();
    running.until_not("Waiting for the database…").await;
    running.press("q");
    running.ended.await.unwrap().unwrap();
    drop((running.store, running.before, store));
    drop_database(&url).await;
}
