//! The bottom line: the keys that work here, now.

use ratatui::text::{Line, Span};

use super::marks::is_for_one;
use super::{App, on_list};
use crate::console::action::Action;
use crate::console::overlay::Overlay;
use crate::console::pane::Pane;
use crate::console::theme;

/// What is worth mentioning while rows are marked.
const FOR_MARKS: &[Action] = &[
    Action::CopyLink,
    Action::Email,
    Action::Revoke,
    Action::Reissue,
    Action::Activate,
    Action::Export,
    Action::Delete,
    Action::Mark,
    Action::MarkAll,
    Action::Dismiss,
    Action::Help,
];

/// Narrower than that, what would be undone takes the room of keys that are wanted more often.
const ROOMY: usize = 100;

impl App {
    /// The footer, for that many columns. What does not fit is left out, but the way to help stays.
    pub(super) fn footer(&mut self, width: usize) -> Line<'static> {
        let contexts = self.contexts();
        let keymap = self.setting.preferences.keymap.clone();
        let marking = self.overlays.is_empty() && self.has_marks();
        let mut items: Vec<(Action, String, String)> = Vec::new();
        for (place, context) in contexts.iter().enumerate() {
            for (binding, keys) in keymap.rows(&[*context]).filter(|(binding, _)| !binding.short.is_empty()) {
                // What comes first has its keys: here they mean that.
                let free = keys.iter().find(|key| keymap.resolve(&contexts[..place], **key).is_none());
                let shadowed = items.iter().any(|(action, _, _)| *action == binding.action);
                let wanted = !marking || FOR_MARKS.contains(&binding.action);
                if let Some(key) = free.filter(|_| !shadowed && wanted)
                    && self.is_possible(binding.action)
                {
                    items.push((binding.action, key.to_string(), self.word(binding.action, binding.short)));
                }
            }
        }
        let size = |items: &[(Action, String, String)]| -> usize {
            items.iter().map(|(_, key, word)| key.chars().count() + 1 + word.chars().count() + 2).sum()
        };
        // Where there is no room to say what would be undone, it is said that something can be.
        let undo = items.iter().position(|(action, _, _)| *action == Action::Undo);
        if let Some(undo) = undo.filter(|_| width < ROOMY && size(&items) > width + 1) {
            "Undo".clone_into(&mut items[undo].2);
        }
        // A way back is worth more than a second way to the link.
        let spare = items.iter().position(|(action, _, _)| *action == Action::BareLink);
        if let Some(spare) = spare.filter(|_| undo.is_some() && size(&items) > width + 1) {
            items.remove(spare);
        }
        while size(&items) > width + 1 {
            match items.iter().rposition(|(action, _, _)| !matches!(action, Action::Help | Action::Undo)) {
                Some(place) => items.remove(place),
                None => break,
            };
        }
        let mut spans = vec![Span::raw(" ")];
        for (index, (_, key, word)) in items.into_iter().enumerate() {
            if index > 0 {
                spans.push(Span::raw("  "));
            }
            spans.push(Span::styled(key, theme::KEY));
            spans.push(Span::raw(format!(" {word}")));
        }
        Line::from(spans)
    }

    fn word(&self, action: Action, short: &str) -> String {
        match action {
            Action::Submit if matches!(self.overlays.last(), Some(Overlay::Batch(_))) => "Try it",
            Action::Activate if self.has_marks() && self.marks.users.values().all(|(_, active)| !active) => {
                "Activate marked"
            }
            Action::Activate if self.has_marks() => "Deactivate marked",
            Action::Submit if let Some(Overlay::Record(form)) = self.overlays.last() => form.submit_word(),
            Action::Activate if self.users.selected().is_some_and(|row| row.user.is_active) => "Deactivate",
            Action::Follow if self.events.is_following() => "Stop following",
            // In a dialog the key takes back what was done there.
            Action::Undo if self.overlays.is_empty() => return self.undo.label().unwrap_or_else(|| short.to_owned()),
            Action::CopyLink if self.has_marks() => "Copy links",
            Action::Revoke if self.has_marks() => "Revoke marked",
            Action::Delete if self.has_marks() => "Delete marked",
            Action::Reissue if self.has_marks() => "Re-issue marked",
            Action::Export if self.has_marks() => "Export marked",
            Action::Revoke if self.invitation().is_some_and(|row| row.invitation.revoked_at.is_some()) => "Restore",
            _ => short,
        }
        .to_owned()
    }

    /// Whether something can be done to many here. Who may only read copies many links, and exports many flows.
    pub(super) fn marks_are_of_use(&self) -> bool {
        match self.pane {
            Pane::Invitations | Pane::Flows => true,
            Pane::Users | Pane::Groups => !self.setting.read_only,
            Pane::Events => false,
        }
    }

    /// Whether an action does something now.
    pub(super) fn is_possible(&mut self, action: Action) -> bool {
        if action.writes() && self.setting.read_only || action == Action::Email && !self.setting.mail {
            return false;
        }
        match self.overlays.last() {
            Some(Overlay::Form(form)) => {
                return match action {
                    Action::Bind => form.bindable().is_some(),
                    Action::FreeName => form.free_name().is_some(),
                    Action::TakeTheirs => form.is_contested(),
                    Action::Suggest => form.can_suggest(),
                    _ => true,
                };
            }
            Some(Overlay::Record(form)) => return action != Action::TakeTheirs || form.is_contested(),
            Some(Overlay::Problems(problems)) => return problems.is_possible(action),
            Some(Overlay::Batch(dialog)) => return action != Action::TakeTheirs && dialog.is_possible(action),
            Some(Overlay::Stages(stages)) => return stages.is_possible(action),
            Some(_) => return true,
            None => {}
        }
        if self.has_marks() && is_for_one(action) {
            return false;
        }
        match action {
            Action::Edit
            | Action::Email
            | Action::CopyLink
            | Action::BareLink
            | Action::QrCode
            | Action::Preview
            | Action::Revoke
            | Action::Reissue
            | Action::Duplicate
            | Action::Password
            | Action::Activate
            | Action::AddMember
            | Action::RemoveMember
            | Action::Toggle
            | Action::Delete => on_list!(self, list => list.selected().is_some()),
            Action::Undo => self.undo.label().is_some(),
            Action::Sort => on_list!(self, list => list.can_sort()),
            Action::Mark | Action::MarkAll => {
                self.marks_are_of_use() && on_list!(self, list => list.selected().is_some())
            }
            Action::Bind => self.bindable().is_some(),
            Action::NextFlow => {
                let any_flow = self.invitation().is_some_and(|row| row.flow_slug.is_none());
                any_flow && self.overview.open_flows.len() > 1
            }
            Action::Dismiss => {
                self.toasts.all().iter().any(|toast| toast.end.is_none())
                    || on_list!(self, list => !list.filter().0.text().is_empty())
            }
            _ => true,
        }
    }
}
