//! What it would take to bring a place inside.

use super::{ExplainQuery, Explanation};
use crate::geometry::{LonLat, Metres, Seconds};
use crate::planning::Extent;
use crate::walk::profile::FASTEST_M_S;
use crate::walk::{BarrierKind, Network, ReachQuery, shortest_link};

/// Longer new paths are not proposed.
pub const LONGEST_LINK: Metres = Metres(200.0);
/// A link shorter than this is no path to build but something to open: a gate, a kerb.
const OPENING: Metres = Metres(0.5);

/// A remedy: each alone brings the place inside.
#[derive(Debug, Clone, PartialEq)]
pub enum Remedy {
    MoreMinutes(u32),
    MoreMetres(u32),
    /// Metres a second.
    Faster(f64),
    /// The shortest new path.
    Link {
        line: [LonLat; 2],
        length: Metres,
        walk: Seconds,
        crosses: Option<BarrierKind>,
    },
    /// Streets come together here and nobody may pass.
    Open {
        at: LonLat,
        walk: Seconds,
    },
}

pub(super) fn remedies(network: &Network, query: &ExplainQuery<'_>, found: &Explanation) -> Vec<Remedy> {
    let mut remedies = Vec::new();
    if let Some(route) = &found.route {
        let metres = route.walk.0 * query.profile.speed_m_s;
        match query.extent {
            Extent::Minutes(_) => remedies.push(Remedy::MoreMinutes(route.walk.whole().div_ceil(60))),
            Extent::Metres(_) => remedies.push(Remedy::MoreMetres((metres - 1e-4).ceil() as u32)),
        }
        let speed = (metres / query.extent.budget(query.profile).0 * 100.0 - 1e-6).ceil() / 100.0;
        let by_time = matches!(query.extent, Extent::Minutes(_));
        remedies.extend((by_time && speed <= FASTEST_M_S).then_some(Remedy::Faster(speed)));
    }
    remedies.extend(link(network, query));
    remedies
}

fn link(network: &Network, query: &ExplainQuery<'_>) -> Option<Remedy> {
    let ExplainQuery { profile, direction, .. } = *query;
    let budget = query.extent.budget(profile);
    let near = network.reach(&ReachQuery { origin: query.origin, profile, direction, budget }).ok()?;
    let direction = direction.opposite();
    let far = network.reach(&ReachQuery { origin: query.to, profile, direction, budget }).ok()?;
    let link = shortest_link(&near, &far, LONGEST_LINK)?;
    if link.length < OPENING {
        return Some(Remedy::Open { at: link.from, walk: link.walk });
    }
    let crosses = network.crossings(link.from, link.to).first().map(|c| c.kind);
    Some(Remedy::Link { line: [link.from, link.to], length: link.length, walk: link.walk, crosses })
}
