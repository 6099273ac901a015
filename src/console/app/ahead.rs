//! Keys that are typed ahead: where the answer that selects another row is still under way, a key means that row and waits for it.

use crossterm::event::KeyEvent;

use super::{App, on_list};
use crate::console::action::Action;
use crate::console::event::Effect;
use crate::console::key::Key;
use crate::console::keymap::Context;
use crate::console::overlay::Overlay;

/// So many keys wait at most; what is typed beyond them is more likely an accident.
const MOST: usize = 200;

impl App {
    /// Whether a key waits for an answer; then it is kept.
    pub(super) fn must_wait(&mut self, key: KeyEvent) -> bool {
        let action = self.resolve(key);
        match action {
            // Whoever wants out does not wait, nor who wants to know why nothing happens.
            Some(Action::Quit | Action::Suspend | Action::Redraw | Action::Submit) => return false,
            Some(Action::Dismiss) => {
                self.ahead.clear();
                return false;
            }
            _ => {}
        }
        if self.is_saving() {
            // The form is about to close, and takes nothing more. What is wanted next is the link of what is saved; anything else
            // was meant for the form, and would be a command to the list.
            let list = [Context::Invitations, Context::Lists];
            if self.setting.preferences.keymap.resolve(&list, Key::from(key)) == Some(Action::CopyLink) {
                self.ahead.push_back(key);
            } else if action.is_none() {
                self.not_taken();
            }
            return true;
        }
        if self.ahead.is_empty() && !self.waits_with(action) {
            return false;
        }
        if self.ahead.len() < MOST {
            self.ahead.push_back(key);
        }
        true
    }

    /// Whether a form is being saved.
    pub(super) fn is_saving(&self) -> bool {
        match self.overlays.last() {
            Some(Overlay::Form(form)) => form.is_saving(),
            Some(Overlay::Record(form)) => form.is_saving(),
            _ => false,
        }
    }

    /// Says that what was typed or pasted while a form was saved went nowhere.
    pub(super) fn not_taken(&mut self) {
        self.toasts.note("It is being saved: what is typed now is not taken.", self.now);
    }

    /// Whether what an action means is not known yet.
    fn waits_with(&mut self, action: Option<Action>) -> bool {
        if self.is_saving() {
            return true;
        }
        let rows = match action {
            None
            | Some(
                Action::NextPane
                | Action::PreviousPane
                | Action::Pane(_)
                | Action::Reload
                | Action::Filter
                | Action::Palette
                | Action::Mouse
                | Action::Help
                | Action::New
                | Action::Import
                | Action::Undo
                | Action::MarkAll
                | Action::Follow
                | Action::Accept,
            ) => false,
            Some(_) => self.overlays.is_empty(),
        };
        rows && on_list!(self, list => list.awaits())
    }

    /// Does what the keys ask for that waited, as far as it is known now what they mean.
    pub(super) fn catch_up(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(key) = self.ahead.front().copied() {
            let action = self.resolve(key);
            if self.waits_with(action) {
                break;
            }
            self.ahead.pop_front();
            self.changed = true;
            effects.extend(self.key(key));
        }
        effects
    }

    /// Forgets the keys that wait: what they wait for does not come, or is not what they were typed for.
    pub(super) fn forget_ahead(&mut self) {
        self.ahead.clear();
        on_list!(self, list => list.give_up());
        if let Some(form) = self.form() {
            form.give_up();
        }
    }
}
