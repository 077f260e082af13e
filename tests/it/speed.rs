//! Measurements, not checks: `cargo test --test it speed -- --ignored --nocapture`. Each prints
//! what it took and what it is compared with.

use geo::{Contains, Coord, LineString, Point, Polygon};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Instant;
use wangge::atlas::{
    Catalogue, Feature, FeatureId, Ident, LayerChange, SearchQuery, Snapshot, SnapshotParts, locate, search,
};
use wangge::geometry::{BBox, LonLat, TileCoord};
use wangge::tiles;

fn ident(text: &str) -> Ident {
    Ident::new(text).expect("identifier")
}

fn feature(id: usize, geometry: impl Into<geo::Geometry>, properties: Value) -> Feature {
    let geometry = geometry.into();
    Feature {
        id: FeatureId(id as i64),
        version: 1,
        bbox: BBox::of(&geometry).expect("a box"),
        geometry,
        properties: properties.as_object().expect("an object").clone(),
        source: "edit".into(),
        reference: None,
        updated_at: "2026-11-22T09:00:00+08:00".into(),
    }
}

fn snapshot(layers: Vec<(&str, Vec<Feature>)>) -> Snapshot {
    let layers: BTreeMap<Ident, Vec<Feature>> = layers.into_iter().map(|(id, all)| (ident(id), all)).collect();
    let catalogue = Catalogue::built_in().expect("built-in layers");
    Snapshot::build(SnapshotParts { seq: 1, catalogue, layers, ..SnapshotParts::default() })
}

/// Rectangles of `size` cells over a lattice of 30 × 20, with wavy sides of ten pieces each.
fn areas(size: usize) -> Vec<Feature> {
    let wave = |i: f64, j: f64| Coord {
        x: 116.0 + (i + 0.1 * (j * 9.0).sin()) / 500.0,
        y: 29.0 + (j + 0.1 * (i * 7.0).cos()) / 500.0,
    };
    let mut all = Vec::new();
    for i in (0..30).step_by(size) {
        for j in (0..20).step_by(size) {
            let (i, j, s, n) = (i as f64, j as f64, size as f64, 10 * size);
            let step = |k: usize| s * k as f64 / n as f64;
            let south = (0..n).map(|k| wave(i + step(k), j));
            let east = (0..n).map(|k| wave(i + s, j + step(k)));
            let north = (0..n).map(|k| wave(i + s - step(k), j + s));
            let west = (0..n).map(|k| wave(i, j + s - step(k)));
            let ring: LineString = south.chain(east).chain(north).chain(west).collect();
            let code = format!("{size:02}{:05}", all.len());
            all.push(feature(all.len(), Polygon::new(ring, vec![]), json!({"code": code, "name": code})));
        }
    }
    all
}

#[test]
#[ignore = "a measurement"]
fn locate_on_six_hundred_grids() {
    let snapshot = snapshot(vec![("grid", areas(1)), ("community", areas(5)), ("town", areas(10))]);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut random = || LonLat::new(rng.random_range(116.0..116.06), rng.random_range(29.0..29.04)).expect("in range");
    let points: Vec<LonLat> = (0..100_000).map(|_| random()).collect();
    let start = Instant::now();
    let found = points.iter().map(|p| locate(&snapshot, *p).areas.len()).sum::<usize>();
    let ours = start.elapsed().as_secs_f64() / points.len() as f64;
    let start = Instant::now();
    let grids: Vec<_> = snapshot.layers["grid"].features.values().collect();
    let one = |p: &LonLat| grids.iter().find(|g| g.geometry.contains(&Point(p.coord()))).is_some();
    let naive = points[..2000].iter().filter(|p| one(p)).count();
    let theirs = start.elapsed().as_secs_f64() / 2000.0;
    println!("locate: {:.2} µs a point on three levels ({found} areas)", ours * 1e6);
    println!("reference, geo contains over all grids: {:.2} µs ({naive}); ratio {:.4}", theirs * 1e6, ours / theirs);
}

#[test]
#[ignore = "a measurement"]
fn search_on_a_hundred_thousand_names() {
    const SIGNS: &str = "南康万里江阴城紫阳东西北路街道大桥新村幸福花园超市医院学校社区服务站中心公园广场人民解放建设";
    let signs: Vec<char> = SIGNS.chars().collect();
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let names: Vec<String> = (0..100_000)
        .map(|_| (0..rng.random_range(3..9)).map(|_| signs[rng.random_range(0..signs.len())]).collect())
        .collect();
    let poi = |(i, name): (usize, &String)| {
        let at = Point::new(rng.random_range(116.0..116.1), rng.random_range(29.0..29.1));
        feature(i, at, json!({"name": name, "category": "market"}))
    };
    let features: Vec<Feature> = names.iter().enumerate().map(poi).collect();
    let start = Instant::now();
    let snapshot = snapshot(vec![("poi", features)]);
    println!("snapshot of 100,000 places built in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let near = LonLat::new(116.05, 29.05).ok();
    for text in ["路", "紫阳", "人民广场", "zy", "nankang", "a", "没有的名"] {
        let start = Instant::now();
        let mut hits = 0;
        for _ in 0..10 {
            hits = search(&snapshot, &SearchQuery { text: text.into(), limit: 10, near }).len();
        }
        let ours = start.elapsed().as_secs_f64() * 100.0;
        let start = Instant::now();
        let naive = names.iter().filter(|n| n.contains(text)).count();
        let theirs = start.elapsed().as_secs_f64() * 1e3;
        println!("search {text}: {ours:.2} ms, {hits} hits; str::contains over names {theirs:.2} ms, {naive}");
    }
    let changed = (*snapshot.layers["poi"].features[&FeatureId(5)]).clone();
    let start = Instant::now();
    let change = LayerChange { seq: 2, layer: ident("poi"), id: FeatureId(5), feature: Some(changed) };
    let next = snapshot.apply(&[change]).0;
    println!("one change among 100,000 applied in {:.0} ms ({})", start.elapsed().as_secs_f64() * 1e3, next.seq);
}

#[test]
#[ignore = "a measurement"]
fn tiles_over_twenty_thousand_buildings() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let building = |i: usize, rng: &mut ChaCha8Rng| {
        let (x, y) = (rng.random_range(116.0..116.05), rng.random_range(29.0..29.05));
        let ring: LineString = [(0.0, 0.0), (2e-4, 5e-5), (1.8e-4, 1.5e-4), (-2e-5, 1e-4)]
            .map(|(dx, dy)| (x + dx, y + dy))
            .to_vec()
            .into();
        feature(i, Polygon::new(ring, vec![]), json!({"name": format!("{i}栋"), "households": i % 40}))
    };
    let buildings = (0..20_000).map(|i| building(i, &mut rng)).collect();
    let snapshot = snapshot(vec![("building", buildings), ("grid", areas(1))]);
    for z in [13, 14, 16] {
        let n = f64::from(1u32 << z);
        let lat = 29.025f64.to_radians();
        let (x, y) = ((116.025 + 180.0) / 360.0 * n, (1.0 - lat.tan().asinh() / std::f64::consts::PI) / 2.0 * n);
        let coord = TileCoord::new(z, x as u32, y as u32).expect("a tile");
        let layers = [ident("building"), ident("grid")];
        let start = Instant::now();
        let bytes = tiles::tile(&snapshot, &layers, coord).len();
        println!("tile at zoom {z}: {:.1} ms, {} kB", start.elapsed().as_secs_f64() * 1e3, bytes / 1024);
    }
}
