//! The stages of a flow, laid out to be rearranged: bound, moved, unbound, and their prompts changed.
//!
//! What is done is done to the stages as they were seen: where somebody else has changed them meanwhile, nothing is, and
//! they are shown as they are now.

mod draw;
mod work;

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use uuid::Uuid;

use super::action::Action;
use super::conflict::Author;
use super::event::Effect;
use super::keymap::Context;
use super::overlay::question::Question;
use super::widget::drop_down::DropDown;
use super::widget::text;
use crate::domain::flow::{Outline, OutlineStep, StageBinding, moved};
use crate::domain::id::{BindingId, FlowId, PromptId, StageId};
use crate::domain::policy::PolicyBinding;
use crate::domain::prompt::Prompt;
use crate::domain::slug::Slug;

/// The stages of a flow as they were read.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The stages, their prompts and guards.
    pub outline: Outline,
    /// Which other flows have a stage or a prompt, too.
    pub shared: BTreeMap<Uuid, Vec<Slug>>,
}

/// What only the world can do for the stages of a flow.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Read them.
    Load(FlowId),
    /// Read which stages there are to be bound.
    Choices(FlowId),
    /// Rearrange them.
    Edit(Edit),
}

/// A change of the stages of a flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// The flow.
    pub flow: FlowId,
    /// What was bound when this was wanted.
    pub seen: Vec<StageBinding>,
    /// What is wanted.
    pub step: Step,
    /// Whether it takes back what was done before.
    pub is_undo: bool,
}

/// What is done to the stages of a flow.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Give bindings other orders.
    Order(Vec<(BindingId, i32)>),
    /// Bind a stage, last in order.
    Bind(StageId),
    /// Bind a stage again as it was, with what guarded it.
    BindAgain(Box<StageBinding>, Vec<PolicyBinding>),
    /// Unbind a stage.
    Unbind(BindingId),
    /// Change a prompt: as it is now, and as it is to be.
    Prompt(Box<Prompt>, Box<Prompt>),
}

/// A stage that can be bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The stage.
    pub stage: StageId,
    /// Its kind and its name.
    pub label: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The stages; none where the flow is gone.
    Loaded(FlowId, Option<Box<Seen>>),
    /// Which stages there are.
    Choices(FlowId, Vec<Choice>),
    /// It was done.
    Edited(Box<Edited>),
    /// It was not, since somebody else rearranged them meanwhile: who and when, and how they are now.
    Stale(Option<Author>, Box<Seen>),
    /// It was not, for another reason.
    Refused(FlowId, String),
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// What to say.
    pub said: String,
    /// What takes it back.
    pub undo: Step,
    /// Whether it took something back itself.
    pub is_undo: bool,
    /// Which stage to show.
    pub show: Option<BindingId>,
    /// The stages as they are now.
    pub seen: Seen,
}

/// A line of the list: a stage, or a prompt under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Stage(usize),
    Prompt(usize, usize),
}

/// What stands at a place, whatever is above it.
type Key = (BindingId, Option<PromptId>);

/// The stages of a flow.
#[derive(Debug)]
pub struct Stages {
    flow: FlowId,
    slug: Slug,
    seen: Option<Seen>,
    /// Among the places.
    selected: usize,
    /// The first line that is shown, and how many are.
    sight: (usize, usize),
    /// The drop-down of stages to bind, and which those are.
    choosing: Option<(DropDown, Vec<StageId>)>,
    undo: Vec<Step>,
    /// Whether a change is under way.
    asking: bool,
    /// Whether the stages to choose from are.
    listing: bool,
}

/// What the dialog wants.
#[derive(Debug)]
pub enum Wish {
    /// Nothing.
    Nothing,
    /// To be closed.
    Close,
    /// Something of the world.
    Effect(Effect),
    /// A prompt to be edited; these other flows ask it, too.
    Prompt(Box<Prompt>, Vec<Slug>),
    /// A question to be answered.
    Question(Question),
}

fn ask(ask: Ask) -> Effect {
    Effect::Stages(Box::new(ask))
}

impl Stages {
    /// The stages of a flow, and what reads them.
    pub fn open(flow: FlowId, slug: Slug) -> (Self, Effect) {
        let stages = Self {
            flow,
            slug,
            seen: None,
            selected: 0,
            sight: (0, 1),
            choosing: None,
            undo: Vec::new(),
            asking: false,
            listing: false,
        };
        (stages, ask(Ask::Load(flow)))
    }

    /// The flow.
    pub fn flow(&self) -> FlowId {
        self.flow
    }

    /// Its slug.
    pub fn slug(&self) -> &Slug {
        &self.slug
    }

    /// Where keys mean something.
    pub fn context(&self) -> Context {
        if self.choosing.is_some() { Context::DropDown } else { Context::Stages }
    }

    /// What reads the stages again.
    pub fn reload(&self) -> Effect {
        ask(Ask::Load(self.flow))
    }

    fn places(&self) -> Vec<Place> {
        let steps = self.seen.iter().flat_map(|seen| &seen.outline.steps).enumerate();
        let of = |(place, step): (usize, &OutlineStep)| {
            let prompts = (0..step.prompts.len()).map(move |prompt| Place::Prompt(place, prompt));
            std::iter::once(Place::Stage(place)).chain(prompts).collect::<Vec<_>>()
        };
        steps.flat_map(of).collect()
    }

    fn place(&self) -> Option<Place> {
        self.places().get(self.selected).copied()
    }

    /// The selected stage, or the one whose prompt is, and where it stands.
    fn step(&self) -> Option<(usize, &OutlineStep)> {
        let (Place::Stage(place) | Place::Prompt(place, _)) = self.place()?;
        Some((place, self.seen.as_ref()?.outline.steps.get(place)?))
    }

    fn prompt(&self) -> Option<&Prompt> {
        let Place::Prompt(step, prompt) = self.place()? else { return None };
        self.seen.as_ref()?.outline.steps.get(step)?.prompts.get(prompt)
    }

    fn key_at(&self, place: Place) -> Option<Key> {
        let steps = &self.seen.as_ref()?.outline.steps;
        match place {
            Place::Stage(step) => Some((steps.get(step)?.binding.id, None)),
            Place::Prompt(step, prompt) => {
                let step = steps.get(step)?;
                Some((step.binding.id, Some(step.prompts.get(prompt)?.id)))
            }
        }
    }

    /// Whether an action does something now.
    pub fn is_possible(&self, action: Action) -> bool {
        let stage = matches!(self.place(), Some(Place::Stage(_)));
        let steps = self.seen.as_ref().map_or(0, |seen| seen.outline.steps.len());
        match action {
            Action::Edit => self.prompt().is_some(),
            Action::MoveUp => self.step().is_some_and(|(place, _)| place > 0),
            Action::MoveDown => self.step().is_some_and(|(place, _)| place + 1 < steps),
            Action::Unbind => stage,
            Action::Undo => !self.undo.is_empty(),
            Action::Bind => self.seen.as_ref().is_some_and(|seen| !seen.outline.has_invitation_stage()),
            _ => true,
        }
    }

    /// Whether an answer is under way that decides what keys mean.
    pub fn awaits(&self) -> bool {
        self.seen.is_none() || self.asking || self.listing
    }

    /// Does what the key table says.
    pub fn act(&mut self, action: Action) -> Wish {
        if self.choosing.is_some() {
            return self.choose(action);
        }
        let last = self.places().len().saturating_sub(1);
        let screen = self.sight.1.max(2) - 1;
        match action {
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = (self.selected + 1).min(last),
            Action::PageUp => self.selected = self.selected.saturating_sub(screen),
            Action::PageDown => self.selected = (self.selected + screen).min(last),
            Action::First => self.selected = 0,
            Action::Last => self.selected = last,
            Action::Dismiss => return Wish::Close,
            Action::Reload => return Wish::Effect(self.reload()),
            _ if !self.is_possible(action) || self.asking => {}
            Action::MoveUp | Action::MoveDown => return self.move_stage(action == Action::MoveDown),
            Action::BindStage => {
                self.listing = true;
                return Wish::Effect(ask(Ask::Choices(self.flow)));
            }
            Action::Bind => return Wish::Effect(Effect::BindInvitationStage(self.flow)),
            Action::Unbind => return self.unbind(),
            Action::Undo => return self.take_back(),
            Action::Edit => {
                let Some(prompt) = self.prompt().cloned() else { return Wish::Nothing };
                return Wish::Prompt(Box::new(prompt.clone()), self.shared(prompt.id.0).to_vec());
            }
            _ => {}
        }
        Wish::Nothing
    }

    fn shared(&self, id: Uuid) -> &[Slug] {
        self.seen.as_ref().and_then(|seen| seen.shared.get(&id)).map_or(&[], Vec::as_slice)
    }

    fn edit(&self, step: Step, is_undo: bool) -> Option<Edit> {
        let seen = self.seen.as_ref()?.outline.bindings();
        Some(Edit { flow: self.flow, seen, step, is_undo })
    }

    fn begin(&mut self, edit: Option<Edit>) -> Wish {
        let Some(edit) = edit else { return Wish::Nothing };
        self.asking = true;
        Wish::Effect(ask(Ask::Edit(edit)))
    }

    fn move_stage(&mut self, down: bool) -> Wish {
        let (Some((place, _)), Some(seen)) = (self.step(), &self.seen) else { return Wish::Nothing };
        let to = if down { place + 1 } else { place.saturating_sub(1) };
        let orders = moved(&seen.outline.bindings(), place, to);
        let edit = self.edit(Step::Order(orders), false);
        self.begin(edit)
    }

    fn unbind(&self) -> Wish {
        let Some((_, step)) = self.step() else { return Wish::Nothing };
        let (id, stage) = (step.binding.id, text::safe(&step.stage.name));
        match self.edit(Step::Unbind(id), false) {
            Some(edit) => Wish::Question(Question::Unbind(Box::new(edit), stage, self.slug.clone())),
            None => Wish::Nothing,
        }
    }

    /// Does what was asked about before.
    pub fn confirmed(&mut self, edit: Edit) -> Wish {
        self.begin(Some(edit))
    }

    fn take_back(&mut self) -> Wish {
        let step = self.undo.pop();
        let edit = step.and_then(|step| self.edit(step, true));
        self.begin(edit)
    }

    fn choose(&mut self, action: Action) -> Wish {
        let Some((list, stages)) = &mut self.choosing else { return Wish::Nothing };
        list.act(action);
        if list.is_open() {
            return Wish::Nothing;
        }
        let chosen = stages.get(list.chosen()).copied().filter(|_| action == Action::Accept);
        self.choosing = None;
        let edit = chosen.and_then(|stage| self.edit(Step::Bind(stage), false));
        self.begin(edit)
    }

    /// Takes a key into the filter of the drop-down.
    pub fn key(&mut self, key: KeyEvent) {
        if let Some((list, _)) = &mut self.choosing {
            list.key(key);
        }
    }

    /// Takes pasted text into it.
    pub fn paste(&mut self, text: &str) {
        if let Some((list, _)) = &mut self.choosing {
            list.paste(text);
        }
    }

    /// Takes which stages there are to be bound.
    pub fn take_choices(&mut self, choices: Vec<Choice>) {
        self.listing = false;
        if choices.is_empty() {
            return;
        }
        let (labels, stages): (Vec<_>, Vec<_>) = choices.into_iter().map(|it| (it.label, it.stage)).unzip();
        let mut list = DropDown::new(labels, 0);
        list.open();
        self.choosing = Some((list, stages));
    }

    /// Takes the stages as they were read. Where somebody else has rearranged them, what was done here before can't be
    /// taken back any more: it would undo the other's work, too.
    pub fn take_read(&mut self, seen: Seen) {
        let before = self.seen.as_ref().map(|before| before.outline.bindings());
        if !self.asking && before.is_some_and(|before| before != seen.outline.bindings()) {
            self.undo.clear();
        }
        self.take(seen);
    }

    /// Takes the stages as they are now; what was selected stays, wherever it is.
    pub fn take(&mut self, seen: Seen) {
        let key = self.place().and_then(|place| self.key_at(place));
        seen.outline.flow.slug.clone_into(&mut self.slug);
        self.seen = Some(seen);
        self.select(key);
    }

    fn select(&mut self, key: Option<Key>) {
        let places = self.places();
        let found = places.iter().position(|place| key.is_some() && self.key_at(*place) == key);
        self.selected = found.unwrap_or(self.selected).min(places.len().saturating_sub(1));
    }

    /// Takes that a change was made.
    pub fn take_edited(&mut self, edited: Edited) {
        self.asking = false;
        if !edited.is_undo {
            self.undo.push(edited.undo);
        }
        self.take(edited.seen);
        if let Some(show) = edited.show {
            self.select(Some((show, None)));
        }
    }

    /// Takes that a prompt was changed: as it was, and as it is now.
    pub fn take_prompt(&mut self, before: Box<Prompt>, now: Box<Prompt>) {
        self.undo.push(Step::Prompt(now, before));
    }

    /// Takes that a change was not made, or that there is no answer.
    pub fn give_up(&mut self) {
        (self.asking, self.listing) = (false, false);
    }

    /// What somebody else did can't be taken back from here: what was done before is not either.
    pub fn forget(&mut self) {
        self.give_up();
        self.undo.clear();
    }
}
