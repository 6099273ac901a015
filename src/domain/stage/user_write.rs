//! The stage that writes accounts.

use serde::{Deserialize, Serialize};

use crate::domain::flow::names;
use crate::domain::id::GroupId;

names!(
    /// When a user-write stage makes a new account.
    UserCreationMode {
        /// Never: it only changes the account of who is signed in.
        NeverCreate = "never_create",
        /// When nobody is pending.
        CreateWhenRequired = "create_when_required",
        /// Always.
        AlwaysCreate = "always_create",
    }
);

names!(
    /// What kind of account a user is.
    UserType {
        /// Somebody of the house.
        Internal = "internal",
        /// A guest.
        External = "external",
        /// A program.
        ServiceAccount = "service_account",
        /// A program of the system itself.
        InternalServiceAccount = "internal_service_account",
    }
);

/// Writes the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserWriteStage {
    /// When a new account is made.
    pub user_creation_mode: UserCreationMode,
    /// Whether new accounts wait for activation.
    pub create_users_as_inactive: bool,
    /// The group that new accounts join. Kept in a column of its own, so not serialized.
    #[serde(skip)]
    pub create_users_group: Option<GroupId>,
    /// The type of new accounts.
    pub user_type: UserType,
    /// The path of new accounts; empty means `users`.
    pub user_path_template: String,
}

impl Default for UserWriteStage {
    fn default() -> Self {
        Self {
            user_creation_mode: UserCreationMode::CreateWhenRequired,
            create_users_as_inactive: false,
            create_users_group: None,
            user_type: UserType::External,
            user_path_template: String::new(),
        }
    }
}

impl UserWriteStage {
    /// The type of new accounts: nobody becomes an internal service account.
    pub fn own_type(&self) -> UserType {
        match self.user_type {
            UserType::InternalServiceAccount => UserType::ServiceAccount,
            other => other,
        }
    }
}
