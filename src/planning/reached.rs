//! What is reached from a point, beyond the polygon: the streets themselves, and the walking time
//! of many points at once.

use super::error::{WalkError, network};
use super::life_circle::LifeCircleQuery;
use crate::atlas::Snapshot;
use crate::geometry::{LonLat, Metres, Seconds};
use crate::walk::{Reach, ReachQuery, StreetPart};
use rayon::prelude::*;

impl LifeCircleQuery<'_> {
    fn levels(&self) -> Vec<Seconds> {
        self.extents.iter().map(|e| e.budget(self.profile)).collect()
    }

    fn reach<'n>(&self, snapshot: &'n Snapshot) -> Result<Reach<'n>, WalkError> {
        let budget = Seconds(self.levels().iter().map(|l| l.0).fold(0.0, f64::max));
        let Self { origin, profile, direction, .. } = *self;
        Ok(network(snapshot)?.reach(&ReachQuery { origin, profile, direction, budget })?)
    }
}

/// The streets that are reached.
#[derive(Debug, Clone)]
pub struct StreetsReached<'n> {
    /// A part's level is the number of its extent in the query.
    pub parts: Vec<StreetPart<'n>>,
    /// Distance from the origin to the network.
    pub snap: Metres,
}

/// Every part of a street within the largest extent.
pub fn streets_reached<'n>(
    snapshot: &'n Snapshot,
    query: &LifeCircleQuery<'_>,
) -> Result<StreetsReached<'n>, WalkError> {
    let reach = query.reach(snapshot)?;
    Ok(StreetsReached { parts: reach.streets(&query.levels()), snap: reach.snap() })
}

/// The walking time of each point; `None` where it is not reached within the largest extent.
#[derive(Debug, Clone)]
pub struct WalkTimes {
    pub times: Vec<Option<Seconds>>,
    pub snap: Metres,
}

/// The walking time of every point that is one.
pub fn walk_times(
    snapshot: &Snapshot,
    query: &LifeCircleQuery<'_>,
    points: &[Option<LonLat>],
) -> Result<WalkTimes, WalkError> {
    let reach = query.reach(snapshot)?;
    let times = points.par_iter().map(|point| point.and_then(|p| reach.time_at(p))).collect();
    Ok(WalkTimes { times, snap: reach.snap() })
}
