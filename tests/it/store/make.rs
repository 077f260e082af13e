//! Features and batches for the tests.

use geo::{Geometry, Point, polygon};
use serde_json::{Map, Value, json};
use wangge::atlas::{CatalogueEntry, Change, Feature, FeatureId, Ident, Layer, NewFeature, Operation};
use wangge::store::{Batch, Op, Store};

pub fn ident(text: &str) -> Ident {
    Ident::new(text).expect("an identifier")
}

pub fn object(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

/// A station somewhere near Nankang.
pub fn station(code: &str, properties: Value) -> NewFeature {
    let mut all = object(json!({"code": code, "name": format!("驿站 {code}")}));
    all.extend(object(properties));
    new(Point::new(116.05, 29.45).into(), all)
}

pub fn new(geometry: Geometry, properties: Map<String, Value>) -> NewFeature {
    NewFeature { geometry, properties, source: "import".into(), reference: None }
}

pub fn square(x: f64, y: f64) -> Geometry {
    polygon![(x: x, y: y), (x: x + 0.01, y: y), (x: x + 0.01, y: y + 0.01), (x: x, y: y + 0.01), (x: x, y: y)].into()
}

pub fn insert(layer: &str, features: Vec<NewFeature>) -> Op {
    Op::Insert { layer: ident(layer), features }
}

pub fn update(layer: &str, id: FeatureId, expected: Option<i64>, feature: NewFeature) -> Op {
    Op::Update { layer: ident(layer), id, expected, feature }
}

pub fn delete(layer: &str, id: FeatureId, expected: Option<i64>) -> Op {
    Op::Delete { layer: ident(layer), id, expected }
}

pub fn batch(ops: Vec<Op>) -> Batch {
    Batch { ops, ..Batch::default() }
}

pub async fn entry(store: &Store, layer: &str) -> CatalogueEntry {
    store.catalogue().await.expect("the catalogue").get(layer).expect("the layer").clone()
}

/// All features of a layer; none may be set aside.
pub async fn all(store: &Store, layer: &str) -> Vec<Feature> {
    let loaded = store.load_layer(&entry(store, layer).await).await.expect("the layer loads");
    assert_eq!(loaded.set_aside, []);
    loaded.features
}

/// The changes after `seq`, as (layer, id, op).
pub async fn log(store: &Store, seq: i64) -> Vec<(String, i64, Operation)> {
    let changes: Vec<Change> = store.changes_since(seq, 1000).await.expect("the log");
    assert!(changes.windows(2).all(|w| w[0].seq < w[1].seq));
    changes.into_iter().map(|c| (c.layer.to_string(), c.id.0, c.op)).collect()
}

/// A layer that a planner adds.
pub fn bench_layer(properties: Value) -> Layer {
    serde_json::from_value(json!({
        "id": "bench", "title": {"zh": "长椅", "en": "Bench"}, "group": "service", "geometry": "point",
        "schema": {"type": "object", "properties": properties}, "zoom": [14, 22], "order": 500
    }))
    .expect("a descriptor")
}
