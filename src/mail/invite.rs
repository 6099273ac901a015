//! Sending an invitation: the link by letter instead of by clipboard.

use serde_json::{Value, json};
use thiserror::Error;

use super::language::Language;
use super::letter::{Letter, MailError, enqueue};
use super::template::{Template, Values};
use super::words::Words;
use crate::domain::Mapping;
use crate::domain::event::{Act, Action};
use crate::domain::id::LetterId;
use crate::domain::invitation::{InvitationView, Status};
use crate::domain::text::printable;
use crate::domain::validation::FieldErrors;
use crate::store::events::{self, Object};
use crate::store::{StoreError, Tx, letters};

/// The longest message that an administrator may add.
const LONGEST_MESSAGE: usize = 2_000;

/// An invitation to be sent.
pub struct Inviting<'a> {
    /// The invitation, as it is now.
    pub view: &'a InvitationView,
    /// Its link.
    pub link: String,
    /// To which address.
    pub to: &'a str,
    /// In which language.
    pub language: Language,
    /// What the administrator adds; may be empty.
    pub message: &'a str,
}

/// Why an invitation was not sent.
#[derive(Debug, Error)]
pub enum InviteError {
    /// Its link lets nobody enroll.
    #[error("{0} is {1}: its link would help nobody.")]
    NotActive(String, Status),
    /// Something that was typed: `to` or `message`.
    #[error("{0}")]
    Input(FieldErrors),
    /// The same letter waits in the outbox already.
    #[error("A letter with {0} to {1} is waiting to be sent already.")]
    Waiting(String, String),
    /// The letter could not be written.
    #[error(transparent)]
    Mail(MailError),
}

impl From<StoreError> for InviteError {
    fn from(error: StoreError) -> Self {
        Self::Mail(error.into())
    }
}

/// The address that an invitation's custom attributes name.
pub fn address_of(fixed_data: &Mapping) -> Option<&str> {
    fixed_data.get("email").and_then(Value::as_str).map(str::trim).filter(|address| !address.is_empty())
}

/// What people call the place that links lead to: its host.
pub fn site_of(public_url: &str) -> String {
    let (_, rest) = public_url.split_once("://").unwrap_or(("", public_url));
    rest.split('/').next().unwrap_or_default().to_owned()
}

/// What a letter with an invitation says first: its subject, and what it is about.
pub fn preview(public_url: &str, language: Language) -> Vec<String> {
    let values = Values { site: site_of(public_url), ..Values::default() };
    let words = Words::of(Template::Invitation, &values, language);
    [words.subject].into_iter().chain(words.paragraphs).collect()
}

/// Writes the letter that brings an invitation, and the event that says so.
pub async fn invite(tx: &mut Tx, inviting: &Inviting<'_>, act: &Act<'_>) -> Result<LetterId, InviteError> {
    let it = &inviting.view.invitation;
    let name = it.settings.name.as_str();
    if it.status(act.at) != Status::Active {
        return Err(InviteError::NotActive(name.to_owned(), it.status(act.at)));
    }
    if inviting.message.chars().count() > LONGEST_MESSAGE {
        let why = format!("Use at most {LONGEST_MESSAGE} characters.");
        return Err(InviteError::Input(FieldErrors::one("message", why)));
    }
    let to = inviting.to.trim();
    if letters::is_waiting(tx, it.id, to).await? {
        return Err(InviteError::Waiting(name.to_owned(), printable(to).into_owned()));
    }
    let person = it.settings.fixed_data.get("name").and_then(Value::as_str).unwrap_or_default();
    let letter = Letter {
        to,
        subject: "",
        template: Template::Invitation,
        values: Values {
            site: site_of(&inviting.link),
            url: inviting.link.clone(),
            name: person.to_owned(),
            message: inviting.message.to_owned(),
            expires: it.settings.expires,
        },
        language: inviting.language,
        about: Object("invitation", name),
        invitation: Some(it.id),
        stage: None,
    };
    let id = enqueue(tx, &letter, act).await.map_err(|error| match error {
        MailError::Address(_) => InviteError::Input(FieldErrors::one("to", "This is not an email address.")),
        other => InviteError::Mail(other),
    })?;
    events::log(tx, act, Action::InvitationSent, Object("invitation", name), json!({ "to": to })).await?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_one_that_custom_attributes_name() {
        let of = |value: Value| address_of(value.as_object().unwrap()).map(ToOwned::to_owned);
        assert_eq!(of(json!({ "email": " jane@example.com " })).as_deref(), Some("jane@example.com"));
        for none in [json!({}), json!({ "email": "" }), json!({ "email": 1 })] {
            assert_eq!(of(none), None);
        }
    }

    #[test]
    fn a_site_is_called_by_its_host() {
        assert_eq!(site_of("https://id.example.com/guests/if/flow/x/"), "id.example.com");
        assert_eq!(site_of("http://127.0.0.1:9000"), "127.0.0.1:9000");
    }
}
