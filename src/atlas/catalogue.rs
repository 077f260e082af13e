//! The catalogue: all layers in drawing order. Built-ins come with the program.

use super::category::Category;
use super::layer::{Access, Ident, Layer, LayerError, Property};
use rust_embed::RustEmbed;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(RustEmbed)]
#[folder = "geodata/layers/"]
struct BuiltIn;

const CATEGORIES: &str = include_str!("../../geodata/categories.json");

/// A layer whose descriptor has been checked, with its parsed properties.
#[derive(Debug, Clone)]
pub struct CatalogueEntry {
    pub layer: Layer,
    pub properties: Vec<Property>,
    /// The layer's schema, compiled once.
    pub(super) schema: Arc<jsonschema::Validator>,
}

impl PartialEq for CatalogueEntry {
    /// Everything follows from the descriptor.
    fn eq(&self, other: &Self) -> bool {
        self.layer == other.layer
    }
}

impl CatalogueEntry {
    /// Checks the descriptor.
    pub fn new(layer: Layer) -> Result<Self, LayerError> {
        let properties = layer.properties()?;
        let schema = jsonschema::validator_for(&layer.schema).map_err(|e| LayerError::Schema(e.to_string()))?;
        Ok(Self { layer, properties, schema: Arc::new(schema) })
    }

    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|p| p.name.as_str() == name)
    }

    /// Every kind of access that the layer and its properties ask for.
    pub fn accesses(&self) -> impl Iterator<Item = Access> + '_ {
        std::iter::once(self.layer.access).chain(self.properties.iter().map(|p| p.access))
    }

    /// The descriptor as if it had only these properties. The check of features stays whole.
    pub fn with_only(&self, keep: impl Fn(&Property) -> bool) -> Self {
        let properties: Vec<Property> = self.properties.iter().filter(|p| keep(p)).cloned().collect();
        let kept = |name: &str| properties.iter().any(|p| p.name.as_str() == name);
        let mut layer = self.layer.clone();
        if let Some(all) = layer.schema.get_mut("properties").and_then(Value::as_object_mut) {
            all.retain(|name, _| kept(name));
        }
        if let Some(all) = layer.schema.get_mut("required").and_then(Value::as_array_mut) {
            all.retain(|name| name.as_str().is_some_and(kept));
        }
        layer.tile_properties.retain(|name| kept(name.as_str()));
        let r = &mut layer.roles;
        let roles = [
            &mut r.code,
            &mut r.name,
            &mut r.households,
            &mut r.hours,
            &mut r.services,
            &mut r.workers,
            &mut r.parent,
            &mut r.entrances,
        ];
        for role in roles {
            role.take_if(|name| !kept(name.as_str()));
        }
        Self { layer, properties, schema: Arc::clone(&self.schema) }
    }
}

/// All layers, in drawing order, and the categories over them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    entries: BTreeMap<Ident, CatalogueEntry>,
    order: Vec<Ident>,
    pub categories: Vec<Category>,
}

/// Which descriptor is at fault, and how.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CatalogueError {
    #[error("layer {layer}: {error}")]
    Layer { layer: String, error: LayerError },
    #[error("{file}: {error}")]
    Json { file: String, error: String },
}

impl Catalogue {
    /// The layers and categories that come with the program.
    pub fn built_in() -> Result<Self, CatalogueError> {
        let json =
            |file: &str, error: serde_json::Error| CatalogueError::Json { file: file.into(), error: error.to_string() };
        let mut catalogue = Self::default();
        for file in BuiltIn::iter() {
            let data = BuiltIn::get(&file).map(|f| f.data).unwrap_or_default();
            catalogue.add(serde_json::from_slice(&data).map_err(|e| json(&file, e))?)?;
        }
        catalogue.categories = serde_json::from_str(CATEGORIES).map_err(|e| json("categories.json", e))?;
        Ok(catalogue)
    }

    /// Adds or replaces a layer after checking its descriptor.
    pub fn add(&mut self, layer: Layer) -> Result<(), CatalogueError> {
        let id = layer.id.clone();
        let entry =
            CatalogueEntry::new(layer).map_err(|error| CatalogueError::Layer { layer: id.to_string(), error })?;
        self.entries.insert(id, entry);
        self.order = self.entries.keys().cloned().collect();
        self.order.sort_by_key(|id| (self.entries[id].layer.order, id.clone()));
        Ok(())
    }

    /// The same categories over these layers only.
    pub fn showing(&self, entries: impl IntoIterator<Item = CatalogueEntry>) -> Self {
        let entries: BTreeMap<Ident, CatalogueEntry> = entries.into_iter().map(|e| (e.layer.id.clone(), e)).collect();
        let order = self.order.iter().filter(|id| entries.contains_key(*id)).cloned().collect();
        Self { entries, order, categories: self.categories.clone() }
    }

    pub fn get(&self, id: &str) -> Option<&CatalogueEntry> {
        self.entries.get(id)
    }

    /// In drawing order.
    pub fn iter(&self) -> impl Iterator<Item = &CatalogueEntry> {
        self.order.iter().map(|id| &self.entries[id])
    }

    pub fn category(&self, id: &str) -> Option<&Category> {
        self.categories.iter().find(|c| c.id.as_str() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_descriptor_is_right_and_titled_in_both_languages() {
        let catalogue = Catalogue::built_in().expect("built-in descriptors");
        for id in [
            "district",
            "town",
            "community",
            "grid",
            "building",
            "zone",
            "station",
            "centre",
            "party_service",
            "help_desk",
            "job_service",
            "elder_care",
            "venue",
            "parking_lot",
            "parking_street",
            "estate",
            "alley",
            "street_duty",
            "project",
            "poi",
            "footpath",
            "street_closure",
            "road",
            "water",
            "green",
        ] {
            let entry = catalogue.get(id).unwrap_or_else(|| panic!("{id}"));
            assert!(!entry.layer.title.zh.is_empty() && !entry.layer.title.en.is_empty());
            assert!(!entry.layer.legend.is_empty() && !entry.layer.style.is_empty(), "{id} is drawn");
        }
        for category in &catalogue.categories {
            for rule in &category.rules {
                assert!(catalogue.get(rule.layer.as_str()).is_some(), "{} names {}", category.id, rule.layer);
            }
        }
    }
}
