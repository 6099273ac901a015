//! Undoing: what was done last is undone first, and what can't be undone is said to be so before what was done before it is.

use super::App;
use crate::console::event::{Bulk, Change, Effect, Named, Outcome, Refusal};
use crate::console::overlay::Overlay;
use crate::console::overlay::question::Question;
use crate::console::widget::text;
use crate::domain::id::InvitationId;
use crate::domain::invitation::Settings;
use crate::domain::text::printable;

/// More steps back than that are forgotten.
const MOST: usize = 100;
/// The most columns that the footer gives to what would be undone.
const SHOWN: usize = 28;

/// Something that was done.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::console) enum Undo {
    /// An invitation was deleted.
    Delete(Named),
    /// An invitation was revoked, or restored.
    Revoke(Named, bool),
    /// What it is with the new link, and the old link.
    Reissue(Named, InvitationId),
    /// The same for many.
    Reissues(Vec<(Named, InvitationId)>),
    /// Something was done to many, and this takes it back.
    Bulk(Bulk, Vec<Named>),
    /// Invitations were made.
    Create(Vec<Named>),
    /// An invitation was changed: at which revision it is since, and as it was before.
    Edit(Named, i64, Box<Settings>),
    /// Changes were made, and these take them back.
    Changes(Vec<Change>),
    /// Something that can't be taken back; what was said of it.
    Never(String),
}

#[derive(Debug)]
struct Step {
    number: u64,
    undo: Undo,
}

/// What was done, the last step last.
#[derive(Debug, Default)]
pub(in crate::console) struct Steps {
    done: Vec<Step>,
    last: u64,
    /// The step that is being undone: it is forgotten when that has succeeded, not before.
    under_way: Option<u64>,
    /// Whether the key was pressed again meanwhile.
    again: bool,
    /// Whether what happens now is an undoing, and not something to be undone itself.
    answering: bool,
}

impl Steps {
    /// Notes what was done.
    pub fn push(&mut self, undo: Undo) {
        if self.answering {
            return;
        }
        self.last += 1;
        self.done.push(Step { number: self.last, undo });
        if self.done.len() > MOST {
            self.done.remove(0);
        }
    }

    /// Notes that something was done that can't be undone.
    pub fn never(&mut self, said: impl Into<String>) {
        self.push(Undo::Never(said.into()));
    }

    /// Whether what happens now is something new, and not an undoing.
    pub fn is_new(&self) -> bool {
        !self.answering
    }

    /// What to say after something that can be undone.
    pub fn hint(&self) -> &'static str {
        if self.answering { "" } else { " u undoes it." }
    }

    /// The last step and its number.
    pub fn last(&self) -> Option<(u64, &Undo)> {
        self.done.last().map(|step| (step.number, &step.undo))
    }

    /// Passes by the last step, which can't be undone: said once, that is no longer in the way of what was done before it.
    pub fn pass(&mut self) {
        self.done.pop();
    }

    /// Takes what became of undoing the step of that number: it is forgotten where nothing of it is left, and is what comes
    /// back.
    pub fn settle(&mut self, number: u64, outcome: &Outcome) -> Option<Undo> {
        let place = self.done.iter().position(|step| step.number == number)?;
        match left(&self.done[place].undo, outcome) {
            Left::Everything => None,
            Left::Rest(undo) => {
                self.done[place].undo = undo;
                None
            }
            Left::Nothing => Some(self.done.remove(place).undo),
        }
    }

    /// What would be undone, for the footer; none where nothing can be.
    pub fn label(&self) -> Option<String> {
        let step = self.done.last()?;
        (!matches!(step.undo, Undo::Never(_))).then(|| format!("Undo: {}", text::cut(&step.undo.label(), SHOWN)))
    }
}

impl Undo {
    /// What was done, in a few words.
    pub fn label(&self) -> String {
        let many = |count: usize| text::count(count as u64, "invitation");
        match self {
            Self::Delete(named) => format!("delete {}", named.name),
            Self::Revoke(named, true) => format!("revoke {}", named.name),
            Self::Revoke(named, false) => format!("restore {}", named.name),
            Self::Reissue(named, _) => format!("re-issue {}", named.name),
            Self::Reissues(all) => format!("re-issue {}", many(all.len())),
            Self::Bulk(back, all) => {
                let done = match back {
                    Bulk::Restore => "revoke",
                    Bulk::Revoke => "restore",
                    _ => "delete",
                };
                format!("{done} {}", many(all.len()))
            }
            Self::Create(all) => match all.as_slice() {
                [one] => format!("create {}", one.name),
                all => format!("create {}", many(all.len())),
            },
            Self::Edit(named, ..) => format!("edit {}", named.name),
            Self::Changes(back) => changes(back),
            Self::Never(said) => said.clone(),
        }
    }

    /// What to ask before it is undone, where that must not happen by a slip: links that were given to people would be dead.
    pub fn question(&self) -> Option<String> {
        let Self::Create(all) = self else { return None };
        Some(match all.as_slice() {
            [one] => format!("Undo making {}? Its link is dead at once.", one.name),
            all => {
                let count = text::count(all.len() as u64, "invitation");
                format!("Undo making {count}? Their links are dead at once.")
            }
        })
    }

    /// What undoes it; none where nothing does.
    pub fn effect(&self) -> Option<Effect> {
        Some(match self {
            Self::Delete(named) => Effect::SetDeleted(named.clone(), false),
            Self::Revoke(named, revoked) => Effect::SetRevoked(named.clone(), !revoked),
            Self::Reissue(named, old) => Effect::TakeBackReissue(named.clone(), *old),
            Self::Reissues(all) => Effect::TakeBackReissues(all.clone()),
            Self::Bulk(back, named) => Effect::Bulk(*back, named.clone()),
            Self::Create(named) => match named.as_slice() {
                [one] => Effect::SetDeleted(one.clone(), true),
                all => Effect::Bulk(Bulk::Delete, all.to_vec()),
            },
            Self::Edit(named, revision, before) => {
                Effect::SaveInvitation { edited: Some((named.id, *revision)), settings: before.as_ref().clone() }
            }
            Self::Changes(back) => match back.as_slice() {
                [one] => Effect::Change(Box::new(one.clone())),
                all => Effect::ChangeAll(all.to_vec()),
            },
            Self::Never(_) => return None,
        })
    }
}

/// What was done before these changes take it back.
fn changes(back: &[Change]) -> String {
    let (verb, noun) = match back.first() {
        Some(Change::Active(_, _, true)) => ("deactivate", "user"),
        Some(Change::Active(_, _, false)) => ("activate", "user"),
        Some(Change::RestoreGroup(_)) => ("delete", "group"),
        _ => ("delete", "user"),
    };
    match back {
        [one] => format!("{verb} {}", text::safe(&one.name())),
        all => format!("{verb} {}", text::count(all.len() as u64, noun)),
    }
}

/// What is left of a step after it was tried to undo it.
enum Left {
    /// Nothing: it is undone, or it never can be.
    Nothing,
    /// All of it.
    Everything,
    /// This.
    Rest(Undo),
}

fn left(undo: &Undo, outcome: &Outcome) -> Left {
    match outcome {
        Outcome::Failed(_) | Outcome::Unreachable(_) | Outcome::NotDone(_) => Left::Everything,
        Outcome::NotSaved(refusal) => match refusal {
            Refusal::Stale(..) | Refusal::Gone(_) => Left::Nothing,
            _ => Left::Everything,
        },
        Outcome::ChangedAll { done, left, .. } if !left.is_empty() => match undo {
            Undo::Changes(all) => rest(all.iter().filter(|change| !done.contains(change)), Undo::Changes),
            _ => Left::Nothing,
        },
        Outcome::BulkDone(_, done, left) if !left.is_empty() => {
            let still = |named: &Named| !done.iter().any(|other| other.name == named.name);
            match undo {
                Undo::Bulk(back, all) => rest(all.iter().filter(|it| still(it)), |all| Undo::Bulk(*back, all)),
                Undo::Create(all) => rest(all.iter().filter(|it| still(it)), Undo::Create),
                Undo::Reissues(all) => rest(all.iter().filter(|(it, _)| still(it)), Undo::Reissues),
                _ => Left::Nothing,
            }
        }
        _ => Left::Nothing,
    }
}

fn rest<'a, T: Clone + 'a>(left: impl Iterator<Item = &'a T>, undo: impl FnOnce(Vec<T>) -> Undo) -> Left {
    Left::Rest(undo(left.cloned().collect()))
}

impl App {
    /// Undoes what was done last, or says why not.
    pub(super) fn take_back(&mut self) -> Vec<Effect> {
        if self.undo.under_way.is_some() {
            self.undo.again = true;
            return Vec::new();
        }
        if self.waiting {
            self.toasts.note("Not yet: what was done last still waits for the database.", self.now);
            return Vec::new();
        }
        let Some((number, undo)) = self.undo.last() else {
            self.toasts.note("There is nothing to undo.", self.now);
            return Vec::new();
        };
        let Some(effect) = undo.effect() else {
            let said = format!("That can't be undone: {}", undo.label());
            self.undo.pass();
            let before = self.undo.label().map(|label| format!(" u again: {label}.")).unwrap_or_default();
            self.toasts.note(printable(&format!("{said}{before}")), self.now);
            return Vec::new();
        };
        let effect = Effect::TakeBack(number, Box::new(effect));
        if let Some(what) = undo.question() {
            return self.open(Overlay::Question(Question::Sure(what, Box::new(effect))));
        }
        self.undo.under_way = Some(number);
        vec![effect]
    }

    /// Takes what became of undoing a step: it is forgotten where nothing of it is left.
    pub(super) fn taken_back(&mut self, number: u64, outcome: Outcome) -> Vec<Effect> {
        self.undo.under_way = None;
        let again = std::mem::take(&mut self.undo.again);
        let undone = self.undo.settle(number, &outcome);
        if let Some(undo) = &undone {
            self.follow_back(undo, &outcome);
        }
        if let Outcome::NotSaved(refusal) = &outcome {
            self.toasts.bad(not_saved(refusal));
            return self.reload();
        }
        self.undo.answering = true;
        let mut effects = self.outcome(outcome);
        self.undo.answering = false;
        if again && undone.is_some() {
            effects.extend(self.take_back());
        }
        effects
    }

    /// What changed its id by a re-issue has the old one again, marked or not.
    fn follow_back(&mut self, undo: &Undo, outcome: &Outcome) {
        match (undo, outcome) {
            (Undo::Reissue(named, old), Outcome::Undeleted(_)) => self.marks.carry(named.id, *old),
            (Undo::Reissues(all), Outcome::BulkDone(..)) => {
                for (named, old) in all {
                    self.marks.carry(named.id, *old);
                }
            }
            _ => {}
        }
    }
}

/// Why an edit could not be undone.
pub(in crate::console) fn not_saved(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NameTaken => "Another invitation has the name that it had. Rename that one first.".to_owned(),
        Refusal::Stale(..) => "Somebody changed it since: that can't be undone any more.".to_owned(),
        Refusal::Gone(_) => "Somebody deleted it since: that can't be undone any more.".to_owned(),
        Refusal::Spent(uses) => format!("{uses} people have used it since, more than it allowed before."),
        Refusal::Other(why) => printable(why).into_owned(),
    }
}
