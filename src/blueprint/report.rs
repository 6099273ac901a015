//! What importing is asked and what it tells.

use super::origin::Origin;
use super::problem::{Problem, Problems};
use super::reads::Reads;
use crate::domain::slug::Slug;
use crate::secret::{Hashing, HashingFailed};
use crate::store::StoreError;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How a blueprint is applied.
#[derive(Debug, Clone, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is an answer of its own to a question of its own")]
pub struct Options {
    /// Where the blueprint comes from: by it the application is known again.
    pub origin: Origin,
    /// Do everything, then roll it back: the report tells what would happen.
    pub dry_run: bool,
    /// Give every enrollment flow of the file that has no invitation stage one, first in order.
    pub bind_invitation_stage: bool,
    /// Values for `!Context`, over those of the file; each YAML, so that `yes` is a boolean, `"yes"` text, `[1]` a list.
    pub context: BTreeMap<String, String>,
    /// Whether `!Env` may read this machine's environment.
    pub allow_env: bool,
    /// The folder below which `!File` may read files; none means that it may not.
    pub allow_files: Option<PathBuf>,
    /// The only names that `!Env` and `!File` may read, where not everything is that they are allowed otherwise.
    pub readable: Option<Reads>,
    /// Where blueprints are looked for that a file asks to be applied first, besides the shipped ones.
    pub blueprints: Option<PathBuf>,
    /// When it is applied; the time by the clock where nothing is said.
    pub at: Option<DateTime<Utc>>,
    /// Leave entries out whose model is not known here, and what can't be without them, instead of refusing the file.
    pub skip_unsupported: bool,
    /// How the passwords of users are hashed.
    pub hashing: Hashing,
}

/// How far an import has got. Nothing is kept before it returns: dropped on the way, it leaves nothing behind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many entries are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}

impl Progress {
    /// Whether nothing is left but to keep it, which is not to be stopped half way.
    pub fn is_last(&self) -> bool {
        self.total > 0 && self.done >= self.total
    }
}

/// Why nothing was applied.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is wrong; every problem that was found.
    #[error("{0}")]
    Invalid(Problems),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A password could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
}

impl From<Problems> for ImportError {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems)
    }
}

/// What became of the entries of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The blueprint's name, if it has one.
    pub name: Option<String>,
    /// One for each entry that was not left out, in the order of the file.
    pub changes: Vec<Change>,
    /// What the file says and is passed over here: permissions on objects, attributes that nobody knows, files that
    /// could not be read.
    pub notes: Vec<Problem>,
    /// Entries that were left out, as [`Options::skip_unsupported`] asked.
    pub left_out: Vec<Problem>,
    /// Flows that were given an invitation stage, as [`Options::bind_invitation_stage`] asked.
    pub bound: Vec<Slug>,
    /// Enrollment flows of the file through which everybody gets, with or without invitation.
    pub without_invitation_stage: Vec<Slug>,
}

impl Report {
    /// Whether the database is other than before.
    pub fn has_changes(&self) -> bool {
        !self.bound.is_empty() || self.changes.iter().any(|change| change.action.is_change())
    }

    /// How many entries had such an outcome.
    pub fn count(&self, counts: impl Fn(&Action) -> bool) -> usize {
        self.changes.iter().filter(|change| counts(&change.action)).count()
    }
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file, where it is not the one that was given: a blueprint that it asks for.
    pub file: Option<String>,
    /// The entry's line in the file.
    pub line: usize,
    /// The entry's `id`, or else the name or slug that it is found by.
    pub entry: Option<String>,
    /// The model's full name: `authentik_flows.flow`.
    pub model: &'static str,
    /// What the object is called: its name or slug; a binding's flow, order and stage.
    pub name: String,
    /// What was done.
    pub action: Action,
    /// Each attribute that is other than before; of a new object those that the file names.
    pub differences: Vec<Difference>,
}

/// One attribute before and after, as it can be shown: references by the names of their objects, secrets hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The attribute.
    pub attribute: String,
    /// Its value before; none when the object is new.
    pub before: Option<String>,
    /// Its value after.
    pub after: String,
}

/// What was done to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It is new.
    Created,
    /// These attributes changed.
    Updated(Vec<String>),
    /// It was there, and as described; or it should not be there, and was not.
    Unchanged,
    /// It is gone.
    Deleted,
    /// The entry's conditions don't hold.
    Skipped,
}

impl Action {
    /// Whether anything is other than before.
    pub fn is_change(&self) -> bool {
        matches!(self, Self::Created | Self::Updated(_) | Self::Deleted)
    }
}

/// What a file holds, as far as can be told without a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The blueprint's name, if it has one.
    pub name: Option<String>,
    /// How many entries there are.
    pub entries: usize,
    /// What would be passed over; see [`Report::notes`].
    pub notes: Vec<Problem>,
    /// What would be left out; see [`Report::left_out`].
    pub left_out: Vec<Problem>,
}

/// A key that a file's `!Context` tags ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The key.
    pub key: String,
    /// What stands when nobody answers, as it would be typed: from the file's context, or else from the tag. None where
    /// it is a text of several lines, holds a tag, or is not there.
    pub default: Option<String>,
    /// Where it is first asked for: the line.
    pub line: usize,
}
