//! Importing a blueprint: which one, what it would do, and then doing it.

use std::io::{BufRead, Write};

use super::Plain;
use super::talk::Stop;
use crate::blueprint::{self, Report};
use crate::console::event::{Effect, Outcome};
use crate::console::import::{Answer, Ask, Exported, Faults, Request, Source, Step, summary, word};
use crate::domain::slug::Slug;
use crate::domain::text::printable;

impl<R: BufRead, W: Write> Plain<R, W> {
    pub(super) async fn import(&mut self) -> Result<(), Stop> {
        let shipped: Vec<&'static str> = blueprint::shipped().iter().map(|shipped| shipped.name).collect();
        self.talk.say("\nImport a blueprint. These come with guestlist:")?;
        for (number, name) in shipped.iter().enumerate() {
            self.talk.say(&format!("{} {name}", number + 1))?;
        }
        let source = |typed: &str| match typed.parse::<usize>() {
            Ok(number) => number
                .checked_sub(1)
                .and_then(|at| shipped.get(at))
                .map(|name| Source::Shipped(name))
                .ok_or_else(|| format!("type a number from 1 to {}, or a path.", shipped.len())),
            Err(_) if typed.is_empty() => Err("type a number or the path of a file, or a dot to give up.".to_owned()),
            Err(_) => Ok(Source::File(typed.to_owned())),
        };
        let Some(source) = self.talk.ask_for("A number, or the path of a file", "", source)? else {
            return self.talk.say("Given up, nothing was imported.");
        };
        let mut request = Request { bind: false, ..Request::new(source) };
        let Some(Answer::Opened(_, opened)) = self.step(Step::Open, &request).await? else { return Ok(()) };
        match opened {
            Ok(questions) => {
                for question in questions {
                    let kept = question.default.unwrap_or_default();
                    let Some(value) = self.talk.ask(&format!("Value of {}", printable(&question.key)), &kept)? else {
                        return self.talk.say("Given up, nothing was imported.");
                    };
                    if value != kept {
                        request.context.insert(question.key, value);
                    }
                }
            }
            Err(faults) => return self.faults(&faults),
        }
        let Some(report) = self.try_out(&mut request).await? else { return Ok(()) };
        self.preview(&report)?;
        let open = !report.without_invitation_stage.is_empty();
        if !report.has_changes() && !open {
            return self.talk.say("Everything is there already.");
        }
        request.bind = open && self.ask_bind(&report)?;
        if !self.talk.confirm("Import it?")? {
            return self.talk.say("Nothing was imported.");
        }
        match self.step(Step::Import, &request).await? {
            Some(Answer::Imported(_, Ok(report))) => {
                let said = summary(&request.source, &report);
                if report.has_changes() {
                    self.undo.never(said.as_str());
                }
                self.talk.say(&said)
            }
            Some(Answer::Imported(_, Err(faults))) => self.faults(&faults),
            _ => Ok(()),
        }
    }

    /// What an import would do; none where it can't be done. What is not known here can be left out.
    async fn try_out(&mut self, request: &mut Request) -> Result<Option<Report>, Stop> {
        loop {
            let Some(Answer::Previewed(_, report)) = self.step(Step::Preview, request).await? else { return Ok(None) };
            let faults = match report {
                Ok(report) => return Ok(Some(report)),
                Err(faults) => faults,
            };
            self.faults(&faults)?;
            if !request.may_read && faults.wants_to_read {
                if !self.ask_reads(request).await? {
                    return self.talk.say("Nothing was imported.").map(|()| None);
                }
                continue;
            }
            let leaves_out = faults.can_leave_out && !request.leave_out;
            if !leaves_out || !self.talk.confirm("Try again and leave out what is not known here?")? {
                return self.talk.say("Nothing was imported.").map(|()| None);
            }
            request.leave_out = true;
        }
    }

    /// Says what a file would read of this machine, and asks whether it may read that, and nothing else, for this import.
    async fn ask_reads(&mut self, request: &mut Request) -> Result<bool, Stop> {
        let Some(Answer::Reads(mut reads)) = self.ask_world(Ask::Reads(request.clone())).await? else {
            return Ok(false);
        };
        let folder = request.source.folder();
        if folder.is_none() {
            reads.files.clear();
        }
        if reads.is_empty() {
            return Ok(false);
        }
        self.talk.say("The file wants to read of this machine:")?;
        for name in &reads.variables {
            self.talk.say(&format!("  the variable {name} of this console's environment"))?;
        }
        for path in &reads.files {
            let below = folder.as_deref().map(|folder| folder.display().to_string()).unwrap_or_default();
            self.talk.say(&format!("  the file {path} below {below}"))?;
        }
        self.talk.say("What it reads can end up where others see it. Allow it only if you know who wrote the file.")?;
        request.may_read = self.talk.confirm("Let it read these, and nothing else, for this import?")?;
        request.readable = Some(reads);
        Ok(request.may_read)
    }

    /// Writes a flow as a blueprint.
    pub(super) async fn export(&mut self, slug: &Slug) -> Result<(), Stop> {
        let Some(path) =
            self.talk.ask("Write it to the file", &format!("{slug}.yaml"))?.filter(|path| !path.is_empty())
        else {
            return self.talk.say("Given up, nothing was written.");
        };
        let mut overwrite = false;
        loop {
            let ask = Ask::Export { slug: slug.clone(), path: path.clone(), overwrite };
            match self.ask_world(ask).await? {
                Some(Answer::Exported(Exported::Written(place))) => {
                    return self.talk.say(&format!("Written to {place}."));
                }
                Some(Answer::Exported(Exported::Failed(why))) => return self.talk.say(&format!("Error: {why}")),
                Some(Answer::Exported(Exported::Exists))
                    if self.talk.confirm("There is such a file. Replace it?")? =>
                {
                    overwrite = true;
                }
                _ => return self.talk.say("Nothing was written."),
            }
        }
    }

    async fn step(&mut self, step: Step, request: &Request) -> Result<Option<Answer>, Stop> {
        self.ask_world(Ask::Step(1, step, request.clone())).await
    }

    pub(super) async fn ask_world(&mut self, ask: Ask) -> Result<Option<Answer>, Stop> {
        match self.watch(Effect::Blueprint(Box::new(ask))).await? {
            Some(Outcome::Blueprint(answer)) => Ok(Some(*answer)),
            Some(other) => self.tell(other).map(|()| None),
            None => Ok(None),
        }
    }

    fn faults(&mut self, faults: &Faults) -> Result<(), Stop> {
        faults.lines.iter().try_for_each(|why| self.talk.say(&format!("Error: {why}")))
    }

    fn preview(&mut self, report: &Report) -> Result<(), Stop> {
        for change in &report.changes {
            let model = change.model.rsplit('.').next().unwrap_or_default();
            let file = change.file.as_ref().map(|file| format!(", by {}", printable(file))).unwrap_or_default();
            self.talk.say(&format!("{} {model} {}{file}", word(&change.action), printable(&change.name)))?;
            for difference in &change.differences {
                let before = difference.before.as_ref().map(|before| format!("{} becomes ", printable(before)));
                let line = format!("{}{}", before.unwrap_or_default(), printable(&difference.after));
                self.talk.say(&format!("  {}: {line}", printable(&difference.attribute)))?;
            }
        }
        report.notes.iter().try_for_each(|note| self.talk.say(&format!("Note: {note}")))
    }

    fn ask_bind(&mut self, report: &Report) -> Result<bool, Stop> {
        let flows: Vec<String> = report.without_invitation_stage.iter().map(ToString::to_string).collect();
        let flows = flows.join(", ");
        self.talk.say(&format!("{flows}: everybody gets through, with or without an invitation."))?;
        self.talk.confirm("Bind an invitation stage, first in order?")
    }
}
