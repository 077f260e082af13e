//! A published month, reproduced from cases that went their whole way.

use super::*;
use crate::dispatch::actor::Actor;
use crate::dispatch::case::CaseNumber;
use crate::dispatch::testing::{Town, at, dispatcher, finish, worker};
use crate::dispatch::words::{Action, Source};
use crate::dispatch::workflow::{Step, advance};
use chrono_tz::Asia::Shanghai;

fn september() -> Period {
    Period::holding(PeriodKind::Month, "2026-09-15".parse().expect("a day"), Shanghai).expect("a month")
}

/// How a case of the month went.
#[derive(Clone, Copy, PartialEq)]
enum Went {
    Rejected,
    InTime,
    /// Solved ten days later, when the clock had passed it up to the community.
    Late,
    Open,
    /// Accepted, due in October.
    DueLater,
}

struct Month {
    town: Town,
    cases: Vec<Case>,
}

impl Month {
    fn golden() -> Self {
        let mut month = Self { town: Town::new(), cases: Vec::new() };
        month.add(Went::Rejected, Source::Resident, 58);
        month.add(Went::InTime, Source::Worker, 737);
        month.add(Went::Late, Source::Worker, 174);
        month.add(Went::Open, Source::Worker, 42);
        month.add(Went::Open, Source::Hotline, 19);
        month.add(Went::DueLater, Source::Resident, 24);
        month
    }

    fn add(&mut self, went: Went, source: Source, many: usize) {
        for n in 0..many {
            // A dispute has five working days.
            let day = if went == Went::DueLater { 28 + n % 3 } else { [1, 2, 3, 7, 8, 9, 14][n % 7] };
            let (case, _) = self.town.case("dispute", &format!("2026-09-{day:02}T09:00"));
            let number = CaseNumber(self.cases.len().to_string());
            self.cases.push(self.live(Case { source, number, ..case }, went, day));
        }
    }

    fn live(&self, case: Case, went: Went, day: usize) -> Case {
        let step = |case: Case, action, actor: &Actor, when: &str| {
            self.town.after(&case, Step::new(action).noting("因为"), actor, when)
        };
        let (dan, morning) = (dispatcher("dan"), format!("2026-09-{day:02}T10:00"));
        if went == Went::Rejected {
            return step(case, Action::Reject, &dan, &morning);
        }
        let case = step(case, Action::Accept, &dan, &morning);
        let case = step(case, Action::Dispatch, &dan, &morning);
        let (when, who) = match went {
            Went::InTime => (format!("2026-09-{day:02}T17:00"), worker("ann")),
            Went::Late => (format!("2026-09-{}T17:00", day + 10), dispatcher("cai")),
            _ => return advance(&case, at("2026-10-01T00:00"), &self.town.ground()).0,
        };
        let case = self.town.after(&case, finish(), &who, &when);
        let case = step(case, Action::Pass, &dan, &when);
        step(case, Action::Close, &dan, &when)
    }
}

fn percent(row: &Row, kind: RateKind) -> Option<f64> {
    row.rates.iter().find(|rate| rate.kind == kind).and_then(|rate| rate.percent)
}

#[test]
fn the_published_month_is_reproduced_to_the_digit() {
    let month = Month::golden();
    let row = total(&month.cases, &september());
    let f = row.figures;
    assert_eq!((f.decided, f.accepted, f.due, f.closed, f.closed_in_time), (1054, 996, 972, 911, 737));
    assert_eq!(percent(&row, RateKind::Closed), Some(93.72));
    assert_eq!(percent(&row, RateKind::ClosedInTime), Some(75.82));
    assert_eq!((f.accepted_from_workers, percent(&row, RateKind::FromWorkers)), (953, Some(95.68)));
    assert_eq!(percent(&row, RateKind::Accepted), Some(94.5));
    assert_eq!((f.overdue, percent(&row, RateKind::Overdue)), (235, Some(24.18)), "174 late, 61 not yet");
}

#[test]
fn rows_of_any_breakdown_add_up_to_the_whole() {
    let month = Month::golden();
    for by in Grouping::ALL {
        for (day, kind) in [
            ("2026-08-31", PeriodKind::Week),
            ("2026-09-02", PeriodKind::Month),
            ("2026-09-11", PeriodKind::Day),
            ("2026-10-07", PeriodKind::Month),
        ] {
            let period = Period::holding(kind, day.parse().expect("a day"), Shanghai).expect("a period");
            let mut sum = Figures::default();
            let rows = rows(&month.cases, &period, *by, &month.town.categories);
            rows.iter().for_each(|row| sum += row.figures);
            assert_eq!(sum, total(&month.cases, &period).figures, "{by} {day} {kind}");
            assert!(!rows.is_empty());
        }
    }
}

#[test]
fn what_was_missed_is_counted_with_whom_it_was_missed_by() {
    let month = Month::golden();
    let rows = rows(&month.cases, &september(), Grouping::Worker, &month.town.categories);
    let of = |name: &str| rows.iter().find(|row| row.key.as_ref().is_some_and(|key| key.id == name));
    assert_eq!(of("ann").map(|row| (row.figures.due, row.figures.overdue)), Some((972, 235)));
    assert!(of("cai").is_none(), "who solved it late for another has nothing to answer for");
}

#[test]
fn days_add_up_to_the_month() {
    let month = Month::golden();
    let september = september();
    let mut sum = Figures::default();
    for day in september.first.iter_days().take_while(|day| *day < september.end) {
        let period = Period::holding(PeriodKind::Day, day, Shanghai).expect("a day");
        sum += total(&month.cases, &period).figures;
    }
    let whole = total(&month.cases, &september).figures;
    // What was not closed by the end of its day may be by the end of the month; all else adds up.
    assert!(sum.closed < whole.closed);
    assert_eq!(Figures { closed: whole.closed, ..sum }, whole);
}

#[test]
fn put_off_void_and_joined_cases_are_not_due() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", "2026-09-08T10:00");
    let dan = dispatcher("dan");
    let figures = |case: &Case| total([case], &september()).figures;
    assert_eq!(figures(&case).due, 1);
    let off = Step::new(Action::Suspend).noting("因为").until(at("2026-10-20T10:00"));
    assert_eq!(figures(&town.after(&case, off, &dan, "2026-09-08T11:00")).due, 0);
    let join = Step { joined_to: Some(CaseNumber("2".into())), ..Step::new(Action::Void).noting("重复") };
    let joined = figures(&town.after(&case, join, &dan, "2026-09-08T11:00"));
    assert_eq!((joined.due, joined.repeated, joined.reported), (0, 1, 1));
}

#[test]
fn rework_and_one_go_are_counted_by_checks() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", "2026-09-08T10:00");
    let (dan, ann) = (dispatcher("dan"), worker("ann"));
    let case = town.after(&case, finish(), &ann, "2026-09-08T11:00");
    let case = town.after(&case, Step::new(Action::Fail).noting("未清理"), &dan, "2026-09-08T11:30");
    let case = town.after(&case, finish(), &ann, "2026-09-08T14:10");
    let case = town.after(&case, Step::new(Action::Fail).noting("未清理"), &dan, "2026-09-08T14:20");
    let case = town.after(&case, finish(), &ann, "2026-09-08T14:30");
    let case = town.after(&case, Step::new(Action::Pass), &dan, "2026-09-08T15:00");
    let case = town.after(&case, Step::new(Action::Close), &dan, "2026-09-08T15:00");
    let row = total([&case], &september());
    assert_eq!((row.figures.ended, row.figures.ended_at_once), (1, 0));
    assert_eq!((percent(&row, RateKind::Rework), percent(&row, RateKind::ClosedInTime)), (Some(66.67), Some(100.0)));
}

#[test]
fn a_late_decision_is_one_that_missed_its_limit() {
    let town = Town::new();
    let (case, _) = town.case("dispute", "2026-09-08T10:00");
    let decided = |when: &str| {
        let case = town.after(&case, Step::new(Action::Accept), &dispatcher("dan"), when);
        total([&case], &september()).figures.decided_in_time
    };
    assert_eq!((decided("2026-09-08T11:59"), decided("2026-09-08T15:00")), (1, 0));
}
