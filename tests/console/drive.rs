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
use guestlist::store::{Store, invitations};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::mpsc;

use super::harness::{Console, alice};
use crate::support::keys;

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
    ended: tokio::task::JoinHandle<bool>,
    store: Store,
    _before: Console,
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
        let world =
            World::new(before.world.store.clone(), alice(), before.world.clipboard, before.world.surroundings.clone());
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
            drive(&mut app, first, &mut screen, sources, world).await.is_ok()
        });
        Running { keys, signals, frames, ended, store, _before: before }
    }

    fn press(&self, text: &str) {
        for key in keys::parse(text) {
            self.keys.send(TerminalEvent::Key(key)).unwrap();
        }
    }

    async fn until(&mut self, text: &str) {
        let mut last = String::new();
        let wait = async {
            while let Some(frame) = self.frames.recv().await {
                if frame.contains(text) {
                    return true;
                }
                last = frame;
            }
            false
        };
        let seen = tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap_or(false);
        assert!(seen, "no `{text}`; last was\n{last}");
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
    assert!(running.ended.await.unwrap());
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
    assert!(running.ended.await.unwrap());
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
    let Running { keys, ended, frames: _frames, signals: _signals, _before, .. } = Running::start().await;
    drop(keys);
    assert!(ended.await.unwrap());
}
