//! Flows, and the plan of one.

use ratatui::style::Style;
use ratatui::text::Span;

use super::details::Details;
use super::marks::Marks;
use super::words::terms;
use super::{Row, Sort, View};
use crate::blueprint::{Drift, Fate};
use crate::console::event::{Detail, Query, Subject};
use crate::console::theme;
use crate::console::widget::table::Column;
use crate::console::widget::text;
use crate::domain::diagnosis;
use crate::domain::flow::{Designation, Outline};
use crate::domain::guard::{self, Names, Said};
use crate::domain::when;
use crate::store::flows::{self, FlowView, Order};
use crate::store::page::{Anchor, Place};

fn order(sort: Sort) -> Order {
    FlowView::SORTS.get(sort.by).and_then(|(name, _)| Order::parse(name)).unwrap_or(Order::Slug)
}

impl Row for FlowView {
    type Key = Place;
    const COLUMNS: &'static [Column] = &[
        Column::new("Name", 10, 40),
        Column::new("Slug", 11, 40),
        Column::new("Designation", 11, 19),
        Column::new("Stages", 6, 6),
        Column::new("Invitation stage", 7, 16).short("Invites"),
        Column::new("Policies", 8, 8).spare(),
    ];
    const EMPTY: &'static str = "No flow yet. Press i to import one.";

    const SORTS: &'static [(&'static str, Option<usize>)] =
        &[("slug", Some(1)), ("name", Some(0)), ("designation", Some(2)), ("stages", Some(3))];

    fn key(&self, sort: Sort) -> Place {
        flows::place(self, order(sort))
    }

    fn subject(&self) -> Subject {
        Subject::Flow(self.flow.id)
    }

    fn cells(&self, _: &View<'_>) -> Vec<Span<'static>> {
        let invitation = match (self.has_invitation_stage, self.flow.designation) {
            (true, _) => Span::styled("yes", theme::GOOD),
            (false, Designation::Enrollment) => Span::styled("⚠ no", theme::WARNING),
            (false, _) => Span::raw("no"),
        };
        vec![
            text::span(&self.flow.name, Style::new()),
            Span::raw(self.flow.slug.to_string()),
            Span::raw(self.flow.designation.as_str()),
            Span::raw(format!("{:>6}", self.stages)),
            invitation,
            Span::raw(format!("{:>8}", self.policies)),
        ]
    }

    fn is_marked(&self, marks: &Marks) -> bool {
        marks.flows.contains_key(&self.flow.id)
    }

    fn mark(&self, marks: &mut Marks) {
        if marks.flows.remove(&self.flow.id).is_none() {
            marks.flows.insert(self.flow.id, self.flow.slug.clone());
        }
    }

    fn details(&self, detail: Option<&Detail>, view: &View<'_>, out: &mut Details) {
        out.labelled("Title", &text::safe(&self.flow.title));
        out.labelled("Begun by", guard::may_begin(self.flow.authentication));
        let Some(Detail::Flow(flow, applied)) = detail else { return };
        let (outline, names) = flow.as_ref();
        for problem in diagnosis::flow_problems(outline) {
            out.problem(&problem, view);
        }
        plan(outline, names, out);
        for drift in applied {
            blueprint(drift, view, out);
        }
    }

    fn query(typed: &str, sort: Sort, anchor: Anchor<Place>) -> Query {
        let sort = flows::Sort { by: order(sort), reverse: sort.reverse };
        Query::Flows(terms(typed), sort, anchor)
    }
}

/// When a blueprint was applied that asked for the flow, and what is other since.
fn blueprint(drift: &Drift, view: &View<'_>, out: &mut Details) {
    let applied = &drift.applied;
    let when = when::relative(applied.at, view.now);
    let from = applied.origin().map(|origin| format!(" · {origin}")).unwrap_or_default();
    out.labelled("Blueprint", &text::safe(&format!("{}{from} · applied {when} by {}", applied.name, applied.by)));
    if drift.drifted.is_empty() {
        out.text(11, "unchanged since", theme::QUIET);
    }
    for one in &drift.drifted {
        let what = match &one.fate {
            Fate::Changed(attributes) => format!("changed since: {} ({})", one.title, attributes.join(", ")),
            Fate::Gone => format!("gone since: {}", one.title),
            Fate::Back => format!("there again: {}", one.title),
        };
        out.text(11, &text::safe(&what), theme::WARNING);
    }
}

/// The stages in order, what guards them on the line down from one to the next.
fn plan(outline: &Outline, names: &Names, out: &mut Details) {
    out.heading("Plan");
    for line in guard::of_flow(outline, names) {
        said(&line, 2, out);
    }
    if outline.steps.is_empty() {
        out.text(2, "No stage is bound.", theme::QUIET);
    }
    for (step, number) in outline.steps.iter().zip(1..) {
        let order = step.binding.order;
        let kind = step.stage.kind.label();
        let line = format!("{number:>2}  {kind} · {} · #{order}", text::safe(&step.stage.name));
        out.text(0, &line, theme::HEADING);
        for line in guard::of_step(step, names) {
            said(&line, 2, out);
        }
    }
}

/// A line beside the line that leads on, with a sign where somebody should do something about it.
fn said(line: &Said, indent: usize, out: &mut Details) {
    let (sign, style) = if line.is_problem { ("⚠ ", theme::WARNING) } else { ("", Style::new()) };
    out.on_rail(indent, line.depth * 2, &format!("{sign}{}", line.text), style);
}
