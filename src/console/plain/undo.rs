//! What can be taken back, as the last thing that was done.

use std::io::{BufRead, Write};

use super::Plain;
use super::talk::Stop;
use crate::console::event::{Bulk, Change, Effect, Named, Outcome};
use crate::console::widget::text;

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Keeps what takes an outcome back; `false` where nothing does.
    pub(super) fn keep_undo(&mut self, outcome: &Outcome) -> bool {
        let kept = match outcome {
            Outcome::Revoked(named, true) => {
                Some((format!("revoking {}", named.name), Effect::SetRevoked(named.clone(), false)))
            }
            Outcome::Deleted(named) => {
                Some((format!("deleting {}", named.name), Effect::SetDeleted(named.clone(), false)))
            }
            Outcome::Reissued(old, view) => {
                let named = Named { id: view.invitation.id, name: view.invitation.settings.name.clone() };
                Some((format!("the new link of {}", named.name), Effect::TakeBackReissue(named, *old)))
            }
            Outcome::ReissuedAll(done, _) if !done.is_empty() => {
                let count = text::count(done.len() as u64, "invitation");
                let back = done.iter().map(|(old, named)| (named.clone(), *old)).collect();
                Some((format!("the new links of {count}"), Effect::TakeBackReissues(back)))
            }
            Outcome::Activated(id, name, active) => {
                let what = if *active { "activating" } else { "deactivating" };
                let back = Change::Active(*id, name.clone(), !active);
                Some((format!("{what} {}", text::safe(name)), Effect::Change(Box::new(back))))
            }
            Outcome::BulkDone(bulk, done, _) if !done.is_empty() => bulk.undone_by().map(|back| {
                let count = text::count(done.len() as u64, "invitation");
                (format!("{} {count}", bulk.past().to_lowercase()), Effect::Bulk(back, done.clone()))
            }),
            Outcome::ChangedAll { done, back: Some(back), .. } => match (done.as_slice(), back.as_slice()) {
                ([one], [back]) => {
                    let what = format!("deleting {}", text::safe(&one.name()));
                    Some((what, Effect::Change(Box::new(back.clone()))))
                }
                _ => None,
            },
            _ => None,
        };
        let is_kept = kept.is_some();
        self.undo.extend(kept);
        is_kept
    }

    /// Keeps that a batch can be taken back.
    pub(super) fn keep_undo_of_batch(&mut self, made: Vec<Named>) {
        let count = text::count(made.len() as u64, "invitation");
        self.undo.push((format!("making {count}"), Effect::Bulk(Bulk::Delete, made)));
    }

    /// Takes the last thing back and says how that ended.
    pub(super) async fn take_back(&mut self) -> Result<(), Stop> {
        let Some((_, effect)) = self.undo.pop() else { return self.talk.say("There is nothing to undo.") };
        match self.watch(effect).await? {
            Some(outcome) => self.say_outcome(outcome, ""),
            None => Ok(()),
        }
    }
}
