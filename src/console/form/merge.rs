//! An invitation that somebody else changed while it was edited: what was not touched here becomes what it is there, and
//! what both changed is shown at its field and asked about.

use super::fields::{Field, Fields};
use super::invitation::InvitationForm;
use crate::console::conflict::{self, Author};
use crate::console::event::Refusal;
use crate::console::pane::invitations::ANY_FLOW;
use crate::console::zone::Zone;
use crate::domain::invitation::InvitationView;

impl InvitationForm {
    /// Takes the answer to a save that failed. Everything that was typed stays. `true` where somebody else changed only
    /// what was not touched here: then it can be saved again at once.
    pub fn take_refusal(&mut self, refusal: Refusal, zone: Zone) -> bool {
        self.saving = false;
        let mut again = false;
        self.errors = match refusal {
            Refusal::NameTaken => {
                self.live.forget_name();
                vec![(Field::Name, "Another invitation has this name. Choose another one.".to_owned())]
            }
            Refusal::Gone(author) => {
                // What was typed is good for another one.
                self.edited = None;
                vec![(Field::Name, conflict::told_of_deletion(author.as_ref(), zone))]
            }
            Refusal::Spent(uses) => {
                let at = if self.fields.single_use { Field::SingleUse } else { Field::MaxUses };
                vec![(at, format!("{uses} people have used it already: allow at least {uses}."))]
            }
            Refusal::Other(why) => vec![(Field::Save, why)],
            Refusal::Stale(current, author) => {
                let told = self.merge(&current, author.as_ref(), zone);
                self.edited = Some(current);
                self.live.changed = true;
                again = told.is_empty();
                told
            }
        };
        if let Some((field, _)) = self.errors.first() {
            self.focus = *field;
        }
        again
    }

    /// Takes what somebody else changed; what is to be told, each at its field.
    fn merge(&mut self, current: &InvitationView, author: Option<&Author>, zone: Zone) -> Vec<(Field, String)> {
        let Some(read) = &self.edited else { return Vec::new() };
        let theirs = Fields::of(current, zone);
        let (after, mine) = (theirs.typed(), self.fields.typed());
        let (mut told, mut taken) = (Vec::new(), Vec::new());
        self.contested.clear();
        for ((field, before), (_, now)) in shown(read, zone).into_iter().zip(shown(current, zone)) {
            if !after.differs(field, &self.initial) || !after.differs(field, &mine) {
                continue;
            }
            if mine.differs(field, &self.initial) {
                self.contested.push(field);
                told.push((field, conflict::told(author, &before, &now, zone)));
            } else {
                self.fields.take(field, &theirs);
                taken.push(field.label());
            }
        }
        self.merged = (!taken.is_empty()).then(|| conflict::told_of_merge(author, &taken, zone));
        let was = read.invitation.revoked_at.is_some();
        if was != current.invitation.revoked_at.is_some() {
            told.push((Field::Save, conflict::told_of_revocation(author, !was, zone)));
        }
        self.initial = after;
        told
    }

    /// Puts into the field under the cursor, or else the first one that is asked about, what somebody else wrote there.
    pub(super) fn take_theirs(&mut self, zone: Zone) {
        let here = match self.focus {
            Field::MaxUses => Field::SingleUse,
            other => other,
        };
        let place = self.contested.iter().position(|field| *field == here).unwrap_or(0);
        let (Some(field), Some(read)) = (self.contested.get(place).copied(), &self.edited) else { return };
        let theirs = Fields::of(read, zone);
        self.fields.take(field, &theirs);
        self.live.changed = true;
        self.focus = field;
        self.touch(field);
    }

    /// What somebody else changed meanwhile that is kept, where there is something.
    pub fn merged(&self) -> Option<&str> {
        self.merged.as_deref()
    }

    /// Whether somebody else wrote something else where something is typed.
    pub fn is_contested(&self) -> bool {
        !self.contested.is_empty()
    }
}

/// The values of an invitation, each at its field.
pub(super) fn shown(view: &InvitationView, zone: Zone) -> [(Field, String); 6] {
    let it = &view.invitation.settings;
    [
        (Field::Name, it.name.to_string()),
        (Field::Expires, it.expires.map_or_else(|| "never".to_owned(), |at| zone.typed(at))),
        (Field::Flow, view.flow_slug.as_ref().map_or_else(|| ANY_FLOW.to_owned(), ToString::to_string)),
        (Field::Attributes, serde_json::to_string(&it.fixed_data).unwrap_or_default()),
        (Field::SingleUse, it.max_uses.map_or_else(|| "any number".to_owned(), |max| max.to_string())),
        (Field::Note, it.note.clone()),
    ]
}
