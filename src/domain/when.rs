//! Times as people write and read them: `+7d`, `tomorrow 18:00`, "in 6 days"; and authentik's durations.

use chrono::{DateTime, Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// A length of time in authentik's notation, `hours=1;minutes=30` (model reference, section 0); in seconds here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

impl Span {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// Reads the notation. Unknown keys are passed over, but one valid pair is needed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a duration such as `hours=3;minutes=1`.");
        let mut seconds: Option<f64> = None;
        for pair in text.split(';').filter(|pair| !pair.trim().is_empty()) {
            let (key, value) = pair.split_once('=').ok_or_else(wrong)?;
            let unit = match key.trim().to_ascii_lowercase().as_str() {
                "microseconds" => 1e-6,
                "milliseconds" => 1e-3,
                "seconds" => 1.0,
                "minutes" => 60.0,
                "hours" => 3_600.0,
                "days" => 86_400.0,
                "weeks" => 604_800.0,
                _ => continue,
            };
            let value: f64 = value.trim().parse().map_err(|_| wrong())?;
            seconds = Some(seconds.unwrap_or(0.0) + unit * value);
        }
        let seconds = seconds.filter(|s| s.is_finite() && s.abs() < 1e11).ok_or_else(wrong)?;
        // In range: checked above.
        #[allow(clippy::cast_possible_truncation)]
        Ok(Self(seconds.round() as i64))
    }

    /// The notation that authentik reads.
    pub fn notation(self) -> String {
        format!("seconds={}", self.0)
    }
}

/// Reads when an invitation expires. `never` and `-` mean never. Otherwise a span from now (`+7d`, `2w`, `12h`, `30m`,
/// `3 months`), a day (`today`, `tomorrow`, `2026-12-24`; its last second unless a time follows), a day with a time
/// (`tomorrow 18:00`, `2026-12-24T18:00`), or an instant with an offset (`2026-12-24T18:00:00Z`). Days and times are
/// local to `now`. Errors say what is understood.
pub fn parse_expiry<Z: TimeZone>(text: &str, now: &DateTime<Z>) -> Result<Option<DateTime<Utc>>, String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("never") || text == "-" {
        return Ok(None);
    }
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(Some(instant.with_timezone(&Utc)));
    }
    if let Some(instant) = after(text, now) {
        return Ok(Some(instant));
    }
    let local = day_and_time(text, now.naive_local().date())
        .ok_or("Write a time such as +7d, 2w, tomorrow 18:00, 2026-12-24 18:00, or never.")?;
    match now.timezone().from_local_datetime(&local) {
        chrono::LocalResult::Single(instant) => Ok(Some(instant.with_timezone(&Utc))),
        // The hour that clocks show twice. Which of the two comes first is not promised: an invitation lasts to the later.
        chrono::LocalResult::Ambiguous(one, other) => Ok(Some(one.max(other).with_timezone(&Utc))),
        chrono::LocalResult::None => Err("That time does not exist: clocks change then. Choose another hour.".into()),
    }
}

/// Refuses an expiry that has already passed, and one after the year 9999: as text, which is how SQLite compares
/// instants, that would come before all others.
pub fn check_future(expires: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), String> {
    match expires {
        Some(expires) if expires <= now => Err("That is in the past.".into()),
        Some(expires) if expires.year() > 9_999 => Err("That is too far away. Write never.".into()),
        _ => Ok(()),
    }
}

fn after<Z: TimeZone>(text: &str, now: &DateTime<Z>) -> Option<DateTime<Utc>> {
    let text = text.strip_prefix('+').unwrap_or(text).trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u32 = number.parse().ok()?;
    let moved = match unit.trim().to_ascii_lowercase().as_str() {
        "m" | "min" | "minute" | "minutes" => now.clone() + Duration::minutes(number.into()),
        "h" | "hour" | "hours" => now.clone() + Duration::hours(number.into()),
        "d" | "day" | "days" => now.clone().checked_add_days(Days::new(number.into()))?,
        "w" | "week" | "weeks" => now.clone().checked_add_days(Days::new(u64::from(number) * 7))?,
        "mo" | "month" | "months" => now.clone().checked_add_months(Months::new(number))?,
        "y" | "year" | "years" => now.clone().checked_add_months(Months::new(number.checked_mul(12)?))?,
        _ => return None,
    };
    Some(moved.with_timezone(&Utc))
}

fn day_and_time(text: &str, today: NaiveDate) -> Option<NaiveDateTime> {
    let (day, time) = match text.split_once([' ', 'T']) {
        Some((day, time)) => (day, Some(time.trim())),
        None => (text, None),
    };
    let day = match day.to_ascii_lowercase().as_str() {
        "today" => today,
        "tomorrow" => today.succ_opt()?,
        other => NaiveDate::parse_from_str(other, "%Y-%m-%d").ok()?,
    };
    let time = match time {
        None => NaiveTime::from_hms_opt(23, 59, 59)?,
        Some(time) => {
            NaiveTime::parse_from_str(time, "%H:%M").or_else(|_| NaiveTime::parse_from_str(time, "%H:%M:%S")).ok()?
        }
    };
    Some(day.and_time(time))
}

/// How far away an instant is, in the largest fitting unit and rounded: "in 7 days", "2 hours ago", "now". What is less than a
/// minute ago is so "just now": nobody watches seconds go by, and a screen that did would never be quiet.
pub fn relative(instant: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (instant - now).num_seconds();
    let is_past = seconds < 0;
    let (count, unit) = if is_past { told_ago(seconds.unsigned_abs()) } else { told(seconds.unsigned_abs()) };
    let plural = if count == 1 { "" } else { "s" };
    match (seconds, unit) {
        (0, _) => "now".into(),
        (_, JUST) => "just now".into(),
        _ if is_past => format!("{count} {unit}{plural} ago"),
        _ => format!("in {count} {unit}{plural}"),
    }
}

/// Units of time in seconds, each up to where the next one tells enough.
const UNITS: [(i64, u64, &str); 6] = [
    (1, 60, "second"),
    (60, 60, "minute"),
    (3_600, 24, "hour"),
    (86_400, 60, "day"),
    (2_592_000, 24, "month"),
    (31_536_000, u64::MAX, "year"),
];

fn rounded(distance: u64, length: i64) -> u64 {
    let length = length.unsigned_abs();
    (distance + length / 2) / length
}

/// What is told of a distance in seconds.
fn told(distance: u64) -> (u64, &'static str) {
    let fitting = UNITS.iter().find(|(length, limit, _)| rounded(distance, *length) < *limit);
    fitting.map_or((0, "year"), |(length, _, unit)| (rounded(distance, *length), *unit))
}

/// Instead of seconds that are over.
const JUST: &str = "just";

/// The same of one that is over.
fn told_ago(distance: u64) -> (u64, &'static str) {
    match told(distance) {
        (1.., "second") => (0, JUST),
        other => other,
    }
}

/// When [`relative`] will next say something else of an instant than it does now.
pub fn changes_at(instant: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = (instant - now).num_seconds();
    let distance = seconds.unsigned_abs();
    // The words change where the rounded number of a unit does, and where a unit begins or ends to tell enough.
    let places = UNITS.iter().flat_map(|(length, limit, _)| {
        let (count, length) = (rounded(distance, *length), length.unsigned_abs());
        let begins = |count: u64| count.saturating_mul(length).saturating_sub(length / 2);
        [begins(count), begins(count + 1), begins(*limit)]
    });
    let span = |seconds: u64| Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1_000));
    if instant > now {
        let lower = places.map(|place| place.saturating_sub(1)).filter(|place| *place < distance);
        let next = lower.filter(|place| told(*place) != told(distance)).max();
        // Distances are cut to seconds: the next one is told as soon as the one above it is over.
        let left = next.map_or(Duration::seconds(-1), |next| span(next + 1));
        instant - left + Duration::milliseconds(1)
    } else {
        let higher = places.filter(|place| *place > distance);
        let next = higher.filter(|place| told_ago(*place) != told_ago(distance)).min();
        instant + next.map_or(Duration::days(365), span)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, LocalResult, Offset};
    use proptest::prelude::*;

    use super::*;

    /// A place whose clocks change once, at noon UTC.
    #[derive(Debug, Clone, Copy)]
    struct Changing {
        /// How far its clocks are ahead of UTC, in minutes.
        before: i32,
        after: i32,
        /// Whether the later of two readings is told first.
        later_first: bool,
    }

    /// How far clocks are ahead there, at some time.
    #[derive(Debug, Clone, Copy)]
    struct Ahead(Changing, FixedOffset);

    impl Offset for Ahead {
        fn fix(&self) -> FixedOffset {
            self.1
        }
    }

    impl Changing {
        fn change() -> NaiveDateTime {
            utc("2026-10-25T12:00:00Z").naive_utc()
        }

        fn offset(minutes: i32) -> FixedOffset {
            FixedOffset::east_opt(minutes * 60).unwrap()
        }
    }

    impl TimeZone for Changing {
        type Offset = Ahead;

        fn from_offset(offset: &Ahead) -> Self {
            offset.0
        }

        fn offset_from_local_date(&self, local: &NaiveDate) -> LocalResult<Ahead> {
            self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
        }

        fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> LocalResult<Ahead> {
            let (before, after) = (Self::offset(self.before), Self::offset(self.after));
            let found = match (*local - before < Self::change(), *local - after >= Self::change()) {
                (true, true) if self.later_first => LocalResult::Ambiguous(after, before),
                (true, true) => LocalResult::Ambiguous(before, after),
                (true, false) => LocalResult::Single(before),
                (false, true) => LocalResult::Single(after),
                (false, false) => LocalResult::None,
            };
            found.map(|offset| Ahead(*self, offset))
        }

        fn offset_from_utc_date(&self, utc: &NaiveDate) -> Ahead {
            self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
        }

        fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> Ahead {
            Ahead(*self, Self::offset(if *utc < Self::change() { self.before } else { self.after }))
        }
    }

    fn places() -> impl Strategy<Value = Changing> {
        (-720..840_i32, -720..840_i32, any::<bool>()).prop_map(|(before, after, later_first)| Changing {
            before,
            after,
            later_first,
        })
    }

    proptest! {
        #[test]
        fn a_time_that_is_typed_is_the_last_instant_at_which_clocks_show_it(place in places(), minute in -3_000..3_000_i64) {
            let now = utc("2026-10-20T00:00:00Z").with_timezone(&place);
            let typed = Changing::change() + Duration::minutes(minute);
            let shows = |offset: i32| {
                let instant = (typed - Changing::offset(offset)).and_utc();
                (instant.with_timezone(&place).naive_local() == typed).then_some(instant)
            };
            let last = shows(place.before).max(shows(place.after));
            let read = parse_expiry(&typed.format("%Y-%m-%d %H:%M").to_string(), &now);
            match last {
                Some(instant) => prop_assert_eq!(read, Ok(Some(instant))),
                None => prop_assert!(read.is_err()),
            }
        }

        #[test]
        fn hours_and_minutes_are_lengths_of_time_wherever_clocks_change(place in places(), start in -3_000..3_000_i64, length in 0..6_000_i64) {
            let start = (Changing::change() + Duration::minutes(start)).and_utc();
            let read = |text: String| parse_expiry(&text, &start.with_timezone(&place));
            prop_assert_eq!(read(format!("+{length}m")), Ok(Some(start + Duration::minutes(length))));
            prop_assert_eq!(read(format!("{length} hours")), Ok(Some(start + Duration::hours(length))));
        }

        #[test]
        fn an_instant_with_an_offset_is_the_same_everywhere(place in places(), minute in -3_000..3_000_i64) {
            let instant = (Changing::change() + Duration::minutes(minute)).and_utc();
            let now = utc("2026-10-20T00:00:00Z").with_timezone(&place);
            let written = instant.with_timezone(&place).to_rfc3339();
            prop_assert_eq!(parse_expiry(&written, &now), Ok(Some(instant)));
        }
    }

    fn now() -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339("2026-11-22T14:05:00+01:00").unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn expiries_are_understood_as_people_write_them() {
        for (text, expected) in [
            ("+7d", "2026-11-29T13:05:00Z"),
            ("2w", "2026-12-06T13:05:00Z"),
            ("12h", "2026-11-23T01:05:00Z"),
            ("3 months", "2027-02-22T13:05:00Z"),
            ("tomorrow 18:00", "2026-11-23T17:00:00Z"),
            ("today", "2026-11-22T22:59:59Z"),
            ("2026-12-24", "2026-12-24T22:59:59Z"),
            ("2026-12-24T18:00", "2026-12-24T17:00:00Z"),
            ("2026-12-24T18:00:00Z", "2026-12-24T18:00:00Z"),
        ] {
            assert_eq!(parse_expiry(text, &now()), Ok(Some(utc(expected))), "{text}");
        }
        assert_eq!(parse_expiry("never", &now()), Ok(None));
    }

    #[test]
    fn nonsense_is_refused_with_what_would_be_right() {
        for bad in ["", "soon", "7", "7 parsecs", "2026-13-01", "99999999999d", "4294967295y", "+", "d"] {
            assert!(parse_expiry(bad, &now()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_expiry_lies_between_now_and_the_year_10000() {
        let now = utc("2026-11-22T12:00:00Z");
        assert!(check_future(Some(now), now).is_err());
        assert!(check_future(Some(utc("9999-12-31T23:59:59Z")), now).is_ok());
        let far = parse_expiry("9000y", &now).unwrap();
        assert_eq!(check_future(far, now), Err("That is too far away. Write never.".into()));
    }

    #[test]
    fn distances_are_told_in_the_largest_unit() {
        let now = utc("2026-11-22T12:00:00Z");
        assert_eq!(relative(utc("2026-11-28T12:00:00Z"), now), "in 6 days");
        assert_eq!(relative(utc("2026-11-29T11:59:58Z"), now), "in 7 days");
        assert_eq!(relative(utc("2026-11-22T12:59:59Z"), now), "in 1 hour");
        assert_eq!(relative(utc("2028-12-31T00:00:00Z"), now), "in 2 years");
        assert_eq!(relative(utc("2026-11-22T10:59:00Z"), now), "1 hour ago");
        assert_eq!(relative(now, now), "now");
        assert_eq!(relative(utc("2026-11-22T11:59:58Z"), now), "just now");
        assert_eq!(relative(utc("2026-11-22T11:59:00Z"), now), "1 minute ago");
    }

    #[test]
    fn the_next_change_of_words_is_known_beforehand() {
        let now = utc("2026-11-22T12:00:00Z");
        for seconds in [
            1_i64, 2, 59, 60, 61, 89, 90, 91, 3_569, 3_570, 3_600, 5_399, 5_400, 84_599, 84_600, 90_000, 604_800,
            5_200_000, 90_000_000, 0, -1, -29, -30, -59, -60, -90, -3_569, -3_570, -5_400, -84_600, -90_000,
            -5_200_000,
        ] {
            for part in [0, 1, 500, 999] {
                let instant = now + Duration::seconds(seconds) + Duration::milliseconds(part);
                let next = changes_at(instant, now);
                let said = relative(instant, now);
                assert!(next > now, "{seconds} {part}");
                assert_ne!(relative(instant, next), said, "{seconds} {part}: nothing changed at {next}");
                let before = next - Duration::milliseconds(2);
                if before > now {
                    assert_eq!(relative(instant, before), said, "{seconds} {part}: it changed before {next}");
                }
            }
        }
    }

    #[test]
    fn durations_follow_the_reference() {
        assert_eq!(Span::parse("hours=1;minutes=2.5"), Ok(Span(3_750)));
        assert_eq!(Span::parse("Days=30"), Ok(Span(2_592_000)));
        for bad in ["", "3600", "hours", "lightyears=3", "hours=x", "hours=inf"] {
            assert!(Span::parse(bad).is_err(), "{bad}");
        }
    }
}
