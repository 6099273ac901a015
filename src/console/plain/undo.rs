//! What can be taken back: the last thing that was done goes first, and what can't be taken back is said to be so before what
//! was done before it is.

use std::io::{BufRead, Write};

use super::Plain;
use super::talk::Stop;
use crate::console::app::undo::{Undo, not_saved};
use crate::console::event::{Change, Named, Outcome};
use crate::console::widget::text;
use crate::domain::invitation::InvitationView;

/// What was done, as far as its outcome tells; none where nothing was.
fn done(outcome: &Outcome) -> Option<Undo> {
    Some(match outcome {
        Outcome::Revoked(named, revoked) => Undo::Revoke(named.clone(), *revoked),
        Outcome::Deleted(named) => Undo::Delete(named.clone()),
        Outcome::Reissued(old, view) => Undo::Reissue(Named::of(view), *old),
        Outcome::ReissuedAll(done, _) if !done.is_empty() => {
            Undo::Reissues(done.iter().map(|(old, named)| (named.clone(), *old)).collect())
        }
        Outcome::BulkDone(bulk, done, _) if !done.is_empty() => Undo::Bulk(bulk.undone_by()?, done.clone()),
        Outcome::Activated(id, name, active) => Undo::Changes(vec![Change::Active(*id, name.clone(), !active)]),
        Outcome::ChangedAll { done, back, .. } if !done.is_empty() => match back {
            Some(back) => Undo::Changes(back.clone()),
            None => Undo::Never(super::answers::changed(done)),
        },
        Outcome::Done(said, _) => Undo::Never(said.clone()),
        Outcome::Bound(slug) => Undo::Never(format!("{slug} has an invitation stage now.")),
        Outcome::Mailed(done, _) if *done > 0 => {
            Undo::Never(format!("Queued {}.", text::count(*done as u64, "letter")))
        }
        _ => return None,
    })
}

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Keeps what takes an outcome back, or that nothing does; whether something does.
    pub(super) fn keep_undo(&mut self, outcome: &Outcome) -> bool {
        let Some(undo) = done(outcome) else { return false };
        let can = !matches!(undo, Undo::Never(_));
        self.undo.push(undo);
        can
    }

    /// Keeps that an invitation was made, or how it was before it was changed.
    pub(super) fn keep_undo_of_saving(&mut self, before: Option<&InvitationView>, now: &InvitationView) {
        let named = Named::of(now);
        self.undo.push(match before {
            Some(before) => Undo::Edit(named, now.invitation.revision, Box::new(before.invitation.settings.clone())),
            None => Undo::Create(vec![named]),
        });
    }

    /// Names the last thing that was done, and takes it back where that is wanted. It is forgotten when that has succeeded.
    pub(super) async fn take_back(&mut self) -> Result<(), Stop> {
        let Some((number, undo)) = self.undo.last() else { return self.talk.say("There is nothing to undo.") };
        let what = undo.label();
        let Some(effect) = undo.effect() else {
            self.undo.pass();
            let before = self.undo.label().map(|label| format!(" undo again: {label}.")).unwrap_or_default();
            return self.talk.say(&format!("That can't be undone: {what}{before}"));
        };
        let question = undo.question().unwrap_or_else(|| format!("Undo: {what}?"));
        if !self.talk.confirm(&question)? {
            return self.talk.say("Nothing was done.");
        }
        let Some(outcome) = self.watch(effect).await? else { return Ok(()) };
        self.undo.settle(number, &outcome);
        match &outcome {
            Outcome::NotSaved(refusal) => self.talk.say(&format!("Error: {}", not_saved(refusal))),
            _ => self.say_outcome(outcome, ""),
        }
    }
}
