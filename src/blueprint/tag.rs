//! The tags of blueprints.

use super::problem::quote;
use crate::domain::validation::nearest;

/// Every tag that the format knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// The key of the object that an earlier entry stands for.
    KeyOf,
    /// A variable of the environment.
    Env,
    /// The content of a file.
    File,
    /// A value of the blueprint's context.
    Context,
    /// A value written as JSON text.
    ParseJson,
    /// Text with placeholders.
    Format,
    /// The key of an object in the database.
    Find,
    /// An object in the database.
    FindObject,
    /// Boolean logic.
    Condition,
    /// One of two values.
    If,
    /// A loop.
    Enumerate,
    /// The index within a loop.
    Index,
    /// The value within a loop.
    Value,
    /// An element of a list or mapping.
    AtIndex,
}

impl Tag {
    const ALL: [(Tag, &'static str); 14] = [
        (Tag::KeyOf, "KeyOf"),
        (Tag::Env, "Env"),
        (Tag::File, "File"),
        (Tag::Context, "Context"),
        (Tag::ParseJson, "ParseJSON"),
        (Tag::Format, "Format"),
        (Tag::Find, "Find"),
        (Tag::FindObject, "FindObject"),
        (Tag::Condition, "Condition"),
        (Tag::If, "If"),
        (Tag::Enumerate, "Enumerate"),
        (Tag::Index, "Index"),
        (Tag::Value, "Value"),
        (Tag::AtIndex, "AtIndex"),
    ];

    /// The tag of this name, written without `!`; case matters. The error says what is meant.
    pub fn parse(name: &str) -> Result<Tag, String> {
        if let Some((tag, _)) = Self::ALL.iter().find(|(_, known)| *known == name) {
            return Ok(*tag);
        }
        let advice =
            nearest(name, Self::ALL.iter().map(|(_, name)| *name)).map(|near| format!(" Did you mean `!{near}`?"));
        Err(format!("The tag {} is unknown.{}", quote(&format!("!{name}")), advice.unwrap_or_default()))
    }
}
