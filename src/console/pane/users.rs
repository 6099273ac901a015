//! Users, and how they came.

use ratatui::style::Style;
use ratatui::text::Span;

use super::details::Details;
use super::marks::Marks;
use super::words::words;
use super::{Row, Sort, View};
use crate::console::event::{Detail, Query, Subject};
use crate::console::theme;
use crate::console::widget::table::Column;
use crate::console::widget::text;
use crate::domain::user::UserView;
use crate::domain::when;
use crate::store::page::{Anchor, Place, TERMS};
use crate::store::users::{self, Filter, Order};

/// What a filter means. `active` and `inactive` keep those, with `!` before them the others; `/team` is a path.
pub fn filter(typed: &str) -> Filter {
    let mut filter = Filter::default();
    for word in words(typed) {
        match word.name().as_deref() {
            Some("active") => filter.active = Some(!word.lacks()),
            Some("inactive") => filter.active = Some(word.lacks()),
            _ => filter.terms.push(word.term),
        }
    }
    filter
}

fn order(sort: Sort) -> Order {
    UserView::SORTS.get(sort.by).and_then(|(name, _)| Order::parse(name)).unwrap_or(Order::Username)
}

impl Row for UserView {
    type Key = Place;
    const COLUMNS: &'static [Column] = &[
        Column::new("Username", 8, 32).firm(10),
        Column::new("Name", 8, 32),
        Column::new("Email", 10, 36),
        Column::new("Path", 6, 24).spare(),
        Column::new("Active", 6, 6),
        Column::new("Last login", 10, 16).firm(14),
    ];
    const EMPTY: &'static str = "Nobody yet. Press 4, then n, to invite somebody, or n to make an account.";

    const SORTS: &'static [(&'static str, Option<usize>)] =
        &[("username", Some(0)), ("name", Some(1)), ("path", Some(3)), ("login", Some(5))];

    fn key(&self, sort: Sort) -> Place {
        users::place(&self.user, order(sort))
    }

    fn subject(&self) -> Subject {
        Subject::User(self.user.id)
    }

    fn cells(&self, view: &View<'_>) -> Vec<Span<'static>> {
        let user = &self.user;
        vec![
            text::span(user.username.as_str(), Style::new()),
            text::span(&user.name, Style::new()),
            text::span(&user.email, Style::new()),
            text::span(&user.path, Style::new()),
            if user.is_active { Span::raw("yes") } else { Span::styled("no", theme::WARNING) },
            Span::raw(user.last_login.map_or_else(|| "never".to_owned(), |at| when::relative(at, view.now))),
        ]
    }

    fn is_marked(&self, marks: &Marks) -> bool {
        marks.users.contains_key(&self.user.id)
    }

    fn mark(&self, marks: &mut Marks) {
        if marks.users.remove(&self.user.id).is_none() {
            marks.users.insert(self.user.id, (self.user.username.to_string(), self.user.is_active));
        }
    }

    fn details(&self, _: Option<&Detail>, view: &View<'_>, out: &mut Details) {
        let user = &self.user;
        let ago = |at| match when::relative(at, view.now) {
            now if now == "now" => "just now".to_owned(),
            other => other,
        };
        let made = ago(user.created_at);
        out.labelled("Account", &format!("{} · {} · made {made}", user.kind, text::safe(&user.path)));
        let login = user.last_login.map(|at| format!("{} · {}", view.zone.shown(at), ago(at)));
        out.labelled("Last login", login.as_deref().unwrap_or("never"));
        out.labelled("Email", if user.email.is_empty() { "none".into() } else { text::safe(&user.email) }.as_str());
        let groups: Vec<_> = self.groups.iter().map(|name| text::safe(name)).collect();
        out.labelled("Groups", if groups.is_empty() { "none".into() } else { groups.join(", ") }.as_str());
        let invitation = self.invitation.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        out.labelled("Invitation", &invitation);
        out.mapping("Attributes", &user.attributes);
    }

    fn left_out(typed: &str) -> usize {
        filter(typed).terms.len().saturating_sub(TERMS)
    }

    fn query(typed: &str, sort: Sort, anchor: Anchor<Place>) -> Query {
        let sort = users::Sort { by: order(sort), reverse: sort.reverse };
        Query::Users(filter(typed), sort, anchor)
    }
}
