//! How things ended, in sentences.

use std::io::{BufRead, Write};

use super::Plain;
use super::talk::Stop;
use crate::console::app::kind;
use crate::console::event::{Bulk, Change, Named, Outcome, Refusal};
use crate::console::widget::text;

const STALE: &str = "somebody changed it in the meantime. Open it again to see how it is now.";

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Says how an effect ended, and keeps what takes it back.
    pub(super) fn tell(&mut self, outcome: Outcome) -> Result<(), Stop> {
        let hint = if self.keep_undo(&outcome) { " undo takes that back." } else { "" };
        self.say_outcome(outcome, hint)
    }

    /// Says how an effect ended, and what can be done about it.
    pub(super) fn say_outcome(&mut self, outcome: Outcome, hint: &str) -> Result<(), Stop> {
        let said = match outcome {
            Outcome::Saved(view) => format!("Saved {}.", view.invitation.settings.name),
            Outcome::NotSaved(refusal) => format!("Error: {}", refused(&refusal)),
            Outcome::Revoked(named, true) => format!("Revoked {}.", named.name),
            Outcome::Revoked(named, false) => format!("Restored {}.", named.name),
            Outcome::Deleted(named) => format!("Deleted {}.", named.name),
            Outcome::Undeleted(view) => format!("{} is back.", view.invitation.settings.name),
            Outcome::Reissued(_, view) => {
                format!("{} has a new link, the old one is dead.", view.invitation.settings.name)
            }
            Outcome::Done(said, _) => said,
            Outcome::ChangedAll { done, left, .. } if left.is_empty() => changed(&done),
            Outcome::ChangedAll { done, left, .. } => {
                if !done.is_empty() {
                    self.talk.say(&format!("{}{hint}", changed(&done)))?;
                }
                return match left.as_slice() {
                    [(_, why)] if done.is_empty() => self.talk.say(&format!("Error: {why}")),
                    left => left.iter().try_for_each(|(name, why)| self.talk.say(&format!("Error: {name}: {why}"))),
                };
            }
            Outcome::Activated(_, name, true) => format!("{name} can sign in."),
            Outcome::Activated(_, name, false) => format!("{name} can't sign in any more."),
            Outcome::Conflict(_) => format!("Error: {STALE}"),
            Outcome::NotDone(faults) => {
                let faults = faults.iter().map(|(field, why)| match field.as_str() {
                    "" => format!("Error: {why}"),
                    field => format!("Error: {field}: {why}"),
                });
                faults.collect::<Vec<_>>().join("\n")
            }
            Outcome::BulkDone(bulk, done, left) => {
                let count = text::count(done.len() as u64, "invitation");
                return self.say_many(&format!("{} {count}.{hint}", bulk.past()), &left);
            }
            Outcome::ReissuedAll(done, left) => {
                let count = text::count(done.len() as u64, "invitation");
                return self.say_many(&format!("{} {count}.{hint}", Bulk::Reissue.past()), &left);
            }
            Outcome::Mailed(done, left) => {
                let count = text::count(done as u64, "letter");
                return self.say_many(&format!("Queued {count}; the server sends what is queued."), &left);
            }
            Outcome::Bound(slug) => format!("{slug} has an invitation stage now."),
            Outcome::Copied(copied, what) => copied.told(&what, "L shows the link.").1,
            Outcome::Failed(why) | Outcome::Lost(why) => format!("Error: {why}"),
            Outcome::Unreachable(_) => "Error: the database does not answer. Try again.".to_owned(),
            _ => return Ok(()),
        };
        self.talk.say(&format!("{said}{hint}"))
    }

    /// What was done to many, and to which it was not for which reason.
    fn say_many(&mut self, done: &str, left: &[(Named, String)]) -> Result<(), Stop> {
        self.talk.say(done)?;
        left.iter().try_for_each(|(named, why)| self.talk.say(&format!("Error: {}: {why}", named.name)))
    }
}

/// What was done to one or to many.
pub(super) fn changed(done: &[Change]) -> String {
    match done {
        [] => "Nothing was done.".to_owned(),
        [one @ (Change::RestoreUser(_) | Change::RestoreGroup(_))] => format!("{} is back.", one.name()),
        [one] => format!("{} {}.", kind(one).0, one.name()),
        [first, ..] => {
            let (past, noun, _) = kind(first);
            format!("{past} {}.", text::count(done.len() as u64, noun))
        }
    }
}

/// Why an invitation was not written.
pub(super) fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NameTaken => "another invitation has that name. Choose another one.".to_owned(),
        Refusal::Stale(..) => STALE.to_owned(),
        Refusal::Gone(author) => {
            let who = author.as_ref().map_or("somebody", |author| author.by.as_str());
            format!("{} deleted it in the meantime.", text::safe(who))
        }
        Refusal::Spent(uses) => format!("{uses} uses are spent already: allow at least as many."),
        Refusal::Other(why) => why.clone(),
    }
}
