//! One layer in memory: its features by id and by place, and what is derived from them. Never
//! changed once made; a change makes a new one that keeps whatever did not change.

use super::areas::AreaIndex;
use super::catalogue::CatalogueEntry;
use super::facility::{Facility, FacilityRules, HOME_LAYER, Home, home};
use super::feature::{Feature, FeatureId};
use super::names::NameIndex;
use super::snapshot::LayerChange;
use crate::geometry::BBox;
use rstar::{AABB, RTree, RTreeObject};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A feature in the spatial index.
#[derive(Debug, Clone)]
pub struct Indexed(pub Arc<Feature>);

impl RTreeObject for Indexed {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        envelope(self.0.bbox)
    }
}

/// The index answers by place; who is who is decided by the id.
impl PartialEq for Indexed {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

/// The box as the spatial index wants it.
pub fn envelope(b: BBox) -> AABB<[f64; 2]> {
    AABB::from_corners([b.west, b.south], [b.east, b.north])
}

/// All features of one layer, by id and by place.
#[derive(Debug, Clone, Default)]
pub struct LayerData {
    pub features: BTreeMap<FeatureId, Arc<Feature>>,
    pub index: RTree<Indexed>,
    /// Sequence number of the last change applied; the tile cache's key.
    pub version: i64,
    /// The features as facilities where some category names the layer, in order of id.
    pub facilities: Vec<Arc<Facility>>,
    /// The features as homes where they are buildings, in order of id.
    pub homes: Arc<Vec<Home>>,
    /// Only where the layer is a level or a zone of the area tree.
    pub(super) areas: Option<AreaIndex>,
    /// Only where features have names or codes.
    pub(super) names: Option<NameIndex>,
}

impl LayerData {
    pub(super) fn build(
        rules: &FacilityRules<'_>,
        entry: &CatalogueEntry,
        features: Vec<Feature>,
        version: i64,
    ) -> Self {
        let features: BTreeMap<_, _> = features.into_iter().map(|f| (f.id, Arc::new(f))).collect();
        let index = RTree::bulk_load(features.values().cloned().map(Indexed).collect());
        let mut data = Self { features, index, version, ..Self::default() };
        data.derive(rules, entry, &Self::default(), &BTreeSet::new());
        data
    }

    /// The layer with these features instead of its own; some of them may be its own.
    pub(super) fn with_features(
        &self,
        rules: &FacilityRules<'_>,
        entry: &CatalogueEntry,
        features: Vec<Arc<Feature>>,
    ) -> Self {
        let own = |f: &&Arc<Feature>| self.features.get(&f.id).is_some_and(|own| Arc::ptr_eq(own, f));
        let touched = features.iter().filter(|f| !own(f)).map(|f| f.id).collect();
        let index = RTree::bulk_load(features.iter().cloned().map(Indexed).collect());
        let features = features.into_iter().map(|f| (f.id, f)).collect();
        let mut data = Self { features, index, version: self.version, ..Self::default() };
        data.derive(rules, entry, self, &touched);
        data
    }

    /// The layer after the changes, in their order.
    pub(super) fn apply(&self, rules: &FacilityRules<'_>, entry: &CatalogueEntry, changes: &[&LayerChange]) -> Self {
        // A few changes are quicker in the old index; for an import a new one is.
        let few = changes.len() < self.features.len() / 8;
        let index = if few { self.index.clone() } else { RTree::new() };
        let mut data = Self { features: self.features.clone(), index, version: self.version, ..Self::default() };
        for change in changes {
            data.version = data.version.max(change.seq);
            let old = data.features.remove(&change.id);
            let new = change.feature.clone().map(Arc::new);
            if few {
                old.map(|old| data.index.remove(&Indexed(old)));
                new.iter().for_each(|new| data.index.insert(Indexed(Arc::clone(new))));
            }
            data.features.extend(new.map(|new| (change.id, new)));
        }
        if !few {
            data.index = RTree::bulk_load(data.features.values().cloned().map(Indexed).collect());
        }
        data.derive(rules, entry, self, &changes.iter().map(|c| c.id).collect());
        data
    }

    /// Facilities, homes, areas and names; taken from `old` for features outside `touched`.
    fn derive(&mut self, rules: &FacilityRules<'_>, entry: &CatalogueEntry, old: &Self, touched: &BTreeSet<FeatureId>) {
        if rules.apply() {
            let kept: HashMap<FeatureId, &Arc<Facility>> = old.facilities.iter().map(|f| (f.id, f)).collect();
            let mut read = HashMap::new();
            let one = |f: &Arc<Feature>| {
                let before = kept.get(&f.id);
                if let Some(same) = before.filter(|_| !touched.contains(&f.id)) {
                    return Some(Arc::clone(same));
                }
                let new = rules.facility(f, &mut read)?;
                // A change that makes no difference here keeps the doorsteps that are known.
                Some(before.filter(|old| ****old == new).map_or_else(|| Arc::new(new), |same| Arc::clone(same)))
            };
            self.facilities = self.features.values().filter_map(one).collect();
        }
        if entry.layer.id.as_str() == HOME_LAYER {
            let same = |id: FeatureId| old.homes.binary_search_by_key(&id, |h| h.id).ok().map(|i| old.homes[i].clone());
            let one = |f: &Arc<Feature>| match same(f.id).filter(|_| !touched.contains(&f.id)) {
                Some(same) => Some(same),
                None => home(entry, f),
            };
            self.homes = Arc::new(self.features.values().filter_map(one).collect());
        }
        self.areas = entry.layer.area.map(|_| AreaIndex::build(entry, self.features.values(), old.areas.as_ref()));
        self.names = NameIndex::build(entry, self.features.values(), old.names.as_ref());
    }

    /// Features whose box meets `bbox`, in no order.
    pub fn in_bbox(&self, bbox: BBox) -> impl Iterator<Item = &Arc<Feature>> {
        self.index.locate_in_envelope_intersecting(&envelope(bbox)).map(|i| &i.0)
    }
}
