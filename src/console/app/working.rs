//! Work on many: from the effect that takes its time to its outcome.

use super::App;
use crate::console::event::{Bulk, Change, Effect, Outcome};
use crate::console::import::Ask;
use crate::console::overlay::Overlay;
use crate::console::overlay::question::Question;
use crate::console::overlay::working::Busy;
use crate::console::widget::text;

/// More than that are done in several transactions: long enough to be told about, and to be given up.
const MANY: usize = 100;

impl App {
    /// Makes work that can be watched and given up of what is done to many.
    pub(super) fn watched(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        effects.into_iter().map(|effect| self.watched_one(effect)).collect()
    }

    fn watched_one(&mut self, effect: Effect) -> Effect {
        let saves = matches!(
            (&effect, self.overlays.last()),
            (Effect::SaveInvitation { .. }, Some(Overlay::Form(_))) | (Effect::Change(_), Some(Overlay::Record(_)))
        );
        if saves {
            self.steps += 1;
            self.saving = Some(self.steps);
            return Effect::Work(self.steps, Box::new(effect));
        }
        let Some((title, total, noun)) = many(&effect).filter(|(_, total, _)| *total > MANY) else {
            return self.counted(effect);
        };
        self.steps += 1;
        let title = format!("{title}: {}", text::count(total as u64, noun));
        let busy = Busy::new(self.steps, title, total);
        let whole = matches!(effect, Effect::CopyLinks { .. });
        self.overlays.push(Overlay::Busy(if whole { busy.whole() } else { busy }));
        Effect::Work(self.steps, Box::new(effect))
    }

    /// Notes what is about to change the rows, or which of them are marked: keys that mean rows wait for it.
    fn counted(&mut self, effect: Effect) -> Effect {
        let changes = matches!(
            effect,
            Effect::Select(_)
                | Effect::SetRevoked(..)
                | Effect::SetDeleted(..)
                | Effect::Reissue(_)
                | Effect::Bulk(..)
                | Effect::Change(_)
                | Effect::ChangeAll(_)
                | Effect::TakeBack(..)
        );
        if !changes {
            return effect;
        }
        self.steps += 1;
        self.writing.insert(self.steps);
        Effect::Counted(self.steps, Box::new(effect))
    }

    /// Takes what became of it.
    pub(super) fn counted_down(&mut self, number: u64, outcome: Option<Box<Outcome>>) -> Vec<Effect> {
        self.writing.remove(&number);
        outcome.map_or_else(Vec::new, |outcome| self.outcome(*outcome))
    }

    /// Gives up what is under way: what is not begun is not done.
    pub(super) fn give_up(&mut self) -> Vec<Effect> {
        let Some(Overlay::Busy(busy)) = self.overlays.last_mut() else { return Vec::new() };
        let (number, whole) = (busy.number, busy.is_whole());
        if !busy.give_up() {
            // Said twice: whoever should answer is not there.
            self.overlays.pop();
        }
        if whole {
            self.toasts.note("Given up: nothing was copied.", self.now);
        }
        vec![Effect::Blueprint(Box::new(Ask::Cancel(number)))]
    }

    /// Takes back what a dialog that is closed wanted to write and could not yet.
    pub(super) fn withdraw(&mut self) -> Vec<Effect> {
        let number = self.saving.take();
        number.map(|number| Effect::Blueprint(Box::new(Ask::Cancel(number)))).into_iter().collect()
    }

    /// Whether to give work up is not asked any more when it is over.
    pub(super) fn no_longer_under_way(&mut self, number: Option<u64>) {
        let over =
            |overlay: &Overlay| matches!(overlay, Overlay::Question(Question::QuitWork(work)) if work.number == number);
        self.overlays.retain(|overlay| !over(overlay));
    }

    /// Takes how far it has got.
    pub(super) fn working_on(&mut self, number: u64, done: usize) {
        for overlay in &mut self.overlays {
            if let Overlay::Busy(busy) = overlay
                && busy.number == number
            {
                busy.take(done);
            }
        }
    }

    /// Takes that it is over.
    pub(super) fn worked(&mut self, number: u64, outcome: Option<Box<Outcome>>) -> Vec<Effect> {
        self.overlays.retain(|overlay| !matches!(overlay, Overlay::Busy(busy) if busy.number == number));
        self.no_longer_under_way(Some(number));
        if self.saving == Some(number) {
            self.saving = None;
        }
        outcome.map_or_else(Vec::new, |outcome| self.outcome(*outcome))
    }
}

/// What is done to how many of what; none where it is not about many.
pub(in crate::console) fn many(effect: &Effect) -> Option<(&'static str, usize, &'static str)> {
    Some(match effect {
        Effect::Bulk(bulk, named) => (bulk.past(), named.len(), "invitation"),
        Effect::TakeBackReissues(all) => (Bulk::TakeBackReissue.past(), all.len(), "invitation"),
        Effect::ChangeAll(all) => {
            let (done, noun) = match all.first()? {
                Change::DeleteUser(..) => ("Deleted", "user"),
                Change::DeleteGroup(_) => ("Deleted", "group"),
                Change::DeleteFlow(..) => ("Deleted", "flow"),
                Change::RestoreUser(_) => ("Brought back", "user"),
                Change::RestoreGroup(_) => ("Brought back", "group"),
                _ => ("Changed", "user"),
            };
            (done, all.len(), noun)
        }
        Effect::CopyLinks { named, .. } => ("Links to copy", named.len(), "invitation"),
        Effect::SendLetters(letters) => ("Queued for sending", letters.named.len(), "invitation"),
        Effect::TakeBack(_, effect) => return many(effect),
        _ => return None,
    })
}
