//! The map as a caller sees it: the one place where visibility is decided for everything that is
//! read. What the caller may not see is not there: a layer, a feature, a property, and whatever
//! would be derived from them.

use super::sight::{Extent, Sight, View};
use super::whereabouts::Where;
use crate::atlas::layer::Access;
use crate::atlas::{CatalogueEntry, Feature, FeatureId, Ident, LayerData, Property, Snapshot};
use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;
use std::sync::Arc;

/// What one kind of caller sees of a snapshot. Only this module makes one, so that who is given it
/// cannot forget to look away.
#[derive(Debug, Clone)]
pub struct Seen {
    whole: Arc<Snapshot>,
    map: Arc<Snapshot>,
    sight: Sight,
    /// Decisions of a layer's features, kept for the next snapshot.
    parts: Arc<HashMap<String, Part>>,
}

/// A layer of which something is left out, and what it was made from.
#[derive(Debug, Clone)]
struct Part {
    whole: Arc<LayerData>,
    seen: Arc<LayerData>,
}

impl Deref for Seen {
    type Target = Snapshot;
    fn deref(&self) -> &Snapshot {
        &self.map
    }
}

impl Seen {
    /// What a sight sees of the map. `before` is what it saw of the map before, if that is known.
    pub fn new(whole: &Arc<Snapshot>, sight: &Sight, before: Option<&Self>) -> Self {
        let sight = Self::sight_on(whole, sight);
        let used = || whole.catalogue.iter().flat_map(CatalogueEntry::accesses);
        if used().all(|a| *sight.extent(a) == Extent::Everywhere) {
            return Self { whole: Arc::clone(whole), map: Arc::clone(whole), sight, parts: Arc::default() };
        }
        let before = before.filter(|b| b.sight == sight && same_areas(&b.whole, whole));
        let look = Look { whole, view: sight.on(whole), sight: &sight, before };
        let mut parts = HashMap::new();
        let mut shown = Vec::new();
        for entry in whole.catalogue.iter().filter(|e| look.view.sees_any(e.layer.access)) {
            let Some(data) = whole.layers.get(&entry.layer.id) else { continue };
            let hidden = |p: &Property| !look.view.sees_any(p.access);
            let told =
                if entry.properties.iter().any(hidden) { entry.with_only(|p| !hidden(p)) } else { entry.clone() };
            let seen = look.part(entry, &told, data);
            if !Arc::ptr_eq(&seen, data) {
                let part = Part { whole: Arc::clone(data), seen: Arc::clone(&seen) };
                parts.insert(entry.layer.id.to_string(), part);
            }
            shown.push((told, seen));
        }
        let map = Arc::new(whole.showing(shown));
        Self { whole: Arc::clone(whole), map, sight, parts: Arc::new(parts) }
    }

    /// As much of the sight as makes a difference on this map.
    pub fn sight_on(whole: &Snapshot, sight: &Sight) -> Sight {
        sight.only(whole.catalogue.iter().flat_map(CatalogueEntry::accesses))
    }

    /// Whether this is a look at that very map.
    pub fn is_of(&self, whole: &Arc<Snapshot>) -> bool {
        Arc::ptr_eq(&self.whole, whole)
    }

    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.map
    }

    pub fn sight(&self) -> &Sight {
        &self.sight
    }

    /// The map with everything, for those who decide what may be written.
    pub fn whole(&self) -> &Arc<Snapshot> {
        &self.whole
    }

    /// What makes an answer about this layer differ from another caller's, beside its version.
    pub fn key(&self, entry: &CatalogueEntry) -> Key {
        let sight = self.sight.only(entry.accesses());
        let areas = [Access::Area, Access::Restricted].iter().any(|a| matches!(sight.extent(*a), Extent::Areas(_)));
        Key { sight, areas: if areas { areas_version(&self.whole) } else { 0 } }
    }

    /// The kinds of access beyond the public one by which properties of this feature are told.
    pub fn told(&self, layer: &Ident, id: FeatureId) -> BTreeSet<Access> {
        let (Some(entry), Some(feature)) =
            (self.whole.catalogue.get(layer.as_str()), self.whole.feature(layer.as_str(), id))
        else {
            return BTreeSet::new();
        };
        self.sight.on(&self.whole).kinds(entry, feature)
    }
}

/// Part of a cache's key: two callers with the same key are answered the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    sight: Sight,
    /// What lies inside an area changes with the area.
    areas: i64,
}

/// Version of the newest change of an area.
fn areas_version(map: &Snapshot) -> i64 {
    let levels = map.levels();
    levels.iter().filter_map(|(_, e)| map.layers.get(&e.layer.id)).map(|data| data.version).max().unwrap_or(0)
}

fn same_areas(a: &Snapshot, b: &Snapshot) -> bool {
    let levels = |map: &Snapshot| -> Vec<*const LayerData> {
        map.levels().iter().filter_map(|(_, e)| map.layers.get(&e.layer.id)).map(Arc::as_ptr).collect()
    };
    levels(a) == levels(b)
}

/// One look at a map.
struct Look<'m> {
    whole: &'m Snapshot,
    view: View<'m>,
    sight: &'m Sight,
    before: Option<&'m Seen>,
}

impl Look<'_> {
    /// What is seen of a layer; the layer itself when that is all of it.
    fn part(&self, entry: &CatalogueEntry, told: &CatalogueEntry, data: &Arc<LayerData>) -> Arc<LayerData> {
        let everywhere = |access| *self.sight.extent(access) == Extent::Everywhere;
        let guarded: Vec<&Property> = entry.properties.iter().filter(|p| !everywhere(p.access)).collect();
        let some = !everywhere(entry.layer.access);
        if !some && guarded.is_empty() {
            return Arc::clone(data);
        }
        let same_layer = |b: &&Seen| b.whole.catalogue.get(entry.layer.id.as_str()) == Some(entry);
        let before = self.before.filter(same_layer).and_then(|b| b.parts.get(entry.layer.id.as_str()));
        if let Some(part) = before.filter(|part| Arc::ptr_eq(&part.whole, data)) {
            return Arc::clone(&part.seen);
        }
        let one = |feature: &Arc<Feature>| -> Option<Arc<Feature>> {
            let known = |part: &&Part| part.whole.features.get(&feature.id).is_some_and(|f| Arc::ptr_eq(f, feature));
            if let Some(part) = before.filter(known) {
                return part.seen.features.get(&feature.id).cloned();
            }
            let place = Where::of(entry, feature);
            if some && !self.view.sees(entry.layer.access, place) {
                return None;
            }
            Some(self.telling(&guarded, feature, place))
        };
        let features: Vec<Arc<Feature>> = data.features.values().filter_map(one).collect();
        let own = |f: &Arc<Feature>| data.features.get(&f.id).is_some_and(|own| Arc::ptr_eq(own, f));
        if features.len() == data.features.len() && features.iter().all(own) {
            return Arc::clone(data);
        }
        Arc::new(self.whole.part(told, data, features))
    }

    /// The feature without the properties that are not told.
    fn telling(&self, guarded: &[&Property], feature: &Arc<Feature>, place: Where<'_>) -> Arc<Feature> {
        let held = guarded.iter().filter(|p| feature.properties.contains_key(p.name.as_str()));
        let hidden: Vec<&Property> = held.filter(|p| !self.view.sees(p.access, place)).copied().collect();
        if hidden.is_empty() {
            return Arc::clone(feature);
        }
        let mut told = Feature::clone(feature);
        for property in hidden {
            told.properties.shift_remove(property.name.as_str());
        }
        Arc::new(told)
    }
}
