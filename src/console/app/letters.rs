//! Sending invitations by letter: the dialog, and what became of it.

use super::App;
use crate::console::event::{Effect, Letters, Named};
use crate::console::form::record::RecordForm;
use crate::console::overlay::Overlay;
use crate::console::pane::Pane;
use crate::console::widget::text;
use crate::domain::invitation::Status;
use crate::mail::{Language, address_of};

/// Said where no letter leaves.
const OFF: &str =
    "Mail is off: set `mail` in config.yaml, a host and who letters come from. c copies the link instead.";

impl App {
    /// Opens the dialog for the selected invitation.
    pub(super) fn email_one(&mut self) -> Vec<Effect> {
        let Some(row) = self.invitation().cloned() else { return Vec::new() };
        let status = row.invitation.status(self.now);
        let name = row.invitation.settings.name.clone();
        if self.setting.mail && status != Status::Active {
            self.toasts.bad(format!("{name} is {status}: its link would help nobody."));
            return Vec::new();
        }
        let to = address_of(&row.invitation.settings.fixed_data).unwrap_or_default().to_owned();
        let named = Named { id: row.invitation.id, name };
        self.email(vec![named], Some(to))
    }

    /// Opens the dialog for some invitations; without an address each goes to its own.
    pub(super) fn email(&mut self, named: Vec<Named>, to: Option<String>) -> Vec<Effect> {
        if !self.setting.mail {
            self.toasts.bad(OFF);
            return Vec::new();
        }
        let open = &self.overview.open_flows;
        let letters = Letters {
            any_flow: open.get(self.link_flow % open.len().max(1)).cloned(),
            public_url: self.setting.public_url.clone(),
            many: to.is_none(),
            to,
            named,
            language: Language::English,
            message: String::new(),
        };
        self.overlays.push(Overlay::Record(Box::new(RecordForm::letters(letters))));
        Vec::new()
    }

    /// Takes how many letters were written, and which were not for which reason.
    pub(super) fn mailed(&mut self, done: usize, left: &[(Named, String)]) -> Vec<Effect> {
        self.overlays.retain(|overlay| !matches!(overlay, Overlay::Record(_) | Overlay::Question(_)));
        self.marks.clear(Pane::Invitations);
        let summary = format!("Queued {}", text::count(done as u64, "letter"));
        if left.is_empty() {
            self.toasts.good(format!("{summary}; the server sends them."), self.now);
        } else {
            let left = left.iter().map(|(named, why)| (named.name.to_string(), why.clone())).collect();
            self.tell_of_many(&summary, "", left);
        }
        if done > 0 {
            self.undo.never(format!("{summary}."));
        }
        self.reload()
    }
}
