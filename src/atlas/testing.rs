//! Small snapshots for the tests of this and other rooms. Compiled for tests only.

use super::{Catalogue, Feature, FeatureId, Ident, Snapshot, SnapshotParts};
use crate::geometry::BBox;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub fn ident(text: &str) -> Ident {
    Ident::new(text).expect("identifier")
}

/// A feature; `properties` is a JSON object.
pub fn feature(id: i64, geometry: impl Into<geo::Geometry>, properties: Value) -> Feature {
    let geometry = geometry.into();
    let Value::Object(properties) = properties else { panic!("properties are an object") };
    Feature {
        id: FeatureId(id),
        version: 1,
        bbox: BBox::of(&geometry).expect("a box"),
        geometry,
        properties: properties.into_iter().collect::<Map<_, _>>(),
        source: "edit".into(),
        reference: None,
        updated_at: "2026-11-22T09:00:00+08:00".into(),
    }
}

/// A snapshot over the built-in layers.
pub fn snapshot(layers: Vec<(&str, Vec<Feature>)>) -> Snapshot {
    let layers: BTreeMap<Ident, Vec<Feature>> = layers.into_iter().map(|(id, all)| (ident(id), all)).collect();
    let catalogue = Catalogue::built_in().expect("built-in layers");
    Snapshot::build(SnapshotParts { seq: 1, catalogue, layers, ..SnapshotParts::default() })
}

/// An axis-parallel square with its south-west corner at `(x, y)` thousandths of a degree from
/// (116, 29).
pub fn square(x: f64, y: f64, side: f64) -> geo::Polygon {
    let at = |x: f64, y: f64| geo::Coord { x: 116.0 + x / 1000.0, y: 29.0 + y / 1000.0 };
    geo::Rect::new(at(x, y), at(x + side, y + side)).to_polygon()
}
