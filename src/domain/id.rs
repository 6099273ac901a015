//! Ids are newtypes over UUIDs, so that a flow's id can't be handed to a function that wants a stage's.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A flow.
    FlowId
);
id!(
    /// A stage, of any kind.
    StageId
);
id!(
    /// A stage's place in a flow.
    BindingId
);
id!(
    /// A prompt field.
    PromptId
);
id!(
    /// A brand.
    BrandId
);
id!(
    /// A policy.
    PolicyId
);
id!(
    /// A policy's place before something that it guards.
    PolicyBindingId
);
id!(
    /// A person who can sign in.
    UserId
);
id!(
    /// A group of users.
    GroupId
);
id!(
    /// One person's way through one flow.
    EnrollmentId
);
id!(
    /// A row of the event log; these ids sort by time.
    EventId
);
id!(
    /// A letter in the outbox; these ids sort by time.
    LetterId
);

/// An invitation. This id *is* the token of the link, so `Debug` shows only its beginning and there is no `Display`:
/// a token can't slip into a log by way of a format string.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvitationId(pub Uuid);

impl InvitationId {
    /// Reads a token as people send it: dashed or plain hexadecimal, any case, perhaps with what ends a sentence or a
    /// quotation behind it, which mail programs take for a part of the link. Anything else is `None`; so is the all-zero
    /// UUID, which no invitation ever has.
    pub fn parse(token: &str) -> Option<Self> {
        let token = token.trim_end_matches(['.', ',', ')', '>', ' ']);
        if token.len() != 32 && token.len() != 36 {
            return None;
        }
        Uuid::try_parse(token).ok().filter(|id| !id.is_nil()).map(Self)
    }

    /// The token in the form that links carry: lower case with dashes.
    pub fn token(&self) -> String {
        self.0.hyphenated().to_string()
    }
}

impl fmt::Debug for InvitationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InvitationId({}…)", &self.0.simple().to_string()[..4])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_in_every_form_that_links_carry() {
        let dashed = "1f0cbe9e-7c0e-4f3a-9d2c-0a1b2c3d4e5f";
        let id = InvitationId::parse(dashed).unwrap();
        assert_eq!(InvitationId::parse(&dashed.to_uppercase()), Some(id));
        assert_eq!(InvitationId::parse(&dashed.replace('-', "")), Some(id));
        assert_eq!(id.token(), dashed);
        for end in [".", ",", ")", ">", " ", ").", ">, "] {
            assert_eq!(InvitationId::parse(&format!("{dashed}{end}")), Some(id), "{end:?}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for bad in [
            "",
            " ",
            "\0",
            "nonsense",
            "00000000-0000-0000-0000-000000000000",
            &"1".repeat(10_000),
            &".".repeat(36),
            " 1f0cbe9e-7c0e-4f3a-9d2c-0a1b2c3d4e5f",
            "(1f0cbe9e-7c0e-4f3a-9d2c-0a1b2c3d4e5f)",
            "1f0cbe9e-7c0e-4f3a-9d2c-0a1b2c3d4e5f.x",
            "1f0cbe9e-7c0e-4f3a-9d2c-0a1b2c3d4e5f\n",
        ] {
            assert_eq!(InvitationId::parse(bad), None, "{bad:.20}");
        }
    }

    #[test]
    fn debug_output_does_not_reveal_the_token() {
        let id = InvitationId::parse("1f0cbe9e-7c0e-4f3a-9d2c-0a1b2c3d4e5f").unwrap();
        assert_eq!(format!("{id:?}"), "InvitationId(1f0c…)");
    }
}
