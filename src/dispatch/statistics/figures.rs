//! What one case counts in a period.

use super::period::Period;
use crate::dispatch::case::Case;
use crate::dispatch::words::{Source, State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::ops::AddAssign;

/// What was counted in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = IssueFigures)]
pub struct Figures {
    pub reported: u64,
    pub repeated: u64,
    pub decided: u64,
    pub decided_in_time: u64,
    pub accepted: u64,
    /// Accepted, and reported by a worker (监督员上报).
    pub accepted_from_workers: u64,
    pub due: u64,
    pub closed: u64,
    pub closed_in_time: u64,
    pub overdue: u64,
    pub checks: u64,
    pub failed_checks: u64,
    /// Closed in the period, whenever they were due.
    pub ended: u64,
    /// Of these, at the first go: no failed check, not reopened.
    pub ended_at_once: u64,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.reported += other.reported;
        self.repeated += other.repeated;
        self.decided += other.decided;
        self.decided_in_time += other.decided_in_time;
        self.accepted += other.accepted;
        self.accepted_from_workers += other.accepted_from_workers;
        self.due += other.due;
        self.closed += other.closed;
        self.closed_in_time += other.closed_in_time;
        self.overdue += other.overdue;
        self.checks += other.checks;
        self.failed_checks += other.failed_checks;
        self.ended += other.ended;
        self.ended_at_once += other.ended_at_once;
    }
}

impl Figures {
    pub fn of(case: &Case, period: &Period) -> Self {
        let within = |at: Option<DateTime<Utc>>| at.is_some_and(|at| period.holds(at));
        let tally = &case.tally;
        let reported = period.holds(case.reported_at);
        let decided = within(tally.decided_at);
        let accepted = decided && tally.accepted;
        let due = case.state != State::Void && within(tally.missed_at.or(tally.due_at));
        let closed = due && tally.closed_at.is_some_and(|at| at < period.to);
        let missed = tally.missed_at.is_some();
        let ended = within(tally.closed_at);
        let at_once = tally.reopened == 0 && tally.checks.iter().all(|check| check.passed);
        let checks = tally.checks.iter().filter(|check| period.holds(check.at));
        Self {
            reported: reported.into(),
            repeated: (reported && tally.joined_to.is_some()).into(),
            decided: decided.into(),
            decided_in_time: (decided && !tally.decided_late).into(),
            accepted: accepted.into(),
            accepted_from_workers: (accepted && case.source == Source::Worker).into(),
            due: due.into(),
            closed: closed.into(),
            closed_in_time: (closed && !missed).into(),
            overdue: (due && missed).into(),
            checks: checks.clone().count() as u64,
            failed_checks: checks.filter(|check| !check.passed).count() as u64,
            ended: ended.into(),
            ended_at_once: (ended && at_once).into(),
        }
    }
}
