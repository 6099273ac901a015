//! What actions do to what lies over the panes.

use crossterm::event::KeyEvent;

use super::App;
use crate::console::action::Action;
use crate::console::event::{Change, Effect};
use crate::console::form::invitation::Ask;
use crate::console::import::{Request, Source, Step};
use crate::console::overlay::question::Question;
use crate::console::overlay::{Overlay, first};

/// What becomes of the overlay on top.
enum Then {
    Stay(Vec<Effect>),
    Close(Vec<Effect>),
    Open(Box<Overlay>),
}

impl App {
    pub(super) fn act_on_overlay(&mut self, action: Action) -> Vec<Effect> {
        if self.overlays.last().is_some_and(Overlay::is_of_import) {
            return self.act_on_import(action);
        }
        let (zone, now) = (self.setting.zone, self.now);
        let then = match self.overlays.last_mut() {
            Some(Overlay::Form(form)) => {
                let ask = form.act(action, zone, now);
                return self.asked(ask);
            }
            Some(Overlay::Record(form)) => {
                let ask = form.act(action);
                return self.record_asked(ask);
            }
            Some(Overlay::Stages(_)) => return self.act_on_stages(action),
            Some(Overlay::Batch(dialog)) => {
                let then = dialog.act(action, zone, now);
                return self.batch_then(then);
            }
            Some(Overlay::Question(question)) => {
                let question = question.clone();
                return self.answer(&question, action);
            }
            Some(Overlay::Palette(_)) if action == Action::Dismiss => Then::Close(Vec::new()),
            Some(Overlay::Offer(importing)) => match action {
                Action::Accept if !*importing => {
                    *importing = true;
                    return self.work(Step::Import, Request::new(Source::Shipped(first())));
                }
                Action::Dismiss => Then::Close(Vec::new()),
                _ => Then::Stay(Vec::new()),
            },
            Some(Overlay::Confirm(confirm)) => match action {
                Action::Accept => confirm.accept().map_or_else(|| Then::Stay(Vec::new()), |it| Then::Close(vec![it])),
                Action::Dismiss => Then::Close(Vec::new()),
                _ => Then::Stay(Vec::new()),
            },
            Some(Overlay::Report(report)) => report.act(action).map_or_else(|| Then::Close(Vec::new()), Then::Stay),
            Some(Overlay::Walkthrough(shown)) => shown.act(action).map_or_else(|| Then::Close(Vec::new()), Then::Stay),
            Some(Overlay::Busy(_)) => return if action == Action::Dismiss { self.give_up() } else { Vec::new() },
            Some(Overlay::Help(help)) => {
                if help.takes(action) {
                    Then::Stay(Vec::new())
                } else {
                    Then::Close(Vec::new())
                }
            }
            Some(Overlay::Palette(palette)) => {
                let ask = palette.act(action);
                return self.palette_asked(ask);
            }
            Some(Overlay::Clipboard(_)) if action == Action::Accept => Then::Stay(self.test_clipboard()),
            Some(Overlay::Qr(_) | Overlay::Clipboard(_)) => Then::Close(Vec::new()),
            _ => Then::Close(vec![Effect::Redraw]),
        };
        self.finish(then)
    }

    fn finish(&mut self, then: Then) -> Vec<Effect> {
        match then {
            Then::Stay(effects) => effects,
            Then::Close(mut effects) => {
                self.overlays.pop();
                effects.extend(self.withdraw());
                effects
            }
            Then::Open(overlay) => {
                self.overlays.push(*overlay);
                Vec::new()
            }
        }
    }

    fn answer(&mut self, question: &Question, action: Action) -> Vec<Effect> {
        if !matches!(action, Action::Yes | Action::No) {
            return Vec::new();
        }
        self.overlays.pop();
        if action == Action::No {
            return Vec::new();
        }
        match question {
            Question::Delete(named) => vec![Effect::SetDeleted(named.clone(), true)],
            Question::DeleteUser(id, name) => vec![Effect::Change(Box::new(Change::DeleteUser(*id, name.clone())))],
            Question::DeleteGroup(group) => vec![Effect::Change(Box::new(Change::DeleteGroup(group.clone())))],
            Question::DeleteFlow(id, slug) => vec![Effect::Change(Box::new(Change::DeleteFlow(*id, slug.clone())))],
            Question::Unbind(edit, ..) => {
                let wish = self.stages_dialog().map(|stages| stages.confirmed(edit.as_ref().clone()));
                wish.map_or_else(Vec::new, |wish| self.stages_wish(wish))
            }
            Question::Sure(_, effect) => vec![effect.as_ref().clone()],
            Question::Discard => {
                self.overlays.pop();
                self.withdraw()
            }
            Question::Quit => {
                let mut effects = self.withdraw();
                effects.push(Effect::Quit);
                effects
            }
            Question::QuitWork(work) => vec![work.give_up.as_ref().clone(), Effect::Quit],
        }
    }

    /// Does what the dialog on top wants.
    fn asked(&mut self, ask: Ask) -> Vec<Effect> {
        let Some(Overlay::Form(form)) = self.overlays.last() else { return Vec::new() };
        let then = match ask {
            Ask::Nothing => Then::Stay(Vec::new()),
            Ask::Cancel if form.is_changed() => Then::Open(Box::new(Overlay::Question(Question::Discard))),
            Ask::Cancel => Then::Close(Vec::new()),
            Ask::Save(settings) => Then::Stay(vec![Effect::SaveInvitation { edited: form.edited(), settings }]),
            Ask::Bind(flow) => Then::Stay(vec![Effect::BindInvitationStage(flow)]),
            Ask::Preview(invitation, flow) => return self.preview(*invitation, flow),
        };
        self.finish(then)
    }

    pub(super) fn type_into_overlay(&mut self, key: KeyEvent) -> Vec<Effect> {
        let (zone, now) = (self.setting.zone, self.now);
        match self.overlays.last_mut() {
            Some(Overlay::Form(form)) => {
                let ask = form.key(key, zone, now);
                self.asked(ask)
            }
            Some(Overlay::Record(form)) => {
                let ask = form.key(key);
                self.record_asked(ask)
            }
            Some(Overlay::Batch(dialog)) => {
                let then = dialog.key(key, zone, now);
                self.batch_then(then)
            }
            Some(Overlay::Import(dialog)) => {
                dialog.key(key);
                Vec::new()
            }
            Some(Overlay::Stages(stages)) => {
                stages.key(key);
                Vec::new()
            }
            Some(Overlay::Context(form)) => {
                let request = form.key(key);
                request.map_or_else(Vec::new, |request| self.work(Step::Preview, request))
            }
            Some(Overlay::Export(dialog)) => {
                dialog.key(key);
                Vec::new()
            }
            Some(Overlay::Confirm(confirm)) => {
                confirm.key(key);
                Vec::new()
            }
            Some(Overlay::Palette(palette)) => {
                palette.key(key);
                Vec::new()
            }
            Some(Overlay::Help(help)) => {
                help.key(key);
                Vec::new()
            }
            Some(Overlay::Qr(_)) => self.finish(Then::Close(Vec::new())),
            // Any key leaves it; what the terminal shows is not what we drew.
            Some(Overlay::BareLink(..)) => self.finish(Then::Close(vec![Effect::Redraw])),
            _ => Vec::new(),
        }
    }
}
