//! A map with the measures taken. Changes go through the same door as edits do, so the new map is
//! the one that would be loaded if the measures were real.

use super::{LINK_LAYER, Measure, MeasureError, ScenarioError};
use crate::atlas::facility::anchor;
use crate::atlas::feature::source;
use crate::atlas::{CatalogueEntry, Feature, FeatureId, Ident, LayerChange, NewFeature, Snapshot, validate};
use crate::geometry::{BBox, LonLat, Metres};
use crate::walk::Closed;
use geo::Translate;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A street is closed by a place not farther from it than this.
pub const STREET_WITHIN: Metres = Metres(30.0);

/// A map on which the measures are taken.
#[derive(Debug, Clone)]
pub struct Applied {
    /// Has the number of the change it came from: not to be kept in a cache that is keyed by it.
    pub snapshot: Snapshot,
    /// By measure: the feature that it made. New ones have numbers below 0.
    pub made: Vec<Option<(Ident, FeatureId)>>,
    /// By measure: the street that it closed.
    pub closed: Vec<Option<Closed>>,
}

/// Takes the measures one after the other.
pub fn apply(snapshot: &Snapshot, measures: &[Measure]) -> Result<Applied, ScenarioError> {
    let mut changes: Vec<LayerChange> = Vec::new();
    let mut made = Vec::with_capacity(measures.len());
    for (number, measure) in measures.iter().enumerate() {
        let change = change(snapshot, &changes, number, measure).map_err(|why| ScenarioError { number, why })?;
        let new = |c: &LayerChange| c.feature.as_ref().filter(|f| f.id.0 < 0).map(|f| (c.layer.clone(), f.id));
        made.push(change.as_ref().and_then(new));
        changes.extend(change);
    }
    let (open, closed) = with_streets_closed(snapshot, measures)?;
    let snapshot = open.as_ref().unwrap_or(snapshot).apply(&changes).0;
    Ok(Applied { snapshot, made, closed })
}

/// The map without the streets that are closed; `None` where none is.
fn with_streets_closed(
    snapshot: &Snapshot,
    measures: &[Measure],
) -> Result<(Option<Snapshot>, Vec<Option<Closed>>), ScenarioError> {
    let mut told = vec![None; measures.len()];
    let place = |(number, measure): (usize, &Measure)| match measure {
        Measure::CloseStreet { at } => Some((number, *at)),
        _ => None,
    };
    let places: Vec<(usize, LonLat)> = measures.iter().enumerate().filter_map(place).collect();
    let Some((first, _)) = places.first() else { return Ok((None, told)) };
    let none = |number, why| ScenarioError { number, why };
    let base = snapshot.base_network.as_ref().ok_or_else(|| none(*first, MeasureError::NoNetwork))?;
    let positions: Vec<LonLat> = places.iter().map(|(_, at)| *at).collect();
    let (network, closed) = base.closing(&positions, STREET_WITHIN);
    for ((number, _), closed) in places.into_iter().zip(closed) {
        told[number] = Some(closed.ok_or_else(|| none(number, MeasureError::NoStreet))?);
    }
    let open = snapshot.with_network(Some(Arc::new(network)), snapshot.network_built_at.clone(), snapshot.seq);
    Ok((Some(open), told))
}

/// What a measure changes among the features; `None` when it closes a street.
fn change(
    snapshot: &Snapshot,
    before: &[LayerChange],
    number: usize,
    measure: &Measure,
) -> Result<Option<LayerChange>, MeasureError> {
    let (layer, id, feature) = match measure {
        Measure::CloseStreet { .. } => return Ok(None),
        Measure::Add { layer, geometry, properties } => {
            let id = FeatureId(-1 - number as i64);
            (layer, id, Some(added(entry(snapshot, layer)?, id, geometry, properties)?))
        }
        Measure::Move { layer, id, to } => {
            let entry = entry(snapshot, layer)?;
            (layer, *id, Some(moved(entry, &now(snapshot, before, layer, *id)?, *to)?))
        }
        Measure::Close { layer, id } => {
            entry(snapshot, layer)?;
            now(snapshot, before, layer, *id)?;
            (layer, *id, None)
        }
    };
    Ok(Some(LayerChange { seq: snapshot.seq, layer: layer.clone(), id, feature }))
}

/// The layer, when its features are places or links. Others (homes, areas) say what is counted: a
/// comparison across a change of them would compare different things.
fn entry<'s>(snapshot: &'s Snapshot, layer: &Ident) -> Result<&'s CatalogueEntry, MeasureError> {
    let entry = snapshot.catalogue.get(layer.as_str()).ok_or_else(|| MeasureError::UnknownLayer(layer.clone()))?;
    let has_places = snapshot.catalogue.categories.iter().any(|c| c.rules.iter().any(|rule| rule.layer == *layer));
    let known = has_places || layer.as_str() == LINK_LAYER;
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
    geometry: &geojson::Geometry,
    properties: &Map<String, Value>,
) -> Result<Feature, MeasureError> {
    let faulty = |field: &str, detail: String| MeasureError::Faulty { field: field.into(), detail };
    let geometry = geo::Geometry::try_from(geometry.clone()).map_err(|e| faulty("geometry", e.to_string()))?;
    let new = NewFeature { geometry, properties: properties.clone(), source: source::EDIT.into(), reference: None };
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
