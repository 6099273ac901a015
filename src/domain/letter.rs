//! Letters: mail to people, kept in an outbox until it is sent.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::flow::names;
use super::id::{InvitationId, LetterId, StageId};

names!(
    /// How far a letter has come.
    LetterStatus {
        /// It waits for its first attempt, or for another one.
        Queued = "queued",
        /// A mail server has taken it.
        Sent = "sent",
        /// Nobody tries any more.
        Failed = "failed",
    }
);

/// What a letter says. It holds links with tokens, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(…)")
    }
}

/// A letter, but for what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its id; sorts by time.
    pub id: LetterId,
    /// To which address.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// What it was made from, by name.
    pub template: String,
    /// The stage whose own mail server takes it; none for the configured one.
    pub stage: Option<StageId>,
    /// The invitation whose link it holds.
    pub invitation: Option<InvitationId>,
    /// What it is about, as events name it: a kind and a name.
    pub about: (String, String),
    /// How far it has come.
    pub status: LetterStatus,
    /// How many attempts were begun.
    pub attempts: u32,
    /// When it was queued.
    pub queued_at: DateTime<Utc>,
    /// By whom, by name.
    pub queued_by: String,
    /// When the next attempt is due.
    pub next_attempt_at: DateTime<Utc>,
    /// From when on its link is of no use.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was sent, or given up.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed; empty if it did not.
    pub error: String,
}

/// How long to wait after the first attempt, the second, ...: most mail servers that are down are back within hours.
const PAUSES: [TimeDelta; 5] =
    [TimeDelta::minutes(1), TimeDelta::minutes(5), TimeDelta::minutes(30), TimeDelta::hours(2), TimeDelta::hours(6)];

/// When to try again after so many attempts have failed; none when that is enough.
pub fn next_attempt(attempts: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let pause = PAUSES.get(usize::try_from(attempts.checked_sub(1)?).ok()?)?;
    Some(now + *pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_grow_rarer_and_end() {
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let minutes: Vec<_> = (1..=5).map(|n| (next_attempt(n, now).unwrap() - now).num_minutes()).collect();
        assert_eq!(minutes, [1, 5, 30, 120, 360]);
        assert_eq!((next_attempt(6, now), next_attempt(0, now)), (None, None));
    }

    #[test]
    fn what_a_letter_says_is_not_shown_by_debug() {
        let body = Body { text: "itoken=1".into(), html: "itoken=1".into() };
        assert!(!format!("{body:?}").contains("itoken"));
    }
}
