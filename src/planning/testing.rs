//! Small towns with homes and places for the tests of this room. Compiled for tests only.

use crate::atlas::testing::{feature, ident};
use crate::atlas::{Catalogue, Feature, Ident, Snapshot, SnapshotParts};
use crate::geometry::{LonLat, Plane, Xy};
use crate::walk::{Network, Street, Streets};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Metres between crossings.
pub const BLOCK: f64 = 80.0;

/// A position in metres east and north of the town's south-west corner.
pub fn spot(x: f64, y: f64) -> LonLat {
    let plane = Plane::around(LonLat::new(116.0, 29.0).expect("in range"));
    let (lon, lat) = plane.to_degrees(Xy { x, y });
    LonLat::new(lon, lat).expect("in range")
}

pub fn building(id: i64, at: LonLat, households: u32) -> Feature {
    let c = at.coord();
    let half = 3e-5;
    let square = geo::Rect::new((c.x - half, c.y - half), (c.x + half, c.y + half)).to_polygon();
    feature(id, square, json!({"name": format!("{id}栋"), "households": households}))
}

pub fn station(id: i64, at: LonLat) -> Feature {
    feature(id, geo::Point(at.coord()), json!({"name": format!("驿站{id}"), "kind": "station"}))
}

/// What a town is made of; taken apart and changed by tests.
#[derive(Clone, Default)]
pub struct Parts {
    pub streets: Streets,
    pub layers: BTreeMap<Ident, Vec<Feature>>,
}

impl Parts {
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::build(SnapshotParts {
            seq: 1,
            catalogue: Catalogue::built_in().expect("built-in layers"),
            layers: self.layers.clone(),
            network: Some(Arc::new(Network::build(&self.streets))),
            ..SnapshotParts::default()
        })
    }

    pub fn layer(&mut self, id: &str) -> &mut Vec<Feature> {
        self.layers.entry(ident(id)).or_default()
    }
}

/// A town of `side` × `side` crossings, of whose streets a third is missing and some are one way,
/// with buildings and stations strewn over it and a bit beyond, and grids over most of it.
pub fn town(seed: u64, side: u32, homes: i64, stations: i64) -> Parts {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut parts = Parts::default();
    let at = |i: u32| spot(f64::from(i % side) * BLOCK, f64::from(i / side) * BLOCK);
    parts.streets.points = (0..side * side).map(at).collect();
    for i in 0..side * side {
        let next = [(i % side + 1 < side).then_some(i + 1), (i / side + 1 < side).then_some(i + side)];
        for j in next.into_iter().flatten().filter(|_| rng.random_bool(0.68)).collect::<Vec<_>>() {
            let mut tags = vec![("highway".to_string(), "residential".to_string())];
            if rng.random_bool(0.1) {
                tags.push(("oneway:foot".into(), "yes".into()));
            }
            parts.streets.ways.push(Street { points: vec![i, j], tags });
        }
    }
    let width = f64::from(side) * BLOCK;
    let mut anywhere = || spot(rng.random_range(-130.0..width), rng.random_range(-130.0..width));
    let places: Vec<LonLat> = (0..homes + stations).map(|_| anywhere()).collect();
    let buildings = (0..homes).map(|i| building(i + 1, places[i as usize], rng.random_range(0..40))).collect();
    parts.layers.insert(ident("building"), buildings);
    let stations = (0..stations).map(|i| station(i + 1, places[(homes + i) as usize])).collect();
    parts.layers.insert(ident("station"), stations);
    let part = width / 4.0;
    let grid = |i: i64| {
        let (x, y) = ((i % 3) as f64 * part, (i / 3) as f64 * part);
        let (a, b) = (spot(x, y).coord(), spot(x + part, y + part).coord());
        feature(
            i + 1,
            geo::Rect::new(a, b).to_polygon(),
            json!({"code": format!("g{i:02}"), "name": format!("网格{i}")}),
        )
    };
    parts.layers.insert(ident("grid"), (0..9).map(grid).collect());
    parts
}
