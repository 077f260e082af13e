//! How long the way is that a search found: what it costs, without what does not count as length.
//! A metre off the network costs two, and a wait at a signal costs metres without being any.

use super::approach::Approach;
use super::doorstep::{Doorstep, Memo, Way};
use super::field::{By, Touch};
use super::index::SegmentId;
use super::reach::{FROM_CONTACT, Reach};
use crate::geometry::Metres;

impl Reach<'_> {
    /// Length of the walk to the nearest of several doorsteps, to the centimetre; `None` when none
    /// is reached.
    pub fn length_to_any(&self, doorsteps: &[Doorstep]) -> Option<Metres> {
        let costs = doorsteps.iter().filter_map(|step| self.cost_to(step).map(|mm| (mm, step)));
        let (mm, doorstep) = costs.min_by_key(|(mm, _)| *mm)?;
        let uncounted = doorstep.with_memo(self.network, |memo| match self.best_way(memo) {
            Some((over_node, way)) if over_node == mm => Some(self.uncounted_over(way)),
            _ => self.start.touch_over(memo, mm + 1).map(|touch| self.uncounted_along(memo, &touch)),
        });
        Some(Metres(f64::from(mm) / 1000.0 - uncounted?))
    }

    /// Metres in the cost of a way over a node that are not walked: waits, and half of what leads
    /// off the network.
    fn uncounted_over(&self, way: &Way) -> f64 {
        f64::from(way.off_cm) / 100.0 + self.uncounted(way.node)
    }

    /// The same of a way along an edge that the origin touches.
    fn uncounted_along(&self, memo: &Memo, touch: &Touch) -> f64 {
        let segment = touch.segment as usize;
        let before = match touch.by {
            By::Contact(contact) => self.off_to(contact, touch.s),
            By::First => self.uncounted_to_vertex(touch.segment, segment),
            By::Second => self.uncounted_to_vertex(touch.segment, segment + 1),
        };
        before + Approach::new(memo.p, self.network.segment(touch.segment), memo.k).distance(touch.s)
    }

    fn uncounted_to_vertex(&self, segment: SegmentId, vertex: usize) -> f64 {
        let edge = self.network.index.edge_of[segment as usize];
        let (by_tail, by_head) = self.costs_by_end(edge, vertex);
        if let Some((_, off)) = self.start.contact_behind(edge, vertex, by_tail.min(by_head)) {
            return off;
        }
        let edge = &self.network.graph.edges[edge as usize];
        self.uncounted(if by_tail <= by_head { edge.tail } else { edge.head })
    }

    /// Metres in a node's cost that are not walked: waits, and half of what leads off the network.
    fn uncounted(&self, mut node: u32) -> f64 {
        let (graph, hops) = (&self.network.graph, &self.network.hops);
        let wait = f64::from(self.profile.half_wait_mm()) / 1000.0;
        let mut waits = 0.0;
        loop {
            let via = self.nodes.via[node as usize];
            if via & FROM_CONTACT != 0 {
                let contact = (via & !FROM_CONTACT) as usize;
                let c = self.start.contacts[contact];
                let at_head = self.vertex_towards(contact, node) > c.segment as usize;
                return waits + self.off_to(contact, if at_head { c.approach.length } else { 0.0 });
            }
            if hops[via as usize].waits() {
                waits += wait;
            }
            let arc = graph.arcs[via as usize];
            let edge = graph.edges[arc.edge as usize];
            node = if arc.reversed { edge.head } else { edge.tail };
        }
    }

    /// Metres off the network on the origin's way to a place on a contact's segment.
    fn off_to(&self, contact: usize, s: f64) -> f64 {
        let c = self.start.contacts[contact];
        let (_, enter) = self.entry(&c).enter_for(s);
        c.approach.distance(enter)
    }
}
