//! The Batch dialog: what is wanted, what would be made, the making of it, and the links.

mod draw;
mod form;
mod work;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use crossterm::event::KeyEvent;
use tokio::sync::Notify;

use super::action::Action;
use super::clipboard::Copied;
use super::event::{Effect, Named};
use super::import::Completion;
use super::keymap::Context;
use super::widget::scroll::scrolled;
use super::zone::Zone;
use crate::batch::{Link, Plan, Template};
use crate::domain::Mapping;
use crate::domain::flow::Outline;
use crate::domain::id::FlowId;
pub use form::{Base, BatchForm};

/// What is wanted, as far as the dialog can read it: a file is read where effects are performed.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// How many, where no file says so.
    pub count: usize,
    /// The file with a row for each.
    pub file: Option<String>,
    /// How they are named.
    pub template: Option<Template>,
    /// Whether nobody typed that: it gives way to a column `name` of the file.
    pub is_proposed: bool,
    /// Their flow.
    pub flow: Option<FlowId>,
    /// When they end.
    pub expires: Option<DateTime<Utc>>,
    /// The custom attributes of each.
    pub fixed_data: Mapping,
    /// A remark.
    pub note: String,
    /// Whether taken names are replaced.
    pub free_names: bool,
}

/// What only the world can do for a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Find out what would be made.
    Plan(Wanted),
    /// Make it.
    Make(Making),
    /// Give up.
    Stop(Stop),
    /// Copy the links as CSV.
    Copy(Arc<Vec<Link>>),
    /// Complete the path of that field.
    Complete(PathOf, String),
}

/// A field for a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathOf {
    /// The file with a row for each.
    Rows,
    /// The file that links are written into.
    Links,
}

/// What is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Making {
    /// The invitations.
    pub plan: Arc<Plan>,
    /// What their links begin with.
    pub public_url: String,
    /// The new file that the links are written into.
    pub file: Option<String>,
    /// How it is given up.
    pub stop: Stop,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// What would be made, or why that can't be told.
    Planned(Result<Arc<Plan>, Vec<String>>),
    /// So many are made, none of them for good.
    Progress(usize),
    /// All are made.
    Made(Arc<Vec<Link>>),
    /// Nothing was made, because of this; because it was given up where there is no reason.
    NotMade(Option<String>),
    /// Which way so many links went to the clipboard.
    Copied(Copied, usize),
    /// How the path of that field goes on.
    Completed(PathOf, Completion),
}

/// A way to give one batch up.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Notify>);

impl PartialEq for Stop {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// How far it is.
#[derive(Debug)]
enum Step {
    Form,
    /// What would be made, scrolled by so many lines.
    Plan(Arc<Plan>, usize),
    /// So many of it are made.
    Making(Arc<Plan>, usize, Stop),
    /// The links, scrolled by so many lines, and the file that they are in.
    Done(Arc<Vec<Link>>, usize, Option<String>),
}

/// The dialog.
#[derive(Debug)]
pub struct BatchDialog {
    form: BatchForm,
    step: Step,
    /// Whether the answer to what would be made is awaited.
    asking: bool,
    free_names: bool,
    public_url: String,
}

/// What becomes of the dialog.
#[derive(Debug, PartialEq)]
pub enum Then {
    /// It stays, and this is to be done.
    Stay(Vec<Effect>),
    /// It closes; ask first where something was typed.
    Close,
}

impl BatchDialog {
    /// A dialog that begins with what the selected row brings along.
    pub fn new(base: Base, expiry_days: u32, public_url: String) -> Self {
        let form = BatchForm::new(base, expiry_days);
        Self { form, step: Step::Form, asking: false, free_names: false, public_url }
    }

    /// Where keys mean something.
    pub fn context(&self) -> Context {
        match self.step {
            Step::Form if self.form.is_choosing() => Context::DropDown,
            Step::Form => Context::Record,
            Step::Plan(..) => Context::BatchPlan,
            Step::Making(..) => Context::BatchMaking,
            Step::Done(..) => Context::BatchDone,
        }
    }

    /// Whether something would be lost: what was typed, or what is under way.
    pub fn is_changed(&self) -> bool {
        match self.step {
            Step::Form | Step::Plan(..) => self.form.is_changed(),
            Step::Making(..) => true,
            Step::Done(..) => false,
        }
    }

    /// What gives up the making of it, while it is made.
    pub fn giving_up(&self) -> Option<Ask> {
        let Step::Making(_, _, stop) = &self.step else { return None };
        Some(Ask::Stop(stop.clone()))
    }

    /// Whether an action does something now.
    pub fn is_possible(&self, action: Action) -> bool {
        match (&self.step, action) {
            (Step::Plan(plan, _), Action::Yes) => plan.is_ready(),
            (Step::Plan(plan, _), Action::Switch) => plan.taken > 0 && !self.free_names,
            _ => true,
        }
    }

    /// Takes the flows that invitations can be for.
    pub fn take_flows(&mut self, outlines: &[Outline]) {
        self.form.take_flows(outlines);
    }

    /// Does what the key table says.
    pub fn act(&mut self, action: Action, zone: Zone, now: DateTime<Utc>) -> Then {
        match (&mut self.step, action) {
            (Step::Form, Action::Submit) => return Then::Stay(self.ask(false, zone, now)),
            (Step::Form, Action::Dismiss) if !self.form.is_choosing() => return Then::Close,
            (Step::Form, Action::NextField) => {
                if let Some((field, typed)) = self.form.to_complete() {
                    return effect(Ask::Complete(field, typed));
                }
                self.form.act(action);
            }
            (Step::Form, other) => self.form.act(other),
            (Step::Plan(_, top) | Step::Done(_, top, _), _) if let Some(to) = scrolled(*top, action, 15) => *top = to,
            (Step::Plan(..), Action::Dismiss) => {
                self.step = Step::Form;
                self.free_names = false;
            }
            (Step::Plan(plan, _), Action::Switch) if plan.taken > 0 && !self.free_names => {
                return Then::Stay(self.ask(true, zone, now));
            }
            (Step::Plan(plan, _), Action::Yes) if plan.is_ready() => {
                let (plan, stop) = (Arc::clone(plan), Stop::default());
                let public_url = self.public_url.clone();
                self.step = Step::Making(Arc::clone(&plan), 0, stop.clone());
                return effect(Ask::Make(Making { plan, public_url, file: self.form.links(), stop }));
            }
            (Step::Making(_, _, stop), Action::Dismiss) => return effect(Ask::Stop(stop.clone())),
            (Step::Done(links, ..), Action::CopyLink) => {
                return effect(Ask::Copy(Arc::clone(links)));
            }
            (Step::Done(..), Action::Dismiss) => return Then::Close,
            _ => {}
        }
        Then::Stay(Vec::new())
    }

    /// Asks what would be made, where what is typed can be read.
    fn ask(&mut self, free_names: bool, zone: Zone, now: DateTime<Utc>) -> Vec<Effect> {
        if self.asking {
            return Vec::new();
        }
        let Some(wanted) = self.form.wanted(zone, now) else { return Vec::new() };
        self.asking = true;
        self.free_names = free_names;
        vec![Effect::Batch(Box::new(Ask::Plan(Wanted { free_names, ..wanted })))]
    }

    /// Takes a key that the key table leaves to the field.
    pub fn key(&mut self, key: KeyEvent, zone: Zone, now: DateTime<Utc>) -> Then {
        if !matches!(self.step, Step::Form) {
            return Then::Stay(Vec::new());
        }
        match self.form.key(key) {
            form::Pressed::Nothing => Then::Stay(Vec::new()),
            form::Pressed::Try => Then::Stay(self.ask(false, zone, now)),
            form::Pressed::Cancel => Then::Close,
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, pasted: &str) {
        if matches!(self.step, Step::Form) {
            self.form.paste(pasted);
        }
    }

    /// Takes what became of something; returns the invitations where they are made.
    pub fn take(&mut self, answer: Answer) -> Option<Vec<Named>> {
        match answer {
            Answer::Planned(planned) => {
                let awaited = std::mem::take(&mut self.asking);
                match planned {
                    Ok(plan) if awaited => self.step = Step::Plan(plan, 0),
                    Ok(_) => {}
                    Err(faults) => {
                        self.step = Step::Form;
                        self.form.refuse(faults);
                    }
                }
            }
            Answer::Progress(count) => {
                if let Step::Making(_, made, _) = &mut self.step {
                    *made = count;
                }
            }
            Answer::Made(links) => {
                let named = links.iter().map(|link| Named { id: link.id, name: link.name.clone() }).collect();
                self.step = Step::Done(links, 0, self.form.links());
                return Some(named);
            }
            // Said as a message, whatever is shown.
            Answer::Copied(..) => {}
            Answer::Completed(field, completion) => self.form.take_completion(field, completion),
            Answer::NotMade(why) => {
                self.step = Step::Form;
                self.free_names = false;
                self.form.refuse(why.into_iter().collect());
            }
        }
        None
    }
}

fn effect(ask: Ask) -> Then {
    Then::Stay(vec![Effect::Batch(Box::new(ask))])
}
