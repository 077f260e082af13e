//! A town small enough to know by heart. One street from west to east, two grids either side of
//! the meridian 116, and what people look for along the street:
//!
//! ```text
//!  115.990            116.000            116.010
//!     +------------------+------------------+  29.405
//!     |  grid 001        |        grid 002  |
//!     |    S2            | B  C   S1        |
//!     ======================================   29.400  和平路
//!     |                  |                  |
//!     +------------------+------------------+  29.395
//! ```

use geo::{Geometry, LineString, Point, Polygon};
use serde_json::{Value, json};
use wangge::atlas::{Ident, NewFeature};
use wangge::geometry::{BBox, LonLat};
use wangge::store::{Batch, NetworkArtefact, Op, Store};
use wangge::walk::{Network, Street, Streets};

pub fn ident(text: &str) -> Ident {
    Ident::new(text).expect("an identifier")
}

pub fn feature(geometry: impl Into<Geometry>, properties: Value) -> NewFeature {
    let Value::Object(properties) = properties else { panic!("an object") };
    NewFeature { geometry: geometry.into(), properties, source: "demo".into(), reference: None }
}

pub fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Polygon {
    let ring = vec![(west, south), (east, south), (east, north), (west, north), (west, south)];
    Polygon::new(LineString::from(ring), vec![])
}

pub fn insert(layer: &str, features: Vec<NewFeature>) -> Op {
    Op::Insert { layer: ident(layer), features }
}

fn streets() -> Streets {
    let points: Vec<LonLat> =
        (0..=20).map(|i| LonLat::new(115.99 + 0.001 * f64::from(i), 29.4).expect("a position")).collect();
    let tags = vec![("highway".into(), "residential".into()), ("name".into(), "和平路".into())];
    Streets {
        ways: vec![Street { points: (0..=20).collect(), tags }],
        points,
        source: "town".into(),
        bounds: Some(BBox { west: 115.98, south: 29.39, east: 116.02, north: 29.41 }),
        ..Streets::default()
    }
}

/// Everything of the town, as one batch.
pub fn batch() -> Batch {
    let worker = json!([{"name": "张三", "role": "grid_worker"}]);
    let ops = vec![
        insert(
            "town",
            vec![feature(rectangle(115.99, 29.395, 116.01, 29.405), json!({"code": "360483100", "name": "南康镇"}))],
        ),
        insert(
            "grid",
            vec![
                feature(
                    rectangle(115.99, 29.395, 116.0, 29.405),
                    json!({"code": "360483100001001", "name": "第一网格", "workers": worker, "contact": "13800000000"}),
                ),
                feature(
                    rectangle(116.0, 29.395, 116.01, 29.405),
                    json!({"code": "360483100001002", "name": "第二网格", "households": 12}),
                ),
            ],
        ),
        insert(
            "station",
            vec![
                feature(
                    Point::new(116.003, 29.4002),
                    json!({"code": "S1", "name": "东站", "opening_hours": "24/7", "services": ["代办"]}),
                ),
                feature(
                    Point::new(115.993, 29.4002),
                    json!({"code": "S2", "name": "西站", "opening_hours": "Mo-Su off"}),
                ),
            ],
        ),
        insert("building", vec![feature(rectangle(116.0008, 29.4002, 116.001, 29.4004), json!({"households": 12}))]),
        insert("poi", vec![feature(Point::new(116.002, 29.4002), json!({"category": "medical", "name": "卫生所"}))]),
    ];
    let bytes = Network::build(&streets()).encode();
    let network = NetworkArtefact { bytes, source: "town".into(), built_at: "2026-11-22T08:00:00Z".into() };
    let place = json!({"key": "town", "name": {"zh": "小镇", "en": "Little Town"}, "centre": [116.0, 29.4], "zoom": 15.0, "synthetic": true});
    Batch { ops, network: Some(network), meta: vec![("place".into(), place)], ..Batch::default() }
}

/// Writes the town into an empty database.
pub async fn fill(store: &Store) {
    store.write(batch()).await.expect("the town is written");
}
