//! The stages of a flow: what their dialog wants, and what becomes of that.

use super::App;
use crate::console::action::Action;
use crate::console::conflict;
use crate::console::event::Effect;
use crate::console::form::record::RecordForm;
use crate::console::overlay::Overlay;
use crate::console::stages::{Answer, Seen, Stages, Wish};
use crate::console::widget::text;
use crate::domain::id::FlowId;
use crate::domain::prompt::Prompt;
use crate::domain::text::printable;

impl App {
    /// The dialog, wherever it lies.
    pub(super) fn stages_dialog(&mut self) -> Option<&mut Stages> {
        self.overlays.iter_mut().find_map(|overlay| match overlay {
            Overlay::Stages(stages) => Some(stages.as_mut()),
            _ => None,
        })
    }

    /// The dialog, where it shows that flow.
    fn stages_of(&mut self, flow: FlowId) -> Option<&mut Stages> {
        self.stages_dialog().filter(|stages| stages.flow() == flow)
    }

    /// Does what a key asks for there.
    pub(super) fn act_on_stages(&mut self, action: Action) -> Vec<Effect> {
        let wish = self.stages_dialog().map_or(Wish::Nothing, |stages| stages.act(action));
        self.stages_wish(wish)
    }

    /// Does what the dialog wants.
    pub(super) fn stages_wish(&mut self, wish: Wish) -> Vec<Effect> {
        match wish {
            Wish::Nothing => Vec::new(),
            Wish::Close => {
                self.overlays.pop();
                Vec::new()
            }
            Wish::Effect(effect) => vec![effect],
            Wish::Prompt(prompt, others) => self.open(Overlay::Record(Box::new(RecordForm::prompt(*prompt, others)))),
            Wish::Question(question) => self.open(Overlay::Question(question)),
        }
    }

    /// Takes what became of it.
    pub(super) fn stages_answer(&mut self, answer: Answer) -> Vec<Effect> {
        match answer {
            Answer::Loaded(flow, Some(seen)) => {
                if let Some(stages) = self.stages_of(flow) {
                    stages.take_read(*seen);
                }
                Vec::new()
            }
            Answer::Loaded(flow, None) => self.flow_gone(flow),
            Answer::Choices(flow, choices) => self.stages_choices(flow, choices),
            Answer::Edited(edited) => {
                let flow = edited.seen.outline.flow.id;
                let undo = if edited.is_undo { "" } else { " u undoes it." };
                self.toasts.good(format!("{}{undo}", text::safe(&edited.said)), self.now);
                if let Some(stages) = self.stages_of(flow) {
                    stages.take_edited(*edited);
                }
                self.reload()
            }
            Answer::Stale(author, seen) => self.stages_stale(author.as_ref(), *seen),
            Answer::Refused(flow, why) => {
                self.forget_ahead();
                self.toasts.bad(printable(&why));
                let stages = self.stages_of(flow);
                stages.map_or_else(Vec::new, |stages| {
                    stages.give_up();
                    vec![stages.reload()]
                })
            }
        }
    }

    fn stages_choices(&mut self, flow: FlowId, choices: Vec<crate::console::stages::Choice>) -> Vec<Effect> {
        if choices.is_empty() {
            self.toasts.bad("There is no stage to bind. Blueprints bring them: i in Flows imports one.");
        }
        if let Some(stages) = self.stages_of(flow) {
            stages.take_choices(choices);
        }
        Vec::new()
    }

    fn flow_gone(&mut self, flow: FlowId) -> Vec<Effect> {
        let Some(stages) = self.stages_of(flow) else { return Vec::new() };
        let slug = stages.slug().clone();
        self.overlays.retain(|overlay| !matches!(overlay, Overlay::Stages(_) | Overlay::Question(_)));
        self.toasts.bad(format!("Somebody deleted {slug} in the meantime."));
        self.reload()
    }

    fn stages_stale(&mut self, author: Option<&conflict::Author>, seen: Seen) -> Vec<Effect> {
        self.forget_ahead();
        let why = conflict::told_of_stages(author, &seen.outline.flow.slug, self.setting.zone);
        self.toasts.bad(why);
        if let Some(stages) = self.stages_of(seen.outline.flow.id) {
            stages.forget();
            stages.take(seen);
        }
        self.reload()
    }

    /// Takes that the database did not answer.
    pub(super) fn stages_not_done(&mut self) {
        if let Some(stages) = self.stages_dialog() {
            stages.give_up();
        }
    }

    /// Takes that a prompt was changed.
    pub(super) fn prompt_saved(&mut self, before: Box<Prompt>, now: Box<Prompt>) -> Vec<Effect> {
        self.close_record();
        self.toasts.good(format!("Saved {}. u undoes it.", text::safe(&now.name)), self.now);
        let reload = self.stages_dialog().map(|stages| {
            stages.take_prompt(before, now);
            stages.reload()
        });
        self.reload().into_iter().chain(reload).collect()
    }
}
