//! Scenarios against maps that are built from scratch.

use super::*;
use crate::atlas::Snapshot;
use crate::atlas::testing::ident;
use crate::planning::Scope;
use crate::planning::coverage::{Count, Coverage, CoverageQuery, Groups, coverage};
use crate::planning::extent::Extent;
use crate::planning::testing::{Parts, spot, station, town};
use crate::walk::Profile;
use serde_json::json;

const WITHIN: Extent = Extent::Minutes(5);

fn covered(snapshot: &Snapshot) -> Coverage {
    let profile = Profile::by_id("adult").expect("built in");
    coverage(snapshot, &CoverageQuery::of(ident("station"), profile)).expect("a network")
}

fn add(layer: &str, geometry: impl Into<geo::Geometry>, properties: Value) -> Measure {
    let geometry = geojson::Geometry::new(geojson::GeometryValue::from(&geometry.into()));
    let properties = properties.as_object().expect("an object").clone();
    Measure::Add { layer: ident(layer), geometry, properties }
}

fn place(x: f64, y: f64) -> Measure {
    add("station", geo::Point(spot(x, y).coord()), json!({"name": "新站"}))
}

fn path(from: LonLat, to: LonLat) -> Measure {
    add("footpath", geo::LineString::from(vec![from.coord(), to.coord()]), json!({"kind": "path"}))
}

fn same(a: &Coverage, b: &Coverage) -> usize {
    let mut served = 0;
    for home in 0..a.homes.len() {
        match (a.walk(home), b.walk(home)) {
            (Some(x), Some(y)) => assert!((x.0 - y.0).abs() < 0.02, "building {home}: {x:?} {y:?}"),
            (x, y) => assert_eq!(x.is_some(), y.is_some(), "building {home}: {x:?} {y:?}"),
        }
        served += usize::from(a.walk(home).is_some());
    }
    served
}

/// Of a town's streets one that lies inside, and its ends.
fn inner_way(parts: &Parts, number: usize) -> (usize, LonLat, LonLat) {
    let ends =
        |i: usize| parts.streets.ways[i].points.iter().map(|p| parts.streets.points[*p as usize]).collect::<Vec<_>>();
    let inside = |at: &LonLat| at.lon() > spot(100.0, 0.0).lon() && at.lon() < spot(700.0, 0.0).lon();
    let ways = (0..parts.streets.ways.len()).filter(|i| ends(*i).iter().all(inside));
    let way = ways.skip(number).step_by(7).next().expect("a street inside");
    (way, ends(way)[0], ends(way)[1])
}

fn middle(a: LonLat, b: LonLat) -> LonLat {
    LonLat::new((a.lon() + b.lon()) / 2.0, (a.lat() + b.lat()) / 2.0).expect("in range")
}

#[test]
fn a_scenario_is_the_map_that_would_be_built_from_scratch_and_the_old_map_stays() {
    for seed in 0..4 {
        let parts = town(20 + seed, 11, 200, 4);
        let before = parts.snapshot();
        let (way, from, to) = inner_way(&parts, 9);
        let (a, b) = (parts.streets.points[13], parts.streets.points[37]);
        let measures = [
            place(300.0, 500.0),
            Measure::Move { layer: ident("station"), id: FeatureId(2), to: spot(600.0, 200.0) },
            Measure::Close { layer: ident("station"), id: FeatureId(3) },
            path(a, b),
            Measure::CloseStreet { at: middle(from, to) },
        ];
        let applied = apply(&before, &measures).expect("applies");
        let changed: Vec<(&str, i64)> = applied.changes.iter().map(|c| (c.layer.as_str(), c.id.0)).collect();
        let wanted = [("station", -1), ("station", 2), ("station", 3), ("footpath", -4), ("street_closure", -5)];
        assert_eq!(changed, wanted);
        assert!(applied.closed[4].is_some() && applied.closed[0].is_none());
        let mut scratch = parts.clone();
        scratch.streets.ways.remove(way);
        scratch.layer("station").retain(|f| ![2, 3].contains(&f.id.0));
        scratch.layer("station").extend([station(-1, spot(300.0, 500.0)), station(2, spot(600.0, 200.0))]);
        let line = geo::LineString::from(vec![a.coord(), b.coord()]);
        scratch.layer("footpath").push(crate::atlas::testing::feature(7, line, json!({"kind": "path"})));
        let scratch = covered(&scratch.snapshot());
        let (old, new) = (covered(&before), covered(&applied.snapshot));
        assert!(same(&new, &scratch) > 100);
        assert!((0..200).any(|home| old.walk(home) != new.walk(home)));
        assert_eq!(covered(&before).nearest, old.nearest, "the old map stays");
        // What is gained and lost is what a count from scratch differs by, grid by grid.
        let groups = Groups::new(&before, "grid");
        let found = compare(&old, &new, &groups, WITHIN, &Scope::All);
        let tally = |c: &Coverage| c.tally_by(&groups, &[WITHIN], &Scope::All);
        let (was, is) = (tally(&old), tally(&scratch));
        let differs = |change: &Change, was: Count, is: Count| {
            assert_eq!(change.gained.households + was.households, is.households + change.lost.households);
            assert_eq!(change.gained.buildings + was.buildings, is.buildings + change.lost.buildings);
        };
        differs(&found.whole, was.whole.covered[0], is.whole.covered[0]);
        differs(&found.outside, was.outside.covered[0], is.outside.covered[0]);
        assert_eq!(found.areas.len(), 9);
        for ((change, was), is) in found.areas.iter().zip(&was.areas).zip(&is.areas) {
            differs(&change.change, was.tally.covered[0], is.tally.covered[0]);
        }
        let sum: u64 = found.areas.iter().map(|a| a.change.gained.households).sum();
        assert_eq!(sum + found.outside.gained.households, found.whole.gained.households);
    }
}

#[test]
fn a_closed_street_costs_and_a_new_path_saves() {
    let parts = town(31, 11, 200, 3);
    let before = parts.snapshot();
    let old = covered(&before);
    let groups = Groups::new(&before, "grid");
    let (mut lost, mut gained) = (0, 0);
    for number in 0..6 {
        let (_, from, to) = inner_way(&parts, number * 7);
        let closed = apply(&before, &[Measure::CloseStreet { at: middle(from, to) }]).expect("applies");
        let change = compare(&old, &covered(&closed.snapshot), &groups, WITHIN, &Scope::All);
        assert!(change.whole.gained == Count::default() && change.saved_s <= 0.0);
        lost += change.homes.len();
        let far = parts.streets.points[(number * 17 + 5) % 121];
        let linked = apply(&before, &[path(from, far)]).expect("applies");
        let change = compare(&old, &covered(&linked.snapshot), &groups, WITHIN, &Scope::All);
        assert!(change.whole.lost == Count::default() && change.saved_s >= 0.0);
        gained += change.homes.len();
    }
    assert!(lost > 0 && gained > 0, "{lost} {gained}");
    let nothing = apply(&before, &[]).expect("applies");
    let change = compare(&old, &covered(&nothing.snapshot), &groups, WITHIN, &Scope::All);
    assert!(change.homes.is_empty() && change.whole == Change::default());
}

#[test]
fn a_later_measure_sees_what_an_earlier_one_did() {
    let parts = town(32, 8, 20, 2);
    let id = |id: i64| FeatureId(id);
    let close = |number: i64| Measure::Close { layer: ident("station"), id: id(number) };
    let two = [place(80.0, 80.0), Measure::Move { layer: ident("station"), id: id(-1), to: spot(160.0, 80.0) }];
    let applied = apply(&parts.snapshot(), &two).expect("applies");
    let new = applied.snapshot.feature("station", id(-1)).expect("made");
    assert!((new.bbox.west - spot(160.0, 80.0).lon()).abs() < 1e-9);
    assert_eq!(applied.last_of_each(), [1]);
    let moved = Measure::Move { layer: ident("station"), id: id(2), to: spot(160.0, 80.0) };
    let all = [place(80.0, 80.0), moved, close(-1), close(1), close(2), place(0.0, 0.0)];
    let applied = apply(&parts.snapshot(), &all).expect("applies");
    assert_eq!(applied.last_of_each(), [3, 4, 5], "what was added and taken away again is nothing");
    let error = apply(&parts.snapshot(), &[close(1), close(1)]).expect_err("gone already");
    assert_eq!(error, ScenarioError { number: 1, why: MeasureError::UnknownFeature(ident("station"), 1) });
}

#[test]
fn a_polygon_moves_with_its_doors() {
    let mut parts = town(33, 8, 0, 0);
    let (low, high) = (spot(0.0, 0.0).coord(), spot(40.0, 40.0).coord());
    let lot = json!({"name": "停车场", "entrances": [[low.x, low.y]]});
    parts.layer("parking_lot").push(crate::atlas::testing::feature(5, geo::Rect::new(low, high).to_polygon(), lot));
    let to = spot(220.0, 120.0);
    let moved = [Measure::Move { layer: ident("parking_lot"), id: FeatureId(5), to }];
    let map = apply(&parts.snapshot(), &moved).expect("applies").snapshot;
    let lot = &map.facilities[0];
    let near = |a: LonLat, x: f64, y: f64| crate::geometry::ground_distance(a, spot(x, y)).0 < 0.1;
    assert!(near(lot.anchor, 220.0, 120.0) && near(lot.entrances[0], 200.0, 100.0), "{lot:?}");
}

#[test]
fn what_cannot_be_done_says_which_measure_and_why() {
    let snapshot = town(34, 6, 5, 1).snapshot();
    let why =
        |measure: Measure| apply(&snapshot, &[place(0.0, 0.0), measure]).map(|_| ()).map_err(|e| (e.number, e.why));
    let point = || geo::Point(spot(0.0, 0.0).coord());
    assert_eq!(why(add("nothing", point(), json!({}))), Err((1, MeasureError::UnknownLayer(ident("nothing")))));
    assert_eq!(why(add("building", point(), json!({}))), Err((1, MeasureError::NoPlaces(ident("building")))));
    assert_eq!(why(Measure::CloseStreet { at: spot(9000.0, 0.0) }), Err((1, MeasureError::NoStreet)));
    let faulty = |measure| match why(measure) {
        Err((1, MeasureError::Faulty { field, .. })) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(faulty(add("station", point(), json!({}))), "name");
    let line = || geo::LineString::from(vec![spot(0.0, 0.0).coord(), spot(9.0, 0.0).coord()]);
    assert_eq!(faulty(add("station", line(), json!({"name": "x"}))), "geometry");
    assert_eq!(faulty(add("footpath", line(), json!({"kind": "tunnel"}))), "kind");
}

#[test]
fn measures_are_read_as_they_are_written() {
    let text = json!([
        {"do": "add", "layer": "station", "geometry": {"type": "Point", "coordinates": [116.0, 29.0]},
         "properties": {"name": "新站"}},
        {"do": "move", "layer": "station", "id": 2, "to": [116.001, 29.0]},
        {"do": "close", "layer": "station", "id": 3},
        {"do": "close_street", "at": [116.001, 29.0]},
    ]);
    let measures: Vec<Measure> = serde_json::from_value(text.clone()).expect("measures");
    assert_eq!(serde_json::to_value(&measures).expect("JSON"), text);
    for wrong in [
        json!({"do": "add", "layer": "station"}),
        json!({"do": "fly"}),
        json!({"do": "close", "layer": "a", "id": 1, "x": 2}),
        json!({"do": "close_street", "at": [29.0, 116.0]}),
        json!({"do": "close_street", "at": [116.0, 29.0, 1.0]}),
    ] {
        assert!(serde_json::from_value::<Measure>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn a_scenario_is_named_by_128_random_bits_and_by_nothing_else() {
    let id = ScenarioId::new(std::array::from_fn(|i| i as u8 * 17));
    assert_eq!(id.as_str(), "00112233445566778899aabbccddeeff");
    assert_eq!(ScenarioId::read(id.as_str()), Some(id.clone()));
    for wrong in ["", "7", &id.as_str()[1..], &id.as_str().to_uppercase(), &"\0".repeat(32), &"é".repeat(16)] {
        assert_eq!(ScenarioId::read(wrong), None, "{wrong}");
    }
}
