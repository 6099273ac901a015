//! Many invitations at once: what is asked, what would be made, and the making.

use std::io::{BufRead, Write};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Plain;
use super::invitation_form::{Flows, LABEL_OF_END, first_open};
use super::questions::{HOW, Questions, at};
use super::talk::Stop;
use crate::batch::{Link, Plan, Template};
use crate::console::app::undo::Undo;
use crate::console::batch::{Answer, Ask, Making, Stop as GiveUp, Wanted};
use crate::console::event::{Effect, Named, Outcome};
use crate::console::form::invitation::default_expiry;
use crate::console::widget::text;
use crate::console::zone::Zone;
use crate::domain::Mapping;
use crate::domain::id::FlowId;
use crate::domain::invitation::InvitationView;
use crate::domain::slug::Slug;
use crate::domain::text::check_line;
use crate::domain::validation::FieldErrors;
use crate::domain::when;

/// So many names are said before it is asked whether to make them.
const NAMED: usize = 10;

/// What there is one invitation for each of: so many, or the rows of a file.
enum Each {
    Count(usize),
    File(String),
}

/// What the answers are read by.
struct Reader {
    flows: Flows,
    proposed: Option<Template>,
    fixed_data: Mapping,
    zone: Zone,
    now: DateTime<Utc>,
}

impl Reader {
    fn read(&self, answers: &Questions) -> Result<Wanted, FieldErrors> {
        let mut errors = FieldErrors::new();
        let each = errors.keep("each", each(answers.answer("each"))).unwrap_or(Each::Count(1));
        let (count, file) = match each {
            Each::Count(count) => (count, None),
            Each::File(path) => (0, Some(path)),
        };
        let template = match answers.answer("names") {
            // The file may name them.
            "" if file.is_some() => None,
            typed => errors.keep("names", Template::parse(typed)),
        };
        let flow = errors.keep("flow", self.flows.read(answers.answer("flow"))).flatten();
        let expires = errors.keep("expires", self.end(answers.answer("expires"))).flatten();
        let note = answers.answer("note");
        errors.keep("note", check_line(note, 500));
        errors.into_result()?;
        Ok(Wanted {
            count,
            file,
            is_proposed: template.is_some() && template == self.proposed,
            template,
            flow,
            expires,
            fixed_data: self.fixed_data.clone(),
            note: note.to_owned(),
            free_names: false,
        })
    }

    fn end(&self, typed: &str) -> Result<Option<DateTime<Utc>>, String> {
        let expires = self.zone.parse_expiry(if typed.is_empty() { "never" } else { typed }, self.now)?;
        when::check_future(expires, self.now).map(|()| expires)
    }
}

fn each(typed: &str) -> Result<Each, String> {
    match typed.parse::<usize>() {
        Ok(0) => Err("type a number above zero, or the path of a file.".to_owned()),
        Ok(count) => Ok(Each::Count(count)),
        Err(_) if typed.is_empty() => Err("type a number, or the path of a file.".to_owned()),
        Err(_) => Ok(Each::File(typed.to_owned())),
    }
}

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Asks for everything, says what would be made, and makes it. It may begin like another invitation, or with a flow.
    pub(super) async fn batch(
        &mut self,
        like: Option<&InvitationView>,
        flow: Option<(FlowId, &Slug)>,
    ) -> Result<(), Stop> {
        self.talk.say(HOW)?;
        let outlines = self.flow_choices().await?;
        let chosen = like.and_then(|row| row.invitation.settings.flow.zip(row.flow_slug.as_ref())).or(flow);
        let flows = Flows::new(&outlines, chosen);
        let flow = match (like, chosen) {
            (Some(_), chosen) => chosen.map(|(id, _)| id),
            (None, chosen) => chosen.map(|(id, _)| id).or(first_open(&outlines)),
        };
        let settings = like.map(|row| &row.invitation.settings);
        let stem = settings.map_or("guest", |settings| settings.name.as_str());
        let proposed = format!("{stem}-{{n:2}}");
        let mut questions = Questions::default()
            .with("each", "How many, or a CSV file with a row for each", "10")
            .with("names", "Names, with {n} for the number and {email} and the like for columns", proposed.as_str())
            .with_choices("flow", "Flow", flows.lines(), flows.number(flow))
            .with("expires", LABEL_OF_END, default_expiry(self.setting.default_expiry_days))
            .with("note", "Note", settings.map_or("", |settings| &settings.note))
            .with("file", "Write the links to a new CSV file, or none", "");
        let fixed_data = settings.map(|settings| settings.fixed_data.clone()).unwrap_or_default();
        let (zone, now) = (self.setting.zone, (self.world.clock)());
        let reader = Reader { flows, proposed: Template::parse(&proposed).ok(), fixed_data, zone, now };
        let mut due = questions.fields();
        loop {
            let fault = |answers: &Questions, field: &'static str| at(&reader.read(answers), field);
            if !self.talk.fill(&mut questions, &due, fault)? {
                return self.talk.say("Given up, nothing was made.");
            }
            match reader.read(&questions) {
                Ok(wanted) => {
                    if let Some(plan) = self.plan(wanted).await? {
                        let file = questions.answer("file");
                        return self.make(plan, (!file.is_empty()).then(|| file.to_owned())).await;
                    }
                }
                Err(faults) => {
                    faults.iter().try_for_each(|(field, why)| self.talk.say_fault(&questions, field, why))?;
                }
            }
            match self.talk.again(&questions, &[])? {
                Some(again) => due = again,
                None => return self.talk.say("Nothing was made."),
            }
        }
    }

    /// Says what would be made, and asks about names that are taken; none where it can't be made.
    async fn plan(&mut self, mut wanted: Wanted) -> Result<Option<Arc<Plan>>, Stop> {
        loop {
            let plan = match self.ask_world_of_batch(Ask::Plan(wanted.clone())).await? {
                Some(Answer::Planned(Ok(plan))) => plan,
                Some(Answer::Planned(Err(faults))) => {
                    faults.iter().try_for_each(|why| self.talk.say(&format!("Error: {why}")))?;
                    return Ok(None);
                }
                _ => return Ok(None),
            };
            self.say_plan(&plan)?;
            if plan.is_ready() {
                return Ok(Some(plan));
            }
            if plan.taken == 0 || wanted.free_names || !self.talk.confirm("Take free names instead?")? {
                return Ok(None);
            }
            wanted.free_names = true;
        }
    }

    async fn make(&mut self, plan: Arc<Plan>, file: Option<String>) -> Result<(), Stop> {
        if !self.talk.confirm("Make them, all or none?")? {
            return self.talk.say("Nothing was made.");
        }
        let public_url = self.setting.public_url.clone();
        let making = Making { plan, public_url, file: file.clone(), stop: GiveUp::default() };
        match self.ask_world_of_batch(Ask::Make(making)).await? {
            Some(Answer::Made(links)) => {
                let named = |link: &Link| Named { id: link.id, name: link.name.clone() };
                self.undo.push(Undo::Create(links.iter().map(named).collect()));
                let count = text::count(links.len() as u64, "invitation");
                self.talk.say(&format!("Made {count}. undo takes them all back."))?;
                match file {
                    Some(path) => self.talk.say(&format!("Their links are in {path}.")),
                    None => links.iter().try_for_each(|it| self.talk.say(&format!("{} {}", it.name, it.link))),
                }
            }
            Some(Answer::NotMade(why)) => {
                let why = why.unwrap_or_else(|| "it was given up.".to_owned());
                self.talk.say(&format!("Error: nothing was made: {why}"))
            }
            _ => Ok(()),
        }
    }

    fn say_plan(&mut self, plan: &Plan) -> Result<(), Stop> {
        for fault in &plan.faults {
            self.talk.say(&format!("Error: {fault}"))?;
        }
        if plan.more_faults > 0 {
            self.talk.say(&format!("Error: and {} more.", text::number(plan.more_faults as u64)))?;
        }
        plan.warnings.iter().try_for_each(|warning| self.talk.say(&format!("Warning: {warning}")))?;
        if !plan.is_ready() {
            return self.talk.say("Nothing can be made yet.");
        }
        let flow = plan.flow.as_ref().map(|flow| format!(" to {flow}")).unwrap_or_default();
        let names: Vec<&str> = plan.rows.iter().take(NAMED).map(|row| row.settings.name.as_str()).collect();
        let more = plan.rows.len() - names.len();
        let more = if more > 0 { format!(" and {} more", text::number(more as u64)) } else { String::new() };
        let count = text::count(plan.rows.len() as u64, "invitation");
        self.talk.say(&format!("{count}{flow}, single use: {}{more}.", names.join(", ")))
    }

    async fn ask_world_of_batch(&mut self, ask: Ask) -> Result<Option<Answer>, Stop> {
        match self.watch(Effect::Batch(Box::new(ask))).await? {
            Some(Outcome::Batch(answer)) => Ok(Some(*answer)),
            Some(other) => self.tell(other).map(|()| None),
            None => Ok(None),
        }
    }
}
