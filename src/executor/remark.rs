//! What is said about a whole page rather than about one of its fields.

use std::fmt;

use crate::domain::enrollment::Notice;
use crate::domain::message::Message;

/// A remark: above the form where an answer was not accepted, or on the next page as a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// Nobody was found, or the password was wrong: which of them is nobody's business.
    NotAuthenticated,
    /// The password was wrong.
    InvalidPassword,
    /// The mail was sent once more.
    MailSent,
    /// The mail was sent too often; it can be sent again after so many minutes.
    TooManyMails {
        /// How many.
        minutes: i64,
    },
    /// The link of a mail was followed before, or too late.
    LinkUsed,
    /// The form of a consent did not fit its page.
    ConsentAgain,
    /// An answer was refused, and the flow has begun again.
    BeginsAgain,
    /// A policy does not take the answers, and says nothing about why.
    NotAccepted,
    /// A form of an earlier page came late, with other answers; they were not taken.
    AnsweredBefore,
    /// The page that was answered does not belong to the flow any more; what was entered there was not taken.
    LeftOut,
    /// What a policy says.
    Said(Message),
}

impl From<&Notice> for Remark {
    fn from(notice: &Notice) -> Self {
        match notice {
            Notice::BeginsAgain => Self::BeginsAgain,
            Notice::AnsweredBefore => Self::AnsweredBefore,
            Notice::LeftOut => Self::LeftOut,
            Notice::TooManyMails(minutes) => Self::TooManyMails { minutes: *minutes },
            Notice::Said(text) => Self::Said(text.clone()),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAuthenticated => f.write_str("We could not find an account with these details."),
            Self::InvalidPassword => f.write_str("The password is wrong."),
            Self::MailSent => f.write_str("We have sent you another email."),
            Self::TooManyMails { minutes } => {
                let unit = if *minutes == 1 { "minute" } else { "minutes" };
                write!(f, "We have sent you several emails already. Please try again after {minutes} {unit}.")
            }
            Self::LinkUsed => f.write_str("This link was already used. Please ask for a new one."),
            Self::ConsentAgain => f.write_str("Please confirm once more."),
            Self::BeginsAgain => f.write_str("Your answer was not accepted, so it begins again from here."),
            Self::AnsweredBefore => f.write_str("You had answered that page before. To change it, go back to it."),
            Self::LeftOut => f.write_str("That page is not needed any more. What you entered there was not taken."),
            Self::NotAccepted => f.write_str("These answers are not accepted."),
            Self::Said(message) => message.fmt(f),
        }
    }
}
