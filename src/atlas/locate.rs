//! Which areas a point lies in: one a level of the area tree, all zones over it, and who is
//! responsible there. A point on a shared border belongs to the area with the lowest code.

use super::areas::Area;
use super::catalogue::CatalogueEntry;
use super::feature::{Feature, FeatureId};
use super::layer::{Access, AreaRole, Ident};
use super::snapshot::Snapshot;
use crate::geometry::{BBox, LonLat, Metres, Plane, Xy};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

/// Areas this near to a point are named as neighbours: about the error of a phone's position.
pub const NEAR_BORDER: Metres = Metres(20.0);

/// An area, as answers name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AreaRef {
    #[schema(value_type = String)]
    pub layer: Ident,
    #[schema(value_type = i64)]
    pub id: FeatureId,
    pub code: Option<String>,
    pub name: Option<String>,
}

/// Somebody responsible, with public fields only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Worker {
    pub name: String,
    pub role: String,
}

/// The answer of [`locate`].
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Location {
    /// One area a level, widest first; levels without an area here are left out.
    pub areas: Vec<AreaRef>,
    /// Zones over the point, by layer and code.
    pub zones: Vec<AreaRef>,
    /// Metres to the nearest border of the finest area; `None` where there is no area.
    pub border_m: Option<f64>,
    /// Other areas of the finest level within [`NEAR_BORDER`], by code.
    pub neighbours: Vec<AreaRef>,
    /// Workers of the areas, finest first, then of the zones.
    pub workers: Vec<Worker>,
}

/// Where the point lies in the public layers; empty outside all areas.
pub fn locate(snapshot: &Snapshot, at: LonLat) -> Location {
    let mut tree: Vec<(&CatalogueEntry, &Arc<Area>)> = Vec::new();
    let mut zones: Vec<(&CatalogueEntry, &Arc<Area>)> = Vec::new();
    for (level, entry) in public_levels(snapshot) {
        let Some(index) = snapshot.areas(entry.layer.id.as_str()) else { continue };
        match level {
            Some(_) => tree.extend(index.at(at).min_by(|a, b| a.rank().cmp(&b.rank())).map(|area| (entry, area))),
            None => {
                let mut here: Vec<_> = index.at(at).collect();
                here.sort_by(|a, b| a.rank().cmp(&b.rank()));
                zones.extend(here.into_iter().map(|area| (entry, area)));
            }
        }
    }
    let mut location = Location {
        areas: tree.iter().map(|(e, a)| area_ref(e, &a.feature)).collect(),
        zones: zones.iter().map(|(e, a)| area_ref(e, &a.feature)).collect(),
        workers: tree.iter().rev().chain(&zones).flat_map(|(e, a)| workers(e, &a.feature)).collect(),
        ..Location::default()
    };
    if let Some((entry, area)) = tree.last() {
        let border = area.border_distance(at);
        location.border_m = Some(border.0);
        if border < NEAR_BORDER {
            location.neighbours = neighbours(snapshot, entry, area, at);
        }
    }
    location
}

/// Public area layers: levels from the widest (`Some`), then zones (`None`).
fn public_levels(snapshot: &Snapshot) -> Vec<(Option<u8>, &CatalogueEntry)> {
    let public = snapshot.catalogue.iter().filter(|e| e.layer.access == Access::Public);
    let mut levels: Vec<_> = public
        .filter_map(|e| match e.layer.area? {
            AreaRole::Level(level) => Some((Some(level), e)),
            AreaRole::Zone => Some((None, e)),
        })
        .collect();
    levels.sort_by_key(|(level, _)| level.map_or(u16::MAX, u16::from));
    levels
}

fn neighbours(snapshot: &Snapshot, entry: &CatalogueEntry, own: &Area, at: LonLat) -> Vec<AreaRef> {
    let plane = Plane::around(at);
    let (west, south) = plane.to_degrees(Xy { x: -NEAR_BORDER.0, y: -NEAR_BORDER.0 });
    let (east, north) = plane.to_degrees(Xy { x: NEAR_BORDER.0, y: NEAR_BORDER.0 });
    let Some(index) = snapshot.areas(entry.layer.id.as_str()) else { return Vec::new() };
    let mut near: Vec<_> = index
        .in_bbox(BBox { west, south, east, north })
        .filter(|area| area.feature.id != own.feature.id && area.border_distance(at) < NEAR_BORDER)
        .collect();
    near.sort_by(|a, b| a.rank().cmp(&b.rank()));
    near.into_iter().map(|area| area_ref(entry, &area.feature)).collect()
}

fn area_ref(entry: &CatalogueEntry, feature: &Feature) -> AreaRef {
    AreaRef {
        layer: entry.layer.id.clone(),
        id: feature.id,
        code: entry.public(entry.layer.roles.code.as_ref()).and_then(|p| feature.text(Some(p))).map(str::to_owned),
        name: entry.public(entry.layer.roles.name.as_ref()).and_then(|p| feature.text(Some(p))).map(str::to_owned),
    }
}

fn workers(entry: &CatalogueEntry, feature: &Feature) -> Vec<Worker> {
    let role = entry.public(entry.layer.roles.workers.as_ref());
    let list = role.and_then(|name| feature.properties.get(name.as_str())).and_then(Value::as_array);
    let text = |worker: &Value, key: &str| worker.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let all = list.into_iter().flatten().map(|w| Worker { name: text(w, "name"), role: text(w, "role") });
    all.filter(|w| !w.name.is_empty()).collect()
}
