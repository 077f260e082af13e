//! The shortest straight path that, were it built, would bring a place within a budget: from a
//! place that the origin reaches to a place from which the destination is reached.

use super::reach::Reach;
use crate::geometry::{LonLat, Metres, Seconds, Xy};
use std::collections::HashMap;

/// A path that does not exist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewLink {
    /// On the side of the origin.
    pub from: LonLat,
    /// On the side of the destination.
    pub to: LonLat,
    pub length: Metres,
    /// The whole walk over it.
    pub walk: Seconds,
}

/// Side of a cell of the table of places, in plane metres.
const CELL_M: f64 = 50.0;
/// Costs are whole millimetres; a sum of two may be this much off.
const NOISE_M: f64 = 1e-3;

/// A bend, an end or a crossing of streets that is reached, and its cost in metres.
type Reached = (Xy, f64);

impl Reach<'_> {
    /// Every vertex of the network within the budget.
    fn places(&self) -> Vec<Reached> {
        let graph = &self.network.graph;
        let vertices = self.spread().edges.iter().flat_map(|e| graph.edges[*e as usize].vertices());
        let reached = vertices.filter_map(|v| Some((graph.vertices[v], self.vertex_cost(v)?)));
        reached.filter(|(_, cost)| *cost <= self.budget_m).collect()
    }
}

/// The shortest link no longer than `longest` with which the walk between the origins of both
/// searches stays within the first one's budget; `None` when there is none. The second search
/// must run the other way, by the same walker and with at least the same budget. Its time is
/// that of the network's vertices: what lies between two of them is not tried.
pub fn shortest_link(near: &Reach<'_>, far: &Reach<'_>, longest: Metres) -> Option<NewLink> {
    let plane = &near.network.graph.plane;
    let budget = near.budget_m + NOISE_M;
    let table = Table::new(far.places());
    let shrink = plane.east_scale(near.origin.y).min(plane.east_scale(far.origin.y)).min(1.0);
    let mut best: Option<(f64, Reached, Reached)> = None;
    for (at, cost) in near.places() {
        // As long as the best is good too, when it makes the shorter walk.
        let limit = best.map_or(longest.0, |(length, ..)| length);
        table.near(at, limit / shrink, budget - cost, |there, rest| {
            let length = plane.distance(at, there).0;
            let limit = best.map_or(longest.0, |(length, ..)| length);
            let shorter = |(_, u, v): (f64, Reached, Reached)| cost + rest < u.1 + v.1;
            let better = length < limit || (length == limit && best.is_none_or(shorter));
            if better && cost + length + rest <= budget {
                best = Some((length, (at, cost), (there, rest)));
            }
        });
    }
    let (length, (from, cost), (to, rest)) = best?;
    let position = |p: Xy| {
        let (lon, lat) = plane.to_degrees(p);
        LonLat::new(lon, lat).ok()
    };
    let walk = Seconds((cost + length + rest).min(near.budget_m) / near.speed_m_s());
    Some(NewLink { from: position(from)?, to: position(to)?, length: Metres(length), walk })
}

/// Places by cell, each cell with the least cost in it.
struct Table {
    cells: HashMap<(i64, i64), (f64, Vec<Reached>)>,
}

fn cell(p: Xy) -> (i64, i64) {
    ((p.x / CELL_M).floor() as i64, (p.y / CELL_M).floor() as i64)
}

impl Table {
    fn new(places: Vec<Reached>) -> Self {
        let mut cells: HashMap<(i64, i64), (f64, Vec<Reached>)> = HashMap::new();
        for (at, cost) in places {
            let entry = cells.entry(cell(at)).or_insert((f64::INFINITY, Vec::new()));
            entry.0 = entry.0.min(cost);
            entry.1.push((at, cost));
        }
        Self { cells }
    }

    /// Calls `found` for the places no dearer than `most` in the cells that a disc touches.
    fn near(&self, p: Xy, radius: f64, most: f64, mut found: impl FnMut(Xy, f64)) {
        let (c0, r0) = cell(Xy { x: p.x - radius, y: p.y - radius });
        let (c1, r1) = cell(Xy { x: p.x + radius, y: p.y + radius });
        for key in (c0..=c1).flat_map(|c| (r0..=r1).map(move |r| (c, r))) {
            let Some((least, places)) = self.cells.get(&key) else { continue };
            if *least <= most {
                places.iter().filter(|(_, cost)| *cost <= most).for_each(|(at, cost)| found(*at, *cost));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sketch::at;
    use super::super::{Direction, Network, Profile, ReachQuery, Street, Streets};
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const SIDE: u32 = 12;
    const CELL: f64 = 40.0;

    /// A square town of crossings 40 m apart, of whose streets many are missing.
    fn town(rng: &mut ChaCha8Rng) -> Streets {
        let spot = |i: u32| at(f64::from(i % SIDE), f64::from(i / SIDE), CELL);
        let mut s = Streets { points: (0..SIDE * SIDE).map(spot).collect(), ..Streets::default() };
        for i in 0..SIDE * SIDE {
            let neighbours = [(i % SIDE + 1 < SIDE).then_some(i + 1), (i / SIDE + 1 < SIDE).then_some(i + SIDE)];
            for j in neighbours.into_iter().flatten() {
                if rng.random_bool(0.55) {
                    let mut tags = vec![("highway".into(), "footway".into())];
                    if rng.random_bool(0.15) {
                        tags.push(("oneway:foot".into(), "yes".into()));
                    }
                    s.ways.push(Street { points: vec![i, j], tags });
                }
            }
        }
        s
    }

    fn reach(network: &Network, origin: LonLat, direction: Direction, budget: f64) -> Option<Reach<'_>> {
        let profile = Profile::by_id("adult")?;
        network.reach(&ReachQuery { origin, profile, direction, budget: Seconds(budget) }).ok()
    }

    /// All pairs, tried one by one.
    fn brute(near: &Reach<'_>, far: &Reach<'_>, longest: f64) -> Option<f64> {
        let plane = &near.network.graph.plane;
        let mut best = f64::INFINITY;
        for (u, cost) in near.places() {
            for (v, rest) in far.places() {
                let length = plane.distance(u, v).0;
                if length <= longest && cost + length + rest <= near.budget_m + NOISE_M {
                    best = best.min(length);
                }
            }
        }
        best.is_finite().then_some(best)
    }

    #[test]
    fn the_link_is_the_shortest_of_all_pairs_and_when_built_it_keeps_its_promise() {
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        let (mut found, mut none) = (0, 0);
        for _ in 0..60 {
            let mut streets = town(&mut rng);
            let network = Network::build(&streets);
            let spot = |rng: &mut ChaCha8Rng| streets.points[rng.random_range(0..SIDE * SIDE) as usize];
            let (a, b) = (spot(&mut rng), spot(&mut rng));
            let direction = if rng.random_bool(0.5) { Direction::From } else { Direction::To };
            let back = if direction == Direction::From { Direction::To } else { Direction::From };
            let budget = rng.random_range(60.0..420.0);
            let (Some(near), Some(far)) = (reach(&network, a, direction, budget), reach(&network, b, back, budget))
            else {
                continue;
            };
            if near.time_at(b).is_some() {
                continue;
            }
            let link = shortest_link(&near, &far, Metres(200.0));
            assert_eq!(link.map(|l| l.length.0), brute(&near, &far, 200.0));
            let Some(link) = link else {
                none += 1;
                continue;
            };
            found += 1;
            let index = |p: LonLat| {
                let same = |q: &LonLat| (q.lon() - p.lon()).abs() < 1e-7 && (q.lat() - p.lat()).abs() < 1e-7;
                streets.points.iter().position(same).expect("a crossing") as u32
            };
            let points = vec![index(link.from), index(link.to)];
            streets.ways.push(Street { points, tags: vec![("highway".into(), "path".into())] });
            let built = Network::build(&streets);
            let walk = reach(&built, a, direction, budget + 0.01).and_then(|r| r.time_at(b)).expect("inside now");
            assert!(walk.0 <= budget + 0.01 && walk.0 <= link.walk.0 + 0.01, "{walk:?} {link:?}");
        }
        assert!(found >= 10 && none >= 3, "{found} {none}");
    }
}
