//! What of a feature is told. Which layers, features and properties the caller may see was decided
//! when the map was looked at ([`crate::accounts::Seen`]); here is left that a property which the
//! schema does not name has no declared access, so it stays inside.

use crate::atlas::{CatalogueEntry, Feature};
use serde_json::{Map, Value, json};

/// The feature's properties, and where they came from.
pub fn properties(entry: &CatalogueEntry, feature: &Feature) -> Map<String, Value> {
    let known = entry.properties.iter().filter_map(|p| {
        let value = feature.properties.get(p.name.as_str())?;
        Some((p.name.to_string(), value.clone()))
    });
    let mut all: Map<String, Value> = known.collect();
    all.insert("source".into(), json!(feature.source));
    if feature.is_synthetic() {
        all.insert("synthetic".into(), json!(true));
    }
    all
}
