//! Users: the people that enroll, and the administrators that invite them.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use super::Mapping;
use super::id::UserId;
use super::slug::Slug;
use super::stage::UserType;
use super::text::{self, LineFault};
use super::validation::FieldErrors;

/// A user name: 1 to 150 characters, no control or bidi characters, no blanks around it; letters and their accents are
/// composed (NFC), however they were typed. Two names that differ in case only are the same name (see
/// [`Username::key`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// The longest user name in characters, as authentik's.
    pub const MAX: usize = 150;

    /// Reads a user name, or says in one sentence what is wrong with it.
    pub fn parse(name: &str) -> Result<Self, String> {
        Self::read(name).map_err(|fault| fault.to_string())
    }

    /// Reads a user name, or tells what is wrong with it.
    pub fn read(name: &str) -> Result<Self, NameFault> {
        let name: String = name.trim().nfc().collect();
        if name.is_empty() {
            return Err(NameFault::Blank);
        }
        text::line_fault(&name, Self::MAX).map_or(Ok(Self(name)), |fault| Err(NameFault::Line(fault)))
    }

    /// Reads the name that somebody chooses who enrolls. Letters of two alphabets that look alike are refused: nobody is
    /// to become `аlice`, with a Cyrillic letter, beside `alice`. Administrators may give such a name, and blueprints
    /// bring it: they mean what they write.
    pub fn choose(name: &str) -> Result<Self, NameFault> {
        let name = Self::read(name)?;
        let mut alphabets = name.0.chars().filter_map(alphabet);
        let first = alphabets.next();
        match alphabets.find(|other| Some(*other) != first) {
            Some(_) => Err(NameFault::Alphabets),
            None => Ok(name),
        }
    }

    /// Stands for a name that nobody has entered yet, in previews.
    pub fn unknown() -> Self {
        Self("?".to_owned())
    }

    /// What must be unique: the name in lower case, and composed.
    pub fn key(&self) -> String {
        self.0.to_lowercase().nfc().collect()
    }

    /// The name as it was entered.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no user name. `Display` is the sentence for administrators; pages have their own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// There is nothing.
    #[error("Enter a username.")]
    Blank,
    /// Too long, or a character that does harm.
    #[error("{0}")]
    Line(LineFault),
    /// Letters of several alphabets that look alike.
    #[error("Use letters of one alphabet: Latin, Greek or Cyrillic.")]
    Alphabets,
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The alphabets whose letters are taken for one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
}

/// The alphabet of a letter, where it is one of those.
fn alphabet(c: char) -> Option<Alphabet> {
    match c {
        c if !c.is_alphabetic() => None,
        'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{ff21}'..='\u{ff5a}' => {
            Some(Alphabet::Latin)
        }
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(Alphabet::Greek),
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{2de0}'..='\u{2dff}' | '\u{a640}'..='\u{a69f}' => {
            Some(Alphabet::Cyrillic)
        }
        _ => None,
    }
}

/// An e-mail address: something at a domain, 254 characters at most. Whether it exists only a mail can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// The longest address (RFC 5321).
    pub const MAX: usize = 254;

    /// Reads an address.
    pub fn parse(address: &str) -> Result<Self, String> {
        let wrong = || "This is not an email address.".to_owned();
        text::check_line(address, Self::MAX)?;
        let (local, domain) = address.rsplit_once('@').ok_or_else(wrong)?;
        let label_ok = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c));
        let domain_ok = domain == "localhost" || (domain.contains('.') && domain.split('.').all(label_ok));
        if local_ok && domain_ok { Ok(Self(address.to_owned())) } else { Err(wrong()) }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Checks a user path: segments between slashes, none empty.
pub fn check_path(path: &str) -> Result<(), String> {
    text::check_line(path, 255)?;
    if path.starts_with('/') || path.ends_with('/') {
        return Err("A path has no slash at its beginning or end.".into());
    }
    if path.split('/').any(str::is_empty) {
        return Err("A path has no empty segments.".into());
    }
    Ok(())
}

/// A user.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The name to sign in with.
    pub username: Username,
    /// The name to show; may be empty.
    pub name: String,
    /// An address, or empty; not unique.
    pub email: String,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Where in the directory: `users/external`.
    pub path: String,
    /// What kind of account.
    pub kind: UserType,
    /// Free attributes.
    pub attributes: Mapping,
    /// The password's hash as a PHC string; none means that nobody can sign in with a password.
    pub password: Option<PasswordHash>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When the user last signed in.
    pub last_login: Option<DateTime<Utc>>,
}

/// What an administrator decides about a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// See [`User::username`].
    pub username: Username,
    /// See [`User::name`].
    pub name: String,
    /// See [`User::email`].
    pub email: String,
    /// See [`User::path`].
    pub path: String,
    /// See [`User::attributes`].
    pub attributes: Mapping,
}

/// A profile that is not checked yet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProfileDraft {
    /// See [`User::username`].
    pub username: String,
    /// See [`User::name`].
    pub name: String,
    /// See [`User::email`].
    pub email: String,
    /// See [`User::path`].
    pub path: String,
    /// See [`User::attributes`].
    pub attributes: Mapping,
}

impl Profile {
    /// Checks what a form or a command line brings. Fields of the errors: `username`, `name`, `email`, `path`,
    /// `attributes`.
    pub fn check(draft: ProfileDraft) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let username = errors.keep("username", Username::parse(&draft.username));
        errors.keep("name", text::check_line(&draft.name, 255));
        let email = draft.email.trim().to_owned();
        if !email.is_empty() {
            errors.keep("email", Email::parse(&email));
        }
        errors.keep("path", check_path(&draft.path));
        errors.keep("attributes", super::invitation::check_fixed_data(&draft.attributes));
        match username {
            Some(username) if errors.is_empty() => {
                Ok(Self { username, name: draft.name, email, path: draft.path, attributes: draft.attributes })
            }
            _ => Err(errors),
        }
    }
}

/// Refuses passwords that nobody can mean. How good a password must be is for policies to say.
pub fn check_password(password: &str) -> Result<(), String> {
    match password.len() {
        0 => Err("Enter a password.".into()),
        1025.. => Err("Use at most 1024 bytes.".into()),
        _ => Ok(()),
    }
}

/// A password's hash as a PHC string. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A user with what lists and detail views show beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct UserView {
    /// The user.
    pub user: User,
    /// The names of the user's groups, sorted.
    pub groups: Vec<String>,
    /// The name of the invitation that brought the user.
    pub invitation: Option<Slug>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_that_differ_in_case_are_one() {
        assert_eq!(Username::parse(" Jane ").unwrap().key(), Username::parse("JANE").unwrap().key());
        assert!(Username::parse(&"x".repeat(151)).is_err());
        assert!(Username::parse("a\u{1b}b").is_err());
    }

    #[test]
    fn accents_are_the_same_however_they_are_typed() {
        let (composed, apart) = (Username::parse("caf\u{e9}").unwrap(), Username::parse("CAFE\u{301}").unwrap());
        assert_eq!(apart.as_str(), "CAF\u{c9}");
        assert_eq!(composed.key(), apart.key());
        assert!(Username::parse(&"e\u{301}".repeat(150)).is_ok());
    }

    #[test]
    fn who_enrolls_chooses_letters_of_one_alphabet() {
        for mixed in ["\u{430}lice", "alice\u{3bf}", "\u{3b1}\u{431}"] {
            assert!(Username::choose(mixed).is_err(), "{mixed}");
            assert!(Username::parse(mixed).is_ok(), "{mixed}");
        }
        for one in ["alice", "jürgen-1", "алиса.2", "αλίκη", "山田taro", "محمد", "42"] {
            assert!(Username::choose(one).is_ok(), "{one}");
        }
    }

    #[test]
    fn addresses_that_can_receive_mail_are_taken() {
        for good in ["jane@example.com", "jane.smith+tag@sub.example.co.uk", "root@localhost", "jürgen@münchen.de"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["jane", "@example.com", "jane@", "jane@example", "a b@example.com", "jane@-x.com", "a@b@c", "j..d@x.de"]
        {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_profile_is_told_everything_that_is_wrong_with_it() {
        let draft =
            ProfileDraft { name: "\u{1b}".into(), email: "jane".into(), path: "/x".into(), ..Default::default() };
        let errors = Profile::check(draft).unwrap_err();
        for field in ["username", "name", "email", "path"] {
            assert!(errors.at(field).is_some(), "{field}");
        }
        let draft = ProfileDraft { username: " jane ".into(), path: "users".into(), ..Default::default() };
        assert_eq!(Profile::check(draft).unwrap().username.as_str(), "jane");
    }

    #[test]
    fn paths_have_no_empty_segments() {
        assert!(check_path("users/internal").is_ok());
        for bad in ["/users", "users/", "a//b", ""] {
            assert!(check_path(bad).is_err(), "{bad:?}");
        }
    }
}
