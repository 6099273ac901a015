//! Blueprints that were applied, and what they asked for: by it can be told what was changed since.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Mapping;

/// One application of a blueprint; a later one of the same name takes its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The blueprint's name; for one without a name, the beginning of its hash.
    pub name: String,
    /// SHA-256 of its text, in hexadecimal digits.
    pub hash: String,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom, by name.
    pub by: String,
    /// What it asked for, in the order of the file.
    pub objects: Vec<AppliedObject>,
}

/// One object that a blueprint asked for.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct AppliedObject {
    /// Its model's full name.
    pub model: String,
    /// Its key.
    pub key: Uuid,
    /// What it is called.
    pub title: String,
    /// The attributes that the blueprint named, without those that are secret.
    pub values: Mapping,
}

/// Without the key: an invitation's is the token of its link.
impl fmt::Debug for AppliedObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AppliedObject({} {:?} {:?})", self.model, self.title, self.values)
    }
}
