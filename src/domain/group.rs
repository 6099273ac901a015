//! Groups of users.

use super::Mapping;
use super::id::GroupId;
use super::text;

/// A group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its unique name.
    pub name: String,
    /// Whether its members may do everything.
    pub is_superuser: bool,
    /// Free attributes.
    pub attributes: Mapping,
}

/// Checks a group's name: 1 to 80 characters.
pub fn check_name(name: &str) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty() {
        return Err("Enter a name.".into());
    }
    text::check_line(name, 80).map(|()| name.to_owned())
}

/// A group with what lists and detail views show beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupView {
    /// The group.
    pub group: Group,
    /// How many members it has.
    pub member_count: u64,
    /// The first members' user names, sorted; at most a hundred.
    pub members: Vec<String>,
}

/// The group that administrators are put into when they are made.
pub const ADMINISTRATORS: &str = "administrators";
