//! Invitations: a link that lets somebody enroll, and its rules.

use chrono::{DateTime, Utc};

use super::Mapping;
use super::flow::names;
use super::id::{FlowId, InvitationId, UserId};
use super::slug::Slug;
use super::text;
use super::validation::FieldErrors;
use super::when;

names!(
    /// What an invitation is good for now. Derived from its record and the time, never stored.
    Status {
        /// It can be used.
        Active = "active",
        /// All its uses are spent.
        Used = "used",
        /// Its time is over.
        Expired = "expired",
        /// An administrator withdrew it.
        Revoked = "revoked",
    }
);

/// What an administrator decides about an invitation.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Its name, unique among invitations that are not deleted.
    pub name: Slug,
    /// The flow it is for; none means any flow with an invitation stage.
    pub flow: Option<FlowId>,
    /// When it ends; none means never.
    pub expires: Option<DateTime<Utc>>,
    /// "Custom attributes": merged into the prompt data.
    pub fixed_data: Mapping,
    /// How many may use it; none means any number. One is "single use".
    pub max_uses: Option<u32>,
    /// A remark for administrators.
    pub note: String,
}

impl Settings {
    /// The most custom attributes, in bytes of JSON: far more than a form can ask for, far less than what hurts.
    pub const MAX_FIXED_DATA: usize = 32 * 1024;

    /// Checks what a form or a command line brings, where the name and perhaps other parts are still text.
    /// Fields of the errors: `name`, `expires`, `fixed_data`, `max_uses`, `note`.
    pub fn check(draft: Draft, now: DateTime<Utc>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let name = errors.keep("name", Slug::parse(draft.name.trim()));
        errors.keep("expires", when::check_future(draft.expires, now));
        errors.keep("fixed_data", check_fixed_data(&draft.fixed_data));
        if draft.max_uses == Some(0) {
            errors.add("max_uses", "Enter 1 or more, or leave it empty for any number.");
        }
        errors.keep("note", text::check_line(&draft.note, 500));
        match name {
            Some(name) if errors.is_empty() => Ok(Self {
                name,
                flow: draft.flow,
                expires: draft.expires,
                fixed_data: draft.fixed_data,
                max_uses: draft.max_uses,
                note: draft.note,
            }),
            _ => Err(errors),
        }
    }

    /// Whether one use is all there is.
    pub fn single_use(&self) -> bool {
        self.max_uses == Some(1)
    }
}

/// Settings that are not checked yet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// See [`Settings::name`].
    pub name: String,
    /// See [`Settings::flow`].
    pub flow: Option<FlowId>,
    /// See [`Settings::expires`].
    pub expires: Option<DateTime<Utc>>,
    /// See [`Settings::fixed_data`].
    pub fixed_data: Mapping,
    /// See [`Settings::max_uses`].
    pub max_uses: Option<u32>,
    /// See [`Settings::note`].
    pub note: String,
}

/// Refuses custom attributes that are too large, keys that could steer a terminal, and the character NUL, which
/// PostgreSQL does not keep.
pub fn check_fixed_data(data: &Mapping) -> Result<(), String> {
    let size = serde_json::to_string(data).map_or(usize::MAX, |json| json.len());
    if size > Settings::MAX_FIXED_DATA {
        return Err(format!("Use at most {} KB of custom attributes.", Settings::MAX_FIXED_DATA / 1024));
    }
    // JSON writes the character only so; an escaped backslash before `u0000` is no such escape, but as rare as harmless.
    if serde_json::to_string(data).is_ok_and(|json| json.contains("\\u0000")) {
        return Err("The character NUL (U+0000) can't be kept.".into());
    }
    for key in data.keys() {
        text::check_line(key, 200)
            .map_err(|why| format!("Key `{}`: {why}", text::printable(&text::shorten(key, 40))))?;
    }
    Ok(())
}

/// An invitation.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    /// Its id, the token of the link.
    pub id: InvitationId,
    /// What an administrator decided.
    pub settings: Settings,
    /// How many people have used it.
    pub uses: u32,
    /// Who made it; none when that user is gone.
    pub created_by: Option<UserId>,
    /// Who made it, by name; stays when that user is gone.
    pub created_by_name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Grows with every change: guards against two administrators overwriting each other.
    pub revision: i64,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When the link was last opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// How often the link was opened.
    pub opens: i64,
    /// When a letter with the link was last sent.
    pub mailed_at: Option<DateTime<Utc>>,
}

impl Invitation {
    /// What settings would be that are not saved yet.
    pub fn unsaved(settings: Settings, now: DateTime<Utc>) -> Self {
        Self {
            id: InvitationId(uuid::Uuid::nil()),
            settings,
            uses: 0,
            created_by: None,
            created_by_name: String::new(),
            created_at: now,
            updated_at: now,
            revision: 0,
            revoked_at: None,
            opened_at: None,
            opens: 0,
            mailed_at: None,
        }
    }

    /// What the invitation is good for at a moment. An expiry counts from its very instant on.
    pub fn status(&self, now: DateTime<Utc>) -> Status {
        if self.revoked_at.is_some() {
            Status::Revoked
        } else if self.settings.max_uses.is_some_and(|max| self.uses >= max) {
            Status::Used
        } else if self.settings.expires.is_some_and(|expires| expires <= now) {
            Status::Expired
        } else {
            Status::Active
        }
    }

    /// Why its link lets nobody enroll any more, as a sentence; none while it does.
    pub fn why_dead(&self, now: DateTime<Utc>) -> Option<String> {
        let status = self.status(now);
        (status != Status::Active).then(|| format!("{} is {status}: its link lets nobody enroll.", self.settings.name))
    }

    /// Uses as lists show them: `0/1`, `3/10`, `4/∞`.
    pub fn uses_text(&self) -> String {
        match self.settings.max_uses {
            Some(max) => format!("{}/{max}", self.uses),
            None => format!("{}/∞", self.uses),
        }
    }
}

/// The link of an invitation to a flow, under the configured public address (without a slash at its end).
pub fn link(public_url: &str, flow: &Slug, id: InvitationId) -> String {
    format!("{}/if/flow/{flow}/?itoken={}", public_url.trim_end_matches('/'), id.token())
}

/// One use of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Who enrolled, by user name at that time.
    pub username: String,
    /// When.
    pub at: DateTime<Utc>,
    /// From which address.
    pub address: String,
}

/// An invitation with what lists and detail views show beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct InvitationView {
    /// The invitation.
    pub invitation: Invitation,
    /// The slug of its flow; none where it is for any flow.
    pub flow_slug: Option<Slug>,
    /// How many people are filling the form right now.
    pub enrolling: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn invitation() -> Invitation {
        let now = at("2026-11-22T12:00:00Z");
        let draft = Draft {
            name: "welcome".into(),
            max_uses: Some(1),
            expires: Some(at("2026-11-29T12:00:00Z")),
            ..Draft::default()
        };
        Invitation {
            id: InvitationId(uuid::Uuid::from_u128(1)),
            settings: Settings::check(draft, now).unwrap(),
            uses: 0,
            created_by: None,
            created_by_name: "alice".into(),
            created_at: now,
            updated_at: now,
            revision: 1,
            revoked_at: None,
            opened_at: None,
            opens: 0,
            mailed_at: None,
        }
    }

    #[test]
    fn an_invitation_ends_at_the_very_instant_of_its_expiry() {
        let it = invitation();
        assert_eq!(it.status(at("2026-11-29T11:59:59.999999Z")), Status::Active);
        assert_eq!(it.status(at("2026-11-29T12:00:00Z")), Status::Expired);
    }

    #[test]
    fn revoked_comes_before_used_and_used_before_expired() {
        let mut it = invitation();
        it.uses = 1;
        assert_eq!(it.status(at("2027-01-01T00:00:00Z")), Status::Used);
        it.revoked_at = Some(at("2026-11-23T00:00:00Z"));
        assert_eq!(it.status(at("2027-01-01T00:00:00Z")), Status::Revoked);
    }

    #[test]
    fn a_link_that_lets_nobody_enroll_says_why() {
        let mut it = invitation();
        assert_eq!(it.why_dead(at("2026-11-29T11:59:59Z")), None);
        let later = at("2026-11-29T12:00:00Z");
        assert_eq!(it.why_dead(later).unwrap(), "welcome is expired: its link lets nobody enroll.");
        it.uses = 1;
        assert_eq!(it.why_dead(later).unwrap(), "welcome is used: its link lets nobody enroll.");
        it.revoked_at = Some(later);
        assert_eq!(it.why_dead(later).unwrap(), "welcome is revoked: its link lets nobody enroll.");
    }

    #[test]
    fn a_draft_is_told_everything_that_is_wrong_with_it() {
        let now = at("2026-11-22T12:00:00Z");
        let draft = Draft {
            name: "two words".into(),
            expires: Some(now),
            max_uses: Some(0),
            note: "\u{1b}".into(),
            ..Draft::default()
        };
        let errors = Settings::check(draft, now).unwrap_err();
        for field in ["name", "expires", "max_uses", "note"] {
            assert!(errors.at(field).is_some(), "{field}");
        }
    }

    #[test]
    fn custom_attributes_that_a_database_can_t_keep_are_refused() {
        for bad in [serde_json::json!({"a": {"b": ["x\0y"]}}), serde_json::json!({"a": {"\0": 1}})] {
            assert!(check_fixed_data(bad.as_object().unwrap()).unwrap_err().contains("NUL"), "{bad}");
        }
        assert!(check_fixed_data(serde_json::json!({"a": "line\nbreak"}).as_object().unwrap()).is_ok());
    }

    #[test]
    fn the_link_keeps_a_sub_path() {
        let id = InvitationId(uuid::Uuid::from_u128(1));
        let slug = Slug::parse("enroll").unwrap();
        assert_eq!(
            link("https://id.example.com/guests/", &slug, id),
            "https://id.example.com/guests/if/flow/enroll/?itoken=00000000-0000-0000-0000-000000000001"
        );
    }
}
