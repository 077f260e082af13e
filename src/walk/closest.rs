//! The nearest sites for every node and every doorstep at once: one search from all sites, which
//! keeps the two nearest of each node, so that closing any one site is a lookup.

use super::doorstep::{Doorstep, Memo};
use super::hops::Pass;
use super::network::Network;
use super::origin::Origin;
use super::profile::{Direction, Profile};
use super::reach::UNREACHED;
use super::snap::Contact;
use crate::geometry::Seconds;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

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
    /// Sites' doorsteps with the edges they touch, where walking need not go over an end.
    doors: Vec<(u32, Origin<'n>)>,
    /// Numbers of the doors that touch an edge, and of the edge among theirs.
    at_edge: HashMap<u32, Vec<(u32, u32)>>,
    limit_mm: u32,
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
    pub fn closest<const K: usize>(&self, query: &ClosestQuery<'_>, sites: &[&[Doorstep]]) -> Closest<'_, K> {
        let limit_mm = (query.limit.0.max(0.0) * query.profile.speed_m_s * 1000.0).round().min(4e9) as u32;
        let pass = Pass::new(query.profile, query.direction);
        let mut closest = Closest {
            network: self,
            profile: query.profile.clone(),
            pass,
            labels: vec![[NONE; K]; self.node_count()],
            doors: Vec::new(),
            at_edge: HashMap::new(),
            limit_mm,
        };
        let mut queue = BinaryHeap::new();
        for (site, doorstep) in sites.iter().zip(0..).flat_map(|(doors, i)| doors.iter().map(move |d| (i, d))) {
            doorstep.with_memo(self, |memo| {
                closest.start(site, memo, pass.reversed(), &mut queue);
                closest.keep(site, memo);
            });
        }
        closest.search(queue);
        closest
    }
}

impl<'n, const K: usize> Closest<'n, K> {
    /// The ways between a doorstep and its nodes, walked from the site's side.
    fn start(&mut self, site: u32, memo: &Memo, ways: Pass, queue: &mut BinaryHeap<Reverse<u64>>) {
        for way in memo.ways.iter().filter(|way| way.passes & ways.bit() != 0) {
            self.offer(way.node, Label { mm: way.mm, site }, queue);
        }
    }

    /// Remembers which edges a doorstep touches.
    fn keep(&mut self, site: u32, memo: &Memo) {
        let contacts = memo.parts.iter().map(|part| Contact::new(self.network, memo.p, *part)).collect();
        let mut door = Origin::new(self.network, self.pass, contacts);
        door.touch(|_, _| UNREACHED);
        let number = self.doors.len() as u32;
        for (t, i) in door.edges.iter().zip(0..) {
            self.at_edge.entry(t.edge).or_default().push((number, i));
        }
        self.doors.push((site, door));
    }

    fn offer(&mut self, node: u32, label: Label, queue: &mut BinaryHeap<Reverse<u64>>) {
        if label.mm <= self.limit_mm && insert(&mut self.labels[node as usize], label) {
            queue.push(Reverse(u64::from(label.mm) << 32 | u64::from(node)));
        }
    }

    fn search(&mut self, mut queue: BinaryHeap<Reverse<u64>>) {
        let (first, hops) = (&self.network.graph.first, &self.network.hops);
        while let Some(Reverse(next)) = queue.pop() {
            let (mm, node) = ((next >> 32) as u32, next as u32 as usize);
            let here = self.labels[node];
            for label in here.into_iter().filter(|label| label.mm == mm) {
                for hop in &hops[first[node] as usize..first[node + 1] as usize] {
                    let there = mm.saturating_add(hop.cost(&self.profile));
                    if there < self.labels[hop.head as usize][K - 1].mm && hop.open(self.pass) {
                        self.offer(hop.head, Label { mm: there, ..label }, &mut queue);
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
        let mut edge = u32::MAX;
        for part in &memo.parts {
            let this = self.network.index.edge_of[part.segment as usize];
            if this == edge {
                continue;
            }
            edge = this;
            for (door, i) in self.at_edge.get(&edge).into_iter().flatten() {
                let (site, door) = &self.doors[*door as usize];
                let known = best[K - 1].mm.min(self.limit_mm.saturating_add(1));
                let mm = door.cost_over_edge(&door.edges[*i as usize], memo.p, &memo.parts, known);
                if mm < known {
                    insert(best, Label { mm, site: *site });
                }
            }
        }
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
                let direction = if direction == Direction::To { Direction::From } else { Direction::To };
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
