//! To whom a case can be given: the levels at its place, the co-owner, grids nearby, and their people.

use super::Office;
use crate::accounts::Caller;
use crate::dispatch::assign::{Staff, unit_of};
use crate::dispatch::{Case, Level, Owner, Unit, WorkerName, may_give};
use crate::geometry::Metres;
use crate::store::issues::IssueScope;
use chrono::{DateTime, Utc};

/// How far around the place grids are offered, and how many.
const AROUND: Metres = Metres(1_500.0);
const GRIDS: usize = 12;

impl Office {
    /// Whether somebody may know of the case; the same as what a list of cases shows.
    pub fn sees(&self, scope: &IssueScope, case: &Case) -> bool {
        crate::store::issues::is_seen(case, &self.also(case), scope)
    }

    /// Whether somebody of that name works in the unit: by account there or in an area around it, or as
    /// the map names them.
    pub fn works_in(&self, name: &WorkerName, unit: &Unit, staff: &Staff) -> bool {
        self.people_of(unit, staff).contains(name)
    }

    fn people_of(&self, unit: &Unit, staff: &Staff) -> Vec<WorkerName> {
        staff.people(&self.map, unit).into_iter().map(|member| member.name).collect()
    }

    /// Owners to whom the caller can give the case, its own unit's people first.
    pub fn hand_to(&self, caller: &Caller, case: &Case, staff: &Staff, at: DateTime<Utc>) -> Vec<Owner> {
        let mut units: Vec<(Level, Unit)> = Vec::new();
        let own = case.owner.unit.clone().map(|unit| (case.owner.level, unit));
        let co_owner = case.co_owner.as_ref().and_then(|owner| Some((owner.level, owner.unit.clone()?)));
        let place = case.areas.iter().map(|(level, unit)| (*level, unit.clone()));
        let wider = |level: &Level| *level <= case.owner.level;
        let all = own.into_iter().chain(co_owner).chain(place).chain(self.grids_around(case));
        for (level, unit) in all.filter(|(level, _)| wider(level)) {
            if !units.iter().any(|(_, known)| *known == unit) {
                units.push((level, unit));
            }
        }
        let mut owners = Vec::new();
        for (level, unit) in units {
            let handover = case.co_owner.as_ref().is_some_and(|owner| owner.unit.as_ref() == Some(&unit));
            let owner = |worker| Owner { level, unit: Some(unit.clone()), worker };
            if !handover && !may_give(caller, &owner(None), case, &self.map) {
                continue;
            }
            let first = staff.first(&self.map, &unit, &self.routing.roles, at).map(|found| found.name);
            let mut people: Vec<WorkerName> = first.into_iter().collect();
            for name in self.people_of(&unit, staff) {
                if !people.contains(&name) {
                    people.push(name);
                }
            }
            if people.is_empty() {
                owners.push(owner(None));
            }
            owners.extend(people.into_iter().map(|name| owner(Some(name))));
        }
        owners.retain(|owner| *owner != case.owner);
        owners
    }

    /// Grids around the place, the nearest first.
    fn grids_around(&self, case: &Case) -> Vec<(Level, Unit)> {
        let Some((entry, _)) = self.map.layer(Level::Grid.layer()) else { return Vec::new() };
        let mut near = self.map.areas_near(Level::Grid.layer(), case.place, AROUND);
        near.sort_by(|(_, a), (_, b)| a.0.total_cmp(&b.0));
        let units = near.into_iter().filter_map(|(area, _)| unit_of(entry, &area.feature));
        units.take(GRIDS).map(|unit| (Level::Grid, unit)).collect()
    }
}
