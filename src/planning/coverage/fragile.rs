//! Fragility: who depends on one place. Whoever has a second place in reach loses nothing when the
//! nearest closes; both are known of every building, so no place has to be closed to find out.

use super::{Count, Coverage};
use crate::planning::extent::Extent;
use crate::planning::scope::Scope;

/// A place, and those who are covered by no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dependent {
    /// Its number in [`Coverage::sites`].
    pub site: usize,
    /// Those for whom it is the nearest.
    pub served: Count,
    /// Those who would lack it: the second nearest is out of reach.
    pub alone: Count,
}

/// Every place with those who depend on it, most households first, then by number.
pub fn dependents(coverage: &Coverage<2>, within: Extent, scope: &Scope) -> Vec<Dependent> {
    let of = |site| Dependent { site, served: Count::default(), alone: Count::default() };
    let mut all: Vec<Dependent> = (0..coverage.sites.len()).map(of).collect();
    for home in scope.of(coverage.homes.len()).filter(|home| coverage.covers(*home, within)) {
        let Some(nearest) = coverage.nearest[home][0] else { continue };
        let one = Count { households: u64::from(coverage.homes[home].households), buildings: 1 };
        all[nearest.site].served += one;
        if coverage.depends(home, within) {
            all[nearest.site].alone += one;
        }
    }
    all.sort_by_key(|d| (std::cmp::Reverse(d.alone.households), d.site));
    all
}

impl Coverage<2> {
    /// Whether a building is covered by one place only.
    pub fn depends(&self, home: usize, within: Extent) -> bool {
        let second = self.nearest[home][1];
        self.covers(home, within) && !second.is_some_and(|served| within.admits(served.walk, &self.profile))
    }
}
