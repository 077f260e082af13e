//! Two coverages of the same buildings, set side by side: who gains and who loses.

use crate::atlas::AreaRef;
use crate::geometry::Seconds;
use crate::planning::coverage::{Count, Coverage, Groups};
use crate::planning::extent::Extent;
use crate::planning::scope::Scope;

/// What changes for some buildings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    /// Covered after and not before.
    pub gained: Count,
    /// Covered before and not after.
    pub lost: Count,
}

/// What changes in an area.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaChange {
    pub area: AreaRef,
    pub change: Change,
}

/// A building whose walk changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HomeChange {
    pub home: usize,
    pub before: Option<Seconds>,
    pub after: Option<Seconds>,
}

/// What changes for everybody.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    pub whole: Change,
    /// Every area, lowest code first.
    pub areas: Vec<AreaChange>,
    pub outside: Change,
    /// Buildings whose walk is another, by number.
    pub homes: Vec<HomeChange>,
    /// Households times seconds of walking saved; walks longer than the extent count as that.
    pub saved_s: f64,
}

/// How a building's walk changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// Covered after and not before.
    Gained,
    /// Covered before and not after.
    Lost,
    Nearer,
    Farther,
}

/// How the walk of a building changes; `None` when it is the same.
pub fn shift(before: &Coverage, after: &Coverage, home: usize, within: Extent) -> Option<Shift> {
    let seconds = |coverage: &Coverage| coverage.walk(home).unwrap_or(Seconds::NEVER).0;
    let (old, new) = (seconds(before), seconds(after));
    match (before.covers(home, within), after.covers(home, within)) {
        (false, true) => Some(Shift::Gained),
        (true, false) => Some(Shift::Lost),
        // Both may have no end.
        _ if old == new || (old - new).abs() <= SAME_S => None,
        _ if new < old => Some(Shift::Nearer),
        _ => Some(Shift::Farther),
    }
}

/// Walks that differ by less are the same: costs are whole millimetres.
const SAME_S: f64 = 5e-3;

/// Compares the coverage of a scenario with that of now. Both must be of the same buildings.
pub fn compare(before: &Coverage, after: &Coverage, groups: &Groups, within: Extent, scope: &Scope) -> Comparison {
    let mut areas = vec![Change::default(); groups.areas.len()];
    let (mut outside, mut whole) = (Change::default(), Change::default());
    let (mut homes, mut saved_s) = (Vec::new(), 0.0);
    let longest = within.budget(&before.profile).0;
    for home in scope.of(before.homes.len().min(after.homes.len())) {
        let households = before.homes[home].households;
        let Some(shift) = shift(before, after, home, within) else { continue };
        let seconds = |coverage: &Coverage| coverage.walk(home).unwrap_or(Seconds::NEVER).0.min(longest);
        homes.push(HomeChange { home, before: before.walk(home), after: after.walk(home) });
        saved_s += f64::from(households) * (seconds(before) - seconds(after));
        let one = Count { households: u64::from(households), buildings: 1 };
        let area = groups.of(home).map_or(&mut outside, |area| &mut areas[area]);
        for change in [area, &mut whole] {
            match shift {
                Shift::Gained => change.gained += one,
                Shift::Lost => change.lost += one,
                Shift::Nearer | Shift::Farther => {}
            }
        }
    }
    let areas = groups.areas.iter().cloned().zip(areas).map(|(area, change)| AreaChange { area, change });
    Comparison { whole, areas: areas.collect(), outside, homes, saved_s }
}
