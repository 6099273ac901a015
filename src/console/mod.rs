//! The terminal console.
//!
//! [`mod@drive`] is the loop: it hands what happens to [`app`] as an [`event::Event`], performs the effects that come back
//! by [`runtime`], and draws when nothing waits. [`app::App`] holds the state; keys become actions by the table in
//! [`keymap`]; panes ([`pane`]), dialogs ([`form`]) and what else lies over the panes ([`overlay`]) are drawn with
//! [`widget`]. [`plain`] is the same console without a screen.

use std::io;
use std::path::{Path, PathBuf};

use crossterm::event::EventStream;
use tokio::sync::watch;

use crate::clock;
use crate::domain::event::Actor;
use crate::executor::Hashing;
use crate::store::{Store, StoreError};
use app::{App, Setting};
use clipboard::Surroundings;
use drive::{Sources, drive};
use preferences::Preferences;
use runtime::World;
use theme::Theme;
use zone::Zone;

pub mod action;
pub mod app;
mod attributes;
pub mod batch;
mod bulk;
pub mod clipboard;
pub mod command;
pub mod conflict;
pub mod drive;
pub mod event;
pub mod form;
mod health;
mod history;
mod hyperlink;
pub mod import;
pub mod key;
pub mod keymap;
mod letters;
pub mod overlay;
pub mod pane;
mod people;
pub mod picture;
pub mod plain;
pub mod preferences;
mod reading;
pub mod runtime;
mod signals;
mod sixteen;
pub mod stages;
pub mod terminal;
pub mod theme;
mod unfinished;
mod visit;
pub mod widget;
mod work;
pub mod zone;

pub use clipboard::ClipboardMode;
pub use keymap::markdown as key_table_markdown;
pub use picture::screen_svg;

/// How the console is run.
#[derive(Debug)]
pub struct Options {
    /// What links begin with.
    pub public_url: String,
    /// Who acts.
    pub actor: Actor,
    /// Whether nothing may be written.
    pub read_only: bool,
    /// What the screen says first, such as why nothing may be written.
    pub notice: Option<String>,
    /// Whether letters leave.
    pub mail: bool,
    /// Which way links go to the clipboard.
    pub clipboard: ClipboardMode,
    /// How many days new invitations are good for; zero is for ever.
    pub default_expiry_days: u32,
    /// How passwords are hashed.
    pub hashing: Hashing,
    /// Where blueprints are looked for that others ask for, besides the shipped ones.
    pub blueprints: Option<PathBuf>,
    /// How the console looks and listens.
    pub preferences: Preferences,
    /// Where the commands that were typed are kept.
    pub history: Option<PathBuf>,
    /// Whether it speaks in lines instead of drawing a screen.
    pub plain: bool,
    /// The state of a server in this process; without one, another is looked for at the public address.
    pub server: Option<watch::Receiver<ServerStatus>>,
    /// What tells that server to stop. It has stopped when nobody listens to this any more.
    pub stop: Option<watch::Sender<bool>>,
}

/// How the enrollment server fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerStatus {
    /// It is about to listen, or about to be asked whether it does.
    Starting,
    /// It listens at this address.
    Listening(String),
    /// It does not answer at this address.
    Silent(String),
    /// It is not known whether it listens: this address is one that the console does not ask.
    NotAsked(String),
    /// It does not run, for this reason.
    Failed(String),
}

/// Why the console ended.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// The terminal can't be used.
    #[error("the terminal can't be used: {0}")]
    Terminal(#[from] io::Error),
    /// The database can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was quit while something was still to be done: what, and why it was not.
    #[error("not done: {}", .0.join("; "))]
    NotDone(Vec<String>),
}

/// Runs the console in the person's terminal until it is quit, or the process is told to end (SIGTERM, SIGHUP,
/// SIGINT, SIGQUIT). To be awaited on the main thread: a panic there restores the terminal before anything is printed.
pub async fn run(store: Store, options: Options) -> Result<(), ConsoleError> {
    let variable = |name: &str| std::env::var(name).ok();
    let theme = Theme::from_environment(variable);
    let setting = Setting {
        public_url: options.public_url,
        actor: options.actor.name.clone(),
        place: store.place().to_owned(),
        read_only: options.read_only,
        mail: options.mail,
        default_expiry_days: options.default_expiry_days,
        zone: Zone::Here,
        theme: Theme { colour: theme.colour && !options.preferences.mono, ..theme },
        preferences: options.preferences,
    };
    let surroundings = Surroundings::from_environment(variable);
    let mut world = World::new(store, options.actor, options.clipboard, surroundings);
    world.hashing = options.hashing;
    world.blueprints = options.blueprints;
    world.state = options.history.as_deref().and_then(Path::parent).map(Path::to_owned);
    world.history = options.history;
    if options.plain {
        return plain::run(world, setting, options.server.map(|server| server.borrow().clone())).await;
    }
    let stops_too = options.stop.as_ref().map(|_| "The enrollment server pauses too, until `fg`.");
    let server = options.server.unwrap_or_else(|| {
        let (tell, told) = watch::channel(health::begin(&setting.public_url));
        tokio::spawn(health::ask(setting.public_url.clone(), tell));
        told
    });
    let status = Some(server.borrow().clone());
    let (mut app, first) = App::new(setting, status, clock::now());
    options.notice.iter().for_each(|notice| app.say_first(notice));
    let signals = signals::listen(options.stop.as_ref())?;
    let mut screen = terminal::Real::enter()?.saying(stops_too);
    let sources = Sources { input: EventStream::new(), signals, server: Some(server) };
    drive(&mut app, first, &mut screen, sources, world).await
}
