//! Why a flow does not go on. Each is shown to the visitor as a page of its own, with an HTTP status that says so too;
//! none of them shows data that an invitation brings.

use crate::domain::invitation::Status;
use crate::domain::message::Message;

/// Why a flow does not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no flow of that name.
    NoSuchFlow,
    /// The token belongs to no invitation.
    InvitationNotFound,
    /// The invitation is for another flow.
    OtherFlow,
    /// All its uses are spent.
    Used,
    /// Its time is over.
    Expired,
    /// An administrator withdrew it.
    Revoked,
    /// The flow is by invitation only, and none was opened in this browser (or long ago, or without cookies).
    InvitationNeeded,
    /// Another flow was opened in this browser meanwhile, and a browser is in one at a time.
    OtherOpened {
        /// Whether this one can be begun again without an invitation.
        can_begin_again: bool,
    },
    /// No enrollment is under way any more in this browser, and the flow, which needs no invitation, can be begun again.
    Forgotten,
    /// It has come to its end in this browser, and what was sent after that was not taken.
    Finished {
        /// Whether it can be begun again without an invitation.
        can_begin_again: bool,
    },
    /// Somebody is signed in, and the flow is for people who are not.
    SignedIn {
        /// Who.
        username: String,
    },
    /// Nobody is signed in, and the flow is for people who are.
    SignInNeeded,
    /// The flow is not for this visitor.
    NotApplicable,
    /// A policy or a stage refuses; what it says, perhaps nothing.
    Denied {
        /// Each a paragraph.
        messages: Vec<Message>,
    },
    /// Too many wrong passwords ended it.
    WrongTooOften {
        /// Where the page's address said to go on: a path of ours.
        next: Option<String>,
    },
    /// The link of a mail was used before, or is too old.
    LinkUsed,
    /// The user name that the invitation brings is taken, and the flow asks for no other.
    UsernameTaken,
    /// The flow has come to a part that is kept and not executed here: a sentence without its full stop.
    NotExecuted(String),
    /// The flow can't write an account: a sentence for the log and for who made the flow.
    Misconfigured(String),
}

impl Refusal {
    /// A flow that never comes to an end.
    pub(super) fn endless() -> Self {
        Self::Misconfigured("the flow goes round in circles".into())
    }

    /// Whether it is the flow's authentication requirement that refuses this visitor.
    pub fn is_about_visitor(&self) -> bool {
        matches!(self, Self::SignedIn { .. } | Self::SignInNeeded | Self::NotApplicable)
    }

    /// The refusal for an invitation that is no longer active.
    pub fn of_status(status: Status) -> Option<Self> {
        match status {
            Status::Active => None,
            Status::Used => Some(Self::Used),
            Status::Expired => Some(Self::Expired),
            Status::Revoked => Some(Self::Revoked),
        }
    }
}
