//! The editor of custom attributes: keys are offered as they are typed.

use crossterm::event::KeyEvent;

use super::area;
use super::fields::Field;
use super::invitation::InvitationForm;
use super::suggest::{self, Suggestions};
use crate::console::action::Action;

impl InvitationForm {
    /// Offers the keys that go on with what is typed before the cursor; `false` where there are none.
    pub(super) fn offer_keys(&mut self) -> bool {
        self.suggestions = Suggestions::at(&self.fields.attributes, self.outline());
        self.suggestions.is_some()
    }

    /// Tab where a key was begun: the only one that fits is written, several are offered.
    pub(super) fn complete_key(&mut self) -> bool {
        if self.focus != Field::Attributes || !suggest::begun(&self.fields.attributes) || !self.offer_keys() {
            return false;
        }
        if self.suggestions.as_ref().is_some_and(|list| list.shown().0.len() == 1) {
            self.take_key();
        }
        true
    }

    /// Does what the key table says to the list of keys.
    pub(super) fn act_on_keys(&mut self, action: Action) {
        match (&mut self.suggestions, action) {
            (Some(list), Action::Up | Action::Down) => list.step(action == Action::Down),
            (Some(_), Action::Accept) => self.take_key(),
            _ => self.suggestions = None,
        }
    }

    fn take_key(&mut self) {
        if let Some(list) = self.suggestions.take() {
            list.write(&mut self.fields.attributes);
            area::settle(&mut self.fields.attributes);
            self.edited_text();
        }
    }

    /// Takes a key into the text.
    pub(super) fn editor_key(&mut self, key: KeyEvent) {
        let changed = area::key(&mut self.fields.attributes, key);
        if changed {
            self.edited_text();
        }
        if self.suggestions.is_some() {
            self.offer_keys();
        }
    }

    /// Takes pasted text.
    pub(super) fn editor_paste(&mut self, pasted: &str) {
        area::paste(&mut self.fields.attributes, pasted);
        self.suggestions = None;
        self.edited_text();
    }

    fn edited_text(&mut self) {
        self.live.changed = true;
        self.touch(Field::Attributes);
    }
}
