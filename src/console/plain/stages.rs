//! The stages of a flow, read out and rearranged.

use std::io::{BufRead, Write};

use super::Plain;
use super::questions::{Questions, yes_or_no};
use super::talk::Stop;
use crate::console::conflict;
use crate::console::event::{Change, Effect, Outcome};
use crate::console::stages::{Answer, Ask, Edit, Seen, Step};
use crate::console::widget::text;
use crate::domain::execution;
use crate::domain::flow::{OutlineStep, moved};
use crate::domain::id::{BindingId, FlowId};
use crate::domain::prompt::{Prompt, PromptDraft};
use crate::domain::validation::FieldErrors;
use crate::policy::check_prompt;
use crate::store::flows::FlowView;

/// What is chosen of a flow's stages.
#[derive(Debug, Clone, Copy)]
enum Pick {
    Stage(BindingId),
    Bind,
    Invitation,
    Undo,
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Earlier,
    Later,
    Unbind,
    Prompt(usize),
}

impl<R: BufRead, W: Write> Plain<R, W> {
    /// The stages of a flow: each opens, others can be bound.
    pub(super) async fn stages(&mut self, row: &FlowView) -> Result<(), Stop> {
        let flow = row.flow.id;
        let mut undo: Vec<Step> = Vec::new();
        while let Some(seen) = self.read_stages(flow).await? {
            let outline = &seen.outline;
            let mut choices: Vec<(Pick, String)> = outline.steps.iter().map(stage).collect();
            choices.push((Pick::Bind, "Bind another stage, last in order".to_owned()));
            if !outline.has_invitation_stage() {
                choices.push((Pick::Invitation, "Invitation stage: bind one, first in order".to_owned()));
            }
            if !undo.is_empty() {
                choices.push((Pick::Undo, "Undo what was done last".to_owned()));
            }
            match self.talk.choose(&format!("Stages of {}", outline.flow.slug), &choices)? {
                None => return Ok(()),
                Some(Pick::Stage(id)) => self.stage(id, seen, &mut undo).await?,
                Some(Pick::Bind) => self.bind_stage(&seen, &mut undo).await?,
                Some(Pick::Invitation) => self.perform(Effect::BindInvitationStage(flow)).await?,
                Some(Pick::Undo) => {
                    // It is forgotten when it has succeeded.
                    if let Some(step) = undo.last().cloned()
                        && self.rearrange(&seen, step, true, &mut undo).await?.is_some()
                    {
                        undo.pop();
                    }
                }
            }
        }
        Ok(())
    }

    async fn read_stages(&mut self, flow: FlowId) -> Result<Option<Seen>, Stop> {
        match self.answer(Effect::Stages(Box::new(Ask::Load(flow)))).await? {
            Some(Outcome::Stages(answer)) => match *answer {
                Answer::Loaded(_, Some(seen)) => return Ok(Some(*seen)),
                _ => self.talk.say("Error: somebody deleted the flow in the meantime.")?,
            },
            Some(other) => self.tell(other)?,
            None => {}
        }
        Ok(None)
    }

    /// One stage, as long as it is bound and something is done to it.
    async fn stage(&mut self, id: BindingId, mut seen: Seen, undo: &mut Vec<Step>) -> Result<(), Stop> {
        loop {
            let steps = &seen.outline.steps;
            let Some(place) = steps.iter().position(|step| step.binding.id == id) else { return Ok(()) };
            let step = steps[place].clone();
            let mut acts: Vec<(Act, String)> = Vec::new();
            if place > 0 {
                acts.push((Act::Earlier, "Earlier: let it come before the one before".to_owned()));
            }
            if place + 1 < steps.len() {
                acts.push((Act::Later, "Later: let it come behind the next one".to_owned()));
            }
            acts.push((Act::Unbind, "Unbind it; the stage stays".to_owned()));
            let prompts = step.prompts.iter().enumerate();
            acts.extend(prompts.map(|(index, prompt)| {
                (Act::Prompt(index), format!("Prompt {}, field {}", prompt.label, prompt.field_key))
            }));
            let title = format!("Stage {}, {} of {}", step.stage.name, place + 1, steps.len());
            let to = match self.talk.choose(&title, &acts)? {
                None => return Ok(()),
                Some(Act::Earlier) => place.saturating_sub(1),
                Some(Act::Later) => place + 1,
                Some(Act::Unbind) => {
                    if self.talk.confirm(&format!("Unbind {} from {}?", step.stage.name, seen.outline.flow.slug))? {
                        self.rearrange(&seen, Step::Unbind(id), false, undo).await?;
                    }
                    return Ok(());
                }
                Some(Act::Prompt(index)) => {
                    let Some(prompt) = step.prompts.get(index) else { return Ok(()) };
                    self.prompt(prompt, &seen, undo).await?;
                    let Some(now) = self.read_stages(seen.outline.flow.id).await? else { return Ok(()) };
                    seen = now;
                    continue;
                }
            };
            let orders = moved(&seen.outline.bindings(), place, to);
            match self.rearrange(&seen, Step::Order(orders), false, undo).await? {
                Some(now) => seen = now,
                None => return Ok(()),
            }
        }
    }

    async fn bind_stage(&mut self, seen: &Seen, undo: &mut Vec<Step>) -> Result<(), Stop> {
        let ask = Ask::Choices(seen.outline.flow.id);
        let choices = match self.answer(Effect::Stages(Box::new(ask))).await? {
            Some(Outcome::Stages(answer)) => match *answer {
                Answer::Choices(_, choices) => choices,
                _ => return Ok(()),
            },
            Some(other) => return self.tell(other),
            None => return Ok(()),
        };
        let choices: Vec<_> = choices.into_iter().map(|it| (it.stage, it.label)).collect();
        if let Some(stage) = self.talk.choose("Which stage? A number, or how its kind begins", &choices)? {
            self.rearrange(seen, Step::Bind(stage), false, undo).await?;
        }
        Ok(())
    }

    /// Does it and says how that ended; the stages as they are now, where that was told.
    async fn rearrange(
        &mut self,
        seen: &Seen,
        step: Step,
        is_undo: bool,
        undo: &mut Vec<Step>,
    ) -> Result<Option<Seen>, Stop> {
        let outline = &seen.outline;
        let edit = Edit { flow: outline.flow.id, seen: outline.bindings(), step, is_undo };
        match self.answer(Effect::Stages(Box::new(Ask::Edit(edit)))).await? {
            Some(Outcome::Stages(answer)) => match *answer {
                Answer::Edited(done) => {
                    self.talk.say(&text::safe(&done.said))?;
                    if !is_undo {
                        undo.push(done.undo);
                    }
                    return Ok(Some(done.seen));
                }
                Answer::Stale(author, now) => {
                    let slug = &now.outline.flow.slug;
                    let why = conflict::told_of_stages(author.as_ref(), slug, self.setting.zone);
                    self.talk.say(&format!("Error: {why}"))?;
                    undo.clear();
                }
                Answer::Refused(_, why) => self.talk.say(&format!("Error: {why}"))?,
                _ => self.talk.say("Error: somebody deleted the flow in the meantime.")?,
            },
            Some(other) => self.tell(other)?,
            None => {}
        }
        Ok(None)
    }

    async fn prompt(&mut self, read: &Prompt, seen: &Seen, undo: &mut Vec<Step>) -> Result<(), Stop> {
        if let Some(others) = seen.shared.get(&read.id.0) {
            let others: Vec<&str> = others.iter().map(crate::domain::slug::Slug::as_str).collect();
            self.talk
                .say(&format!("It is asked in other flows, too, and changed there as well: {}.", others.join(", ")))?;
        }
        let draft = PromptDraft::of(read);
        let questions = Questions::default()
            .with("label", "Label", draft.label.as_str())
            .with("order", "Order", draft.order.as_str())
            .with("required", "Required", if draft.required { "yes" } else { "no" });
        let questions = with_text(questions, "placeholder", "Placeholder", &draft.placeholder);
        let questions = with_text(questions, "initial_value", "Initial value", &draft.initial_value);
        let questions = with_text(questions, "sub_text", "Sub text", &draft.sub_text);
        let change = |answers: &Questions| {
            let mut errors = FieldErrors::new();
            let required = errors.keep("required", yes_or_no(answers.answer("required")));
            let text = |field, kept: &str| text_of(answers.answer(field), kept);
            let draft = PromptDraft {
                label: answers.answer("label").to_owned(),
                order: answers.answer("order").to_owned(),
                required: required.unwrap_or_default(),
                placeholder: text("placeholder", &draft.placeholder),
                initial_value: text("initial_value", &draft.initial_value),
                sub_text: text("sub_text", &draft.sub_text),
            };
            match check_prompt(&draft, read) {
                Ok(prompt) => errors.into_result().map(|()| Change::Prompt(Box::new(read.clone()), Box::new(prompt))),
                Err(faults) => {
                    faults.iter().for_each(|(field, why)| errors.add(field, why));
                    Err(errors)
                }
            }
        };
        match self.fill_and_change(questions, change).await? {
            Some(Outcome::PromptSaved(before, now)) => {
                self.talk.say(&format!("Saved {}.", text::safe(&now.name)))?;
                undo.push(Step::Prompt(now, before));
                Ok(())
            }
            Some(other) => self.tell(other),
            None => Ok(()),
        }
    }
}

/// Whether a text has to be typed with signs for what one line can't hold.
fn is_escaped(text: &str) -> bool {
    text.contains(['\n', '\r', '\t', '\\'])
}

/// Asks for a text that may have several lines: there `\n` stands for where one ends.
fn with_text(questions: Questions, field: &'static str, label: &str, kept: &str) -> Questions {
    if !is_escaped(kept) {
        return questions.with(field, label, kept);
    }
    let shown = kept.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
    questions.with(field, &format!("{label}, with \\n between lines"), shown)
}

/// What was typed for such a text.
fn text_of(typed: &str, kept: &str) -> String {
    if is_escaped(kept) { unescaped(typed) } else { typed.to_owned() }
}

fn unescaped(typed: &str) -> String {
    let mut text = String::new();
    let mut letters = typed.chars();
    while let Some(letter) = letters.next() {
        let next = if letter == '\\' { letters.next() } else { None };
        text.push(match next {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some(other) => other,
            None => letter,
        });
    }
    text
}

/// A stage in one line.
fn stage(step: &OutlineStep) -> (Pick, String) {
    let prompts = match step.prompts.len() {
        0 => String::new(),
        count => format!(", {}", text::count(count as u64, "prompt")),
    };
    let problem = if execution::obstacle(step).is_some() { ", not executed here" } else { "" };
    let (kind, order) = (step.stage.kind.label(), step.binding.order);
    (Pick::Stage(step.binding.id), format!("{kind} {}, order {order}{prompts}{problem}", step.stage.name))
}
