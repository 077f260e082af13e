//! What a caller may write of features: inside their own area before and after, in the properties
//! that they are told; what they are not told stays as it is. Pure: the write itself is the store's.

use super::region::Region;
use super::seen::Seen;
use super::sight::{Extent, View};
use super::whereabouts::Where;
use crate::atlas::layer::{Access, AreaRole};
use crate::atlas::topology::{Overlap, overlaps, shared_m2, tolerance_m2};
use crate::atlas::{CatalogueEntry, Fault, Feature, FeatureId, LayerData, NewFeature, validate};
use geo::Geometry;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A feature as the caller wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub geometry: Geometry,
    pub properties: Map<String, Value>,
}

/// Why something may not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It lies, or would lie, outside the areas where the caller may edit.
    Outside,
    Faults(Vec<Fault>),
}

/// Members of a feature's properties that the service tells and does not take.
const TOLD_ONLY: [&str; 2] = ["source", "synthetic"];

/// One caller's edits of one layer.
#[derive(Debug)]
pub struct Editor<'m> {
    seen: &'m Seen,
    view: View<'m>,
    region: Region<'m>,
    entry: &'m CatalogueEntry,
    data: &'m Arc<LayerData>,
}

impl<'m> Editor<'m> {
    /// `rights`: where the caller may edit. `None`: there is no such layer for them.
    pub fn new(seen: &'m Seen, rights: &Extent, layer: &str) -> Option<Self> {
        seen.layer(layer)?;
        let (entry, data) = seen.whole().layer(layer)?;
        Some(Self { seen, view: seen.sight().on(seen.whole()), region: rights.on(seen.whole()), entry, data })
    }

    /// The layer with everything.
    pub fn entry(&self) -> &'m CatalogueEntry {
        self.entry
    }

    /// Whether the stored feature is there for the caller.
    pub fn sees(&self, feature: &Feature) -> bool {
        self.view.sees(self.entry.layer.access, Where::of(self.entry, feature))
    }

    /// The properties of a stored feature that the caller is told.
    pub fn told(&self, feature: &Feature) -> Map<String, Value> {
        let place = Where::of(self.entry, feature);
        let told = |(name, _): &(&String, &Value)| self.tells(name, place);
        feature.properties.iter().filter(told).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// The kinds of access beyond the public one by which properties of the feature are told.
    pub fn told_kinds(&self, feature: &Feature) -> BTreeSet<Access> {
        self.view.kinds(self.entry, feature)
    }

    fn tells(&self, name: &str, place: Where<'_>) -> bool {
        self.entry.property(name).is_some_and(|p| self.view.sees(p.access, place))
    }

    /// New features, all of them or the faults of each, by number.
    pub fn create(&self, drafts: Vec<Draft>) -> Result<Vec<NewFeature>, Vec<(usize, Refusal)>> {
        let (mut made, mut refused) = (Vec::with_capacity(drafts.len()), Vec::new());
        for (index, draft) in drafts.into_iter().enumerate() {
            match self.create_one(draft, &made) {
                Ok(feature) => made.push(feature),
                Err(refusal) => refused.push((index, refusal)),
            }
        }
        if refused.is_empty() { Ok(made) } else { Err(refused) }
    }

    fn create_one(&self, draft: Draft, before: &[NewFeature]) -> Result<NewFeature, Refusal> {
        let Draft { geometry, properties } = draft;
        let source = crate::atlas::feature::source::EDIT.to_owned();
        let mut new = NewFeature { geometry, properties, source, reference: None };
        new.properties.retain(|name, _| !TOLD_ONLY.contains(&name.as_str()));
        let strange = self.strange(new.properties.keys(), Where::of_new(self.entry, None, &new));
        let new = self.checked(new, strange)?;
        self.inside(Where::of_new(self.entry, None, &new))?;
        let mut faults = self.beside(None, &new);
        faults.extend(self.among(&new, before));
        if faults.is_empty() { Ok(new) } else { Err(Refusal::Faults(faults)) }
    }

    /// The stored feature as it will be.
    pub fn replace(&self, old: &Feature, draft: Draft) -> Result<NewFeature, Refusal> {
        let place = Where::of(self.entry, old);
        self.inside(place)?;
        let mut properties = draft.properties;
        properties.retain(|name, _| !TOLD_ONLY.contains(&name.as_str()));
        let strange = self.strange(properties.keys(), place);
        let kept = old.properties.iter().filter(|(name, _)| !self.tells(name, place));
        properties.extend(kept.map(|(name, value)| (name.clone(), value.clone())));
        let (source, reference) = (old.source.clone(), old.reference.clone());
        let new = NewFeature { geometry: draft.geometry, properties, source, reference };
        let new = self.checked(new, strange)?;
        self.inside(Where::of_new(self.entry, Some(old.id), &new))?;
        let faults = self.beside(Some(old), &new);
        if faults.is_empty() { Ok(new) } else { Err(Refusal::Faults(faults)) }
    }

    pub fn delete(&self, old: &Feature) -> Result<(), Refusal> {
        self.inside(Where::of(self.entry, old))
    }

    fn inside(&self, place: Where<'_>) -> Result<(), Refusal> {
        if self.region.surrounds(place) { Ok(()) } else { Err(Refusal::Outside) }
    }

    /// Properties that the caller names and that are not there for them.
    fn strange<'a>(&self, names: impl Iterator<Item = &'a String>, place: Where<'_>) -> Vec<Fault> {
        let strange = names.filter(|name| !self.tells(name, place));
        strange.map(|name| fault(name, "is not a property of this layer that you may write here")).collect()
    }

    fn checked(&self, new: NewFeature, mut faults: Vec<Fault>) -> Result<NewFeature, Refusal> {
        match validate(self.entry, new) {
            Ok(new) if faults.is_empty() => Ok(new),
            Ok(_) => Err(Refusal::Faults(faults)),
            Err(found) => {
                faults.extend(found.into_iter().map(|f| self.without_personal(f)));
                Err(Refusal::Faults(faults))
            }
        }
    }

    /// A fault's text repeats the value, which nobody but its readers may see.
    fn without_personal(&self, found: Fault) -> Fault {
        let personal = |name: &str| self.entry.property(name).is_some_and(|p| p.access != Access::Public);
        let whole = found.field == "properties" && self.entry.properties.iter().any(|p| p.access != Access::Public);
        if personal(&found.field) || whole { fault(&found.field, "does not fit the layer's schema") } else { found }
    }

    /// What is wrong beside the features that are there already: a code of another one, land of
    /// another area of the level. What was so before is no fault of this edit.
    fn beside(&self, old: Option<&Feature>, new: &NewFeature) -> Vec<Fault> {
        let id = old.map(|f| f.id);
        let mut faults = Vec::new();
        let code = self.entry.layer.roles.code.as_ref();
        if let Some((name, code)) = code.and_then(|name| Some((name, new.properties.get(name.as_str())?.as_str()?)))
            && old.and_then(|f| f.text(Some(name))) != Some(code)
            && self.data.features.values().any(|f| Some(f.id) != id && f.text(Some(name)) == Some(code))
        {
            faults.push(fault(name.as_str(), "is the code of another feature of this layer"));
        }
        if self.is_level() && old.is_none_or(|f| f.geometry != new.geometry) {
            let before = old.map(|f| overlaps(self.data, id, &f.geometry)).unwrap_or_default();
            let was = |with: FeatureId| before.iter().find(|o| o.with == with).map_or(0.0, |o| o.area_m2);
            let worse = overlaps(self.data, id, &new.geometry).into_iter();
            let tolerance = tolerance_m2(&new.geometry);
            let worse = worse.filter(|o| o.area_m2 > was(o.with) + tolerance);
            faults.extend(worse.map(|o| self.overlap(o)));
        }
        faults
    }

    /// The same among features that are made together.
    fn among(&self, new: &NewFeature, before: &[NewFeature]) -> Vec<Fault> {
        let code = |f: &NewFeature| {
            let name = self.entry.layer.roles.code.as_ref()?;
            f.properties.get(name.as_str())?.as_str().map(str::to_owned)
        };
        let mut faults = Vec::new();
        if let Some(own) = code(new)
            && before.iter().any(|f| code(f).as_ref() == Some(&own))
        {
            let name = self.entry.layer.roles.code.as_ref().map_or("code", |n| n.as_str());
            faults.push(fault(name, "is the code of another feature of this request"));
        }
        if self.is_level() {
            let shared = before.iter().map(|f| shared_m2(&new.geometry, &f.geometry)).fold(0.0, f64::max);
            if shared > tolerance_m2(&new.geometry) {
                faults.push(fault("geometry", format!("overlaps another feature of this request by {shared:.0} m²")));
            }
        }
        faults
    }

    fn is_level(&self) -> bool {
        matches!(self.entry.layer.area, Some(AreaRole::Level(_)))
    }

    fn overlap(&self, overlap: Overlap) -> Fault {
        let layer = &self.entry.layer;
        let other = self.seen.feature(layer.id.as_str(), overlap.with);
        let name = other.and_then(|f| f.name(layer).or_else(|| f.code(layer))).unwrap_or("another area");
        fault("geometry", format!("overlaps {name} by {:.0} m²", overlap.area_m2))
    }
}

fn fault(field: &str, detail: impl Into<String>) -> Fault {
    Fault { field: field.to_owned(), detail: detail.into() }
}
