//! Coverage in small towns, against a search from every place.

use super::*;
use crate::atlas::LayerChange;
use crate::atlas::testing::ident;
use crate::planning::Scope;
use crate::planning::testing::{Parts, building, spot, station, town};
use crate::walk::ReachQuery;
use serde_json::json;

const EXTENTS: [Extent; 4] = [Extent::Minutes(3), Extent::Minutes(5), Extent::Minutes(10), Extent::Metres(300)];

fn query(profile: &str, direction: Direction) -> CoverageQuery<'static> {
    let profile = Profile::by_id(profile).expect("built in");
    CoverageQuery { direction, ..CoverageQuery::of(ident("station"), profile) }
}

fn adult() -> CoverageQuery<'static> {
    query("adult", Direction::To)
}

/// A search from every place, and the two nearest of what it finds.
fn one_by_one(snapshot: &Snapshot, query: &CoverageQuery<'_>) -> Vec<Vec<(Seconds, usize)>> {
    let network = snapshot.network.as_deref().expect("a network");
    let mut all = vec![Vec::new(); snapshot.homes.len()];
    for (site, facility) in snapshot.facilities.iter().enumerate() {
        let search = ReachQuery {
            origin: facility.anchor,
            profile: query.profile,
            direction: query.direction,
            budget: query.longest,
        };
        let Ok(reach) = network.reach(&search) else { continue };
        for (home, times) in all.iter_mut().enumerate() {
            times.extend(reach.time_at(snapshot.homes[home].at).map(|walk| (walk, site)));
        }
    }
    for times in &mut all {
        times.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
        times.truncate(2);
    }
    all
}

#[test]
fn every_building_knows_the_two_nearest_places_as_a_search_from_each_place_does() {
    let snapshot = town(1, 12, 250, 9).snapshot();
    for query in [adult(), query("wheelchair", Direction::To), query("adult", Direction::From)] {
        let found = coverage_by_two(&snapshot, &query).expect("a network");
        let nearest = coverage(&snapshot, &query).expect("a network");
        let truth = one_by_one(&snapshot, &query);
        let (mut served, mut both) = (0, 0);
        for (home, truth) in truth.iter().enumerate() {
            let walks: Vec<f64> = found.nearest[home].iter().flatten().map(|s| s.walk.0).collect();
            assert_eq!(walks.len(), truth.len(), "building {home}");
            assert_eq!(nearest.walk(home), found.walk(home), "building {home}");
            for (walk, (right, _)) in walks.iter().zip(truth) {
                assert!((walk - right.0).abs() < 3e-3, "building {home}: {walk} {right:?}");
            }
            served += usize::from(!walks.is_empty());
            both += usize::from(walks.len() == 2);
        }
        assert!(served > 150 && both > 100 && served < 250, "{served} {both}");
    }
}

#[test]
fn grids_and_what_lies_outside_them_add_up_to_the_whole() {
    let snapshot = town(2, 12, 300, 6).snapshot();
    let coverage = coverage(&snapshot, &adult()).expect("a network");
    let found = coverage.tally_by(&Groups::new(&snapshot, "grid"), &EXTENTS, &Scope::All);
    assert_eq!(found.areas.len(), 9);
    let mut sum = found.outside.clone();
    for area in &found.areas {
        sum.all += area.tally.all;
        sum.covered.iter_mut().zip(&area.tally.covered).for_each(|(a, b)| *a += *b);
    }
    assert_eq!(sum, found.whole);
    assert!(found.outside.all.buildings > 0 && found.areas.iter().all(|a| a.tally.all.buildings > 0));
    let covered: Vec<u64> = found.whole.covered.iter().map(|c| c.households).collect();
    assert!(covered[0] < covered[1] && covered[1] < covered[2] && covered[3] < covered[2], "{covered:?}");
    let lacking: u64 =
        coverage.uncovered(EXTENTS[1], &Scope::All).iter().map(|i| u64::from(snapshot.homes[*i].households)).sum();
    assert_eq!(lacking + covered[1], found.whole.all.households);
}

#[test]
fn a_layer_that_is_no_level_has_no_areas() {
    let snapshot = town(2, 4, 10, 1).snapshot();
    let coverage = coverage(&snapshot, &adult()).expect("a network");
    for layer in ["station", "nothing"] {
        let found = coverage.tally_by(&Groups::new(&snapshot, layer), &EXTENTS, &Scope::All);
        assert_eq!((found.areas.len(), &found.outside), (0, &found.whole));
    }
}

#[test]
fn the_farthest_uncovered_building_comes_first_and_those_without_any_way_before_it() {
    let snapshot = town(3, 12, 200, 2).snapshot();
    let coverage = coverage(&snapshot, &adult()).expect("a network");
    let walks: Vec<Option<Seconds>> =
        coverage.uncovered(Extent::Minutes(5), &Scope::All).into_iter().map(|i| coverage.walk(i)).collect();
    assert!(walks.len() > 10 && walks[0].is_none() && walks[walks.len() - 1].is_some());
    assert!(walks.is_sorted_by_key(|walk| std::cmp::Reverse(walk.map_or(u32::MAX, |w| (w.0 * 1000.0) as u32))));
}

/// Closes a place and looks again.
#[test]
fn who_depends_on_a_place_loses_its_cover_when_it_closes_and_nobody_else() {
    let parts = town(4, 12, 250, 5);
    let snapshot = parts.snapshot();
    let within = Extent::Minutes(8);
    let before = coverage_by_two(&snapshot, &adult()).expect("a network");
    let fragile = dependents(&before, within, &Scope::All);
    assert_eq!(fragile.len(), 5);
    assert!(fragile.is_sorted_by_key(|d| std::cmp::Reverse(d.alone.households)));
    for dependent in &fragile {
        let closed = &before.sites[dependent.site];
        let change = LayerChange { seq: 2, layer: closed.layer.clone(), id: closed.id, feature: None };
        let after = coverage(&snapshot.apply(&[change]).0, &adult()).expect("a network");
        let (was, is) =
            (before.tally(&[within], &Scope::All).covered[0], after.tally(&[within], &Scope::All).covered[0]);
        let lost = (was.households - is.households, was.buildings);
        assert_eq!(lost.0, dependent.alone.households);
        assert_eq!(lost.1 - is.buildings, dependent.alone.buildings);
        assert!(dependent.alone.buildings <= dependent.served.buildings);
    }
    assert!(fragile[0].alone.households > 0);
    let served: u64 = fragile.iter().map(|d| d.served.households).sum();
    assert_eq!(served, before.tally(&[within], &Scope::All).covered[0].households);
}

fn open_town() -> Parts {
    let mut parts = town(5, 8, 0, 0);
    parts.layer("building").push(building(1, spot(0.0, 5.0), 10));
    for (id, x, hours) in [(1, 40.0, Some("08:00-12:00")), (2, 200.0, Some("24/7")), (3, 60.0, None)] {
        let mut station = station(id, spot(x, 0.0));
        station.properties.extend(hours.map(|text| ("opening_hours".to_string(), json!(text))));
        parts.layer("station").push(station);
    }
    parts.streets = crate::walk::Streets {
        points: vec![spot(0.0, 0.0), spot(300.0, 0.0)],
        ways: vec![crate::walk::Street { points: vec![0, 1], tags: vec![("highway".into(), "path".into())] }],
        ..Default::default()
    };
    parts
}

#[test]
fn by_the_hour_only_what_is_open_counts_and_unknown_hours_as_one_says() {
    let snapshot = open_town().snapshot();
    let at = |hour: u32| -> DateTime<Utc> { format!("2026-11-20T{hour:02}:00:00+08:00").parse().expect("a time") };
    let moments: Vec<DateTime<Utc>> = (0..24).map(at).collect();
    let nearest = |unknown: bool| -> Vec<i64> {
        let hours = by_hour(&snapshot, &adult(), &moments, unknown).expect("a network");
        assert_eq!(hours.iter().map(|h| h.at).collect::<Vec<_>>(), moments);
        let alone = |hour: &Hour| {
            let opening = Some(Opening { at: hour.at, unknown });
            coverage(&snapshot, &CoverageQuery { opening, ..adult() }).expect("a network").nearest
        };
        assert!(hours.iter().all(|hour| hour.coverage.nearest == alone(hour)));
        let site = |h: &Hour| h.coverage.nearest[0][0].map(|s| h.coverage.sites[s.site].id.0).unwrap_or(0);
        hours.iter().map(site).collect()
    };
    let (strict, lenient) = (nearest(false), nearest(true));
    assert_eq!((strict[7], strict[8], strict[11], strict[12]), (2, 1, 1, 2));
    assert_eq!((lenient[7], lenient[8], lenient[12]), (3, 1, 3));
}

#[test]
fn a_whole_layer_can_be_asked_for_and_a_map_without_streets_says_so() {
    let snapshot = town(6, 8, 40, 3).snapshot();
    let by_category = coverage(&snapshot, &adult()).expect("a network");
    let by_layer = CoverageQuery { wanted: Wanted::Layer(ident("station")), ..adult() };
    assert_eq!(coverage(&snapshot, &by_layer).expect("a network").nearest, by_category.nearest);
    let none = CoverageQuery { wanted: Wanted::Category(ident("toilet")), ..adult() };
    assert!(coverage(&snapshot, &none).expect("a network").nearest.iter().all(|n| *n == [None]));
    let bare = crate::atlas::testing::snapshot(vec![("building", vec![building(1, spot(0.0, 0.0), 1)])]);
    assert_eq!(coverage(&bare, &adult()).err(), Some(WalkError::NoNetwork));
}
