//! Who has what within reach: for every building the walk to the nearest place of a kind, or the two nearest,
//! from one search over the whole network. Covered households, gaps and fragility are all read off
//! these walks, so their sums agree. Knows no store and no clock.

mod fragile;
mod hours;
mod tally;
#[cfg(test)]
mod tests;

pub use fragile::{Dependent, dependents};
pub use hours::{Hour, by_hour};
pub use tally::{AreaTally, Count, Groups, GroupsTally, Tally};

use super::error::{LONGEST_WALK, WalkError, network};
use super::extent::Extent;
use super::nearest::Wanted;
use super::scope::Scope;
use crate::atlas::doors::Kind;
use crate::atlas::facility::{Facility, Home};
use crate::atlas::{Ident, Snapshot};
use crate::geometry::Seconds;
use crate::walk::{ClosestQuery, Direction, Doorstep, Network, Profile};
use chrono::{DateTime, Utc};
use rayon::prelude::*;
use std::sync::Arc;

/// When places must be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Opening {
    pub at: DateTime<Utc>,
    /// Whether places of unknown hours count as open.
    pub unknown: bool,
}

/// What to ask.
#[derive(Debug, Clone)]
pub struct CoverageQuery<'q> {
    pub wanted: Wanted,
    pub profile: &'q Profile,
    /// [`Direction::To`]: people walk to the places.
    pub direction: Direction,
    pub opening: Option<Opening>,
    /// Longer walks are not looked for.
    pub longest: Seconds,
}

impl<'q> CoverageQuery<'q> {
    /// Walks to the places of a category, at any hour, however long.
    pub fn of(category: Ident, profile: &'q Profile) -> Self {
        let wanted = Wanted::Category(category);
        Self { wanted, profile, direction: Direction::To, opening: None, longest: LONGEST_WALK }
    }
}

/// A place within reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Served {
    pub walk: Seconds,
    /// Its number in [`Coverage::sites`].
    pub site: usize,
}

/// The answer: of each building the nearest place, or the `K` nearest ones.
#[derive(Debug, Clone)]
pub struct Coverage<const K: usize = 1> {
    pub profile: Profile,
    /// The places that count, in order of layer and id.
    pub sites: Vec<Arc<Facility>>,
    /// Every building, as the snapshot numbers them.
    pub homes: Arc<Vec<Home>>,
    /// Of each building, the nearest first.
    pub nearest: Vec<[Option<Served>; K]>,
}

/// The walks from all buildings to the nearest places, or from those.
pub fn coverage(snapshot: &Snapshot, query: &CoverageQuery<'_>) -> Result<Coverage, WalkError> {
    nearest(snapshot, query)
}

/// The walks to the two nearest places: what it takes to see who depends on one.
pub fn coverage_by_two(snapshot: &Snapshot, query: &CoverageQuery<'_>) -> Result<Coverage<2>, WalkError> {
    nearest(snapshot, query)
}

fn nearest<const K: usize>(snapshot: &Snapshot, query: &CoverageQuery<'_>) -> Result<Coverage<K>, WalkError> {
    let network = network(snapshot)?;
    let kind = kind(snapshot, &query.wanted);
    let open = |i: &usize| query.opening.is_none_or(|opening| opening.admits(kind.facility(*i)));
    Ok(over(snapshot, network, query, &kind, kind.all().into_iter().filter(open).collect()))
}

pub(super) fn kind<'s>(snapshot: &'s Snapshot, wanted: &Wanted) -> Kind<'s> {
    match wanted {
        Wanted::Category(id) => snapshot.doors.category(id),
        Wanted::Layer(id) => snapshot.doors.kind(snapshot.facilities_of(id.as_str()).unwrap_or_default()),
    }
}

/// Coverage by these places of the kind.
fn over<const K: usize>(
    snapshot: &Snapshot,
    network: &Network,
    query: &CoverageQuery<'_>,
    kind: &Kind<'_>,
    numbers: Vec<usize>,
) -> Coverage<K> {
    let doors: Vec<&[Doorstep]> = numbers.iter().map(|i| kind.entrances(*i)).collect();
    let search = ClosestQuery { profile: query.profile, direction: query.direction, limit: query.longest };
    let closest = network.closest::<K>(&search, &doors);
    let nearest = |home: usize| {
        let mut found = closest.of(snapshot.doors.home(home)).into_iter().map(|(site, walk)| Served { walk, site });
        std::array::from_fn(|_| found.next())
    };
    Coverage {
        profile: query.profile.clone(),
        sites: numbers.iter().map(|i| Arc::clone(kind.facility(*i))).collect(),
        homes: Arc::clone(&snapshot.homes),
        nearest: (0..snapshot.homes.len()).into_par_iter().map(nearest).collect(),
    }
}

impl Opening {
    pub fn admits(&self, facility: &Facility) -> bool {
        facility.hours.as_ref().and_then(|hours| hours.open_at(&self.at)).unwrap_or(self.unknown)
    }
}

impl<const K: usize> Coverage<K> {
    /// The walk to the nearest place.
    pub fn walk(&self, home: usize) -> Option<Seconds> {
        self.nearest[home][0].map(|served| served.walk)
    }

    pub fn covers(&self, home: usize, within: Extent) -> bool {
        self.walk(home).is_some_and(|walk| within.admits(walk, &self.profile))
    }

    /// Numbers of the buildings with households that lack the place, those farthest from it first
    /// and those that no walk leads to before them.
    pub fn uncovered(&self, within: Extent, scope: &Scope) -> Vec<usize> {
        let lacks = |i: &usize| self.homes[*i].households > 0 && !self.covers(*i, within);
        let mut all: Vec<usize> = scope.of(self.homes.len()).filter(lacks).collect();
        let walk = |i: usize| self.walk(i).unwrap_or(Seconds::NEVER).0;
        all.sort_by(|a, b| walk(*b).total_cmp(&walk(*a)).then(a.cmp(b)));
        all
    }
}
