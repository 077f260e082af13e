//! Stretches of time that are reported on: days, weeks from Monday, months, in local time.

use crate::dispatch::clock::moment;
use crate::dispatch::words::words;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

words! {
    /// How long a stretch is.
    PeriodKind {
        Day "day" "日" "Day",
        Week "week" "周" "Week",
        Month "month" "月" "Month",
    }
}

/// A day, week or month of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub kind: PeriodKind,
    /// Its first day.
    pub first: NaiveDate,
    /// The day after its last one.
    pub end: NaiveDate,
    pub from: DateTime<Utc>,
    /// The first moment after it.
    pub to: DateTime<Utc>,
}

impl Period {
    /// The one that holds the day; `None` at the end of the calendar.
    pub fn holding(kind: PeriodKind, day: NaiveDate, zone: Tz) -> Option<Self> {
        let (first, end) = match kind {
            PeriodKind::Day => (day, day.succ_opt()?),
            PeriodKind::Week => {
                let monday = day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()))?;
                (monday, monday.checked_add_days(Days::new(7))?)
            }
            PeriodKind::Month => {
                let first = day.with_day(1)?;
                (first, first.checked_add_months(Months::new(1))?)
            }
        };
        let midnight = |day: NaiveDate| moment(zone, day.and_time(NaiveTime::MIN));
        Some(Self { kind, first, end, from: midnight(first), to: midnight(end) })
    }

    /// As far as it has come: what falls due later is not due yet.
    pub fn so_far(self, now: DateTime<Utc>) -> Self {
        // What happens at this very moment is in it.
        let next = now + TimeDelta::milliseconds(1);
        Self { to: self.to.min(next).max(self.from), ..self }
    }

    /// The one before it.
    pub fn before(&self, zone: Tz) -> Option<Self> {
        Self::holding(self.kind, self.first.pred_opt()?, zone)
    }

    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America::New_York, Asia::Shanghai};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn days(kind: PeriodKind, text: &str) -> (NaiveDate, NaiveDate) {
        let period = Period::holding(kind, day(text), Shanghai).expect("in the calendar");
        (period.first, period.end)
    }

    #[test]
    fn a_week_begins_on_monday_and_a_month_on_its_first() {
        let pair = |a: &str, b: &str| (day(a), day(b));
        assert_eq!(days(PeriodKind::Week, "2026-11-22"), pair("2026-11-16", "2026-11-23"));
        assert_eq!(days(PeriodKind::Week, "2026-11-16"), pair("2026-11-16", "2026-11-23"));
        assert_eq!(days(PeriodKind::Month, "2026-12-31"), pair("2026-12-01", "2027-01-01"));
        assert_eq!(days(PeriodKind::Day, "2028-02-29"), pair("2028-02-29", "2028-03-01"));
    }

    #[test]
    fn periods_follow_each_other_without_a_gap_also_over_a_change_of_the_clocks() {
        for kind in PeriodKind::ALL {
            let mut period = Period::holding(*kind, day("2026-11-22"), New_York);
            for _ in 0..400 {
                let before = period.and_then(|p| p.before(New_York));
                assert_eq!(before.map(|b| (b.to, b.end)), period.map(|p| (p.from, p.first)));
                period = before;
            }
        }
        let spring = Period::holding(PeriodKind::Day, day("2026-03-08"), New_York).expect("a day");
        assert_eq!((spring.to - spring.from).num_hours(), 23);
    }

    #[test]
    fn a_day_begins_at_local_midnight_and_ends_before_the_next() {
        let today = Period::holding(PeriodKind::Day, day("2026-11-22"), Shanghai).expect("a day");
        assert_eq!(today.from.to_rfc3339(), "2026-11-21T16:00:00+00:00");
        assert!(today.holds(today.from) && !today.holds(today.to));
    }

    #[test]
    fn a_period_that_is_not_over_goes_to_this_very_moment() {
        let month = Period::holding(PeriodKind::Month, day("2026-11-22"), Shanghai).expect("a month");
        let noon: DateTime<Utc> = "2026-11-22T12:00:00+08:00".parse().expect("a time");
        let so_far = month.so_far(noon);
        assert!(so_far.holds(noon) && !so_far.holds(noon + TimeDelta::seconds(1)) && so_far.end == month.end);
        assert_eq!(month.so_far(month.to), month, "over");
        assert!(!month.so_far(month.from - TimeDelta::days(1)).holds(month.from), "not begun");
    }

    #[test]
    fn the_end_of_the_calendar_is_no_period() {
        for kind in PeriodKind::ALL {
            assert_eq!(Period::holding(*kind, NaiveDate::MAX, Shanghai), None);
        }
    }
}
