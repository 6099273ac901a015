//! The console on a real database, a fixed clock and a screen in memory.
//!
//! Effects are performed one after the other before the next key is taken, so that nothing depends on timing; the loop
//! itself has tests of its own in `drive.rs`.

use std::collections::VecDeque;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use guestlist::blueprint;
use guestlist::console::ClipboardMode;
use guestlist::console::ServerStatus;
use guestlist::console::app::{App, Setting};
use guestlist::console::clipboard::Surroundings;
use guestlist::console::event::{Effect, Event, Outcome, What};
use guestlist::console::preferences::Preferences;
use guestlist::console::runtime::World;
use guestlist::console::theme::Theme;
use guestlist::console::zone::Zone;
use guestlist::domain::event::Actor;
use guestlist::domain::invitation::InvitationView;
use guestlist::store::Store;
use guestlist::store::invitations::{self, Filter, Sort};
use guestlist::store::page::Anchor;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::support::keys;

/// What every test's clock begins with: a Sunday, 14:05 in the test's zone.
pub const NOW: &str = "2026-11-22T13:05:00Z";

fn clock() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

thread_local! {
    static LAST_ID: std::cell::Cell<u128> = const { std::cell::Cell::new(0x1f0c_be9e_7c0e_4f3a_9d2c_0a1b_2c3d_4e5f) };
}

/// Ids that are the same in every run: each test has a thread of its own.
fn new_id() -> uuid::Uuid {
    uuid::Uuid::from_u128(LAST_ID.replace(LAST_ID.get() + 0x1000_0000_0000_0000_0000_0000_0001))
}

/// A console under test.
pub struct Console {
    pub app: App,
    /// What it was started with.
    pub setting: Setting,
    pub world: World,
    pub terminal: Terminal<TestBackend>,
    pub now: DateTime<Utc>,
    /// Effects that only the loop performs, in order.
    pub seen: Vec<Effect>,
    _folder: tempfile::TempDir,
}

/// What a console begins with.
pub struct Start {
    pub size: (u16, u16),
    pub read_only: bool,
    /// Whether letters leave.
    pub mail: bool,
    pub theme: Theme,
    /// Shipped blueprints that are there already, with an invitation stage bound.
    pub blueprints: &'static [&'static str],
    pub bind: bool,
    pub preferences: Preferences,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            size: (80, 24),
            read_only: false,
            mail: false,
            theme: Theme { ascii: false, colour: true },
            blueprints: &["default-enrollment-flow"],
            bind: true,
            preferences: Preferences::default(),
        }
    }
}

pub fn alice() -> Actor {
    Actor { id: None, name: "alice".into(), address: "local".into() }
}

impl Start {
    /// Opens a database of the test's own and starts the console on it.
    pub async fn open(self) -> Console {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("guestlist.db").display())).await.unwrap();
        store.migrate().await.unwrap();
        for name in self.blueprints {
            import(&store, name, self.bind).await;
        }
        let surroundings = Surroundings { ssh: true, ..Surroundings::default() };
        let mut world = World::new(store, alice(), ClipboardMode::Auto, surroundings);
        world.clock = clock;
        world.hashing = crate::support::fixture::QUICK;
        world.new_id = new_id;
        world.history = Some(folder.path().join("history"));
        world.state = Some(folder.path().join("state"));
        let setting = Setting {
            public_url: "https://id.example.com".into(),
            actor: "alice".into(),
            place: "sqlite guestlist.db".into(),
            read_only: self.read_only,
            mail: self.mail,
            default_expiry_days: 7,
            zone: Zone::Fixed(FixedOffset::east_opt(3_600).unwrap()),
            theme: self.theme,
            preferences: self.preferences,
        };
        let server = ServerStatus::Listening("http://127.0.0.1:9000".into());
        let (app, first) = App::new(setting.clone(), Some(server), clock());
        let terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).unwrap();
        let mut console = Console { app, setting, world, terminal, now: clock(), seen: Vec::new(), _folder: folder };
        console.perform(first).await;
        console
    }
}

/// Imports a shipped blueprint.
pub async fn import(store: &Store, name: &str, bind: bool) {
    let shipped = blueprint::shipped().iter().find(|it| it.name == name).unwrap();
    let options = blueprint::Options { bind_invitation_stage: bind, at: Some(clock()), ..Default::default() };
    blueprint::import(store, shipped.text.as_bytes(), &options, &alice()).await.unwrap();
}

impl Console {
    /// A console with the best-known flow on a terminal of 80x24.
    pub async fn new() -> Self {
        Start::default().open().await
    }

    /// The same with room for every word.
    pub async fn wide() -> Self {
        Start { size: (120, 40), ..Start::default() }.open().await
    }

    /// Performs effects and what follows from them.
    pub async fn perform(&mut self, effects: Vec<Effect>) {
        let mut waiting = VecDeque::from(effects);
        while let Some(effect) = waiting.pop_front() {
            match &effect {
                Effect::Write(_) | Effect::Mouse(_) | Effect::Redraw | Effect::Suspend | Effect::Quit => {
                    self.seen.push(effect);
                }
                _ => {
                    if let Some(outcome) = self.world.perform(effect).await {
                        waiting.extend(self.tell(outcome));
                    }
                }
            }
        }
    }

    /// Tells the console an outcome; returns what it wants done.
    pub fn tell(&mut self, outcome: Outcome) -> Vec<Effect> {
        self.app.handle(Event { at: self.now, what: What::Outcome(Box::new(outcome)) })
    }

    /// Presses one key; returns what the console wants done, undone.
    pub fn hand(&mut self, key: &str) -> Vec<Effect> {
        let what = What::Key(keys::parse(key).remove(0));
        self.app.handle(Event { at: self.now, what })
    }

    /// Presses keys, written as in `n welcome <tab> <C-s>`.
    pub async fn press(&mut self, keys: &str) {
        for key in keys::parse(keys) {
            let effects = self.app.handle(Event { at: self.now, what: What::Key(key) });
            self.perform(effects).await;
        }
    }

    /// Pastes text.
    pub async fn paste(&mut self, text: &str) {
        let effects = self.app.handle(Event { at: self.now, what: What::Paste(text.into()) });
        self.perform(effects).await;
    }

    /// Lets time go by.
    pub async fn wait(&mut self, time: TimeDelta) {
        self.now += time;
        let effects = self.app.handle(Event { at: self.now, what: What::Time });
        self.perform(effects).await;
    }

    /// Says that somebody else changed the database.
    pub async fn notice(&mut self) {
        let effects = self.tell(Outcome::Changed);
        self.perform(effects).await;
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, width: u16, height: u16) {
        self.terminal.backend_mut().resize(width, height);
        let effects = self.app.handle(Event { at: self.now, what: What::Resized });
        assert!(effects.is_empty());
    }

    /// The screen as text.
    pub fn screen(&mut self) -> String {
        self.terminal.draw(|frame| self.app.draw(frame)).unwrap();
        let buffer = self.terminal.backend().buffer();
        let width = usize::from(buffer.area.width);
        let rows = buffer.content.chunks(width.max(1));
        let mut lines: Vec<String> = Vec::new();
        for row in rows {
            let mut line = String::new();
            let mut skip = 0;
            for cell in row {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                skip = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
                line.push_str(cell.symbol());
            }
            lines.push(line.trim_end().to_owned());
        }
        lines.join("\n")
    }

    /// Fails where the screen does not show a text.
    pub fn sees(&mut self, text: &str) {
        let screen = self.screen();
        assert!(screen.contains(text), "no `{text}` in\n{screen}");
    }

    /// Fails where the screen shows a text.
    pub fn sees_no(&mut self, text: &str) {
        let screen = self.screen();
        assert!(!screen.contains(text), "`{text}` in\n{screen}");
    }

    /// The invitations in the database.
    pub async fn invitations(&self) -> Vec<InvitationView> {
        let mut tx = self.world.store.begin().await.unwrap();
        invitations::page(&mut tx, &Filter::default(), Sort::default(), self.now, &Anchor::First, 1_000)
            .await
            .unwrap()
            .rows
    }
}
