//! Blueprints in the console: where they come from, what is asked about them, and the answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::widget::text;
use crate::blueprint::{self, Action, Options, Problems, Progress, Question, Reads, Remedy, Report};
use crate::domain::slug::Slug;

pub mod path;
mod recent;
mod work;

pub use path::{Completion, expand};

/// Where a blueprint comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// It is shipped with the program, under that name.
    Shipped(&'static str),
    /// A file, by its path as typed (`~` is the home folder).
    File(String),
}

impl Source {
    /// The folder that it lies in; none of one that is shipped.
    pub fn folder(&self) -> Option<PathBuf> {
        match self {
            Self::Shipped(_) => None,
            Self::File(path) => {
                let folder = expand(path).parent().map(Path::to_owned)?;
                Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder })
            }
        }
    }

    /// Its name, for people.
    pub fn label(&self) -> &str {
        match self {
            Self::Shipped(name) => name,
            Self::File(path) => path,
        }
    }
}

/// What is to be imported, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// From where.
    pub source: Source,
    /// Values for `!Context`, over those of the file.
    pub context: BTreeMap<String, String>,
    /// Whether flows without an invitation stage get one.
    pub bind: bool,
    /// Whether what is not known here is left out.
    pub leave_out: bool,
    /// Whether it may read the environment of this machine, and files below its own folder.
    pub may_read: bool,
    /// The only names that it may read then, where not all.
    pub readable: Option<Reads>,
}

impl Request {
    /// A blueprint as it is; flows without an invitation stage get one.
    pub fn new(source: Source) -> Self {
        Self { source, context: BTreeMap::new(), bind: true, leave_out: false, may_read: false, readable: None }
    }

    fn options(&self) -> Options {
        Options {
            context: self.context.clone(),
            bind_invitation_stage: self.bind,
            skip_unsupported: self.leave_out,
            allow_env: self.may_read,
            allow_files: self.source.folder().filter(|_| self.may_read),
            readable: self.readable.clone(),
            ..Options::default()
        }
    }
}

/// The steps of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Read it, and find out which values it asks for.
    Open,
    /// Find out what it would do.
    Preview,
    /// Do it.
    Import,
}

/// What the world is asked about blueprints. Steps have numbers, so that answers to what is no longer asked are dropped.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Which files there are to choose from.
    Files,
    /// Take a step.
    Step(u64, Step, Request),
    /// Give up the step of that number.
    Cancel(u64),
    /// Which variables and files a request would read, if it were allowed.
    Reads(Request),
    /// Write flows as blueprints, each to a file of its name in a folder. What is there stays.
    ExportAll {
        /// The flows.
        slugs: Vec<Slug>,
        /// The folder, as typed.
        folder: String,
    },
    /// Write a flow as a blueprint.
    Export {
        /// The flow.
        slug: Slug,
        /// The file, as typed.
        path: String,
        /// Whether one that is there may go.
        overwrite: bool,
    },
}

/// What the world answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Files that were imported before, the last one first.
    Files(Vec<String>),
    /// The values that it asks for, or what is wrong.
    Opened(u64, Result<Vec<Question>, Faults>),
    /// What it would do.
    Previewed(u64, Result<Report, Faults>),
    /// What it did.
    Imported(u64, Result<Report, Faults>),
    /// How far a step has got.
    Progress(u64, Progress),
    /// What it would read.
    Reads(Reads),
    /// A step was given up, and nothing of it is left behind.
    Cancelled(u64),
    /// What was said to a flow's export.
    Exported(Exported),
    /// How many were written, and which were not for which reason.
    ExportedAll(usize, Vec<(String, String)>),
}

/// How an export ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exported {
    /// It is written to that file.
    Written(String),
    /// There is such a file.
    Exists,
    /// It could not be written; a sentence.
    Failed(String),
}

/// What is wrong with a file, and what can be done about it without changing it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// One sentence a line.
    pub lines: Vec<String>,
    /// Whether something is not known here, and can be left out.
    pub can_leave_out: bool,
    /// Whether it wants to read this machine and may not.
    pub wants_to_read: bool,
}

impl From<Problems> for Faults {
    fn from(problems: Problems) -> Self {
        Self {
            lines: problems.to_string().lines().map(str::to_owned).collect(),
            can_leave_out: problems.have(Remedy::LeaveOut),
            wants_to_read: problems.have(Remedy::LetRead),
        }
    }
}

impl From<String> for Faults {
    fn from(why: String) -> Self {
        Self { lines: vec![why], ..Self::default() }
    }
}

/// What an import did, in a few words.
pub fn summary(source: &Source, report: &Report) -> String {
    if !report.has_changes() {
        return format!("{}: everything was there already.", source.label());
    }
    let counts = [
        ("created", report.count(|action| *action == Action::Created)),
        ("changed", report.count(|action| matches!(action, Action::Updated(_)))),
        ("deleted", report.count(|action| *action == Action::Deleted)),
    ];
    let mut parts: Vec<String> =
        counts.iter().filter(|(_, count)| *count > 0).map(|(word, count)| format!("{count} {word}")).collect();
    if !report.bound.is_empty() {
        parts.push(format!("{} bound first", text::count(report.bound.len() as u64, "invitation stage")));
    }
    format!("Imported {}: {}.", source.label(), parts.join(", "))
}

/// What a change is called.
pub fn word(action: &blueprint::Action) -> &'static str {
    match action {
        Action::Created => "created",
        Action::Updated(_) => "changed",
        Action::Deleted => "deleted",
        Action::Unchanged => "unchanged",
        Action::Skipped => "skipped",
    }
}
