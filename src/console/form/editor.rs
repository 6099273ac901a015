//! The editor of custom attributes: colours, and keys that are offered as they are typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::TextArea;

use super::fields::Field;
use super::highlight;
use super::invitation::InvitationForm;
use super::suggest::{self, Suggestions};
use crate::console::action::Action;
use crate::domain::text::is_harmful;

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
            self.edited_text();
        }
    }

    /// Takes a key into the text.
    pub(super) fn editor_key(&mut self, key: KeyEvent) {
        let harmful = matches!(key.code, KeyCode::Char(c) if is_harmful(c));
        if harmful {
            return;
        }
        let area = &mut self.fields.attributes;
        let changed = match (key.modifiers, key.code) {
            // As in every other field. What the editor takes it for, undoing, is moved beside it.
            (KeyModifiers::CONTROL, KeyCode::Char('u')) => area.cursor().1 > 0 && area.delete_line_by_head(),
            (KeyModifiers::ALT, KeyCode::Char('u')) => area.undo(),
            (KeyModifiers::ALT, KeyCode::Char('r')) => area.redo(),
            _ => area.input(key),
        };
        if changed {
            self.edited_text();
        }
        // The colours are those of the rows around the cursor.
        highlight::colour(&mut self.fields.attributes);
        if self.suggestions.is_some() {
            self.offer_keys();
        }
    }

    /// Takes pasted text.
    pub(super) fn editor_paste(&mut self, pasted: &str) {
        self.fields.attributes.insert_str(clean(pasted));
        self.suggestions = None;
        self.edited_text();
    }

    fn edited_text(&mut self) {
        highlight::colour(&mut self.fields.attributes);
        self.live.changed = true;
        self.touch(Field::Attributes);
    }
}

pub(super) fn editor(text: &str) -> TextArea<'static> {
    let mut area = TextArea::new(clean(text).trim_end_matches('\n').split('\n').map(str::to_owned).collect());
    area.set_cursor_line_style(ratatui::style::Style::new());
    // The terminal's own cursor is used: readers and input methods follow that one.
    area.set_cursor_render_mode(tui_textarea::CursorRenderMode::Hidden);
    area.set_tab_length(2);
    highlight::colour(&mut area);
    area
}

/// Text for the editor: line breaks as `\n`, tabs as blanks (YAML takes none), nothing that does harm.
pub(super) fn clean(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "  ");
    lines.chars().filter(|c| *c == '\n' || !is_harmful(*c)).collect()
}
