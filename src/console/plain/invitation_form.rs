//! The questions of the dialog that makes and edits invitations.

use std::io::{BufRead, Write};

use chrono::{DateTime, Utc};

use super::Plain;
use super::answers::refused;
use super::questions::{HOW, Questions, at};
use super::talk::Stop;
use crate::console::attributes;
use crate::console::event::{Effect, Outcome, Refusal};
use crate::console::form::invitation::default_expiry;
use crate::console::zone::Zone;
use crate::domain::Mapping;
use crate::domain::flow::Outline;
use crate::domain::id::FlowId;
use crate::domain::invitation::{Draft, InvitationView, Settings};
use crate::domain::slug::Slug;
use crate::domain::validation::FieldErrors;

/// How the end of an invitation is asked for.
pub(super) const LABEL_OF_END: &str = "Expires, as +7d, 2w, tomorrow 18:00 or never";

/// How saving ended.
enum Saved {
    /// It is over: as it is now, where it is there.
    Done(Option<Box<InvitationView>>),
    /// What was answered at this field has to be answered in another way; at none where it is not told.
    Refused(&'static str),
}

/// The flows that an invitation can be for, by number.
pub(super) struct Flows(Vec<(Option<FlowId>, String)>);

impl Flows {
    /// Any flow, the enrollment flows, and the one that was chosen although it is none.
    pub fn new(outlines: &[Outline], chosen: Option<(FlowId, &Slug)>) -> Self {
        let mut flows = vec![(None, "any flow".to_owned())];
        for outline in outlines {
            let lacks = if outline.has_invitation_stage() { "" } else { ", without an invitation stage" };
            flows.push((Some(outline.flow.id), format!("{}{lacks}", outline.flow.slug)));
        }
        if let Some((id, slug)) = chosen
            && !flows.iter().any(|(flow, _)| *flow == Some(id))
        {
            flows.push((Some(id), format!("{slug}, not for enrollment")));
        }
        Self(flows)
    }

    /// A line for each.
    pub fn lines(&self) -> Vec<String> {
        self.0.iter().enumerate().map(|(at, (_, label))| format!("  {} {label}", at + 1)).collect()
    }

    /// The number of a flow.
    pub fn number(&self, flow: Option<FlowId>) -> String {
        (self.0.iter().position(|(other, _)| *other == flow).unwrap_or(0) + 1).to_string()
    }

    /// The flow of a number, or of a name.
    pub fn read(&self, typed: &str) -> Result<Option<FlowId>, String> {
        let by_number = typed.parse::<usize>().ok().and_then(|number| self.0.get(number.checked_sub(1)?));
        let named = |label: &str| label.split(',').next() == Some(typed);
        by_number
            .or_else(|| self.0.iter().find(|(_, label)| named(label)))
            .map(|(flow, _)| *flow)
            .ok_or_else(|| format!("type a number from 1 to {}.", self.0.len()))
    }
}

/// What a new invitation is for: the first flow that invitations are for.
pub(super) fn first_open(outlines: &[Outline]) -> Option<FlowId> {
    outlines.iter().find(|outline| outline.has_invitation_stage()).map(|outline| outline.flow.id)
}

/// What the answers are read by.
struct Reader {
    flows: Flows,
    /// The end that an edited invitation has, as it is typed: untouched it stays, even where it is over.
    kept_end: Option<(String, Option<DateTime<Utc>>)>,
    zone: Zone,
    now: DateTime<Utc>,
}

impl Reader {
    fn read(&self, answers: &Questions) -> Result<Settings, FieldErrors> {
        let mut errors = FieldErrors::new();
        let typed = answers.answer("expires");
        let kept_end = self.kept_end.as_ref().filter(|(kept, _)| kept == typed).map(|(_, end)| *end);
        let expires = match kept_end {
            Some(_) => Some(None),
            None => {
                errors.keep("expires", self.zone.parse_expiry(if typed.is_empty() { "never" } else { typed }, self.now))
            }
        };
        let flow = errors.keep("flow", self.flows.read(answers.answer("flow")));
        let fixed_data = errors.keep("fixed_data", attributes::read(answers.answer("fixed_data")));
        let max_uses = errors.keep("max_uses", uses(answers.answer("max_uses")));
        let draft = Draft {
            name: answers.answer("name").to_owned(),
            flow: flow.flatten(),
            expires: expires.flatten(),
            fixed_data: fixed_data.unwrap_or_default(),
            max_uses: max_uses.flatten(),
            note: answers.answer("note").to_owned(),
        };
        match Settings::check(draft, self.now) {
            Ok(settings) if errors.is_empty() => {
                Ok(Settings { expires: kept_end.unwrap_or(settings.expires), ..settings })
            }
            checked => {
                let faults = checked.err().unwrap_or_default();
                faults.iter().for_each(|(field, why)| errors.add(field, why));
                Err(errors)
            }
        }
    }
}

/// How many may use it.
fn uses(typed: &str) -> Result<Option<u32>, String> {
    match typed {
        "" | "any" => Ok(None),
        number => match number.parse::<u32>() {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ => Err("type a whole number above zero, or any.".to_owned()),
        },
    }
}

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Asks for everything and saves it: changes `edited`, or makes a new one that may begin `like` another. None where
    /// the person gave up or it could not be saved.
    pub(super) async fn invitation_form(
        &mut self,
        edited: Option<&InvitationView>,
        like: Option<&InvitationView>,
    ) -> Result<Option<InvitationView>, Stop> {
        self.talk.say(HOW)?;
        let outlines = self.flow_choices().await?;
        let chosen = edited.or(like).and_then(|view| view.invitation.settings.flow.zip(view.flow_slug.as_ref()));
        let flows = Flows::new(&outlines, chosen);
        let mut questions = self.invitation_questions(edited, like, &flows, first_open(&outlines));
        let kept_end = edited.map(|view| (questions.answer("expires").to_owned(), view.invitation.settings.expires));
        let mut reader = Reader { flows, kept_end, zone: self.setting.zone, now: (self.world.clock)() };
        let mut due = questions.fields();
        loop {
            if !self.ask_invitation(&mut questions, &due, &reader, edited).await? {
                return self.talk.say("Given up, nothing was saved.").map(|()| None);
            }
            // Answering took its time.
            reader.now = (self.world.clock)();
            let refused = match reader.read(&questions) {
                Ok(settings) => match self.save(edited, settings, &questions).await? {
                    Saved::Done(view) => return Ok(view.map(|view| *view)),
                    Saved::Refused(field) => vec![field.to_owned()],
                },
                Err(faults) => {
                    faults.iter().try_for_each(|(field, why)| self.talk.say_fault(&questions, field, why))?;
                    faults.iter().map(|(field, _)| field.to_owned()).collect()
                }
            };
            match self.talk.again(&questions, &refused)? {
                Some(again) => due = again,
                None => return self.talk.say("Given up, nothing was saved.").map(|()| None),
            }
        }
    }

    pub(super) async fn flow_choices(&mut self) -> Result<Vec<Outline>, Stop> {
        match self.answer(Effect::LoadFlowChoices).await? {
            Some(Outcome::FlowChoices(outlines)) => Ok(outlines),
            Some(other) => self.tell(other).map(|()| Vec::new()),
            None => Ok(Vec::new()),
        }
    }

    fn invitation_questions(
        &self,
        edited: Option<&InvitationView>,
        like: Option<&InvitationView>,
        flows: &Flows,
        first: Option<FlowId>,
    ) -> Questions {
        let (zone, now) = (self.setting.zone, (self.world.clock)());
        let before = edited.or(like).map(|view| &view.invitation.settings);
        let name = match (edited, like) {
            (Some(view), _) => view.invitation.settings.name.to_string(),
            (None, Some(view)) => view.invitation.settings.name.following().to_string(),
            (None, None) => String::new(),
        };
        let expires = match before {
            Some(settings) if edited.is_some() || settings.expires.is_none_or(|end| end > now) => {
                settings.expires.map_or_else(|| "never".to_owned(), |end| zone.typed(end))
            }
            _ => default_expiry(self.setting.default_expiry_days),
        };
        let flow = before.map_or(first, |settings| settings.flow);
        let uses = match before {
            Some(settings) => settings.max_uses.map_or_else(|| "any".to_owned(), |most| most.to_string()),
            None => "1".to_owned(),
        };
        let data = before.map(|settings| on_one_line(&settings.fixed_data)).unwrap_or_default();
        Questions::default()
            .with("name", "Name", name)
            .with("expires", LABEL_OF_END, expires)
            .with_choices("flow", "Flow", flows.lines(), flows.number(flow))
            .with("fixed_data", "Custom attributes, YAML or JSON on one line", data)
            .with("max_uses", "How many may use it, or any", uses)
            .with("note", "Note", before.map(|settings| settings.note.clone()).unwrap_or_default())
    }

    /// Asks for these fields. Whether the name is free is known at once, and said.
    async fn ask_invitation(
        &mut self,
        questions: &mut Questions,
        due: &[&'static str],
        reader: &Reader,
        edited: Option<&InvitationView>,
    ) -> Result<bool, Stop> {
        let fault = |answers: &Questions, field: &'static str| at(&reader.read(answers), field);
        for field in due {
            loop {
                if !self.talk.fill(questions, &[field], fault)? {
                    return Ok(false);
                }
                if *field != "name" {
                    break;
                }
                let Ok(name) = Slug::parse(questions.answer("name")) else { break };
                let own = edited.map(|view| view.invitation.id);
                match self.answer(Effect::CheckName(name, own)).await? {
                    Some(Outcome::NameChecked(_, Some(free))) => {
                        let why = format!("another invitation has that name; {free} is free.");
                        self.talk.say_fault(questions, "name", &why)?;
                    }
                    _ => break,
                }
            }
        }
        Ok(true)
    }

    /// Saves it. Where somebody else was faster it is shown what they changed, and asked whether to write over it.
    async fn save(
        &mut self,
        edited: Option<&InvitationView>,
        settings: Settings,
        questions: &Questions,
    ) -> Result<Saved, Stop> {
        let mut read = edited.cloned();
        loop {
            let place = read.as_ref().map(|view| (view.invitation.id, view.invitation.revision));
            let effect = Effect::SaveInvitation { edited: place, settings: settings.clone() };
            let refusal = match self.answer(effect).await? {
                Some(Outcome::Saved(view)) => {
                    self.keep_undo_of_saving(read.as_ref(), &view);
                    self.talk.say(&format!("Saved {}. undo takes that back.", view.invitation.settings.name))?;
                    return Ok(Saved::Done(Some(view)));
                }
                Some(Outcome::NotSaved(refusal)) => refusal,
                Some(other) => {
                    self.tell(other)?;
                    return Ok(Saved::Refused(""));
                }
                None => return Ok(Saved::Done(None)),
            };
            match (&refusal, &read) {
                (Refusal::NameTaken | Refusal::Spent(_), _) => {
                    let field = if refusal == Refusal::NameTaken { "name" } else { "max_uses" };
                    self.talk.say_fault(questions, field, &refused(&refusal))?;
                    return Ok(Saved::Refused(field));
                }
                (Refusal::Stale(now, author), Some(before)) => {
                    if !self.keeps_ours_of(before, now, author.as_ref())? {
                        // What there is now is what the menu goes on with.
                        return Ok(Saved::Done(Some(now.clone())));
                    }
                    read = Some((**now).clone());
                }
                (Refusal::Gone(_), _) => {
                    self.tell(Outcome::NotSaved(refusal))?;
                    return Ok(Saved::Done(None));
                }
                _ => {
                    self.tell(Outcome::NotSaved(refusal))?;
                    return Ok(Saved::Refused(""));
                }
            }
        }
    }
}

/// Attributes on one line; nothing where there are none.
pub(super) fn on_one_line(data: &Mapping) -> String {
    if data.is_empty() { String::new() } else { serde_json::to_string(data).unwrap_or_default() }
}
