//! The search: from an origin, the cheapest cost of every node within a budget, by Dijkstra's
//! algorithm with exact integer costs (millimetres of network walking).

use super::approach::Entry;
use super::network::Network;
use super::profile::{Direction, Profile};
use super::snap::Contact;
use crate::geometry::{LonLat, Metres, Seconds};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What to search.
#[derive(Debug, Clone, Copy)]
pub struct ReachQuery<'q> {
    pub origin: LonLat,
    pub profile: &'q Profile,
    pub direction: Direction,
    pub budget: Seconds,
}

/// The origin touches no part of the network.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum OutsideNetwork {
    #[error("the nearest walking street is {:.0} m away, farther than {} m", .0.0, super::profile::OFF_NETWORK_LIMIT_M)]
    Far(Metres),
    #[error(
        "water, a railway or a wall lies between the point and every walking street within {} m",
        super::profile::OFF_NETWORK_LIMIT_M
    )]
    Blocked(Metres),
    #[error("there is no walking street near the point")]
    Nothing,
}

impl OutsideNetwork {
    /// Distance to the nearest walking street, when there is one at all.
    pub fn distance(&self) -> Option<Metres> {
        match self {
            Self::Far(d) | Self::Blocked(d) => Some(*d),
            Self::Nothing => None,
        }
    }
}

pub(super) const UNREACHED: u32 = u32::MAX;

/// Set in [`Reach::via`] when a node was come to over a contact of the origin.
pub(super) const FROM_CONTACT: u32 = 1 << 31;
/// How far beyond its budget a search looks, in metres of network walking: the contour needs the
/// values on both sides.
const MARGIN_M: f64 = 25.0;

/// Everything reached from (or to) an origin within a budget.
pub struct Reach<'n> {
    pub(super) network: &'n Network,
    pub(super) profile: Profile,
    pub(super) direction: Direction,
    pub(super) origin: crate::geometry::Xy,
    /// Metres of network walking.
    pub(super) budget_m: f64,
    /// Cost of each node in millimetres, or [`UNREACHED`].
    pub(super) cost: Vec<u32>,
    /// The arc each reached node was come to over, or [`FROM_CONTACT`] and the contact's number.
    pub(super) via: Vec<u32>,
    /// The reached nodes, cheapest first; a few lie just beyond the budget.
    pub(super) settled: Vec<u32>,
    /// What the origin sees, sorted by segment.
    pub(super) contacts: Vec<Contact>,
    /// Cost at each vertex of the network in millimetres, or [`UNREACHED`].
    pub(super) vertex_mm: Vec<u32>,
    /// The edges of which anything is reached.
    pub(super) edges: Vec<u32>,
    pub(super) lower_bounds: std::sync::OnceLock<Vec<f32>>,
}

impl Network {
    /// Everything within the budget of the origin.
    pub fn reach(&self, query: &ReachQuery<'_>) -> Result<Reach<'_>, OutsideNetwork> {
        let origin = self.graph.plane.to_xy(query.origin);
        let mut contacts = self.contacts(origin);
        contacts.retain(|c| self.is_open(c.edge, query.profile));
        if contacts.is_empty() {
            return Err(match self.nearest_distance(query.origin) {
                Some(d) if d.0 <= super::profile::OFF_NETWORK_LIMIT_M => OutsideNetwork::Blocked(d),
                Some(d) => OutsideNetwork::Far(d),
                None => OutsideNetwork::Nothing,
            });
        }
        let mut reach = Reach {
            network: self,
            profile: query.profile.clone(),
            direction: query.direction,
            origin,
            budget_m: query.budget.0.max(0.0) * query.profile.speed_m_s,
            cost: vec![UNREACHED; self.node_count()],
            via: vec![0; self.node_count()],
            settled: Vec::new(),
            contacts,
            vertex_mm: vec![UNREACHED; self.graph.vertices.len()],
            edges: Vec::new(),
            lower_bounds: std::sync::OnceLock::new(),
        };
        reach.search();
        reach.spread();
        reach.spread_from_origin();
        Ok(reach)
    }

    /// Whether walkers of this profile may use an edge at all.
    pub(super) fn is_open(&self, edge: u32, profile: &Profile) -> bool {
        self.index.open[edge as usize] & profile.mask_bit() != 0
    }
}

impl Reach<'_> {
    /// Distance from the origin to the network.
    pub fn snap(&self) -> Metres {
        Metres(self.contacts.iter().map(|c| c.approach.nearest(c.visible)).fold(f64::INFINITY, f64::min))
    }

    pub fn budget(&self) -> Seconds {
        self.seconds(self.budget_m)
    }

    /// Speed along the network, metres a second.
    pub fn speed_m_s(&self) -> f64 {
        self.profile.speed_m_s
    }

    /// How far the search looks, in metres of network walking.
    pub(super) fn horizon_m(&self) -> f64 {
        self.budget_m + MARGIN_M
    }

    /// Whether walkers of this profile may go along (true) or against the edge's vertices, in the
    /// sense of the search.
    pub(super) fn allowed(&self, edge: u32) -> (bool, bool) {
        if !self.network.is_open(edge, &self.profile) {
            return (false, false);
        }
        let f = self.network.graph.edges[edge as usize].footing;
        self.directed(f.forward, f.backward)
    }

    /// One-way rules in the sense of the search: a walk "to" the origin is searched backwards.
    pub(super) fn directed(&self, forward: bool, backward: bool) -> (bool, bool) {
        match self.direction {
            Direction::From => (forward, backward),
            Direction::To => (backward, forward),
        }
    }

    /// The origin's way onto a segment, as a second position meets it.
    pub(super) fn entry(&self, contact: &Contact) -> Entry {
        let (forward, backward) = self.allowed(contact.edge);
        Entry { approach: contact.approach, visible: contact.visible, forward, backward }
    }

    fn search(&mut self) {
        let mut queue = BinaryHeap::new();
        for i in 0..self.contacts.len() {
            self.seed(i, &mut queue);
        }
        let horizon = (self.horizon_m() * 1000.0) as u64;
        let graph = &self.network.graph;
        while let Some(Reverse((cost, node))) = queue.pop() {
            if cost > self.cost[node as usize] {
                continue;
            }
            self.settled.push(node);
            for number in graph.first[node as usize]..graph.first[node as usize + 1] {
                let arc = &graph.arcs[number as usize];
                let (along, against) = self.allowed(arc.edge);
                if !(if arc.reversed { against } else { along }) {
                    continue;
                }
                let next = u64::from(cost) + u64::from(graph.edges[arc.edge as usize].length_mm);
                if next <= horizon && next < u64::from(self.cost[arc.head as usize]) {
                    self.cost[arc.head as usize] = next as u32;
                    self.via[arc.head as usize] = number;
                    queue.push(Reverse((next as u32, arc.head)));
                }
            }
        }
    }

    /// Costs at the ends of an edge that the origin touches.
    fn seed(&mut self, contact: usize, queue: &mut BinaryHeap<Reverse<(u32, u32)>>) {
        let c = self.contacts[contact];
        let graph = &self.network.graph;
        let edge = graph.edges[c.edge as usize];
        let (along, against) = self.allowed(c.edge);
        let start = f64::from(graph.offsets[c.segment as usize]) / 1000.0;
        let end = f64::from(edge.length_mm - graph.offsets[c.segment as usize + 1]) / 1000.0;
        let entry = self.entry(&c);
        // A node at the very end of the segment is entered straight, whatever the one-way rule.
        let ends = [
            (edge.head, along || end == 0.0, entry.cost(c.approach.length) + end),
            (edge.tail, against || start == 0.0, entry.cost(0.0) + start),
        ];
        for (node, open, metres) in ends {
            let cost = (metres * 1000.0).round();
            if open && cost <= self.horizon_m() * 1000.0 && cost < f64::from(self.cost[node as usize]) {
                self.cost[node as usize] = cost as u32;
                self.via[node as usize] = FROM_CONTACT | contact as u32;
                queue.push(Reverse((cost as u32, node)));
            }
        }
    }

    /// From the nodes along the shapes of their edges.
    fn spread(&mut self) {
        let graph = &self.network.graph;
        for &node in &self.settled {
            for arc in &graph.arcs[graph.first[node as usize] as usize..graph.first[node as usize + 1] as usize] {
                // Once an edge: at its tail, or at its head where the tail is not reached.
                if !arc.reversed || self.cost[arc.head as usize] == UNREACHED {
                    self.edges.push(arc.edge);
                }
            }
        }
        for &edge in &self.edges {
            for vertex in graph.edges[edge as usize].vertices() {
                self.vertex_mm[vertex] = self.cost_from_ends(edge, vertex).unwrap_or(UNREACHED);
            }
        }
    }

    /// On edges that the origin touches the cost is not only that of the two ends: walk it along
    /// the shape, vertex by vertex, both ways.
    fn spread_from_origin(&mut self) {
        let graph = &self.network.graph;
        let mut touched: Vec<u32> = Vec::new();
        for c in &self.contacts {
            let entry = self.entry(c);
            for (vertex, s) in [(c.segment as usize, 0.0), (c.segment as usize + 1, c.approach.length)] {
                let mm = (entry.cost(s) * 1000.0).round().min(f64::from(UNREACHED)) as u32;
                self.vertex_mm[vertex] = self.vertex_mm[vertex].min(mm);
            }
            touched.push(c.edge);
        }
        touched.sort_unstable();
        touched.dedup();
        for &edge in &touched {
            let (along, against) = self.allowed(edge);
            let range = graph.edges[edge as usize].vertices();
            let step = |v: usize| graph.offsets[v + 1] - graph.offsets[v];
            for v in range.start..range.end - 1 {
                if along {
                    self.vertex_mm[v + 1] = self.vertex_mm[v + 1].min(self.vertex_mm[v].saturating_add(step(v)));
                }
            }
            for v in (range.start..range.end - 1).rev() {
                if against {
                    self.vertex_mm[v] = self.vertex_mm[v].min(self.vertex_mm[v + 1].saturating_add(step(v)));
                }
            }
        }
        self.edges.extend(touched);
        self.edges.sort_unstable();
        self.edges.dedup();
    }

    /// Cost in millimetres at a vertex of an edge, coming over the edge's ends.
    pub(super) fn cost_from_ends(&self, edge: u32, vertex: usize) -> Option<u32> {
        let graph = &self.network.graph;
        let e = &graph.edges[edge as usize];
        let (along, against) = self.allowed(edge);
        let offset = graph.offsets[vertex];
        let over = |node: u32, mm: u32| {
            let cost = self.cost[node as usize];
            (cost != UNREACHED).then(|| cost.saturating_add(mm))
        };
        let from_tail = if along || offset == 0 { over(e.tail, offset) } else { None };
        let from_head = if against || offset == e.length_mm { over(e.head, e.length_mm - offset) } else { None };
        match (from_tail, from_head) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Cost in metres at a vertex; `None` when it is not reached.
    pub(super) fn vertex_cost(&self, vertex: usize) -> Option<f64> {
        let mm = self.vertex_mm[vertex];
        (mm != UNREACHED).then(|| f64::from(mm) / 1000.0)
    }

    pub(super) fn seconds(&self, cost_m: f64) -> Seconds {
        Seconds(cost_m / self.profile.speed_m_s)
    }
}
