//! Coverage against the brute-force field and against a search from every place, building by
//! building: Monaco and a demo town.

use super::brute::{Brute, Sight, field};
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use wangge::atlas::{Ident, NewFeature, Snapshot};
use wangge::geometry::{LonLat, Seconds};
use wangge::planning::coverage::{Groups, dependents};
use wangge::planning::{Coverage, CoverageQuery, Extent, coverage};
use wangge::walk::{Direction, Profile, ReachQuery, Streets};

const EXTENTS: [Extent; 3] = [Extent::Minutes(5), Extent::Minutes(10), Extent::Minutes(15)];
/// Beads a metre apart make the brute-force field late by up to so much, and early by rounding.
const LATE: f64 = 1.5;
const EARLY: f64 = 0.1;

fn adult() -> &'static Profile {
    Profile::by_id("adult").expect("built in")
}

/// Categories with places, few enough to search from each of them.
fn categories(snapshot: &Snapshot) -> Vec<Ident> {
    let mut counts: BTreeMap<&Ident, usize> = BTreeMap::new();
    snapshot.facilities.iter().flat_map(|f| &f.categories).for_each(|c| *counts.entry(c).or_default() += 1);
    counts.into_iter().filter(|(_, n)| (3..=60).contains(n)).map(|(c, _)| c.clone()).collect()
}

/// The two nearest by a search from each place.
fn searched(snapshot: &Snapshot, category: &Ident) -> Vec<Vec<Seconds>> {
    let network = snapshot.network.as_deref().expect("a network");
    let kind = snapshot.doors.category(category);
    let mut walks = vec![Vec::new(); snapshot.homes.len()];
    for site in kind.all() {
        let mut nearest = vec![Seconds::NEVER; walks.len()];
        for door in kind.entrances(site) {
            let (origin, budget) = (door.at(), Seconds(8.0 * 3600.0));
            let search = ReachQuery { origin, profile: adult(), direction: Direction::To, budget };
            let Ok(reach) = network.reach(&search) else { continue };
            for (home, nearest) in nearest.iter_mut().enumerate() {
                let walk = reach.time_to(snapshot.doors.home(home)).unwrap_or(Seconds::NEVER);
                nearest.0 = nearest.0.min(walk.0);
            }
        }
        let reached = walks.iter_mut().zip(nearest).filter(|(_, walk)| walk.0.is_finite());
        reached.for_each(|(walks, walk)| walks.push(walk));
    }
    for walks in &mut walks {
        walks.sort_by(|a, b| a.0.total_cmp(&b.0));
        walks.truncate(2);
    }
    walks
}

/// To the millimetre, which one search and many may round differently.
fn equals_the_searches(snapshot: &Snapshot, category: &Ident, found: &Coverage) {
    for (home, truth) in searched(snapshot, category).iter().enumerate() {
        let walks: Vec<f64> = found.nearest[home].iter().flatten().map(|s| s.walk.0).collect();
        assert_eq!(walks.len(), truth.len(), "{category}, building {home}");
        for (walk, truth) in walks.iter().zip(truth) {
            assert!(
                (walk - truth.0).abs() * adult().speed_m_s <= 2.1e-3,
                "{category}, building {home}: {walk} {truth:?}"
            );
        }
    }
}

/// Sums over grids are the whole, and so are those who depend on each place.
fn adds_up(snapshot: &Snapshot, found: &Coverage) {
    for layer in ["grid", "community", "town"] {
        let tallies = found.tally_by(&Groups::new(snapshot, layer), &EXTENTS);
        let parts = tallies.areas.iter().map(|a| &a.tally).chain([&tallies.outside]);
        let sum = parts.fold(vec![0; 4], |mut sum, tally| {
            sum[3] += tally.all.households;
            sum.iter_mut().zip(&tally.covered).for_each(|(sum, covered)| *sum += covered.households);
            sum
        });
        let whole = &tallies.whole;
        let right: Vec<u64> = whole.covered.iter().chain([&whole.all]).map(|count| count.households).collect();
        assert_eq!(sum, right, "{layer}");
    }
    let served: u64 = dependents(found, EXTENTS[2]).iter().map(|d| d.served.buildings).sum();
    assert_eq!(served, found.tally(&EXTENTS).covered[2].buildings);
}

fn run(name: &str, features: BTreeMap<Ident, Vec<NewFeature>>, streets: &Streets) {
    let snapshot = counted(super::snapshot(features, streets));
    let brute = Brute::new(streets).reversed();
    let sights: Vec<Sight> = snapshot.homes.iter().map(|h| brute.sight(h.at)).collect();
    let (mut compared, mut misfits, mut undecided, mut covered) = (0, 0, 0, 0);
    let categories = categories(&snapshot);
    assert!(categories.len() >= 4, "{categories:?}");
    for category in &categories {
        let found = coverage(&snapshot, &CoverageQuery::of(category.clone(), adult())).expect("a network");
        equals_the_searches(&snapshot, category, &found);
        adds_up(&snapshot, &found);
        let kind = snapshot.doors.category(category);
        let doors: Vec<LonLat> = kind.all().iter().flat_map(|i| kind.entrances(*i).iter().map(|d| d.at())).collect();
        let sources: Sight = doors.iter().flat_map(|at| brute.sight(*at)).collect();
        let beads = brute.times(&sources, 1000.0);
        for (home, sight) in sights.iter().enumerate() {
            let (truth, walk) = (field(&beads, sight), found.walk(home).unwrap_or(Seconds::NEVER).0);
            if truth.min(walk) > 950.0 {
                continue;
            }
            compared += 1;
            if !(walk - EARLY..=walk + LATE).contains(&truth) {
                misfits += 1;
                eprintln!("{name}, {category}: {:?}: {walk} s, {truth} s by brute force", snapshot.homes[home].at);
                continue;
            }
            for extent in EXTENTS {
                let limit = extent.budget(adult()).0;
                if (limit - EARLY..limit + LATE).contains(&truth) {
                    undecided += 1;
                } else {
                    assert_eq!(found.covers(home, extent), truth <= limit, "{name}, {category}, building {home}");
                    covered += usize::from(truth <= limit);
                }
            }
        }
    }
    eprintln!(
        "{name}: {} buildings, {} categories, {compared} walks compared, {misfits} misfits; {covered} times covered, \
         {undecided} too close to a limit for beads",
        snapshot.homes.len(),
        categories.len()
    );
    assert!(compared > 2000 && undecided * 100 < compared);
    // A gap between two walls may be narrower than the beads.
    assert!(misfits * 10_000 <= compared, "{misfits} of {compared}");
}

/// Where nobody counted households, made-up ones: sums of nothing prove nothing.
fn counted(mut snapshot: Snapshot) -> Snapshot {
    if snapshot.homes.iter().all(|home| home.households == 0) {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        let mut homes = (*snapshot.homes).clone();
        homes.iter_mut().for_each(|home| home.households = rng.random_range(0..30));
        snapshot.homes = homes.into();
    }
    snapshot
}

#[test]
fn coverage_of_monaco_equals_the_brute_force_field_building_by_building() {
    if let Some(import) = super::import("monaco") {
        run("Monaco", import.features, &import.streets);
    }
}

#[test]
fn coverage_of_a_demo_town_equals_the_brute_force_field_building_by_building() {
    let town = wangge::synth::town(wangge::synth::PlaceKey::Nankang);
    run("Nankang", town.features, &town.streets);
}
