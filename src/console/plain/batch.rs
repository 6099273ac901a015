//! Many invitations at once: what is asked, what would be made, and the making.

use std::io::{BufRead, Write};
use std::sync::Arc;

use super::Plain;
use super::invitation_form::Chosen;
use super::talk::Stop;
use crate::batch::{Link, Plan, Template};
use crate::console::batch::{Answer, Ask, Making, Stop as GiveUp, Wanted};
use crate::console::event::{Effect, Named, Outcome};
use crate::console::form::invitation::default_expiry;
use crate::console::widget::text;
use crate::domain::invitation::InvitationView;
use crate::domain::text::check_line;
use crate::domain::when;

/// So many names are said before it is asked whether to make them.
const NAMED: usize = 10;

/// What there is one invitation for each of: so many, or the rows of a file.
enum Each {
    Count(usize),
    File(String),
}

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Asks for everything, says what would be made, and makes it. It may begin like another invitation.
    pub(super) async fn batch(&mut self, like: Option<&InvitationView>) -> Result<(), Stop> {
        self.talk.say("Enter keeps what stands in brackets, - empties it, a single dot gives up.")?;
        let Some(mut wanted) = self.ask_batch(like).await? else {
            return self.talk.say("Given up, nothing was made.");
        };
        let Some(file) = self.talk.ask("Write the links to a new CSV file, or none", "")? else {
            return self.talk.say("Given up, nothing was made.");
        };
        let plan = loop {
            let plan = match self.ask_world_of_batch(Ask::Plan(wanted.clone())).await? {
                Some(Answer::Planned(Ok(plan))) => plan,
                Some(Answer::Planned(Err(faults))) => {
                    return faults.iter().try_for_each(|why| self.talk.say(&format!("Error: {why}")));
                }
                _ => return Ok(()),
            };
            self.say_plan(&plan)?;
            if plan.is_ready() {
                break plan;
            }
            if plan.taken == 0 || wanted.free_names || !self.talk.confirm("Take free names instead?")? {
                return self.talk.say("Nothing was made.");
            }
            wanted.free_names = true;
        };
        if !self.talk.confirm("Make them, all or none?")? {
            return self.talk.say("Nothing was made.");
        }
        let file = (!file.is_empty()).then_some(file);
        self.make(plan, file).await
    }

    async fn make(&mut self, plan: Arc<Plan>, file: Option<String>) -> Result<(), Stop> {
        let public_url = self.setting.public_url.clone();
        let making = Making { plan, public_url, file: file.clone(), stop: GiveUp::default() };
        match self.ask_world_of_batch(Ask::Make(making)).await? {
            Some(Answer::Made(links)) => {
                let named = |link: &Link| Named { id: link.id, name: link.name.clone() };
                self.keep_undo_of_batch(links.iter().map(named).collect());
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

    async fn ask_batch(&mut self, like: Option<&InvitationView>) -> Result<Option<Wanted>, Stop> {
        let each = |typed: &str| match typed.parse::<usize>() {
            Ok(0) => Err("type a number above zero, or the path of a file.".to_owned()),
            Ok(count) => Ok(Each::Count(count)),
            Err(_) if typed.is_empty() => Err("type a number, or the path of a file.".to_owned()),
            Err(_) => Ok(Each::File(typed.to_owned())),
        };
        let Some(each) = self.talk.ask_for("How many, or a CSV file with a row for each", "10", each)? else {
            return Ok(None);
        };
        let (count, file) = match each {
            Each::Count(count) => (count, None),
            Each::File(path) => (0, Some(path)),
        };
        let settings = like.map(|row| &row.invitation.settings);
        let stem = settings.map_or("guest", |settings| settings.name.as_str());
        let from_file = file.is_some();
        let template = move |typed: &str| match typed {
            "" if from_file => Ok(None),
            typed => Template::parse(typed).map(Some),
        };
        let label = "Names, with {n} for the number and {email} and the like for columns";
        let kept = format!("{stem}-{{n:2}}");
        let Some(template) = self.talk.ask_for(label, &kept, template)? else { return Ok(None) };
        let is_proposed = template.is_some() && Template::parse(&kept).ok() == template;
        let outlines = match self.world.perform(Effect::LoadFlowChoices).await {
            Some(Outcome::FlowChoices(outlines)) => outlines,
            _ => Vec::new(),
        };
        let chosen = settings.and_then(|settings| settings.flow);
        let Some(Chosen(flow)) = self.ask_flow(chosen, &outlines)? else { return Ok(None) };
        let (zone, now) = (self.setting.zone, (self.world.clock)());
        let expiry = |typed: &str| {
            let expires = zone.parse_expiry(if typed.is_empty() { "never" } else { typed }, now)?;
            when::check_future(expires, now).map(|()| expires)
        };
        let kept = default_expiry(self.setting.default_expiry_days);
        let label = "Expires, as +7d, 2w, tomorrow 18:00 or never";
        let Some(expires) = self.talk.ask_for(label, &kept, expiry)? else { return Ok(None) };
        let note = |typed: &str| check_line(typed, 500).map(|()| typed.to_owned());
        let kept = settings.map_or("", |settings| &settings.note);
        let Some(note) = self.talk.ask_for("Note", kept, note)? else { return Ok(None) };
        let fixed_data = settings.map(|settings| settings.fixed_data.clone()).unwrap_or_default();
        Ok(Some(Wanted { count, file, template, is_proposed, flow, expires, fixed_data, note, free_names: false }))
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
