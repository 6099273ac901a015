//! How the stages of a flow are drawn: one below the other, prompts under theirs, and below all what is wrong.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{Place, Stages};
use crate::console::form::draw::FIELD;
use crate::console::theme;
use crate::console::widget::text;
use crate::domain::diagnosis::flow_problems;
use crate::domain::execution;
use crate::domain::flow::OutlineStep;
use crate::domain::prompt::Prompt;

/// The most stages of the drop-down that are shown at once.
const LISTED: usize = 8;

impl Stages {
    /// Draws them; returns where the cursor is while a stage is looked for.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let below = self.below(usize::from(area.width));
        let most = usize::from(area.height).saturating_sub(3).min(below.len());
        let below = &below[..most];
        let height = usize::from(area.height).saturating_sub(if below.is_empty() { 0 } else { below.len() + 1 });
        self.list(Rect { height: u16::try_from(height).unwrap_or(u16::MAX), ..area }, buffer);
        let top = area.bottom().saturating_sub(u16::try_from(below.len()).unwrap_or(0));
        for ((line, style), y) in below.iter().zip(top..area.bottom()) {
            let width = usize::from(area.width);
            buffer.set_stringn(area.x, y, text::cut(line, width), width, *style);
        }
        let (list, _) = self.choosing.as_ref()?;
        let field = Rect { x: area.x + 6, y: top, width: area.width.saturating_sub(6), height: 1 };
        list.filter()?.draw(field.intersection(area), buffer, FIELD)
    }

    fn list(&mut self, area: Rect, buffer: &mut Buffer) {
        let places = self.places();
        let height = usize::from(area.height);
        let top = self.sight.0.min(self.selected).max((self.selected + 1).saturating_sub(height));
        self.sight = (top.min(places.len().saturating_sub(height)), height);
        let width = usize::from(area.width);
        if places.is_empty() && height > 0 {
            let text = if self.seen.is_some() { "No stage is bound. a binds one." } else { "…" };
            buffer.set_stringn(area.x, area.y, text, width, theme::QUIET);
        }
        for ((index, place), y) in places.iter().enumerate().skip(self.sight.0).zip(area.y..area.bottom()) {
            let (line, style) = self.line(*place);
            let style = if index == self.selected { theme::SELECTED } else { style };
            buffer.set_stringn(area.x, y, text::pad(&line, width), width, style);
        }
    }

    fn line(&self, place: Place) -> (String, Style) {
        let steps = self.seen.as_ref().map(|seen| seen.outline.steps.as_slice()).unwrap_or_default();
        match place {
            Place::Stage(step) => steps.get(step).map(|it| (self.stage(it), theme::HEADING)),
            Place::Prompt(step, prompt) => {
                steps.get(step).and_then(|it| it.prompts.get(prompt)).map(|it| (self.asked(it), Style::new()))
            }
        }
        .unwrap_or_default()
    }

    fn stage(&self, step: &OutlineStep) -> String {
        let (order, kind, name) = (step.binding.order, step.stage.kind.label(), text::safe(&step.stage.name));
        let guards = match step.policies.len() {
            0 => String::new(),
            count => format!(" · {count} guarding"),
        };
        let problem = if execution::obstacle(step).is_some() { " · ⚠ not executed here" } else { "" };
        format!("{order:>5}  {kind:<14}  {name}{guards}{problem}{}", self.also(step.stage.id.0))
    }

    fn asked(&self, prompt: &Prompt) -> String {
        let star = if prompt.required { " *" } else { "" };
        let (label, key) = (text::safe(&prompt.label), text::safe(&prompt.field_key));
        format!("{:>9}  {label}{star} · {key} · {}{}", prompt.order, prompt.kind, self.also(prompt.id.0))
    }

    /// Which other flows have it.
    fn also(&self, id: uuid::Uuid) -> String {
        match self.shared(id) {
            [] => String::new(),
            [one] => format!(" · also in {one}"),
            several => format!(" · also in {} flows", several.len()),
        }
    }

    /// What stands below the list: the drop-down, else what is wrong.
    fn below(&self, width: usize) -> Vec<(String, Style)> {
        if let Some((list, _)) = &self.choosing {
            let (labels, marked) = list.matches();
            let top = marked.saturating_sub(LISTED - 1);
            let mut lines = vec![("Bind:".to_owned(), theme::HEADING)];
            lines.extend(labels.iter().enumerate().skip(top).take(LISTED).map(|(index, label)| {
                let (sign, style) = if index == marked { ("▸", theme::SELECTED) } else { (" ", Style::new()) };
                (format!("{sign} {}", text::safe(label)), style)
            }));
            if labels.is_empty() {
                lines.push(("  No stage of that name.".to_owned(), theme::QUIET));
            }
            return lines;
        }
        let problems = self.seen.iter().flat_map(|seen| flow_problems(&seen.outline));
        let wrapped = problems.flat_map(|problem| {
            let lines = text::wrap(&problem.sentence, width.saturating_sub(2)).into_iter().enumerate();
            lines.map(|(index, line)| format!("{} {line}", if index == 0 { "⚠" } else { " " })).collect::<Vec<_>>()
        });
        wrapped.map(|line| (line, theme::WARNING)).collect()
    }
}
