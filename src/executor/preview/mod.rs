//! "What will they see?": a flow as somebody walks it who follows an invitation's link, found without writing anything.
//!
//! Nobody answers in a preview. Fields count as they begin, and what nobody has entered is missing: a policy that needs
//! it says so in its own words, and the preview goes on. Neither is there a browser: see [`crate::policy::Http`].

mod account;
mod page;
mod told;
mod walk;

use crate::domain::Mapping;
use crate::domain::flow::{Outline, PolicyEngineMode};
use crate::domain::invitation::Invitation;
use crate::domain::policy::Decider;
use crate::domain::prompt::{AnswerFault, Choice, PromptType};
use crate::domain::stage::{UserCreationMode, UserType};
use crate::policy::Found;

pub use told::{Told, Tone};
pub use walk::preview;

/// What to look at.
#[derive(Debug, Clone)]
pub struct Previewing<'a> {
    /// The flow.
    pub outline: &'a Outline,
    /// The invitation, as it is saved or as it would be.
    pub invitation: &'a Invitation,
    /// What links begin with.
    pub public_url: &'a str,
}

/// What somebody sees who follows an invitation's link.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The invitation's name.
    pub invitation: String,
    /// The flow's slug.
    pub flow: String,
    /// The flow's title.
    pub title: String,
    /// Why the link lets nobody in as things are, a sentence each. The rest tells what would be seen otherwise.
    pub obstacles: Vec<String>,
    /// The policies that guard the flow.
    pub policies: Option<Gate>,
    /// Every stage, in order, also those that are not reached.
    pub stages: Vec<Stage>,
    /// What comes at the end.
    pub end: End,
}

/// Policies that decide together, and what they came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// When they are asked.
    pub when: When,
    /// How they combine.
    pub mode: PolicyEngineMode,
    /// Whether they let the visitor pass.
    pub passes: bool,
    /// Each of them.
    pub verdicts: Vec<Verdict>,
    /// The keys of the plan's context that they change.
    pub changes: Vec<String>,
}

/// When policies are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// When the link is opened.
    Opening,
    /// When the plan is made.
    Planning,
    /// When the stage is reached.
    Reaching,
    /// When the page is answered.
    Answering,
}

/// What one policy, group or user came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Its name.
    pub name: String,
    /// What it is.
    pub decider: Decider,
    /// What it came to by itself.
    pub found: Found,
    /// Whether that is turned around.
    pub negate: bool,
    /// How it counts, in the end.
    pub passes: bool,
    /// What it said.
    pub messages: Vec<String>,
}

/// One stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// Its kind, for people.
    pub kind: &'static str,
    /// Whether somebody gets there.
    pub reach: Reach,
    /// Its policies, where they are asked, in the order in which they are.
    pub gates: Vec<Gate>,
    /// Whether policies are bound to it that are never asked.
    pub is_unguarded: bool,
    /// What happens there; nothing where it is not reached.
    pub shows: Option<Shows>,
}

/// Whether somebody gets to a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// They do.
    Reached,
    /// Its policies leave it out.
    Skipped,
    /// The flow ends before.
    Beyond,
}

/// What happens at a stage.
#[derive(Debug, Clone, PartialEq)]
pub enum Shows {
    /// A page of prompts.
    Page(Page),
    /// An account is written.
    Account(Box<Account>),
    /// Something else: a sentence.
    Does(String),
    /// The flow does not go on: a sentence.
    Stops(String),
}

/// A page of prompts.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// The policies that check the answers.
    pub checks: Option<Gate>,
}

/// One prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Where the answer goes.
    pub key: String,
    /// The question.
    pub label: String,
    /// What it asks for.
    pub kind: PromptType,
    /// Whether the person can change it.
    pub is_asked: bool,
    /// Whether an answer is needed.
    pub required: bool,
    /// What stands there; never a password.
    pub value: String,
    /// Where that comes from.
    pub origin: Origin,
    /// The hint in the empty field.
    pub placeholder: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// What a password has to meet.
    pub rules: Vec<String>,
    /// Why expressions fail, in their own words; their text stands in the field then.
    pub failures: Vec<String>,
    /// Why what stands there would be refused.
    pub refused: Option<AnswerFault>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From the invitation, or from what came before.
    Known,
    /// From the prompt.
    Proposed,
    /// There is none yet.
    Blank,
    /// It is a secret, and not told.
    Secret,
}

/// What the writing of an account would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// When the stage makes new accounts.
    pub mode: UserCreationMode,
    /// Whose account is changed; none where one is made.
    pub changes: Option<String>,
    /// The user name.
    pub username: Part,
    /// The display name.
    pub name: Part,
    /// The address.
    pub email: Part,
    /// Whether it has a password: asked for or brought.
    pub has_password: bool,
    /// Whether it can sign in at once.
    pub is_active: bool,
    /// Its path.
    pub path: String,
    /// Its type.
    pub kind: UserType,
    /// The groups that it joins.
    pub groups: Vec<String>,
    /// Its attributes, as far as they are known.
    pub attributes: Mapping,
    /// Why it can't be written.
    pub fault: Option<String>,
}

/// One part of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// What is known of it.
    pub value: String,
    /// Whether the person is asked.
    pub is_asked: bool,
}

/// What comes at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Nobody gets to the end: what is said, or why.
    Refused(Vec<String>),
    /// The way leads on elsewhere.
    Elsewhere(String),
    /// The flow is over.
    Done {
        /// Whether an account was made or changed.
        account: bool,
        /// Whether it waits for activation.
        waits_for_activation: bool,
        /// Whether the person is signed in.
        signed_in: bool,
        /// Whether a use of the invitation is counted.
        use_counted: bool,
        /// Where to go on.
        next: Option<String>,
    },
}
