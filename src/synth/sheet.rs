//! Collects the features of a town by layer. Everything it holds is marked as made by the demo.

use crate::atlas::feature::source;
use crate::atlas::{Ident, NewFeature};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub struct Sheet {
    pub features: BTreeMap<Ident, Vec<NewFeature>>,
}

impl Sheet {
    /// Adds a feature; `properties` must be a JSON object. Null properties are left out.
    pub fn put(&mut self, layer: &'static str, geometry: impl Into<geo::Geometry>, properties: Value) {
        let layer = Ident::new(layer).unwrap_or_else(|e| unreachable!("layer of the demo: {e}"));
        let list = self.features.entry(layer.clone()).or_default();
        let properties: Map<String, Value> = match properties {
            Value::Object(map) => map.into_iter().filter(|(_, v)| !v.is_null()).collect(),
            _ => Map::new(),
        };
        list.push(NewFeature {
            geometry: geometry.into(),
            properties,
            source: source::DEMO.to_string(),
            reference: Some(format!("demo/{layer}/{}", list.len() + 1)),
        });
    }
}
