//! Local time: shown and typed; UTC is what is stored.

use chrono::{DateTime, Datelike, FixedOffset, Local, Utc};

use crate::domain::when;

/// Where "local" is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Where this machine is.
    Here,
    /// A fixed distance from UTC, for tests.
    Fixed(FixedOffset),
}

impl Zone {
    /// An instant as a clock on the wall shows it.
    pub fn local(self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        match self {
            Self::Here => instant.with_timezone(&Local).fixed_offset(),
            Self::Fixed(offset) => instant.with_timezone(&offset),
        }
    }

    /// Reads when an invitation expires.
    pub fn parse_expiry(self, text: &str, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, String> {
        match self {
            // Not by a fixed offset: clocks may change between now and then.
            Self::Here => when::parse_expiry(text, &now.with_timezone(&Local)),
            Self::Fixed(offset) => when::parse_expiry(text, &now.with_timezone(&offset)),
        }
    }

    /// The time of day.
    pub fn clock(self, instant: DateTime<Utc>) -> String {
        self.local(instant).format("%H:%M").to_string()
    }

    /// Day and time, as [`Zone::parse_expiry`] reads it.
    pub fn typed(self, instant: DateTime<Utc>) -> String {
        self.local(instant).format("%Y-%m-%d %H:%M").to_string()
    }

    /// As short as it is clear now: today the time, this year the day too, else the day alone.
    pub fn short(self, instant: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let (it, today) = (self.local(instant), self.local(now));
        let form = if it.date_naive() == today.date_naive() {
            "%H:%M:%S"
        } else if it.year() == today.year() {
            "%-d %b %H:%M"
        } else {
            "%Y-%m-%d"
        };
        it.format(form).to_string()
    }

    /// Day and time to the second, with the day of the week.
    pub fn exactly(self, instant: DateTime<Utc>) -> String {
        self.local(instant).format("%a %-d %b %Y %H:%M:%S").to_string()
    }

    /// Day and time with the day of the week.
    pub fn shown(self, instant: DateTime<Utc>) -> String {
        self.local(instant).format("%a %-d %b %Y %H:%M").to_string()
    }
}
