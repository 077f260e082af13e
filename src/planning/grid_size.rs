//! Are the grids the right size? One grid for about every 300 households is the rule of Jiangyin;
//! households are those of the buildings inside, not those that somebody wrote on the grid.

use super::coverage::{Count, Groups};
use super::scope::Scope;
use crate::atlas::{AreaRef, Snapshot};

/// How many households a grid should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeRule {
    pub target: u32,
    /// With fewer it is too small.
    pub least: u32,
    /// With more it is too large.
    pub most: u32,
}

impl SizeRule {
    /// About 300, give or take a half.
    pub const ABOUT_300: Self = Self { target: 300, least: 150, most: 450 };

    fn fit(self, households: u64) -> Fit {
        if households < u64::from(self.least) {
            Fit::Under
        } else if households > u64::from(self.most) {
            Fit::Over
        } else {
            Fit::Right
        }
    }
}

/// Whether a grid is of the right size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    Under,
    Right,
    Over,
}

/// One grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridSize {
    pub area: AreaRef,
    pub count: Count,
    pub fit: Fit,
    /// Into how many it could be split, each about the target; 1 when it is not too large.
    pub parts: u64,
}

/// All grids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridSizes {
    /// Lowest code first.
    pub grids: Vec<GridSize>,
    /// Buildings outside every grid.
    pub outside: Count,
}

/// The size of each area of a level.
pub fn grid_sizes(snapshot: &Snapshot, groups: &Groups, rule: SizeRule, scope: &Scope) -> GridSizes {
    let mut counts = vec![Count::default(); groups.areas.len()];
    let mut outside = Count::default();
    for home in scope.of(snapshot.homes.len()) {
        let count = groups.of(home).map_or(&mut outside, |area| &mut counts[area]);
        *count += Count { households: u64::from(snapshot.homes[home].households), buildings: 1 };
    }
    let grid = |(area, count): (&AreaRef, Count)| {
        let fit = rule.fit(count.households);
        let target = u64::from(rule.target.max(1));
        let parts = if fit == Fit::Over { ((count.households + target / 2) / target).max(2) } else { 1 };
        GridSize { area: area.clone(), count, fit, parts }
    };
    GridSizes { grids: groups.areas.iter().zip(counts).map(grid).collect(), outside }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::Scope;
    use crate::planning::testing::{building, spot, town};

    #[test]
    fn grids_are_under_right_or_over_by_the_households_of_their_buildings() {
        let mut parts = town(41, 12, 0, 0);
        // The first three grids are 240 m wide and lie side by side.
        for (i, (grid, households)) in
            [(0, 149), (1, 150), (1, 300), (2, 400), (2, 500), (9, 5)].into_iter().enumerate()
        {
            let at = spot(f64::from(grid) * 240.0 + 100.0, 100.0);
            parts.layer("building").push(building(i as i64 + 1, at, households));
        }
        let map = parts.snapshot();
        let sizes = grid_sizes(&map, &Groups::new(&map, "grid"), SizeRule::ABOUT_300, &Scope::All);
        let found: Vec<(u64, Fit, u64)> = sizes.grids.iter().map(|g| (g.count.households, g.fit, g.parts)).collect();
        assert_eq!(found[..4], [(149, Fit::Under, 1), (450, Fit::Right, 1), (900, Fit::Over, 3), (0, Fit::Under, 1)]);
        assert_eq!(sizes.outside, Count { households: 5, buildings: 1 });
    }
}
