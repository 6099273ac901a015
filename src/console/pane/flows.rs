//! Flows, and the plan of one.

use ratatui::style::Style;
use ratatui::text::Span;

use super::details::Details;
use super::{Row, Sort, View};
use crate::blueprint::Drift;
use crate::console::event::{Detail, Query, Subject};
use crate::console::theme;
use crate::console::widget::table::Column;
use crate::console::widget::text;
use crate::domain::diagnosis;
use crate::domain::flow::{Designation, OutlineStep};
use crate::domain::prompt::Prompt;
use crate::domain::stage::StageKind;
use crate::domain::when;
use crate::store::flows::FlowView;
use crate::store::page::Anchor;

impl Row for FlowView {
    type Key = String;
    const COLUMNS: &'static [Column] = &[
        Column::new("Name", 12, 40),
        Column::new("Slug", 12, 40),
        Column::new("Designation", 11, 19),
        Column::new("Stages", 6, 6),
        Column::new("Invitation stage", 4, 16),
    ];
    const EMPTY: &'static str = "No flow yet. Press i to import one.";

    fn key(&self, _: Sort) -> String {
        self.flow.slug.to_string()
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
        ]
    }

    fn details(&self, detail: Option<&Detail>, view: &View<'_>, out: &mut Details) {
        out.labelled("Title", &text::safe(&self.flow.title));
        let Some(Detail::Flow(outline, applied)) = detail else { return };
        out.heading("Stages");
        if outline.steps.is_empty() {
            out.text(2, "none", theme::QUIET);
        }
        for step in &outline.steps {
            stage(step, out);
        }
        for drift in applied {
            blueprint(drift, view, out);
        }
        for problem in diagnosis::flow_problems(outline) {
            out.problem(&problem, view);
        }
    }

    fn query(filter: &str, _: Sort, anchor: Anchor<String>) -> Query {
        Query::Flows(filter.to_owned(), anchor)
    }
}

/// When a blueprint was applied that asked for the flow, and what is other since.
fn blueprint(drift: &Drift, view: &View<'_>, out: &mut Details) {
    let applied = &drift.applied;
    let when = when::relative(applied.at, view.now);
    out.labelled("Blueprint", &text::safe(&format!("{} · applied {when} by {}", applied.name, applied.by)));
    if drift.drifted.is_empty() {
        out.text(11, "unchanged since", theme::QUIET);
    }
    for one in &drift.drifted {
        let what = match &one.attributes {
            Some(attributes) => format!("changed since: {} ({})", one.title, attributes.join(", ")),
            None => format!("gone since: {}", one.title),
        };
        out.text(11, &text::safe(&what), theme::WARNING);
    }
}

fn stage(step: &OutlineStep, out: &mut Details) {
    let note = match &step.stage.kind {
        StageKind::Invitation(stage) if stage.continue_flow_without_invitation => " · goes on without an invitation",
        StageKind::Invitation(_) => " · only with an invitation",
        StageKind::UserWrite(stage) if stage.create_users_as_inactive => " · new accounts are inactive",
        _ => "",
    };
    let line =
        format!("{:>3}  {:<12}  {}{note}", step.binding.order, step.stage.kind.label(), text::safe(&step.stage.name));
    out.text(2, &line, Style::new());
    for prompt in &step.prompts {
        out.text(7, &prompt_line(prompt), theme::QUIET);
    }
}

fn prompt_line(prompt: &Prompt) -> String {
    let star = if prompt.required { " *" } else { "" };
    format!("{}  {}{star} ({})", text::safe(&prompt.field_key), text::safe(&prompt.label), prompt.kind)
}
