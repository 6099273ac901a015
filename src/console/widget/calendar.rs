//! A month to choose a day from. Weeks begin on Monday.

use chrono::{Datelike, Days, Months, NaiveDate};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::console::action::Action;
use crate::console::theme;

/// A month, and the day in it that is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    day: NaiveDate,
    /// The day that was marked first.
    first: NaiveDate,
    today: NaiveDate,
}

impl Calendar {
    /// A calendar with that day marked.
    pub fn new(day: NaiveDate, today: NaiveDate) -> Self {
        Self { day, first: day, today }
    }

    /// The day that is marked.
    pub fn day(self) -> NaiveDate {
        self.day
    }

    /// Whether an action means something here.
    pub fn takes(action: Action) -> bool {
        use Action::{Accept, Collapse, Dismiss, Down, Expand, First, PageDown, PageUp, Up};
        matches!(action, Accept | Collapse | Dismiss | Down | Expand | First | PageDown | PageUp | Up)
    }

    /// Whether another day is marked than at first.
    pub fn is_moved(self) -> bool {
        self.day != self.first
    }

    /// Moves; never before today, nor to where years have five digits.
    pub fn act(&mut self, action: Action) {
        let day = self.day;
        let moved = match action {
            Action::Collapse => day.pred_opt(),
            Action::Expand => day.succ_opt(),
            Action::Up => day.checked_sub_days(Days::new(7)),
            Action::Down => day.checked_add_days(Days::new(7)),
            Action::PageUp => day.checked_sub_months(Months::new(1)),
            Action::PageDown => day.checked_add_months(Months::new(1)),
            Action::First => Some(self.today),
            _ => None,
        };
        if let Some(moved) = moved.filter(|day| day.year() <= 9_999) {
            self.day = moved.max(self.today);
        }
    }

    /// The month as lines of 28 columns: its name, the days of the week, six weeks at most. The marked day stands in
    /// brackets, so that no colour is needed to see it.
    pub fn lines(self) -> Vec<Line<'static>> {
        let mut lines = vec![
            Line::styled(format!("{:^28}", self.day.format("%B %Y")), theme::HEADING),
            Line::styled(" Mo  Tu  We  Th  Fr  Sa  Su ", theme::QUIET),
        ];
        let Some(first) = self.day.with_day(1) else { return lines };
        let before = first.weekday().num_days_from_monday() as usize;
        let mut spans = vec![Span::raw("    ".repeat(before))];
        let mut column = before;
        for day in first.iter_days().take_while(|day| day.month() == first.month()) {
            let text = if day == self.day { format!("[{:>2}]", day.day()) } else { format!(" {:>2} ", day.day()) };
            spans.push(Span::styled(text, self.style(day)));
            column += 1;
            if column == 7 {
                lines.push(Line::from(std::mem::take(&mut spans)));
                column = 0;
            }
        }
        if !spans.is_empty() {
            lines.push(Line::from(spans));
        }
        lines
    }

    fn style(self, day: NaiveDate) -> Style {
        if day == self.day {
            theme::SELECTED
        } else if day < self.today {
            theme::QUIET
        } else if day == self.today {
            Style::new().add_modifier(Modifier::BOLD).add_modifier(Modifier::UNDERLINED)
        } else {
            Style::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn shown(calendar: Calendar) -> Vec<String> {
        calendar.lines().iter().map(|line| line.to_string().trim_end().to_owned()).collect()
    }

    #[test]
    fn a_month_begins_on_its_weekday() {
        let lines = shown(Calendar::new(day("2026-11-29"), day("2026-11-22")));
        assert_eq!(lines[0].trim(), "November 2026");
        assert_eq!(lines[2], "                          1".to_owned());
        assert_eq!(lines[6], " 23  24  25  26  27  28 [29]");
        assert_eq!(lines[7], " 30");
        assert_eq!(shown(Calendar::new(day("2027-02-01"), day("2026-11-22"))).len(), 6);
    }

    #[test]
    fn it_is_walked_by_days_weeks_and_months_and_not_into_the_past() {
        let mut calendar = Calendar::new(day("2027-01-31"), day("2026-11-22"));
        for (action, expected) in [
            (Action::PageDown, "2027-02-28"),
            (Action::Expand, "2027-03-01"),
            (Action::Up, "2027-02-22"),
            (Action::Down, "2027-03-01"),
            (Action::Collapse, "2027-02-28"),
            (Action::First, "2026-11-22"),
            (Action::Collapse, "2026-11-22"),
            (Action::PageUp, "2026-11-22"),
        ] {
            calendar.act(action);
            assert_eq!(calendar.day(), day(expected), "{action:?}");
        }
        let mut last = Calendar::new(day("9999-12-31"), day("2026-11-22"));
        last.act(Action::Expand);
        assert_eq!(last.day(), day("9999-12-31"));
        assert!(!last.lines().is_empty());
    }
}
