//! The stages whose settings are kept as blueprints name them.

use serde::{Deserialize, Serialize};

use crate::domain::Mapping;
use crate::domain::flow::names;

names!(
    /// Models of stages whose settings are kept as blueprints name them.
    OtherModel {
        /// Sends a mail and waits until its link is followed.
        Email = "authentik_stages_email.emailstage",
        /// Asks who somebody is.
        Identification = "authentik_stages_identification.identificationstage",
        /// Asks for the password of who is known.
        Password = "authentik_stages_password.passwordstage",
        /// Refuses.
        Deny = "authentik_stages_deny.denystage",
        /// Leads elsewhere.
        Redirect = "authentik_stages_redirect.redirectstage",
        /// Does nothing.
        Dummy = "authentik_stages_dummy.dummystage",
        /// Asks for consent.
        Consent = "authentik_stages_consent.consentstage",
        /// Asks whether somebody is human.
        Captcha = "authentik_stages_captcha.captchastage",
        /// Deletes the account.
        UserDelete = "authentik_stages_user_delete.userdeletestage",
        /// Signs out.
        UserLogout = "authentik_stages_user_logout.userlogoutstage",
    }
);

impl OtherModel {
    /// Name for scripts, for people, and with its article within a sentence.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Email => ("email", "Email", "an email stage"),
            Self::Identification => ("identification", "Identification", "an identification stage"),
            Self::Password => ("password", "Password", "a password stage"),
            Self::Deny => ("deny", "Deny", "a deny stage"),
            Self::Redirect => ("redirect", "Redirect", "a redirect stage"),
            Self::Dummy => ("dummy", "Dummy", "a dummy stage"),
            Self::Consent => ("consent", "Consent", "a consent stage"),
            Self::Captcha => ("captcha", "Captcha", "a captcha stage"),
            Self::UserDelete => ("user_delete", "User delete", "a user delete stage"),
            Self::UserLogout => ("user_logout", "User logout", "a user logout stage"),
        }
    }

    /// The kind's name in output for scripts.
    pub fn kind(self) -> &'static str {
        self.words().0
    }

    /// The kind's name for people.
    pub fn label(self) -> &'static str {
        self.words().1
    }

    /// The kind's name within a sentence.
    pub fn noun(self) -> &'static str {
        self.words().2
    }
}

impl OtherStage {
    /// The settings without what is secret.
    pub fn shown(&self) -> Mapping {
        let mut shown = self.settings.clone();
        shown.retain(|name, _| !matches!(name.as_str(), "password" | "private_key"));
        shown
    }
}

/// A stage whose settings are kept as they are, so that an export gives back what was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherStage {
    /// Its model in blueprints.
    pub model: OtherModel,
    /// Its settings as blueprints name them; durations in seconds, references as ids.
    pub settings: Mapping,
}
