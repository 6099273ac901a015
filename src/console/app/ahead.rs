//! What is typed ahead: where an answer that is under way decides what a key means, the key waits for it.

use crossterm::event::{KeyEvent, KeyModifiers};

use super::{App, on_list};
use crate::console::action::Action;
use crate::console::event::Effect;
use crate::console::key::Key;
use crate::console::keymap::Context;
use crate::console::overlay::Overlay;

/// So much waits at most; what is typed beyond is more likely an accident.
const MOST: usize = 1_000;

/// Something that waits.
#[derive(Debug)]
pub(super) enum Ahead {
    /// A key, and what it meant when it was pressed.
    Key(KeyEvent, Option<Action>),
    /// Pasted text.
    Paste(String),
}

/// What is typed after it is text, or an answer, and no command.
fn asks_for_text(action: Action) -> bool {
    matches!(
        action,
        Action::Palette
            | Action::Filter
            | Action::New
            | Action::Edit
            | Action::Duplicate
            | Action::Batch
            | Action::Import
            | Action::Export
            | Action::Email
            | Action::Password
            | Action::AddMember
            | Action::RemoveMember
            | Action::BindStage
            | Action::Delete
    )
}

impl App {
    /// Whether a key waits for an answer; then it is kept.
    pub(super) fn must_wait(&mut self, key: KeyEvent) -> bool {
        let action = self.resolve(key);
        let into_text = |kept: &Ahead| matches!(kept, Ahead::Key(_, Some(action)) if asks_for_text(*action));
        let text = self.ahead.iter().any(into_text);
        match action {
            // Whoever wants out does not wait.
            Some(Action::Suspend | Action::Redraw | Action::Submit) => return false,
            Some(Action::Quit) if !text || key.modifiers.contains(KeyModifiers::CONTROL) => return false,
            Some(Action::Dismiss) if !text => {
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
                self.keep(Ahead::Key(key, action));
            } else if action.is_none() {
                self.not_taken();
            }
            return true;
        }
        if self.ahead.is_empty() && !self.waits_with(action) {
            return false;
        }
        // A key that is pressed again because nothing comes of it does not take back what it is about to do.
        let again = self.ahead.is_empty() && !self.writing.is_empty() && self.last == action;
        if !(again && matches!(action, Some(Action::Revoke | Action::Activate | Action::Reissue))) {
            self.keep(Ahead::Key(key, action));
        }
        true
    }

    /// Whether pasted text waits for an answer; then it is kept.
    pub(super) fn paste_must_wait(&mut self, text: &str) -> bool {
        if self.is_saving() {
            self.not_taken();
            return true;
        }
        if self.ahead.is_empty() {
            return false;
        }
        self.keep(Ahead::Paste(text.to_owned()));
        true
    }

    fn keep(&mut self, ahead: Ahead) {
        if self.ahead.len() < MOST {
            self.ahead.push_back(ahead);
        }
    }

    /// Whether a form is being saved.
    fn is_saving(&self) -> bool {
        match self.overlays.last() {
            Some(Overlay::Form(form)) => form.is_saving(),
            Some(Overlay::Record(form)) => form.is_saving(),
            _ => false,
        }
    }

    /// Says that what was typed or pasted while a form was saved went nowhere.
    fn not_taken(&mut self) {
        self.toasts.note("It is being saved: what is typed now is not taken.", self.now);
    }

    /// Whether what an action means is not known yet.
    fn waits_with(&mut self, action: Option<Action>) -> bool {
        if self.is_saving() {
            return true;
        }
        if let Some(overlay) = self.overlays.last() {
            return matches!(overlay, Overlay::Stages(stages) if stages.awaits());
        }
        let writing = !self.writing.is_empty();
        match action {
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
                | Action::MarkAll
                | Action::Follow
                | Action::Accept,
            ) => false,
            // Where it takes long, it is said that it is not yet time for that.
            Some(Action::Undo) => writing && !self.waiting,
            Some(_) => writing || on_list!(self, list => list.awaits()),
        }
    }

    /// Does what waited, as far as it is known now what it means.
    pub(super) fn catch_up(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(ahead) = self.ahead.pop_front() {
            match ahead {
                Ahead::Key(key, meant) => {
                    let action = self.resolve(key);
                    if self.waits_with(action) {
                        self.ahead.push_front(Ahead::Key(key, meant));
                        break;
                    }
                    let wanted = self.key(key);
                    // At once: the next key has to know what this one changes.
                    effects.extend(self.watched(wanted));
                }
                Ahead::Paste(text) => effects.extend(self.paste(&text)),
            }
            self.changed = true;
        }
        effects
    }

    /// Forgets what waits: what it waits for does not come, or is not what it was typed for.
    pub(super) fn forget_ahead(&mut self) {
        self.ahead.clear();
        self.writing.clear();
        on_list!(self, list => list.give_up());
        if let Some(form) = self.form() {
            form.give_up();
        }
    }
}
