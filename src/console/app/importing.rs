//! Importing and exporting blueprints: what is asked, one step after the other, and what the answers do.

use super::App;
use crate::blueprint::{Question, Report};
use crate::console::action::Action;
use crate::console::event::Effect;
use crate::console::form::context::ContextForm;
use crate::console::import::{Answer, Ask, Exported, Faults, Request, Step, summary};
use crate::console::overlay::Overlay;
use crate::console::overlay::export::ExportDialog;
use crate::console::overlay::import::{ImportDialog, Wish};
use crate::console::overlay::preview::PreviewDialog;
use crate::console::overlay::problems::Problems;
use crate::console::overlay::question;
use crate::console::overlay::working::Working;
use crate::console::pane::Pane;
use crate::console::widget::text;
use crate::domain::text::printable;

fn ask(ask: Ask) -> Effect {
    Effect::Blueprint(Box::new(ask))
}

impl App {
    /// Asks what to import.
    pub(super) fn begin_import(&mut self, dialog: ImportDialog) -> Vec<Effect> {
        self.overlays.push(Overlay::Import(dialog));
        vec![ask(Ask::Files)]
    }

    /// Asks where to write the selected flow.
    pub(super) fn begin_export(&mut self) -> Vec<Effect> {
        let Some(row) = self.flows.selected().filter(|_| self.pane == Pane::Flows) else { return Vec::new() };
        let dialog = ExportDialog::new(row.flow.slug.clone());
        self.open(Overlay::Export(dialog))
    }

    /// Takes a step, under a new number: an answer to an older one is dropped.
    pub(super) fn work(&mut self, step: Step, request: Request) -> Vec<Effect> {
        self.steps += 1;
        self.overlays.push(Overlay::Working(Working::new(self.steps, step, request.clone())));
        vec![ask(Ask::Step(self.steps, step, request))]
    }

    /// Does what a key says in the overlays of imports and exports.
    pub(super) fn act_on_import(&mut self, action: Action) -> Vec<Effect> {
        match self.overlays.last_mut() {
            Some(Overlay::Working(working)) => {
                let number = working.number;
                if action != Action::Dismiss {
                    return Vec::new();
                }
                if !working.cancel() {
                    // Said twice: whoever should answer is not there.
                    self.overlays.pop();
                }
                return vec![ask(Ask::Cancel(number))];
            }
            Some(Overlay::Context(form)) if action == Action::Dismiss && form.is_changed() => {
                self.overlays.push(Overlay::Question(question::Question::Discard));
            }
            Some(_) if action == Action::Dismiss => {
                self.overlays.pop();
            }
            Some(Overlay::Import(dialog)) => {
                let wish = dialog.act(action);
                return self.import_wish(wish);
            }
            Some(Overlay::Context(form)) => {
                if let Some(request) = form.act(action) {
                    return self.work(Step::Preview, request);
                }
            }
            Some(Overlay::Preview(dialog)) => {
                if let Some(request) = dialog.act(action) {
                    return self.work(Step::Import, request);
                }
            }
            Some(Overlay::Problems(problems)) => {
                if let Some(request) = problems.again(action) {
                    let step = problems.step;
                    self.overlays.pop();
                    return self.work(step, request);
                }
                if let Some(request) = problems.asks_reads(action) {
                    return vec![ask(Ask::Reads(request))];
                }
                problems.act(action);
            }
            Some(Overlay::Export(dialog)) => return dialog.act(action).into_iter().collect(),
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn import_wish(&mut self, wish: Option<Wish>) -> Vec<Effect> {
        match wish {
            Some(Wish::Complete(path)) => vec![Effect::Complete(path)],
            Some(Wish::Open(source)) => self.work(Step::Open, Request::new(source)),
            None => Vec::new(),
        }
    }

    /// Takes an answer about blueprints.
    pub(super) fn blueprint(&mut self, answer: Answer) -> Vec<Effect> {
        match answer {
            Answer::Files(recent) => {
                let dialog = self.overlays.iter_mut().find_map(|overlay| match overlay {
                    Overlay::Import(dialog) => Some(dialog),
                    _ => None,
                });
                if let Some(dialog) = dialog {
                    dialog.take_recent(recent);
                }
            }
            Answer::Progress(number, progress) => {
                if let Some(working) = self.working(number) {
                    working.take(progress);
                }
            }
            Answer::Cancelled(number) => {
                if let Some(working) = self.end_work(number)
                    && working.step == Step::Import
                {
                    self.give_up_offer();
                    self.toasts.good("Given up: nothing of it was imported.", self.now);
                }
            }
            Answer::Opened(number, opened) => {
                if let Some(working) = self.end_work(number) {
                    return self.opened(working, opened);
                }
            }
            Answer::Previewed(number, previewed) => {
                if let Some(working) = self.end_work(number) {
                    match previewed {
                        Ok(report) => {
                            let dialog = PreviewDialog::new(working.request, report);
                            self.overlays.push(Overlay::Preview(Box::new(dialog)));
                        }
                        Err(faults) => self.faulty(working, faults),
                    }
                }
            }
            Answer::Reads(reads) => {
                if let Some(Overlay::Problems(problems)) = self.overlays.last_mut() {
                    problems.take_reads(reads);
                }
            }
            Answer::Imported(number, imported) => {
                let working = self.end_work(number);
                return self.imported(working, imported);
            }
            Answer::Exported(exported) => self.exported(exported),
            Answer::ExportedAll(done, left) => self.exported_all(done, left),
        }
        Vec::new()
    }

    fn working(&mut self, number: u64) -> Option<&mut Working> {
        self.overlays.iter_mut().find_map(|overlay| match overlay {
            Overlay::Working(working) if working.number == number => Some(working),
            _ => None,
        })
    }

    /// A step is over, if it is the one that is under way.
    fn end_work(&mut self, number: u64) -> Option<Working> {
        let working = self.working(number)?.clone();
        self.overlays.retain(|overlay| !matches!(overlay, Overlay::Working(_)));
        self.no_longer_under_way(Some(number));
        Some(working)
    }

    fn opened(&mut self, working: Working, opened: Result<Vec<Question>, Faults>) -> Vec<Effect> {
        match opened {
            Ok(questions) if questions.is_empty() => return self.work(Step::Preview, working.request),
            Ok(questions) => self.overlays.push(Overlay::Context(ContextForm::new(working.request, questions))),
            Err(faults) => self.faulty(working, faults),
        }
        Vec::new()
    }

    fn faulty(&mut self, working: Working, faults: Faults) {
        self.overlays.push(Overlay::Problems(Problems::new(working.step, working.request, faults)));
    }

    /// Takes an import's end. What was imported is said even where nobody waits for it any more.
    fn imported(&mut self, working: Option<Working>, imported: Result<Report, Faults>) -> Vec<Effect> {
        match (working, imported) {
            (Some(working), Ok(report)) => {
                self.give_up_offer();
                self.overlays.retain(|overlay| !overlay.is_of_import());
                let said = printable(&summary(&working.request.source, &report)).into_owned();
                if report.has_changes() {
                    self.undo.never(said.clone());
                }
                self.toasts.good(said, self.now);
            }
            (None, Ok(_)) => {
                let said = "The import was done before it could be given up.";
                self.undo.never(said);
                self.toasts.good(said, self.now);
            }
            (Some(working), Err(faults)) => {
                self.give_up_offer();
                self.faulty(working, faults);
            }
            (None, Err(_)) => {}
        }
        self.reload()
    }

    /// What was offered first is there, or is imported like any other from now on.
    fn give_up_offer(&mut self) {
        self.overlays.retain(|overlay| !matches!(overlay, Overlay::Offer(_)));
    }

    fn exported(&mut self, exported: Exported) {
        let Some(place) = self.overlays.iter().position(|overlay| matches!(overlay, Overlay::Export(_))) else {
            return;
        };
        if let Exported::Written(path) = exported {
            self.overlays.remove(place);
            self.toasts.good(printable(&format!("Wrote {path}.")), self.now);
        } else if let Overlay::Export(dialog) = &mut self.overlays[place] {
            dialog.take_refusal(exported);
        }
    }

    fn exported_all(&mut self, done: usize, left: Vec<(String, String)>) {
        self.overlays.retain(|overlay| !matches!(overlay, Overlay::Export(_)));
        self.marks.clear(Pane::Flows);
        let summary = format!("Wrote {}", text::count(done as u64, "file"));
        self.tell_of_many(&summary, "", left);
    }
}
