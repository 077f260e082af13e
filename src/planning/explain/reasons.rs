//! Why a place is outside.

use super::{ExplainQuery, Explanation};
use crate::geometry::{LonLat, Metres, Seconds};
use crate::planning::error::LONGEST_WALK;
use crate::walk::{BarrierKind, Direction, Ground, Network, Profile, Route};

/// An end of the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Origin,
    Place,
}

/// A reason.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// One end is too far from any street that this walker may use, or something lies between.
    OutsideNetwork { end: End, distance: Option<Metres>, blocked: bool },
    /// No streets join the two.
    NoWay,
    /// Even a straight street would be too long.
    TooFar { straight: Seconds },
    /// The way is much longer than the line.
    Detour { ratio: f64 },
    /// What the straight line crosses, in walking order, each kind once; where it does first.
    Barrier { kinds: Vec<BarrierKind>, at: LonLat },
    /// Stairs that this walker cannot use are in the way of the adult, who takes `adult`.
    Steps { adult: Seconds },
    /// So are ways too narrow, steep, rough or high-kerbed for this walker.
    ClosedWay { adult: Seconds },
    /// The other way round it is nearer.
    OneWay { back: Seconds },
    /// Nothing special: the streets are that long.
    Streets,
}

/// From this ratio of way and line on it is a detour.
const DETOUR: f64 = 1.6;
/// Another walk that takes no more than this share of the time is worth telling.
const MUCH_SHORTER: f64 = 0.8;

pub(super) fn reasons(network: &Network, query: &ExplainQuery<'_>, found: &Explanation) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let closed = closed(network, query, found);
    // A place that others reach lies on the network: what is near is closed to this walker.
    if closed.is_none() {
        let ends = [End::Origin, End::Place].into_iter().zip(found.snap);
        reasons.extend(ends.filter_map(|(end, snap)| {
            let outside = snap.err()?;
            let blocked = matches!(outside, crate::walk::OutsideNetwork::Blocked(_));
            Some(Reason::OutsideNetwork { end, distance: outside.distance(), blocked })
        }));
    }
    let on_network = found.snap.iter().all(Result::is_ok);
    if on_network && found.route.is_none() {
        reasons.push(Reason::NoWay);
    }
    let straight = Seconds(found.line.0 / query.profile.speed_m_s);
    if !query.extent.admits(straight, query.profile) {
        reasons.push(Reason::TooFar { straight });
    }
    let ratio = found.route.as_ref().map(|r| r.distance.0 / found.line.0.max(1.0));
    reasons.extend(ratio.filter(|r| *r > DETOUR).map(|ratio| Reason::Detour { ratio }));
    if ratio.is_none_or(|r| r > DETOUR) {
        reasons.extend(barrier(network, query));
    }
    reasons.extend(closed);
    reasons.extend(one_way(network, query, found));
    if reasons.is_empty() {
        reasons.push(Reason::Streets);
    }
    reasons
}

fn barrier(network: &Network, query: &ExplainQuery<'_>) -> Option<Reason> {
    let (start, end) = match query.direction {
        Direction::From => (query.origin, query.to),
        Direction::To => (query.to, query.origin),
    };
    let crossings = network.crossings(start, end);
    let at = crossings.first()?.at;
    let mut kinds: Vec<BarrierKind> = Vec::new();
    for crossing in crossings {
        if !kinds.contains(&crossing.kind) {
            kinds.push(crossing.kind);
        }
    }
    Some(Reason::Barrier { kinds, at })
}

/// What somebody who may use every footway would do at this walker's speed.
fn closed(network: &Network, query: &ExplainQuery<'_>, found: &Explanation) -> Option<Reason> {
    let adult = Profile::all().first().filter(|a| a.id != query.profile.id)?;
    let same_speed = adult.with_speed(query.profile.speed_m_s);
    let open = ExplainQuery { profile: &same_speed, ..*query }.worth_telling(network, query, found)?;
    let adult = Seconds(open.walk.0 * same_speed.speed_m_s / adult.speed_m_s);
    let stairs = !query.profile.steps && open.steps.iter().any(|s| s.ground == Ground::Stairs);
    Some(if stairs { Reason::Steps { adult } } else { Reason::ClosedWay { adult } })
}

fn one_way(network: &Network, query: &ExplainQuery<'_>, found: &Explanation) -> Option<Reason> {
    let back = ExplainQuery { direction: query.direction.opposite(), ..*query };
    back.worth_telling(network, query, found).map(|route| Reason::OneWay { back: route.walk })
}

impl ExplainQuery<'_> {
    /// The quickest walk of this other question, when it is inside or much shorter.
    fn worth_telling(&self, network: &Network, asked: &ExplainQuery<'_>, found: &Explanation) -> Option<Route> {
        let limit = found.route.as_ref().map_or(LONGEST_WALK, |r| Seconds(r.walk.0));
        let other = self.quickest(network, limit)?;
        let shorter = found.route.as_ref().is_none_or(|r| other.walk.0 <= r.walk.0 * MUCH_SHORTER);
        (shorter || asked.extent.admits(other.walk, asked.profile)).then_some(other)
    }
}
