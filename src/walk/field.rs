//! The field: walking time at any position, on or off the network. The one definition that
//! polygons, counts, facilities and snapping share.
//!
//! A position is come to over the ends of an edge that it sees or, on an edge that the origin
//! touches too, along that edge ("direct"). Both add whole millimetres, so that a cost does not
//! depend on how it was looked up ([`super::doorstep`]).

use super::approach::{Approach, Interval, OFF_NETWORK_COST, visible_parts};
use super::index::SegmentId;
use super::profile::OFF_NETWORK_LIMIT_M;
use super::reach::{Reach, UNREACHED};
use crate::geometry::{LonLat, Seconds, Xy};

/// How a position is reached best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Touch {
    /// Millimetres of network walking in all.
    pub cost_mm: u32,
    /// Where the network is left.
    pub segment: SegmentId,
    pub s: f64,
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
    pub p: Xy,
    /// The plane's east scale at the position.
    pub k: f64,
    /// A barrier may lie between the position and a segment.
    pub near_barrier: bool,
    barriers: Option<Vec<[Xy; 2]>>,
    pub best: Option<Touch>,
    /// Only costs below this are of interest.
    pub limit_mm: u32,
}

impl Reach<'_> {
    /// Walking time to a position (from it when the direction is "to"); `None` when it is not
    /// reached within the budget.
    pub fn time_at(&self, position: LonLat) -> Option<Seconds> {
        let p = self.network.graph.plane.to_xy(position);
        self.touch_at(p).map(|touch| self.seconds(touch.cost_mm))
    }

    pub(super) fn touch_at(&self, p: Xy) -> Option<Touch> {
        let k = self.network.graph.plane.east_scale(p.y);
        let mut probe = self.probe(p, k, self.budget_mm() + 1);
        let bounds = self.lower_bounds();
        let mut cells = Vec::with_capacity(32);
        let shrink = k.min(1.0);
        self.network.index.cells_near(p, OFF_NETWORK_LIMIT_M / shrink, |cell, distance| {
            let bound = bounds[cell] + (OFF_NETWORK_COST * distance * shrink * 1000.0) as f32;
            if bound < probe.limit_mm as f32 {
                cells.push((bound, cell));
            }
        });
        cells.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        for (bound, cell) in cells {
            if bound >= probe.limit_mm as f32 {
                break;
            }
            for &segment in self.network.index.segments(cell) {
                self.compare(&mut probe, segment, |approach, part| self.over_ends(approach, part, segment));
            }
        }
        self.direct(&mut probe);
        probe.best
    }

    /// How a position is come to at a cost that is known.
    pub(super) fn touch_within(&self, p: Xy, cost_mm: u32) -> Option<Touch> {
        let k = self.network.graph.plane.east_scale(p.y);
        let mut probe = self.probe(p, k, cost_mm.saturating_add(1));
        self.network.index.cells_near(p, OFF_NETWORK_LIMIT_M / k.min(1.0), |cell, _| {
            for &segment in self.network.index.segments(cell) {
                self.compare(&mut probe, segment, |approach, part| self.over_ends(approach, part, segment));
            }
        });
        self.direct(&mut probe);
        probe.best
    }

    /// Betters the probe along the edges that the origin touches.
    fn direct(&self, probe: &mut Probe) {
        let limit = OFF_NETWORK_LIMIT_M / probe.k.min(1.0);
        let graph = &self.network.graph;
        for t in self.start.near(probe.p) {
            let range = graph.edges[t.edge as usize].vertices();
            for first in range.start..range.end - 1 {
                let [a, b] = [graph.vertices[first], graph.vertices[first + 1]];
                let beside = |a: f64, b: f64, p: f64| p >= a.min(b) - limit && p <= a.max(b) + limit;
                if beside(a.x, b.x, probe.p.x) && beside(a.y, b.y, probe.p.y) {
                    let (segment, known) = (first as SegmentId, probe.limit_mm);
                    self.compare(probe, segment, |a, visible| self.start.along(t, a, (segment, visible), known));
                }
            }
        }
    }

    /// A position to compare with segments, and the plane's east scale there; costs from
    /// `limit_mm` on are of no interest.
    pub(super) fn probe(&self, p: Xy, k: f64, limit_mm: u32) -> Probe {
        let near_barrier = self.network.near_barrier(p);
        Probe { p, k, near_barrier, barriers: None, best: None, limit_mm }
    }

    /// Betters the probe by one segment, exactly; `best` is the best way over a part of it.
    pub(super) fn compare(
        &self,
        probe: &mut Probe,
        segment: SegmentId,
        best: impl Fn(&Approach, Interval) -> Option<Touch>,
    ) {
        let line = self.network.segment(segment);
        let approach = Approach::new(probe.p, line, probe.k);
        let Some(within) = approach.within(self.network.off_network_limit(segment)) else { return };
        let Some(open) = best(&approach, within).filter(|t| t.cost_mm < probe.limit_mm) else { return };
        if !probe.near_barrier || self.network.in_sight(probe.p, place(line, open.s, approach.length)) {
            return probe.take(open);
        }
        let barriers = probe.barriers.get_or_insert_with(|| self.network.barriers_near(probe.p));
        for part in visible_parts(probe.p, line, probe.k, within, barriers) {
            if let Some(touch) = best(&approach, part).filter(|t| t.cost_mm < probe.limit_mm) {
                probe.take(touch);
            }
        }
    }

    /// Best way to a position over a part of a segment, coming over the ends of its edge.
    fn over_ends(&self, approach: &Approach, part: Interval, segment: SegmentId) -> Option<Touch> {
        let edge = self.network.index.edge_of[segment as usize];
        let allowed = self.allowed(edge);
        if allowed == (false, false) {
            return None;
        }
        let (by_tail, _) = self.costs_by_end(edge, segment as usize);
        let (_, by_head) = self.costs_by_end(edge, segment as usize + 1);
        Leaving { approach, part, allowed }.best(segment, by_tail, by_head)
    }

    /// For each cell of the index a cost that none of its segments goes below, in millimetres;
    /// infinite where nothing is reached.
    fn lower_bounds(&self) -> &[f32] {
        self.lower_bounds.get_or_init(|| {
            let graph = &self.network.graph;
            let spread = self.spread();
            let mut bounds = vec![f32::INFINITY; self.network.index.cell_count()];
            for &edge in &spread.edges {
                let range = graph.edges[edge as usize].vertices();
                for first in range.start..range.end - 1 {
                    let mm = spread.mm[first].min(spread.mm[first + 1]);
                    if mm == UNREACHED {
                        continue;
                    }
                    // Rounded down, so that it stays a bound.
                    let bound = (mm.saturating_sub(500) & !0xff) as f32;
                    self.network.index.cells_of_segment(graph, first, |cell| {
                        bounds[cell] = bounds[cell].min(bound);
                    });
                }
            }
            bounds
        })
    }
}

/// Leaving a segment for a position beside it.
pub(super) struct Leaving<'a> {
    pub approach: &'a Approach,
    /// The part that may be left.
    pub part: Interval,
    /// Whether walking along the segment, and against it, is allowed.
    pub allowed: (bool, bool),
}

impl Leaving<'_> {
    /// Coming from the segment's first vertex: where to leave, and the millimetres from there on.
    pub fn leave_from_first(&self) -> Option<(f64, u32)> {
        let s = if self.allowed.0 { self.approach.leave_rightward(self.part) } else { 0.0 };
        (s >= self.part.0).then(|| (s, millimetres(s + OFF_NETWORK_COST * self.approach.distance(s))))
    }

    /// Coming from the segment's second vertex.
    pub fn leave_from_second(&self) -> Option<(f64, u32)> {
        let length = self.approach.length;
        let s = if self.allowed.1 { self.approach.leave_leftward(self.part) } else { length };
        (s <= self.part.1).then(|| (s, millimetres(length - s + OFF_NETWORK_COST * self.approach.distance(s))))
    }

    /// The better of both, from the costs at the two vertices.
    pub fn best(&self, segment: SegmentId, first: u32, second: u32) -> Option<Touch> {
        let touch = |mm: u32, by: By, way: Option<(f64, u32)>| {
            let (s, rest) = way.filter(|_| mm != UNREACHED)?;
            Some(Touch { cost_mm: mm.saturating_add(rest), segment, s, by })
        };
        let by_first = if first == UNREACHED { None } else { touch(first, By::First, self.leave_from_first()) };
        match if second == UNREACHED { None } else { touch(second, By::Second, self.leave_from_second()) } {
            Some(by_second) => by_first.min_cost(by_second),
            None => by_first,
        }
    }
}

/// The cheaper of what there is.
pub(super) trait MinCost {
    fn min_cost(self, other: Touch) -> Self;
}

impl MinCost for Option<Touch> {
    fn min_cost(self, other: Touch) -> Self {
        match self {
            Some(touch) if touch.cost_mm <= other.cost_mm => Some(touch),
            _ => Some(other),
        }
    }
}

/// Metres as whole millimetres; not reached when infinite.
pub(super) fn millimetres(metres: f64) -> u32 {
    (metres * 1000.0).round() as u32
}

/// The place `s` along a segment.
pub(super) fn place([a, b]: [Xy; 2], s: f64, length: f64) -> Xy {
    let t = if length > 0.0 { (s / length).clamp(0.0, 1.0) } else { 0.0 };
    Xy { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t }
}

impl Probe {
    pub fn take(&mut self, touch: Touch) {
        self.limit_mm = touch.cost_mm;
        self.best = Some(touch);
    }
}
