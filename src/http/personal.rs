//! Personal data that are told leave a line in the audit: who was told what of whom. It is written
//! before the answer goes out; what cannot be noted is not told.

use super::credentials::Acting;
use super::error::Problem;
use crate::accounts::audit::Entry;
use crate::app::App;
use crate::atlas::layer::Access;
use crate::atlas::{CatalogueEntry, Feature, FeatureId, Ident, SearchHit, Snapshot};
use serde_json::json;
use std::collections::BTreeMap;

/// Features that one line names; of more it says how many.
const NAMED: usize = 1000;

/// What of a layer was told.
#[derive(Debug, Default, PartialEq)]
pub struct Told {
    pub ids: Vec<FeatureId>,
    /// Restricted properties by whose value was searched; the values are not kept.
    pub searched: Vec<String>,
}

impl Told {
    /// The features of an answer that tell personal data.
    pub fn of<'f>(entry: &CatalogueEntry, features: impl Iterator<Item = &'f Feature>) -> Self {
        let ids = features.filter(|f| is_personal(entry, f)).map(|f| f.id).collect();
        Self { ids, searched: Vec::new() }
    }

    /// The same, found by the values of these properties.
    pub fn searched_by<'n>(mut self, entry: &CatalogueEntry, names: impl Iterator<Item = &'n str>) -> Self {
        self.searched = names.filter(|name| is_restricted(entry, name)).map(str::to_owned).collect();
        self
    }
}

fn is_restricted(entry: &CatalogueEntry, property: &str) -> bool {
    entry.property(property).is_some_and(|p| p.access == Access::Restricted)
}

/// Whether the feature, as this caller is told it, tells what only some may know.
fn is_personal(entry: &CatalogueEntry, told: &Feature) -> bool {
    entry.layer.access == Access::Restricted || told.properties.keys().any(|name| is_restricted(entry, name))
}

/// Notes what was told of a layer, when it is personal.
pub async fn note(app: &App, acting: Acting, layer: &Ident, told: Told) -> Result<(), Problem> {
    let lines: Vec<Entry> = line(acting, layer, &told).into_iter().collect();
    if lines.is_empty() { Ok(()) } else { app.store.audit(&lines).await.map_err(Problem::store) }
}

fn line(Acting(stamp): Acting, layer: &Ident, told: &Told) -> Option<Entry> {
    let Told { ids, searched } = told;
    if ids.is_empty() && searched.is_empty() {
        return None;
    }
    let action = if searched.is_empty() { "personal.read" } else { "personal.search" };
    let named: Vec<&FeatureId> = ids.iter().take(NAMED).collect();
    let mut after = json!({"count": ids.len(), "ids": named});
    if !searched.is_empty() {
        after["searched_by"] = json!(searched);
    }
    Some(Entry::new(&stamp, action).in_layer(layer).after(after))
}

/// Notes which features of restricted layers, or by restricted names, a search found.
pub async fn note_search(app: &App, acting: Acting, map: &Snapshot, hits: &[SearchHit]) -> Result<(), Problem> {
    let mut found: BTreeMap<&Ident, Told> = BTreeMap::new();
    for hit in hits {
        let Some((entry, data)) = map.layer(hit.layer.as_str()) else { continue };
        let roles = [&entry.layer.roles.name, &entry.layer.roles.code].into_iter().flatten();
        let names: Vec<&str> = roles.map(Ident::as_str).filter(|name| is_restricted(entry, name)).collect();
        let whole = entry.layer.access == Access::Restricted;
        if data.features.contains_key(&hit.id) && (whole || !names.is_empty()) {
            let told = found.entry(&hit.layer).or_default();
            told.ids.push(hit.id);
            told.searched =
                if names.is_empty() { vec!["name".into()] } else { names.into_iter().map(str::to_owned).collect() };
        }
    }
    let lines = found.iter().filter_map(|(layer, told)| line(Acting(acting.0.clone()), layer, told));
    let lines: Vec<Entry> = lines.collect();
    if lines.is_empty() { Ok(()) } else { app.store.audit(&lines).await.map_err(Problem::store) }
}
