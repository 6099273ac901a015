//! What actions do to users, groups and flows.

use super::App;
use super::undo::Undo;
use crate::console::action::Action;
use crate::console::conflict::Conflict;
use crate::console::event::{Change, Effect, UserQuestion};
use crate::console::form::live::{self, Findings};
use crate::console::form::record::{Ask, RecordForm};
use crate::console::overlay::Overlay;
use crate::console::overlay::confirm::Confirm;
use crate::console::overlay::question::Question;
use crate::console::pane::Pane;
use crate::console::runtime::OWN;
use crate::console::stages::Stages;
use crate::console::widget::text;
use crate::domain::id::UserId;
use crate::domain::slug::Slug;
use crate::domain::text::printable;

impl App {
    /// Does what a key asks for in the panes of flows, users and groups.
    pub(super) fn act_on_others(&mut self, action: Action) -> Vec<Effect> {
        let overlay = match (self.pane, action) {
            (Pane::Users, Action::New) => Some(record(RecordForm::user(None))),
            (Pane::Groups, Action::New) => Some(record(RecordForm::group(None))),
            (Pane::Users, _) => {
                let Some(user) = self.users.selected().map(|row| row.user.clone()) else { return Vec::new() };
                let name = user.username.to_string();
                let locks_out = action == Action::Delete || action == Action::Activate && user.is_active;
                if locks_out && name.eq_ignore_ascii_case(&self.setting.actor) {
                    self.toasts.bad(OWN);
                    return Vec::new();
                }
                match action {
                    Action::Edit => Some(record(RecordForm::user(Some(user)))),
                    Action::Password => Some(record(RecordForm::password(user.id, name))),
                    Action::Delete => Some(Overlay::Question(Question::DeleteUser(user.id, name))),
                    Action::Activate => return change(Change::Active(user.id, name, !user.is_active)),
                    _ => None,
                }
            }
            (Pane::Groups, _) => {
                let Some(row) = self.groups.selected() else { return Vec::new() };
                let (group, members) = (row.group.clone(), row.member_count);
                match action {
                    Action::Edit => Some(record(RecordForm::group(Some(group)))),
                    Action::AddMember => Some(record(RecordForm::member(group, true))),
                    Action::RemoveMember => Some(record(RecordForm::member(group, false))),
                    Action::Delete if group.is_superuser => Some(Overlay::Confirm(Confirm::superusers(group, members))),
                    Action::Delete => Some(Overlay::Question(Question::DeleteGroup(Box::new(group)))),
                    _ => None,
                }
            }
            (Pane::Flows, _) => {
                let Some(flow) = self.flows.selected().map(|row| row.flow.clone()) else { return Vec::new() };
                match action {
                    Action::Delete => Some(Overlay::Question(Question::DeleteFlow(flow.id, flow.slug))),
                    Action::Edit => {
                        let (stages, effect) = Stages::open(flow.id, flow.slug);
                        self.overlays.push(Overlay::Stages(Box::new(stages)));
                        return vec![effect];
                    }
                    Action::CopyLink => {
                        return vec![Effect::Copy(
                            self.address(&flow.slug),
                            format!("The address of {}", text::cut(flow.slug.as_str(), 40)),
                        )];
                    }
                    Action::BareLink => Some(Overlay::BareLink(self.address(&flow.slug), None)),
                    _ => None,
                }
            }
            (Pane::Invitations | Pane::Events, _) => None,
        };
        self.overlays.extend(overlay);
        Vec::new()
    }

    /// Where a flow is executed, without an invitation.
    pub(super) fn address(&self, slug: &Slug) -> String {
        format!("{}/if/flow/{slug}/", self.setting.public_url.trim_end_matches('/'))
    }

    /// Does what the small dialog on top wants.
    pub(super) fn record_asked(&mut self, ask: Ask) -> Vec<Effect> {
        match ask {
            Ask::Nothing => {}
            Ask::Cancel => {
                let changed = matches!(self.overlays.last(), Some(Overlay::Record(form)) if form.is_changed());
                if changed {
                    self.overlays.push(Overlay::Question(Question::Discard));
                } else {
                    self.overlays.pop();
                    return self.withdraw();
                }
            }
            Ask::Change(wanted) => return change(wanted),
            Ask::Send(letters) => return vec![Effect::SendLetters(letters)],
        }
        Vec::new()
    }

    /// Takes that a change was made.
    pub(super) fn done(&mut self, said: &str, at: Option<(Pane, String)>) -> Vec<Effect> {
        let merged =
            self.record_form().and_then(|form| form.merged()).map(|told| printable(&format!(" {told}")).into_owned());
        self.close_record();
        self.undo.never(said.to_owned());
        self.toasts.good(format!("{said}{}", merged.unwrap_or_default()), self.now);
        match at {
            Some((Pane::Users, key)) if self.pane == Pane::Users => {
                vec![self.users.show_named(&key), Effect::LoadOverview]
            }
            Some((Pane::Groups, key)) if self.pane == Pane::Groups => {
                vec![self.groups.show_named(&key), Effect::LoadOverview]
            }
            _ => self.reload(),
        }
    }

    /// Closes the small dialog: what was typed is saved.
    pub(super) fn close_record(&mut self) {
        if self.overlays.iter().any(|overlay| matches!(overlay, Overlay::Record(_))) {
            self.overlays.retain(|overlay| !matches!(overlay, Overlay::Record(_) | Overlay::Question(_)));
        }
    }

    /// Takes that it was not.
    pub(super) fn not_done(&mut self, errors: Vec<(String, String)>) {
        self.forget_ahead();
        if let Some(form) = self.record_form() {
            form.refuse(errors);
        }
    }

    /// Takes that somebody else changed the same meanwhile.
    pub(super) fn conflict(&mut self, conflict: Conflict) -> Vec<Effect> {
        self.forget_ahead();
        let zone = self.setting.zone;
        let again = self.record_form().is_some_and(|form| form.take_conflict(conflict, zone));
        // Not from under a question.
        let on_top = matches!(self.overlays.last(), Some(Overlay::Record(_)));
        if again && on_top { self.act_on_overlay(Action::Submit) } else { Vec::new() }
    }

    /// What the dialog wants to know about what is typed there.
    pub(super) fn record_questions(&mut self) -> Vec<Effect> {
        self.record_form().map(RecordForm::questions).unwrap_or_default()
    }

    /// Takes the users that a dialog looks for.
    pub(super) fn take_users(&mut self, question: &UserQuestion, found: Vec<(String, String)>) {
        if let Some(form) = self.record_form() {
            form.take_users(question, found);
        }
    }

    /// Takes what was found out about attributes that are being typed.
    pub(super) fn diagnosed(&mut self, question: &live::Question, findings: Findings) {
        if let Some(form) = self.form() {
            form.take_findings(question, findings);
        } else if let Some(form) = self.record_form() {
            form.take_findings(question, findings);
        }
    }

    fn record_form(&mut self) -> Option<&mut RecordForm> {
        self.overlays.iter_mut().find_map(|overlay| match overlay {
            Overlay::Record(form) => Some(form.as_mut()),
            _ => None,
        })
    }

    /// Takes that a user can sign in now, or not any more.
    pub(super) fn activated(&mut self, id: UserId, name: String, active: bool) -> Vec<Effect> {
        let now = if active { "can sign in" } else { "can't sign in any more" };
        self.toasts.good(format!("{} {now}.{}", text::safe(&name), self.undo.hint()), self.now);
        self.undo.push(Undo::Changes(vec![Change::Active(id, name, !active)]));
        self.reload()
    }
}

fn record(form: RecordForm) -> Overlay {
    Overlay::Record(Box::new(form))
}

fn change(change: Change) -> Vec<Effect> {
    vec![Effect::Change(Box::new(change))]
}
