//! Custom attributes as text: YAML or JSON in, YAML out.

use crate::blueprint;
use crate::domain::Mapping;
use crate::domain::invitation::Settings;

/// Longer texts are not read: what they hold can't be short enough, and they are read again with every key.
const MOST_BYTES: usize = 4 * Settings::MAX_FIXED_DATA;

fn too_long() -> String {
    format!("Use at most {} KB of custom attributes.", Settings::MAX_FIXED_DATA / 1024)
}

/// Reads a mapping; nothing at all is an empty one. The error says where the first fault is and what it is.
pub fn read(text: &str) -> Result<Mapping, String> {
    if text.len() > MOST_BYTES {
        return Err(too_long());
    }
    let read = blueprint::parse_mapping(text).map_err(|problems| match problems.0.first() {
        Some(problem) if problem.line > 0 => {
            format!("Line {}, column {}: {}", problem.line, problem.column, problem.message)
        }
        Some(problem) => problem.message.clone(),
        None => "This can't be read.".to_owned(),
    })?;
    let length = serde_json::to_string(&read).map_or(0, |written| written.len());
    if length > Settings::MAX_FIXED_DATA { Err(too_long()) } else { Ok(read) }
}

/// Writes a mapping; an empty one is nothing.
pub fn write(mapping: &Mapping) -> String {
    blueprint::emit_mapping(mapping)
}
