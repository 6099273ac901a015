//! Writing a letter into the outbox.

use thiserror::Error;

use super::language::Language;
use super::stage::OwnServer;
use super::template::{Template, Values, write};
use crate::clock;
use crate::domain::event::Act;
use crate::domain::id::{InvitationId, LetterId};
use crate::domain::letter::{self, LetterStatus};
use crate::domain::stage::Stage;
use crate::domain::text::{is_harmful, shorten};
use crate::domain::user::Email;
use crate::store::events::Object;
use crate::store::{StoreError, Tx, letters};

/// The longest subject: mail clients show less.
const LONGEST_SUBJECT: usize = 150;

/// A letter to be written.
pub struct Letter<'a> {
    /// To which address.
    pub to: &'a str,
    /// Its subject; empty for the template's own.
    pub subject: &'a str,
    /// What it is made from.
    pub template: Template,
    /// What it says of its own.
    pub values: Values,
    /// In which language.
    pub language: Language,
    /// What it is about, as the events of its sending name it. Never a token.
    pub about: Object<'a>,
    /// The invitation whose link it brings: where that is dead before the letter is sent, it is not sent.
    pub invitation: Option<InvitationId>,
    /// The email stage that sends it: it may have a mail server of its own.
    pub stage: Option<&'a Stage>,
}

/// Why there is no letter.
#[derive(Debug, Error)]
pub enum MailError {
    /// There is no such address.
    #[error("`{}` is not an email address", crate::domain::text::printable(.0))]
    Address(String),
    /// The letter could not be written.
    #[error("the letter could not be written: {0}")]
    Template(#[from] askama::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a letter into the outbox. It is sent once the transaction is committed, by the server.
pub async fn enqueue(tx: &mut Tx, letter: &Letter<'_>, act: &Act<'_>) -> Result<LetterId, MailError> {
    let to = Email::parse(letter.to).map_err(|_| MailError::Address(letter.to.to_owned()))?;
    let (own_subject, body) = write(letter.template, &letter.values, letter.language)?;
    let subject = one_line(letter.subject);
    let stage = letter.stage.filter(|stage| OwnServer::of(&stage.kind).is_some());
    let row = letter::Letter {
        id: LetterId(clock::new_ordered_id()),
        recipient: to.to_string(),
        subject: if subject.is_empty() { one_line(&own_subject) } else { subject },
        template: letter.template.as_str().to_owned(),
        stage: stage.map(|stage| stage.id),
        invitation: letter.invitation,
        about: (letter.about.0.to_owned(), letter.about.1.to_owned()),
        status: LetterStatus::Queued,
        attempts: 0,
        queued_at: act.at,
        queued_by: act.by.name.clone(),
        next_attempt_at: act.at,
        expires_at: letter.values.expires,
        finished_at: None,
        error: String::new(),
    };
    letters::insert(tx, &row, &body).await?;
    Ok(row.id)
}

/// One line without anything that could begin a header of its own, or turn the line around.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if is_harmful(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    shorten(&words.join(" "), LONGEST_SUBJECT).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_line_whatever_is_in_it() {
        assert_eq!(one_line("Hello\r\nBcc: evil@example.com\u{202e}\0"), "Hello Bcc: evil@example.com");
        assert_eq!(one_line(" \n "), "");
        assert_eq!(one_line(&"x".repeat(500)).chars().count(), LONGEST_SUBJECT);
    }
}
