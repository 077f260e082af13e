//! How a case is to be found: when the clock has to look, how urgent it is, where else it is seen.

use super::Office;
use crate::atlas::Ident;
use crate::dispatch::assign::{areas_at, feature_of};
use crate::dispatch::workflow::next_due;
use crate::dispatch::{Case, Ladder, Stage};
use crate::geometry::LonLat;
use crate::store::issues::{Codes, Filing};
use chrono::{DateTime, Utc};
use geo::InteriorPoint;

impl Office {
    pub fn filing(&self, case: &Case) -> Filing {
        let nobody = Ladder::new();
        let ground = self.ground(&nobody);
        let dues = case.watches.iter().filter_map(|watch| watch.due_at(&self.calendar));
        let over = case.state.is_over();
        let late = case.tally.missed_at.is_some() || case.watches.iter().any(|watch| watch.missed);
        let missed = !over && late;
        Filing {
            group: self.group(&case.category),
            next_due: next_due(case, &ground).map(|due| due.at),
            urgent_at: dues.chain(case.suspended_until).min().unwrap_or(FAR),
            promised_at: case.watch(Stage::Promise).and_then(|watch| watch.due_at(&self.calendar)),
            warned: !over && !missed && case.watches.iter().any(|watch| watch.warned),
            missed,
            also: self.also(case),
        }
    }

    /// The group of a category; of one that is not known any more, itself.
    pub fn group(&self, category: &Ident) -> Ident {
        let found = self.categories.iter().find(|(_, c)| c.id == *category);
        found.map_or_else(|| category.clone(), |(group, _)| group.id.clone())
    }

    /// The areas of the owner's unit, as far as they are not the place's own.
    pub(super) fn also(&self, case: &Case) -> Codes {
        let Some(unit) = case.owner.unit.as_ref().filter(|unit| !case.areas.values().any(|area| area == *unit)) else {
            return Codes::default();
        };
        let point = feature_of(&self.map, unit).and_then(|feature| feature.geometry.interior_point());
        let Some(at) = point.and_then(|point| LonLat::try_from(point.0).ok()) else { return Codes::default() };
        let mut areas = areas_at(&self.map, at);
        areas.retain(|level, _| *level >= case.owner.level);
        let codes = areas.into_iter().map(|(level, area)| (level, area.code)).collect();
        Codes(codes).without(&Codes::of(case))
    }
}

/// Nothing is waited for: after everything else.
const FAR: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(at) => at,
    None => DateTime::<Utc>::MAX_UTC,
};
