//! Why a place is inside or outside a life circle, and what it would take to bring it in. Read
//! off the same field as the circle, so that the two agree.

mod reasons;
mod remedies;
#[cfg(test)]
mod tests;

pub use reasons::{End, Reason};
pub use remedies::{LONGEST_LINK, Remedy};

use super::error::{LONGEST_WALK, WalkError, network};
use super::extent::Extent;
use super::walk_route::quickest;
use crate::atlas::Snapshot;
use crate::geometry::{LonLat, Metres, Seconds, ground_distance};
use crate::walk::{Direction, Network, OutsideNetwork, Profile, ReachQuery, Route};

/// What to explain.
#[derive(Debug, Clone, Copy)]
pub struct ExplainQuery<'q> {
    /// The middle of the circle.
    pub origin: LonLat,
    /// The place that is or is not in it.
    pub to: LonLat,
    pub extent: Extent,
    pub profile: &'q Profile,
    pub direction: Direction,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    pub inside: bool,
    /// The quickest walk, in walking order; `None` when there is none.
    pub route: Option<Route>,
    /// The straight line.
    pub line: Metres,
    /// How much longer the walk takes than it may.
    pub over: Option<Seconds>,
    /// Distance from the origin to the network, and from the place.
    pub snap: [Result<Metres, OutsideNetwork>; 2],
    /// Why it is outside, most telling first; empty when it is inside.
    pub reasons: Vec<Reason>,
    /// What would bring it inside.
    pub remedies: Vec<Remedy>,
}

/// Explains on the snapshot's network.
pub fn explain(snapshot: &Snapshot, query: &ExplainQuery<'_>) -> Result<Explanation, WalkError> {
    Ok(explain_on(network(snapshot)?, query))
}

fn explain_on(network: &Network, query: &ExplainQuery<'_>) -> Explanation {
    let budget = query.extent.budget(query.profile);
    let route = query.quickest(network, LONGEST_WALK);
    let inside = route.as_ref().is_some_and(|r| query.extent.admits(r.walk, query.profile));
    let mut found = Explanation {
        inside,
        over: route.as_ref().filter(|_| !inside).map(|r| Seconds(r.walk.0 - budget.0)),
        route,
        line: ground_distance(query.origin, query.to),
        snap: [(query.origin, query.direction), (query.to, query.direction.opposite())]
            .map(|(at, direction)| query.snap(network, at, direction)),
        reasons: Vec::new(),
        remedies: Vec::new(),
    };
    if !inside {
        found.reasons = reasons::reasons(network, query, &found);
        found.remedies = remedies::remedies(network, query, &found);
    }
    found
}

impl ExplainQuery<'_> {
    /// The quickest walk no longer than `longest`.
    fn quickest(&self, network: &Network, longest: Seconds) -> Option<Route> {
        let Self { origin, to, profile, direction, .. } = *self;
        let direct = ground_distance(origin, to).0 / profile.speed_m_s;
        let budget = Seconds(self.extent.budget(profile).0.max(direct * 1.5));
        quickest(network, &ReachQuery { origin, profile, direction, budget }, to, longest).ok().flatten()
    }

    fn snap(&self, network: &Network, at: LonLat, direction: Direction) -> Result<Metres, OutsideNetwork> {
        let search = ReachQuery { origin: at, profile: self.profile, direction, budget: Seconds(0.0) };
        network.reach(&search).map(|reach| reach.snap())
    }
}
