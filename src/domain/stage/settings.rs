//! What the settings of an [`OtherStage`] say, typed. Fields and defaults as in the model reference, section 4; what is not
//! executed here is not read.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{OtherModel, OtherStage};
use crate::domain::Mapping;
use crate::domain::flow::names;
use crate::domain::id::{FlowId, StageId};
use crate::domain::when::Span;

/// The settings of an [`OtherStage`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Sends a mail and waits until its link is followed.
    Email(EmailStage),
    /// Asks who somebody is.
    Identification(IdentificationStage),
    /// Asks for the password of who is known.
    Password(PasswordStage),
    /// Refuses.
    Deny(DenyStage),
    /// Leads elsewhere.
    Redirect(RedirectStage),
    /// Shows its name.
    Dummy(DummyStage),
    /// Asks for consent.
    Consent(ConsentStage),
    /// Asks whether somebody is human: not executed here.
    Captcha,
    /// Deletes the account.
    UserDelete,
    /// Signs out.
    UserLogout,
}

impl OtherStage {
    /// The settings, or what can't be understood in them.
    pub fn typed(&self) -> Result<Typed, String> {
        Ok(match self.model {
            OtherModel::Email => Typed::Email(read(&self.settings)?),
            OtherModel::Identification => Typed::Identification(read(&self.settings)?),
            OtherModel::Password => Typed::Password(read(&self.settings)?),
            OtherModel::Deny => Typed::Deny(read(&self.settings)?),
            OtherModel::Redirect => Typed::Redirect(read(&self.settings)?),
            OtherModel::Dummy => Typed::Dummy(read(&self.settings)?),
            OtherModel::Consent => Typed::Consent(read(&self.settings)?),
            OtherModel::Captcha => Typed::Captcha,
            OtherModel::UserDelete => Typed::UserDelete,
            OtherModel::UserLogout => Typed::UserLogout,
        })
    }
}

fn read<T: DeserializeOwned>(settings: &Mapping) -> Result<T, String> {
    serde_json::from_value(Value::Object(settings.clone()))
        .map_err(|why| format!("has settings that can't be read: {why}"))
}

/// Sends a mail and waits until its link is followed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EmailStage {
    /// Whether the mail goes the way that the configuration says, not the stage's own.
    pub use_global_settings: bool,
    /// How long the link is good.
    pub token_expiry: Span,
    /// The mail's subject.
    pub subject: String,
    /// The template's name as authentik's.
    pub template: String,
    /// Whether following the link activates the account.
    pub activate_user_on_success: bool,
    /// How often it is sent again.
    pub recovery_max_attempts: u32,
    /// Within which time.
    pub recovery_cache_timeout: Span,
}

impl Default for EmailStage {
    fn default() -> Self {
        Self {
            use_global_settings: false,
            token_expiry: Span(30 * 60),
            subject: "authentik".into(),
            template: "email/password_reset.html".into(),
            activate_user_on_success: false,
            recovery_max_attempts: 5,
            recovery_cache_timeout: Span(5 * 60),
        }
    }
}

names!(
    /// By what somebody can be found.
    UserField {
        /// The address.
        Email = "email",
        /// The user name.
        Username = "username",
        /// The attribute `upn`.
        Upn = "upn",
    }
);

/// Asks who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(clippy::struct_excessive_bools, reason = "settings as authentik has them")]
pub struct IdentificationStage {
    /// By what somebody is found.
    pub user_fields: Vec<UserField>,
    /// A password stage whose question is asked on the same page.
    pub password_stage: Option<StageId>,
    /// A captcha stage; not executed here.
    pub captcha_stage: Option<StageId>,
    /// A flow for people without an account.
    pub enrollment_flow: Option<FlowId>,
    /// A flow for people who have lost their password.
    pub recovery_flow: Option<FlowId>,
    /// Whether case does not matter.
    pub case_insensitive_matching: bool,
    /// Whether the next page shows the name of who was found.
    pub show_matched_user: bool,
    /// Whether unknown people are led on like known ones, so that nobody learns who has an account.
    pub pretend_user_exists: bool,
    /// Whether clients offer to remember the name. Pages leave that to the browser.
    pub enable_remember_me: bool,
}

impl Default for IdentificationStage {
    fn default() -> Self {
        Self {
            user_fields: Vec::new(),
            password_stage: None,
            captcha_stage: None,
            enrollment_flow: None,
            recovery_flow: None,
            case_insensitive_matching: true,
            show_matched_user: true,
            pretend_user_exists: true,
            enable_remember_me: false,
        }
    }
}

/// Asks for the password of who is known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PasswordStage {
    /// Where passwords are looked up. Ours are those of the inbuilt backend.
    pub backends: Vec<String>,
    /// After how many wrong ones the flow ends.
    pub failed_attempts_before_cancel: i64,
    /// Whether clients offer to show what is typed. Pages have no scripts, and don't.
    pub allow_show_password: bool,
}

impl PasswordStage {
    /// Whether it asks the only backend that there is here.
    pub fn is_inbuilt(&self) -> bool {
        self.backends.iter().any(|backend| backend == "authentik.core.auth.InbuiltBackend")
    }
}

impl Default for PasswordStage {
    fn default() -> Self {
        Self { backends: Vec::new(), failed_attempts_before_cancel: 5, allow_show_password: false }
    }
}

/// Shows its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DummyStage {
    /// Whether it fails instead, for trying out what is told then.
    pub throw_error: bool,
}

/// Refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DenyStage {
    /// What it says.
    pub deny_message: String,
}

names!(
    /// Where a redirect stage leads.
    RedirectMode {
        /// To an address.
        Static = "static",
        /// To another flow.
        Flow = "flow",
    }
);

/// Leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RedirectStage {
    /// To an address or to a flow.
    pub mode: RedirectMode,
    /// The address.
    pub target_static: String,
    /// The flow.
    pub target_flow: Option<FlowId>,
    /// Whether the other flow knows what this one knew.
    pub keep_context: bool,
}

impl Default for RedirectStage {
    fn default() -> Self {
        Self { mode: RedirectMode::Static, target_static: String::new(), target_flow: None, keep_context: true }
    }
}

/// Asks for consent. Without applications there is nothing to consent to for good, so it always asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ConsentStage {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn typed(model: OtherModel, settings: &Value) -> Result<Typed, String> {
        OtherStage { model, settings: settings.as_object().unwrap().clone() }.typed()
    }

    #[test]
    fn what_is_not_said_has_the_default_of_the_reference() {
        assert_eq!(typed(OtherModel::Email, &json!({})).unwrap(), Typed::Email(EmailStage::default()));
        let Typed::Email(email) = typed(OtherModel::Email, &json!({"token_expiry": 60, "host": "mx"})).unwrap() else {
            panic!()
        };
        assert_eq!((email.token_expiry, email.recovery_max_attempts), (Span(60), 5));
    }

    #[test]
    fn settings_that_no_import_lets_through_are_told() {
        let told = typed(OtherModel::Redirect, &json!({"mode": "teleport"})).unwrap_err();
        assert!(told.contains("teleport"), "{told}");
    }
}
