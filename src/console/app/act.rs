//! What actions do to lists and rows.

use crossterm::event::KeyEvent;

use super::{App, on_list};
use crate::console::action::Action;
use crate::console::event::{Effect, Named, Visit};
use crate::console::form::invitation::InvitationForm;
use crate::console::overlay::Overlay;
use crate::console::overlay::help::Help;
use crate::console::overlay::import::ImportDialog;
use crate::console::overlay::qr::Qr;
use crate::console::overlay::question::Question;
use crate::console::overlay::walkthrough::Walkthrough;
use crate::console::pane::Pane;
use crate::console::pane::invitations::{flow_of, link_of};
use crate::console::widget::text;
use crate::domain::flow::Designation;
use crate::domain::id::FlowId;
use crate::domain::invitation::{Invitation, InvitationView};
use crate::domain::slug::Slug;

impl App {
    /// Does what a key asks for, where it means that.
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Quit => return self.quit(),
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
            _ => {}
        }
        if !self.overlays.is_empty() {
            return self.act_on_overlay(action);
        }
        if on_list!(self, list => list.filter().1) {
            return self.act_on_filter(action).into_iter().collect();
        }
        match action {
            Action::NextPane => self.go(self.pane.step(1)),
            Action::PreviousPane => self.go(self.pane.step(Pane::ALL.len() - 1)),
            Action::Pane(number) => {
                let pane = usize::from(number).checked_sub(1).and_then(|index| Pane::ALL.get(index));
                pane.map_or_else(Vec::new, |pane| self.go(*pane))
            }
            Action::Reload => self.reload(),
            Action::Help => self.help(),
            Action::Palette => self.open_palette(),
            Action::Mouse => self.toggle_mouse(),
            Action::Filter => {
                on_list!(self, list => list.begin_filter());
                Vec::new()
            }
            Action::Dismiss => {
                // Good news goes by itself: it is no reason to press the key twice.
                if self.toasts.dismiss() {
                    return Vec::new();
                }
                if self.has_marks() {
                    self.marks.clear(self.pane);
                    return Vec::new();
                }
                on_list!(self, list => list.clear_filter()).into_iter().collect()
            }
            Action::Undo => self.take_back(),
            Action::Mark | Action::MarkAll if !self.marks_are_of_use() => {
                let why = if self.pane == Pane::Events { "to events" } else { "to many where nothing may be written" };
                self.toasts.note(format!("Nothing is marked: there is nothing to do {why}."), self.now);
                Vec::new()
            }
            Action::Sort | Action::ReverseSort if on_list!(self, list => !list.can_sort()) => {
                self.toasts.note("The log has one order: what happened last comes first.", self.now);
                Vec::new()
            }
            Action::Mark => self.mark(),
            Action::MarkAll => self.mark_all(),
            Action::Import => self.begin_import(ImportDialog::new()),
            Action::Sort => on_list!(self, list => list.next_sort()).into_iter().collect(),
            Action::ReverseSort => on_list!(self, list => list.reverse_sort()).into_iter().collect(),
            Action::Follow => on_list!(self, list => list.follow()).into_iter().collect(),
            _ => match self.move_in_list(action) {
                Some(effects) => effects,
                None => self.act_on_marks(action).unwrap_or_else(|| self.act_on_row(action)),
            },
        }
    }

    /// Does what a key asks for with the selected row.
    fn act_on_row(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Export => self.begin_export(),
            Action::Batch => self.begin_batch(),
            Action::Bind => self.bindable().map(Effect::BindInvitationStage).into_iter().collect(),
            _ if self.pane == Pane::Invitations => self.act_on_invitation(action),
            _ => self.act_on_others(action),
        }
    }

    fn move_in_list(&mut self, action: Action) -> Option<Vec<Effect>> {
        let effect = on_list!(self, list => match action {
            Action::Up => list.step(false),
            Action::Down => list.step(true),
            Action::First => list.end(false),
            Action::Last => list.end(true),
            Action::HalfUp => list.jump(false, 1),
            Action::HalfDown => list.jump(true, 1),
            Action::PageUp => list.jump(false, 2),
            Action::PageDown => list.jump(true, 2),
            Action::Expand => list.expand(Some(true)),
            Action::Collapse => list.expand(Some(false)),
            Action::Toggle => list.expand(None),
            _ => return None,
        });
        Some(effect.into_iter().collect())
    }

    fn act_on_filter(&mut self, action: Action) -> Option<Effect> {
        on_list!(self, list => match action {
            Action::Accept => {
                list.keep_filter();
                None
            }
            Action::Dismiss => list.clear_filter(),
            Action::Up => list.step(false),
            Action::Down => list.step(true),
            _ => None,
        })
    }

    fn act_on_invitation(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::New => {
                let form = InvitationForm::create(self.setting.default_expiry_days);
                self.overlays.push(Overlay::Form(Box::new(form)));
                return vec![Effect::LoadFlowChoices];
            }
            Action::NextFlow => self.link_flow = self.link_flow.wrapping_add(1),
            Action::PreviousFlow => {
                self.link_flow = self.link_flow.wrapping_add(self.overview.open_flows.len().max(1) - 1);
            }
            _ => {}
        }
        self.link_flow %= self.overview.open_flows.len().max(1);
        let Some(row) = self.invitation().cloned() else { return Vec::new() };
        let named = Named { id: row.invitation.id, name: row.invitation.settings.name.clone() };
        match action {
            Action::Edit => {
                let form = InvitationForm::edit(row, self.setting.zone);
                self.overlays.push(Overlay::Form(Box::new(form)));
                vec![Effect::LoadFlowChoices]
            }
            Action::Duplicate => {
                let form =
                    InvitationForm::duplicate(row, self.setting.zone, self.setting.default_expiry_days, self.now);
                self.overlays.push(Overlay::Form(Box::new(form)));
                vec![Effect::LoadFlowChoices]
            }
            Action::Reissue => vec![Effect::Reissue(named)],
            Action::Email => self.email_one(),
            Action::CopyLink => self.copy_link(&row),
            Action::BareLink => match link_of(&row, &self.view()) {
                Some(link) => self.open(Overlay::BareLink(link, row.invitation.why_dead(self.now))),
                None => self.no_link(),
            },
            Action::QrCode => self.qr_code(&row),
            Action::Preview => match flow_of(&row, &self.view()).cloned() {
                Some(flow) => self.preview(row.invitation, flow),
                None => self.no_link(),
            },
            Action::Revoke => vec![Effect::SetRevoked(named, row.invitation.revoked_at.is_none())],
            Action::Delete => self.open(Overlay::Question(Question::Delete(named))),
            _ => Vec::new(),
        }
    }

    /// Shows what somebody sees who follows an invitation's link.
    pub(super) fn preview(&mut self, invitation: Invitation, flow: Slug) -> Vec<Effect> {
        let visit = Visit { invitation, flow, public_url: self.setting.public_url.clone() };
        let (walkthrough, effect) = Walkthrough::new(visit);
        self.overlays.push(Overlay::Walkthrough(Box::new(walkthrough)));
        vec![effect]
    }

    fn help(&mut self) -> Vec<Effect> {
        let here = self.contexts();
        let help = Help::new(&self.setting.preferences.keymap, &here, self.setting.read_only);
        self.open(Overlay::Help(help))
    }

    fn copy_link(&mut self, row: &InvitationView) -> Vec<Effect> {
        let Some(link) = link_of(row, &self.view()) else { return self.no_link() };
        // Copied all the same: perhaps it is restored, or given more time, next.
        if let Some(why) = row.invitation.why_dead(self.now) {
            self.toasts.bad(why);
        }
        vec![Effect::Copy(link, format!("The link of {}", text::cut(row.invitation.settings.name.as_str(), 40)))]
    }

    fn qr_code(&mut self, row: &InvitationView) -> Vec<Effect> {
        let Some(link) = link_of(row, &self.view()) else { return self.no_link() };
        if let Some(code) = Qr::new(&link, row.invitation.why_dead(self.now), self.setting.theme.ascii) {
            return self.open(Overlay::Qr(code));
        }
        self.toasts.bad("The link is too long for a QR code.");
        Vec::new()
    }

    fn no_link(&mut self) -> Vec<Effect> {
        self.toasts.bad("There is no link: no flow has an invitation stage yet. Press 1, then b, to bind one.");
        Vec::new()
    }

    pub(super) fn open(&mut self, overlay: Overlay) -> Vec<Effect> {
        self.overlays.push(overlay);
        Vec::new()
    }

    /// Goes to a pane and reads it again.
    pub(super) fn go(&mut self, pane: Pane) -> Vec<Effect> {
        self.pane = pane;
        self.reload()
    }

    /// The selected invitation, where invitations are shown.
    pub(super) fn invitation(&self) -> Option<&InvitationView> {
        self.invitations.selected().filter(|_| self.pane == Pane::Invitations)
    }

    /// The flow of the selected row, where it is one for enrollment and lacks an invitation stage.
    pub(super) fn bindable(&self) -> Option<FlowId> {
        match self.pane {
            Pane::Flows => {
                let row = self.flows.selected()?;
                let lacks = !row.has_invitation_stage && row.flow.designation == Designation::Enrollment;
                lacks.then_some(row.flow.id)
            }
            Pane::Invitations => {
                let row = self.invitation()?;
                let slug = row.flow_slug.as_ref()?;
                row.invitation.settings.flow.filter(|_| !self.overview.open_flows.contains(slug))
            }
            Pane::Users | Pane::Groups | Pane::Events => None,
        }
    }

    fn quit(&mut self) -> Vec<Effect> {
        if matches!(self.overlays.last(), Some(Overlay::Question(Question::Quit | Question::QuitWork(_)))) {
            return Vec::new();
        }
        if let Some(work) = self.overlays.iter().find_map(Overlay::under_way) {
            return self.open(Overlay::Question(Question::QuitWork(work)));
        }
        let unsaved = self.overlays.iter().any(|overlay| match overlay {
            Overlay::Form(form) => form.is_changed(),
            Overlay::Record(form) => form.is_changed(),
            Overlay::Import(dialog) => dialog.is_changed(),
            Overlay::Batch(dialog) => dialog.is_changed(),
            Overlay::Context(form) => form.is_changed(),
            _ => false,
        });
        if unsaved { self.open(Overlay::Question(Question::Quit)) } else { vec![Effect::Quit] }
    }

    /// Takes a key that means nothing in the key table: it is typed into what takes text.
    pub(super) fn typed(&mut self, key: KeyEvent) -> Vec<Effect> {
        if !self.overlays.is_empty() {
            return self.type_into_overlay(key);
        }
        if on_list!(self, list => list.filter().1) {
            let edit = |line: &mut crate::console::widget::line::Line| {
                line.key(key);
            };
            return on_list!(self, list => list.edit_filter(edit)).into_iter().collect();
        }
        Vec::new()
    }

    /// Takes pasted text.
    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        match self.overlays.last_mut() {
            Some(Overlay::Form(form)) => form.paste(text),
            Some(Overlay::Record(form)) => form.paste(text),
            Some(Overlay::Import(dialog)) => dialog.paste(text),
            Some(Overlay::Palette(palette)) => palette.paste(text),
            Some(Overlay::Batch(dialog)) => dialog.paste(text),
            Some(Overlay::Context(form)) => form.paste(text),
            Some(Overlay::Export(dialog)) => dialog.paste(text),
            Some(Overlay::Stages(stages)) => stages.paste(text),
            Some(Overlay::Confirm(confirm)) => confirm.paste(text),
            None if on_list!(self, list => list.filter().1) => {
                return on_list!(self, list => list.edit_filter(|line| line.insert(text))).into_iter().collect();
            }
            Some(_) | None => {}
        }
        Vec::new()
    }
}
