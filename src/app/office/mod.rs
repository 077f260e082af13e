//! The office of dispatch: the map at one moment with the rules of reporting, routing and working time.
//! Decides, by the pure rules of `dispatch`; never waits, never writes.

mod act;
mod filing;
mod recall;
mod rules;
mod scope;
mod targets;

pub use act::{Incoming, Refused, Scene, To, Wish};
pub use rules::{Rules, RulesError};

use crate::atlas::{Snapshot, hours};
use crate::dispatch::assign::{self, Routing, Staff};
use crate::dispatch::workflow::{self, Ground};
use crate::dispatch::{Case, Categories, Ladder, WorkCalendar};
use crate::store::issues::{Decision, Stored};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use std::sync::Arc;

/// Everything that decides about cases but the people, who change all the time.
#[derive(Debug, Clone)]
pub struct Office {
    /// The whole map: whose a case is does not depend on who asks.
    pub map: Arc<Snapshot>,
    pub categories: Arc<Categories>,
    pub routing: Arc<Routing>,
    pub calendar: Arc<WorkCalendar>,
}

impl Office {
    pub fn new(map: Arc<Snapshot>, rules: &Rules) -> Self {
        let zone = hours::zone(map.place.timezone.as_deref());
        Self {
            categories: Arc::clone(&rules.categories),
            routing: Arc::new(rules.routing(&map.catalogue)),
            calendar: Arc::new(rules.calendar(zone)),
            map,
        }
    }

    fn people<'a>(&'a self, staff: &'a Staff) -> assign::Office<'a> {
        assign::Office { map: &self.map, categories: &self.categories, routing: &self.routing, staff }
    }

    fn ground<'a>(&'a self, ladder: &'a Ladder) -> Ground<'a> {
        Ground { categories: &self.categories, calendar: &self.calendar, ladder }
    }

    fn ladder(&self, case: &Case, staff: &Staff, at: DateTime<Utc>) -> Ladder {
        assign::ladder(&self.people(staff), at, &case.areas)
    }

    /// What the clock does to a case until then.
    pub fn tick(&self, was: &Stored, staff: &Staff, now: DateTime<Utc>) -> Decision {
        let ladder = self.ladder(&was.case, staff, now);
        let (case, events) = workflow::advance(&was.case, now, &self.ground(&ladder));
        Decision { filing: self.filing(&case), case, events }
    }

    /// The present as cases keep it: no finer than the database.
    pub fn moment(at: DateTime<Utc>) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at)
    }

    /// The first moment of the next day at the place.
    pub fn tomorrow(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let zone = self.calendar.zone();
        let day = (at.with_timezone(&zone) + TimeDelta::days(1)).date_naive();
        crate::dispatch::clock::moment(zone, day.and_time(NaiveTime::MIN))
    }
}
