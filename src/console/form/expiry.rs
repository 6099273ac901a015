//! The calendar under the field that says when an invitation expires.

use chrono::{DateTime, NaiveTime, Utc};

use super::fields::Field;
use super::invitation::InvitationForm;
use crate::console::action::Action;
use crate::console::widget::calendar::Calendar;
use crate::console::widget::line::Line;
use crate::console::zone::Zone;

impl InvitationForm {
    /// Opens the calendar at the day that is typed, or in a week.
    pub(super) fn open_calendar(&mut self, zone: Zone, now: DateTime<Utc>) {
        let today = zone.local(now).date_naive();
        let typed = self.fields.parse_expires(zone, now).ok().flatten();
        let day = typed.map_or(today + chrono::Days::new(7), |at| zone.local(at).date_naive());
        self.calendar = Some(Calendar::new(day.max(today), today));
    }

    /// Does what the key table says to the calendar.
    pub(super) fn act_on_calendar(&mut self, action: Action, zone: Zone, now: DateTime<Utc>) {
        match (&mut self.calendar, action) {
            (Some(_), Action::Accept) => self.take_day(zone, now),
            (Some(_), Action::Dismiss) | (None, _) => self.calendar = None,
            (Some(calendar), other) => calendar.act(other),
        }
    }

    /// Closes the calendar; where what is seen is to count, a day that was marked in it is taken.
    pub(super) fn leave_calendar(&mut self, take: bool, zone: Zone, now: DateTime<Utc>) {
        if take && self.calendar.is_some_and(Calendar::is_moved) {
            self.take_day(zone, now);
        }
        self.calendar = None;
    }

    /// Writes the marked day, with the time that was typed or else the end of the day.
    fn take_day(&mut self, zone: Zone, now: DateTime<Utc>) {
        let Some(calendar) = self.calendar.take() else { return };
        let typed = self.fields.parse_expires(zone, now).ok().flatten();
        let end = NaiveTime::from_hms_opt(23, 59, 0).unwrap_or_default();
        let time = typed.map_or(end, |at| zone.local(at).time());
        self.fields.expires = Line::new(format!("{} {}", calendar.day(), time.format("%H:%M")));
        self.touch(Field::Expires);
    }
}
