//! Invitations: the link, what it brings along, what became of it.

use chrono::{DateTime, Utc};
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
use crate::domain::diagnosis;
use crate::domain::invitation::{Invitation, InvitationView, Status, Use, link};
use crate::domain::slug::Slug;
use crate::domain::when;
use crate::store::invitations::{self, Filter, How, Order, Place};
use crate::store::page::{Anchor, Term};

/// What stands where an invitation has no flow of its own.
pub const ANY_FLOW: &str = "any flow";

/// The flow that an invitation's link leads to: its own, or the chosen one of those that accept invitations.
pub fn flow_of<'a>(row: &'a InvitationView, view: &View<'a>) -> Option<&'a Slug> {
    let open = &view.overview.open_flows;
    row.flow_slug.as_ref().or_else(|| open.get(view.link_flow % open.len().max(1)))
}

/// An invitation's link; none where no flow accepts invitations.
pub fn link_of(row: &InvitationView, view: &View<'_>) -> Option<String> {
    flow_of(row, view).map(|slug| link(view.public_url, slug, row.invitation.id))
}

/// What a filter means. Words that name a status keep those, with `!` before them all others.
pub fn filter(typed: &str) -> Filter {
    let (mut kept, mut dropped) = (Vec::new(), Vec::new());
    let mut terms: Vec<Term> = Vec::new();
    for word in words(typed) {
        match word.name().and_then(|name| Status::parse(&name)) {
            Some(status) if word.lacks() => dropped.push(status),
            Some(status) if !kept.contains(&status) => kept.push(status),
            // Said twice it is looked for, too: something may be called so.
            _ => terms.push(word.term),
        }
    }
    let mut statuses = kept;
    if statuses.is_empty() && !dropped.is_empty() {
        statuses.extend(Status::NAMES.iter().filter_map(|name| Status::parse(name)));
    }
    statuses.retain(|status| !dropped.contains(status));
    let nothing = statuses.is_empty() && !dropped.is_empty();
    // The longest text is looked for first: an index finds it soonest.
    let rank = |term: &Term| (term.how == How::Contains, term.text.chars().count());
    let first = (0..terms.len()).rev().max_by_key(|place| rank(&terms[*place]));
    let first = first.map(|place| terms.remove(place)).unwrap_or_default();
    Filter { statuses, nothing, search: first.text, how: first.how, more: terms }
}

fn order(sort: Sort) -> Order {
    InvitationView::SORTS.get(sort.by).and_then(|(name, _)| Order::parse(name)).unwrap_or(Order::Name)
}

fn status_style(status: Status) -> Style {
    match status {
        Status::Active => theme::GOOD,
        Status::Used => theme::QUIET,
        Status::Expired => theme::WARNING,
        Status::Revoked => theme::WRONG,
    }
}

impl Row for InvitationView {
    type Key = Place;
    const COLUMNS: &'static [Column] = &[
        Column::new("Name", 11, 40),
        Column::new("Flow", 8, 32),
        Column::new("Expires", 11, 14).firm(14),
        Column::new("Uses", 5, 11),
        Column::new("Created by", 7, 20).spare(),
        Column::new("Status", 7, 7),
    ];
    const EMPTY: &'static str = "No invitation yet. Press n to create one.";
    const SORTS: &'static [(&'static str, Option<usize>)] = &[
        ("name", Some(0)),
        ("flow", Some(1)),
        ("expires", Some(2)),
        ("uses", Some(3)),
        ("created", None),
        ("creator", Some(4)),
    ];

    fn key(&self, sort: Sort) -> Place {
        Place::of(self, order(sort))
    }

    fn subject(&self) -> Subject {
        Subject::Invitation(self.invitation.id, self.invitation.settings.flow)
    }

    fn cells(&self, view: &View<'_>) -> Vec<Span<'static>> {
        let it = &self.invitation;
        let status = it.status(view.now);
        vec![
            Span::raw(it.settings.name.to_string()),
            Span::raw(self.flow_slug.as_ref().map_or_else(|| ANY_FLOW.to_owned(), ToString::to_string)),
            Span::raw(it.settings.expires.map_or_else(|| "never".to_owned(), |at| when::relative(at, view.now))),
            Span::raw(it.uses_text()),
            text::span(&it.created_by_name, Style::new()),
            Span::styled(status.as_str(), status_style(status)),
        ]
    }

    fn next_change(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let end = self.invitation.settings.expires?;
        let text = when::changes_at(end, now);
        Some(if end > now { text.min(end) } else { text })
    }

    fn is_marked(&self, marks: &Marks) -> bool {
        marks.invitations.contains_key(&self.invitation.id)
    }

    fn mark(&self, marks: &mut Marks) {
        let it = &self.invitation;
        if marks.invitations.remove(&it.id).is_none() {
            marks.invitations.insert(it.id, (it.settings.name.clone(), it.revoked_at.is_some()));
        }
    }

    fn details(&self, detail: Option<&Detail>, view: &View<'_>, out: &mut Details) {
        out.heading("Link to use the invitation");
        match link_of(self, view) {
            Some(link) => out.link(2, &link),
            None => out.text(2, "None: no flow has an invitation stage yet.", theme::WARNING),
        }
        let open = &view.overview.open_flows;
        if self.flow_slug.is_none() && open.len() > 1 {
            let which = view.link_flow % open.len();
            let others = if view.keys { "] and [ show the others" } else { "printing the link shows them all" };
            let line = format!("to {}, {} of {}: {others}", open[which], which + 1, open.len());
            out.text(2, &line, theme::QUIET);
        }
        out.mapping("Custom attributes", &self.invitation.settings.fixed_data);
        if !self.invitation.settings.note.is_empty() {
            out.labelled("Note", &text::safe(&self.invitation.settings.note));
        }
        out.labelled("Status", &status_line(self, view));
        let (uses, problems) = match detail {
            Some(Detail::Invitation { uses, problems }) => (uses.as_slice(), problems.as_slice()),
            _ => (&[][..], &[][..]),
        };
        out.labelled("History", &history(&self.invitation, view));
        for it in uses {
            out.labelled("Used by", &used_by(it, view));
        }
        if self.flow_slug.is_none() && !open.is_empty() {
            for problem in diagnosis::any_flow_problems(open) {
                out.problem(&problem, view);
            }
        }
        let slug = flow_of(self, view);
        let here = problems.iter().filter(|(of, _)| Some(of) == slug).flat_map(|(_, problems)| problems);
        for problem in here.chain(&diagnosis::local_address(view.public_url)) {
            out.problem(problem, view);
        }
    }

    fn left_out(typed: &str) -> usize {
        filter(typed).more.len().saturating_sub(invitations::MORE)
    }

    fn query(typed: &str, sort: Sort, anchor: Anchor<Place>) -> Query {
        let sort = invitations::Sort { by: order(sort), reverse: sort.reverse };
        Query::Invitations(filter(typed), sort, anchor)
    }
}

fn status_line(row: &InvitationView, view: &View<'_>) -> String {
    let it = &row.invitation;
    let uses = match it.settings.max_uses {
        Some(max) => format!("{} of {}", it.uses, text::count(max.into(), "use")),
        None => format!("{} (any number)", text::count(it.uses.into(), "use")),
    };
    let expires = match it.settings.expires {
        Some(at) if at <= view.now => format!("expired {}", view.zone.shown(at)),
        Some(at) => format!("expires {}", view.zone.shown(at)),
        None => "never expires".to_owned(),
    };
    let enrolling = if row.enrolling > 0 { format!(" · {} enrolling now", row.enrolling) } else { String::new() };
    format!("{} · {uses} · {expires}{enrolling}", it.status(view.now))
}

fn history(it: &Invitation, view: &View<'_>) -> String {
    let mut parts = vec![format!("created {} by {}", ago(it.created_at, view), text::safe(&it.created_by_name))];
    if let Some(at) = it.mailed_at {
        parts.push(format!("mailed {}", ago(at, view)));
    }
    if let Some(at) = it.revoked_at {
        parts.push(format!("revoked {}", ago(at, view)));
    }
    parts.push(match (it.opens, it.opened_at) {
        (1, Some(at)) => format!("opened once, {}", ago(at, view)),
        (2, Some(at)) => format!("opened twice, last {}", ago(at, view)),
        (opens, Some(at)) => format!("opened {opens} times, last {}", ago(at, view)),
        _ => "never opened".to_owned(),
    });
    if it.uses == 0 {
        parts.push("not used yet".to_owned());
    }
    parts.join(" · ")
}

/// How long ago something was.
fn ago(at: DateTime<Utc>, view: &View<'_>) -> String {
    let distance = when::relative(at, view.now);
    if distance == "now" { "just now".to_owned() } else { distance }
}

fn used_by(it: &Use, view: &View<'_>) -> String {
    let name = if it.username.is_empty() { "somebody".to_owned() } else { text::safe(&it.username) };
    format!("{name}, {} ({}), from {}", view.zone.shown(it.at), ago(it.at, view), text::safe(&it.address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_filter_that_name_a_status_filter_by_it() {
        let of = |statuses: &[Status], search: &str| Filter {
            statuses: statuses.to_vec(),
            search: search.into(),
            ..Filter::default()
        };
        assert_eq!(filter("Active eng"), of(&[Status::Active], "eng"));
        assert_eq!(filter("act"), of(&[], "act"));
        assert_eq!(filter("used used"), of(&[Status::Used], "used"));
        assert_eq!(filter("used expired \"x y\""), of(&[Status::Used, Status::Expired], "x y"));
        assert_eq!(filter("\"used\""), of(&[], "used"));
        assert_eq!(filter("!used !revoked"), of(&[Status::Active, Status::Expired], ""));
        assert!(filter("!used used").nothing && filter("!active !used !expired !revoked").nothing);
        assert!(!filter("!used active").nothing && !filter("").nothing);
    }

    #[test]
    fn a_sign_before_the_text_says_how_to_look_for_it() {
        let of = |how, search: &str| Filter { how, search: search.into(), ..Filter::default() };
        let with = |filter: Filter, more: &[(How, &str)]| {
            let more = more.iter().map(|(how, text)| Term { how: *how, text: (*text).to_owned() }).collect();
            Filter { more, ..filter }
        };
        assert_eq!(filter("eng team"), with(of(How::Contains, "team"), &[(How::Contains, "eng")]));
        assert_eq!(filter("!eng"), of(How::Lacks, "eng"));
        assert_eq!(filter("~egj"), of(How::Fuzzy, "egj"));
        assert_eq!(filter("!"), of(How::Contains, ""));
        assert_eq!(filter("!eng team"), with(of(How::Contains, "team"), &[(How::Lacks, "eng")]));
        let guests = of(How::Contains, "guest");
        assert_eq!(filter("guest !1 ~x"), with(guests, &[(How::Lacks, "1"), (How::Fuzzy, "x")]));
        assert_eq!(filter("a active b"), with(filter("active a"), &[(How::Contains, "b")]));
    }

    #[test]
    fn every_order_that_is_offered_is_one_of_the_store_s() {
        for (index, (name, _)) in InvitationView::SORTS.iter().enumerate() {
            assert_eq!(order(Sort { by: index, reverse: false }).as_str(), *name);
        }
    }
}
