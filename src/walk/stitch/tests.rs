//! Links in hand-drawn towns, and on random ones: nothing gets farther.

use super::super::sketch::{at, sketch, streets};
use super::super::streets::{Barrier, BarrierKind};
use super::super::{Direction, Profile, ReachQuery};
use super::*;
use crate::geometry::Seconds;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};

const CELL: f64 = 60.0;

fn link(kind: LinkKind, places: &[(f64, f64)]) -> Link {
    link_in(kind, places, CELL)
}

fn link_in(kind: LinkKind, places: &[(f64, f64)], cell: f64) -> Link {
    Link { line: places.iter().map(|(c, r)| at(*c, *r, cell)).collect(), kind, ..Link::default() }
}

fn metres(network: &Network, profile: &str, from: LonLat, to: LonLat) -> Option<f64> {
    let profile = Profile::by_id(profile).expect("built in");
    let query = ReachQuery { origin: from, profile, direction: Direction::From, budget: Seconds(7200.0) };
    network.reach(&query).ok()?.time_at(to).map(|s| s.0 * profile.speed_m_s)
}

#[track_caller]
fn close(actual: Option<f64>, expected: f64) {
    let actual = actual.expect("reached");
    assert!((actual - expected).abs() < 0.02, "{actual} is not {expected}");
}

/// ```text
/// a-----b-----c
/// |           |
/// |           |      a path from the middle of a-b to the middle of d-e
/// |           |
/// d-----e-----f
/// ```
const BLOCK: &str = "a-----b-----c\n|           |\n|           |\n|           |\nd-----e-----f";

#[test]
fn ends_near_a_street_join_it_and_the_street_keeps_its_length() {
    let before = sketch(BLOCK, CELL);
    let (top, low) = (at(3.0, 0.0, CELL), at(3.0, 4.0, CELL));
    close(metres(&before, "adult", top, low), 600.0);
    // 8 m short of one street, and drawn over the other.
    let after = before.with_links(&[link(LinkKind::Path, &[(3.0, 0.16), (3.0, 4.05)])]);
    close(metres(&after, "adult", top, low), 240.0);
    assert_eq!(after.node_count(), before.node_count() + 3, "two on streets, one loose end");
    let sum =
        |n: &Network| n.graph.edges.iter().filter(|e| e.name.is_none()).map(|e| u64::from(e.length_mm)).sum::<u64>();
    let drawn: u64 = after.graph.edges.iter().rev().take(2).map(|e| u64::from(e.length_mm)).sum();
    assert_eq!(sum(&after) - drawn, sum(&before));
    assert!(after.encode().len() > before.encode().len());
    assert_eq!(Network::decode(&after.encode()).expect("sound"), after);
}

#[test]
fn an_end_too_far_from_any_street_stays_loose_and_serves_what_is_beside_it() {
    let before = sketch(BLOCK, CELL);
    let after = before.with_links(&[link(LinkKind::Path, &[(3.0, 0.5), (3.0, 2.0)])]);
    assert_eq!((after.node_count(), after.edge_count()), (before.node_count() + 2, before.edge_count() + 1));
    assert_eq!(metres(&before, "adult", at(3.0, 2.1, CELL), at(3.0, 0.5, CELL)), None, "114 m off");
    close(metres(&after, "adult", at(3.0, 2.0, CELL), at(3.0, 0.5, CELL)), 90.0);
    assert_eq!(before.with_links(&[]), before);
    assert_eq!(before.with_links(&[link(LinkKind::Path, &[(1.0, 1.0)])]), before);
    assert_eq!(before.with_links(&[link(LinkKind::Path, &[(4000.0, 1.0), (4001.0, 1.0)])]), before, "elsewhere");
}

/// ```text
///       |
/// a-----+-----b
///       |
/// ```
#[test]
fn a_path_joins_what_it_crosses_and_a_bridge_does_not() {
    let before = sketch("a-----------b", CELL);
    let cross = |kind| before.with_links(&[link(kind, &[(6.0, -2.0), (6.0, 2.0)])]);
    close(metres(&cross(LinkKind::Path), "adult", at(0.0, 0.0, CELL), at(6.0, 2.0, CELL)), 480.0);
    assert_eq!(metres(&cross(LinkKind::Bridge), "adult", at(0.0, 0.0, CELL), at(6.0, 2.0, CELL)), None);
    let steps = cross(LinkKind::Steps);
    assert_eq!(metres(&steps, "wheelchair", at(0.0, 0.0, CELL), at(6.0, 2.0, CELL)), None);
    close(metres(&steps, "adult", at(0.0, 0.0, CELL), at(6.0, 2.0, CELL)), 480.0);
}

#[test]
fn a_one_way_link_is_walked_as_drawn() {
    let before = sketch(BLOCK, CELL);
    let down = Link { oneway: true, ..link(LinkKind::Path, &[(3.0, 0.0), (3.0, 4.0)]) };
    let after = before.with_links(&[down]);
    close(metres(&after, "adult", at(3.0, 0.0, CELL), at(3.0, 4.0, CELL)), 240.0);
    close(metres(&after, "adult", at(3.0, 4.0, CELL), at(3.0, 0.0, CELL)), 600.0);
}

#[test]
fn links_join_one_another_in_any_order() {
    let before = sketch(BLOCK, CELL);
    // One ends on the other's middle, a third crosses both, a fourth goes on where one ends.
    let links = [
        link(LinkKind::Path, &[(3.0, 0.0), (3.0, 2.0), (3.0, 4.0)]),
        link(LinkKind::Path, &[(3.0, 2.0), (8.0, 2.0)]),
        link(LinkKind::Path, &[(8.0, 2.0), (9.0, 1.0)]),
        link(LinkKind::Path, &[(9.0, 1.0), (9.0, 0.0)]),
    ];
    let mut reversed = links.to_vec();
    reversed.reverse();
    for links in [links.to_vec(), reversed] {
        let after = before.with_links(&links);
        close(
            metres(&after, "adult", at(3.0, 4.0, CELL), at(9.0, 0.0, CELL)),
            120.0 + 300.0 + 2f64.sqrt() * 60.0 + 60.0,
        );
    }
}

/// ```text
/// a-----------b
/// ######||#####      a wall with a gate drawn through it
/// c-----------d
/// ```
#[test]
fn a_gate_opens_the_wall_it_passes_for_feet_and_for_sight() {
    let mut s = streets("a-----------b\n\n\n\nc-----------d", 25.0);
    let wall: geo::LineString = vec![at(-5.0, 2.0, 25.0).coord(), at(20.0, 2.0, 25.0).coord()].into();
    s.barriers.push(Barrier { kind: BarrierKind::Wall, geometry: wall.clone().into() });
    let before = Network::build(&s);
    let gate = Link { line: vec![at(6.0, 0.0, 25.0), at(6.0, 4.0, 25.0)], kind: LinkKind::Gate, ..Link::default() };
    let (top, low) = (at(6.0, 0.0, 25.0), at(6.0, 4.0, 25.0));
    assert_eq!(metres(&before, "adult", top, low), None);
    let after = before.with_links(std::slice::from_ref(&gate));
    close(metres(&after, "adult", top, low), 100.0);
    assert_eq!(after.graph.barriers.len(), 2);
    let gap = after.graph.barriers[1][0].x - after.graph.barriers[0][1].x;
    assert!((gap - 3.0).abs() < 0.01, "{gap}");
    let bridge = before.with_links(&[Link { kind: LinkKind::Bridge, ..gate.clone() }]);
    assert_eq!(bridge.graph.barriers, before.graph.barriers);
    s.barriers = vec![Barrier { kind: BarrierKind::Water, geometry: wall.into() }];
    let river = Network::build(&s);
    assert_eq!(river.with_links(&[gate]).graph.barriers, river.graph.barriers, "a path over a river opens no shore");
}

#[test]
fn an_end_does_not_join_through_a_wall() {
    let mut s = streets("a-----------b", CELL);
    let wall: geo::LineString = vec![at(-5.0, 0.1, CELL).coord(), at(20.0, 0.1, CELL).coord()].into();
    s.barriers.push(Barrier { kind: BarrierKind::Wall, geometry: wall.into() });
    let before = Network::build(&s);
    let yard = link(LinkKind::Path, &[(6.0, 0.15), (6.0, 3.0)]);
    assert_eq!(metres(&before.with_links(&[yard]), "adult", at(0.0, 0.0, CELL), at(6.0, 3.0, CELL)), None);
    let through = link(LinkKind::Gate, &[(6.0, 0.05), (6.0, 3.0)]);
    close(metres(&before.with_links(&[through]), "adult", at(0.0, 0.0, CELL), at(6.0, 3.0, CELL)), 540.0);
}

/// Metres a cell of random towns.
const TOWN: f64 = 50.0;

/// Streets of a random town: a grid with gaps, steps, and one-way pieces or walls. Not both: where
/// a wall cuts a one-way street, whether the one place in the wall is seen from either side hangs
/// on the last bit.
fn town(seed: u64) -> Network {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut s = super::super::Streets { source: "random".into(), ..Default::default() };
    let side = 5u32;
    for r in 0..side {
        for c in 0..side {
            let (dc, dr) = (rng.random_range(-0.3..0.3), rng.random_range(-0.3..0.3));
            s.points.push(at(f64::from(c) * 2.0 + dc, f64::from(r) * 2.0 + dr, TOWN));
        }
    }
    let kinds = ["residential", "residential", "footway", "steps"];
    for r in 0..side {
        for c in 0..side {
            for (to_c, to_r) in [(c + 1, r), (c, r + 1)] {
                if to_c >= side || to_r >= side || rng.random_bool(0.25) {
                    continue;
                }
                let mut tags = vec![("highway".to_string(), kinds[rng.random_range(0..4)].to_string())];
                if seed.is_multiple_of(2) && rng.random_bool(0.15) {
                    tags.push(("oneway:foot".into(), "yes".into()));
                }
                s.ways.push(super::super::Street { points: vec![r * side + c, to_r * side + to_c], tags });
            }
        }
    }
    for _ in 0..if seed.is_multiple_of(2) { 0 } else { 6 } {
        let mut end = || at(rng.random_range(-1.0..9.0), rng.random_range(-1.0..9.0), TOWN).coord();
        let line: geo::LineString = vec![end(), end()].into();
        let kind = if line.0[0].x > line.0[1].x { BarrierKind::Wall } else { BarrierKind::Railway };
        s.barriers.push(Barrier { kind, geometry: line.into() });
    }
    Network::build(&s)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn a_new_footpath_makes_nothing_farther(
        seed in 0..40u64,
        origin in (0.0..8.0f64, 0.0..8.0f64),
        lines in prop::collection::vec((prop::collection::vec((-1.0..9.0f64, -1.0..9.0f64), 2..5), 0..5usize, any::<bool>()), 1..4),
    ) {
        let before = town(seed);
        let kinds = [LinkKind::Path, LinkKind::Gate, LinkKind::Bridge, LinkKind::Steps, LinkKind::Crossing];
        let links: Vec<Link> =
            lines.iter().map(|(line, kind, oneway)| Link { oneway: *oneway, ..link_in(kinds[*kind], line, TOWN) }).collect();
        let after = before.with_links(&links);
        for profile in [Profile::by_id("adult").expect("built in"), Profile::by_id("wheelchair").expect("built in")] {
            for direction in [Direction::From, Direction::To] {
                let origin = at(origin.0, origin.1, TOWN);
                let query = ReachQuery { origin, profile, direction, budget: Seconds(600.0) };
                let Ok(old) = before.reach(&query) else { continue };
                let new = after.reach(&query);
                prop_assert!(new.is_ok());
                let Ok(new) = new else { continue };
                // A millimetre a place where lengths are rounded.
                for node in 0..before.node_count() {
                    let (was, is) = (old.nodes.cost[node], new.nodes.cost[node]);
                    prop_assert!(was == u32::MAX || is <= was.saturating_add(2), "node {node}: {was} then {is}");
                }
                for i in 0..81 {
                    let p = at(f64::from(i % 9), f64::from(i / 9) + 0.3, TOWN);
                    if let Some(was) = old.time_at(p).filter(|t| t.0 < 599.0) {
                        let is = new.time_at(p);
                        prop_assert!(is.is_some_and(|is| (is.0 - was.0) * profile.speed_m_s < 0.003), "{i}: {was:?} then {is:?}");
                    }
                }
            }
        }
        prop_assert_eq!(Network::decode(&after.encode()).map(|n| n.edge_count()), Ok(after.edge_count()));
    }
}
