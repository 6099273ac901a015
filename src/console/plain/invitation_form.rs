//! The questions of the dialog that makes and edits invitations.

use std::io::{BufRead, Write};

use super::Plain;
use super::answers::refused;
use super::talk::Stop;
use crate::console::attributes;
use crate::console::event::{Effect, Outcome, Refusal};
use crate::console::form::invitation::default_expiry;
use crate::domain::flow::Outline;
use crate::domain::id::FlowId;
use crate::domain::invitation::{Draft, InvitationView, Settings};
use crate::domain::slug::Slug;

/// How saving ended.
enum Saved {
    /// It is over: as it is now, where it is there.
    Done(Option<Box<InvitationView>>),
    /// Something that was answered has to be answered in another way.
    Refused,
}

/// A flow, or any.
pub(super) struct Chosen(pub Option<FlowId>);

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Asks for everything and saves it: changes `edited`, or makes a new one that may begin `like` another. None where
    /// the person gave up or it could not be saved.
    pub(super) async fn invitation_form(
        &mut self,
        edited: Option<&InvitationView>,
        like: Option<&InvitationView>,
    ) -> Result<Option<InvitationView>, Stop> {
        self.talk.say("Enter keeps what stands in brackets, - empties it, a single dot gives up.")?;
        let outlines = match self.world.perform(Effect::LoadFlowChoices).await {
            Some(Outcome::FlowChoices(outlines)) => outlines,
            _ => Vec::new(),
        };
        let mut name = match (edited, like) {
            (Some(view), _) => view.invitation.settings.name.to_string(),
            (None, Some(view)) => view.invitation.settings.name.following().to_string(),
            (None, None) => String::new(),
        };
        loop {
            let Some(settings) = self.ask_settings(&name, edited, like, &outlines)? else { return self.given_up() };
            name = settings.name.to_string();
            match self.save(edited, settings).await? {
                Saved::Done(view) => return Ok(view.map(|view| *view)),
                Saved::Refused => {}
            }
        }
    }

    /// Saves it. Where somebody else was faster it is shown what they changed, and asked whether to write over it.
    async fn save(&mut self, edited: Option<&InvitationView>, settings: Settings) -> Result<Saved, Stop> {
        let mut read = edited.cloned();
        loop {
            let place = read.as_ref().map(|view| (view.invitation.id, view.invitation.revision));
            let effect = Effect::SaveInvitation { edited: place, settings: settings.clone() };
            match (self.world.perform(effect).await, &read) {
                (Some(Outcome::Saved(view)), _) => {
                    self.tell(Outcome::Saved(view.clone()))?;
                    return Ok(Saved::Done(Some(view)));
                }
                (Some(Outcome::NotSaved(refusal @ (Refusal::NameTaken | Refusal::Spent(_)))), _) => {
                    self.talk.say(&format!("Error: {}", refused(&refusal)))?;
                    return Ok(Saved::Refused);
                }
                (Some(Outcome::NotSaved(Refusal::Stale(now, author))), Some(before)) => {
                    if !self.keeps_ours_of(before, &now, author.as_ref())? {
                        // What there is now is what the menu goes on with.
                        return Ok(Saved::Done(Some(now)));
                    }
                    read = Some(*now);
                }
                (Some(other), _) => {
                    self.tell(other)?;
                    return Ok(Saved::Done(None));
                }
                (None, _) => return Ok(Saved::Done(None)),
            }
        }
    }

    fn given_up(&mut self) -> Result<Option<InvitationView>, Stop> {
        self.talk.say("Given up, nothing was saved.")?;
        Ok(None)
    }

    fn ask_settings(
        &mut self,
        name: &str,
        edited: Option<&InvitationView>,
        like: Option<&InvitationView>,
        outlines: &[Outline],
    ) -> Result<Option<Settings>, Stop> {
        let before = edited.or(like).map(|view| view.invitation.settings.clone());
        let (zone, now) = (self.setting.zone, (self.world.clock)());
        let slug = |typed: &str| Slug::parse(typed).map(|slug| slug.to_string());
        let Some(name) = self.talk.ask_for("Name", name, slug)? else { return Ok(None) };
        let kept = match &before {
            Some(settings) if edited.is_some() || settings.expires.is_none_or(|end| end > now) => {
                settings.expires.map_or_else(|| "never".to_owned(), |end| zone.typed(end))
            }
            _ => default_expiry(self.setting.default_expiry_days),
        };
        let untouched = |typed: &str| edited.is_some() && typed == kept;
        let expiry = |typed: &str| match &before {
            Some(settings) if untouched(typed) => Ok(settings.expires),
            _ => zone.parse_expiry(if typed.is_empty() { "never" } else { typed }, now),
        };
        let label = "Expires, as +7d, 2w, tomorrow 18:00 or never";
        let Some(expires) = self.talk.ask_for(label, &kept, expiry)? else { return Ok(None) };
        let chosen = before.as_ref().and_then(|settings| settings.flow);
        let Some(Chosen(flow)) = self.ask_flow(chosen, outlines)? else { return Ok(None) };
        let data = before.as_ref().map(|settings| &settings.fixed_data).filter(|data| !data.is_empty());
        let data = data.and_then(|data| serde_json::to_string(data).ok()).unwrap_or_default();
        let label = "Custom attributes, YAML or JSON on one line";
        let Some(fixed_data) = self.talk.ask_for(label, &data, attributes::read)? else { return Ok(None) };
        let kept = match &before {
            Some(settings) => settings.max_uses.map_or_else(|| "any".to_owned(), |most| most.to_string()),
            None => "1".to_owned(),
        };
        let uses = |typed: &str| match typed {
            "" | "any" => Ok(None),
            number => number.parse::<u32>().map(Some).map_err(|_| "type a whole number, or any.".to_owned()),
        };
        let Some(max_uses) = self.talk.ask_for("How many may use it, or any", &kept, uses)? else { return Ok(None) };
        let note = before.map(|settings| settings.note).unwrap_or_default();
        let Some(note) = self.talk.ask("Note", &note)? else { return Ok(None) };
        match Settings::check(Draft { name, flow, expires, fixed_data, max_uses, note }, now) {
            Ok(settings) => Ok(Some(settings)),
            Err(faults) => {
                faults.iter().try_for_each(|(field, why)| self.talk.say(&format!("Error: {field}: {why}")))?;
                Ok(None)
            }
        }
    }

    /// Asks for a flow by number.
    pub(super) fn ask_flow(&mut self, chosen: Option<FlowId>, outlines: &[Outline]) -> Result<Option<Chosen>, Stop> {
        let mut flows = vec![(None, "any flow".to_owned())];
        for outline in outlines {
            let lacks = if outline.has_invitation_stage() { "" } else { ", without an invitation stage" };
            flows.push((Some(outline.flow.id), format!("{}{lacks}", outline.flow.slug)));
        }
        for (number, (_, label)) in flows.iter().enumerate() {
            self.talk.say(&format!("  {} {label}", number + 1))?;
        }
        // A new invitation begins with the first flow that invitations are for.
        let first = outlines.iter().find(|outline| outline.has_invitation_stage()).map(|outline| outline.flow.id);
        let kept = flows.iter().position(|(flow, _)| *flow == chosen.or(first)).unwrap_or(0) + 1;
        let read = |typed: &str| {
            let at = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let by_name = || flows.iter().position(|(_, label)| label == typed);
            at.filter(|at| *at < flows.len())
                .or_else(by_name)
                .map(|at| Chosen(flows[at].0))
                .ok_or_else(|| format!("type a number from 1 to {}.", flows.len()))
        };
        self.talk.ask_for("Flow", &kept.to_string(), read)
    }
}
