//! Blueprints that were applied, and what they asked for: by it can be told what was changed since.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Mapping;

/// So much of a hash tells one text from another.
const SHORT: usize = 12;

/// One application of a blueprint; a later one from the same place takes its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// What it is known by: where it came from, or else its name, or else its hash.
    pub place: String,
    /// The blueprint's name; for one without a name that of its file, or else the beginning of its hash.
    pub name: String,
    /// What kind of place it came from.
    pub source: Source,
    /// The file as it was given, the path below the folder of blueprints, or the name of a shipped one.
    pub path: Option<String>,
    /// SHA-256 of its text, in hexadecimal digits.
    pub hash: String,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom, by name.
    pub by: String,
    /// What it asked for, in the order of the file.
    pub objects: Vec<AppliedObject>,
}

impl Applied {
    /// The beginning of the hash: enough to tell one text from another.
    pub fn short_hash(&self) -> &str {
        short(&self.hash)
    }

    /// Whether nothing but its hash tells it from others.
    pub fn is_nameless(&self) -> bool {
        self.name == self.short_hash()
    }

    /// Where it came from, for people; nothing where that is not known.
    pub fn origin(&self) -> Option<String> {
        let path = self.path.as_deref().unwrap_or_default();
        match self.source {
            Source::Shipped => Some("comes with guestlist".to_owned()),
            Source::File => Some(format!("from {path}")),
            Source::Folder => Some(format!("from {path} in the folder of blueprints")),
            Source::Input => Some("from standard input".to_owned()),
            Source::Unknown => None,
        }
    }
}

/// The beginning of a hash.
pub fn short(hash: &str) -> &str {
    hash.get(..SHORT).unwrap_or(hash)
}

/// What kind of place a blueprint came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// It comes with the program.
    Shipped,
    /// A file.
    File,
    /// A file in the folder of blueprints that is configured.
    Folder,
    /// It was read from standard input.
    Input,
    /// Nobody said, or nobody noted it then.
    #[default]
    Unknown,
}

impl Source {
    /// All of them with their names.
    const ALL: [(Source, &'static str); 5] = [
        (Source::Shipped, "shipped"),
        (Source::File, "file"),
        (Source::Folder, "folder"),
        (Source::Input, "input"),
        (Source::Unknown, "unknown"),
    ];

    /// Its name in the database and in documents.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(source, _)| *source == self).map_or("unknown", |(_, name)| name)
    }

    /// The source of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(source, _)| *source)
    }
}

/// One object that a blueprint asked for, or asked not to be there.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct AppliedObject {
    /// Its model's full name.
    pub model: String,
    /// Its key; nil where it shall not be there and is not found by its key.
    pub key: Uuid,
    /// What it is called.
    pub title: String,
    /// The attributes that the blueprint named, without those that are secret; those that it is found by where it shall
    /// not be there.
    pub values: Mapping,
    /// Whether it shall not be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
}

impl AppliedObject {
    /// Whether two are about the same object.
    pub fn is_about(&self, other: &Self) -> bool {
        let is_found_alike = !self.key.is_nil() || self.values == other.values;
        self.model == other.model && self.key == other.key && self.absent == other.absent && is_found_alike
    }
}

/// Without the key: an invitation's is the token of its link.
impl fmt::Debug for AppliedObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let absent = if self.absent { " absent" } else { "" };
        write!(f, "AppliedObject({} {:?} {:?}{absent})", self.model, self.title, self.values)
    }
}
