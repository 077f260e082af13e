//! Random towns: what must hold whatever the streets look like.

use super::sketch::at;
use super::*;
use crate::geometry::{LonLat, Seconds};
use geo::{Contains, Validation};
use petgraph::graph::{DiGraph, NodeIndex};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Columns and rows of a town, 60 m apart.
const SIDE: usize = 7;

/// A town with gaps, stairs, one-way escalators, bridges, walls and streets that bend.
fn town(rng: &mut ChaCha8Rng) -> Streets {
    let mut streets = Streets { source: "random".into(), ..Streets::default() };
    for i in 0..SIDE * SIDE {
        let (c, r) = ((i % SIDE) as f64, (i / SIDE) as f64);
        streets.points.push(at(c + rng.random_range(-0.35..0.35), r + rng.random_range(-0.35..0.35), 60.0));
    }
    for i in 0..SIDE * SIDE {
        let (east, south) = (i % SIDE + 1 < SIDE, i / SIDE + 1 < SIDE);
        for (there, other) in [(east, i + 1), (south, i + SIDE)] {
            if there && rng.random_bool(0.72) {
                let kind = match rng.random_range(0..12) {
                    0 => vec![("highway", "steps")],
                    1 => vec![("highway", "steps"), ("conveying", "forward")],
                    2 => vec![("highway", "footway"), ("bridge", "yes")],
                    _ => vec![("highway", "residential")],
                };
                let tags = kind.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
                streets.ways.push(Street { points: vec![i as u32, other as u32], tags });
            }
        }
    }
    for _ in 0..rng.random_range(0..6) {
        let a = place(rng);
        let b = LonLat::new(a.lon() + rng.random_range(-1e-3..1e-3), a.lat() + rng.random_range(-1e-3..1e-3));
        let wall = geo::LineString::from(vec![a.coord(), b.expect("in range").coord()]);
        streets.barriers.push(Barrier { kind: BarrierKind::Wall, geometry: wall.into() });
    }
    streets
}

fn place(rng: &mut ChaCha8Rng) -> LonLat {
    let side = SIDE as f64;
    at(rng.random_range(-1.0..side), rng.random_range(-1.0..side), 60.0)
}

fn walker(rng: &mut ChaCha8Rng) -> (&'static Profile, Direction) {
    let direction = if rng.random_bool(0.5) { Direction::From } else { Direction::To };
    (&Profile::all()[rng.random_range(0..Profile::all().len())], direction)
}

/// The network as another library knows it, every arc as a search in this direction takes it.
fn as_petgraph(network: &Network, profile: &Profile, direction: Direction) -> DiGraph<(), u32> {
    let mut graph = DiGraph::new();
    let nodes: Vec<NodeIndex> = (0..network.node_count()).map(|_| graph.add_node(())).collect();
    for (from, to, mm) in network.arcs(profile) {
        let (a, b) = if direction == Direction::From { (from, to) } else { (to, from) };
        graph.add_edge(nodes[a], nodes[b], mm);
    }
    graph
}

#[test]
fn node_costs_are_those_of_another_librarys_dijkstra() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut compared = 0;
    for _ in 0..300 {
        let network = Network::build(&town(&mut rng));
        let (profile, direction) = walker(&mut rng);
        let query = ReachQuery { origin: place(&mut rng), profile, direction, budget: Seconds(7200.0) };
        let Ok(reach) = network.reach(&query) else { continue };
        let mut graph = as_petgraph(&network, profile, direction);
        let source = graph.add_node(());
        // Where the origin steps on is given; everything behind it is the other library's.
        for (node, via) in reach.nodes.via.iter().enumerate() {
            if reach.nodes.cost[node] != reach::UNREACHED && via & reach::FROM_CONTACT != 0 {
                graph.add_edge(source, NodeIndex::new(node), reach.nodes.cost[node]);
            }
        }
        let theirs = petgraph::algo::dijkstra(&graph, source, None, |edge| *edge.weight());
        for (node, &cost) in reach.nodes.cost.iter().enumerate() {
            let ours = (cost != reach::UNREACHED).then_some(cost);
            assert_eq!(theirs.get(&NodeIndex::new(node)).copied(), ours, "node {node}");
            compared += 1;
        }
    }
    assert!(compared > 5_000, "{compared} nodes compared");
}

#[test]
fn a_walk_takes_as_long_searched_from_its_start_as_from_its_end() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let mut walked = 0;
    for _ in 0..400 {
        let network = Network::build(&town(&mut rng));
        let (profile, _) = walker(&mut rng);
        let (a, b) = (place(&mut rng), place(&mut rng));
        let search =
            |origin, direction| network.reach(&ReachQuery { origin, profile, direction, budget: Seconds(7200.0) }).ok();
        let there = search(a, Direction::From).and_then(|reach| reach.time_at(b));
        let back = search(b, Direction::To).and_then(|reach| reach.time_at(a));
        match (there, back) {
            (Some(there), Some(back)) => {
                // Each end rounds to a millimetre.
                assert!((there.0 - back.0).abs() <= 0.003 / profile.speed_m_s, "{there:?} {back:?} {a:?} {b:?}");
                walked += 1;
            }
            (there, back) => assert_eq!(there.is_some(), back.is_some(), "{a:?} {b:?}"),
        }
    }
    assert!(walked > 150, "{walked} walks");
}

#[test]
fn the_length_of_a_walk_is_that_of_its_line() {
    let mut rng = ChaCha8Rng::seed_from_u64(17);
    let (mut over_nodes, mut longest) = (0, 0.0f64);
    for _ in 0..200 {
        let network = Network::build(&town(&mut rng));
        let (profile, direction) = walker(&mut rng);
        let profile = &profile.with_signal_wait(30.0);
        let query = ReachQuery { origin: place(&mut rng), profile, direction, budget: Seconds(1800.0) };
        let Ok(reach) = network.reach(&query) else { continue };
        for _ in 0..20 {
            let doors = [Doorstep::new(place(&mut rng)), Doorstep::new(place(&mut rng))];
            let (length, route) = (reach.length_to_any(&doors), reach.route_to_any(&doors));
            assert_eq!(length.is_some(), route.is_some());
            let (Some(length), Some(route)) = (length, route) else { continue };
            let bends = route.line.0.len() as f64;
            // Every vertex is rounded to a millimetre, every end to a centimetre.
            assert!((length.0 - route.distance.0).abs() < 0.03 + bends * 0.001, "{length:?} {:?}", route.distance);
            over_nodes += usize::from(bends > 4.0);
            longest = longest.max(length.0);
        }
    }
    assert!(over_nodes > 300 && longest > 500.0, "{over_nodes} walks over nodes, {longest} m");
}

#[test]
fn every_point_of_the_lattice_costs_what_the_field_says() {
    let mut rng = ChaCha8Rng::seed_from_u64(19);
    let (mut inside, mut beyond, mut left) = (0, 0, 0);
    for _ in 0..60 {
        let network = Network::build(&town(&mut rng));
        for _ in 0..5 {
            let (profile, direction) = walker(&mut rng);
            let budget = Seconds(rng.random_range(20.0..600.0));
            let query = ReachQuery { origin: place(&mut rng), profile, direction, budget };
            let Ok(reach) = network.reach(&query) else { continue };
            let most = (budget.0 * profile.speed_m_s) as f32;
            let least = most * rng.random_range(0.2..1.0);
            let raster = reach.raster(&[most, least]);
            for i in 0..raster.len() {
                let (column, row) = (i % raster.columns, i / raster.columns);
                let drawn = raster.value(column, row);
                let field = reach.touch_at(raster.position(column as f64, row as f64));
                match field.map(|touch| touch.cost_mm as f32 / 1000.0) {
                    // Both sums are rounded to steps of 2 dm.
                    Some(field) if (drawn - field).abs() < 0.25 => inside += 1,
                    // Well inside all contours nothing more exact is needed.
                    Some(field) if drawn > field && drawn < least - 19.0 => left += 1,
                    None if drawn > most - 0.25 => beyond += 1,
                    field => panic!("{field:?} {drawn} at {column}, {row} for {query:?}, {least} to {most}"),
                }
            }
        }
    }
    assert!(inside > 100_000 && beyond > 100_000 && left > 100, "{inside} inside, {beyond} beyond, {left} left");
}

#[test]
fn ten_thousand_circles_are_valid_nested_and_agree_with_what_is_looked_up() {
    let mut rng = ChaCha8Rng::seed_from_u64(13);
    let mut drawn = 0;
    while drawn < 10_000 {
        let network = Network::build(&town(&mut rng));
        for _ in 0..50 {
            let (profile, direction) = walker(&mut rng);
            let origin = place(&mut rng);
            let budget = Seconds(rng.random_range(30.0..500.0));
            let Ok(reach) = network.reach(&ReachQuery { origin, profile, direction, budget }) else { continue };
            drawn += 1;
            let share = rng.random_range(0.1..0.99);
            let levels = [budget, Seconds(budget.0 * share)];
            let [outer, inner] = reach.outlines(&levels).try_into().expect("two");
            assert!(outer.shape.is_valid() && inner.shape.is_valid(), "{origin:?} {budget:?}");
            assert!(inner.area_m2 <= outer.area_m2 + 1e-6);
            let corners = inner.shape.iter().flat_map(|p| p.exterior().coords()).step_by(7);
            for corner in corners {
                // The rings may share a line where the field is cut off at a wall.
                let close = |p: &geo::Polygon| on_rim(p, *corner);
                assert!(
                    outer.shape.contains(&geo::Point::from(*corner)) || outer.shape.iter().any(close),
                    "{corner:?} of the inner circle from {origin:?} within {budget:?} x {share}"
                );
            }
            let spot = place(&mut rng);
            assert_eq!(reach.time_to(&Doorstep::new(spot)), reach.time_at(spot), "{origin:?} to {spot:?}");
        }
    }
}

/// Within a decimetre of a polygon's rings.
fn on_rim(polygon: &geo::Polygon, at: geo::Coord) -> bool {
    let near = |line: geo::Line| {
        let (dx, dy) = (line.dx(), line.dy());
        let t = (((at.x - line.start.x) * dx + (at.y - line.start.y) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        (line.start.x + t * dx - at.x).hypot(line.start.y + t * dy - at.y) < 1e-6
    };
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).any(|ring| ring.lines().any(near))
}
