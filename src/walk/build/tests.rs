//! Hand-drawn towns: how ways, points, plazas and water become edges.

use super::super::sketch::{at, sketch, streets};
use super::super::{Barrier, BarrierKind, Direction, Profile, ReachQuery};
use super::*;
use crate::geometry::Seconds;

fn tags(text: &str) -> Tags {
    text.split_whitespace().filter_map(|kv| kv.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect()
}

/// Way from letters: `"abc"`.
fn way(points: &str, text: &str) -> Street {
    Street { points: points.bytes().map(|b| u32::from(b - b'a')).collect(), tags: tags(text) }
}

fn seconds(network: &Network, profile: &str, from: LonLat, to: LonLat) -> Option<f64> {
    let profile = Profile::by_id(profile).expect("built in");
    let query = ReachQuery { origin: from, profile, direction: Direction::From, budget: Seconds(3600.0) };
    network.reach(&query).expect("near").time_at(to).map(|s| s.0 * profile.speed_m_s)
}

#[test]
fn ways_are_cut_where_they_meet() {
    let network = sketch("a--b--c\n   |   \n   d   ", 50.0);
    assert_eq!((network.node_count(), network.edge_count()), (4, 3));
}

#[test]
fn a_blocked_gate_parts_the_way_in_two() {
    let mut s = streets("a--b--c", 50.0);
    assert_eq!(Network::build(&s).edge_count(), 1);
    s.point_tags.insert(1, tags("barrier=gate access=private"));
    let network = Network::build(&s);
    assert_eq!((network.node_count(), network.edge_count()), (4, 2));
}

#[test]
fn a_way_with_unknown_points_keeps_the_others() {
    let mut s = streets("a--b--c", 50.0);
    s.ways[0].points.push(99);
    assert_eq!(Network::build(&s).edge_count(), 1);
    assert_eq!(Network::build(&Streets::default()).node_count(), 0);
}

/// ```text
///       c
///       |
/// a-----b-----e     a road; c-b-d a path that crosses it
///       |
///       d
/// ```
fn crossing(point: &str) -> Network {
    let mut s = streets("      c      \n             \na-----b-----e\n             \n      d      ", 60.0);
    s.ways = vec![way("abe", "highway=residential"), way("cbd", "highway=footway")];
    s.point_tags.insert(1, tags(point));
    Network::build(&s)
}

#[test]
fn a_raised_kerb_stops_a_wheelchair_that_crosses_and_not_one_on_the_street() {
    let (west, east, north, south) = (at(0.0, 2.0, 60.0), at(12.0, 2.0, 60.0), at(6.0, 0.0, 60.0), at(6.0, 4.0, 60.0));
    let flat = crossing("highway=crossing kerb=lowered");
    let kerb = crossing("highway=crossing kerb=raised");
    assert_eq!(flat.edge_count(), 4);
    assert_eq!((kerb.edge_count(), kerb.node_count()), (6, 7), "a link a side of the path");
    for (network, open) in [(&flat, true), (&kerb, false)] {
        assert_eq!(seconds(network, "wheelchair", north, south).is_some(), open);
        assert_eq!(seconds(network, "wheelchair", west, north).is_some(), open, "up from the street");
        assert!(seconds(network, "wheelchair", west, east).is_some());
        assert!((seconds(network, "adult", north, south).expect("reached") - 240.0).abs() < 0.01);
        assert!((seconds(network, "adult", north, west).expect("reached") - 480.0).abs() < 0.01);
    }
}

#[test]
fn a_crossing_with_signals_passes_two_halves_and_a_turn_into_the_street_one() {
    let network = crossing("highway=crossing crossing=traffic_signals");
    let signals: Vec<&Edge> = network.graph.edges.iter().filter(|e| e.footing.signal).collect();
    assert_eq!(signals.len(), 2);
    assert!(signals.iter().all(|e| e.length_mm == 0));
    let hubs: HashSet<u32> = signals.iter().map(|e| e.head).collect();
    let street =
        network.graph.edges.iter().filter(|e| !e.footing.signal && (hubs.contains(&e.tail) || hubs.contains(&e.head)));
    assert_eq!((hubs.len(), street.count()), (1, 2), "the street meets in the hub");
    let plain = crossing("highway=traffic_signals");
    assert!(plain.graph.edges.iter().all(|e| !e.footing.signal), "signals for cars");
}

#[test]
fn a_stile_lets_feet_pass_and_no_wheels() {
    let mut s = streets("a--b--c", 50.0);
    s.point_tags.insert(1, tags("barrier=stile"));
    let network = Network::build(&s);
    let (a, c) = (at(0.0, 0.0, 50.0), at(6.0, 0.0, 50.0));
    assert!((seconds(&network, "senior", a, c).expect("reached") - 300.0).abs() < 0.01);
    assert_eq!(seconds(&network, "stroller", a, c), None);
    // Beside the stile, near the links: nothing is divided by their length.
    let beside = seconds(&network, "senior", a, at(3.0, 0.5, 50.0)).expect("reached");
    assert!(beside > 150.0 && beside < 250.0, "{beside}");
    let profile = Profile::by_id("adult").expect("built in");
    let query = ReachQuery { origin: at(3.0, 0.0, 50.0), profile, direction: Direction::To, budget: Seconds(300.0) };
    let reach = network.reach(&query).expect("on it");
    assert!(reach.outlines(&[Seconds(120.0)])[0].area_m2 > 1000.0);
    let route = reach.route(c).expect("reached");
    assert!((route.distance.0 - 150.0).abs() < 0.01 && route.steps.len() == 1, "{:?}", route.steps);
}

/// ```text
/// p-a-----------b-q    the square a b c d with the fountain e f g h
///   |           |
///   |   e---f   |
///   |   |   |   |
///   |   h---g   |
///   |           |
///   d-----------c-r
/// ```
fn square(fountain: bool) -> Streets {
    let drawing = "p-a-----------b-q\n                 \n       e---f     \n                 \n       h---g     \n                 \n  d-----------c-r";
    let mut s = streets(drawing, 10.0);
    s.ways =
        vec![way("pa", "highway=footway"), way("cr", "highway=footway"), way("abcda", "highway=pedestrian area=yes")];
    s.plazas = vec![vec![2]];
    if fountain {
        s.ways.push(way("efghe", "highway=pedestrian area=yes"));
        s.plazas[0].push(3);
    }
    s
}

#[test]
fn a_plaza_costs_its_straight_line() {
    let (p, r) = (at(0.0, 0.0, 10.0), at(16.0, 6.0, 10.0));
    let rim = {
        let mut s = square(false);
        s.plazas.clear();
        Network::build(&s)
    };
    assert!((seconds(&rim, "adult", p, r).expect("reached") - 220.0).abs() < 0.01);
    let network = Network::build(&square(false));
    assert_eq!(network.edge_count(), rim.edge_count() + 1, "one line, a to c");
    let straight = 20.0 + 120f64.hypot(60.0) + 20.0;
    assert!((seconds(&network, "adult", p, r).expect("reached") - straight).abs() < 0.01);
}

#[test]
fn a_fountain_is_walked_round() {
    let (p, r) = (at(0.0, 0.0, 10.0), at(16.0, 6.0, 10.0));
    let network = Network::build(&square(true));
    // a (20,0) – h (70,40) – c (140,60) is shorter than round f.
    let expected = 40.0 + 50f64.hypot(40.0) + 70f64.hypot(20.0);
    let walked = seconds(&network, "adult", p, r).expect("reached");
    assert!((walked - expected).abs() < 0.01, "{walked} is not {expected}");
    let s = square(true);
    let mut shut = s.clone();
    shut.ways[2].tags = tags("highway=pedestrian area=yes access=private");
    shut.ways[3].tags = shut.ways[2].tags.clone();
    assert_eq!(Network::build(&shut).edge_count(), 2, "a private square is not crossed");
}

#[test]
fn a_wall_across_a_plaza_and_a_rim_that_bends_in_are_walked_round() {
    let mut s = square(false);
    let wall = geo::LineString::from(vec![at(8.0, -1.0, 10.0).coord(), at(8.0, 5.0, 10.0).coord()]);
    s.barriers.push(Barrier { kind: BarrierKind::Wall, geometry: wall.into() });
    let (p, r) = (at(0.0, 0.0, 10.0), at(16.0, 6.0, 10.0));
    assert!((seconds(&Network::build(&s), "adult", p, r).expect("reached") - 220.0).abs() < 0.01);
    // The rim bends in at e: a b c d, then e between d and a.
    let mut bent = square(false);
    bent.ways[1] = way("cr", "highway=footway");
    bent.ways[2] = way("abgda", "highway=pedestrian area=yes");
    bent.ways.push(way("bq", "highway=footway"));
    bent.ways.push(way("ds", "highway=footway"));
    bent.points[usize::from(b's' - b'a')] = at(2.0, 8.0, 10.0);
    // g (50,20) lies above the line from b (140,0) to d (20,60): the rim turns in there.
    bent.points[usize::from(b'g' - b'a')] = at(5.0, 2.0, 10.0);
    let network = Network::build(&bent);
    let over_g = 90f64.hypot(20.0) + 30f64.hypot(40.0) + 20.0 + 20.0;
    assert!(
        (seconds(&network, "adult", at(16.0, 0.0, 10.0), at(2.0, 8.0, 10.0)).expect("reached") - over_g).abs() < 0.01
    );
}

/// ```text
/// a-----b-----c     b-c lies in the water, which begins between
/// ```
#[test]
fn the_water_beside_a_pier_is_not_reached() {
    let mut s = streets("a-----b-----c", 50.0);
    let sea = |west: f64| geo::Rect::new(at(west, -20.0, 50.0).coord(), at(30.0, 20.0, 50.0).coord()).to_polygon();
    let beside = at(10.0, 1.0, 50.0);
    assert!(seconds(&Network::build(&s), "adult", at(0.0, 0.0, 50.0), beside).is_some());
    s.barriers.push(Barrier { kind: BarrierKind::Water, geometry: sea(7.0).into() });
    let network = Network::build(&s);
    assert_eq!(network.edge_count(), 2, "cut at the shore");
    assert_eq!(seconds(&network, "adult", at(0.0, 0.0, 50.0), beside), None);
    assert!(seconds(&network, "adult", at(0.0, 0.0, 50.0), at(10.0, 0.2, 50.0)).is_some(), "on the pier");
    assert!(seconds(&network, "adult", at(0.0, 0.0, 50.0), at(3.0, 1.0, 50.0)).is_some(), "on land");
}

/// ```text
/// a-----b-----c     the water's edge
/// ~~~~~~~~~~~~~
/// ```
#[test]
fn a_promenade_on_the_shore_is_no_pier() {
    let mut s = streets("a-----b-----c", 50.0);
    for depth in [20.0, -20.0] {
        let lake = geo::Rect::new(at(-5.0, 0.0, 50.0).coord(), at(30.0, depth, 50.0).coord()).to_polygon();
        s.barriers = vec![Barrier { kind: BarrierKind::Water, geometry: lake.into() }];
        assert!(Network::build(&s).graph.edges.iter().all(|e| !e.footing.enclosed));
    }
}

#[test]
fn a_sea_that_drowns_the_town_is_not_believed() {
    let mut s = streets("a--b--c--d--e--f--g--h--i--j--k--l", 50.0);
    let sea = |west: f64| geo::Rect::new(at(west, -20.0, 50.0).coord(), at(60.0, 20.0, 50.0).coord()).to_polygon();
    let wet = |s: &Streets| Network::build(s).graph.edges.iter().any(|e| e.footing.enclosed);
    s.sea = Some(geo::MultiPolygon::new(vec![sea(30.5)]));
    assert!(wet(&s), "the last of eleven pieces");
    s.sea = Some(geo::MultiPolygon::new(vec![sea(20.0)]));
    assert!(!wet(&s));
}

/// ```text
///        +----+
/// a------|-b  |      a walled yard; a path enters it or does not
///        +----+
/// ```
#[test]
fn a_ring_of_walls_that_nobody_can_enter_stops_no_one() {
    let yard = |s: &mut Streets| {
        let ring = [(7.0, -1.0), (12.0, -1.0), (12.0, 1.0), (7.0, 1.0), (7.0, -1.0)];
        let ring: geo::LineString = ring.iter().map(|(c, r)| at(*c, *r, 10.0).coord()).collect();
        s.barriers.push(Barrier { kind: BarrierKind::Wall, geometry: ring.into() });
    };
    let inside = at(9.0, 0.5, 10.0);
    let start = at(0.0, 0.0, 10.0);
    let mut far = streets("a----b", 10.0);
    yard(&mut far);
    assert!(seconds(&Network::build(&far), "adult", start, inside).is_some());
    far.gates.push(at(12.0, 1.0, 10.0));
    assert_eq!(seconds(&Network::build(&far), "adult", start, inside), None, "its gate is on the far side");
    let mut entered = streets("a--------b", 10.0);
    yard(&mut entered);
    let network = Network::build(&entered);
    assert_eq!(network.graph.barriers.len(), 4);
    entered.ways[0].tags.push(("bridge".into(), "yes".into()));
    assert_eq!(Network::build(&entered).graph.barriers.len(), 0, "a bridge over it is no gate");
}
