//! The log: who did what, when, to what.

use std::cmp::Reverse;

use ratatui::style::Style;
use ratatui::text::Span;
use serde_json::Value;

use super::details::Details;
use super::words::words;
use super::{Row, Sort, View};
use crate::console::event::{Detail, Query, Subject};
use crate::console::theme;
use crate::console::widget::table::Column;
use crate::console::widget::text;
use crate::domain::event::{Action, Event};
use crate::domain::id::EventId;
use crate::domain::when;
use crate::store::events::Filter;
use crate::store::page::{Anchor, TERMS};

/// What a filter means. Words that name an action keep those, with `!` before them all others; every other word is
/// looked for in the whole event.
pub fn filter(typed: &str) -> Filter {
    let (mut kept, mut dropped, mut terms) = (Vec::new(), Vec::new(), Vec::new());
    for word in words(typed) {
        match word.name().and_then(|name| Action::parse(&name)) {
            Some(action) if word.lacks() => dropped.push(action),
            Some(action) => kept.push(action),
            None => terms.push(word.term),
        }
    }
    if kept.is_empty() && !dropped.is_empty() {
        kept.extend(Action::NAMES.iter().filter_map(|name| Action::parse(name)));
    }
    kept.retain(|action| !dropped.contains(action));
    Filter { actions: kept, words: terms }
}

fn style(action: Action) -> Style {
    match action {
        Action::InvitationDeleted | Action::InvitationRevoked | Action::ModelDeleted => theme::WARNING,
        Action::InvitationUsed => theme::GOOD,
        _ => Style::new(),
    }
}

impl Row for Event {
    type Key = Reverse<EventId>;
    const COLUMNS: &'static [Column] = &[
        Column::new("When", 8, 12).firm(12),
        Column::new("Who", 5, 24).spare(),
        Column::new("Action", 13, 24).firm(20),
        Column::new("Object", 8, 60),
    ];
    const EMPTY: &'static str = "Nothing has happened yet.";
    const SORTS: &'static [(&'static str, Option<usize>)] = &[("when", Some(0))];

    fn key(&self, _: Sort) -> Reverse<EventId> {
        Reverse(self.id)
    }

    fn subject(&self) -> Subject {
        Subject::Event(self.id)
    }

    fn cells(&self, view: &View<'_>) -> Vec<Span<'static>> {
        vec![
            Span::raw(view.zone.short(self.at, view.now)),
            text::span(&self.actor, Style::new()),
            Span::styled(self.action.as_str(), style(self.action)),
            text::span(&self.object_name, Style::new()),
        ]
    }

    fn details(&self, _: Option<&Detail>, view: &View<'_>, out: &mut Details) {
        let ago = match when::relative(self.at, view.now) {
            now if now == "now" => "just now".to_owned(),
            other => other,
        };
        out.labelled("When", &format!("{} · {ago}", view.zone.exactly(self.at)));
        out.labelled("Who", &format!("{}, from {}", text::safe(&self.actor), text::safe(&self.address)));
        out.labelled("Action", self.action.as_str());
        out.labelled("Object", &format!("{} {}", text::safe(&self.object_kind), text::safe(&self.object_name)));
        match &self.detail {
            Value::Object(mapping) => out.mapping("Details", mapping),
            Value::Null => {}
            other => out.labelled("Details", &text::safe(&other.to_string())),
        }
        out.labelled("Id", &self.id.to_string());
    }

    fn query(typed: &str, _: Sort, anchor: Anchor<Reverse<EventId>>) -> Query {
        let anchor = match anchor {
            Anchor::First => Anchor::First,
            Anchor::Last => Anchor::Last,
            Anchor::Around(Reverse(id)) => Anchor::Around(id),
        };
        Query::Events(filter(typed), anchor)
    }

    fn left_out(typed: &str) -> usize {
        filter(typed).words.len().saturating_sub(TERMS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::page::{How, Term};

    #[test]
    fn words_of_a_filter_that_name_an_action_filter_by_it() {
        let word = |text: &str, how| Term { text: text.to_owned(), how };
        assert_eq!(filter("Login jane !bob"), {
            Filter { actions: vec![Action::Login], words: vec![word("jane", How::Contains), word("bob", How::Lacks)] }
        });
        assert_eq!(filter("!login").actions.len(), Action::NAMES.len() - 1);
        assert!(!filter("!login").actions.contains(&Action::Login));
        assert_eq!(filter(" ! "), Filter::default());
    }
}
