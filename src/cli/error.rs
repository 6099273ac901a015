//! Why a command failed, and the exit status that says so.

use thiserror::Error;

use crate::config::ConfigError;
use crate::domain::text::printable;
use crate::domain::validation::FieldErrors;
use crate::domain::validation::nearest;
use crate::store::StoreError;

/// Why a command failed. `Display` is the sentence for standard error.
#[derive(Debug, Error)]
pub enum CliError {
    /// The command line can't be understood: exit status 2.
    #[error("{0}")]
    Usage(String),
    /// It can be understood, but not done: exit status 1.
    #[error("{0}")]
    Failed(String),
    /// A setting is missing that this needs.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// It was done, and what it found is no good: everything is said already.
    #[error("something was found")]
    Found,
    /// Standard output failed. When whoever read it has gone, nobody needs a word about it.
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
}

impl CliError {
    /// What was looked for and is not there, the likely misspelling, and where to look.
    pub fn missing<'a>(what: &str, name: &str, candidates: impl IntoIterator<Item = &'a str>, look: &str) -> Self {
        let hint = match nearest(name, candidates) {
            Some(near) => format!("Did you mean `{}`?", printable(near)),
            None => format!("`{look}` shows what there is."),
        };
        Self::Failed(format!("There is no {what} `{}`. {hint}", printable(name)))
    }

    /// Faults of arguments, each with the option that it came by.
    pub fn arguments(errors: &FieldErrors) -> Self {
        let option = |field: &str| match field {
            "name" => "NAME".to_owned(),
            "fixed_data" => "--data".to_owned(),
            other => format!("--{}", other.replace('_', "-")),
        };
        let faults: Vec<String> = errors.iter().map(|(field, why)| format!("{}: {why}", option(field))).collect();
        Self::Usage(faults.join("\n"))
    }

    /// The exit status: 1 failed, 2 usage.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => 0,
            _ => 1,
        }
    }

    /// Whether there is nothing to say: all is said, or the reader of standard output has seen enough.
    pub fn is_quiet(&self) -> bool {
        matches!(self, Self::Found) || self.exit_code() == 0
    }
}
