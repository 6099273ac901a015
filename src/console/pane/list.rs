//! A list as a window onto the database: only the rows around the selection are in memory.

use chrono::{DateTime, Utc};
use ratatui::layout::{Position, Rect};

use super::{Row, Sort};
use crate::console::event::{Detail, Effect, Subject};
use crate::console::widget::line::Line;
use crate::store::page::{Anchor, Page, Place};

/// How near the end of the window the selection may come before the next window is asked for.
const EDGE: usize = 30;

/// How many rows a window has.
pub const WINDOW: usize = 200;

/// Which row is to be selected when the answer comes.
#[derive(Debug, Clone, PartialEq)]
enum Wanted<K> {
    First,
    Last,
    Row(K),
}

/// A list.
#[derive(Debug)]
pub struct List<R: Row> {
    page: Option<Page<R>>,
    selected: usize,
    expanded: Option<R::Key>,
    detail: Option<(Subject, Detail)>,
    filter: Line,
    filtering: bool,
    sort: Sort,
    generation: u64,
    wanted: Option<Wanted<R::Key>>,
    /// Whether the first row stays selected, whatever comes.
    following: bool,
    /// How the list lies on the screen: set when it is drawn, used when it moves.
    pub(super) sight: Sight,
}

/// How a list lies on the screen.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// The first line of the list that is shown.
    pub top: usize,
    /// How many lines are shown.
    pub height: usize,
    /// How many lines the selected row takes with its details.
    pub block: usize,
    /// How far a selected row that is taller than the screen is scrolled.
    pub inner: usize,
    /// Where the rows are drawn.
    pub area: Rect,
    /// Which row is expanded, and how many lines its details take.
    pub open: Option<(usize, usize)>,
}

impl<R: Row> Default for List<R> {
    fn default() -> Self {
        Self {
            page: None,
            selected: 0,
            expanded: None,
            detail: None,
            filter: Line::default(),
            filtering: false,
            sort: Sort::default(),
            generation: 0,
            wanted: None,
            following: false,
            sight: Sight::default(),
        }
    }
}

impl<R: Row> List<R> {
    /// The rows of the window; none before the first answer.
    pub fn page(&self) -> Option<&Page<R>> {
        self.page.as_ref()
    }

    /// The rows of the window.
    pub fn rows(&self) -> &[R] {
        self.page.as_ref().map_or(&[], |page| &page.rows)
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&R> {
        self.rows().get(self.selected)
    }

    /// The selected row's place in the window.
    pub fn index(&self) -> usize {
        self.selected
    }

    /// The filter as typed, and whether it is being typed.
    pub fn filter(&self) -> (&Line, bool) {
        (&self.filter, self.filtering)
    }

    /// Whether a row is expanded.
    pub fn is_expanded(&self, row: &R) -> bool {
        self.expanded.as_ref() == Some(&row.key(self.sort))
    }

    /// What belongs to a row, where it has been read.
    pub fn detail(&self, subject: Subject) -> Option<&Detail> {
        self.detail.as_ref().filter(|(of, _)| *of == subject).map(|(_, detail)| detail)
    }

    fn request(&mut self, wanted: Wanted<R::Key>) -> Effect {
        self.generation += 1;
        let anchor = match &wanted {
            Wanted::First => Anchor::First,
            Wanted::Last => Anchor::Last,
            Wanted::Row(key) => Anchor::Around(key.clone()),
        };
        self.wanted = Some(wanted);
        Effect::Load { generation: self.generation, query: R::query(self.filter.text(), self.sort, anchor) }
    }

    /// Reads the window again, the selection kept.
    pub fn reload(&mut self) -> Effect {
        let here = || self.selected().map_or(Wanted::First, |row| Wanted::Row(row.key(self.sort)));
        let wanted = if self.following { Wanted::First } else { self.wanted.clone().unwrap_or_else(here) };
        self.request(wanted)
    }

    /// Whether the first row stays selected, whatever comes.
    pub fn is_following(&self) -> bool {
        self.following
    }

    /// Keeps the first row selected from now on, or no longer. Moving down ends it too.
    pub fn follow(&mut self) -> Option<Effect> {
        self.following = !self.following;
        self.following.then(|| self.request(Wanted::First))
    }

    /// Takes the answer to the last request; `true` where it changes what is shown.
    pub fn take(&mut self, generation: u64, page: Page<R>) -> bool {
        if generation != self.generation {
            return false;
        }
        let last = page.rows.len().saturating_sub(1);
        let sort = self.sort;
        let selected = match self.wanted.take() {
            Some(Wanted::First) | None => 0,
            Some(Wanted::Last) => last,
            // A row that is gone leaves its place to the next one.
            Some(Wanted::Row(key)) => page
                .rows
                .iter()
                .position(|row| row.key(sort) == key)
                .or_else(|| page.rows.iter().position(|row| (row.key(sort) > key) != sort.reverse))
                .unwrap_or(last),
        };
        let changed = self.selected != selected || self.page.as_ref() != Some(&page);
        self.selected = selected;
        self.page = Some(page);
        changed
    }

    /// Asks for what belongs to the expanded row, where it is in sight.
    pub fn ask_detail(&self) -> Option<Effect> {
        let row = self.rows().iter().find(|row| self.is_expanded(row))?;
        Some(Effect::LoadDetail(row.subject()))
    }

    /// Takes what belongs to a row; `true` where it changes what is shown.
    pub fn take_detail(&mut self, subject: Subject, detail: Option<Detail>) -> bool {
        let wanted = self.rows().iter().any(|row| self.is_expanded(row) && row.subject() == subject);
        let detail = detail.map(|detail| (subject, detail));
        if !wanted || self.detail == detail {
            return false;
        }
        self.detail = detail;
        true
    }

    /// When one of the rows that are shown looks otherwise although nothing changed.
    pub fn next_change(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // Details take lines too, so that these are rather too many rows.
        let first = self.sight.top.saturating_sub(self.sight.open.map_or(0, |(_, details)| details));
        self.rows().iter().skip(first).take(self.sight.height).filter_map(|row| row.next_change(now)).min()
    }

    /// How the list is sorted.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// Whether there is more than one order.
    pub fn can_sort(&self) -> bool {
        R::SORTS.len() > 1
    }

    /// Sorts the list by what comes next; nothing where there is one order only.
    pub fn next_sort(&mut self) -> Option<Effect> {
        let next = (self.sort.by + 1) % R::SORTS.len().max(1);
        (R::SORTS.len() > 1).then(|| self.sort_by(Sort { by: next, reverse: false }))
    }

    /// Sorts the list backwards, or forwards again.
    pub fn reverse_sort(&mut self) -> Option<Effect> {
        (R::SORTS.len() > 1).then(|| self.sort_by(Sort { reverse: !self.sort.reverse, ..self.sort }))
    }

    /// Sorts the list otherwise, the same row selected and expanded.
    fn sort_by(&mut self, sort: Sort) -> Effect {
        let expanded = self.rows().iter().find(|row| self.is_expanded(row)).map(|row| row.key(sort));
        let selected = self.selected().map_or(Wanted::First, |row| Wanted::Row(row.key(sort)));
        self.expanded = expanded;
        self.sort = sort;
        self.request(selected)
    }

    /// Selects and expands a row, wherever in the list it is.
    pub fn show(&mut self, row: &R) -> Effect {
        self.show_at(row.key(self.sort))
    }

    /// Selects and expands the row of a name, in the order of names: in which other place it lies is not known.
    pub fn show_named(&mut self, name: &str) -> Effect
    where
        R: Row<Key = Place>,
    {
        self.sort = Sort::default();
        self.show_at(Place::named(name))
    }

    /// Selects and expands the row at a place.
    pub fn show_at(&mut self, key: R::Key) -> Effect {
        self.following = false;
        self.expanded = Some(key.clone());
        self.sight.inner = 0;
        self.request(Wanted::Row(key))
    }

    /// Moves the selection by rows; within a row that is taller than the screen it scrolls first.
    pub fn step(&mut self, down: bool) -> Option<Effect> {
        self.following &= !down;
        let hidden = self.sight.block.saturating_sub(self.sight.height);
        if down && self.sight.inner < hidden {
            self.sight.inner += 1;
            return None;
        }
        if !down && self.sight.inner > 0 && hidden > 0 {
            self.sight.inner -= 1;
            return None;
        }
        self.select(if down { self.selected + 1 } else { self.selected.saturating_sub(1) })
    }

    /// Selects the row that is drawn at a place; the selected one is expanded or collapsed.
    pub fn click(&mut self, at: Position) -> Option<Effect> {
        if !self.sight.area.contains(at) {
            return None;
        }
        let line = self.sight.top + usize::from(at.y - self.sight.area.y);
        let index = match self.sight.open {
            Some((place, details)) if line > place => line.saturating_sub(details).max(place),
            _ => line,
        };
        if index >= self.rows().len() {
            return None;
        }
        self.following = false;
        if index == self.selected { self.expand(None) } else { self.select(index) }
    }

    /// Moves the selection by a share of the screen; within a row that is taller than the screen it scrolls first.
    pub fn jump(&mut self, down: bool, halves: usize) -> Option<Effect> {
        self.following &= !down;
        let by = (self.sight.height * halves / 2).max(1);
        let hidden = self.sight.block.saturating_sub(self.sight.height);
        if down && self.sight.inner < hidden {
            self.sight.inner = (self.sight.inner + by).min(hidden);
            return None;
        }
        if !down && self.sight.inner > 0 && hidden > 0 {
            self.sight.inner = self.sight.inner.saturating_sub(by);
            return None;
        }
        self.select(if down { self.selected + by } else { self.selected.saturating_sub(by) })
    }

    /// Goes to one end of the whole list.
    pub fn end(&mut self, last: bool) -> Option<Effect> {
        self.following &= !last;
        let more = self.page.as_ref().is_some_and(|page| if last { page.more_after } else { page.more_before });
        if more {
            return Some(self.request(if last { Wanted::Last } else { Wanted::First }));
        }
        self.select(if last { self.rows().len() } else { 0 })
    }

    fn select(&mut self, index: usize) -> Option<Effect> {
        let page = self.page.as_ref()?;
        let index = index.min(page.rows.len().saturating_sub(1));
        if index != self.selected {
            self.sight.inner = 0;
        }
        self.selected = index;
        if let Some(Wanted::Row(_)) = self.wanted {
            // The answer that is under way must not take the selection back to where it was.
            self.wanted = page.rows.get(index).map(|row| Wanted::Row(row.key(self.sort)));
        }
        let near_start = page.more_before && index < EDGE;
        let near_end = page.more_after && index + EDGE >= page.rows.len();
        (self.wanted.is_none() && (near_start || near_end)).then(|| self.reload())
    }

    /// Shows or hides what belongs to the selected row; none asks to do the other of what is.
    pub fn expand(&mut self, show: Option<bool>) -> Option<Effect> {
        let row = self.selected()?;
        let (key, is_shown) = (row.key(self.sort), self.is_expanded(row));
        let subject = row.subject();
        let show = show.unwrap_or(!is_shown);
        if show == is_shown {
            return None;
        }
        self.sight.inner = 0;
        self.expanded = show.then_some(key);
        show.then_some(Effect::LoadDetail(subject))
    }

    /// Filters by a text that was typed elsewhere.
    pub fn filter_by(&mut self, text: &str) -> Effect {
        self.filtering = false;
        self.filter = Line::new(text);
        self.request(Wanted::First)
    }

    /// Begins to type a filter.
    pub fn begin_filter(&mut self) {
        self.filtering = true;
    }

    /// Ends typing; the filter stays.
    pub fn keep_filter(&mut self) {
        self.filtering = false;
    }

    /// Ends typing and shows everything again.
    pub fn clear_filter(&mut self) -> Option<Effect> {
        self.filtering = false;
        if self.filter.text().is_empty() {
            return None;
        }
        self.filter = Line::default();
        Some(self.reload())
    }

    /// Changes the filter; reads again where it is another one then.
    pub fn edit_filter(&mut self, edit: impl FnOnce(&mut Line)) -> Option<Effect> {
        let before = self.filter.text().to_owned();
        edit(&mut self.filter);
        (self.filter.text() != before).then(|| self.request(Wanted::First))
    }
}
