//! A list as a window onto the database: only the rows around the selection are in memory.

use chrono::{DateTime, Utc};
use ratatui::layout::{Position, Rect};

use super::{Row, Sort};
use crate::console::event::{Detail, Effect, Subject};
use crate::console::widget::line::Line;
use crate::store::page::{Anchor, Page, Place};

/// How near the end of the window the selection may come before the next window is asked for, where the screen is not higher.
const EDGE: usize = 30;

/// How many rows a window has.
pub const WINDOW: usize = 200;

/// Which row is to be selected when the answer comes.
#[derive(Debug, Clone, PartialEq)]
enum Wanted<K> {
    First,
    Last,
    Row(Spot<K>),
}

/// A row: itself, where it is known, and where it lies. What changes about a row may change its place; it stays itself.
#[derive(Debug, Clone, PartialEq)]
struct Spot<K> {
    subject: Option<Subject>,
    key: K,
}

impl<K: PartialEq> Spot<K> {
    fn of<R: Row<Key = K>>(row: &R, sort: Sort) -> Self {
        Self { subject: Some(row.subject()), key: row.key(sort) }
    }

    fn is<R: Row<Key = K>>(&self, row: &R, sort: Sort) -> bool {
        self.subject.map_or_else(|| self.key == row.key(sort), |subject| subject.is_same(row.subject()))
    }
}

/// A list.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug)]
pub struct List<R: Row> {
    page: Option<Page<R>>,
    selected: usize,
    expanded: Option<Spot<R::Key>>,
    detail: Option<(Subject, Detail)>,
    filter: Line,
    filtering: bool,
    sort: Sort,
    generation: u64,
    wanted: Option<Wanted<R::Key>>,
    /// Whether what is selected will be another row when the answer comes.
    jumping: bool,
    /// Whether the filter goes where it keeps the wanted row from being shown.
    revealing: bool,
    /// The row that a filter kept from being shown.
    hidden: Option<Spot<R::Key>>,
    /// The row that was selected before a filter was typed.
    before_filter: Option<Spot<R::Key>>,
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
            jumping: false,
            revealing: false,
            hidden: None,
            before_filter: None,
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

    /// How many words of the filter are not looked for.
    pub fn left_out(&self) -> usize {
        R::left_out(self.filter.text())
    }

    /// Whether a row is expanded.
    pub fn is_expanded(&self, row: &R) -> bool {
        self.expanded.as_ref().is_some_and(|spot| spot.is(row, self.sort))
    }

    /// What belongs to a row, where it has been read.
    pub fn detail(&self, subject: Subject) -> Option<&Detail> {
        self.detail.as_ref().filter(|(of, _)| *of == subject).map(|(_, detail)| detail)
    }

    /// Asks for the window in which another row is selected.
    fn go(&mut self, wanted: Wanted<R::Key>) -> Effect {
        (self.jumping, self.revealing) = (true, false);
        self.request(wanted)
    }

    fn request(&mut self, wanted: Wanted<R::Key>) -> Effect {
        self.generation += 1;
        let anchor = match &wanted {
            Wanted::First => Anchor::First,
            Wanted::Last => Anchor::Last,
            Wanted::Row(spot) => Anchor::Around(spot.key.clone()),
        };
        self.wanted = Some(wanted);
        Effect::Load { generation: self.generation, query: R::query(self.filter.text(), self.sort, anchor) }
    }

    fn here(&self) -> Option<Spot<R::Key>> {
        self.selected().map(|row| Spot::of(row, self.sort))
    }

    /// Reads the window again, the selection kept.
    pub fn reload(&mut self) -> Effect {
        let here = || self.here().map_or(Wanted::First, Wanted::Row);
        let wanted = if self.following { Wanted::First } else { self.wanted.clone().unwrap_or_else(here) };
        self.request(wanted)
    }

    /// Whether it is not known yet which row a key means: another one will be selected when the answer comes, or the selection
    /// is about to leave the window.
    pub fn awaits(&self) -> bool {
        let Some(page) = &self.page else { return self.wanted.is_some() };
        let screen = self.sight.height.max(1);
        let ends =
            page.more_after && self.selected + screen >= page.rows.len() || page.more_before && self.selected < screen;
        self.jumping || self.wanted.is_some() && ends
    }

    /// The answer does not come: keys mean what is shown.
    pub fn give_up(&mut self) {
        self.jumping = false;
    }

    /// Whether the first row stays selected, whatever comes.
    pub fn is_following(&self) -> bool {
        self.following
    }

    /// Keeps the first row selected from now on, or no longer. Moving down ends it too.
    pub fn follow(&mut self) -> Option<Effect> {
        self.following = !self.following;
        self.following.then(|| self.go(Wanted::First))
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
            Some(Wanted::Row(spot)) => {
                let found = page.rows.iter().position(|row| spot.is(row, sort));
                if std::mem::take(&mut self.revealing) && found.is_none() && !self.filter.text().is_empty() {
                    self.hidden = Some(spot.clone());
                }
                // A row that is gone leaves its place to the next one.
                let reached = |key: &R::Key| if sort.reverse { *key <= spot.key } else { *key >= spot.key };
                let next = || page.rows.iter().position(|row| reached(&row.key(sort)));
                found.or_else(next).unwrap_or(last)
            }
        };
        self.jumping = self.hidden.is_some();
        let changed = self.selected != selected || self.page.as_ref() != Some(&page);
        self.selected = selected;
        self.page = Some(page);
        if let Some(row) = self.rows().iter().find(|row| self.is_expanded(row)) {
            self.expanded = Some(Spot::of(row, sort));
        }
        changed
    }

    /// Asks again without a filter, where that kept the wanted row from being shown.
    pub fn reveal(&mut self) -> Option<Effect> {
        let hidden = self.hidden.take()?;
        self.filter = Line::default();
        Some(self.go(Wanted::Row(hidden)))
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
        let expanded = self.rows().iter().find(|row| self.is_expanded(row)).map(|row| Spot::of(row, sort));
        let selected = self.selected().map_or(Wanted::First, |row| Wanted::Row(Spot::of(row, sort)));
        self.expanded = expanded;
        self.before_filter = None;
        self.sort = sort;
        self.go(selected)
    }

    /// Selects and expands a row, wherever in the list it is. A filter that hides it goes.
    pub fn show(&mut self, row: &R) -> Effect {
        self.show_at(Spot::of(row, self.sort))
    }

    /// Selects and expands the row of a name. In which other place than among the names it lies is known of the selected row
    /// only.
    pub fn show_named(&mut self, name: &str) -> Effect
    where
        R: Row<Key = Place>,
    {
        let here = self.here().filter(|spot| spot.key.name == name);
        if here.is_none() {
            self.sort = Sort::default();
        }
        self.show_at(here.unwrap_or_else(|| Spot { subject: None, key: Place::named(name) }))
    }

    fn show_at(&mut self, spot: Spot<R::Key>) -> Effect {
        self.following = false;
        self.expanded = Some(spot.clone());
        self.sight.inner = 0;
        let effect = self.go(Wanted::Row(spot));
        self.revealing = true;
        effect
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
            return Some(self.go(if last { Wanted::Last } else { Wanted::First }));
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
            self.wanted = page.rows.get(index).map(|row| Wanted::Row(Spot::of(row, self.sort)));
        }
        // Two screens further there must still be something to go to.
        let edge = EDGE.max(2 * self.sight.height).min(WINDOW / 3);
        let near_start = page.more_before && index < edge;
        let near_end = page.more_after && index + edge >= page.rows.len();
        (self.wanted.is_none() && (near_start || near_end)).then(|| self.reload())
    }

    /// Shows or hides what belongs to the selected row; none asks to do the other of what is.
    pub fn expand(&mut self, show: Option<bool>) -> Option<Effect> {
        let row = self.selected()?;
        let (spot, is_shown) = (Spot::of(row, self.sort), self.is_expanded(row));
        let subject = row.subject();
        let show = show.unwrap_or(!is_shown);
        if show == is_shown {
            return None;
        }
        self.sight.inner = 0;
        self.expanded = show.then_some(spot);
        show.then_some(Effect::LoadDetail(subject))
    }

    /// Filters by a text that was typed elsewhere.
    pub fn filter_by(&mut self, text: &str) -> Effect {
        self.filtering = false;
        self.remember();
        self.filter = Line::new(text);
        self.go(Wanted::First)
    }

    /// Begins to type a filter.
    pub fn begin_filter(&mut self) {
        self.filtering = true;
    }

    /// Ends typing; the filter stays.
    pub fn keep_filter(&mut self) {
        self.filtering = false;
    }

    /// Ends typing and shows everything again. Who was still typing, or found nothing, is back where they were.
    pub fn clear_filter(&mut self) -> Option<Effect> {
        let typing = std::mem::take(&mut self.filtering);
        let before = self.before_filter.take();
        if self.filter.text().is_empty() {
            return None;
        }
        self.filter = Line::default();
        let here = self.here().filter(|_| !typing && !self.jumping);
        Some(self.go(here.or(before).map_or(Wanted::First, Wanted::Row)))
    }

    /// Changes the filter; reads again where it is another one then.
    pub fn edit_filter(&mut self, edit: impl FnOnce(&mut Line)) -> Option<Effect> {
        self.remember();
        let before = self.filter.text().to_owned();
        edit(&mut self.filter);
        (self.filter.text() != before).then(|| self.go(Wanted::First))
    }

    /// Remembers where one was without a filter.
    fn remember(&mut self) {
        if self.filter.text().is_empty() && !self.jumping {
            self.before_filter = self.here();
        }
    }
}
