//! The snapshot: everything a query needs, at one moment of the change log.

use super::areas::{Area, AreaIndex};
use super::catalogue::{Catalogue, CatalogueEntry};
use super::data::LayerData;
use super::doors::Doors;
use super::facility::{Facility, FacilityRules, Home};
use super::feature::{Feature, FeatureId};
use super::hours;
use super::layer::{AreaRole, Ident};
use super::links::{alters_network, stitched};
use crate::geometry::{BBox, LonLat, Metres};
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
    /// As it was imported.
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
    /// The imported network with the links that planners drew and without the streets they closed.
    pub network: Option<Arc<Network>>,
    /// As it was imported.
    pub base_network: Option<Arc<Network>>,
    /// When the network was built, RFC 3339; shown with every answer that walks it.
    pub network_built_at: Option<String>,
    /// Everything that has a category, in order of layer and id.
    pub facilities: Arc<Vec<Arc<Facility>>>,
    /// Every building, in order of id.
    pub homes: Arc<Vec<Home>>,
    /// How facilities and homes meet the network.
    pub doors: Doors,
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
            base_network: parts.network,
            network_built_at: parts.network_built_at,
            catalogue,
            ..Self::default()
        };
        snapshot.gather();
        snapshot.stitch();
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
        let links_changed = touched.keys().any(|id| alters_network(id.as_str()));
        for (id, changes) in touched {
            let (Some(entry), Some(data)) = (self.catalogue.get(id.as_str()), self.layers.get(id)) else { continue };
            let rules = FacilityRules::new(&self.catalogue, entry, zone);
            next.layers.insert(id.clone(), Arc::new(data.apply(&rules, entry, &changes)));
        }
        next.gather();
        if links_changed {
            next.stitch();
        }
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
        if alters_network(layer.as_str()) {
            next.stitch();
        }
        next
    }

    /// The snapshot with another walking network as of change `seq`.
    pub fn with_network(&self, network: Option<Arc<Network>>, built_at: Option<String>, seq: i64) -> Self {
        let seq = self.seq.max(seq);
        let mut next = Self { base_network: network, network_built_at: built_at, seq, ..self.clone() };
        next.stitch();
        next
    }

    /// The imported network with drawn links and closed streets as they are now. Doors of another network are
    /// found anew.
    fn stitch(&mut self) {
        let network = self.base_network.as_ref().map(|base| stitched(base, &self.layers, self.network.as_ref()));
        let same = match (&self.network, &network) {
            (Some(before), Some(after)) => Arc::ptr_eq(before, after),
            (before, _) => before.is_none(),
        };
        self.network = network;
        if !same {
            self.doors = Doors::new(&self.homes, &self.facilities, &self.doors, true);
        }
    }

    /// Collects facilities and homes of the layers; those of layers that did not change are
    /// shared, so this copies pointers.
    pub(super) fn gather(&mut self) {
        let data: Vec<&Arc<LayerData>> = self.catalogue.iter().filter_map(|e| self.layers.get(&e.layer.id)).collect();
        let with_category = data.iter().flat_map(|d| &d.facilities).filter(|f| !f.categories.is_empty());
        let facilities: Vec<Arc<Facility>> = with_category.cloned().collect();
        let homes: Vec<&Arc<Vec<Home>>> = data.iter().map(|d| &d.homes).filter(|h| !h.is_empty()).collect();
        let homes = match homes.as_slice() {
            [one] => Arc::clone(one),
            several => Arc::new(several.iter().flat_map(|h| h.iter().cloned()).collect()),
        };
        // Most changes leave them as they are: then their doors are the old ones, too.
        let same = facilities.len() == self.facilities.len()
            && facilities.iter().zip(self.facilities.iter()).all(|(new, old)| Arc::ptr_eq(new, old));
        if !same {
            self.facilities = Arc::new(facilities);
        }
        self.homes = homes;
        self.doors = Doors::new(&self.homes, &self.facilities, &self.doors, false);
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

    /// The levels of the area tree, widest first.
    pub fn levels(&self) -> Vec<(u8, &CatalogueEntry)> {
        let level = |entry: &CatalogueEntry| match entry.layer.area {
            Some(AreaRole::Level(level)) => Some(level),
            _ => None,
        };
        let mut levels: Vec<_> = self.catalogue.iter().filter_map(|e| Some((level(e)?, e))).collect();
        levels.sort_by_key(|(level, _)| *level);
        levels
    }

    /// The one area of the layer that a point belongs to.
    pub fn area_at(&self, layer: &str, at: LonLat) -> Option<&Arc<Area>> {
        self.areas(layer)?.owner(at)
    }

    /// The area of the layer that has this code.
    pub fn area_with_code(&self, layer: &str, code: &str) -> Option<&Arc<Area>> {
        self.areas(layer)?.with_code(code)
    }

    /// Areas of the layer whose border is less than `within` from the point, by code, with that distance.
    pub fn areas_near(&self, layer: &str, at: LonLat, within: Metres) -> Vec<(&Arc<Area>, Metres)> {
        self.areas(layer).map(|index| index.near(at, within)).unwrap_or_default()
    }

    /// The areas of a level of the tree or of a zone layer, prepared for points.
    pub(super) fn areas(&self, layer: &str) -> Option<&AreaIndex> {
        self.layers.get(layer)?.areas.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{feature, ident, snapshot, square};
    use super::super::{SearchQuery, locate, search};
    use super::*;
    use rand::{RngExt, SeedableRng};
    use serde_json::json;

    fn grid(id: i64, x: f64) -> Feature {
        feature(id, square(x, 0.0, 1.0), json!({"code": format!("g{id:02}"), "name": format!("网格{id}")}))
    }

    fn change(seq: i64, layer: &str, id: i64, feature: Option<Feature>) -> LayerChange {
        LayerChange { seq, layer: ident(layer), id: FeatureId(id), feature }
    }

    #[test]
    fn a_change_makes_only_its_own_layer_anew() {
        let before = snapshot(vec![("grid", vec![grid(1, 0.0)]), ("station", vec![])]);
        let (after, boxes) = before.apply(&[change(9, "grid", 2, Some(grid(2, 1.0)))]);
        let version = |s: &Snapshot, id: &str| s.layer(id).map(|(_, data)| data.version);
        assert_eq!((after.seq, version(&after, "grid"), version(&after, "station")), (9, Some(9), Some(1)));
        assert!(Arc::ptr_eq(&before.layers["station"], &after.layers["station"]));
        assert_eq!(before.layers["grid"].features.len(), 1, "the old snapshot stays as it was");
        assert_eq!(boxes, vec![Some(grid(2, 1.0).bbox)]);
    }

    #[test]
    fn the_box_of_a_change_covers_what_was_and_what_is() {
        let before = snapshot(vec![("grid", vec![grid(1, 0.0)])]);
        let (_, boxes) = before.apply(&[
            change(2, "grid", 1, Some(grid(1, 5.0))),
            change(3, "grid", 1, None),
            change(4, "grid", 7, None),
        ]);
        assert_eq!(boxes, vec![Some(grid(1, 0.0).bbox.union(grid(1, 5.0).bbox)), Some(grid(1, 5.0).bbox), None]);
    }

    /// A station, building or grid, drawn at random.
    fn random(rng: &mut rand_chacha::ChaCha8Rng, layer: &str, id: i64) -> Feature {
        let (x, y) = (rng.random_range(0.0..5.0), rng.random_range(0.0..5.0));
        let n: u8 = rng.random_range(0..9);
        match layer {
            "station" => {
                let at = square(x, y, 1.0).exterior().0[0];
                feature(id, geo::Point(at), json!({"name": format!("驿站{n}"), "kind": "first_class"}))
            }
            "building" => feature(id, square(x, y, 0.2), json!({"name": format!("{n}栋"), "households": n})),
            _ => feature(id, square(x, y, 2.0), json!({"code": format!("{n}-{id}"), "name": format!("网格{n}")})),
        }
    }

    #[test]
    fn changes_applied_one_by_one_give_the_snapshot_built_from_scratch() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        let layers = ["station", "building", "grid"];
        // Enough features that some changes go into the old index and some make a new one.
        let mut truth: BTreeMap<&str, BTreeMap<i64, Feature>> = layers.iter().map(|l| (*l, BTreeMap::new())).collect();
        let mut tail = snapshot(vec![]);
        for seq in 2..400 {
            let (layer, id) = (layers[rng.random_range(0..3)], rng.random_range(1..40));
            let new = rng.random_bool(0.7).then(|| random(&mut rng, layer, id));
            match &new {
                Some(f) => drop(truth.get_mut(layer).expect("layer").insert(id, f.clone())),
                None => drop(truth.get_mut(layer).expect("layer").remove(&id)),
            }
            tail = tail.apply(&[change(seq, layer, id, new)]).0;
        }
        let scratch = snapshot(truth.into_iter().map(|(l, all)| (l, all.into_values().collect())).collect());
        assert_eq!(tail.facilities, scratch.facilities);
        assert_eq!(tail.homes, scratch.homes);
        assert!(!tail.homes.is_empty() && !tail.facilities.is_empty());
        for _ in 0..200 {
            let at = LonLat::new(rng.random_range(116.0..116.007), rng.random_range(29.0..29.007)).expect("in range");
            assert_eq!(locate(&tail, at), locate(&scratch, at));
        }
        for text in ["驿站", "网格3", "wangge", "yz1", "2"] {
            let query = SearchQuery { text: text.into(), limit: 50, near: None };
            assert_eq!(search(&tail, &query), search(&scratch, &query));
        }
        let everything = BBox { west: 115.0, south: 28.0, east: 117.0, north: 30.0 };
        for layer in layers {
            let count = |s: &Snapshot| s.layers[layer].in_bbox(everything).count();
            assert_eq!(count(&tail), count(&scratch));
        }
    }
}
