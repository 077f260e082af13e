//! The nearest sites for every node and every doorstep at once: one search from all sites, which
//! keeps the two nearest of each node, so that closing any one site is a lookup.

use super::buckets::Buckets;
use super::doorstep::{Doorstep, Memo};
use super::hops::Pass;
use super::network::Network;
use super::origin::Origin;
use super::profile::{Direction, Profile};
use super::reach::UNREACHED;
use super::snap::Contact;
use crate::geometry::Seconds;
use std::sync::OnceLock;

/// A site and what it costs to walk there, in millimetres; none costs [`UNREACHED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Label {
    mm: u32,
    site: u32,
}

const NONE: Label = Label { mm: UNREACHED, site: u32::MAX };

/// The `K` nearest sites of everything, nearest first.
#[derive(Debug)]
pub struct Closest<'n, const K: usize> {
    network: &'n Network,
    profile: Profile,
    pass: Pass,
    /// By node.
    labels: Vec<[Label; K]>,
    /// The sites' doorsteps.
    doors: Vec<(u32, &'n Doorstep)>,
    /// Edges with the doors that touch them, in order; made when first asked for.
    at_edge: OnceLock<Vec<AtEdge>>,
    limit_mm: u32,
}

/// A door that touches an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct AtEdge {
    edge: u32,
    /// The least that leaving the edge for the door costs, rounded down.
    off_mm: u32,
    door: u32,
}

/// What is asked of all nodes: who walks, whether people walk to the sites or from them, and how
/// far at the most.
#[derive(Debug, Clone, Copy)]
pub struct ClosestQuery<'q> {
    pub profile: &'q Profile,
    /// [`Direction::To`]: people walk to the sites.
    pub direction: Direction,
    pub limit: Seconds,
}

impl Network {
    /// The nearest of the sites for every node of the network. A site is reached at any of its
    /// doorsteps; sites that touch no street are nobody's nearest.
    pub fn closest<'n, const K: usize>(&'n self, query: &ClosestQuery<'_>, sites: &[&'n [Doorstep]]) -> Closest<'n, K> {
        let limit_mm = (query.limit.0.max(0.0) * query.profile.speed_m_s * 1000.0).round().min(4e9) as u32;
        let pass = Pass::new(query.profile, query.direction);
        let mut closest = Closest {
            network: self,
            profile: query.profile.clone(),
            pass,
            labels: vec![[NONE; K]; self.node_count()],
            doors: Vec::new(),
            at_edge: OnceLock::new(),
            limit_mm,
        };
        for (site, doorstep) in sites.iter().zip(0..).flat_map(|(doors, i)| doors.iter().map(move |d| (i, d))) {
            doorstep.with_memo(self, |memo| closest.start(site, memo, pass.reversed()));
            closest.doors.push((site, doorstep));
        }
        closest.search();
        closest
    }
}

impl<'n, const K: usize> Closest<'n, K> {
    /// The ways between a doorstep and its nodes, walked from the site's side.
    fn start(&mut self, site: u32, memo: &Memo, ways: Pass) {
        let open = memo.ways.iter().filter(|way| way.passes & ways.bit() != 0 && way.mm <= self.limit_mm);
        for way in open {
            insert(&mut self.labels[way.node as usize], Label { mm: way.mm, site });
        }
    }

    fn search(&mut self) {
        let (first, hops) = (&self.network.graph.first, &self.network.hops);
        let wait = self.profile.half_wait_mm();
        let mut queue = Buckets::default();
        for (labels, node) in self.labels.iter().zip(0..) {
            labels.iter().filter(|label| **label != NONE).for_each(|label| queue.push(label.mm, node));
        }
        while let Some((mm, node)) = queue.pop() {
            let here = self.labels[node as usize];
            for label in here.into_iter().filter(|label| label.mm == mm) {
                for hop in &hops[first[node as usize] as usize..first[node as usize + 1] as usize] {
                    let there = mm.saturating_add(hop.cost(wait));
                    let labels = &mut self.labels[hop.head as usize];
                    let better = there < labels[K - 1].mm && there <= self.limit_mm && hop.open(self.pass);
                    if better && insert(labels, Label { mm: there, ..label }) {
                        queue.push(there, hop.head);
                    }
                }
            }
        }
    }

    /// The nearest sites of a doorstep by number, each with its walking time; fewer where fewer
    /// are in reach.
    pub fn of(&self, doorstep: &Doorstep) -> Vec<(usize, Seconds)> {
        let labels = doorstep.with_memo(self.network, |memo| {
            let mut best = [NONE; K];
            for way in memo.ways.iter().filter(|way| way.passes & self.pass.bit() != 0) {
                for label in self.labels[way.node as usize].iter().filter(|label| **label != NONE) {
                    insert(&mut best, Label { mm: label.mm.saturating_add(way.mm), ..*label });
                }
            }
            self.direct(memo, &mut best);
            best
        });
        self.timed(labels)
    }

    /// The nearest sites of a node by number.
    pub fn of_node(&self, node: usize) -> Vec<(usize, Seconds)> {
        self.timed(self.labels[node])
    }

    fn timed(&self, labels: [Label; K]) -> Vec<(usize, Seconds)> {
        let seconds = |mm: u32| Seconds(f64::from(mm) / 1000.0 / self.profile.speed_m_s);
        let found = labels.into_iter().filter(|label| label.mm <= self.limit_mm);
        found.map(|label| (label.site as usize, seconds(label.mm))).collect()
    }

    /// Sites that a position is nearest to along an edge that both touch.
    fn direct(&self, memo: &Memo, best: &mut [Label; K]) {
        let at_edge = self.at_edge.get_or_init(|| self.doors_at_edges());
        for (edge, off_mm) in memo.edges(self.network) {
            let from = at_edge.partition_point(|at| at.edge < edge);
            for at in at_edge[from..].iter().take_while(|at| at.edge == edge) {
                let known = best[K - 1].mm.min(self.limit_mm.saturating_add(1));
                if off_mm + at.off_mm >= known {
                    break;
                }
                let (site, door) = self.doors[at.door as usize];
                // Of a site that is among the nearest only a nearer door is of interest.
                let own = best.iter().find(|label| label.site == site).map_or(known, |label| label.mm.min(known));
                let off_mm = off_mm + at.off_mm;
                let mm = door.with_memo(self.network, |door| self.along_edge((edge, off_mm), door, memo, own));
                if mm < own {
                    insert(best, Label { mm, site });
                }
            }
        }
    }

    /// The least of a known cost and that along an edge that both positions touch; leaving the edge
    /// for both of them costs at least `off_mm`.
    fn along_edge(&self, (edge, off_mm): (u32, u32), door: &Memo, memo: &Memo, known_mm: u32) -> u32 {
        // No walk is shorter than the straight line, give or take the rounding of many pieces; and
        // what leads off the edge counts twice.
        let straight = ((door.p.x - memo.p.x) * memo.k).hypot(door.p.y - memo.p.y) - 0.5;
        if straight * 1000.0 + f64::from(off_mm) / 2.0 >= f64::from(known_mm) {
            return known_mm;
        }
        let parts = door.parts.iter().filter(|part| self.network.index.edge_of[part.segment as usize] == edge);
        let contacts = parts.map(|part| Contact::new(self.network, door, part)).collect();
        let mut origin = Origin::new(self.network, self.pass, contacts);
        origin.touch(|_, _| UNREACHED);
        origin.cost_over(memo, known_mm)
    }

    fn doors_at_edges(&self) -> Vec<AtEdge> {
        let mut all = Vec::new();
        for ((_, doorstep), door) in self.doors.iter().zip(0..) {
            doorstep.with_memo(self.network, |memo| {
                all.extend(memo.edges(self.network).map(|(edge, off_mm)| AtEdge { edge, off_mm, door }));
            });
        }
        all.sort_unstable();
        all
    }
}

/// Puts a label among the nearest, one a site; whether that changed anything.
fn insert<const K: usize>(labels: &mut [Label; K], label: Label) -> bool {
    let old = labels.iter().position(|l| l.site == label.site).unwrap_or(K - 1);
    if label.mm >= labels[old].mm {
        return false;
    }
    labels[old] = label;
    let mut i = old;
    while i > 0 && labels[i].mm < labels[i - 1].mm {
        labels.swap(i, i - 1);
        i -= 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::sketch::{at, sketch};
    use super::super::{ReachQuery, sketch::streets};
    use super::*;

    fn query(direction: Direction) -> ClosestQuery<'static> {
        let profile = Profile::by_id("adult").expect("built in");
        ClosestQuery { profile, direction, limit: Seconds(1800.0) }
    }

    #[test]
    fn every_home_knows_its_two_nearest_sites_as_a_search_from_it_does() {
        let network = sketch("a--b--c--d\n|  |     |\ne--f--g--h\n|     |  |\ni-----j--k", 60.0);
        let spots: Vec<(f64, f64)> = vec![(0.4, 0.3), (4.2, 0.1), (8.6, 2.2), (3.0, 3.8), (1.0, 2.4)];
        let sites: Vec<[Doorstep; 1]> = spots.iter().map(|(c, r)| [Doorstep::new(at(*c, *r, 60.0))]).collect();
        let sites: Vec<&[Doorstep]> = sites.iter().map(<[Doorstep; 1]>::as_slice).collect();
        for direction in [Direction::To, Direction::From] {
            let closest = network.closest::<2>(&query(direction), &sites);
            for i in 0..60 {
                let home = Doorstep::new(at(f64::from(i % 10), f64::from(i / 10) * 0.8, 60.0));
                let profile = query(direction).profile;
                let direction = direction.opposite();
                let search = ReachQuery { origin: home.at(), profile, direction, budget: Seconds(1800.0) };
                let Ok(reach) = network.reach(&search) else { continue };
                let mut times: Vec<(u32, usize)> =
                    sites.iter().enumerate().filter_map(|(i, s)| Some((reach.cost_to(&s[0])?, i))).collect();
                times.sort_unstable();
                let found = closest.of(&home);
                assert_eq!(found.len(), 2);
                for ((_, walk), (mm, _)) in found.iter().zip(&times) {
                    assert!((walk.0 * 1250.0 - f64::from(*mm)).abs() <= 1.5, "{walk:?} {mm} for {:?}", home.at());
                }
            }
        }
    }

    #[test]
    fn a_site_beyond_the_limit_or_off_the_network_is_nobodys_nearest() {
        let network = Network::build(&streets("a---------b", 50.0));
        let sites = [[Doorstep::new(at(9.0, 0.0, 50.0))], [Doorstep::new(at(40.0, 0.0, 50.0))]];
        let sites: Vec<&[Doorstep]> = sites.iter().map(<[Doorstep; 1]>::as_slice).collect();
        let near = ClosestQuery { limit: Seconds(100.0), ..query(Direction::To) };
        let closest = network.closest::<2>(&near, &sites);
        assert_eq!(closest.of(&Doorstep::new(at(8.0, 0.0, 50.0))), [(0, Seconds(40.0))]);
        assert!(closest.of(&Doorstep::new(at(5.0, 0.0, 50.0))).is_empty());
    }
}
