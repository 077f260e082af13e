//! Which areas a point lies in: one a level of the area tree, all zones over it, and who is
//! responsible there. A point on a shared border belongs to the area with the lowest code.

use super::areas::Area;
use super::catalogue::CatalogueEntry;
use super::feature::{Feature, FeatureId};
use super::layer::{AreaRole, Ident, Layer};
use super::snapshot::Snapshot;
use crate::geometry::{LonLat, Metres};
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

impl AreaRef {
    pub fn new(layer: &Layer, feature: &Feature) -> Self {
        Self {
            layer: layer.id.clone(),
            id: feature.id,
            code: feature.code(layer).map(str::to_owned),
            name: feature.name(layer).map(str::to_owned),
        }
    }
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

/// Where the point lies in the layers of this snapshot; empty outside all areas.
pub fn locate(snapshot: &Snapshot, at: LonLat) -> Location {
    let mut tree: Vec<(&CatalogueEntry, &Arc<Area>)> = Vec::new();
    let mut zones: Vec<(&CatalogueEntry, &Arc<Area>)> = Vec::new();
    for (level, entry) in levels(snapshot) {
        let Some(index) = snapshot.areas(entry.layer.id.as_str()) else { continue };
        match level {
            Some(_) => tree.extend(index.owner(at).map(|area| (entry, area))),
            None => {
                let mut here: Vec<_> = index.at(at).collect();
                here.sort_by(|a, b| a.rank().cmp(&b.rank()));
                zones.extend(here.into_iter().map(|area| (entry, area)));
            }
        }
    }
    let mut location = Location {
        areas: tree.iter().map(|(e, a)| AreaRef::new(&e.layer, &a.feature)).collect(),
        zones: zones.iter().map(|(e, a)| AreaRef::new(&e.layer, &a.feature)).collect(),
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

/// Area layers: levels from the widest (`Some`), then zones (`None`).
fn levels(snapshot: &Snapshot) -> Vec<(Option<u8>, &CatalogueEntry)> {
    let mut levels: Vec<_> = snapshot
        .catalogue
        .iter()
        .filter_map(|e| match e.layer.area? {
            AreaRole::Level(level) => Some((Some(level), e)),
            AreaRole::Zone => Some((None, e)),
        })
        .collect();
    levels.sort_by_key(|(level, _)| level.map_or(u16::MAX, u16::from));
    levels
}

fn neighbours(snapshot: &Snapshot, entry: &CatalogueEntry, own: &Area, at: LonLat) -> Vec<AreaRef> {
    let near = snapshot.areas_near(entry.layer.id.as_str(), at, NEAR_BORDER);
    let others = near.into_iter().map(|(area, _)| area).filter(|area| area.feature.id != own.feature.id);
    others.map(|area| AreaRef::new(&entry.layer, &area.feature)).collect()
}

fn workers(entry: &CatalogueEntry, feature: &Feature) -> Vec<Worker> {
    let role = entry.layer.roles.workers.as_ref();
    let list = role.and_then(|name| feature.properties.get(name.as_str())).and_then(Value::as_array);
    let text = |worker: &Value, key: &str| worker.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let all = list.into_iter().flatten().map(|w| Worker { name: text(w, "name"), role: text(w, "role") });
    all.filter(|w| !w.name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::areas::Side;
    use super::super::testing::{feature, snapshot, square};
    use super::*;
    use crate::geometry::BBox;
    use proptest::prelude::*;
    use serde_json::json;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).expect("in range")
    }

    fn area(id: i64, code: &str, x: f64, y: f64, side: f64) -> Feature {
        let workers = json!([{"name": format!("工{id}"), "role": "grid_worker", "phone": "13800000000"}]);
        let properties = json!({"code": code, "name": code, "kind": "exclusive_grid", "workers": workers});
        feature(id, square(x, y, side), properties)
    }

    /// ```text
    ///   12 | 11      grids, one thousandth of a degree wide (97 m); the town covers both
    /// ```
    fn town() -> Snapshot {
        snapshot(vec![
            ("town", vec![area(1, "1", 0.0, 0.0, 2.0)]),
            ("grid", vec![area(1, "12", 0.0, 0.0, 1.0), area(2, "11", 1.0, 0.0, 1.0)]),
            ("zone", vec![area(1, "z2", 0.5, 0.0, 1.0), area(2, "z1", 0.5, 0.0, 1.0)]),
        ])
    }

    fn codes(areas: &[AreaRef]) -> Vec<&str> {
        areas.iter().filter_map(|a| a.code.as_deref()).collect()
    }

    #[test]
    fn a_point_has_one_area_a_level_widest_first_and_every_zone() {
        let here = locate(&town(), at(116.0007, 29.0005));
        assert_eq!(codes(&here.areas), ["1", "12"]);
        assert_eq!(codes(&here.zones), ["z1", "z2"]);
        let border = here.border_m.expect("in a grid");
        assert!((border - 0.0003 * 97_367.0).abs() < 0.1, "{border}");
        assert!(here.neighbours.is_empty(), "29 m is not near");
    }

    #[test]
    fn a_point_on_a_border_belongs_to_the_lowest_code() {
        let here = locate(&town(), at(116.001, 29.0005));
        assert_eq!(codes(&here.areas), ["1", "11"]);
        assert_eq!(here.border_m, Some(0.0));
        assert_eq!(codes(&here.neighbours), ["12"]);
    }

    #[test]
    fn workers_come_with_their_public_fields_only() {
        let here = locate(&town(), at(116.0007, 29.0005));
        let worker = |name: &str| Worker { name: name.into(), role: "grid_worker".into() };
        assert_eq!(here.workers, [worker("工1"), worker("工2"), worker("工1")], "grid, then zones by code");
        assert!(!serde_json::to_string(&here).expect("JSON").contains("138"));
    }

    #[test]
    fn a_point_outside_has_no_area() {
        assert_eq!(locate(&town(), at(116.5, 29.5)), Location::default());
    }

    #[test]
    fn a_hole_is_outside_and_its_border_is_not() {
        let hole =
            geo::Polygon::new(square(0.0, 0.0, 3.0).exterior().clone(), vec![square(1.0, 1.0, 1.0).exterior().clone()]);
        let snapshot = snapshot(vec![("grid", vec![feature(1, hole, json!({"code": "1", "name": "环"}))])]);
        assert!(locate(&snapshot, at(116.0015, 29.0015)).areas.is_empty());
        assert_eq!(locate(&snapshot, at(116.001, 29.001)).areas.len(), 1);
        let near = locate(&snapshot, at(116.0009, 29.0015)).border_m.expect("inside");
        assert!((near - 9.74).abs() < 0.05, "{near}: the hole's border counts");
    }

    const N: usize = 6;

    /// Quadrangles over a lattice whose corners were moved: a partition with shared corners.
    fn partition(moves: &[(f64, f64)]) -> Snapshot {
        let corner = |i: usize, j: usize| {
            let (dx, dy) = moves[i * (N + 1) + j];
            geo::Coord { x: 116.0 + (i as f64 + dx) / 1000.0, y: 29.0 + (j as f64 + dy) / 1000.0 }
        };
        let cells = (0..N * N).map(|n| {
            let (i, j) = (n / N, n % N);
            let ring = vec![corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
            let code = format!("{:03}", (n * 17) % 100);
            feature(n as i64, geo::Polygon::new(ring.into(), vec![]), json!({"code": code, "name": code}))
        });
        snapshot(vec![("grid", cells.collect())])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn every_point_of_a_partition_belongs_to_exactly_one_area(
            moves in prop::collection::vec((-0.3..0.3f64, -0.3..0.3f64), (N + 1) * (N + 1)),
            points in prop::collection::vec((0.4..5.6f64, 0.4..5.6f64), 50),
            share in 0.0..1.0f64,
        ) {
            let snapshot = partition(&moves);
            let index = snapshot.areas("grid").expect("areas");
            let mut all: Vec<LonLat> =
                points.iter().map(|(x, y)| at(116.0 + x / 1000.0, 29.0 + y / 1000.0)).collect();
            for cell in snapshot.layers["grid"].features.values() {
                let geo::Geometry::Polygon(polygon) = &cell.geometry else { continue };
                for line in polygon.exterior().lines() {
                    all.push(LonLat::try_from(line.start).expect("in range"));
                    all.push(LonLat::try_from(line.start + line.delta() * share).expect("in range"));
                }
            }
            let everything = BBox { west: 115.0, south: 28.0, east: 117.0, north: 30.0 };
            for p in all.into_iter().filter(|p| (116.0004..116.0056).contains(&p.lon()))
                .filter(|p| (29.0004..29.0056).contains(&p.lat())) {
                let sides: Vec<(Side, Option<&str>)> =
                    index.in_bbox(everything).map(|a| (a.side(p), a.code.as_deref())).collect();
                let inside: Vec<_> = sides.iter().filter(|s| s.0 == Side::Inside).collect();
                let lowest = sides.iter().filter(|s| s.0 != Side::Outside).filter_map(|s| s.1).min();
                prop_assert!(inside.len() <= 1);
                prop_assert!(lowest.is_some(), "no area at {p:?}");
                prop_assert!(inside.is_empty() || sides.iter().all(|s| s.0 != Side::Border));
                let found = locate(&snapshot, p).areas;
                prop_assert_eq!(found.len(), 1);
                prop_assert_eq!(found[0].code.as_deref(), lowest);
            }
        }
    }
}
