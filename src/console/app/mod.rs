//! The program's state, and what each event makes of it. Nothing here waits, reads a clock or touches the world: events
//! come in, effects go out.

mod act;
mod ahead;
mod batch;
mod dialogs;
mod footer;
mod importing;
mod letters;
mod marks;
mod mouse;
mod outcomes;
mod palette;
mod people;
mod screen;
mod stages;
mod toasts;
pub(super) mod undo;
mod working;

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::{KeyEvent, KeyEventKind};

use super::ServerStatus;
use super::action::Action;
use super::event::{Effect, Event, Overview, What};
use super::hyperlink;
use super::key::Key;
use super::keymap::Context;
use super::overlay::Overlay;
use super::pane::list::List;
use super::pane::marks::Marks;
use super::pane::{Pane, View};
use super::preferences::Preferences;
use super::theme::Theme;
use super::zone::Zone;
use crate::domain::event::Event as LogEntry;
use crate::domain::group::GroupView;
use crate::domain::invitation::InvitationView;
use crate::domain::user::UserView;
use crate::store::flows::FlowView;
use ahead::Ahead;
pub use marks::MOST as MOST_MARKS;
pub(super) use marks::kind;
use toasts::Toasts;
use undo::Steps;
pub(super) use working::many;

/// What does not change while the program runs.
#[derive(Debug, Clone)]
pub struct Setting {
    /// What links begin with.
    pub public_url: String,
    /// Who acts.
    pub actor: String,
    /// Which database.
    pub place: String,
    /// Whether nothing may be written.
    pub read_only: bool,
    /// Whether letters leave.
    pub mail: bool,
    /// How long new invitations are good for; zero is for ever.
    pub default_expiry_days: u32,
    /// Where local time is.
    pub zone: Zone,
    /// What the terminal can show.
    pub theme: Theme,
    /// How it looks and listens.
    pub preferences: Preferences,
}

/// The program.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug)]
pub struct App {
    setting: Setting,
    now: DateTime<Utc>,
    pane: Pane,
    flows: List<FlowView>,
    users: List<UserView>,
    groups: List<GroupView>,
    invitations: List<InvitationView>,
    events: List<LogEntry>,
    overview: Overview,
    /// Which of the flows that accept invitations links for any flow lead to.
    link_flow: usize,
    overlays: Vec<Overlay>,
    toasts: Toasts,
    undo: Steps,
    /// The marked rows.
    marks: Marks,
    server: Option<ServerStatus>,
    /// How many steps of imports there were: the number of the last one.
    steps: u64,
    /// The number of what a dialog writes, while it waits for that.
    saving: Option<u64>,
    /// What was typed, and waits until it is known what it means.
    ahead: VecDeque<Ahead>,
    /// The numbers of what the rows are about to be changed by.
    writing: BTreeSet<u64>,
    /// What was done last.
    last: Option<Action>,
    /// Whether the first flow has been offered, or was not needed.
    offered: bool,
    unreachable: bool,
    /// Whether something has waited for the database for a while.
    waiting: bool,
    /// Whether the mouse is taken.
    mouse: bool,
    /// How wide the screen was drawn last.
    width: u16,
    /// Whether the screen no longer shows what is.
    changed: bool,
}

/// Does something with the list of the current pane, whatever its rows are.
macro_rules! on_list {
    ($app:expr, $list:ident => $body:expr) => {
        match $app.pane {
            $crate::console::pane::Pane::Flows => {
                let $list = &mut $app.flows;
                $body
            }
            $crate::console::pane::Pane::Users => {
                let $list = &mut $app.users;
                $body
            }
            $crate::console::pane::Pane::Groups => {
                let $list = &mut $app.groups;
                $body
            }
            $crate::console::pane::Pane::Invitations => {
                let $list = &mut $app.invitations;
                $body
            }
            $crate::console::pane::Pane::Events => {
                let $list = &mut $app.events;
                $body
            }
        }
    };
}
pub(super) use on_list;

impl App {
    /// A program that has not read anything yet, and what it wants to read.
    pub fn new(setting: Setting, server: Option<ServerStatus>, now: DateTime<Utc>) -> (Self, Vec<Effect>) {
        let mut app = Self {
            setting,
            now,
            pane: Pane::Invitations,
            flows: List::default(),
            users: List::default(),
            groups: List::default(),
            invitations: List::default(),
            events: List::default(),
            overview: Overview::default(),
            link_flow: 0,
            overlays: Vec::new(),
            toasts: Toasts::default(),
            undo: Steps::default(),
            marks: Marks::default(),
            server,
            steps: 0,
            saving: None,
            ahead: VecDeque::new(),
            writing: BTreeSet::new(),
            last: None,
            offered: false,
            unreachable: false,
            waiting: false,
            mouse: false,
            width: 0,
            changed: true,
        };
        let mut effects = app.reload();
        if app.setting.preferences.mouse {
            effects.extend(app.take_mouse());
        }
        (app, effects)
    }

    /// Says something that is there from the start, until it is dismissed.
    pub fn say_first(&mut self, notice: &str) {
        self.toasts.bad(notice);
    }

    /// Takes what happened; returns what is to be done about it.
    pub fn handle(&mut self, event: Event) -> Vec<Effect> {
        let before = std::mem::replace(&mut self.now, event.at);
        let mut effects = self.take(event);
        if self.expired_since(before) {
            effects.extend(self.reload());
        }
        let mut effects = self.watched(effects);
        // What is typed is checked as it is typed.
        let public_url = self.setting.public_url.clone();
        effects.extend(self.form().map(|form| form.questions(&public_url)).unwrap_or_default());
        effects.extend(self.record_questions());
        effects
    }

    fn take(&mut self, event: Event) -> Vec<Effect> {
        if self.toasts.expire(event.at) {
            self.changed = true;
        }
        match event.what {
            What::Key(key) if key.kind != KeyEventKind::Release => {
                self.changed = true;
                if self.must_wait(key) { Vec::new() } else { self.key(key) }
            }
            What::Key(_) => Vec::new(),
            What::Paste(text) => {
                self.changed = true;
                if self.paste_must_wait(&text) { Vec::new() } else { self.paste(&text) }
            }
            What::Mouse(mouse) => {
                self.ahead.clear();
                self.mouse(mouse)
            }
            What::Resized | What::Time => {
                self.changed = true;
                Vec::new()
            }
            What::Server(status) => {
                self.changed = true;
                self.server = Some(status);
                Vec::new()
            }
            What::Outcome(outcome) => {
                let mut effects = self.outcome(*outcome);
                effects.extend(self.catch_up());
                effects
            }
        }
    }

    /// Whether the screen has to be drawn again.
    pub fn has_changed(&self) -> bool {
        self.changed
    }

    /// Notes that the screen shows what there is.
    pub fn drawn(&mut self) {
        self.changed = false;
    }

    /// Whether the time of an invitation in the list came since then: what filters and orders say of it is another now.
    fn expired_since(&self, before: DateTime<Utc>) -> bool {
        let over =
            |row: &InvitationView| row.invitation.settings.expires.is_some_and(|at| before < at && at <= self.now);
        self.pane == Pane::Invitations && self.invitations.rows().iter().any(over)
    }

    /// How long nothing changes on the screen if nothing happens: until the next minute, the end of a message, or the
    /// next change of what a row in sight says of time.
    pub fn quiet_for(&self) -> TimeDelta {
        let into_minute = self.now.timestamp_millis().rem_euclid(60_000);
        let minute = TimeDelta::milliseconds(60_000 - into_minute);
        let rows = match self.pane {
            Pane::Invitations => self.invitations.next_change(self.now),
            Pane::Flows | Pane::Users | Pane::Groups | Pane::Events => None,
        };
        let next = [self.toasts.next_end(), rows].into_iter().flatten().map(|at| at - self.now).min();
        next.map_or(minute, |next| minute.min(next)).max(TimeDelta::milliseconds(10))
    }

    /// A link that must be written without the program's own line breaks, because it is longer than the screen is wide.
    /// Where the terminal has hyperlinks it is one.
    pub fn unbroken(&self, width: u16) -> Option<Cow<'_, str>> {
        match self.overlays.last() {
            Some(Overlay::BareLink(link, _)) if self.setting.preferences.hyperlinks => {
                Some(hyperlink::linked(link).into())
            }
            Some(Overlay::BareLink(link, _)) if link.len() > usize::from(width) => Some(link.into()),
            _ => None,
        }
    }

    fn view(&self) -> View<'_> {
        View {
            now: self.now,
            zone: self.setting.zone,
            public_url: &self.setting.public_url,
            overview: &self.overview,
            link_flow: self.link_flow,
            read_only: self.setting.read_only,
            keys: true,
            marks: &self.marks,
            marked: self.marks.count(self.pane),
            columns: &[],
        }
    }

    /// Where keys mean something now, what comes first winning.
    fn contexts(&mut self) -> Vec<Context> {
        if let Some(overlay) = self.overlays.last() {
            return match overlay.context() {
                // No field lies below the drop-down of stages.
                list if matches!(overlay, Overlay::Stages(_)) => vec![list, Context::Anywhere],
                list @ Context::DropDown if matches!(overlay, Overlay::Batch(_)) => {
                    vec![list, Context::Record, Context::Anywhere]
                }
                // Saving works from an open drop-down too, and Shift-Tab leaves it.
                list @ (Context::DropDown | Context::Calendar) => vec![list, Context::Form, Context::Anywhere],
                other => vec![other, Context::Anywhere],
            };
        }
        let filtering = on_list!(self, list => list.filter().1);
        if filtering {
            return vec![Context::Filter, Context::Anywhere];
        }
        match self.pane {
            Pane::Flows => vec![Context::Flows, Context::Lists, Context::Anywhere],
            Pane::Invitations => vec![Context::Invitations, Context::Lists, Context::Anywhere],
            Pane::Users => vec![Context::Users, Context::Lists, Context::Anywhere],
            Pane::Groups => vec![Context::Groups, Context::Lists, Context::Anywhere],
            Pane::Events => vec![Context::Events, Context::Lists, Context::Anywhere],
        }
    }

    fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let action = self.resolve(key);
        self.last = action;
        match action {
            Some(action) if action.writes() && self.setting.read_only => Vec::new(),
            Some(action) => self.act(action),
            None => self.typed(key),
        }
    }

    fn resolve(&mut self, key: KeyEvent) -> Option<Action> {
        let contexts = self.contexts();
        self.setting.preferences.keymap.resolve(&contexts, Key::from(key))
    }

    /// Reads everything that is shown again.
    fn reload(&mut self) -> Vec<Effect> {
        vec![on_list!(self, list => list.reload()), Effect::LoadOverview]
    }
}
