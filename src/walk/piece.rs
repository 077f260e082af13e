//! The reached streets as straight pieces, laid out for drawing: what a lattice point needs to
//! know of a segment, side by side.

use super::approach::{Approach, Interval, LEAVE, OFF_NETWORK_COST, visible};
use super::network::Network;
use super::raster::SPACING_M;
use super::reach::{Reach, UNREACHED};
use crate::geometry::Xy;

/// A straight piece of a street with the costs at its ends, in metres of network walking.
struct Piece {
    a: Xy,
    b: Xy,
    /// Direction in true metres; east for a piece that is a point.
    unit: (f64, f64),
    length: f64,
    /// Costs at `a` and `b`; infinite where not reached, and where nobody may walk on from there.
    costs: [f32; 2],
    /// Metres that may be walked off it.
    limit: f64,
    /// No other piece begins where it ends.
    last: bool,
}

/// Positions that are asked for together, as many as the processor computes side by side: true
/// metres from a position in their middle.
pub(super) struct Lanes {
    pub middle: Xy,
    pub x: [f32; LANES],
    pub y: [f32; LANES],
}

pub(super) const LANES: usize = 8;

/// What a piece is to a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Seen {
    Better(f32),
    Worse,
    /// It would be better, but something stands between.
    Hidden,
}

/// All reached pieces.
pub(super) struct Pieces<'n> {
    network: &'n Network,
    /// The plane's east scale at the origin of the search: true to 0.0002 over the lattice.
    k: f64,
    horizon: f32,
    pieces: Vec<Piece>,
}

impl<'n> Pieces<'n> {
    pub fn new(reach: &Reach<'n>) -> Self {
        let network = reach.network;
        let graph = &network.graph;
        let k = graph.plane.east_scale(reach.origin.y);
        let spread = reach.spread();
        let metres = |mm: u32| if mm == UNREACHED { f32::INFINITY } else { (f64::from(mm) / 1000.0) as f32 };
        let mut all =
            Self { network, k, horizon: reach.horizon_m() as f32, pieces: Vec::with_capacity(spread.edges.len() * 4) };
        for &edge in &spread.edges {
            let allowed = reach.allowed(edge);
            let range = graph.edges[edge as usize].vertices();
            for first in range.start..range.end - 1 {
                let costs = [metres(spread.mm[first]), metres(spread.mm[first + 1])];
                if costs[0].min(costs[1]) <= all.horizon {
                    let limit = network.off_network_limit(first as u32);
                    let ends = [graph.vertices[first], graph.vertices[first + 1]];
                    all.add(ends, costs, (limit, allowed), first + 2 == range.end);
                }
            }
        }
        // Where the origin steps on, in the middle of a segment.
        for c in &reach.start.contacts {
            let line = network.segment(c.segment);
            let s = c.approach.foot.clamp(c.visible.0, c.visible.1);
            let there = super::field::place(line, s, c.approach.length);
            let cost = (OFF_NETWORK_COST * c.approach.distance(s)) as f32;
            let (limit, allowed) = (network.off_network_limit(c.segment), reach.allowed(c.edge));
            all.add([line[0], there], [f32::INFINITY, cost], (limit, allowed), false);
            all.add([there, line[1]], [cost, f32::INFINITY], (limit, allowed), true);
        }
        all
    }

    fn add(&mut self, [a, b]: [Xy; 2], mut costs: [f32; 2], (limit, allowed): (f64, (bool, bool)), last: bool) {
        let (dx, dy) = ((b.x - a.x) * self.k, b.y - a.y);
        let length = (dx * dx + dy * dy).sqrt();
        // A piece too short to have a direction is a point.
        let (length, unit) = if length > 1e-6 { (length, (dx / length, dy / length)) } else { (0.0, (1.0, 0.0)) };
        if length > 0.0 && allowed != (true, true) {
            // An end from which nobody walks on is a point of its own.
            for (end, place, open) in [(0, a, allowed.0), (1, b, allowed.1)] {
                if !open && costs[end] <= self.horizon {
                    let costs = [std::mem::replace(&mut costs[end], f32::INFINITY); 2];
                    self.pieces.push(Piece { a: place, b: place, unit, length: 0.0, costs, limit, last: false });
                }
            }
        }
        if costs[0].min(costs[1]) <= self.horizon {
            self.pieces.push(Piece { a, b, unit, length, costs, limit, last });
        }
    }

    /// The positions side by side.
    pub fn lanes(&self, middle: Xy, positions: &[Xy]) -> Lanes {
        let mut lanes = Lanes { middle, x: [0.0; LANES], y: [0.0; LANES] };
        for (i, p) in positions.iter().enumerate().take(LANES) {
            lanes.x[i] = ((p.x - middle.x) * self.k) as f32;
            lanes.y[i] = (p.y - middle.y) as f32;
        }
        lanes
    }

    /// What a piece costs at each of the positions when nothing hides it there.
    pub fn costs(&self, number: u32, at: &Lanes) -> [f32; LANES] {
        let Some(piece) = self.pieces.get(number as usize) else { return [f32::INFINITY; LANES] };
        let (ax, ay) = (((piece.a.x - at.middle.x) * self.k) as f32, (piece.a.y - at.middle.y) as f32);
        let (ux, uy) = (piece.unit.0 as f32, piece.unit.1 as f32);
        // A hair less, for rounding: never better than the exact field.
        let (length, limit) = (piece.length as f32, piece.limit as f32 - 1e-3);
        let [from_a, from_b] = piece.costs;
        let from_b = from_b + length;
        let (off, leave) = (OFF_NETWORK_COST as f32, LEAVE as f32);
        // Not f32::min, which minds what is not a number.
        let min = |a: f32, b: f32| if a < b { a } else { b };
        let max = |a: f32, b: f32| if a > b { a } else { b };
        std::array::from_fn(|i| {
            let (dx, dy) = (at.x[i] - ax, at.y[i] - ay);
            let foot = dx * ux + dy * uy;
            let height = (dx * uy - dy * ux).abs();
            let spare = limit * limit - height * height;
            let half = max(spare, 0.0).sqrt();
            let (lo, hi) = (max(foot - half, 0.0), min(foot + half, length));
            let over = |s: f32| min(from_a + s, from_b - s) + off * ((s - foot) * (s - foot) + height * height).sqrt();
            let right = over(min(max(foot - height * leave, lo), hi));
            let left = over(min(max(foot + height * leave, lo), hi));
            if spare < 0.0 || lo > hi { f32::INFINITY } else { min(right, left) }
        })
    }

    /// Costs from here on are of no interest.
    pub fn horizon(&self) -> f32 {
        self.horizon
    }

    /// Whether something may hide pieces from a position.
    pub fn near_barrier(&self, p: Xy) -> bool {
        self.network.near_barrier(p)
    }

    /// What a piece costs at a position; costs from `limit` on are of no interest.
    pub fn cost(&self, number: u32, p: Xy, limit: f32) -> Seen {
        let Some(piece) = self.pieces.get(number as usize) else { return Seen::Worse };
        let limit = limit.min(self.horizon);
        let (dx, dy) = ((p.x - piece.a.x) * self.k, p.y - piece.a.y);
        let foot = dx * piece.unit.0 + dy * piece.unit.1;
        let side = dx * piece.unit.1 - dy * piece.unit.0;
        let height2 = side * side;
        let nearest = foot.clamp(0.0, piece.length);
        let near2 = (nearest - foot) * (nearest - foot) + height2;
        // Not even straight from the nearest place at the cost of the cheaper end.
        let spare = f64::from((limit - piece.costs[0].min(piece.costs[1])).max(0.0)) / OFF_NETWORK_COST;
        if near2 > piece.limit * piece.limit || near2 >= spare * spare {
            return Seen::Worse;
        }
        let height = height2.sqrt();
        let (cost, s) = piece.best(foot, height);
        if cost >= f64::from(limit) {
            return Seen::Worse;
        }
        if !self.network.near_barrier(p) || self.network.in_sight(p, piece.place(s)) {
            return Seen::Better(cost as f32);
        }
        let cost = piece.over(nearest, foot, height);
        let seen = cost < f64::from(limit) && self.network.in_sight(p, piece.place(nearest));
        if seen { Seen::Better(cost as f32) } else { Seen::Hidden }
    }

    /// Like [`Pieces::cost`] for a piece that is hidden there, over the parts of it that are not.
    pub fn cost_through_gaps(&self, number: u32, p: Xy, limit: f32) -> Seen {
        let Some(piece) = self.pieces.get(number as usize) else { return Seen::Worse };
        let line = [piece.a, piece.b];
        let approach = Approach::new(p, line, self.k);
        // Farther off it would not be better.
        let spare = f64::from(limit.min(self.horizon) - piece.costs[0].min(piece.costs[1])) / OFF_NETWORK_COST;
        let Some(within) = approach.within(piece.limit.min(spare.max(0.0))) else { return Seen::Worse };
        let ends = [piece.place(within.0), piece.place(within.1)];
        let best = visible(p, line, self.k, within, |hides| self.network.all_between(p, ends, hides))
            .into_iter()
            .map(|part| piece.best_within(part, approach.foot, approach.height).0)
            .fold(f64::INFINITY, f64::min);
        if best < f64::from(limit.min(self.horizon)) { Seen::Better(best as f32) } else { Seen::Hidden }
    }

    /// Calls `found` with places along each piece, at most [`SPACING_M`] apart, and the costs there.
    pub fn samples(&self, mut found: impl FnMut(u32, Xy, f32)) {
        for (number, piece) in self.pieces.iter().enumerate() {
            let steps = (piece.length / SPACING_M).ceil().max(1.0);
            let (dx, dy) = ((piece.b.x - piece.a.x) / steps, (piece.b.y - piece.a.y) / steps);
            let stride = (piece.length / steps) as f32;
            for i in 0..steps as usize + usize::from(piece.last) {
                let p = Xy { x: piece.a.x + dx * i as f64, y: piece.a.y + dy * i as f64 };
                let (from_a, from_b) = (stride * i as f32, piece.length as f32 - stride * i as f32);
                found(number as u32, p, (piece.costs[0] + from_a).min(piece.costs[1] + from_b));
            }
        }
    }
}

impl Piece {
    /// Cost at a position by leaving at `s`.
    fn over(&self, s: f64, foot: f64, height: f64) -> f64 {
        let off = OFF_NETWORK_COST * ((s - foot) * (s - foot) + height * height).sqrt();
        (f64::from(self.costs[0]) + s).min(f64::from(self.costs[1]) + self.length - s) + off
    }

    /// The best cost at a position, sight aside, and where the piece is left.
    fn best(&self, foot: f64, height: f64) -> (f64, f64) {
        let (mut lo, mut hi) = (0.0, self.length);
        if height * 1.16 > self.limit {
            let half = (self.limit * self.limit - height * height).max(0.0).sqrt();
            (lo, hi) = ((foot - half).max(lo), (foot + half).min(hi));
        }
        self.best_within((lo, hi), foot, height)
    }

    fn best_within(&self, (lo, hi): Interval, foot: f64, height: f64) -> (f64, f64) {
        let (right, left) = (foot - height * LEAVE, foot + height * LEAVE);
        // Left at the cheapest angle, the way along and off is the foot and √3 heights.
        if right >= lo && right <= hi && left >= lo && left <= hi {
            let off = height * 3.0 * LEAVE;
            let a = f64::from(self.costs[0]) + foot + off;
            let b = f64::from(self.costs[1]) + self.length - foot + off;
            return if a <= b { (a, right) } else { (b, left) };
        }
        let (right, left) = (right.max(lo).min(hi), left.max(lo).min(hi));
        let (a, b) = (self.over(right, foot, height), self.over(left, foot, height));
        if a <= b { (a, right) } else { (b, left) }
    }

    fn place(&self, s: f64) -> Xy {
        super::field::place([self.a, self.b], s, self.length)
    }
}
