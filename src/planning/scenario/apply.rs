//! A map with the measures taken. Changes go through the same door as edits do, so the new map is
//! the one that would be loaded if the measures were real.

use super::{Measure, MeasureError, ScenarioError};
use crate::atlas::facility::anchor;
use crate::atlas::feature::source;
use crate::atlas::links::{CLOSES_WITHIN, CLOSURE_LAYER, alters_network};
use crate::atlas::{CatalogueEntry, Feature, FeatureId, Ident, LayerChange, NewFeature, Snapshot, validate};
use crate::geometry::{BBox, LonLat};
use crate::walk::Closed;
use geo::Translate;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A map on which the measures are taken.
#[derive(Debug, Clone)]
pub struct Applied {
    /// Has the number of the change it came from: not to be kept in a cache that is keyed by it.
    pub snapshot: Arc<Snapshot>,
    /// By measure: what it changes. New features have numbers below 0.
    pub changes: Vec<LayerChange>,
    /// By measure: the street that it closed.
    pub closed: Vec<Option<Closed>>,
}

impl Applied {
    /// The measures that say what becomes of each feature, in their order: the last one of each, none
    /// for a new one that is gone again.
    pub fn last_of_each(&self) -> Vec<usize> {
        let one = |number: &usize| {
            let change = &self.changes[*number];
            let same = |later: &LayerChange| (&later.layer, later.id) == (&change.layer, change.id);
            let for_nothing = change.id.0 < 0 && change.feature.is_none();
            !for_nothing && !self.changes[number + 1..].iter().any(same)
        };
        (0..self.changes.len()).filter(one).collect()
    }
}

/// Takes the measures one after the other.
pub fn apply(snapshot: &Snapshot, measures: &[Measure]) -> Result<Applied, ScenarioError> {
    let mut changes: Vec<LayerChange> = Vec::with_capacity(measures.len());
    let mut closed = Vec::with_capacity(measures.len());
    for (number, measure) in measures.iter().enumerate() {
        let failed = |why| ScenarioError { number, why };
        let street = street(snapshot, measure).map_err(failed)?;
        changes.push(change(snapshot, &changes, (number, measure), street.as_ref()).map_err(failed)?);
        closed.push(street);
    }
    Ok(Applied { snapshot: Arc::new(snapshot.apply(&changes).0), changes, closed })
}

/// The street that a measure closes.
fn street(snapshot: &Snapshot, measure: &Measure) -> Result<Option<Closed>, MeasureError> {
    let Measure::CloseStreet { at } = measure else { return Ok(None) };
    let base = snapshot.base_network.as_ref().ok_or(MeasureError::NoNetwork)?;
    base.closed_at(*at, CLOSES_WITHIN).map(Some).ok_or(MeasureError::NoStreet)
}

/// What a measure changes among the features.
fn change(
    snapshot: &Snapshot,
    before: &[LayerChange],
    (number, measure): (usize, &Measure),
    street: Option<&Closed>,
) -> Result<LayerChange, MeasureError> {
    let new = FeatureId(-1 - number as i64);
    let (entry, id, feature) = match measure {
        Measure::Add { layer, geometry, properties } => {
            let faulty = |e: geojson::Error| MeasureError::Faulty { field: "geometry".into(), detail: e.to_string() };
            let geometry = geo::Geometry::try_from(geometry.clone()).map_err(faulty)?;
            let entry = entry(snapshot, layer)?;
            (entry, new, Some(added(entry, new, geometry, properties.clone())?))
        }
        Measure::CloseStreet { at } => {
            let entry = snapshot.catalogue.get(CLOSURE_LAYER).ok_or(MeasureError::NoStreet)?;
            let name = street.and_then(|street| street.name.clone()).map(|name| ("name".to_owned(), name.into()));
            (entry, new, Some(added(entry, new, geo::Point(at.coord()).into(), name.into_iter().collect())?))
        }
        Measure::Move { layer, id, to } => {
            let entry = entry(snapshot, layer)?;
            (entry, *id, Some(moved(entry, &now(snapshot, before, layer, *id)?, *to)?))
        }
        Measure::Close { layer, id } => {
            let entry = entry(snapshot, layer)?;
            now(snapshot, before, layer, *id)?;
            (entry, *id, None)
        }
    };
    Ok(LayerChange { seq: snapshot.seq, layer: entry.layer.id.clone(), id, feature })
}

/// The layer, when its features are places, links or closed streets. Others (homes, areas) say what is counted: a
/// comparison across a change of them would compare different things.
fn entry<'s>(snapshot: &'s Snapshot, layer: &Ident) -> Result<&'s CatalogueEntry, MeasureError> {
    let entry = snapshot.catalogue.get(layer.as_str()).ok_or_else(|| MeasureError::UnknownLayer(layer.clone()))?;
    let has_places = snapshot.catalogue.categories.iter().any(|c| c.rules.iter().any(|rule| rule.layer == *layer));
    let known = has_places || alters_network(layer.as_str());
    if known { Ok(entry) } else { Err(MeasureError::NoPlaces(layer.clone())) }
}

/// The feature as the measures before left it.
fn now(snapshot: &Snapshot, before: &[LayerChange], layer: &Ident, id: FeatureId) -> Result<Feature, MeasureError> {
    let last = before.iter().rev().find(|change| change.layer == *layer && change.id == id);
    let feature = match last {
        Some(change) => change.feature.clone(),
        None => snapshot.feature(layer.as_str(), id).map(|f| (**f).clone()),
    };
    feature.ok_or_else(|| MeasureError::UnknownFeature(layer.clone(), id.0))
}

fn added(
    entry: &CatalogueEntry,
    id: FeatureId,
    geometry: geo::Geometry,
    properties: Map<String, Value>,
) -> Result<Feature, MeasureError> {
    let faulty = |field: &str, detail: String| MeasureError::Faulty { field: field.into(), detail };
    let new = NewFeature { geometry, properties, source: source::EDIT.into(), reference: None };
    let new = validate(entry, new).map_err(|faults| match faults.into_iter().next() {
        Some(first) => faulty(&first.field, first.detail),
        None => faulty("properties", "cannot be read".into()),
    })?;
    let bbox = BBox::of(&new.geometry).ok_or_else(|| faulty("geometry", "is empty".into()))?;
    Ok(Feature {
        id,
        version: 1,
        geometry: new.geometry,
        properties: new.properties,
        source: new.source,
        reference: None,
        updated_at: String::new(),
        bbox,
    })
}

/// The feature with its shape and its doors as far away as its anchor moves.
fn moved(entry: &CatalogueEntry, feature: &Feature, to: LonLat) -> Result<Feature, MeasureError> {
    let nowhere = || MeasureError::Faulty { field: "to".into(), detail: "the place cannot be moved there".into() };
    let from = anchor(&feature.geometry).ok_or_else(nowhere)?;
    let (east, north) = (to.lon() - from.lon(), to.lat() - from.lat());
    let geometry = feature.geometry.translate(east, north);
    let bbox = BBox::of(&geometry).filter(in_range).ok_or_else(nowhere)?;
    let mut properties = feature.properties.clone();
    let doors = entry.layer.roles.entrances.as_ref().and_then(|role| properties.get_mut(role.as_str()));
    for door in doors.and_then(Value::as_array_mut).into_iter().flatten() {
        let at = |i: usize| door.get(i).and_then(Value::as_f64);
        if let (Some(lon), Some(lat)) = (at(0), at(1)) {
            *door = json!([lon + east, lat + north]);
        }
    }
    Ok(Feature { geometry, bbox, properties, ..feature.clone() })
}

fn in_range(b: &BBox) -> bool {
    LonLat::new(b.west, b.south).is_ok() && LonLat::new(b.east, b.north).is_ok()
}
