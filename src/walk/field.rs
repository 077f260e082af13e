//! The field: walking time at any position, on or off the network. The one definition that
//! polygons, counts, facilities and snapping share.

use super::approach::{Approach, Interval, OFF_NETWORK_COST, visible_parts};
use super::index::SegmentId;
use super::profile::OFF_NETWORK_LIMIT_M;
use super::reach::Reach;
use super::snap::off_network_limit;
use crate::geometry::{LonLat, Seconds, Xy};

/// How a position is reached best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Touch {
    /// Metres of network walking in all.
    pub cost_m: f64,
    /// Where the network is left.
    pub segment: SegmentId,
    pub s: f64,
    /// Metres off the network from there.
    pub off_m: f64,
    pub by: By,
}

/// From which side a place of a segment is come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// From the segment's first vertex, or from its second.
    First,
    Second,
    /// From the origin, which touches the same segment: the number of the contact.
    Contact(usize),
}

/// What one position shares among all the segments it is compared with.
pub(super) struct Probe {
    pub p: Xy,
    k: f64,
    barriers: Option<Vec<[Xy; 2]>>,
    pub best: Option<Touch>,
    /// Costs above this are of no interest.
    pub limit_m: f64,
}

impl Reach<'_> {
    /// Walking time to a position (from it when the direction is "to"); `None` when it is not
    /// reached within the budget.
    pub fn time_at(&self, position: LonLat) -> Option<Seconds> {
        let p = self.network.graph.plane.to_xy(position);
        self.touch_at(p).map(|touch| self.seconds(touch.cost_m))
    }

    pub(super) fn touch_at(&self, p: Xy) -> Option<Touch> {
        // Rounding noise must not cut off what lies exactly at the budget.
        let mut probe = self.probe(p, self.budget_m + 1e-5);
        let bounds = self.lower_bounds();
        let mut cells = Vec::new();
        let shrink = probe.k.min(1.0);
        self.network.index.cells_near(p, OFF_NETWORK_LIMIT_M / shrink, |cell, distance| {
            let bound = f64::from(bounds[cell]) + OFF_NETWORK_COST * distance * shrink;
            if bound <= probe.limit_m {
                cells.push((bound, cell));
            }
        });
        cells.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (bound, cell) in cells {
            if bound > probe.limit_m {
                break;
            }
            self.compare_cell(&mut probe, cell);
        }
        probe.best
    }

    /// A position to compare with segments; costs above `limit_m` are of no interest.
    pub(super) fn probe(&self, p: Xy, limit_m: f64) -> Probe {
        Probe { p, k: self.network.graph.plane.east_scale(p.y), barriers: None, best: None, limit_m }
    }

    /// Betters the probe by the segments of one cell of the index.
    pub(super) fn compare_cell(&self, probe: &mut Probe, cell: usize) {
        for &segment in self.network.index.segments(cell) {
            self.compare(probe, segment);
        }
    }

    fn compare(&self, probe: &mut Probe, segment: SegmentId) {
        let network = self.network;
        let edge = network.index.edge_of[segment as usize];
        let line = network.segment(segment);
        let approach = Approach::new(probe.p, line, probe.k);
        let Some(within) = approach.within(off_network_limit(&network.graph.edges[edge as usize])) else { return };
        let Some(open) = self.best_over(&approach, within, segment, edge) else { return };
        if open.cost_m >= probe.limit_m {
            return;
        }
        let barriers = probe.barriers.get_or_insert_with(|| network.barriers_near(probe.p));
        if barriers.is_empty() {
            probe.take(open);
            return;
        }
        for part in visible_parts(probe.p, line, probe.k, within, barriers) {
            if let Some(touch) = self.best_over(&approach, part, segment, edge).filter(|t| t.cost_m < probe.limit_m) {
                probe.take(touch);
            }
        }
    }

    /// Best way to the position over a part of a segment, sight aside.
    fn best_over(&self, approach: &Approach, part: Interval, segment: SegmentId, edge: u32) -> Option<Touch> {
        let (along, against) = self.allowed(edge);
        let first = self.vertex_cost(edge, segment as usize);
        let second = self.vertex_cost(edge, segment as usize + 1);
        let touch = |base: f64, s: f64, by: By| {
            let off_m = approach.distance(s);
            Touch { cost_m: base + OFF_NETWORK_COST * off_m, segment, s, off_m, by }
        };
        let mut best: Option<Touch> = None;
        let mut take = |t: Touch| {
            if best.is_none_or(|b| t.cost_m < b.cost_m) {
                best = Some(t);
            }
        };
        if let Some(cost) = first {
            let s = if along { approach.leave_rightward(part) } else { 0.0 };
            if s >= part.0 {
                take(touch(cost + s, s, By::First));
            }
        }
        if let Some(cost) = second {
            let s = if against { approach.leave_leftward(part) } else { approach.length };
            if s <= part.1 {
                take(touch(cost + approach.length - s, s, By::Second));
            }
        }
        if self.local.contains_key(&edge) {
            for (i, contact) in self.contacts.iter().enumerate().filter(|(_, c)| c.segment == segment) {
                let (cost_m, s) = self.entry(contact).meet(approach, part);
                if cost_m.is_finite() {
                    take(Touch { cost_m, segment, s, off_m: approach.distance(s), by: By::Contact(i) });
                }
            }
        }
        best
    }

    /// For each cell of the index a cost that none of its segments goes below; infinite where
    /// nothing is reached.
    pub(super) fn lower_bounds(&self) -> &[f32] {
        self.lower_bounds.get_or_init(|| {
            let graph = &self.network.graph;
            let mut bounds = vec![f32::INFINITY; self.network.index.cell_count()];
            let mut lower = |edge: u32, cost_m: f64| {
                self.network.index.cells_of_edge(graph, edge as usize, |cell| {
                    // Rounded down, so that it stays a bound.
                    bounds[cell] = bounds[cell].min((cost_m - 0.5).max(0.0) as f32);
                });
            };
            for &node in &self.settled {
                let cost_m = f64::from(self.cost[node as usize]) / 1000.0;
                let arcs = graph.first[node as usize] as usize..graph.first[node as usize + 1] as usize;
                for arc in &graph.arcs[arcs] {
                    lower(arc.edge, cost_m);
                }
            }
            for &edge in self.local.keys() {
                lower(edge, 0.0);
            }
            bounds
        })
    }
}

impl Probe {
    fn take(&mut self, touch: Touch) {
        self.limit_m = touch.cost_m;
        self.best = Some(touch);
    }
}
