//! Somebody else changed the same meanwhile: who, when, from what to what, and whose is kept.

use std::io::{BufRead, Write};

use super::Plain;
use super::questions::{HOW, Questions, at};
use super::talk::Stop;
use crate::console::conflict::{Author, Conflict, Now, named};
use crate::console::event::{Change, Effect, Outcome};
use crate::console::form::values::{Pair, group_values, invitation_values, pairs, user_values};
use crate::console::widget::text;
use crate::domain::invitation::InvitationView;
use crate::domain::prompt::{Prompt, PromptDraft};
use crate::domain::validation::FieldErrors;

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Performs a change. Where somebody else was faster it is shown what they changed, and asked whether to write over
    /// it; none where theirs is kept.
    pub(super) async fn carry_out(&mut self, change: &mut Change) -> Result<Option<Outcome>, Stop> {
        loop {
            match self.answer(Effect::Change(Box::new(change.clone()))).await? {
                Some(Outcome::Conflict(conflict)) => {
                    if !self.keeps_ours(change, *conflict)? {
                        return Ok(None);
                    }
                }
                other => return Ok(other),
            }
        }
    }

    /// Performs a change and says how it ended; whether it was made.
    pub(super) async fn change(&mut self, mut change: Change) -> Result<bool, Stop> {
        let Some(outcome) = self.carry_out(&mut change).await? else { return Ok(false) };
        let done = match &outcome {
            Outcome::Done(..) | Outcome::Activated(..) => true,
            Outcome::ChangedAll { done, .. } => !done.is_empty(),
            _ => false,
        };
        self.tell(outcome)?;
        Ok(done)
    }

    /// Asks the questions of a form until the change that is made of the answers is made, or the person gives up; how it
    /// ended.
    pub(super) async fn fill_and_change(
        &mut self,
        mut questions: Questions,
        read: impl Fn(&Questions) -> Result<Change, FieldErrors>,
    ) -> Result<Option<Outcome>, Stop> {
        self.talk.say(HOW)?;
        let mut due = questions.fields();
        let fault = |answers: &Questions, field: &'static str| at(&read(answers), field);
        while self.talk.fill(&mut questions, &due, fault)? {
            let faults = match read(&questions) {
                Ok(mut change) => match self.carry_out(&mut change).await? {
                    Some(Outcome::NotDone(faults)) => faults,
                    Some(failed @ (Outcome::Failed(_) | Outcome::Unreachable(_))) => {
                        self.tell(failed)?;
                        Vec::new()
                    }
                    ended => return Ok(ended),
                },
                Err(faults) => faults.iter().map(|(field, why)| (field.to_owned(), why.to_owned())).collect(),
            };
            faults.iter().try_for_each(|(field, why)| self.talk.say_fault(&questions, field, why))?;
            let wrong: Vec<String> = faults.into_iter().map(|(field, _)| field).collect();
            match self.talk.again(&questions, &wrong)? {
                Some(again) => due = again,
                None => break,
            }
        }
        self.talk.say("Given up, nothing was saved.")?;
        Ok(None)
    }

    fn keeps_ours(&mut self, change: &mut Change, conflict: Conflict) -> Result<bool, Stop> {
        let Conflict { now, author } = conflict;
        let pairs = match (change, now) {
            (Change::User(Some(read), _), Now::User(now)) => {
                let pairs = pairs(user_values(read), user_values(&now));
                *read = now;
                pairs
            }
            (Change::Group { read: Some(read), .. }, Now::Group(now)) => {
                let pairs = pairs(group_values(read), group_values(&now));
                *read = now;
                pairs
            }
            (Change::Prompt(read, _), Now::Prompt(now)) => {
                let pairs = pairs(prompt_values(read), prompt_values(&now));
                *read = now;
                pairs
            }
            _ => Vec::new(),
        };
        self.ask_whose(author.as_ref(), pairs)
    }

    /// The same of an invitation: as it was read, and as it is now.
    pub(super) fn keeps_ours_of(
        &mut self,
        read: &InvitationView,
        now: &InvitationView,
        author: Option<&Author>,
    ) -> Result<bool, Stop> {
        let zone = self.setting.zone;
        self.ask_whose(author, pairs(invitation_values(read, zone), invitation_values(now, zone)))
    }

    fn ask_whose(&mut self, author: Option<&Author>, pairs: Vec<Pair>) -> Result<bool, Stop> {
        let (who, when) = named(author, self.setting.zone);
        self.talk.say(&format!("Error: not saved. {who} changed it{when}."))?;
        for (name, before, after) in pairs.into_iter().filter(|(_, before, after)| before != after) {
            let shown = |value: &str| text::cut(&text::safe(value.trim_end()), 200);
            self.talk.say(&format!("  {name}: from `{}` to `{}`", shown(&before), shown(&after)))?;
        }
        let ours = self.talk.confirm("Save yours over that?")?;
        if !ours {
            self.talk.say("Nothing was saved.")?;
        }
        Ok(ours)
    }
}

fn prompt_values(prompt: &Prompt) -> Vec<(&'static str, String)> {
    let of = PromptDraft::of(prompt);
    vec![
        ("label", of.label),
        ("order", of.order),
        ("required", if of.required { "yes" } else { "no" }.to_owned()),
        ("placeholder", of.placeholder),
        ("initial value", of.initial_value),
        ("sub text", of.sub_text),
    ]
}
