//! Limits on attempts. The executor knows what is about to happen, a [`Gate`] knows how often it has happened already.

use std::fmt;
use std::time::Duration;

/// What somebody is about to do that may be done too often. It is counted before it happens, not where it fails: many
/// guesses that come at once would all pass by a count that comes after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt<'a> {
    /// Opens an invitation's or a mail's link.
    Link,
    /// Has opened a link that nobody made, or that leads nowhere any more.
    BadLink,
    /// Sends a new password, which is to be hashed.
    NewPassword,
    /// Sends the password of an account, which is to be compared.
    Password {
        /// The account, as it was typed, whether or not there is one.
        account: &'a str,
    },
}

/// Counts attempts. It must be quick and must not wait.
pub trait Gate: fmt::Debug + Send + Sync {
    /// Counts an attempt from an address (as an actor's); how long to wait where there were too many.
    fn pass(&self, address: &str, attempt: Attempt<'_>) -> Result<(), Duration>;
}

/// A gate that everybody passes.
#[derive(Debug)]
pub(super) struct Open;

impl Gate for Open {
    fn pass(&self, _: &str, _: Attempt<'_>) -> Result<(), Duration> {
        Ok(())
    }
}
