//! The calendar and the stopwatch against a walk that looks at every minute.

use super::*;
use crate::atlas::Holidays;
use crate::dispatch::words::Stage;
use chrono::{DateTime, Datelike, Duration, NaiveDate, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What the notice of 2026 says, written down a second time.
fn china_2026() -> (BTreeSet<NaiveDate>, BTreeSet<NaiveDate>) {
    let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).expect("a day");
    let off = [(1, 1..=3), (2, 15..=23), (4, 4..=6), (5, 1..=5), (6, 19..=21), (9, 25..=27), (10, 1..=7)];
    let off = off.into_iter().flat_map(|(m, days)| days.map(move |d| day(m, d))).collect();
    let work = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)].into_iter().map(|(m, d)| day(m, d)).collect();
    (off, work)
}

/// Whether the minute that begins at `at` is worked from 8 to 12 and 14 to 18.
fn worked(zone: Tz, at: DateTime<Utc>, (off, work): &(BTreeSet<NaiveDate>, BTreeSet<NaiveDate>)) -> bool {
    let local = at.with_timezone(&zone);
    let (day, minute) = (local.date_naive(), local.hour() * 60 + local.minute());
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let today = work.contains(&day) || (!weekend && !off.contains(&day));
    today && ((480..720).contains(&minute) || (840..1080).contains(&minute))
}

const MINUTE: Duration = Duration::minutes(1);

fn minute_of_2026(minute: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).single().expect("a time") + MINUTE * minute as i32
}

fn calendar(zone: Tz) -> (WorkCalendar, (BTreeSet<NaiveDate>, BTreeSet<NaiveDate>)) {
    let calendar = WorkCalendar::new(zone, WorkingHours::built_in().expect("built in"), Holidays::of_zone(zone));
    let days = if zone == Tz::Asia__Shanghai { china_2026() } else { Default::default() };
    (calendar, days)
}

fn zones() -> impl Strategy<Value = Tz> {
    prop_oneof![3 => Just(Tz::Asia__Shanghai), 1 => Just(Tz::America__New_York)]
}

fn limits() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (1..60u32).prop_map(|v| Limit::new(v, LimitUnit::WorkingHours)),
        (1..20u32).prop_map(|v| Limit::new(v, LimitUnit::WorkingDays)),
        (1..100u32).prop_map(|v| Limit::new(v, LimitUnit::Hours)),
        (1..10u32).prop_map(|v| Limit::new(v, LimitUnit::Days)),
    ]
}

/// Minutes granted, written down a second time.
fn minutes(limit: Limit) -> i64 {
    i64::from(limit.value)
        * match limit.unit {
            LimitUnit::WorkingHours | LimitUnit::Hours => 60,
            LimitUnit::WorkingDays => 8 * 60,
            LimitUnit::Days => 24 * 60,
        }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn a_deadline_is_where_a_walk_minute_by_minute_ends(
        zone in zones(), limit in limits(), start in 0..300 * 1440i64,
    ) {
        let (calendar, days) = calendar(zone);
        let (mut now, mut left) = (minute_of_2026(start), minutes(limit));
        while left > 0 {
            let counts = limit.unit.counts() == Counting::Natural || worked(zone, now, &days);
            left -= i64::from(counts);
            now += MINUTE;
        }
        prop_assert_eq!(calendar.deadline(limit, minute_of_2026(start)), now);
        let counted = calendar.counted(limit.unit.counts(), minute_of_2026(start), now);
        prop_assert_eq!(counted, minutes(limit) * 60);
    }

    #[test]
    fn a_clock_with_pauses_counts_what_a_walk_counts(
        limit in limits(), start in 0..250 * 1440i64,
        steps in prop::collection::vec(1..3000i64, 0..8),
        after in 0..3000i64,
    ) {
        let (calendar, days) = calendar(Tz::Asia__Shanghai);
        let mut clock = Stopwatch::start(Stage::Solve, limit, minute_of_2026(start));
        let (mut now, mut spent) = (start, 0);
        let mut walk = |now: &mut i64, minutes: i64, running: bool| {
            for _ in 0..minutes {
                let natural = limit.unit.counts() == Counting::Natural;
                let counts = running && (natural || worked(Tz::Asia__Shanghai, minute_of_2026(*now), &days));
                spent += i64::from(counts);
                *now += 1;
            }
            spent
        };
        for (i, step) in steps.iter().enumerate() {
            walk(&mut now, *step, i % 2 == 0);
            if i % 2 == 0 {
                clock.pause(PauseLabel::Suspended, minute_of_2026(now));
            } else {
                clock.resume(minute_of_2026(now));
            }
        }
        let running = steps.len() % 2 == 0;
        prop_assert_eq!(clock.running_since().is_some(), running);
        let before = clock.spent(&calendar, minute_of_2026(now));
        let walked = walk(&mut now, after, running);
        let spent = clock.spent(&calendar, minute_of_2026(now));
        prop_assert_eq!(spent, walked * 60);
        prop_assert!(spent >= before, "time that counted is not taken back");
        // The end is where just all has counted, if it is not behind us.
        match clock.due_at(&calendar) {
            None => prop_assert!(!running),
            Some(due) if spent < minutes(limit) * 60 => {
                prop_assert!(due > minute_of_2026(now));
                prop_assert_eq!(clock.spent(&calendar, due), minutes(limit) * 60);
                prop_assert_eq!(clock.spent(&calendar, due - Duration::seconds(1)), minutes(limit) * 60 - 1);
            }
            Some(due) => prop_assert!(due <= minute_of_2026(now)),
        }
    }

    #[test]
    fn time_counts_the_same_in_one_stretch_or_in_two(
        zone in zones(), a in 0..400_000i64, b in 0..100_000i64, c in 0..100_000i64, s in 0..60i64,
    ) {
        let (calendar, _) = calendar(zone);
        let moment = |m| minute_of_2026(m) + Duration::seconds(s);
        let count = |x, y| calendar.counted(Counting::Working, moment(x), moment(y));
        prop_assert_eq!(count(a, a + b) + count(a + b, a + b + c), count(a, a + b + c));
        prop_assert_eq!(count(a + b, a), 0);
    }
}
