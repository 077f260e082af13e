//! The walk from one point to another.

use super::error::{LONGEST_WALK, WalkError, network};
use crate::atlas::Snapshot;
use crate::geometry::{LonLat, Seconds, ground_distance};
use crate::walk::{Direction, Profile, ReachQuery, Route};

/// The quickest walk. Searches wider and wider, so that a short walk costs a short search.
pub fn walk_route(snapshot: &Snapshot, from: LonLat, to: LonLat, profile: &Profile) -> Result<Route, WalkError> {
    let network = network(snapshot)?;
    let direct = ground_distance(from, to).0 / profile.speed_m_s;
    let mut budget = Seconds((direct * 1.5 + 600.0).min(LONGEST_WALK.0));
    // The other end must stand on the network too, and says so by its own distance.
    network.reach(&ReachQuery { origin: to, profile, direction: Direction::To, budget: Seconds(0.0) })?;
    loop {
        let search = ReachQuery { origin: from, profile, direction: Direction::From, budget };
        if let Some(route) = network.reach(&search)?.route(to) {
            return Ok(route);
        }
        if budget.0 >= LONGEST_WALK.0 {
            return Err(WalkError::NoWay);
        }
        budget = Seconds((budget.0 * 4.0).min(LONGEST_WALK.0));
    }
}
