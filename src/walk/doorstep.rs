//! A doorstep: a position that many searches ask for (a home, an entrance), with its ways onto the
//! network found once. A search then answers by a few additions.
//!
//! Whatever the search, a position is come to over a node at the end of an edge that it sees, and
//! from there on the cost is a constant: along the edge to the best place to leave it, and
//! straight on. Nodes that lead over another one of the list at no greater cost are left out.
//! Only where the origin touches the same edge the search must look itself.

use super::approach::{Interval, OFF_NETWORK_COST};
use super::field::Leaving;
use super::index::SegmentId;
use super::network::Network;
use super::reach::{Reach, UNREACHED};
use super::snap::Contact;
use crate::geometry::{LonLat, Seconds, Xy};
use std::sync::OnceLock;

/// A position with its ways onto a network. Equal when the positions are.
#[derive(Debug, Clone)]
pub struct Doorstep {
    at: LonLat,
    memo: OnceLock<Memo>,
}

/// What is found out about a position.
#[derive(Debug, Clone)]
pub(super) struct Memo {
    /// The network it was made for.
    stamp: u64,
    pub p: Xy,
    /// The plane's east scale there.
    pub k: f64,
    pub ways: Box<[Way]>,
    /// Where walking may come from the middle of an edge, by segment.
    pub parts: Box<[Part]>,
}

/// A part of a segment that a position sees.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub segment: SegmentId,
    /// The least that leaving it costs, in millimetres, rounded down.
    pub off_mm: u32,
    pub visible: Interval,
}

/// A way between a node and a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    pub node: u32,
    pub mm: u32,
    /// The searches it serves, a bit each ([`Pass`]).
    pub passes: u16,
    /// Centimetres off the network, which count twice in `mm`.
    pub off_cm: u16,
}

impl Part {
    pub fn new(contact: &Contact) -> Self {
        let off = OFF_NETWORK_COST * contact.approach.nearest(contact.visible);
        Self { segment: contact.segment, off_mm: (off * 1000.0) as u32, visible: contact.visible }
    }
}

impl Doorstep {
    pub fn new(at: LonLat) -> Self {
        Self { at, memo: OnceLock::new() }
    }

    /// A doorstep whose ways onto the network are found already.
    pub fn prepared(at: LonLat, network: &Network) -> Self {
        let doorstep = Self::new(at);
        doorstep.prepare(network);
        doorstep
    }

    pub fn at(&self) -> LonLat {
        self.at
    }

    /// Finds the ways now, so that no search has to.
    pub fn prepare(&self, network: &Network) {
        self.memo(network);
    }

    /// What is known for a network; `None` when it is known for another.
    fn memo(&self, network: &Network) -> Option<&Memo> {
        let memo = self.memo.get_or_init(|| Memo::new(self.at, network));
        (memo.stamp == network.pool.stamp).then_some(memo)
    }

    /// Calls `found` with what is known for a network.
    pub(super) fn with_memo<T>(&self, network: &Network, found: impl FnOnce(&Memo) -> T) -> T {
        match self.memo(network) {
            Some(memo) => found(memo),
            None => found(&Memo::new(self.at, network)),
        }
    }
}

impl PartialEq for Doorstep {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Memo {
    /// The edges that walking may come from the middle of, each with the least that leaving it
    /// costs, rounded down.
    pub fn edges(&self, network: &Network) -> impl Iterator<Item = (u32, u32)> {
        let edge_of = |part: &Part| network.index.edge_of[part.segment as usize];
        let same = self.parts.chunk_by(move |a, b| edge_of(a) == edge_of(b));
        same.map(move |parts| (edge_of(&parts[0]), parts.iter().map(|part| part.off_mm).min().unwrap_or(0)))
    }

    fn new(at: LonLat, network: &Network) -> Self {
        let p = network.graph.plane.to_xy(at);
        let contacts = network.contacts(p);
        let ways = network.ways(&contacts);
        let parts = contacts.iter().filter(|c| network.may_be_direct(c, &ways));
        let parts = parts.map(Part::new).collect();
        let k = network.graph.plane.east_scale(p.y);
        Self { stamp: network.pool.stamp, p, k, ways: ways.into(), parts }
    }
}

impl Network {
    /// The ways between nodes and a position of which these are the contacts.
    pub(super) fn ways(&self, contacts: &[Contact]) -> Vec<Way> {
        let mut all = Vec::with_capacity(contacts.len() * 2);
        contacts.iter().for_each(|c| self.ways_over(c, &mut all));
        all.sort_unstable();
        let mut seen = (u32::MAX, 0);
        all.retain_mut(|way| {
            if way.node != seen.0 {
                seen = (way.node, 0);
            }
            way.passes &= !seen.1;
            seen.1 |= way.passes;
            way.passes != 0
        });
        let useful: Vec<u16> = all.iter().map(|way| way.passes & !self.beaten(way, &all)).collect();
        all.iter().zip(useful).filter(|(_, passes)| *passes != 0).map(|(w, passes)| Way { passes, ..*w }).collect()
    }

    /// Whether walking along a contact's edge and leaving there may be better than going on to an
    /// end of the edge and taking a way from there.
    fn may_be_direct(&self, contact: &Contact, ways: &[Way]) -> bool {
        let edge = &self.graph.edges[contact.edge as usize];
        if !(edge.footing.forward && edge.footing.backward) {
            return true;
        }
        let (along, _) = self.passes[contact.edge as usize];
        // Metres from a node on, for whichever search has it worst.
        let from = |node: u32| {
            let of_node = &ways[ways.partition_point(|w| w.node < node)..ways.partition_point(|w| w.node <= node)];
            let served = of_node.iter().fold(0, |bits, w| bits | w.passes);
            let worst = of_node.iter().map(|w| w.mm).max().unwrap_or(0);
            if served & along == along { f64::from(worst) / 1000.0 } else { f64::INFINITY }
        };
        let metres = |vertex: usize| f64::from(self.graph.offsets[vertex]) / 1000.0;
        let length = f64::from(edge.length_mm) / 1000.0;
        let (first, (lo, hi)) = (metres(contact.segment as usize), contact.visible);
        let (by_tail, by_head) = (from(edge.tail), from(edge.head));
        let around = (first + hi + by_tail).min(length - first - lo + by_head).min((length + by_tail + by_head) / 2.0);
        OFF_NETWORK_COST * contact.approach.nearest(contact.visible) < around + 0.01
    }

    /// How an edge may be walked (along its vertices, against them), and the searches that may walk it so.
    pub(super) fn ways_along(&self, edge: u32) -> impl Iterator<Item = ((bool, bool), u16)> + use<> {
        let (along, against) = self.passes[edge as usize];
        [((true, true), along & against), ((true, false), along & !against), ((false, true), against & !along)]
            .into_iter()
            .filter(|(_, passes)| *passes != 0)
    }

    fn ways_over(&self, contact: &Contact, all: &mut Vec<Way>) {
        let graph = &self.graph;
        let edge = &graph.edges[contact.edge as usize];
        let first = contact.segment as usize;
        let (before, after) = (graph.offsets[first], edge.length_mm - graph.offsets[first + 1]);
        for (allowed, passes) in self.ways_along(contact.edge) {
            let leaving = Leaving { approach: &contact.approach, part: contact.visible, allowed };
            let mut add = |node: u32, mm: u32, s: f64| {
                let off_cm = (contact.approach.distance(s) * 100.0).round() as u16;
                all.push(Way { node, mm, passes, off_cm });
            };
            if let Some((s, mm)) = leaving.leave_from_first().filter(|_| allowed.0 || before == 0) {
                add(edge.tail, before + mm, s);
            }
            if let Some((s, mm)) = leaving.leave_from_second().filter(|_| allowed.1 || after == 0) {
                add(edge.head, after + mm, s);
            }
        }
    }

    /// The searches for which another way is never worse: it starts at a neighbour of the node.
    fn beaten(&self, way: &Way, all: &[Way]) -> u16 {
        let node = way.node as usize;
        let mut beaten = 0;
        for hop in &self.hops[self.graph.first[node] as usize..self.graph.first[node + 1] as usize] {
            let from = all.partition_point(|w| w.node < hop.head);
            for other in all[from..].iter().take_while(|w| w.node == hop.head) {
                let over = other.mm.saturating_add(hop.mm);
                // Of two that beat each other, over an edge without length, one stays.
                let beats = over < way.mm || (over == way.mm && (other.mm, other.node) < (way.mm, way.node));
                if beats && !hop.waits() {
                    beaten |= other.passes & hop.passes();
                }
            }
        }
        beaten
    }
}

impl Reach<'_> {
    /// Like [`Reach::time_at`], quickly.
    pub fn time_to(&self, doorstep: &Doorstep) -> Option<Seconds> {
        self.cost_to(doorstep).map(|mm| self.seconds(mm))
    }

    /// Walking time to the nearest of several doorsteps.
    pub fn time_to_any(&self, doorsteps: &[Doorstep]) -> Option<Seconds> {
        doorsteps.iter().filter_map(|step| self.cost_to(step)).min().map(|mm| self.seconds(mm))
    }

    /// Millimetres to a doorstep within the budget.
    pub(super) fn cost_to(&self, doorstep: &Doorstep) -> Option<u32> {
        doorstep.with_memo(self.network, |memo| self.cost_over(memo, self.best_way(memo).map(|(mm, _)| mm)))
    }

    /// The cheapest way over a node, with its cost in millimetres.
    pub(super) fn best_way<'m>(&self, memo: &'m Memo) -> Option<(u32, &'m Way)> {
        let open = memo.ways.iter().filter(|way| way.passes & self.pass.bit() != 0);
        let costs = open.map(|way| (self.nodes.cost[way.node as usize].saturating_add(way.mm), way));
        costs.min_by_key(|(mm, _)| *mm).filter(|(mm, _)| *mm != UNREACHED)
    }

    /// Millimetres to a doorstep within the budget, when coming over a node costs so much.
    pub(super) fn cost_over(&self, memo: &Memo, over_nodes: Option<u32>) -> Option<u32> {
        let known = over_nodes.unwrap_or(UNREACHED).min(self.budget_mm() + 1);
        Some(self.start.cost_over(memo, known)).filter(|mm| *mm <= self.budget_mm())
    }
}
