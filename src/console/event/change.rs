//! What can be changed: one user, group, flow or prompt at a time, or many invitations in one way.

use crate::domain::Mapping;
use crate::domain::group::Group;
use crate::domain::id::{FlowId, UserId};
use crate::domain::prompt::Prompt;
use crate::domain::slug::Slug;
use crate::domain::user::{Profile, User};
use crate::store::restore::{KeptGroup, KeptUser};

/// A change of a user, a group, a flow or a prompt.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Make a user, or change the one that was read.
    User(Option<Box<User>>, Profile),
    /// Let a user sign in or not.
    Active(UserId, String, bool),
    /// Give a user another password.
    Password(UserId, String, Secret),
    /// Delete a user.
    DeleteUser(UserId, String),
    /// Make a group, or change the one that was read.
    Group {
        /// As it was read.
        read: Option<Box<Group>>,
        /// Its name.
        name: String,
        /// Whether its members may do everything.
        is_superuser: bool,
        /// Its attributes.
        attributes: Mapping,
    },
    /// Put a user into a group or take one out.
    Member {
        /// The group.
        group: Box<Group>,
        /// The user.
        username: String,
        /// Whether in or out.
        member: bool,
    },
    /// Change how a prompt asks: as it was read, and as it is to be.
    Prompt(Box<Prompt>, Box<Prompt>),
    /// Bring a deleted user back.
    RestoreUser(Box<KeptUser>),
    /// Delete a group.
    DeleteGroup(Box<Group>),
    /// Bring a deleted group back.
    RestoreGroup(Box<KeptGroup>),
    /// Delete a flow.
    DeleteFlow(FlowId, Slug),
}

/// A password that was typed. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Change {
    /// What is changed, for people.
    pub fn name(&self) -> String {
        match self {
            Self::User(_, profile) => profile.username.to_string(),
            Self::Active(_, name, _)
            | Self::Password(_, name, _)
            | Self::DeleteUser(_, name)
            | Self::Group { name, .. } => name.clone(),
            Self::Member { group, .. } | Self::DeleteGroup(group) => group.name.clone(),
            Self::Prompt(_, prompt) => prompt.name.clone(),
            Self::RestoreUser(kept) => kept.user.username.to_string(),
            Self::RestoreGroup(kept) => kept.group.name.clone(),
            Self::DeleteFlow(_, slug) => slug.to_string(),
        }
    }
}

/// What is done to many invitations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bulk {
    /// Revoke them.
    Revoke,
    /// Take that back.
    Restore,
    /// Delete them.
    Delete,
    /// Take that back.
    Undelete,
    /// Give each a new link.
    Reissue,
    /// Take that back.
    TakeBackReissue,
}

impl Bulk {
    /// What takes it back, where that is a thing to offer.
    pub fn undone_by(self) -> Option<Self> {
        match self {
            Self::Revoke => Some(Self::Restore),
            Self::Restore => Some(Self::Revoke),
            Self::Delete => Some(Self::Undelete),
            // A re-issue is taken back by what it was before: see `Effect::TakeBackReissues`.
            Self::Undelete | Self::Reissue | Self::TakeBackReissue => None,
        }
    }

    /// What was done.
    pub fn past(self) -> &'static str {
        match self {
            Self::Revoke => "Revoked",
            Self::Restore => "Restored",
            Self::Delete => "Deleted",
            Self::Undelete => "Brought back",
            Self::Reissue => "Re-issued",
            Self::TakeBackReissue => "Brought back the old link of",
        }
    }
}
