//! Lists, ten rows a page, out of the windows that the store gives.

use std::io::{BufRead, Write};

use super::Plain;
use super::talk::{Stop, repeated};
use crate::console::event::{Detail, Effect, Outcome, Rows, Subject};
use crate::console::pane::details::Details;
use crate::console::pane::{Pane, Row, Sort};
use crate::domain::event::Event;
use crate::domain::group::GroupView;
use crate::domain::invitation::InvitationView;
use crate::domain::user::UserView;
use crate::store::flows::FlowView;
use crate::store::page::{Anchor, Page};

/// How many rows are read out at a time.
const ROWS: usize = 10;

/// Rows that come back from the store among others.
pub(super) trait Kind: Row {
    /// These rows, where they are of this kind.
    fn of(rows: Rows) -> Option<Page<Self>>;
}

macro_rules! kinds {
    ($($row:ty => $name:ident),+ $(,)?) => {
        $(impl Kind for $row {
            fn of(rows: Rows) -> Option<Page<Self>> {
                match rows {
                    Rows::$name(page) => Some(page),
                    _ => None,
                }
            }
        })+
    };
}

kinds! { InvitationView => Invitations, FlowView => Flows, UserView => Users, GroupView => Groups, Event => Events }

/// A list and the place in it.
#[derive(Debug)]
pub(super) struct Shelf<T: Row> {
    pub(super) filter: String,
    sort: Sort,
    page: Option<Page<T>>,
    /// The first row that is read out.
    top: usize,
}

impl<T: Row> Default for Shelf<T> {
    fn default() -> Self {
        Self { filter: String::new(), sort: Sort::default(), page: None, top: 0 }
    }
}

impl<T: Row> Shelf<T> {
    /// Forgets what was read: something was changed.
    pub fn forget(&mut self) {
        self.page = None;
    }

    pub fn shown(&self) -> &[T] {
        let rows = self.page.as_ref().map_or(&[][..], |page| &page.rows);
        &rows[self.top.min(rows.len())..(self.top + ROWS).min(rows.len())]
    }
}

/// What the person wants with a list.
pub(super) enum Picked<T> {
    /// This row.
    Row(Box<T>),
    /// What one of the list's own words stands for.
    Word(&'static str),
    /// No more of it.
    Back,
}

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Reads a list out and asks for a row, or for one of these words.
    pub(super) async fn pick<T: Kind>(
        &mut self,
        title: &str,
        list: &mut Shelf<T>,
        words: &[&'static str],
    ) -> Result<Picked<T>, Stop> {
        self.turn(list, None).await?;
        self.read_out(title, list, words)?;
        loop {
            let typed = self.talk.command()?;
            if let Some(row) = typed.parse::<usize>().ok().and_then(|number| list.shown().get(number.checked_sub(1)?)) {
                return Ok(Picked::Row(Box::new(row.clone())));
            }
            if let Some(word) = words.iter().find(|word| **word == typed) {
                return Ok(Picked::Word(word));
            }
            if typed == "undo" {
                // Where there is nothing, that is said.
                return Ok(Picked::Word("undo"));
            }
            let (first, rest) = typed.split_once(' ').unwrap_or((&typed, ""));
            match first {
                "b" | "back" => return Ok(Picked::Back),
                "n" | "next" => self.turn(list, Some(true)).await?,
                "p" | "previous" => self.turn(list, Some(false)).await?,
                "r" | "reload" => {
                    list.forget();
                    self.turn(list, None).await?;
                }
                "s" | "sort" => match sorted::<T>(list.sort, rest) {
                    Ok(sort) => {
                        *list = Shelf { filter: std::mem::take(&mut list.filter), sort, ..Shelf::default() };
                        self.turn(list, None).await?;
                    }
                    Err(why) => {
                        self.talk.say(&why)?;
                        continue;
                    }
                },
                _ if typed.starts_with('/') => {
                    *list = Shelf { filter: typed[1..].trim().to_owned(), sort: list.sort, ..Shelf::default() };
                    self.turn(list, None).await?;
                }
                _ => {
                    self.talk.say(&format!("Error: the list has no `{}`. ? shows help.", repeated(&typed)))?;
                    continue;
                }
            }
            self.read_out(title, list, words)?;
        }
    }

    /// Reads the list where it was not, and turns a page; past the window that was read, another one is.
    async fn turn<T: Kind>(&mut self, list: &mut Shelf<T>, forward: Option<bool>) -> Result<(), Stop> {
        let rows = list.page.as_ref().map_or(0, |page| page.rows.len());
        let key_at = |list: &Shelf<T>, at: usize| {
            list.page.as_ref().and_then(|page| page.rows.get(at)).map(|row| row.key(list.sort))
        };
        let (next, more) = match (forward, &list.page) {
            (Some(true), Some(page)) if list.top + ROWS < rows || page.more_after => (list.top + ROWS, true),
            (Some(false), Some(page)) if list.top > 0 || page.more_before => (list.top, false),
            (Some(_), Some(_)) => return self.talk.say("There is no more that way."),
            (_, None) => return self.load(list, Anchor::First, None).await,
            (None, Some(_)) => return Ok(()),
        };
        if more && next + ROWS > rows && list.page.as_ref().is_some_and(|page| page.more_after) {
            let key = key_at(list, list.top);
            return self
                .load(list, key.clone().map_or(Anchor::First, Anchor::Around), key.map(|key| (key, true)))
                .await;
        }
        if !more && next < ROWS && list.page.as_ref().is_some_and(|page| page.more_before) {
            let key = key_at(list, list.top);
            return self
                .load(list, key.clone().map_or(Anchor::First, Anchor::Around), key.map(|key| (key, false)))
                .await;
        }
        list.top = if more { next } else { next.saturating_sub(ROWS) };
        Ok(())
    }

    async fn load<T: Kind>(
        &mut self,
        list: &mut Shelf<T>,
        anchor: Anchor<T::Key>,
        from: Option<(T::Key, bool)>,
    ) -> Result<(), Stop> {
        let query = T::query(&list.filter, list.sort, anchor);
        match self.answer(Effect::Load { generation: 0, query }).await? {
            Some(Outcome::Loaded { rows, .. }) => {
                let Some(page) = T::of(rows) else { return Ok(()) };
                let end = page.rows.len().saturating_sub(1);
                let at = |key: &T::Key| page.rows.iter().position(|row| row.key(list.sort) == *key).unwrap_or(0);
                list.top = match &from {
                    Some((key, true)) => (at(key) + ROWS).min(end),
                    Some((key, false)) => at(key).saturating_sub(ROWS),
                    None => 0,
                };
                list.page = Some(page);
                Ok(())
            }
            Some(other) => self.tell(other),
            None => Ok(()),
        }
    }

    fn read_out<T: Kind>(&mut self, title: &str, list: &Shelf<T>, words: &[&'static str]) -> Result<(), Stop> {
        let Some(total) = list.page.as_ref().map(Page::total_text) else {
            return self.talk.say(&format!("\n{title} could not be read. r tries again, b goes back."));
        };
        let by = T::SORTS.get(list.sort.by).map_or("", |(name, _)| name);
        let way = if list.sort.reverse { ", backwards" } else { "" };
        let filter = if list.filter.is_empty() { String::new() } else { format!(", filtered by {}", list.filter) };
        self.talk.say(&format!("\n{title}, {total} by {by}{way}{filter}"))?;
        let lines: Vec<String> = list.shown().iter().map(|row| self.sentence(row)).collect();
        for (number, line) in lines.iter().enumerate() {
            self.talk.say(&format!("{} {line}", number + 1))?;
        }
        let words = if words.is_empty() { String::new() } else { format!("{}, ", words.join(", ")) };
        let sorts = if T::SORTS.len() > 1 {
            let names: Vec<_> = T::SORTS.iter().map(|(name, _)| *name).collect();
            format!("s {} sort, ", names.join(" or "))
        } else {
            String::new()
        };
        if lines.is_empty() {
            self.talk.say(if list.filter.is_empty() {
                "Nothing yet."
            } else {
                "Nothing matches. / shows everything."
            })?;
        }
        self.talk.say(&format!("A number opens, n next, p previous, r reload, / filter, {sorts}{words}b back."))
    }

    /// A row in one line: its columns by name, those that were chosen in their order.
    pub(super) fn sentence<T: Row>(&self, row: &T) -> String {
        let cells = row.cells(&self.view());
        let chosen = self.setting.preferences.columns_of(pane(row.subject()));
        let all: Vec<usize> = (0..cells.len()).collect();
        let shown = if chosen.is_empty() { &all[..] } else { chosen };
        let parts = shown.iter().filter_map(|index| {
            let content = cells.get(*index)?.content.trim();
            match index {
                _ if content.is_empty() => None,
                0 => Some(content.to_owned()),
                _ => Some(format!("{} {content}", T::COLUMNS.get(*index)?.title.to_lowercase())),
            }
        });
        parts.collect::<Vec<_>>().join("; ")
    }

    /// Reads out all that there is to say of a row.
    pub(super) async fn describe<T: Row>(&mut self, row: &T, name: &str) -> Result<(), Stop> {
        let subject = row.subject();
        let detail = match self.answer(Effect::LoadDetail(subject)).await? {
            Some(Outcome::Detail(of, detail)) if of == subject => detail,
            _ => None,
        };
        let lines = self.lines(row, detail.as_ref());
        self.talk.say(&format!("\n{}", crate::console::widget::text::safe(name)))?;
        for line in lines {
            self.talk.say(&line)?;
        }
        Ok(())
    }

    fn lines<T: Row>(&self, row: &T, detail: Option<&Detail>) -> Vec<String> {
        let mut details = Details::spoken();
        row.details(detail, &self.view(), &mut details);
        details.into_lines().iter().map(ToString::to_string).collect()
    }
}

/// Where such a row is listed.
fn pane(subject: Subject) -> Pane {
    match subject {
        Subject::Flow(_) => Pane::Flows,
        Subject::User(_) => Pane::Users,
        Subject::Group(_) => Pane::Groups,
        Subject::Event(_) => Pane::Events,
        Subject::Invitation(..) => Pane::Invitations,
    }
}

/// The order that is asked for; without a name the same one backwards.
fn sorted<T: Row>(now: Sort, name: &str) -> Result<Sort, String> {
    if name.is_empty() {
        return Ok(Sort { reverse: !now.reverse, ..now });
    }
    let names: Vec<_> = T::SORTS.iter().map(|(name, _)| *name).collect();
    match names.iter().position(|order| *order == name) {
        Some(by) => Ok(Sort { by, reverse: false }),
        None => Err(format!("Error: sort by {}.", names.join(", "))),
    }
}
