//! A letter that shows whether mail arrives. It goes past the outbox, so that whoever asks for it learns what happens.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::language::Language;
use super::post::{Post, Refused, SetupError};
use super::settings::Settings;
use super::template::{Template, Values, write};
use crate::clock;
use crate::domain::id::LetterId;
use crate::domain::letter::{Letter, LetterStatus};
use crate::domain::user::Email;

/// Why there was no test letter.
#[derive(Debug, Error)]
pub enum TrialError {
    /// Mail is off.
    #[error("mail is off")]
    Off,
    /// The settings can't be used.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The letter could not be written.
    #[error("the letter could not be written: {0}")]
    Template(#[from] askama::Error),
    /// It was not taken.
    #[error("{0}")]
    Refused(String),
}

/// Sends a letter to an address at once.
pub async fn try_out(
    settings: &Settings,
    to: &Email,
    site: &str,
    language: Language,
    now: DateTime<Utc>,
) -> Result<(), TrialError> {
    let post = Post::new(settings)?.ok_or(TrialError::Off)?;
    let values = Values { site: site.to_owned(), ..Values::default() };
    let (subject, body) = write(Template::Test, &values, language)?;
    let letter = Letter {
        id: LetterId(clock::new_ordered_id()),
        recipient: to.to_string(),
        subject,
        template: Template::Test.as_str().to_owned(),
        stage: None,
        invitation: None,
        about: (String::new(), String::new()),
        status: LetterStatus::Queued,
        attempts: 1,
        queued_at: now,
        queued_by: String::new(),
        next_attempt_at: now,
        expires_at: None,
        finished_at: None,
        error: String::new(),
    };
    post.send(&letter, &body, now).await.map_err(|refused| match refused {
        Refused::Later(why) | Refused::Never(why) => TrialError::Refused(why),
    })
}
