//! The walking field against what it rests on, in the same run: every line is a ratio.
//!
//! Needs `../shared/data/osm`; says so and does nothing when it is not there.

mod place;

use criterion::{Criterion, criterion_group, criterion_main};
use place::Place;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::time::{Duration, Instant};
use wangge::geometry::{LonLat, Seconds};
use wangge::http::life_circle::{self, LifeCircleAsk};
use wangge::planning::{By, Extent, NearestQuery, Wanted, nearest};
use wangge::walk::{ClosestQuery, Direction, Doorstep, Network, Profile, ReachQuery, lattice_bytes};

const FAR: Seconds = Seconds(8.0 * 3600.0);
const QUARTER_HOUR: Seconds = Seconds(900.0);

fn adult() -> &'static Profile {
    Profile::by_id("adult").expect("built in")
}

fn search(origin: LonLat, budget: Seconds) -> ReachQuery<'static> {
    ReachQuery { origin, profile: adult(), direction: Direction::From, budget }
}

/// Median times of one call each, of many in turns: a machine that becomes slower is slower for all.
fn medians<const N: usize>(mut calls: [&mut dyn FnMut(); N]) -> [Duration; N] {
    let mut times = [const { Vec::new() }; N];
    for _ in 0..101 {
        for (call, times) in calls.iter_mut().zip(&mut times) {
            let start = Instant::now();
            call();
            times.push(start.elapsed());
        }
    }
    times.map(|mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    })
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

/// Dijkstra's algorithm as the textbook has it, on the network's nodes and edges: the yardstick.
struct Textbook {
    first: Vec<usize>,
    heads: Vec<(usize, u32)>,
}

impl Textbook {
    fn new(network: &Network) -> Self {
        let mut lists = vec![Vec::new(); network.node_count()];
        network.arcs(adult()).for_each(|(from, to, mm)| lists[from].push((to, mm)));
        let mut first = vec![0];
        lists.iter().for_each(|l| first.push(first[first.len() - 1] + l.len()));
        Self { first, heads: lists.concat() }
    }

    /// Nodes settled within a budget in millimetres.
    fn settled(&self, start: usize, budget: u32) -> usize {
        let mut cost = vec![u32::MAX; self.first.len() - 1];
        let mut queue = BinaryHeap::from([Reverse((0u32, start))]);
        cost[start] = 0;
        let mut settled = 0;
        while let Some(Reverse((here, node))) = queue.pop() {
            if here > cost[node] {
                continue;
            }
            settled += 1;
            for &(head, mm) in &self.heads[self.first[node]..self.first[node + 1]] {
                let there = here + mm;
                if there <= budget && there < cost[head] {
                    cost[head] = there;
                    queue.push(Reverse((there, head)));
                }
            }
        }
        settled
    }
}

fn circle(place: &Place, c: &mut Criterion) {
    let (name, origin) = (place.name, place.densest(QUARTER_HOUR));
    let network = place.network();
    let ask = LifeCircleAsk {
        origin,
        extents: [5, 10, 15].map(Extent::Minutes).to_vec(),
        profile: adult().clone(),
        direction: Direction::From,
    };
    let textbook = Textbook::new(network);
    let start = network.nearest_node(origin).expect("a network");
    let settled = network.reach(&search(origin, QUARTER_HOUR)).expect("near").settled();
    let empty = lattice_bytes();
    let begun = Instant::now();
    drop(black_box(life_circle::polygons(&ask, &place.snapshot)));
    let first = begun.elapsed();
    let pages = lattice_bytes() - empty;
    let quarter = || network.reach(&search(origin, QUARTER_HOUR));
    let [plain, bare, contours, whole] = medians([
        &mut || _ = black_box(textbook.settled(start, 1_125_000)),
        &mut || drop(black_box(quarter())),
        &mut || drop(black_box(quarter().expect("near").outlines(&[900.0, 600.0, 300.0].map(Seconds)))),
        &mut || drop(black_box(life_circle::polygons(&ask, &place.snapshot))),
    ]);
    let per_node = bare.as_nanos() as f64 / settled as f64;
    println!(
        "{name}: 15-minute search from the densest part: {settled} nodes, {per_node:.0} ns each; \
         {:.2} x the textbook's search. Three contours {:.1} x, whole life circle as bytes {:.1} x the search, \
         {:.1} x the textbook's ({whole:?}); the first circle there {:.0} x, which leaves {} kB of lattice",
        ratio(bare, plain),
        ratio(contours, bare),
        ratio(whole, bare),
        ratio(whole, plain),
        ratio(first, bare),
        pages / 1024,
    );
    c.bench_function(&format!("{name}: search"), |b| {
        b.iter(|| black_box(network.reach(&search(origin, QUARTER_HOUR)).is_ok()))
    });
    c.bench_function(&format!("{name}: life circle"), |b| {
        b.iter(|| black_box(life_circle::polygons(&ask, &place.snapshot).is_ok()))
    });
}

fn everywhere(place: &Place) {
    let network = place.network();
    let origin = place.densest(QUARTER_HOUR);
    let textbook = Textbook::new(network);
    let start = network.nearest_node(origin).expect("a network");
    let query = ClosestQuery { profile: adult(), direction: Direction::To, limit: FAR };
    let categories = place.categories(8);
    let all = |keep: fn(&Network, &ClosestQuery<'_>, &[&[Doorstep]])| {
        std::thread::scope(|scope| {
            for half in categories.chunks(categories.len().div_ceil(2)) {
                scope.spawn(|| half.iter().for_each(|sites| keep(network, &query, sites)));
            }
        });
    };
    let [full, plain, one, both, two] = medians([
        &mut || drop(black_box(network.reach(&search(origin, FAR)))),
        &mut || _ = black_box(textbook.settled(start, u32::MAX / 2)),
        &mut || categories.iter().for_each(|s| drop(black_box(network.closest::<1>(&query, s)))),
        &mut || all(|network, query, sites| drop(black_box(network.closest::<1>(query, sites)))),
        &mut || all(|network, query, sites| drop(black_box(network.closest::<2>(query, sites)))),
    ]);
    println!(
        "{}: nearest in {} categories for all {} nodes: {:.1} x one full search ({:.1} x the textbook's) on one core, \
         {:.1} x on two; the two nearest {:.1} x on two",
        place.name,
        categories.len(),
        network.node_count(),
        ratio(one, full),
        ratio(one, plain),
        ratio(both, full),
        ratio(two, full),
    );
}

fn nearest_of_many(place: &Place, c: &mut Criterion) {
    let origin = place.densest(QUARTER_HOUR);
    let query = NearestQuery {
        origin,
        wanted: Wanted::Category(wangge::atlas::Ident::new("station").expect("an id")),
        limit: 5,
        by: By::Walk,
        max: Seconds(1800.0),
        open_only_at: None,
        now: chrono::Utc::now(),
        service: None,
        profile: adult(),
    };
    let network = place.network();
    let found = nearest(&place.snapshot, &query).expect("on the network");
    let last = found.iter().filter_map(|near| near.walk).map(|(walk, _)| walk.0).fold(0.0, f64::max);
    let [bare, quarter, five] = medians([
        &mut || drop(black_box(network.reach(&search(origin, Seconds(last.ceil()))))),
        &mut || drop(black_box(network.reach(&search(origin, QUARTER_HOUR)))),
        &mut || drop(black_box(nearest(&place.snapshot, &query))),
    ]);
    println!(
        "{}: nearest {} of {} stations with the length of the walk: {:.1} x the bare search as far as the last of \
         them ({last:.0} s), {:.1} x the bare 15-minute search",
        place.name,
        found.len(),
        place.stations,
        ratio(five, bare),
        ratio(five, quarter),
    );
    c.bench_function(&format!("{}: nearest", place.name), |b| {
        b.iter(|| black_box(nearest(&place.snapshot, &query).is_ok()))
    });
}

fn benches(c: &mut Criterion) {
    for name in ["monaco", "malta", "xuzhou"] {
        let Some(place) = Place::load(name, 200) else { continue };
        circle(&place, c);
        everywhere(&place);
        nearest_of_many(&place, c);
    }
}

criterion_group! {
    name = group;
    config = Criterion::default().measurement_time(Duration::from_secs(2)).sample_size(20);
    targets = benches
}
criterion_main!(group);
