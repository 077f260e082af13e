//! The snapshot: everything a query needs, at one moment of the change log.

use super::areas::AreaIndex;
use super::catalogue::{Catalogue, CatalogueEntry};
use super::data::LayerData;
use super::facility::{Facility, FacilityRules, Home};
use super::feature::{Feature, FeatureId};
use super::hours;
use super::layer::Ident;
use crate::geometry::BBox;
use crate::walk::Network;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The place this database serves, shown as the page's title and first view.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// `nankang`, …; empty when the operator loaded own data.
    pub key: String,
    pub name: Option<super::layer::Title>,
    /// Longitude and latitude of the first view.
    pub centre: Option<[f64; 2]>,
    pub zoom: Option<f64>,
    /// The data were made by `wangge demo`.
    pub synthetic: bool,
    /// Data attribution shown on the map, e.g. of OpenStreetMap.
    pub attribution: Option<String>,
    /// IANA time zone of the opening hours; Asia/Shanghai when absent.
    pub timezone: Option<String>,
}

/// What a snapshot is made of.
#[derive(Debug, Clone, Default)]
pub struct SnapshotParts {
    /// Last change that the parts contain.
    pub seq: i64,
    pub place: Place,
    pub catalogue: Catalogue,
    /// Features of each layer; a layer of the catalogue that is missing here is empty.
    pub layers: BTreeMap<Ident, Vec<Feature>>,
    pub network: Option<Arc<Network>>,
    /// When the network was built, RFC 3339.
    pub network_built_at: Option<String>,
}

/// One change of the log with the feature as it is now: `None` when it was deleted or set aside.
#[derive(Debug, Clone)]
pub struct LayerChange {
    pub seq: i64,
    pub layer: Ident,
    pub id: FeatureId,
    pub feature: Option<Feature>,
}

/// The map at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub seq: i64,
    pub place: Place,
    pub catalogue: Arc<Catalogue>,
    pub layers: HashMap<Ident, Arc<LayerData>>,
    pub network: Option<Arc<Network>>,
    /// When the network was built, RFC 3339; shown with every answer that walks it.
    pub network_built_at: Option<String>,
    /// Everything that has a category, in order of layer and id.
    pub facilities: Arc<Vec<Arc<Facility>>>,
    /// Every building, in order of id.
    pub homes: Arc<Vec<Home>>,
}

impl Snapshot {
    pub fn build(mut parts: SnapshotParts) -> Self {
        let catalogue = Arc::new(parts.catalogue);
        let zone = hours::zone(parts.place.timezone.as_deref());
        let mut work: Vec<_> =
            catalogue.iter().map(|e| (e, parts.layers.remove(&e.layer.id).unwrap_or_default())).collect();
        // Longest first, so that the two or three large layers do not end up on one thread.
        work.sort_by_key(|(_, features)| std::cmp::Reverse(features.len()));
        let build = |(entry, features): (&CatalogueEntry, Vec<Feature>)| {
            let rules = FacilityRules::new(&catalogue, entry, zone);
            (entry.layer.id.clone(), Arc::new(LayerData::build(&rules, entry, features, parts.seq)))
        };
        let layers = work.into_par_iter().map(build).collect();
        let mut snapshot = Self {
            seq: parts.seq,
            place: parts.place,
            layers,
            network: parts.network,
            network_built_at: parts.network_built_at,
            catalogue,
            ..Self::default()
        };
        snapshot.gather();
        snapshot
    }

    /// The snapshot after these changes, and what each of them touched: the box of the feature
    /// before and after, `None` where neither exists. Layers without a change are shared with
    /// this snapshot; changes of layers that the catalogue does not know are passed over.
    pub fn apply(&self, changes: &[LayerChange]) -> (Self, Vec<Option<BBox>>) {
        let zone = hours::zone(self.place.timezone.as_deref());
        let mut touched: BTreeMap<&Ident, Vec<&LayerChange>> = BTreeMap::new();
        let mut next = self.clone();
        for change in changes {
            next.seq = next.seq.max(change.seq);
            touched.entry(&change.layer).or_default().push(change);
        }
        for (id, changes) in touched {
            let (Some(entry), Some(data)) = (self.catalogue.get(id.as_str()), self.layers.get(id)) else { continue };
            let rules = FacilityRules::new(&self.catalogue, entry, zone);
            next.layers.insert(id.clone(), Arc::new(data.apply(&rules, entry, &changes)));
        }
        next.gather();
        (next, self.boxes(changes))
    }

    fn boxes(&self, changes: &[LayerChange]) -> Vec<Option<BBox>> {
        // Several changes of one feature: each starts where the one before ended.
        let mut latest: HashMap<(&Ident, FeatureId), Option<BBox>> = HashMap::new();
        let touched = changes.iter().map(|change| {
            let key = (&change.layer, change.id);
            let stored = || self.feature(change.layer.as_str(), change.id).map(|f| f.bbox);
            let old = latest.get(&key).copied().unwrap_or_else(stored);
            let new = change.feature.as_ref().map(|f| f.bbox);
            latest.insert(key, new);
            match (old, new) {
                (Some(old), Some(new)) => Some(old.union(new)),
                (old, new) => old.or(new),
            }
        });
        touched.collect()
    }

    /// The snapshot with one layer's descriptor and features replaced as of change `seq`: a new
    /// layer, or one whose schema, roles or style changed.
    pub fn with_layer(&self, catalogue: Catalogue, layer: &Ident, features: Vec<Feature>, seq: i64) -> Self {
        let mut next = Self { catalogue: Arc::new(catalogue), seq: self.seq.max(seq), ..self.clone() };
        next.layers.remove(layer);
        if let Some(entry) = next.catalogue.get(layer.as_str()) {
            let rules = FacilityRules::new(&next.catalogue, entry, hours::zone(next.place.timezone.as_deref()));
            let data = LayerData::build(&rules, entry, features, seq);
            next.layers.insert(layer.clone(), Arc::new(data));
        }
        next.gather();
        next
    }

    /// The snapshot with another walking network as of change `seq`.
    pub fn with_network(&self, network: Option<Arc<Network>>, built_at: Option<String>, seq: i64) -> Self {
        Self { network, network_built_at: built_at, seq: self.seq.max(seq), ..self.clone() }
    }

    /// Collects facilities and homes of the layers; those of layers that did not change are
    /// shared, so this copies pointers.
    fn gather(&mut self) {
        let data: Vec<&Arc<LayerData>> = self.catalogue.iter().filter_map(|e| self.layers.get(&e.layer.id)).collect();
        let with_category = data.iter().flat_map(|d| &d.facilities).filter(|f| !f.categories.is_empty());
        let facilities = with_category.cloned().collect();
        let homes: Vec<&Arc<Vec<Home>>> = data.iter().map(|d| &d.homes).filter(|h| !h.is_empty()).collect();
        let homes = match homes.as_slice() {
            [one] => Arc::clone(one),
            several => Arc::new(several.iter().flat_map(|h| h.iter().cloned()).collect()),
        };
        self.facilities = Arc::new(facilities);
        self.homes = homes;
    }

    pub fn layer(&self, id: &str) -> Option<(&CatalogueEntry, &Arc<LayerData>)> {
        Some((self.catalogue.get(id)?, self.layers.get(id)?))
    }

    pub fn feature(&self, layer: &str, id: FeatureId) -> Option<&Arc<Feature>> {
        self.layers.get(layer)?.features.get(&id)
    }

    /// All features of a layer as facilities, also those without a category and those of layers
    /// that no category names (an estate, an alley). `None` for an unknown layer.
    pub fn facilities_of(&self, layer: &str) -> Option<Vec<Arc<Facility>>> {
        let (entry, data) = self.layer(layer)?;
        if !data.facilities.is_empty() {
            return Some(data.facilities.clone());
        }
        let rules = FacilityRules::new(&self.catalogue, entry, hours::zone(self.place.timezone.as_deref()));
        let mut read = HashMap::new();
        Some(data.features.values().filter_map(|f| rules.facility(f, &mut read)).map(Arc::new).collect())
    }

    /// The areas of a level of the tree or of a zone layer, prepared for points.
    pub(super) fn areas(&self, layer: &str) -> Option<&AreaIndex> {
        self.layers.get(layer)?.areas.as_ref()
    }
}
