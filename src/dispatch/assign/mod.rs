//! Whose a case is: by place, category, rules and who is there. Says why. Pure on a snapshot.

mod routing;
mod staff;
#[cfg(test)]
mod tests;

pub use routing::{Routed, Routing, RoutingError, RoutingRule};
pub use staff::{Absence, Found, Member, Staff, places_of};

use super::case::{Ladder, Owner, Unit, WorkerName};
use super::category::{Categories, Category};
use super::words::Level;
use crate::accounts::AreaCode;
use crate::atlas::layer::Title;
use crate::atlas::{CatalogueEntry, Feature, Ident, Snapshot};
use crate::geometry::{LonLat, Metres};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is to be given to somebody.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub place: LonLat,
    /// Radius around the place in which it really is; `None`: exact.
    pub accuracy: Option<Metres>,
    pub category: &'a Category,
    pub at: DateTime<Utc>,
}

/// What decides it.
#[derive(Debug, Clone, Copy)]
pub struct Office<'a> {
    pub map: &'a Snapshot,
    pub categories: &'a Categories,
    pub routing: &'a Routing,
    pub staff: &'a Staff,
}

/// One step of the explanation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = IssueBecause)]
pub enum Because {
    /// The place lies in it.
    Place { unit: Unit },
    /// A rule that comes before the grid.
    Rule {
        #[schema(value_type = String)]
        rule: Ident,
        title: Title,
        unit: Option<Unit>,
    },
    /// Cases of this category begin on this level.
    Category { level: Level },
    /// No grid holds the place: the town's triage decides.
    Outside,
    /// The place may as well lie in this one, so many metres away.
    Near { unit: Unit, metres: f64 },
    /// Whom the unit's people named to stand in.
    StandIn {
        #[schema(value_type = String)]
        absent: WorkerName,
        #[schema(value_type = String)]
        stand_in: WorkerName,
    },
    /// Nobody of it is there; the next level has it, and the dispatcher is to know.
    Nobody { unit: Unit },
}

/// Whose it is, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    pub areas: BTreeMap<Level, Unit>,
    pub owner: Owner,
    pub co_owner: Option<Owner>,
    pub ladder: Ladder,
    /// Nobody's yet: the owner is the desk that decides.
    pub triage: bool,
    pub because: Vec<Because>,
}

impl Assignment {
    /// Somebody who should have had it is not there: the dispatcher is told.
    pub fn lacks_people(&self) -> bool {
        self.because.iter().any(|why| matches!(why, Because::Nobody { .. }))
    }
}

/// Finds the owner.
pub fn assign(office: &Office<'_>, wanted: &Wanted<'_>) -> Assignment {
    let areas = areas_at(office.map, wanted.place);
    let mut because = Vec::new();
    let mut people = People { office, at: wanted.at, because: &mut because };
    let unit = start(&mut people, wanted, &areas);
    let (triage, owner) = match &unit {
        Some((level, unit)) => (false, people.owner(*level, unit, &areas)),
        None => {
            people.because.push(Because::Outside);
            (true, desk(&areas, Level::Town))
        }
    };
    let by_place = |unit: &Unit| areas.get(&Level::Grid) == Some(unit);
    let uncertain = unit.as_ref().is_none_or(|(_, unit)| by_place(unit));
    let co_owner = if uncertain { co_owner(&mut people, wanted, &areas) } else { None };
    let ladder = ladder(office, wanted.at, &areas);
    Assignment { areas, owner, co_owner, ladder, triage, because }
}

/// Who owns a case on each level there, as things are now.
pub fn ladder(office: &Office<'_>, at: DateTime<Utc>, areas: &BTreeMap<Level, Unit>) -> Ladder {
    let owner = |(level, unit): (&Level, &Unit)| {
        let found = office.staff.first(office.map, unit, &office.routing.roles, at);
        (*level, Owner { level: *level, unit: Some(unit.clone()), worker: found.map(|f| f.name) })
    };
    areas.iter().map(owner).collect()
}

/// The areas that hold the place.
pub fn areas_at(map: &Snapshot, place: LonLat) -> BTreeMap<Level, Unit> {
    let unit = |level: Level| {
        let area = map.area_at(level.layer(), place)?;
        Some((level, unit_of(map.layer(level.layer())?.0, &area.feature)?))
    };
    Level::ALL.iter().filter_map(|level| unit(*level)).collect()
}

/// The feature of a unit; `None` when the map does not have it any more.
pub fn feature_of<'m>(map: &'m Snapshot, unit: &Unit) -> Option<&'m Arc<Feature>> {
    let layer = unit.layer.as_str();
    if let Some(area) = map.area_with_code(layer, &unit.code.0) {
        return Some(&area.feature);
    }
    let (entry, data) = map.layer(layer)?;
    data.features.values().find(|f| f.code(&entry.layer) == Some(unit.code.0.as_str()))
}

/// The feature as a unit; `None` without a code.
pub fn unit_of(entry: &CatalogueEntry, feature: &Feature) -> Option<Unit> {
    let code = AreaCode(feature.code(&entry.layer)?.to_owned());
    Some(Unit { layer: entry.layer.id.clone(), code, name: feature.name(&entry.layer).map(str::to_owned) })
}

struct People<'a, 'o> {
    office: &'a Office<'o>,
    at: DateTime<Utc>,
    because: &'a mut Vec<Because>,
}

/// The level and the unit that the case begins with: by the first rule, else by category and place.
/// `None` where there is none.
fn start(people: &mut People<'_, '_>, wanted: &Wanted<'_>, areas: &BTreeMap<Level, Unit>) -> Option<(Level, Unit)> {
    let office = people.office;
    let (group, _) = office.categories.iter().find(|(_, c)| c.id == wanted.category.id)?;
    let rule = office.routing.first(office.map, wanted.place, (&group.id, wanted.category));
    let named = rule.map(|(rule, routed)| {
        let found = match routed {
            Routed::Level(level) => areas.get(&level).map(|unit| (level, unit.clone())),
            Routed::Feature { layer, feature } => {
                let entry = office.map.catalogue.get(layer.as_str());
                entry.and_then(|entry| unit_of(entry, &feature)).map(|unit| (Level::Grid, unit))
            }
        };
        let (id, title) = (rule.id.clone(), rule.title.clone());
        people.because.push(Because::Rule { rule: id, title, unit: found.as_ref().map(|(_, unit)| unit.clone()) });
        found
    });
    named.unwrap_or_else(|| {
        let level = wanted.category.level;
        if level > Level::Grid {
            people.because.push(Because::Category { level });
        }
        let unit = areas.get(&level)?.clone();
        people.because.push(Because::Place { unit: unit.clone() });
        Some((level, unit))
    })
}

impl People<'_, '_> {
    /// Somebody of the unit. `None`: nobody is there.
    fn of(&mut self, level: Level, unit: &Unit) -> Option<Owner> {
        let owner = |worker| Some(Owner { level, unit: Some(unit.clone()), worker });
        match self.office.staff.first(self.office.map, unit, &self.office.routing.roles, self.at) {
            Some(Found { name, instead_of }) => {
                let stand_in = |absent| Because::StandIn { absent, stand_in: name.clone() };
                self.because.extend(instead_of.map(stand_in));
                owner(Some(name))
            }
            None => self.office.staff.has_desk(unit).then(|| owner(None)).flatten(),
        }
    }

    /// Somebody of the unit; else of the areas above it, at last the town's desk.
    fn owner(&mut self, level: Level, unit: &Unit, areas: &BTreeMap<Level, Unit>) -> Owner {
        // A zone or street section without people is looked after by the grid below it.
        let below = areas.get(&level).filter(|area| *area != unit).map(|area| (level, area));
        let above = level.above().filter(|above| *above <= Level::Town);
        let above = above.filter_map(|above| Some((above, areas.get(&above)?)));
        for (level, unit) in std::iter::once((level, unit)).chain(below).chain(above) {
            if let Some(owner) = self.of(level, unit) {
                return owner;
            }
            self.because.push(Because::Nobody { unit: unit.clone() });
        }
        desk(areas, level.max(Level::Town))
    }
}

/// The desk of that level; of the next one that there is above it; of a narrower one at last.
fn desk(areas: &BTreeMap<Level, Unit>, level: Level) -> Owner {
    let unit = areas.range(level..).next().or_else(|| areas.range(..level).next_back());
    match unit {
        Some((level, unit)) => Owner { level: *level, unit: Some(unit.clone()), worker: None },
        None => Owner { level: Level::District, unit: None, worker: None },
    }
}

/// The nearest other grid that the place may lie in.
fn co_owner(people: &mut People<'_, '_>, wanted: &Wanted<'_>, areas: &BTreeMap<Level, Unit>) -> Option<Owner> {
    let office = people.office;
    let radius = Metres(wanted.accuracy?.0.min(office.routing.co_owner_within_m));
    let (entry, _) = office.map.layer(Level::Grid.layer())?;
    let near = office.map.areas_near(Level::Grid.layer(), wanted.place, radius);
    let others = near.into_iter().filter_map(|(area, metres)| Some((unit_of(entry, &area.feature)?, metres)));
    let others = others.filter(|(unit, _)| areas.get(&Level::Grid) != Some(unit));
    // By code already: the first of equals stays.
    let (unit, metres) = others.min_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    let metres = (metres.0 * 10.0).round() / 10.0;
    people.because.push(Because::Near { unit: unit.clone(), metres });
    let worker = office.staff.first(office.map, &unit, &office.routing.roles, people.at).map(|found| found.name);
    Some(Owner { level: Level::Grid, unit: Some(unit), worker })
}
