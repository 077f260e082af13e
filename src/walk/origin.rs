//! Where a walk begins (or, searched backwards, ends): what a position sees of the network, and
//! the costs along the edges it touches. There a walk need not go over the ends of an edge.

use super::approach::{Approach, Entry, Interval, OFF_NETWORK_COST};
use super::doorstep::Memo;
use super::field::{By, Leaving, MinCost, Touch, millimetres};
use super::hops::Pass;
use super::index::SegmentId;
use super::line::Bounds;
use super::network::Network;
use super::profile::OFF_NETWORK_LIMIT_M;
use super::snap::Contact;
use crate::geometry::Xy;

/// A position with its way onto the network, for one kind of walker and one direction.
#[derive(Debug)]
pub(super) struct Origin<'n> {
    pub network: &'n Network,
    pub pass: Pass,
    /// What the position sees of open streets, by segment.
    pub contacts: Vec<Contact>,
    /// The edges of the contacts, by number.
    pub edges: Vec<TouchedEdge>,
    /// Around their boxes: most positions lie outside.
    served: Bounds,
    /// Costs in millimetres of the edges' vertices, one edge after the other.
    mm: Vec<u32>,
}

/// An edge that the position touches.
#[derive(Debug, Clone, Copy)]
pub(super) struct TouchedEdge {
    pub edge: u32,
    /// First vertex in the network, and in [`Origin::mm`].
    vertex: u32,
    here: u32,
    /// Beyond this nothing is served from the edge.
    served: Bounds,
}

/// The plane's east scale differs a little between the position and the far end of an edge.
const ROUNDING_M: f64 = 1.0;

impl<'n> Origin<'n> {
    /// The position of which these are the contacts, by segment.
    pub fn new(network: &'n Network, pass: Pass, mut contacts: Vec<Contact>) -> Self {
        contacts.retain(|c| network.allowed(c.edge, pass) != (false, false));
        Self { network, pass, contacts, edges: Vec::new(), served: Bounds::NONE, mm: Vec::new() }
    }

    /// Finds the costs along the touched edges; `over_ends` says what coming over an edge's ends
    /// costs at one of its vertices.
    pub fn touch(&mut self, over_ends: impl Fn(u32, usize) -> u32) {
        let graph = &self.network.graph;
        let mut numbers: Vec<u32> = self.contacts.iter().map(|c| c.edge).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for edge in numbers {
            let range = graph.edges[edge as usize].vertices();
            let served = self.served(&graph.vertices[range.clone()]);
            let (vertex, here) = (range.start as u32, self.mm.len() as u32);
            self.edges.push(TouchedEdge { edge, vertex, here, served });
            self.served = self.served.with(served);
            self.mm.extend(range.map(|v| over_ends(edge, v)));
        }
        self.enter();
        self.walk_along();
    }

    fn served(&self, shape: &[Xy]) -> Bounds {
        let k = shape.first().map_or(1.0, |v| self.network.graph.plane.east_scale(v.y));
        let limit = OFF_NETWORK_LIMIT_M / k.min(1.0) + ROUNDING_M;
        Bounds::around(shape).grown(limit)
    }

    /// Costs where the position enters.
    fn enter(&mut self) {
        for c in &self.contacts {
            let Ok(i) = self.edges.binary_search_by_key(&c.edge, |t| t.edge) else { continue };
            let at = (c.segment - self.edges[i].vertex + self.edges[i].here) as usize;
            let entry = self.entry(c);
            for (at, s) in [(at, 0.0), (at + 1, c.approach.length)] {
                self.mm[at] = self.mm[at].min(millimetres(entry.cost(s)));
            }
        }
    }

    /// From vertex to vertex, both ways.
    fn walk_along(&mut self) {
        let graph = &self.network.graph;
        for t in &self.edges {
            let (along, against) = self.network.allowed(t.edge, self.pass);
            let range = graph.edges[t.edge as usize].vertices();
            let mm = &mut self.mm[t.here as usize..][..range.len()];
            let step = |i: usize| graph.offsets[range.start + i + 1] - graph.offsets[range.start + i];
            for i in 0..range.len() - 1 {
                if along {
                    mm[i + 1] = mm[i + 1].min(mm[i].saturating_add(step(i)));
                }
            }
            for i in (0..range.len() - 1).rev() {
                if against {
                    mm[i] = mm[i].min(mm[i + 1].saturating_add(step(i)));
                }
            }
        }
    }

    /// The position's way onto a segment, as a second position meets it.
    pub fn entry(&self, contact: &Contact) -> Entry {
        let (forward, backward) = self.network.allowed(contact.edge, self.pass);
        Entry { approach: contact.approach, visible: contact.visible, forward, backward }
    }

    /// What the position sees of a segment.
    pub fn contacts_of(&self, segment: SegmentId) -> &[Contact] {
        let from = self.contacts.partition_point(|c| c.segment < segment);
        let count = self.contacts[from..].iter().take_while(|c| c.segment == segment).count();
        &self.contacts[from..from + count]
    }

    /// Vertices of a touched edge with their costs.
    pub fn costs(&self, t: &TouchedEdge) -> impl Iterator<Item = (usize, u32)> {
        let range = self.network.graph.edges[t.edge as usize].vertices();
        range.clone().zip(self.mm[t.here as usize..][..range.len()].iter().copied())
    }

    /// The edges that another position may be come to from.
    pub fn near(&self, p: Xy) -> impl Iterator<Item = &TouchedEdge> {
        let edges = if self.served.holds(p) { self.edges.as_slice() } else { &[] };
        edges.iter().filter(move |t| t.served.holds(p))
    }

    /// The least of a known cost and that along touched edges to a doorstep.
    pub fn cost_over(&self, memo: &Memo, known_mm: u32) -> u32 {
        self.touch_over(memo, known_mm).map_or(known_mm, |touch| touch.cost_mm)
    }

    /// The best way along touched edges to a doorstep, if it costs less than is known.
    pub fn touch_over(&self, memo: &Memo, known_mm: u32) -> Option<Touch> {
        self.near(memo.p).fold(None, |best, t| self.touch_over_edge(t, memo, known_mm, best))
    }

    fn touch_over_edge(&self, t: &TouchedEdge, memo: &Memo, known_mm: u32, best: Option<Touch>) -> Option<Touch> {
        let range = self.network.graph.edges[t.edge as usize].vertices();
        let first = memo.parts.partition_point(|part| (part.segment as usize) < range.start);
        let here = memo.parts[first..].iter().take_while(|part| (part.segment as usize) < range.end);
        here.fold(best, |best, part| {
            let known = best.map_or(known_mm, |touch| touch.cost_mm);
            if part.off_mm >= known {
                return best;
            }
            let approach = Approach::new(memo.p, self.network.segment(part.segment), memo.k);
            let touch = self.along(t, &approach, (part.segment, part.visible), known);
            touch.filter(|touch| touch.cost_mm < known).or(best)
        })
    }

    /// The contact over which the origin's way along a touched edge leads to one of its vertices, if
    /// that costs less than is known, with the metres off the network.
    pub fn contact_behind(&self, edge: u32, vertex: usize, known_mm: u32) -> Option<(usize, f64)> {
        let t = &self.edges[self.edges.binary_search_by_key(&edge, |t| t.edge).ok()?];
        let mm = self.mm[vertex - t.vertex as usize + t.here as usize];
        if mm >= known_mm {
            return None;
        }
        let (offsets, (along, against)) = (&self.network.graph.offsets, self.network.allowed(edge, self.pass));
        self.contacts.iter().enumerate().filter(|(_, c)| c.edge == edge).find_map(|(i, c)| {
            let first = c.segment as usize;
            let (s, by) = if vertex > first { (c.approach.length, first + 1) } else { (0.0, first) };
            let open = vertex == by || if vertex > by { along } else { against };
            let (metres, enter) = self.entry(c).enter_for(s);
            let over = millimetres(metres).saturating_add(offsets[vertex].abs_diff(offsets[by]));
            (open && over == mm).then(|| (i, c.approach.distance(enter)))
        })
    }

    /// Best way to a position over a part of a segment of a touched edge; ways that cost
    /// `known_mm` or more may be left out.
    pub fn along(
        &self,
        t: &TouchedEdge,
        approach: &Approach,
        (segment, visible): (SegmentId, Interval),
        known_mm: u32,
    ) -> Option<Touch> {
        let mm = |vertex: u32| self.mm[(vertex - t.vertex + t.here) as usize];
        let (first, second) = (mm(segment), mm(segment + 1));
        let off = OFF_NETWORK_COST * approach.nearest(visible);
        let hopeless = |before: u32| before.saturating_add((off * 1000.0) as u32) >= known_mm;
        let mut best = None;
        if !hopeless(first.min(second)) {
            let allowed = self.network.allowed(t.edge, self.pass);
            best = Leaving { approach, part: visible, allowed }.best(segment, first, second);
        }
        let from = self.contacts.partition_point(|c| c.segment < segment);
        for (i, contact) in self.contacts.iter().enumerate().skip(from).take_while(|(_, c)| c.segment == segment) {
            if hopeless((OFF_NETWORK_COST * contact.approach.nearest(contact.visible) * 1000.0) as u32) {
                continue;
            }
            let (cost_m, s) = self.entry(contact).meet(approach, visible);
            if cost_m.is_finite() {
                best = best.min_cost(Touch { cost_mm: millimetres(cost_m), segment, s, by: By::Contact(i) });
            }
        }
        best
    }
}
