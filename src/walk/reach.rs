//! The search: from an origin, the cheapest cost of every node within a budget, by Dijkstra's
//! algorithm with exact integer costs (millimetres of network walking).

use super::approach::Entry;
use super::hops::Pass;
use super::network::Network;
use super::origin::Origin;
use super::profile::{Direction, Profile};
use super::scratch::{NodeTables, VertexTables};
use super::snap::Contact;
use crate::geometry::{LonLat, Metres, Seconds, Xy};
use std::cmp::Reverse;
use std::sync::OnceLock;

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
    #[error("the walking streets within {} m are closed to this profile", super::profile::OFF_NETWORK_LIMIT_M)]
    Closed(Metres),
    #[error("there is no walking street near the point")]
    Nothing,
}

impl OutsideNetwork {
    /// Distance to the nearest walking street, when there is one at all.
    pub fn distance(&self) -> Option<Metres> {
        match self {
            Self::Far(d) | Self::Blocked(d) | Self::Closed(d) => Some(*d),
            Self::Nothing => None,
        }
    }
}

pub(super) const UNREACHED: u32 = u32::MAX;

/// Set in [`NodeTables::via`] when a node was come to over a contact of the origin.
pub(super) const FROM_CONTACT: u32 = 1 << 31;
/// How far beyond its budget a search looks, in metres of network walking: the contour needs the
/// values on both sides.
const MARGIN_M: f64 = 25.0;

/// Everything reached from (or to) an origin within a budget.
pub struct Reach<'n> {
    pub(super) network: &'n Network,
    pub(super) profile: Profile,
    pub(super) direction: Direction,
    pub(super) pass: Pass,
    pub(super) origin: Xy,
    /// Metres of network walking.
    pub(super) budget_m: f64,
    /// Cost of each node in millimetres, or [`UNREACHED`]; the arc it was come to over, or
    /// [`FROM_CONTACT`] and the contact's number; the reached nodes, cheapest first, of which a few
    /// lie just beyond the budget.
    pub(super) nodes: NodeTables,
    /// What the origin sees and touches.
    pub(super) start: Origin<'n>,
    pub(super) spread: OnceLock<VertexTables>,
    pub(super) lower_bounds: OnceLock<Vec<f32>>,
}

impl Network {
    /// Everything within the budget of the origin.
    pub fn reach(&self, query: &ReachQuery<'_>) -> Result<Reach<'_>, OutsideNetwork> {
        let origin = self.graph.plane.to_xy(query.origin);
        let pass = Pass::new(query.profile, query.direction);
        let contacts = self.contacts(origin);
        let sees_streets = !contacts.is_empty();
        let start = Origin::new(self, pass, contacts);
        if start.contacts.is_empty() {
            return Err(match self.nearest_distance(query.origin) {
                Some(d) if sees_streets => OutsideNetwork::Closed(d),
                Some(d) if d.0 <= super::profile::OFF_NETWORK_LIMIT_M => OutsideNetwork::Blocked(d),
                Some(d) => OutsideNetwork::Far(d),
                None => OutsideNetwork::Nothing,
            });
        }
        let mut reach = Reach {
            network: self,
            profile: query.profile.clone(),
            direction: query.direction,
            pass,
            origin,
            budget_m: query.budget.0.max(0.0) * query.profile.speed_m_s,
            nodes: self.pool.nodes(self.node_count()),
            start,
            spread: OnceLock::new(),
            lower_bounds: OnceLock::new(),
        };
        (0..reach.start.contacts.len()).for_each(|i| reach.seed(i));
        reach.search();
        let (start, nodes) = (&mut reach.start, &reach.nodes);
        start.touch(|edge, vertex| self.cost_over_ends(edge, vertex, pass, nodes));
        Ok(reach)
    }
}

impl Reach<'_> {
    /// Distance from the origin to the network.
    pub fn snap(&self) -> Metres {
        Metres(self.start.contacts.iter().map(|c| c.approach.nearest(c.visible)).fold(f64::INFINITY, f64::min))
    }

    pub fn budget(&self) -> Seconds {
        Seconds(self.budget_m / self.profile.speed_m_s)
    }

    /// Speed along the network, metres a second.
    pub fn speed_m_s(&self) -> f64 {
        self.profile.speed_m_s
    }

    /// Nodes of the network that the search settled.
    pub fn settled(&self) -> usize {
        self.nodes.settled.len()
    }

    /// Rounded down: a walk that takes longer than the budget by less than a millimetre takes longer.
    pub(super) fn budget_mm(&self) -> u32 {
        (self.budget_m * 1000.0 + 1e-3) as u32
    }

    /// How far the search looks, in metres of network walking.
    pub(super) fn horizon_m(&self) -> f64 {
        self.budget_m + MARGIN_M
    }

    /// Whether walkers of this profile may go along (true) or against the edge's vertices, in the
    /// sense of the search.
    pub(super) fn allowed(&self, edge: u32) -> (bool, bool) {
        self.network.allowed(edge, self.pass)
    }

    /// The origin's way onto a segment, as a second position meets it.
    pub(super) fn entry(&self, contact: &Contact) -> Entry {
        self.start.entry(contact)
    }

    fn search(&mut self) {
        let horizon = (self.horizon_m() * 1000.0) as u32;
        let (first, hops) = (&self.network.graph.first, &self.network.hops);
        let wait = self.profile.half_wait_mm();
        while let Some(Reverse(next)) = self.nodes.queue.pop() {
            let (cost, node) = ((next >> 32) as u32, next as u32 as usize);
            if cost > self.nodes.cost[node] {
                continue;
            }
            self.nodes.settled.push(node as u32);
            for number in first[node]..first[node + 1] {
                let hop = &hops[number as usize];
                let there = cost.saturating_add(hop.cost(wait));
                if there < self.nodes.cost[hop.head as usize] && there <= horizon && hop.open(self.pass) {
                    self.nodes.cost[hop.head as usize] = there;
                    self.nodes.via[hop.head as usize] = number;
                    self.nodes.queue.push(Reverse(u64::from(there) << 32 | u64::from(hop.head)));
                }
            }
        }
    }

    /// Costs at the ends of an edge that the origin touches.
    fn seed(&mut self, contact: usize) {
        let c = self.start.contacts[contact];
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
            if open && cost <= self.horizon_m() * 1000.0 && cost < f64::from(self.nodes.cost[node as usize]) {
                self.nodes.cost[node as usize] = cost as u32;
                self.nodes.via[node as usize] = FROM_CONTACT | contact as u32;
                self.nodes.queue.push(Reverse((cost as u64) << 32 | u64::from(node)));
            }
        }
    }

    pub(super) fn seconds(&self, cost_mm: u32) -> Seconds {
        Seconds(f64::from(cost_mm) / 1000.0 / self.profile.speed_m_s)
    }
}

impl Drop for Reach<'_> {
    fn drop(&mut self) {
        let mut nodes = std::mem::take(&mut self.nodes);
        nodes.settled.iter().for_each(|n| nodes.cost[*n as usize] = UNREACHED);
        self.network.pool.keep_nodes(nodes);
        if let Some(mut spread) = self.spread.take() {
            for &edge in &spread.edges {
                spread.mm[self.network.graph.edges[edge as usize].vertices()].fill(UNREACHED);
            }
            self.network.pool.keep_vertices(spread);
        }
    }
}
