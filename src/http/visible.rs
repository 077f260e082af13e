//! What of layers and features a caller may see. Until there are accounts: what is public. A
//! property that the schema does not name has no declared access, so it stays inside.

use crate::atlas::layer::{Access, Roles};
use crate::atlas::{CatalogueEntry, Feature, LayerData, Snapshot};
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub fn layer<'m>(map: &'m Snapshot, id: &str) -> Option<(&'m CatalogueEntry, &'m Arc<LayerData>)> {
    map.layer(id).filter(|(entry, _)| is_public(entry))
}

/// In drawing order.
pub fn layers(map: &Snapshot) -> impl Iterator<Item = (&CatalogueEntry, &Arc<LayerData>)> {
    map.catalogue.iter().filter_map(|entry| layer(map, entry.layer.id.as_str()))
}

pub fn is_public(entry: &CatalogueEntry) -> bool {
    entry.layer.access == Access::Public
}

fn shows(entry: &CatalogueEntry, property: &str) -> bool {
    entry.properties.iter().any(|p| p.name.as_str() == property && p.access == Access::Public)
}

/// The layer's JSON Schema without what is not public.
pub fn schema(entry: &CatalogueEntry) -> Value {
    let mut schema = entry.layer.schema.clone();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| shows(entry, name));
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_some_and(|n| shows(entry, n)));
    }
    schema
}

/// The roles that public properties play.
pub fn roles(entry: &CatalogueEntry) -> Roles {
    let r = entry.layer.roles.clone();
    let public = |name: &_| shows(entry, crate::atlas::Ident::as_str(name));
    Roles {
        code: r.code.filter(public),
        name: r.name.filter(public),
        households: r.households.filter(public),
        hours: r.hours.filter(public),
        services: r.services.filter(public),
        workers: r.workers.filter(public),
        parent: r.parent.filter(public),
        entrances: r.entrances.filter(public),
    }
}

/// The feature's public properties, and where they came from.
pub fn properties(entry: &CatalogueEntry, feature: &Feature) -> Map<String, Value> {
    let named = entry.properties.iter().filter(|p| p.access == Access::Public);
    let known = named.filter_map(|p| {
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
