//! Finding the ways to the points of a block: those over which, of all that lead there, some search
//! may come best. By the rule of the field ([`super::super::field`]): straight on from a place of an
//! edge that the point sees, and along the edge from its ends.
//!
//! The nearest edges first. A way that leads over a neighbour of its node, from where the rest is
//! known to cost no more, is not looked at any closer; so little is left to be tried for sight.

use super::super::approach::{Approach, OFF_NETWORK_COST, visible_parts};
use super::super::field::{Leaving, place};
use super::super::hops::Hop;
use super::super::index::SegmentId;
use super::super::network::Network;
use super::super::reach::UNREACHED;
use super::super::snap::Surroundings;
use super::page::BlockWays;
use super::{BLOCK, BLOCK_POINTS, SPACING_M, Steps, position};
use crate::geometry::Xy;

/// Millimetres for each point of a block.
type Costs = [u32; BLOCK_POINTS];

/// Ways that differ by less are equally good: costs are rounded to whole millimetres.
const ALIKE_MM: u32 = 4;

/// From the middle of a block to its farthest points, in plane metres.
const HALF_DIAGONAL_M: f64 = (BLOCK - 1) as f64 / 2.0 * SPACING_M * std::f64::consts::SQRT_2;

/// The ways to the points of a block, of which this is the south-western one.
pub(super) fn ways_to_block(network: &Network, (column, row): (i64, i64)) -> Vec<BlockWays> {
    let (corner, half) = (position(column, row), (BLOCK - 1) as f64 / 2.0 * SPACING_M);
    let middle = Xy { x: corner.x + half, y: corner.y + half };
    let around = network.surroundings(middle, HALF_DIAGONAL_M);
    let k = network.graph.plane.east_scale(middle.y);
    let edges = nearest_edges_first(network, &around, middle, k);
    if edges.is_empty() {
        return Vec::new();
    }
    let points = std::array::from_fn(|i| {
        let p = position(column + (i % BLOCK) as i64, row + (i / BLOCK) as i64);
        Point { p, near_barrier: network.near_barrier(p) }
    });
    let mut block = Block::new(network, (&around, k), points, &edges);
    edges.iter().for_each(|segments| block.try_edge(segments));
    block.best()
}

/// A segment with its distance from the middle of the block, less than which its points may have.
#[derive(Debug, Clone, Copy)]
struct Beside {
    segment: SegmentId,
    /// No point of the block is nearer to it, in metres.
    near: f64,
}

/// The segments that may be seen from the block, an edge at a time.
fn nearest_edges_first(network: &Network, around: &Surroundings, middle: Xy, k: f64) -> Vec<Vec<Beside>> {
    let edge_of = |s: &SegmentId| network.index.edge_of[*s as usize];
    let beside = |segment: &SegmentId| {
        let approach = Approach::new(middle, network.segment(*segment), k);
        let near = approach.nearest((0.0, approach.length)) - HALF_DIAGONAL_M * k.max(1.0);
        (near <= network.off_network_limit(*segment)).then_some(Beside { segment: *segment, near })
    };
    let edges = around.segments.chunk_by(|a, b| edge_of(a) == edge_of(b));
    let edges = edges.map(|segments| segments.iter().filter_map(beside).collect::<Vec<_>>());
    let nearest = |segments: &[Beside]| segments.iter().map(|s| s.near).fold(f64::INFINITY, f64::min);
    let mut edges: Vec<_> = edges.filter(|segments| !segments.is_empty()).map(|s| (nearest(&s), s)).collect();
    edges.sort_by(|a, b| a.0.total_cmp(&b.0));
    edges.into_iter().map(|(_, segments)| segments).collect()
}

#[derive(Debug, Clone, Copy)]
struct Point {
    p: Xy,
    /// Something may hide streets from it.
    near_barrier: bool,
}

/// A block with the ways found so far.
struct Block<'n> {
    network: &'n Network,
    around: &'n Surroundings,
    /// The plane's east scale there.
    k: f64,
    points: [Point; BLOCK_POINTS],
    /// Ends of the edges around, by number.
    nodes: Vec<u32>,
    /// Of each of the nodes the ways from there: the searches that may take them, and their costs.
    ways: Vec<Vec<(u16, Costs)>>,
}

impl<'n> Block<'n> {
    fn new(
        network: &'n Network,
        (around, k): (&'n Surroundings, f64),
        points: [Point; BLOCK_POINTS],
        edges: &[Vec<Beside>],
    ) -> Self {
        let ends = |segments: &Vec<Beside>| {
            let edge = &network.graph.edges[network.index.edge_of[segments[0].segment as usize] as usize];
            [edge.tail, edge.head]
        };
        let mut nodes: Vec<u32> = edges.iter().flat_map(ends).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let ways = vec![Vec::new(); nodes.len()];
        Self { network, around, k, points, nodes, ways }
    }

    /// The ways from a node that all of these searches may take.
    fn ways_from(&self, node: u32, passes: u16) -> impl Iterator<Item = &Costs> {
        let ways = self.nodes.binary_search(&node).map_or([].as_slice(), |i| &self.ways[i]);
        ways.iter().filter(move |(open, _)| open & passes == passes).map(|(_, costs)| costs)
    }

    fn hops(&self, node: u32) -> &'n [Hop] {
        let first = &self.network.graph.first;
        &self.network.hops[first[node as usize] as usize..first[node as usize + 1] as usize]
    }

    /// The least that these searches pay by way of a neighbour of a node; `counts` says which hops.
    fn over_neighbours(&self, node: u32, passes: u16, counts: impl Fn(&Hop) -> bool) -> Costs {
        let mut least = [UNREACHED; BLOCK_POINTS];
        let open = |hop: &&Hop| hop.passes() & passes == passes && !hop.waits() && counts(hop);
        for hop in self.hops(node).iter().filter(open) {
            for costs in self.ways_from(hop.head, passes) {
                lower(&mut least, |i| costs[i].saturating_add(hop.mm));
            }
        }
        least
    }

    /// What a way from a node must better.
    fn known(&self, node: u32, passes: u16) -> Costs {
        let mut known = self.over_neighbours(node, passes, |_| true);
        self.ways_from(node, passes).for_each(|costs| lower(&mut known, |i| costs[i]));
        known
    }

    /// Puts the ways from a node, where they are better.
    fn put(&mut self, node: u32, passes: u16, costs: &Costs) {
        let Ok(i) = self.nodes.binary_search(&node) else { return };
        match self.ways[i].iter_mut().find(|(open, _)| *open == passes) {
            Some((_, known)) => lower(known, |i| costs[i]),
            None => self.ways[i].push((passes, *costs)),
        }
    }

    /// The ways over an edge, of which these are the segments around.
    fn try_edge(&mut self, segments: &[Beside]) {
        let number = self.network.index.edge_of[segments[0].segment as usize];
        let edge = &self.network.graph.edges[number as usize];
        for (allowed, passes) in self.network.ways_along(number) {
            let mut by_tail = Found::new(self.known(edge.tail, passes));
            let mut by_head = Found::new(self.known(edge.head, passes));
            for &beside in segments {
                self.try_segment(beside, allowed, &mut by_tail, &mut by_head);
            }
            for (node, found) in [(edge.tail, by_tail), (edge.head, by_head)] {
                if found.any {
                    self.put(node, passes, &found.costs);
                }
            }
        }
    }

    fn try_segment(&self, beside: Beside, allowed: (bool, bool), by_tail: &mut Found, by_head: &mut Found) {
        let segment = beside.segment;
        let graph = &self.network.graph;
        let edge = &graph.edges[self.network.index.edge_of[segment as usize] as usize];
        let (before, after) = (graph.offsets[segment as usize], edge.length_mm - graph.offsets[segment as usize + 1]);
        // A node at the very end of the segment is left straight, whatever the one-way rule.
        let open = (allowed.0 || before == 0, allowed.1 || after == 0);
        let off_mm = |near: f64| (near.max(0.0) * OFF_NETWORK_COST * 1000.0) as u32;
        let hopeful = |near: f64, known: (u32, u32)| {
            let off = off_mm(near);
            (open.0 && before.saturating_add(off) < known.0, open.1 && after.saturating_add(off) < known.1)
        };
        if hopeful(beside.near, (by_tail.most(), by_head.most())) == (false, false) {
            return;
        }
        let (line, limit) =
            (Straight::new(self.network.segment(segment), self.k), self.network.off_network_limit(segment));
        for (i, point) in self.points.iter().enumerate() {
            let approach = line.approach(point.p);
            let hopeful = hopeful(approach.nearest((0.0, approach.length)), (by_tail.known[i], by_head.known[i]));
            if hopeful == (false, false) {
                continue;
            }
            let Some(within) = approach.within(limit) else { continue };
            let mut parts = None;
            let sides: [(bool, u32, &mut Found, LeaveFrom); 2] = [
                (hopeful.0, before, by_tail, |leaving| leaving.leave_from_first()),
                (hopeful.1, after, by_head, |leaving| leaving.leave_from_second()),
            ];
            for (_, along, found, leave) in sides.into_iter().filter(|side| side.0) {
                let whole = Leaving { approach: &approach, part: within, allowed };
                let Some((s, mm)) = leave(&whole).filter(|(_, mm)| along + mm < found.known[i]) else { continue };
                if !point.near_barrier || self.network.in_sight(point.p, place(line.ends, s, line.length)) {
                    found.take(i, along + mm);
                    continue;
                }
                let parts = parts
                    .get_or_insert_with(|| visible_parts(point.p, line.ends, self.k, within, &self.around.barriers));
                for part in parts.iter() {
                    if let Some((_, mm)) = leave(&Leaving { approach: &approach, part: *part, allowed }) {
                        found.take(i, along + mm);
                    }
                }
            }
        }
    }

    /// All ways but those that are never the best, by node.
    fn best(self) -> Vec<BlockWays> {
        let mut best = Vec::new();
        for (node, ways) in self.nodes.iter().zip(&self.ways) {
            for (passes, costs) in ways {
                // Of two that beat each other, over an edge with next to no length, one stays.
                let known = self.over_neighbours(*node, *passes, |hop| hop.mm > ALIKE_MM || hop.head < *node);
                let useful = |(cost, known): (&u32, &u32)| *cost != UNREACHED && cost.saturating_add(ALIKE_MM) < *known;
                if costs.iter().zip(&known).any(useful) {
                    best.push(BlockWays { node: *node, passes: *passes, costs: costs.map(Steps::nearest) });
                }
            }
        }
        best
    }
}

type LeaveFrom = fn(&Leaving<'_>) -> Option<(f64, u32)>;

/// A segment that many points are compared with.
struct Straight {
    ends: [Xy; 2],
    k: f64,
    /// Direction in true metres.
    unit: (f64, f64),
    length: f64,
}

impl Straight {
    fn new(ends: [Xy; 2], k: f64) -> Self {
        let [a, b] = ends;
        let (dx, dy) = ((b.x - a.x) * k, b.y - a.y);
        let length = dx.hypot(dy);
        let unit = if length > 0.0 { (dx / length, dy / length) } else { (1.0, 0.0) };
        Self { ends, k, unit, length }
    }

    fn approach(&self, p: Xy) -> Approach {
        let (dx, dy) = ((p.x - self.ends[0].x) * self.k, p.y - self.ends[0].y);
        let foot = dx * self.unit.0 + dy * self.unit.1;
        Approach { foot, height: (dx * self.unit.1 - dy * self.unit.0).abs(), length: self.length }
    }
}

/// What is found from one end of an edge.
struct Found {
    costs: Costs,
    /// Only costs below this are of interest.
    known: Costs,
    any: bool,
}

impl Found {
    fn new(known: Costs) -> Self {
        let known = known.map(|mm| if mm == UNREACHED { mm } else { mm.saturating_sub(ALIKE_MM) });
        Self { costs: [UNREACHED; BLOCK_POINTS], known, any: false }
    }

    /// From here on costs are of no interest to any point.
    fn most(&self) -> u32 {
        self.known.into_iter().fold(0, u32::max)
    }

    fn take(&mut self, point: usize, mm: u32) {
        if mm < self.known[point] {
            (self.costs[point], self.known[point], self.any) = (mm, mm, true);
        }
    }
}

fn lower(costs: &mut Costs, by: impl Fn(usize) -> u32) {
    for (i, cost) in costs.iter_mut().enumerate() {
        *cost = (*cost).min(by(i));
    }
}
