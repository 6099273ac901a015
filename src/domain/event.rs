//! Events: who did what, when and from where. They carry no secrets and no tokens: an invitation appears by its name.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::flow::names;
use super::id::{EventId, UserId};

/// Who acts. Every function that changes something takes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The acting user's id; none for a visitor who is not signed in, and for the program itself.
    pub id: Option<UserId>,
    /// The acting user's name, kept when the user is gone.
    pub name: String,
    /// From where: a client's address, or `local`.
    pub address: String,
}

impl Actor {
    /// A visitor of the enrollment server.
    pub fn visitor(address: impl Into<String>) -> Self {
        Self { id: None, name: "visitor".into(), address: address.into() }
    }

    /// The program itself: set-up, housekeeping.
    pub fn system() -> Self {
        Self { id: None, name: "guestlist".into(), address: "local".into() }
    }
}

/// Somebody acting at a moment: what every change is recorded with.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// Who.
    pub by: &'a Actor,
    /// When.
    pub at: DateTime<Utc>,
}

impl Actor {
    /// This actor, acting now.
    pub fn at(&self, at: DateTime<Utc>) -> Act<'_> {
        Act { by: self, at }
    }
}

names!(
    /// What happened.
    Action {
        /// An invitation was made.
        InvitationCreated = "invitation_created",
        /// An invitation was changed.
        InvitationUpdated = "invitation_updated",
        /// An invitation was revoked.
        InvitationRevoked = "invitation_revoked",
        /// An invitation's revocation was undone.
        InvitationRestored = "invitation_restored",
        /// An invitation was deleted.
        InvitationDeleted = "invitation_deleted",
        /// An invitation's deletion was undone.
        InvitationUndeleted = "invitation_undeleted",
        /// An invitation got a new link; the old one is dead.
        InvitationReissued = "invitation_reissued",
        /// Somebody enrolled with an invitation.
        InvitationUsed = "invitation_used",
        /// A letter with an invitation's link was queued.
        InvitationSent = "invitation_sent",
        /// A letter was taken by a mail server.
        EmailSent = "email_sent",
        /// A letter was given up.
        EmailFailed = "email_failed",
        /// An account was written.
        UserWrite = "user_write",
        /// An administrator gave an account another password.
        PasswordSet = "password_set",
        /// Somebody signed in.
        Login = "login",
        /// Somebody gave a wrong password.
        LoginFailed = "login_failed",
        /// Somebody signed out.
        Logout = "logout",
        /// A blueprint was applied.
        BlueprintApplied = "blueprint_applied",
        /// That a blueprint was applied is no longer known; what it made stays.
        BlueprintForgotten = "blueprint_forgotten",
        /// An object was made: by a blueprint, or at set-up.
        ModelCreated = "model_created",
        /// An object was changed.
        ModelUpdated = "model_updated",
        /// An object was deleted.
        ModelDeleted = "model_deleted",
        /// An invitation stage was bound to a flow.
        InvitationStageBound = "invitation_stage_bound",
        /// A policy ran that logs its runs.
        PolicyExecution = "policy_execution",
        /// A policy failed to run.
        PolicyException = "policy_exception",
        /// The expression of a prompt failed.
        PropertyMappingException = "property_mapping_exception",
        /// A policy noted something; the object's name says what.
        Custom = "custom",
    }
);

/// One row of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its id; sorts by time.
    pub id: EventId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by name.
    pub actor: String,
    /// From where.
    pub address: String,
    /// What.
    pub action: Action,
    /// What kind of thing it was done to: `invitation`, `user`, a model's name.
    pub object_kind: String,
    /// That thing's name.
    pub object_name: String,
    /// More, as a mapping.
    pub detail: Value,
}
