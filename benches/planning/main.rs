//! Planning against what it rests on, in the same run: every line is a ratio to one search of the
//! whole network. Needs `../shared/data/osm`; says so and does nothing when it is not there.
//!
//! `cargo bench --bench planning -- cells xuzhou` prints instead, as CSV, how far it is on foot from
//! each cell of `../shared/data/pop/xuzhou.csv` to the nearest place of every category;
//! `benches/planning/cells.py` compares that with what the file says.

mod cells;
#[expect(dead_code, reason = "shared with the bench of the walking field, which uses more of it")]
#[path = "../walking/place.rs"]
mod place;

use criterion::Criterion;
use place::Place;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wangge::atlas::{FeatureId, Ident, LayerChange, Snapshot};
use wangge::geometry::{Metres, Seconds};
use wangge::planning::coverage::Groups;
use wangge::planning::missing_links::{MissingQuery, missing_links};
use wangge::planning::score::{Board, Ground};
use wangge::planning::siting::{Existing, Goal, from_network};
use wangge::planning::{Coverage, CoverageQuery, Extent, Run, Scope, SitingQuery, coverage, siting};
use wangge::walk::{Direction, Profile, ReachQuery};

const EXTENTS: [Extent; 3] = [Extent::Minutes(5), Extent::Minutes(10), Extent::Minutes(15)];

fn adult() -> &'static Profile {
    Profile::by_id("adult").expect("built in")
}

fn ident(text: &str) -> Ident {
    Ident::new(text).expect("an id")
}

/// The shortest of several calls: others on the machine lengthen long calls more than short ones.
fn shortest(times: usize, mut f: impl FnMut()) -> Duration {
    let one = |_| {
        let start = Instant::now();
        f();
        start.elapsed()
    };
    (0..times).map(one).min().unwrap_or_default()
}

/// The eight categories with most places.
fn categories(snapshot: &Snapshot) -> Vec<Ident> {
    let count = |id: &Ident| snapshot.facilities.iter().filter(|f| f.categories.contains(id)).count();
    let mut all: Vec<Ident> = snapshot.catalogue.categories.iter().map(|c| c.id.clone()).collect();
    all.sort_by_cached_key(|id| std::cmp::Reverse(count(id)));
    all.truncate(8);
    all
}

/// Extracts count no households: ten in each building.
fn lived_in(place: &Place) -> Snapshot {
    let mut homes = (*place.snapshot.homes).clone();
    homes.iter_mut().for_each(|home| home.households = 10);
    Snapshot { homes: Arc::new(homes), ..place.snapshot.clone() }
}

fn all_categories(snapshot: &Snapshot, categories: &[Ident]) -> Vec<Coverage> {
    use rayon::prelude::*;
    let one = |id: &Ident| coverage(snapshot, &CoverageQuery::of(id.clone(), adult())).expect("a network");
    categories.par_iter().map(one).collect()
}

fn station(snapshot: &Snapshot) -> Coverage {
    coverage(snapshot, &CoverageQuery::of(ident("station"), adult())).expect("a network")
}

fn bench(place: &Place, c: &mut Criterion) {
    let (name, snapshot, network) = (place.name, lived_in(place), place.network());
    let origin = place.densest(Seconds(900.0));
    let everywhere = ReachQuery { origin, profile: adult(), direction: Direction::From, budget: Seconds(8.0 * 3600.0) };
    let full = shortest(61, || drop(black_box(network.reach(&everywhere))));
    let ratio = |time: Duration| time.as_secs_f64() / full.as_secs_f64();
    let categories = categories(&snapshot);
    let eight = shortest(31, || drop(black_box(all_categories(&snapshot, &categories))));
    let streets = Snapshot { homes: Arc::default(), ..snapshot.clone() };
    let network_only = shortest(31, || drop(black_box(all_categories(&streets, &categories))));
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let one_core = shortest(31, || alone.install(|| drop(black_box(all_categories(&streets, &categories)))));
    println!(
        "{name}: {} nodes, {} buildings, one search of the whole network {full:?}; coverage in 8 categories: \
         of the network {:.1} x that search ({:.1} x on one core), with every building {:.1} x",
        network.node_count(),
        snapshot.homes.len(),
        ratio(network_only),
        ratio(one_core),
        ratio(eight),
    );
    edit(place, &snapshot, ratio);
    planning(&snapshot, name, ratio);
    c.bench_function(&format!("{name}: coverage in 8 categories"), |b| {
        b.iter(|| black_box(all_categories(&snapshot, &categories).len()))
    });
}

/// What it takes until the coverage is right again after an edit.
fn edit(place: &Place, snapshot: &Snapshot, ratio: impl Fn(Duration) -> f64) {
    let layer = ident("station");
    let close = LayerChange { seq: 2, layer: layer.clone(), id: FeatureId(1), feature: None };
    let station_closes = shortest(15, || {
        let next = place.snapshot.apply(std::slice::from_ref(&close)).0;
        black_box(station(&next).tally_by(&Groups::new(&next, "grid"), &EXTENTS, &Scope::All));
    });
    let (a, b) = (snapshot.homes[0].at, snapshot.homes[snapshot.homes.len() / 2].at);
    let mut path = (*place.snapshot.layers[&layer].features[&FeatureId(1)]).clone();
    path.geometry = geo::LineString::from(vec![a.coord(), b.coord()]).into();
    let drawn = LayerChange { seq: 2, layer: ident("footpath"), id: FeatureId(1), feature: Some(path) };
    let path_drawn = shortest(9, || {
        let next = place.snapshot.apply(std::slice::from_ref(&drawn)).0;
        black_box(station(&next).tally_by(&Groups::new(&next, "grid"), &EXTENTS, &Scope::All));
    });
    println!(
        "{}: map, coverage and sums by grid after a station closes {station_closes:?} ({:.1} x the search), after a path \
         is drawn {path_drawn:?} ({:.1} x)",
        place.name,
        ratio(station_closes),
        ratio(path_drawn),
    );
}

fn planning(snapshot: &Snapshot, name: &str, ratio: impl Fn(Duration) -> f64) {
    let network = snapshot.network.as_deref().expect("built");
    let mut candidates = from_network(network, Metres(120.0), |_| true);
    candidates.truncate(300);
    let query = SitingQuery {
        category: ident("kindergarten"),
        profile: adult(),
        direction: Direction::To,
        goal: Goal::Cover { places: 10, within: Extent::Minutes(10) },
        existing: Existing::Kept,
        candidates: &candidates,
        weights: None,
    };
    let start = Instant::now();
    let found = siting(snapshot, &query, &Run::default()).expect("an answer");
    let sited = start.elapsed();
    let links = MissingQuery::new(CoverageQuery::of(ident("station"), adult()), Extent::Minutes(10));
    let start = Instant::now();
    let missing = missing_links(snapshot, &links, &Run::default()).expect("an answer");
    let linked = start.elapsed();
    let bounds = network.bounds().expect("streets");
    let (lon, lat) = bounds.centre();
    let half = geo::Coord { x: 0.006, y: 0.005 };
    let middle = geo::Coord { x: lon, y: lat };
    let area = geo::Rect::new(middle - half, middle + half).to_polygon();
    let start = Instant::now();
    let board = Board::new(snapshot, adult()).expect("a network");
    let ground = Ground::new(snapshot, &area.into());
    let score = board.score(snapshot, &ground).expect("a network");
    let scored = start.elapsed();
    println!(
        "{name}: 10 of {} sites in {sited:?} ({:.0} x the search), gap {:.3} %; {} missing links in {linked:?} ({:.0} x), \
         the best {:?}; the score of about 1 km² in {} categories {scored:?} ({:.0} x)",
        candidates.len(),
        ratio(sited),
        found.gap() * 100.0,
        missing.len(),
        ratio(linked),
        missing.first().map(|link| (
            link.gained.households,
            link.length.0.round(),
            link.round.map(|r| r.0.round()),
            link.kind
        )),
        score.categories.len(),
        ratio(scored),
    );
}

fn main() {
    let mut words = std::env::args().skip_while(|word| word != "cells").skip(1);
    if let Some(name) = words.next() {
        return cells::print(&name);
    }
    let mut criterion =
        Criterion::default().measurement_time(Duration::from_secs(2)).sample_size(10).configure_from_args();
    for name in ["monaco", "malta", "xuzhou"] {
        if let Some(place) = Place::load(name, 200) {
            bench(&place, &mut criterion);
        }
    }
    criterion.final_summary();
}
