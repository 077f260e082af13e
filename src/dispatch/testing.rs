//! A small office for the tests of this room: one town with its people. Compiled for tests only.

use super::actor::Actor;
use super::assign::Assignment;
use super::case::{Case, CaseNumber, Event, Ladder, Owner, Unit, WorkerName};
use super::category::Categories;
use super::clock::{WorkCalendar, china};
use super::words::{Action, Level, Source};
use super::workflow::{Ground, Refusal, Report, Step, act, report};
use crate::accounts::{AreaCode, Role};
use crate::atlas::testing::ident;
use crate::geometry::LonLat;
use chrono::{DateTime, Utc};

pub struct Town {
    pub categories: Categories,
    pub calendar: WorkCalendar,
    pub ladder: Ladder,
}

/// A moment in Shanghai, `2026-11-18T10:00`.
pub fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{text}:00+08:00")).expect("a time").to_utc()
}

pub fn unit(level: Level, code: &str) -> Unit {
    Unit { layer: ident(level.layer()), code: AreaCode(code.into()), name: Some(code.into()) }
}

pub fn owner(level: Level, code: &str, worker: Option<&str>) -> Owner {
    Owner { level, unit: Some(unit(level, code)), worker: worker.map(|name| WorkerName(name.into())) }
}

impl Town {
    /// Grid g1 with its worker ann; desks above it.
    pub fn new() -> Self {
        let desks = [(Level::Community, "c1"), (Level::Town, "t1"), (Level::District, "d1")];
        let desks = desks.into_iter().map(|(level, code)| owner(level, code, None));
        let all = desks.chain([owner(Level::Grid, "g1", Some("ann"))]);
        Self {
            categories: Categories::built_in().expect("built in"),
            calendar: china(),
            ladder: all.map(|owner| (owner.level, owner)).collect(),
        }
    }

    pub fn ground(&self) -> Ground<'_> {
        Ground { categories: &self.categories, calendar: &self.calendar, ladder: &self.ladder }
    }

    /// As if found at a place in g1, near g2 of bob.
    pub fn assignment(&self, level: Level) -> Assignment {
        let areas = self.ladder.iter().filter_map(|(level, owner)| Some((*level, owner.unit.clone()?)));
        Assignment {
            areas: areas.collect(),
            owner: self.ladder[&level].clone(),
            co_owner: (level == Level::Grid).then(|| owner(Level::Grid, "g2", Some("bob"))),
            ladder: self.ladder.clone(),
            triage: false,
            because: Vec::new(),
        }
    }

    /// A case as it stands after the report.
    pub fn case(&self, category: &str, time: &str) -> (Case, Vec<Event>) {
        let level = self.categories.get(category).expect("a category").level;
        let new = Report {
            number: CaseNumber("1".into()),
            category: ident(category),
            source: Source::Resident,
            place: LonLat::new(112.54, 32.99).expect("in range"),
        };
        report(new, &self.assignment(level), at(time), &self.ground()).expect("a known category")
    }

    /// The case after the step, which must be allowed.
    pub fn after(&self, case: &Case, step: Step, actor: &Actor, time: &str) -> Case {
        let (next, _, done) = act(case, &step, actor, at(time), &self.ground());
        done.unwrap_or_else(|refusal| panic!("{:?}: {refusal}", step.action));
        next
    }

    /// Why the step is refused.
    pub fn refusal(&self, case: &Case, step: Step, actor: &Actor, time: &str) -> Refusal {
        act(case, &step, actor, at(time), &self.ground()).2.expect_err("a refusal")
    }
}

pub fn worker(name: &str) -> Actor {
    Actor::staff(WorkerName(name.into()), &[Role::Worker])
}

pub fn dispatcher(name: &str) -> Actor {
    Actor::staff(WorkerName(name.into()), &[Role::Dispatcher])
}

pub fn finish() -> Step {
    Step::new(Action::Finish).with_photos(1)
}
