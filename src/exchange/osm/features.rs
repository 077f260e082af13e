//! Collects the features of an import, by layer, and builds their properties from tags.

use super::data::Tags;
use super::report::OsmReport;
use crate::atlas::feature::source;
use crate::atlas::validate::validate;
use crate::atlas::{Catalogue, Ident, NewFeature};
use rayon::prelude::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Features by the id of a built-in layer.
#[derive(Debug, Default)]
pub struct Features(BTreeMap<&'static str, Vec<NewFeature>>);

/// The layers an OSM import fills, and so the ones a new import empties of OSM features first.
pub const LAYERS: [&str; 10] =
    ["road", "water", "green", "building", "place", "parking_lot", "poi", "district", "town", "community"];

impl Features {
    pub fn push(&mut self, layer: &'static str, geometry: geo::Geometry, properties: Properties, reference: String) {
        let reference = Some(reference);
        let feature = NewFeature { geometry, properties: properties.0, source: source::OSM.into(), reference };
        self.0.entry(layer).or_default().push(feature);
    }

    pub fn get(&self, layer: &str) -> &[NewFeature] {
        self.0.get(layer).map_or(&[], Vec::as_slice)
    }

    /// The features under the ids of the catalogue's layers, each as its layer wants it. What
    /// does not fit is reported and left out.
    pub fn into_layers(self, catalogue: &Catalogue, report: &mut OsmReport) -> BTreeMap<Ident, Vec<NewFeature>> {
        let mut layers = BTreeMap::new();
        for (id, list) in self.0 {
            let Some(entry) = catalogue.get(id) else { continue };
            let checked: Vec<_> = list.into_par_iter().map(|f| (f.reference.clone(), validate(entry, f))).collect();
            let mut kept = Vec::with_capacity(checked.len());
            for (reference, result) in checked {
                match result {
                    Ok(feature) => kept.push(feature),
                    Err(faults) => report.skip("features that do not fit their layer", || {
                        let fault = faults.first().map(ToString::to_string).unwrap_or_default();
                        format!("{} ({id}, {fault})", reference.unwrap_or_default())
                    }),
                }
            }
            layers.insert(entry.layer.id.clone(), kept);
        }
        layers
    }
}

/// Properties of one feature; a value that is not there leaves no trace.
#[derive(Debug, Default)]
pub struct Properties(pub Map<String, Value>);

impl Properties {
    /// Name, and English name where the layer has one and it differs.
    pub fn named(tags: &Tags) -> Self {
        Self::default().text("name", tags.get("name").or_else(|| tags.get("name:zh")))
    }

    pub fn english(self, tags: &Tags) -> Self {
        let english = tags.get("name:en").filter(|e| tags.get("name") != Some(e));
        self.text("name_en", english)
    }

    pub fn text(mut self, key: &str, value: Option<&str>) -> Self {
        if let Some(value) = value.map(str::trim).filter(|v| !v.is_empty()) {
            self.0.insert(key.into(), value.into());
        }
        self
    }

    pub fn number(mut self, key: &str, value: Option<u32>) -> Self {
        if let Some(value) = value {
            self.0.insert(key.into(), value.into());
        }
        self
    }

    pub fn flag(mut self, key: &str, value: Option<bool>) -> Self {
        if let Some(value) = value {
            self.0.insert(key.into(), value.into());
        }
        self
    }

    /// Only when it is so: most roads are no bridge.
    pub fn if_so(self, key: &str, value: bool) -> Self {
        self.flag(key, value.then_some(true))
    }

    pub fn list(mut self, key: &str, values: Vec<Value>) -> Self {
        if !values.is_empty() {
            self.0.insert(key.into(), values.into());
        }
        self
    }
}

/// `addr:full`, or street and house number in the order of the street's script.
pub fn address(tags: &Tags) -> Option<String> {
    if let Some(full) = tags.get("addr:full") {
        return Some(full.into());
    }
    let street = tags.get("addr:street").or_else(|| tags.get("addr:place"))?;
    let Some(number) = tags.get("addr:housenumber") else { return Some(street.into()) };
    let gap = if street.is_ascii() || !street.chars().any(is_han) { " " } else { "" };
    Some(format!("{street}{gap}{number}"))
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}
