//! Many invitations at once: from the key that asks for them to the one that takes them back.

use super::App;
use super::undo::Undo;
use crate::console::batch::{Answer, Base, BatchDialog, Then};
use crate::console::clipboard::Copied;
use crate::console::event::Effect;
use crate::console::overlay::Overlay;
use crate::console::overlay::question::Question;
use crate::console::pane::Pane;
use crate::console::widget::text;

impl App {
    /// Opens the dialog, with what the selected flow or invitation brings along.
    pub(super) fn begin_batch(&mut self) -> Vec<Effect> {
        let base = match self.pane {
            Pane::Flows => {
                let flow = self.flows.selected().map(|row| (row.flow.id, row.flow.slug.clone()));
                Base { flow, ..Base::default() }
            }
            Pane::Invitations => {
                let row = self.invitations.selected();
                row.map_or_else(Base::default, |row| {
                    let settings = row.invitation.settings.clone();
                    Base {
                        stem: Some(settings.name.to_string()),
                        flow: settings.flow.zip(row.flow_slug.clone()),
                        fixed_data: settings.fixed_data,
                        note: settings.note,
                    }
                })
            }
            _ => return Vec::new(),
        };
        let dialog = BatchDialog::new(base, self.setting.default_expiry_days, self.setting.public_url.clone());
        self.overlays.push(Overlay::Batch(Box::new(dialog)));
        vec![Effect::LoadFlowChoices]
    }

    /// Does what the dialog wants.
    pub(super) fn batch_then(&mut self, then: Then) -> Vec<Effect> {
        match then {
            Then::Stay(effects) => effects,
            Then::Close => {
                let changed = matches!(self.overlays.last(), Some(Overlay::Batch(dialog)) if dialog.is_changed());
                if changed {
                    self.overlays.push(Overlay::Question(Question::Discard));
                } else {
                    self.overlays.pop();
                }
                Vec::new()
            }
        }
    }

    /// The dialog; a question may lie over it.
    pub(super) fn batch(&mut self) -> Option<&mut BatchDialog> {
        self.overlays.iter_mut().find_map(|overlay| match overlay {
            Overlay::Batch(dialog) => Some(dialog.as_mut()),
            _ => None,
        })
    }

    /// Says which way the links of a batch went to the clipboard.
    fn copied_batch(&mut self, copied: Copied, count: usize) -> Vec<Effect> {
        let what = format!("A CSV of {}", text::count(count as u64, "link"));
        let told = copied.told(&what, "Each invitation's own row has its link, too.");
        self.tell_copied(copied, told)
    }

    /// Takes what became of a batch.
    pub(super) fn batch_answer(&mut self, answer: Answer) -> Vec<Effect> {
        let now = self.now;
        if matches!(answer, Answer::Made(_) | Answer::NotMade(_)) {
            self.no_longer_under_way(None);
        }
        if answer == Answer::NotMade(None) {
            self.toasts.good("Given up: nothing was made.", now);
        }
        if let Answer::Copied(copied, count) = answer {
            return self.copied_batch(copied, count);
        }
        let made = match (self.batch(), answer) {
            (Some(dialog), answer) => dialog.take(answer),
            // It was closed meanwhile: what was made is made.
            (None, Answer::Made(links)) => {
                let count = text::count(links.len() as u64, "invitation");
                self.toasts.good(format!("Made {count}."), now);
                None
            }
            (None, _) => None,
        };
        let Some(named) = made else { return Vec::new() };
        self.undo.push(Undo::Create(named));
        self.reload()
    }
}
