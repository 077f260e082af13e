//! Missing links in a town that a wall cuts in two.

use super::coverage::{CoverageQuery, Groups, coverage};
use super::extent::Extent;
use super::missing_links::{MissingError, MissingQuery, missing_links};
use super::run::{Cancelled, Run};
use super::scenario::{Measure, apply, compare};
use super::testing::{BLOCK, Parts, building, spot, station};
use crate::atlas::Snapshot;
use crate::atlas::testing::ident;
use crate::geometry::{LonLat, Metres, ground_distance};
use crate::planning::Scope;
use crate::walk::{Barrier, BarrierKind, LinkKind, Profile, Street};
use serde_json::json;

const SIDE: u32 = 10;
const WITHIN: Extent = Extent::Minutes(10);

/// ```text
///  #--#--#  #--#--#     crossings 80 m apart; a barrier between the fifth column and the sixth, and
///  |  |  |  |  |  |     one street over it in the northernmost row
///  S--#--#||#--H--H
/// ```
fn split(kind: BarrierKind) -> Parts {
    let mut parts = Parts::default();
    let at = |i: u32| spot(f64::from(i % SIDE) * BLOCK, f64::from(i / SIDE) * BLOCK);
    parts.streets.points = (0..SIDE * SIDE).map(at).collect();
    for i in 0..SIDE * SIDE {
        let (column, row) = (i % SIDE, i / SIDE);
        let east = (column + 1 < SIDE && (column != 4 || row + 1 == SIDE)).then_some(i + 1);
        for j in [east, (row + 1 < SIDE).then_some(i + SIDE)].into_iter().flatten() {
            let tags = vec![("highway".to_string(), "residential".to_string())];
            parts.streets.ways.push(Street { points: vec![i, j], tags });
        }
    }
    let line = [spot(4.5 * BLOCK, -300.0), spot(4.5 * BLOCK, 8.6 * BLOCK)].map(LonLat::coord);
    parts.streets.barriers = vec![Barrier { kind, geometry: geo::LineString::from(line.to_vec()).into() }];
    parts.layer("station").push(station(1, spot(0.0, 5.0)));
    for i in 0..30i64 {
        let (x, y) = (5.2 + (i % 5) as f64, (i / 5) as f64 + 0.1);
        parts.layer("building").push(building(i + 1, spot(x * BLOCK, y * BLOCK), 10));
    }
    parts
}

fn query() -> MissingQuery<'static> {
    let profile = Profile::by_id("adult").expect("built in");
    MissingQuery::new(CoverageQuery::of(ident("station"), profile), WITHIN)
}

/// Households gained by a footpath that is really drawn.
fn really(map: &Snapshot, from: LonLat, to: LonLat, kind: &str) -> u64 {
    let line: geo::Geometry = geo::LineString::from(vec![from.coord(), to.coord()]).into();
    let geometry = geojson::Geometry::new(geojson::GeometryValue::from(&line));
    let properties = json!({"kind": kind}).as_object().expect("an object").clone();
    let link = Measure::Add { layer: ident("footpath"), geometry, properties };
    let with = apply(map, &[link]).expect("applies").snapshot;
    let covered = |map: &Snapshot| coverage(map, &query().coverage).expect("a network");
    compare(&covered(map), &covered(&with), &Groups::new(map, "grid"), WITHIN, &Scope::All).whole.gained.households
}

#[test]
fn the_best_link_over_a_wall_or_river_is_the_best_of_all_and_keeps_its_promise() {
    for (barrier, kind, name) in
        [(BarrierKind::Wall, LinkKind::Gate, "gate"), (BarrierKind::Water, LinkKind::Bridge, "bridge")]
    {
        let parts = split(barrier);
        let map = parts.snapshot();
        let links = missing_links(&map, &query(), &Run::default()).expect("an answer");
        let best = &links[0];
        assert_eq!((best.kind, best.crosses.as_slice()), (kind, [barrier].as_slice()));
        assert!(best.length.0 <= 150.0 && best.round.is_some_and(|round| round.0 * 1.25 > 8.0 * best.length.0));
        assert!(best.from.lon() < best.to.lon(), "from the side of the station");
        for link in &links {
            assert_eq!(really(&map, link.from, link.to, name), link.gained.households, "{link:?}");
        }
        let mut most = 0;
        for (row, other) in (0..SIDE).flat_map(|row| (0..SIDE).map(move |other| (row, other))) {
            let (a, b) =
                (parts.streets.points[(row * SIDE + 4) as usize], parts.streets.points[(other * SIDE + 5) as usize]);
            if row.abs_diff(other) <= 1 && ground_distance(a, b).0 <= 150.0 {
                most = most.max(really(&map, a, b, name));
            }
        }
        assert!(most >= 50 && best.gained.households == most, "{most} {best:?}");
        assert!(links.is_sorted_by(|a, b| a.gained.households >= b.gained.households));
    }
}

#[test]
fn links_that_are_too_long_or_save_too_little_are_not_named() {
    let map = split(BarrierKind::Wall).snapshot();
    let named = |query: MissingQuery<'_>| missing_links(&map, &query, &Run::default()).expect("an answer").len();
    assert!(named(query()) > 0);
    assert_eq!(named(MissingQuery { longest: Metres(70.0), ..query() }), 0);
    assert_eq!(named(MissingQuery { detour: crate::geometry::Seconds(3000.0), ..query() }), 0);
    assert_eq!(named(MissingQuery { within: Extent::Minutes(60), ..query() }), 0, "nobody lacks anything");
    assert_eq!(named(MissingQuery { limit: 1, ..query() }), 1);
}

/// ```text
/// S--#--#  #--#--H     the same town without a wall: streets end 10 m from each other
/// ```
#[test]
fn streets_that_end_beside_each_other_are_no_missing_link() {
    let mut parts = split(BarrierKind::Wall);
    parts.streets.barriers.clear();
    for (i, at) in (0u32..).zip(&mut parts.streets.points) {
        let off = if i % SIDE > 4 { -70.0 } else { 0.0 };
        *at = spot(f64::from(i % SIDE) * BLOCK + off, f64::from(i / SIDE) * BLOCK);
    }
    assert!(missing_links(&parts.snapshot(), &query(), &Run::default()).expect("an answer").is_empty());
}

#[test]
fn a_cancelled_run_ends() {
    let run = Run::default();
    run.cancel();
    let map = split(BarrierKind::Wall).snapshot();
    assert_eq!(missing_links(&map, &query(), &run), Err(MissingError::Cancelled(Cancelled)));
}
