//! Coverage against the brute-force field and against a search from every place, building by
//! building: Monaco and a demo town. Some minutes without optimisation.

use super::brute::{Brute, Sight, field};
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use wangge::atlas::{Ident, NewFeature, Snapshot};
use wangge::geometry::{LonLat, Seconds};
use wangge::planning::coverage::{Groups, coverage_by_two, dependents};
use wangge::planning::{Coverage, CoverageQuery, Extent, Scope, coverage};
use wangge::walk::{Direction, Profile, ReachQuery, Streets};

const EXTENTS: [Extent; 3] = [Extent::Minutes(5), Extent::Minutes(10), Extent::Minutes(15)];
/// Beads a metre apart make the brute-force field late by up to so much, and early by rounding.
const LATE: f64 = 1.5;
const EARLY: f64 = 0.1;
/// Where that cannot tell, so many places between two beads are looked at, too; then it is late by less.
const BETWEEN: u32 = 6;
const CLOSER: f64 = 0.4;

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
fn equals_the_searches(snapshot: &Snapshot, category: &Ident, found: &Coverage<2>, one: &Coverage) {
    for (home, truth) in searched(snapshot, category).iter().enumerate() {
        assert_eq!(one.walk(home), found.walk(home), "{category}, building {home}");
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
fn adds_up(snapshot: &Snapshot, found: &Coverage<2>) {
    for layer in ["grid", "community", "town"] {
        let tallies = found.tally_by(&Groups::new(snapshot, layer), &EXTENTS, &Scope::All);
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
    let served: u64 = dependents(found, EXTENTS[2], &Scope::All).iter().map(|d| d.served.buildings).sum();
    assert_eq!(served, found.tally(&EXTENTS, &Scope::All).covered[2].buildings);
}

/// What was compared.
#[derive(Debug, Default)]
struct Figures {
    walks: usize,
    /// Looked at again with places between the beads, because a metre could not tell.
    again: usize,
    covered: usize,
    /// Too close to a limit even so.
    undecided: usize,
}

struct Judge<'a> {
    name: &'a str,
    snapshot: &'a Snapshot,
    brute: &'a Brute,
    sights: &'a [Sight],
}

impl Judge<'_> {
    fn category(&self, category: &Ident, figures: &mut Figures) {
        let snapshot = self.snapshot;
        let found = coverage(snapshot, &CoverageQuery::of(category.clone(), adult())).expect("a network");
        let two = coverage_by_two(snapshot, &CoverageQuery::of(category.clone(), adult())).expect("a network");
        equals_the_searches(snapshot, category, &two, &found);
        adds_up(snapshot, &two);
        let kind = snapshot.doors.category(category);
        let doors: Vec<LonLat> = kind.all().iter().flat_map(|i| kind.entrances(*i).iter().map(|d| d.at())).collect();
        let sources: Sight = doors.iter().flat_map(|at| self.brute.sight(*at)).collect();
        let beads = self.brute.times(&sources, 1000.0);
        let mut unclear = Vec::new();
        for (home, sight) in self.sights.iter().enumerate() {
            let truth = field(&beads, sight);
            if truth.min(seconds(&found, home)) > 950.0 {
                continue;
            }
            figures.walks += 1;
            if !self.decided(&found, home, (truth, LATE), figures) {
                unclear.push(home);
            }
        }
        if unclear.is_empty() {
            return;
        }
        let closer = |at: &LonLat| self.brute.closer_sight(*at, BETWEEN, true);
        let beads = self.brute.times(&doors.iter().flat_map(closer).collect(), 1000.0);
        figures.again += unclear.len();
        for home in unclear {
            let at = snapshot.homes[home].at;
            let truth = field(&beads, &self.brute.closer_sight(at, BETWEEN, false));
            let walk = seconds(&found, home);
            let name = self.name;
            assert!(fits(walk, (truth, CLOSER)), "{name}, {category}: {at:?}: {walk} s, {truth} s by brute force");
            figures.undecided += usize::from(!self.decided(&found, home, (truth, CLOSER), figures));
        }
    }

    /// Whether a brute-force time that may be so much too late can tell; it must say the same then.
    fn decided(&self, found: &Coverage, home: usize, (truth, late): (f64, f64), figures: &mut Figures) -> bool {
        let limits = EXTENTS.map(|extent| extent.budget(adult()).0);
        let close = limits.iter().any(|limit| (limit - EARLY..limit + late).contains(&truth));
        if close || !fits(seconds(found, home), (truth, late)) {
            return false;
        }
        for (extent, limit) in EXTENTS.into_iter().zip(limits) {
            assert_eq!(found.covers(home, extent), truth <= limit, "{}, building {home}", self.name);
            figures.covered += usize::from(truth <= limit);
        }
        true
    }
}

fn seconds(found: &Coverage, home: usize) -> f64 {
    found.walk(home).unwrap_or(Seconds::NEVER).0
}

fn fits(walk: f64, (truth, late): (f64, f64)) -> bool {
    (walk - EARLY..=walk + late).contains(&truth)
}

fn run(name: &str, features: BTreeMap<Ident, Vec<NewFeature>>, streets: &Streets) {
    let snapshot = counted(super::snapshot(features, streets));
    let brute = Brute::new(streets).reversed();
    let sights: Vec<Sight> = snapshot.homes.iter().map(|h| brute.sight(h.at)).collect();
    let categories = categories(&snapshot);
    assert!(categories.len() >= 4, "{categories:?}");
    let judge = Judge { name, snapshot: &snapshot, brute: &brute, sights: &sights };
    let mut figures = Figures::default();
    categories.iter().for_each(|category| judge.category(category, &mut figures));
    eprintln!("{name}: {} buildings, {} categories, {figures:?}", snapshot.homes.len(), categories.len());
    assert!(figures.walks > 2000 && figures.covered > 2000 && figures.undecided * 500 < figures.walks);
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
