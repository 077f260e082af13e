//! A part of a snapshot: fewer layers, fewer features, features that tell less. Everything derived
//! (facilities, homes, areas, names) is derived from what is left, so whatever is asked of the part
//! is answered as if the rest did not exist. Knows nothing of who is asking.

use super::catalogue::CatalogueEntry;
use super::data::LayerData;
use super::facility::FacilityRules;
use super::feature::Feature;
use super::hours;
use super::snapshot::Snapshot;
use std::sync::Arc;

impl Snapshot {
    /// The layers with their features, in drawing order.
    pub fn shown(&self) -> impl Iterator<Item = (&CatalogueEntry, &Arc<LayerData>)> {
        self.catalogue.iter().filter_map(|entry| self.layer(entry.layer.id.as_str()))
    }

    /// The snapshot with these layers only. The network stays.
    pub fn showing(&self, shown: Vec<(CatalogueEntry, Arc<LayerData>)>) -> Self {
        let layers = shown.iter().map(|(e, data)| (e.layer.id.clone(), Arc::clone(data))).collect();
        let catalogue = Arc::new(self.catalogue.showing(shown.into_iter().map(|(e, _)| e)));
        let mut part = Self { catalogue, layers, ..self.clone() };
        part.gather();
        part
    }

    /// A layer with these features only, some of which may tell less than its own.
    pub fn part(&self, entry: &CatalogueEntry, data: &LayerData, features: Vec<Arc<Feature>>) -> LayerData {
        let rules = FacilityRules::new(&self.catalogue, entry, hours::zone(self.place.timezone.as_deref()));
        data.with_features(&rules, entry, features)
    }
}
