//! The whole life circle against the bare search it rests on, in the same run.
//!
//! Needs `../shared/data/osm`; says so and does nothing when it is not there.

use criterion::{Criterion, criterion_group, criterion_main};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wangge::atlas::snapshot::SnapshotParts;
use wangge::atlas::{Catalogue, Feature, FeatureId, Snapshot};
use wangge::geometry::{BBox, LonLat, Seconds};
use wangge::planning::{Extent, LifeCircleQuery, life_circle};
use wangge::walk::{Direction, Network, Profile, ReachQuery};

const PLACES: [(&str, f64, f64); 3] =
    [("monaco", 7.4205, 43.7347), ("malta", 14.5050, 35.8990), ("xuzhou", 117.1850, 34.2610)];

fn load(name: &str) -> Option<Snapshot> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../shared/data/osm/{name}.osm.pbf"));
    if !file.exists() {
        eprintln!("SKIPPED: {} is not there", file.display());
        return None;
    }
    let catalogue = Catalogue::built_in().expect("built-in layers");
    let import = wangge::exchange::osm::read(&file, &catalogue, &mut |_| {}).expect("reads");
    let mut layers = BTreeMap::new();
    for (layer, list) in import.features {
        let features = list.into_iter().enumerate().filter_map(|(i, f)| {
            let bbox = BBox::of(&f.geometry)?;
            let (id, version, updated_at) = (FeatureId(i as i64 + 1), 1, String::new());
            let (geometry, properties, source, reference) = (f.geometry, f.properties, f.source, f.reference);
            Some(Feature { id, version, geometry, properties, source, reference, updated_at, bbox })
        });
        layers.insert(layer, features.collect());
    }
    let network = Some(Arc::new(Network::build(&import.streets)));
    Some(Snapshot::build(SnapshotParts { catalogue, layers, network, ..SnapshotParts::default() }))
}

/// Median time of one call.
fn median(mut f: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..40)
        .map(|_| {
            let start = Instant::now();
            f();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

fn benches(c: &mut Criterion) {
    let profile = Profile::by_id("adult").expect("built in");
    for (name, lon, lat) in PLACES {
        let Some(snapshot) = load(name) else { continue };
        let origin = LonLat::new(lon, lat).expect("in range");
        let network = snapshot.network.clone().expect("built");
        let search = ReachQuery { origin, profile, direction: Direction::From, budget: Seconds(900.0) };
        let query = LifeCircleQuery {
            origin,
            extents: [5, 10, 15].map(Extent::Minutes).to_vec(),
            profile,
            direction: Direction::From,
        };
        let bare = median(|| drop(black_box(network.reach(&search))));
        let contours = median(|| drop(black_box(network.reach(&search).map(|r| r.outlines(&[Seconds(900.0)])))));
        let whole = median(|| drop(black_box(life_circle(&snapshot, &query))));
        let ratio = |d: Duration| d.as_secs_f64() / bare.as_secs_f64();
        println!(
            "{name}: bare 15-minute search 1, with one contour {:.1}, whole life circle {:.1} (search {bare:?}, whole {whole:?}; {} nodes, {} homes)",
            ratio(contours),
            ratio(whole),
            network.node_count(),
            snapshot.homes.len()
        );
        c.bench_function(&format!("{name}: search"), |b| b.iter(|| black_box(network.reach(&search).is_ok())));
        c.bench_function(&format!("{name}: life circle"), |b| {
            b.iter(|| black_box(life_circle(&snapshot, &query).is_ok()))
        });
    }
}

criterion_group! {
    name = group;
    config = Criterion::default().measurement_time(Duration::from_secs(2)).sample_size(20);
    targets = benches
}
criterion_main!(group);
