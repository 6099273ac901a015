//! What is checked while somebody types, off the user interface's path: one check at a time, the last one with what is typed then.

use crate::console::event::Effect;
use crate::domain::diagnosis::Problem;
use crate::domain::flow::Outline;
use crate::domain::id::InvitationId;
use crate::domain::slug::Slug;

/// Custom attributes to read, and the flow that they are for.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The text.
    pub text: String,
    /// The flow.
    pub outline: Option<Outline>,
    /// Whether nobody has come by the invitation yet.
    pub is_open: bool,
    /// What links begin with.
    pub public_url: String,
}

/// What is wrong with them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Why they can't be read.
    pub fault: Option<String>,
    /// What will go wrong with them.
    pub problems: Vec<Problem>,
}

/// What is known, and what is being asked.
#[derive(Debug, Default)]
pub struct Live {
    /// What is wrong with what was typed when it was last asked.
    pub findings: Findings,
    /// Whether something changed since.
    pub changed: bool,
    asked: Option<Box<Question>>,
    /// The name that was last asked about.
    name: Option<Slug>,
    /// A name that is taken, and one that is free.
    taken: Option<(Slug, Slug)>,
}

impl Live {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self { changed: true, ..Self::default() }
    }

    /// What to ask about the attributes now, if anything.
    pub fn ask(&mut self, question: impl FnOnce() -> Question) -> Option<Effect> {
        if !self.changed || self.asked.is_some() {
            return None;
        }
        self.changed = false;
        let question = Box::new(question());
        self.asked = Some(question.clone());
        Some(Effect::Diagnose(question))
    }

    /// Takes an answer; one to a question that nobody asked here is dropped.
    pub fn answer(&mut self, question: &Question, findings: Findings) {
        if self.asked.as_deref() == Some(question) {
            self.asked = None;
            self.findings = findings;
        }
    }

    /// What to ask about a name that was not asked about yet.
    pub fn ask_name(&mut self, typed: &str, own: Option<InvitationId>) -> Option<Effect> {
        let name = Slug::parse(typed.trim()).ok();
        if name == self.name {
            return None;
        }
        self.name.clone_from(&name);
        self.taken = None;
        name.map(|name| Effect::CheckName(name, own))
    }

    /// Asks about the name again, although it is the same.
    pub fn forget_name(&mut self) {
        self.name = None;
    }

    /// Takes whether a name is taken, and which one is free.
    pub fn take_name(&mut self, name: Slug, free: Option<Slug>) {
        if self.name.as_ref() == Some(&name) {
            self.taken = free.map(|free| (name, free));
        }
    }

    /// The name that is taken, and one that is free.
    pub fn taken(&self) -> Option<&(Slug, Slug)> {
        self.taken.as_ref()
    }
}
