//! Messages: good news goes by itself, bad news stays until it is dismissed.

use chrono::{DateTime, TimeDelta, Utc};

/// How long good news is shown.
const SHOWN: TimeDelta = TimeDelta::seconds(6);
/// More messages than that are not kept: the oldest goes.
const MOST: usize = 3;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Toast {
    /// What it says.
    pub text: String,
    /// When it goes; none for bad news, and for what is withdrawn.
    pub end: Option<DateTime<Utc>>,
    /// Whether it is neither good nor bad: why a key did nothing.
    pub note: bool,
}

/// The messages, oldest first.
#[derive(Debug, Default)]
pub(super) struct Toasts(Vec<Toast>);

impl Toasts {
    /// Adds good news; it replaces other good news.
    pub fn good(&mut self, text: impl Into<String>, now: DateTime<Utc>) {
        self.0.retain(|toast| toast.end.is_none());
        self.push(Toast { text: text.into(), end: Some(now + SHOWN), note: false });
    }

    /// Says why a key did nothing; it goes by itself, and replaces good news.
    pub fn note(&mut self, text: impl Into<String>, now: DateTime<Utc>) {
        self.0.retain(|toast| toast.end.is_none());
        self.push(Toast { text: text.into(), end: Some(now + SHOWN), note: true });
    }

    /// Says what is so for now, until it is withdrawn or dismissed.
    pub fn lasting_note(&mut self, text: impl Into<String>) {
        self.push(Toast { text: text.into(), end: None, note: true });
    }

    /// Adds bad news.
    pub fn bad(&mut self, text: impl Into<String>) {
        let toast = Toast { text: text.into(), end: None, note: false };
        self.0.retain(|other| *other != toast);
        self.push(toast);
    }

    fn push(&mut self, toast: Toast) {
        self.0.push(toast);
        if self.0.len() > MOST {
            self.0.remove(0);
        }
    }

    /// Takes away the newest bad news, and whatever else there is; `false` where no news is bad: the rest goes by itself.
    pub fn dismiss(&mut self) -> bool {
        self.0.retain(|toast| toast.end.is_none());
        self.0.pop().is_some()
    }

    /// Takes away a message of that text.
    pub fn withdraw(&mut self, text: &str) {
        self.0.retain(|toast| toast.text != text);
    }

    /// Takes away what has been shown long enough; `true` where that was something.
    pub fn expire(&mut self, now: DateTime<Utc>) -> bool {
        let before = self.0.len();
        self.0.retain(|toast| toast.end.is_none_or(|end| end > now));
        self.0.len() != before
    }

    /// When the next message goes.
    pub fn next_end(&self) -> Option<DateTime<Utc>> {
        self.0.iter().filter_map(|toast| toast.end).min()
    }

    /// The messages.
    pub fn all(&self) -> &[Toast] {
        &self.0
    }
}
