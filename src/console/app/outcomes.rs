//! What the ends of effects do to the state.

use super::undo::Undo;
use super::{App, on_list};
use crate::console::action::Action;
use crate::console::clipboard::Copied;
use crate::console::event::{Detail, Effect, Named, Outcome, Overview, Refusal, Rows, Subject, Visit};
use crate::console::overlay::Overlay;
use crate::console::pane::Pane;
use crate::domain::id::InvitationId;
use crate::domain::invitation::InvitationView;
use crate::domain::text::printable;
use crate::executor::preview::Preview;

/// Said while the database does not answer.
const UNREACHABLE: &str = "The database does not answer. What you typed is kept; trying again.";
/// Said while something waits for it.
const WAITING: &str = "Waiting for the database…";

impl App {
    /// Takes how an effect ended.
    pub(super) fn outcome(&mut self, outcome: Outcome) -> Vec<Effect> {
        match outcome {
            Outcome::Loaded { generation, rows } => return self.loaded(generation, rows),
            Outcome::Detail(subject, detail) => self.take_detail(subject, detail),
            Outcome::Overview(overview) => self.take_overview(overview),
            Outcome::Changed => return self.database_changed(),
            Outcome::Counted(number, outcome) => return self.counted_down(number, outcome),
            Outcome::TakenBack(number, outcome) => return self.taken_back(number, *outcome),
            Outcome::Waiting(waiting) => self.waits(waiting),
            Outcome::Unreachable(_) if self.unreachable => {
                self.forget_ahead();
                self.stages_not_done();
            }
            Outcome::Unreachable(_) => {
                self.forget_ahead();
                self.stages_not_done();
                self.unreachable = true;
                self.changed = true;
                self.toasts.bad(UNREACHABLE);
            }
            visible => {
                self.changed = true;
                return self.visible_outcome(visible);
            }
        }
        Vec::new()
    }

    fn bound(&mut self, slug: &str) -> Vec<Effect> {
        let said = format!("{slug} has an invitation stage now, first in order.");
        self.undo.never(said.clone());
        self.toasts.good(said, self.now);
        self.database_changed()
    }

    fn visible_outcome(&mut self, outcome: Outcome) -> Vec<Effect> {
        match outcome {
            Outcome::Working(number, done) => self.working_on(number, done),
            Outcome::Worked(number, outcome) => return self.worked(number, outcome),
            Outcome::FoundUsers(question, found) => self.take_users(&question, found),
            Outcome::Batch(answer) => return self.batch_answer(*answer),
            Outcome::FlowChoices(outlines) => {
                if let Some(dialog) = self.batch() {
                    dialog.take_flows(&outlines);
                }
                let waited = self.form().is_some_and(|form| form.take_flows(outlines));
                return if waited { self.act_on_overlay(Action::Submit) } else { Vec::new() };
            }
            Outcome::Diagnosed(question, findings) => self.diagnosed(&question, findings),
            Outcome::Previewed(visit, seen) => self.previewed(&visit, &seen),
            Outcome::NameChecked(name, free) => {
                if let Some(form) = self.form() {
                    form.take_name(name, free);
                }
            }
            Outcome::Saved(view) => return self.saved(&view),
            Outcome::NotSaved(refusal) => return self.not_saved(refusal),
            Outcome::Revoked(named, revoked) => return self.revoked(named, revoked),
            Outcome::Deleted(named) => return self.deleted(named),
            Outcome::Undeleted(view) => return self.undeleted(&view),
            Outcome::Reissued(old, view) => return self.reissued(old, &view),
            Outcome::Done(said, at) => return self.done(&said, at),
            Outcome::NotDone(errors) => self.not_done(errors),
            Outcome::Conflict(conflict) => return self.conflict(*conflict),
            Outcome::Activated(id, name, active) => return self.activated(id, name, active),
            Outcome::CopiedLinks(copied, count) => return self.copied_links(copied, count),
            Outcome::Selected(found) => self.take_selection(found),
            Outcome::BulkDone(bulk, done, left) => return self.bulk_done(bulk, done, &left),
            Outcome::ReissuedAll(done, left) => return self.reissued_all(done, &left),
            Outcome::ChangedAll { done, back, left } => return self.changed_all(&done, back, left),
            Outcome::Mailed(done, left) => return self.mailed(done, &left),
            Outcome::Bound(slug) => return self.bound(slug.as_str()),
            Outcome::Completed(completion) => match self.overlays.last_mut() {
                Some(Overlay::Import(dialog)) => {
                    let wish = dialog.take_completion(completion);
                    return self.import_wish(wish);
                }
                Some(Overlay::Export(dialog)) => return dialog.take_completion(completion).into_iter().collect(),
                Some(Overlay::Palette(palette)) => palette.take_completion(completion),
                _ => {}
            },
            Outcome::Blueprint(answer) => return self.blueprint(*answer),
            Outcome::Stages(answer) => return self.stages_answer(*answer),
            Outcome::PromptSaved(before, now) => return self.prompt_saved(before, now),
            Outcome::Copied(copied, what) => return self.copied(copied, &what),
            Outcome::ClipboardExplained(_) | Outcome::ClipboardTested(..) | Outcome::History(_) => {
                return self.palette_outcome(outcome);
            }
            Outcome::Failed(why) | Outcome::Lost(why) => self.failed(&why),
            _ => {}
        }
        Vec::new()
    }

    fn failed(&mut self, why: &str) {
        self.forget_ahead();
        self.toasts.bad(printable(why));
    }

    fn not_saved(&mut self, refusal: Refusal) -> Vec<Effect> {
        self.forget_ahead();
        let zone = self.setting.zone;
        let again = self.form().is_some_and(|form| form.take_refusal(refusal, zone));
        // Not from under a question.
        if again && matches!(self.overlays.last(), Some(Overlay::Form(_))) {
            return self.act_on_overlay(Action::Submit);
        }
        Vec::new()
    }

    fn previewed(&mut self, visit: &Visit, seen: &Result<Box<Preview>, String>) {
        // A question may lie over it.
        for overlay in &mut self.overlays {
            if let Overlay::Walkthrough(walkthrough) = overlay {
                walkthrough.take(visit, seen);
            }
        }
    }

    fn copied(&mut self, copied: Copied, what: &str) -> Vec<Effect> {
        let told = copied.told(what, "L shows the link.");
        self.tell_copied(copied, told)
    }

    /// Says what is known of what was copied, and writes what the terminal takes it by.
    pub(super) fn tell_copied(&mut self, copied: Copied, (good, said): (bool, String)) -> Vec<Effect> {
        if good {
            self.toasts.good(said, self.now);
        } else {
            self.toasts.bad(printable(&said));
        }
        match copied {
            Copied::Osc52(sequence) => vec![Effect::Write(sequence)],
            _ => Vec::new(),
        }
    }

    fn loaded(&mut self, generation: u64, rows: Rows) -> Vec<Effect> {
        let (changed, detail) = match rows {
            Rows::Flows(page) => (self.flows.take(generation, page), self.flows.ask_detail()),
            Rows::Users(page) => (self.users.take(generation, page), self.users.ask_detail()),
            Rows::Groups(page) => (self.groups.take(generation, page), self.groups.ask_detail()),
            Rows::Invitations(page) => (self.invitations.take(generation, page), self.invitations.ask_detail()),
            Rows::Events(page) => (self.events.take(generation, page), None),
        };
        self.changed |= changed;
        self.answers();
        let reveal = on_list!(self, list => list.reveal());
        // What belongs to the row may have changed although the row has not.
        reveal.into_iter().chain(detail).collect()
    }

    fn take_detail(&mut self, subject: Subject, detail: Option<Detail>) {
        self.changed |= match subject {
            Subject::Flow(_) => self.flows.take_detail(subject, detail),
            Subject::User(_) => self.users.take_detail(subject, detail),
            Subject::Group(_) => self.groups.take_detail(subject, detail),
            Subject::Event(_) => false,
            Subject::Invitation(..) => self.invitations.take_detail(subject, detail),
        };
    }

    fn take_overview(&mut self, overview: Overview) {
        self.answers();
        if !self.offered && overview.flows == 0 && !self.setting.read_only {
            self.overlays.push(Overlay::Offer(false));
            self.changed = true;
        }
        self.offered = true;
        self.changed |= self.overview != overview;
        self.overview = overview;
    }

    fn waits(&mut self, waiting: bool) {
        self.waiting = waiting;
        self.changed = true;
        if waiting {
            self.toasts.lasting_note(WAITING);
        } else {
            self.toasts.withdraw(WAITING);
        }
    }

    /// The database answers: what was said to the contrary is over.
    fn answers(&mut self) {
        if self.unreachable {
            self.unreachable = false;
            self.changed = true;
            self.toasts.withdraw(UNREACHABLE);
        }
    }

    fn database_changed(&mut self) -> Vec<Effect> {
        let mut effects = self.reload();
        if self.form().is_some() {
            effects.push(Effect::LoadFlowChoices);
        }
        effects.extend(self.stages_dialog().map(|stages| stages.reload()));
        effects
    }

    pub(super) fn form(&mut self) -> Option<&mut crate::console::form::invitation::InvitationForm> {
        // A question may lie over it.
        self.overlays.iter_mut().find_map(|overlay| match overlay {
            Overlay::Form(form) => Some(form.as_mut()),
            _ => None,
        })
    }

    fn saved(&mut self, view: &InvitationView) -> Vec<Effect> {
        let named = Named::of(view);
        match self.form().map(|form| form.read().cloned()) {
            Some(Some(before)) => {
                let settings = Box::new(before.invitation.settings);
                self.undo.push(Undo::Edit(named.clone(), view.invitation.revision, settings));
            }
            Some(None) => self.undo.push(Undo::Create(vec![named.clone()])),
            // It was closed meanwhile, or an edit was undone.
            None => {}
        }
        let merged = self.form().and_then(|form| form.merged()).map(|told| format!(" {told}")).unwrap_or_default();
        self.overlays.retain(|overlay| !matches!(overlay, Overlay::Form(_) | Overlay::Question(_)));
        self.toasts.good(printable(&format!("Saved {}.{merged} c copies its link.", named.name)), self.now);
        self.show_invitation(view)
    }

    fn show_invitation(&mut self, view: &InvitationView) -> Vec<Effect> {
        self.pane = Pane::Invitations;
        vec![self.invitations.show(view), Effect::LoadOverview]
    }

    fn revoked(&mut self, named: Named, revoked: bool) -> Vec<Effect> {
        let past = if revoked { "Revoked" } else { "Restored" };
        self.toasts.good(format!("{past} {}.{}", named.name, self.undo.hint()), self.now);
        self.undo.push(Undo::Revoke(named, revoked));
        self.reload()
    }

    fn deleted(&mut self, named: Named) -> Vec<Effect> {
        self.toasts.good(format!("Deleted {}.{}", named.name, self.undo.hint()), self.now);
        self.undo.push(Undo::Delete(named));
        self.reload()
    }

    fn undeleted(&mut self, view: &InvitationView) -> Vec<Effect> {
        self.toasts.good(format!("{} is back.", view.invitation.settings.name), self.now);
        // Elsewhere nobody is taken away from where they work.
        if self.pane == Pane::Invitations { self.show_invitation(view) } else { self.reload() }
    }

    fn reissued(&mut self, old: InvitationId, view: &InvitationView) -> Vec<Effect> {
        let named = Named::of(view);
        self.marks.carry(old, named.id);
        let message = format!("{} has a new link, the old one is dead. c copies it, u undoes it.", named.name);
        self.toasts.good(message, self.now);
        self.undo.push(Undo::Reissue(named, old));
        vec![self.invitations.show(view), Effect::LoadOverview]
    }
}
