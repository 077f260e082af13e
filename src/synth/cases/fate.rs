//! What becomes of a case, drawn when it is reported: most are solved in time, some are not.

use super::super::rng::Rng;
use super::{Made, Plan, Setting};
use crate::dispatch::{Level, State};
use chrono::Duration;

/// The way that a case will go.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// Repeats another one, if there is one that it can repeat.
    pub joins: bool,
    pub rejected: bool,
    pub withdrawn: bool,
    /// How often the holder says that it is not theirs.
    pub returns: u32,
    /// The holder passes it up.
    pub escalates: bool,
    pub extends: bool,
    /// Put off for so many days.
    pub suspended_days: Option<i64>,
    /// Cannot be solved, and the reporter is told why.
    pub explained: bool,
    /// Nobody does anything until the clock has passed it up so often.
    pub neglected: u32,
    /// When it is solved, as a share of the limit.
    pub pace: f64,
    pub failed_checks: u32,
    pub reopened: bool,
    pub comments: bool,
    pub answered: bool,
    pub rated: bool,
}

impl Fate {
    pub fn draw(setting: &Setting<'_>, plan: &Plan<'_>, rng: &mut Rng) -> Self {
        let age = setting.now - plan.at;
        // Towards the present more is left lying, so that the board shows what it is for.
        let fresh = age < Duration::days(9);
        let large = plan.category.level > Level::Grid;
        let neglected = match rng.unit() {
            u if u < if fresh { 0.10 } else { 0.012 } => 3,
            u if u < if fresh { 0.22 } else { 0.06 } => 1,
            _ => 0,
        };
        let pace = match rng.unit() {
            u if u < 0.55 => rng.range(0.08, 0.5),
            u if u < 0.93 => rng.range(0.5, 0.95),
            _ => rng.range(1.05, 1.9),
        };
        Self {
            joins: rng.chance(0.05),
            rejected: !plan.category.direct && rng.chance(0.07),
            withdrawn: rng.chance(0.012),
            returns: if rng.chance(0.05) { 1 + u32::from(rng.chance(0.25)) } else { 0 },
            escalates: rng.chance(if large { 0.12 } else { 0.05 }),
            extends: rng.chance(0.03),
            suspended_days: rng.chance(if large { 0.05 } else { 0.01 }).then(|| 10 + rng.below(45) as i64),
            explained: rng.chance(if large { 0.06 } else { 0.01 }),
            neglected,
            pace: if fresh { pace * 1.25 } else { pace },
            failed_checks: if rng.chance(0.06) { 1 + u32::from(rng.chance(0.15)) } else { 0 },
            reopened: rng.chance(0.02),
            comments: rng.chance(0.08),
            answered: rng.chance(0.12),
            rated: rng.chance(0.38),
        }
    }
}

/// An open case of the same kind, reported not long before.
pub fn twin<'m>(before: &'m [Made], plan: &Plan<'_>, setting: &Setting<'_>) -> Option<&'m Made> {
    let recent = before.iter().rev().take_while(|made| plan.at - made.case.reported_at < Duration::days(6));
    let mut recent = recent.filter(|made| made.case.category == plan.category.id);
    recent.find(|made| {
        let lasts = match made.case.state {
            State::Void | State::Rejected => false,
            State::Closed => made.case.tally.closed_at.is_some_and(|at| at > plan.at + Duration::hours(3)),
            _ => setting.now > plan.at + Duration::hours(3),
        };
        lasts && made.case.tally.reopened == 0
    })
}
