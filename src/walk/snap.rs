//! A position meets the network: every segment it can walk to in a straight line, and over which
//! part. The origin of a search and the far end of the field use the same sight.

use super::approach::{Approach, Interval, visible_parts};
use super::doorstep::{Memo, Part};
use super::index::SegmentId;
use super::network::Network;
use super::profile::OFF_NETWORK_LIMIT_M;
use crate::geometry::{LonLat, Metres, Xy};

/// A bridge or tunnel is as wide as this to each side; nobody steps off it farther away.
const DECK_HALF_WIDTH_M: f64 = 15.0;

/// One part of a segment that a position sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Contact {
    pub segment: SegmentId,
    pub edge: u32,
    pub approach: Approach,
    pub visible: Interval,
}

/// Segments and barriers near some positions, each once.
pub(super) struct Surroundings {
    pub segments: Vec<SegmentId>,
    pub barriers: Vec<[Xy; 2]>,
}

impl Contact {
    /// A doorstep with a part of a segment that it sees.
    pub fn new(network: &Network, memo: &Memo, part: &Part) -> Self {
        let approach = Approach::new(memo.p, network.segment(part.segment), memo.k);
        let edge = network.index.edge_of[part.segment as usize];
        Self { segment: part.segment, edge, approach, visible: part.visible }
    }
}

impl Network {
    pub(super) fn segment(&self, id: SegmentId) -> [Xy; 2] {
        [self.graph.vertices[id as usize], self.graph.vertices[id as usize + 1]]
    }

    /// How far off the network positions are served from a segment, in metres.
    pub(super) fn off_network_limit(&self, segment: SegmentId) -> f64 {
        if self.index.enclosed[segment as usize] { DECK_HALF_WIDTH_M } else { OFF_NETWORK_LIMIT_M }
    }

    /// Whether a barrier may lie within the off-network limit.
    pub(super) fn near_barrier(&self, p: Xy) -> bool {
        self.index.cell_at(p).is_some_and(|cell| self.index.near_barrier[cell])
    }

    /// Barrier lines no farther than the off-network limit, each once.
    pub(super) fn barriers_near(&self, p: Xy) -> Vec<[Xy; 2]> {
        if !self.near_barrier(p) {
            return Vec::new();
        }
        let mut ids = Vec::new();
        self.index.cells_near(p, self.sight(p), |cell, _| ids.extend_from_slice(self.index.barriers(cell)));
        self.barriers_of(ids)
    }

    /// Whether the straight line between a position and a place of the network keeps clear of every
    /// barrier. Says no where they come within a hair of each other: [`visible_parts`] decides then.
    pub(super) fn in_sight(&self, p: Xy, place: Xy) -> bool {
        let low = Xy { x: p.x.min(place.x), y: p.y.min(place.y) };
        let high = Xy { x: p.x.max(place.x), y: p.y.max(place.y) };
        let keeps = |b: &u32| keeps_clear(p, place, self.graph.barriers[*b as usize]);
        self.index.all_in_box(low, high, |cell| self.index.barriers(cell).iter().all(keeps))
    }

    /// What positions no farther than `radius` plane metres from `middle` may see, and what may hide
    /// it.
    pub(super) fn surroundings(&self, middle: Xy, radius: f64) -> Surroundings {
        let radius = radius + self.sight(middle);
        let (mut segments, mut barriers) = (Vec::new(), Vec::new());
        self.index.cells_near(middle, radius, |cell, _| {
            segments.extend_from_slice(self.index.segments(cell));
            barriers.extend_from_slice(self.index.barriers(cell));
        });
        segments.sort_unstable();
        segments.dedup();
        Surroundings { segments, barriers: self.barriers_of(barriers) }
    }

    /// The off-network limit in metres of the grid: plane metres, which are up to 1/k true ones.
    fn sight(&self, p: Xy) -> f64 {
        OFF_NETWORK_LIMIT_M / self.graph.plane.east_scale(p.y).min(1.0)
    }

    /// The barriers of these numbers, each once.
    fn barriers_of(&self, mut ids: Vec<u32>) -> Vec<[Xy; 2]> {
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(|i| self.graph.barriers[i as usize]).collect()
    }

    /// Everything of the network that `p` can walk to in a straight line.
    pub(super) fn contacts(&self, p: Xy) -> Vec<Contact> {
        let k = self.graph.plane.east_scale(p.y);
        let around = self.surroundings(p, 0.0);
        let barriers = if self.near_barrier(p) { around.barriers.as_slice() } else { &[] };
        let mut contacts = Vec::new();
        for &segment in &around.segments {
            let edge = self.index.edge_of[segment as usize];
            let line = self.segment(segment);
            let approach = Approach::new(p, line, k);
            let Some(within) = approach.within(self.off_network_limit(segment)) else { continue };
            let parts = if barriers.is_empty() { vec![within] } else { visible_parts(p, line, k, within, barriers) };
            contacts.extend(parts.into_iter().map(|visible| Contact { segment, edge, approach, visible }));
        }
        contacts
    }

    /// Distance to the nearest part of the network, whether or not something lies between; looks
    /// no farther than 20 km.
    pub(super) fn nearest_distance(&self, position: LonLat) -> Option<Metres> {
        let p = self.graph.plane.to_xy(position);
        let k = self.graph.plane.east_scale(p.y);
        let mut best = f64::INFINITY;
        let mut radius = 250.0;
        while radius <= 20_000.0 && best > radius {
            self.index.cells_near(p, radius, |cell, _| {
                for &s in self.index.segments(cell) {
                    let approach = Approach::new(p, self.segment(s), k);
                    best = best.min(approach.nearest((0.0, approach.length)));
                }
            });
            radius *= 3.0;
        }
        best.is_finite().then_some(Metres(best))
    }
}

/// Whether a barrier lies wholly on one side of the line `pq`, or the line on one side of it.
fn keeps_clear(p: Xy, q: Xy, [c, d]: [Xy; 2]) -> bool {
    let side = |a: Xy, b: Xy, r: Xy| (b.x - a.x) * (r.y - a.y) - (b.y - a.y) * (r.x - a.x);
    let apart = |a: f64, b: f64| (a > NEARLY && b > NEARLY) || (a < -NEARLY && b < -NEARLY);
    apart(side(p, q, c), side(p, q, d)) || apart(side(c, d, p), side(c, d, q))
}

/// Square metres; below this three positions count as on one line.
const NEARLY: f64 = 1e-3;
