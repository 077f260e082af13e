//! Households and buildings counted by area. A building belongs to one area of a level or to none,
//! as `locate` has it, so the areas and "outside every area" add up to the whole.

use super::Coverage;
use crate::atlas::{AreaRef, CatalogueEntry, Feature, FeatureId, LayerData, Snapshot};
use crate::geometry::LonLat;
use crate::planning::extent::Extent;
use crate::planning::scope::Scope;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::sync::Arc;

/// Some buildings and who lives there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    pub households: u64,
    pub buildings: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.households += other.households;
        self.buildings += other.buildings;
    }
}

/// How many there are, and how many of them are covered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    pub all: Count,
    /// By extent, in the order they were asked in.
    pub covered: Vec<Count>,
}

impl Tally {
    fn empty(extents: usize) -> Self {
        Self { all: Count::default(), covered: vec![Count::default(); extents] }
    }

    /// Of the households, 0 to 1; `None` where nobody lives.
    pub fn share(&self, extent: usize) -> Option<f64> {
        let all = self.all.households;
        (all > 0).then(|| self.covered[extent].households as f64 / all as f64)
    }
}

/// The areas of a level, and which of them each building lies in.
#[derive(Debug, Clone)]
pub struct Groups {
    level: String,
    /// Lowest code first; those without a code last, by id.
    pub areas: Vec<AreaRef>,
    /// By building; `None` outside every area.
    of_home: Vec<Option<u32>>,
    numbers: BTreeMap<FeatureId, u32>,
}

/// One area's figures.
#[derive(Debug, Clone)]
pub struct AreaTally {
    pub area: AreaRef,
    pub tally: Tally,
}

/// The figures of all areas of a level.
#[derive(Debug, Clone)]
pub struct GroupsTally {
    /// Every area, also those where nobody lives; lowest code first.
    pub areas: Vec<AreaTally>,
    /// Buildings outside every area.
    pub outside: Tally,
    pub whole: Tally,
}

impl Groups {
    /// By the areas of a level; a layer that is none has no areas, and all lie outside.
    pub fn new(snapshot: &Snapshot, layer: &str) -> Self {
        let level = snapshot.layer(layer).filter(|(entry, _)| entry.layer.area.is_some());
        let area = |(entry, data): (&CatalogueEntry, &Arc<LayerData>)| -> Vec<AreaRef> {
            let area = |f: &Arc<Feature>| AreaRef::new(&entry.layer, f);
            data.features.values().map(area).collect()
        };
        let mut areas = level.map(area).unwrap_or_default();
        areas.sort_by(|a, b| (a.code.is_none(), &a.code, a.id).cmp(&(b.code.is_none(), &b.code, b.id)));
        let numbers: BTreeMap<FeatureId, u32> = areas.iter().map(|a| a.id).zip(0..).collect();
        let mut groups = Self { level: layer.to_owned(), areas, of_home: Vec::new(), numbers };
        groups.of_home = snapshot.homes.par_iter().map(|home| groups.number(snapshot, home.at)).collect();
        groups
    }

    fn number(&self, snapshot: &Snapshot, at: LonLat) -> Option<u32> {
        self.numbers.get(&snapshot.area_at(&self.level, at)?.feature.id).copied()
    }

    /// Number of the area that a place on the same map lies in.
    pub fn at(&self, snapshot: &Snapshot, at: LonLat) -> Option<usize> {
        self.number(snapshot, at).map(|area| area as usize)
    }

    /// Number of the area that a building lies in.
    pub fn of(&self, home: usize) -> Option<usize> {
        self.of_home[home].map(|area| area as usize)
    }
}

impl<const K: usize> Coverage<K> {
    /// The buildings that count.
    pub fn tally(&self, extents: &[Extent], scope: &Scope) -> Tally {
        self.tally_of(scope.of(self.homes.len()), extents)
    }

    /// These buildings.
    pub fn tally_of(&self, homes: impl IntoIterator<Item = usize>, extents: &[Extent]) -> Tally {
        let mut tally = Tally::empty(extents.len());
        homes.into_iter().for_each(|home| self.add(&mut tally, home, extents));
        tally
    }

    /// The buildings that count, by area.
    pub fn tally_by(&self, groups: &Groups, extents: &[Extent], scope: &Scope) -> GroupsTally {
        let mut tallies = vec![Tally::empty(extents.len()); groups.areas.len()];
        let mut outside = Tally::empty(extents.len());
        for home in scope.of(self.homes.len()) {
            let tally = groups.of(home).map_or(&mut outside, |area| &mut tallies[area]);
            self.add(tally, home, extents);
        }
        let areas = groups.areas.iter().cloned().zip(tallies).map(|(area, tally)| AreaTally { area, tally });
        GroupsTally { areas: areas.collect(), outside, whole: self.tally(extents, scope) }
    }

    fn add(&self, tally: &mut Tally, home: usize, extents: &[Extent]) {
        let one = Count { households: u64::from(self.homes[home].households), buildings: 1 };
        tally.all += one;
        for (covered, extent) in tally.covered.iter_mut().zip(extents) {
            if self.covers(home, *extent) {
                *covered += one;
            }
        }
    }
}
