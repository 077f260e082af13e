//! Limits by example: real weeks of 2026 with their holidays and make-up days.

use super::*;
use crate::dispatch::words::Stage;
use chrono::{DateTime, Utc};
use rstest::rstest;

fn at(text: &str) -> DateTime<Utc> {
    let local = if text.len() == 16 { format!("{text}:00+08:00") } else { text.to_owned() };
    DateTime::parse_from_rfc3339(&local).expect("a time").to_utc()
}

use LimitUnit::{Days, Hours, WorkingDays, WorkingHours as WorkHours};

#[rstest]
#[case::inside_a_morning(2, WorkHours, "2026-11-18T08:30", "2026-11-18T10:30")]
#[case::over_noon(4, WorkHours, "2026-11-18T10:00", "2026-11-18T16:00")]
#[case::ends_with_the_shift_not_with_the_next(4, WorkHours, "2026-11-18T08:00", "2026-11-18T12:00")]
#[case::over_a_weekend(4, WorkHours, "2026-11-20T17:00", "2026-11-23T11:00")]
#[case::begun_at_night(4, WorkHours, "2026-11-17T23:10", "2026-11-18T12:00")]
#[case::a_day_keeps_the_time_of_day(1, WorkingDays, "2026-11-17T10:00", "2026-11-18T10:00")]
#[case::a_day_begun_on_saturday_is_monday(1, WorkingDays, "2026-11-21T10:00", "2026-11-23T18:00")]
#[case::the_spring_festival_does_not_count(1, WorkingDays, "2026-02-14T10:00", "2026-02-24T10:00")]
#[case::its_make_up_saturday_does(1, WorkingDays, "2026-02-27T10:00", "2026-02-28T10:00")]
#[case::fifteen_days_over_the_national_day(15, WorkingDays, "2026-09-28T09:00", "2026-10-23T09:00")]
#[case::five_hours_before_the_labour_day(5, WorkHours, "2026-04-30T16:00", "2026-05-06T11:00")]
#[case::natural_hours_know_no_night(6, Hours, "2026-10-01T22:00", "2026-10-02T04:00")]
#[case::a_week_is_a_week(7, Days, "2026-10-01T22:00", "2026-10-08T22:00")]
fn a_limit_ends(#[case] value: u32, #[case] unit: LimitUnit, #[case] from: &str, #[case] until: &str) {
    assert_eq!(china().deadline(Limit::new(value, unit), at(from)), at(until));
}

fn solving(limit: Limit, from: &str) -> Stopwatch {
    Stopwatch::start(Stage::Solve, limit, at(from))
}

#[test]
fn a_clock_that_stood_still_has_as_much_left_as_before() {
    let calendar = china();
    let mut clock = solving(Limit::new(1, WorkingDays), "2026-11-17T10:00");
    clock.pause(PauseLabel::Suspended, at("2026-11-17T11:00"));
    assert_eq!(clock.due_at(&calendar), None);
    assert_eq!(clock.spent(&calendar, at("2026-12-24T12:00")), 3600);
    clock.resume(at("2026-11-25T17:00"));
    assert_eq!(clock.due_at(&calendar), Some(at("2026-11-26T16:00")));
    let told: Vec<_> = clock.pauses.iter().map(|p| (p.label, p.from, p.to)).collect();
    assert_eq!(told, [(PauseLabel::Suspended, at("2026-11-17T11:00"), Some(at("2026-11-25T17:00")))]);
}

#[test]
fn the_warning_comes_at_its_share_of_the_limit_s_own_time() {
    let clock = solving(Limit::new(5, WorkHours), "2026-11-20T16:00");
    assert_eq!(clock.warns_at(&china(), 80), Some(at("2026-11-23T10:00")));
    assert_eq!(clock.due_at(&china()), Some(at("2026-11-23T11:00")));
}

#[test]
fn an_extension_ends_by_the_named_moment_and_warns_anew() {
    let calendar = china();
    let mut clock = solving(Limit::new(1, WorkingDays), "2026-11-19T10:00");
    clock.warned = true;
    // Until Sunday: that is Friday evening, in working time.
    assert_eq!(clock.extend(&calendar, at("2026-11-22T10:00")), 6 * 3600);
    assert_eq!(clock.due_at(&calendar), Some(at("2026-11-20T18:00")));
    assert!(!clock.warned);
    assert_eq!(clock.extend(&calendar, at("2026-11-20T09:00")), 0, "no time is taken away");
}

#[test]
fn seasons_move_the_hours_and_keep_the_length_of_the_day() {
    let file = |hours: &str| {
        format!(
            r#"{{"source": "x", "days": ["Mo", "Tu"], "hours": [["08:00", "12:00"], ["14:00", "18:00"]],
                "seasons": [{{"from": "05-01", "to": "09-30", "hours": {hours}}}]}}"#
        )
    };
    let read = |hours: &str| WorkingHours::read(&file(hours));
    let summer = read(r#"[["08:00", "12:00"], ["15:00", "19:00"]]"#).expect("same length");
    let calendar = WorkCalendar::new(chrono_tz::Asia::Shanghai, summer, Default::default());
    let ends = |from: &str| calendar.deadline(Limit::new(5, WorkHours), at(from));
    assert_eq!(ends("2026-07-06T08:00"), at("2026-07-06T16:00"));
    assert_eq!(ends("2026-11-23T08:00"), at("2026-11-23T15:00"));
    let shorter = read(r#"[["08:00", "12:00"]]"#);
    assert_eq!(shorter, Err(WorkingHoursError::Sum(240, 480)));
}

#[rstest]
#[case(r#""days": [], "hours": [["08:00", "12:00"]]"#, "no day of the week")]
#[case(r#""days": ["Mon"], "hours": [["08:00", "12:00"]]"#, "\"Mon\"")]
#[case(r#""days": ["Mo"], "hours": []"#, "hours must be")]
#[case(r#""days": ["Mo"], "hours": [["12:00", "08:00"]]"#, "hours must be")]
#[case(r#""days": ["Mo"], "hours": [["08:00", "12:00"], ["11:00", "13:00"]]"#, "hours must be")]
#[case(r#""days": ["Mo"], "hours": [["8 o'clock", "12:00"]]"#, "8 o'clock")]
fn hours_that_cannot_be_worked_are_refused(#[case] fields: &str, #[case] told: &str) {
    let file = format!(r#"{{"source": "x", "seasons": [], {fields}}}"#);
    let error = WorkingHours::read(&file).expect_err("a fault").to_string();
    assert!(error.contains(told), "{error}");
}

#[test]
fn a_deadline_in_a_year_without_a_notice_is_known_to_be_provisional() {
    assert!(china().covers(at("2026-12-31T23:59")) && !china().covers(at("2027-01-01T00:00")));
}
