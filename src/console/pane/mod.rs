//! The panes: one list each. What a kind of row shows is one file; how lists move and load is [`list`], how they are
//! drawn is [`draw`].

use chrono::{DateTime, Utc};
use ratatui::text::Span;

use super::event::{Detail, Overview, Query, Subject};
use super::widget::table::Column;
use super::zone::Zone;
use crate::store::page::{Anchor, TERMS};
use marks::Marks;

pub mod details;
pub mod draw;
pub mod events;
pub mod flows;
pub mod groups;
pub mod invitations;
pub mod list;
pub mod marks;
pub mod users;
pub mod words;

/// Which pane is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// Flows.
    Flows,
    /// Users.
    Users,
    /// Groups.
    Groups,
    /// Invitations.
    Invitations,
    /// The log.
    Events,
}

impl Pane {
    /// Every pane, in the order of the navigation.
    pub const ALL: [Self; 5] = [Self::Flows, Self::Users, Self::Groups, Self::Invitations, Self::Events];

    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Flows => "Flows",
            Self::Users => "Users",
            Self::Groups => "Groups",
            Self::Invitations => "Invitations",
            Self::Events => "Log",
        }
    }

    /// The pane that many places further, around the end.
    #[must_use]
    pub fn step(self, by: usize) -> Self {
        let here = Self::ALL.iter().position(|pane| *pane == self).unwrap_or(0);
        Self::ALL[(here + by) % Self::ALL.len()]
    }
}

/// What rows need to know of the world to show themselves.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The current time.
    pub now: DateTime<Utc>,
    /// Where local is.
    pub zone: Zone,
    /// What links begin with.
    pub public_url: &'a str,
    /// The flows that accept invitations, among other things.
    pub overview: &'a Overview,
    /// Which of them links of invitations for any flow lead to.
    pub link_flow: usize,
    /// Whether mending keys are worth mentioning.
    pub read_only: bool,
    /// Whether there are keys to mention; without them, menus say what can be done.
    pub keys: bool,
    /// The marked rows.
    pub marks: &'a Marks,
    /// How many of them are of this pane.
    pub marked: usize,
    /// Which columns are shown, in order; all where there is none.
    pub columns: &'a [usize],
}

/// How a list is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sort {
    /// By which of [`Row::SORTS`].
    pub by: usize,
    /// Whether backwards.
    pub reverse: bool,
}

/// What a kind of row is: the one place to change when a column or a detail is added.
pub trait Row: Clone + PartialEq {
    /// Its place in the list's order.
    type Key: Clone + PartialEq + PartialOrd + std::fmt::Debug;
    /// The columns.
    const COLUMNS: &'static [Column];
    /// Said where there are no rows: what to press.
    const EMPTY: &'static str;
    /// What the list can be sorted by, the usual first: its name, and the column that shows it.
    const SORTS: &'static [(&'static str, Option<usize>)] = &[("name", Some(0))];

    /// Its place in an order.
    fn key(&self, sort: Sort) -> Self::Key;
    /// What its details are asked by.
    fn subject(&self) -> Subject;
    /// A cell for each column.
    fn cells(&self, view: &View<'_>) -> Vec<Span<'static>>;
    /// When it looks otherwise although nothing changed; none where that is told to the minute only.
    fn next_change(&self, _: DateTime<Utc>) -> Option<DateTime<Utc>> {
        None
    }
    /// Whether it is marked; rows of a kind that can't be marked are not.
    fn is_marked(&self, _: &Marks) -> bool {
        false
    }
    /// Marks it, or takes the mark away.
    fn mark(&self, _: &mut Marks) {}
    /// What is shown under the row when it is expanded.
    fn details(&self, detail: Option<&Detail>, view: &View<'_>, out: &mut details::Details);
    /// How many words of a filter are not looked for, because there are too many.
    fn left_out(typed: &str) -> usize {
        words::terms(typed).len().saturating_sub(TERMS)
    }
    /// How a window of such rows is asked for.
    fn query(filter: &str, sort: Sort, anchor: Anchor<Self::Key>) -> Query;
}
