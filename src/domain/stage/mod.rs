//! Stages: what a flow does, one kind a variant. A stage kind is added here, in `executor/stage/` and in
//! `blueprint/model/`.

mod other;
mod settings;
mod user_login;
mod user_write;

use serde::{Deserialize, Serialize};

pub use other::{OtherModel, OtherStage};
pub use settings::{
    ConsentStage, DenyStage, EmailStage, IdentificationStage, PasswordStage, RedirectMode, RedirectStage, Typed,
    UserField,
};
pub use user_login::{GeoipBinding, NetworkBinding, UserLoginStage};
pub use user_write::{UserCreationMode, UserType, UserWriteStage};

use super::id::{PolicyId, PromptId, StageId};

/// A stage. Names are unique over all kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its id.
    pub id: StageId,
    /// Its name.
    pub name: String,
    /// What it does.
    pub kind: StageKind,
}

/// What a stage does, with its settings. The serialized form is what the database keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StageKind {
    /// Asks for an invitation.
    Invitation(InvitationStage),
    /// Asks questions.
    Prompt(PromptStage),
    /// Writes the account.
    UserWrite(UserWriteStage),
    /// Signs the person in.
    UserLogin(UserLoginStage),
    /// Any other; see [`OtherStage::typed`].
    Other(OtherStage),
}

impl StageKind {
    /// The kind's name in the database and in output for scripts.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Invitation(_) => "invitation",
            Self::Prompt(_) => "prompt",
            Self::UserWrite(_) => "user_write",
            Self::UserLogin(_) => "user_login",
            Self::Other(other) => other.model.kind(),
        }
    }

    /// The kind's name for people.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Invitation(_) => "Invitation",
            Self::Prompt(_) => "Prompt",
            Self::UserWrite(_) => "User write",
            Self::UserLogin(_) => "User login",
            Self::Other(other) => other.model.label(),
        }
    }

    /// The model's name in blueprints.
    pub fn model(&self) -> &'static str {
        match self {
            Self::Invitation(_) => "authentik_stages_invitation.invitationstage",
            Self::Prompt(_) => "authentik_stages_prompt.promptstage",
            Self::UserWrite(_) => "authentik_stages_user_write.userwritestage",
            Self::UserLogin(_) => "authentik_stages_user_login.userloginstage",
            Self::Other(other) => other.model.as_str(),
        }
    }
}

/// Asks for an invitation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationStage {
    /// Whether people without an invitation may go on. Off: the flow is by invitation only.
    pub continue_flow_without_invitation: bool,
}

/// Asks questions on one page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptStage {
    /// The prompts; shown by their own order, ties in this order. Kept in a table of its own, so not serialized.
    #[serde(skip)]
    pub fields: Vec<PromptId>,
    /// The policies that check the answers. Kept in a table of its own, so not serialized.
    #[serde(skip)]
    pub validation_policies: Vec<PolicyId>,
}
