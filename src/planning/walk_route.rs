//! The walk from one point to another.

use super::error::{LONGEST_WALK, WalkError, network};
use crate::atlas::Snapshot;
use crate::geometry::{LonLat, Seconds, ground_distance};
use crate::walk::{Direction, Network, OutsideNetwork, Profile, ReachQuery, Route};

/// The quickest walk.
pub fn walk_route(snapshot: &Snapshot, from: LonLat, to: LonLat, profile: &Profile) -> Result<Route, WalkError> {
    let direct = ground_distance(from, to).0 / profile.speed_m_s;
    let likely = Seconds(direct * 1.5 + 600.0);
    let search = ReachQuery { origin: from, profile, direction: Direction::From, budget: likely };
    quickest(network(snapshot)?, &search, to, LONGEST_WALK)?.ok_or(WalkError::NoWay)
}

/// The quickest walk no longer than `longest`. Looks as far as the search says first, then wider
/// and wider, so that a short walk costs a short search.
pub(super) fn quickest(
    network: &Network,
    search: &ReachQuery<'_>,
    to: LonLat,
    longest: Seconds,
) -> Result<Option<Route>, OutsideNetwork> {
    // The other end must stand on the network too, and says so by its own distance.
    let direction = search.direction.opposite();
    network.reach(&ReachQuery { origin: to, direction, budget: Seconds(0.0), ..*search })?;
    let mut budget = Seconds(search.budget.0.min(longest.0));
    loop {
        if let Some(route) = network.reach(&ReachQuery { budget, ..*search })?.route(to) {
            return Ok(Some(route));
        }
        if budget.0 >= longest.0 {
            return Ok(None);
        }
        budget = Seconds((budget.0 * 4.0).min(longest.0));
    }
}
