//! What the invitation dialog shows of an invitation that is not saved yet.

use chrono::{DateTime, Utc};

use super::fields::Field;
use super::invitation::{Ask, InvitationForm};
use crate::console::zone::Zone;
use crate::domain::invitation::Invitation;
use crate::domain::slug::Slug;

/// The name of an invitation that has none yet: what is seen does not depend on it.
const UNNAMED: &str = "unnamed";

impl InvitationForm {
    /// Asks to look at what is typed. Without a name it can be looked at, too; what else is wrong stands at its field.
    pub(super) fn preview(&mut self, zone: Zone, now: DateTime<Utc>) -> Ask {
        let Some(flow) = self.outline().map(|outline| outline.flow.slug.clone()) else {
            self.errors = vec![(Field::Flow, "There is no flow to look at.".to_owned())];
            self.focus = Field::Flow;
            return Ask::Nothing;
        };
        let typed = self.fields.name.text().trim().to_owned();
        let name = if Slug::parse(&typed).is_ok() { typed.as_str() } else { UNNAMED };
        let read = self.edited.as_ref().map(|view| &view.invitation);
        let settings = self.fields.settings_named(name, zone, now, self.read_and_shown());
        match settings {
            Ok(settings) => {
                let unsaved = match read {
                    Some(read) => Invitation { settings, ..read.clone() },
                    None => Invitation::unsaved(settings, now),
                };
                self.errors.clear();
                Ask::Preview(Box::new(unsaved), flow)
            }
            Err(errors) => {
                if let Some((field, _)) = errors.first() {
                    self.focus = *field;
                }
                self.errors = errors;
                Ask::Nothing
            }
        }
    }
}
