//! Custom attributes: the mapping that an administrator types, and that every blueprint attribute of that kind holds.

use super::problem::Problems;
use super::yaml;
use serde_json::{Map, Value};

/// Reads a mapping, such as an invitation's custom attributes, from YAML or JSON text; nothing at all is an empty mapping.
///
/// The error lists what is wrong with its place in this text: broken YAML, a text that is no mapping, a tag of
/// blueprints, which mean nothing outside of one.
pub fn parse_mapping(text: &str) -> Result<Map<String, Value>, Problems> {
    let Some(node) = yaml::parse(text.as_bytes())? else { return Ok(Map::new()) };
    match node.to_json()? {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        _ => {
            let message = format!("This has to be a mapping, such as `name: Jane`, and is {}.", node.describe());
            Err(node.problem(message).into())
        }
    }
}
