//! The field: walking time at any position, on or off the network. The one definition that
//! polygons, counts, facilities and snapping share.

use super::approach::{Approach, Interval, OFF_NETWORK_COST, visible_parts};
use super::build::LONGEST_SEGMENT_M;
use super::index::{SegmentId, flag};
use super::profile::OFF_NETWORK_LIMIT_M;
use super::reach::{Reach, UNREACHED};
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

/// One position, compared with segments one by one.
pub(super) struct Probe {
    p: Xy,
    /// The plane's east scale at the position.
    k: f64,
    /// The origin may touch the same segments.
    near_origin: bool,
    /// A barrier may lie between the position and a segment.
    near_barrier: bool,
    barriers: Option<Vec<[Xy; 2]>>,
    pub best: Option<Touch>,
    /// Only costs below this are of interest.
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
        let k = self.network.graph.plane.east_scale(p.y);
        let mut probe = self.probe(p, k, self.budget_m + 1e-5);
        let bounds = self.lower_bounds();
        let mut cells = Vec::with_capacity(32);
        let shrink = probe.k.min(1.0);
        self.network.index.cells_near(p, OFF_NETWORK_LIMIT_M / shrink, |cell, distance| {
            let bound = f64::from(bounds[cell]) + OFF_NETWORK_COST * distance * shrink;
            if bound <= probe.limit_m {
                cells.push((bound, cell));
            }
        });
        cells.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        for (bound, cell) in cells {
            if bound > probe.limit_m {
                break;
            }
            for &segment in self.network.index.segments(cell) {
                self.compare(&mut probe, segment);
            }
        }
        probe.best
    }

    /// A position to compare with segments, and the plane's east scale there; costs from
    /// `limit_m` on are of no interest.
    pub(super) fn probe(&self, p: Xy, k: f64, limit_m: f64) -> Probe {
        let index = &self.network.index;
        let far = 2.0 * OFF_NETWORK_LIMIT_M + LONGEST_SEGMENT_M + 10.0;
        Probe {
            p,
            k,
            near_origin: (p.x - self.origin.x).abs() < far && (p.y - self.origin.y).abs() < far,
            near_barrier: index.cell_at(p).is_some_and(|cell| index.near_barrier[cell]),
            barriers: None,
            best: None,
            limit_m,
        }
    }

    /// Betters the probe by one segment, exactly.
    pub(super) fn compare(&self, probe: &mut Probe, segment: SegmentId) {
        let Some((approach, within)) = self.interesting(probe, segment) else { return };
        let Some(open) = self.best_over(probe, &approach, within, segment) else { return };
        if open.cost_m >= probe.limit_m {
            return;
        }
        let line = self.network.segment(segment);
        if !probe.near_barrier || self.network.in_sight(probe.p, place(line, open.s, approach.length)) {
            return probe.take(open);
        }
        let barriers = probe.barriers.get_or_insert_with(|| self.network.barriers_near(probe.p));
        let parts = visible_parts(probe.p, line, probe.k, within, barriers);
        for part in parts {
            if let Some(touch) = self.best_over(probe, &approach, part, segment).filter(|t| t.cost_m < probe.limit_m) {
                probe.take(touch);
            }
        }
    }

    /// Betters the probe by one segment where its best place, or its nearest, is in sight. Good
    /// for drawing: never better than the exact field, and quick among many walls.
    pub(super) fn compare_roughly(&self, probe: &mut Probe, segment: SegmentId) {
        let Some((approach, within)) = self.interesting(probe, segment) else { return };
        let foot = approach.foot.clamp(within.0, within.1);
        for part in [within, (foot, foot)] {
            let Some(touch) = self.best_over(probe, &approach, part, segment) else { return };
            if touch.cost_m >= probe.limit_m {
                return;
            }
            let there = place(self.network.segment(segment), touch.s, approach.length);
            if !probe.near_barrier || self.network.in_sight(probe.p, there) {
                return probe.take(touch);
            }
        }
    }

    /// The segment seen from the probe, unless it cannot better it.
    fn interesting(&self, probe: &Probe, segment: SegmentId) -> Option<(Approach, Interval)> {
        let vertex = segment as usize;
        let cheapest = self.vertex_mm[vertex].min(self.vertex_mm[vertex + 1]);
        // Where the origin touches the segment itself the middle may be cheaper than both ends.
        if !probe.near_origin && (cheapest == UNREACHED || f64::from(cheapest) / 1000.0 >= probe.limit_m) {
            return None;
        }
        let approach = Approach::new(probe.p, self.network.segment(segment), probe.k);
        let within = approach.within(self.network.off_network_limit(segment))?;
        Some((approach, within))
    }

    /// Best way to the position over a part of a segment, sight aside.
    fn best_over(&self, probe: &Probe, approach: &Approach, part: Interval, segment: SegmentId) -> Option<Touch> {
        let (along, against) = self.walkable(segment)?;
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
        if let Some(cost) = self.vertex_cost(segment as usize) {
            let s = if along { approach.leave_rightward(part) } else { 0.0 };
            if s >= part.0 {
                take(touch(cost + s, s, By::First));
            }
        }
        if let Some(cost) = self.vertex_cost(segment as usize + 1) {
            let s = if against { approach.leave_leftward(part) } else { approach.length };
            if s <= part.1 {
                take(touch(cost + approach.length - s, s, By::Second));
            }
        }
        if probe.near_origin {
            let first = self.contacts.partition_point(|c| c.segment < segment);
            for (i, contact) in self.contacts.iter().enumerate().skip(first).take_while(|(_, c)| c.segment == segment) {
                let (cost_m, s) = self.entry(contact).meet(approach, part);
                if cost_m.is_finite() {
                    take(Touch { cost_m, segment, s, off_m: approach.distance(s), by: By::Contact(i) });
                }
            }
        }
        best
    }

    /// Like [`Reach::allowed`] for a segment; `None` where the profile cannot walk at all.
    fn walkable(&self, segment: SegmentId) -> Option<(bool, bool)> {
        let flags = self.network.index.flags[segment as usize];
        if !self.network.is_open(self.network.index.edge_of[segment as usize], &self.profile) {
            return None;
        }
        Some(self.directed(flags & flag::FORWARD != 0, flags & flag::BACKWARD != 0))
    }

    /// For each cell of the index a cost that none of its segments goes below; infinite where
    /// nothing is reached.
    pub(super) fn lower_bounds(&self) -> &[f32] {
        self.lower_bounds.get_or_init(|| {
            let graph = &self.network.graph;
            let mut bounds = vec![f32::INFINITY; self.network.index.cell_count()];
            let mut lower = |first: usize, cost_m: f64| {
                self.network.index.cells_of_segment(graph, first, |cell| {
                    // Rounded down, so that it stays a bound.
                    bounds[cell] = bounds[cell].min((cost_m - 0.5).max(0.0) as f32);
                });
            };
            for &edge in &self.edges {
                let range = graph.edges[edge as usize].vertices();
                for first in range.start..range.end - 1 {
                    let mm = self.vertex_mm[first].min(self.vertex_mm[first + 1]);
                    if mm != UNREACHED {
                        lower(first, f64::from(mm) / 1000.0);
                    }
                }
            }
            self.contacts.iter().for_each(|c| lower(c.segment as usize, 0.0));
            bounds
        })
    }
}

/// The place `s` along a segment.
pub(super) fn place([a, b]: [Xy; 2], s: f64, length: f64) -> Xy {
    let t = if length > 0.0 { (s / length).clamp(0.0, 1.0) } else { 0.0 };
    Xy { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t }
}

impl Probe {
    fn take(&mut self, touch: Touch) {
        self.limit_m = touch.cost_m;
        self.best = Some(touch);
    }
}
