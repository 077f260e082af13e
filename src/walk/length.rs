//! How long the way is that a search found: what it costs, without what does not count as length.
//! A metre off the network costs two, and a wait at a signal costs metres without being any.

use super::doorstep::{Doorstep, Way};
use super::reach::{FROM_CONTACT, Reach};
use crate::geometry::Metres;

impl Reach<'_> {
    /// Length of the walk to the nearest of several doorsteps, to the centimetre; `None` when none
    /// is reached.
    pub fn length_to_any(&self, doorsteps: &[Doorstep]) -> Option<Metres> {
        let costs = doorsteps.iter().filter_map(|step| self.cost_to(step).map(|mm| (mm, step)));
        let (mm, doorstep) = costs.min_by_key(|(mm, _)| *mm)?;
        let over_node = |way: &Way| f64::from(mm) / 1000.0 - f64::from(way.off_cm) / 100.0 - self.uncounted(way.node);
        let length = doorstep.with_memo(self.network, |memo| {
            // Along an edge that the origin touches, no node is passed: the way itself must be measured.
            self.best_way(memo).filter(|(over_node, _)| *over_node == mm).map(|(_, way)| over_node(way))
        });
        length.map(Metres).or_else(|| self.route_to_any(std::slice::from_ref(doorstep)).map(|route| route.distance))
    }

    /// Metres in a node's cost that are not walked: waits, and half of what leads off the network.
    fn uncounted(&self, mut node: u32) -> f64 {
        let (graph, hops) = (&self.network.graph, &self.network.hops);
        let wait = f64::from(self.profile.half_wait_mm()) / 1000.0;
        let mut waits = 0.0;
        loop {
            let via = self.nodes.via[node as usize];
            if via & FROM_CONTACT != 0 {
                return waits + self.off_to_end((via & !FROM_CONTACT) as usize, node);
            }
            if hops[via as usize].waits() {
                waits += wait;
            }
            let arc = graph.arcs[via as usize];
            let edge = graph.edges[arc.edge as usize];
            node = if arc.reversed { edge.head } else { edge.tail };
        }
    }

    /// Metres off the network on the origin's way over a contact to an end of the contact's edge.
    fn off_to_end(&self, contact: usize, node: u32) -> f64 {
        let c = self.start.contacts[contact];
        let (_, enter) = self.entry(&c).enter_for(self.place_towards(contact, node));
        c.approach.distance(enter)
    }
}
