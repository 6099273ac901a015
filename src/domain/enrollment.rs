//! Enrollments: one person's way through one flow, kept in the database so that a restart of the server loses nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Mapping;
use super::id::{BindingId, EnrollmentId, FlowId, InvitationId, UserId};
use super::message::Message;
use super::user::PasswordHash;

/// The hash of a session token: what the database knows of a cookie.
pub type SessionHash = Vec<u8>;

/// A visitor's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of the cookie's token.
    pub token_hash: SessionHash,
    /// Who is signed in.
    pub user: Option<UserId>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// One person's way through one flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Enrollment {
    /// Its id.
    pub id: EnrollmentId,
    /// Whose it is.
    pub session: SessionHash,
    /// Through which flow.
    pub flow: FlowId,
    /// The invitation that was opened; it counts only once the invitation stage has accepted it.
    pub invitation: Option<InvitationId>,
    /// The plan: which stage bindings, in which order, decided when the enrollment began.
    pub plan: Vec<BindingId>,
    /// The place in the plan of the stage that waits for an answer; the plan's length when all are done.
    pub position: usize,
    /// What the stages know.
    pub context: Context,
    /// Whether it is over.
    pub done: bool,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it last moved.
    pub updated_at: DateTime<Utc>,
    /// When it is forgotten.
    pub expires_at: DateTime<Utc>,
}

/// The plan context: what the stages of one enrollment know. Names as in the flow-execution reference, section 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// What was answered and what the invitation brings. Never a password.
    pub prompt_data: Mapping,
    /// The password that was chosen, hashed before it was stored; gone once an account has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<PasswordHash>,
    /// Whose account it is about: who was identified, signed in, or written.
    pub pending_user: Option<UserId>,
    /// Whether the invitation stage accepted an invitation.
    pub invitation_in_effect: bool,
    /// Whether the invitation's use has been counted.
    pub use_counted: bool,
    /// The other keys of the reference: what policies put there for stages.
    #[serde(skip_serializing_if = "Mapping::is_empty")]
    pub other: Mapping,
    /// The query with which the flow began, without tokens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, String)>,
    /// What was said on the way to the page that waits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// What was typed where somebody was asked who they are. With it and without a pending user nobody was found, and
    /// nobody is to learn that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// How the executor got here.
    pub course: Course,
}

/// What is said on a page about what happened before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// An answer was refused, and the flow has begun again.
    BeginsAgain,
    /// A form of an earlier page came late, with other answers; they were not taken.
    AnsweredBefore,
    /// The page that was answered does not belong to the flow any more; what was entered there was not taken.
    LeftOut,
    /// The mail was sent too often; it can be sent again after so many minutes.
    TooManyMails(i64),
    /// What a policy says.
    Said(Message),
}

/// What the executor notes on an enrollment's way; policies don't see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(clippy::struct_excessive_bools, reason = "notes that have nothing to do with one another")]
pub struct Course {
    /// Whether this enrollment made the account of the pending user.
    pub created: bool,
    /// Whether the pending user is whoever was signed in when it began.
    pub own: bool,
    /// Whether it has signed somebody in or out: who may begin the flow is settled then.
    pub settled: bool,
    /// Whether the plan was given up and is made anew when the page is opened again.
    pub dropped: bool,
    /// How many wrong passwords there were.
    pub wrong_passwords: u32,
    /// Whether the person wants to stay signed in, once asked.
    pub remember_me: Option<bool>,
    /// The email stage that has sent its mail.
    pub mailed: Option<BindingId>,
    /// The hash of the mail's link that led here, until the person says that it was them.
    pub unconfirmed: Option<SessionHash>,
    /// The email stage whose link was followed.
    pub confirmed: Option<BindingId>,
    /// What was typed on pages that were left by going back: not checked, and never a password.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drafts: Vec<Draft>,
    /// The fingerprint of the answer that ended it, by which a copy of it is known. No password is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_answer: Option<Vec<u8>>,
}

/// What was typed on a page and not sent on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The page's stage.
    pub stage: BindingId,
    /// By field key.
    pub typed: BTreeMap<String, String>,
}

impl Context {
    /// Whether nobody was found and nobody is to learn that.
    pub fn is_pretended(&self) -> bool {
        self.identifier.is_some() && self.pending_user.is_none()
    }

    /// The value of a query's key, the last one.
    pub fn queried(&self, key: &str) -> Option<&str> {
        self.query.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Where the page's address said to go on afterwards: a path of ours, never another host.
    pub fn next(&self) -> Option<&str> {
        self.queried("next").filter(|next| is_local(next))
    }
}

/// Whether an address leads to a path of ours and to no other host, whatever a browser makes of it.
pub fn is_local(address: &str) -> bool {
    let second = address.as_bytes().get(1);
    address.starts_with('/')
        && !matches!(second, Some(b'/' | b'\\'))
        && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// A link in a mail that leads back into a flow, with all that its enrollment knew.
#[derive(Debug, Clone, PartialEq)]
pub struct MailLink {
    /// The hash of the link's token.
    pub token_hash: SessionHash,
    /// Through which flow.
    pub flow: FlowId,
    /// The stage that sent it.
    pub stage: BindingId,
    /// Whose address it proves; none for a mail that was never sent.
    pub user: Option<UserId>,
    /// The invitation of the enrollment.
    pub invitation: Option<InvitationId>,
    /// What the number of mails is limited by.
    pub recipient: String,
    /// See [`Enrollment::plan`].
    pub plan: Vec<BindingId>,
    /// See [`Enrollment::position`].
    pub position: usize,
    /// See [`Enrollment::context`].
    pub context: Context,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_gone_on_to() {
        for good in ["/", "/if/flow/x/", "/if/flow/x/?a=%20b#c"] {
            assert!(is_local(good), "{good}");
        }
        for bad in ["", "x", "//evil", "/\\evil", "https://evil", "/a\r\nb", "/a\\b", "/\t/evil", "javascript:x", "/ü"]
        {
            assert!(!is_local(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_context_of_before_is_still_read() {
        let old = r#"{"prompt_data":{"name":"J"},"pending_user":null,"invitation_in_effect":true,"use_counted":false}"#;
        let context: Context = serde_json::from_str(old).unwrap();
        assert!(context.invitation_in_effect && !context.course.dropped && context.other.is_empty());
    }
}
