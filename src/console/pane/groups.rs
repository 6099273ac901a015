//! Groups and their members.

use ratatui::style::Style;
use ratatui::text::Span;

use super::details::Details;
use super::marks::Marks;
use super::words::terms;
use super::{Row, Sort, View};
use crate::console::event::{Detail, Query, Subject};
use crate::console::theme;
use crate::console::widget::table::Column;
use crate::console::widget::text;
use crate::domain::group::GroupView;
use crate::store::groups::{self, Order};
use crate::store::page::{Anchor, Place};

fn order(sort: Sort) -> Order {
    GroupView::SORTS.get(sort.by).and_then(|(name, _)| Order::parse(name)).unwrap_or(Order::Name)
}

impl Row for GroupView {
    type Key = Place;
    const COLUMNS: &'static [Column] =
        &[Column::new("Name", 12, 50), Column::new("Members", 7, 9), Column::new("Superuser", 9, 9)];
    const EMPTY: &'static str = "No group yet. Press n to make one.";

    const SORTS: &'static [(&'static str, Option<usize>)] = &[("name", Some(0)), ("members", Some(1))];

    fn key(&self, sort: Sort) -> Place {
        groups::place(self, order(sort))
    }

    fn subject(&self) -> Subject {
        Subject::Group(self.group.id)
    }

    fn cells(&self, _: &View<'_>) -> Vec<Span<'static>> {
        vec![
            text::span(&self.group.name, Style::new()),
            Span::raw(format!("{:>7}", text::number(self.member_count))),
            if self.group.is_superuser { Span::styled("yes", theme::WARNING) } else { Span::raw("no") },
        ]
    }

    fn is_marked(&self, marks: &Marks) -> bool {
        marks.groups.contains_key(&self.group.id)
    }

    fn mark(&self, marks: &mut Marks) {
        if marks.groups.remove(&self.group.id).is_none() {
            marks.groups.insert(self.group.id, self.group.clone());
        }
    }

    fn details(&self, detail: Option<&Detail>, _: &View<'_>, out: &mut Details) {
        if let Some(Detail::Group(members)) = detail {
            let shown: Vec<_> = members.iter().map(|name| text::safe(name)).collect();
            let more = self.member_count.saturating_sub(members.len() as u64);
            let mut line = if shown.is_empty() { "none".to_owned() } else { shown.join(", ") };
            if more > 0 {
                line = format!("{line} and {} more", text::number(more));
            }
            out.labelled("Members", &line);
        }
        out.mapping("Attributes", &self.group.attributes);
    }

    fn query(typed: &str, sort: Sort, anchor: Anchor<Place>) -> Query {
        let sort = groups::Sort { by: order(sort), reverse: sort.reverse };
        Query::Groups(terms(typed), sort, anchor)
    }
}
