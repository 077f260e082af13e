//! Areas beside each other: how far one would lie over its neighbours. Looks at one level at a time.

use super::data::LayerData;
use super::feature::FeatureId;
use crate::geometry::{BBox, LonLat, Plane};
use geo::{Area, BooleanOps, Euclidean, Geometry, Length, MapCoords, MultiPolygon};

/// How exactly borders are drawn: coordinates travel with 7 decimals. An overlap is less than this
/// wide along the whole border, and a square metre, or it is one.
const BORDER_M: f64 = 0.02;
const SLIVER_M2: f64 = 1.0;

/// Land that two areas share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    pub with: FeatureId,
    pub area_m2: f64,
}

/// Square metres that an area may share with its neighbours.
pub fn tolerance_m2(geometry: &Geometry) -> f64 {
    let Some(plane) = plane(geometry) else { return SLIVER_M2 };
    let rings = areas(geometry, &plane).unwrap_or_else(|| MultiPolygon(Vec::new()));
    SLIVER_M2 + BORDER_M * rings.iter().map(|p| Euclidean.length(p.exterior())).sum::<f64>()
}

/// The layer's features that an area would lie over, in order of id; `own` is the feature that it
/// replaces.
pub fn overlaps(data: &LayerData, own: Option<FeatureId>, geometry: &Geometry) -> Vec<Overlap> {
    let Some(bbox) = BBox::of(geometry) else { return Vec::new() };
    let tolerance = tolerance_m2(geometry);
    let others = data.in_bbox(bbox).filter(|f| Some(f.id) != own);
    let found = others.filter_map(|f| {
        let area_m2 = shared_m2(geometry, &f.geometry);
        (area_m2 > tolerance).then_some(Overlap { with: f.id, area_m2 })
    });
    let mut found: Vec<Overlap> = found.collect();
    found.sort_by_key(|o| o.with);
    found
}

/// Square metres that both geometries cover.
pub fn shared_m2(a: &Geometry, b: &Geometry) -> f64 {
    let apart = BBox::of(a).zip(BBox::of(b)).is_none_or(|(a, b)| !a.intersects(b));
    let Some(plane) = plane(a).filter(|_| !apart) else { return 0.0 };
    match (areas(a, &plane), areas(b, &plane)) {
        (Some(a), Some(b)) => a.intersection(&b).unsigned_area(),
        _ => 0.0,
    }
}

fn plane(geometry: &Geometry) -> Option<Plane> {
    let (lon, lat) = BBox::of(geometry)?.centre();
    LonLat::new(lon, lat).ok().map(Plane::around)
}

fn areas(geometry: &Geometry, plane: &Plane) -> Option<MultiPolygon> {
    let areas = match geometry {
        Geometry::Polygon(p) => MultiPolygon(vec![p.clone()]),
        Geometry::MultiPolygon(all) => all.clone(),
        _ => return None,
    };
    Some(areas.map_coords(|c| {
        let xy = plane.degrees_to_xy(c.x, c.y);
        geo::Coord { x: xy.x, y: xy.y }
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{feature, snapshot, square};
    use super::*;
    use serde_json::json;

    #[test]
    fn neighbours_touch_and_overlaps_are_measured_in_square_metres() {
        let grid = |id, x| feature(id, square(x, 0.0, 1.0), json!({"code": id.to_string(), "name": "a"}));
        let map = snapshot(vec![("grid", vec![grid(1, 0.0), grid(2, 1.0), grid(3, 5.0)])]);
        let over =
            |own: Option<i64>, x: f64| overlaps(&map.layers["grid"], own.map(FeatureId), &square(x, 0.0, 1.0).into());
        assert_eq!(over(Some(1), 0.0), []);
        let found = over(None, 0.5);
        assert_eq!(found.iter().map(|o| o.with.0).collect::<Vec<_>>(), [1, 2]);
        // Half of a square of a thousandth of a degree at 29° north.
        let half = 0.5 * 97_417.0 * 110_849.0 / 1e6;
        assert!(found.iter().all(|o| (o.area_m2 - half).abs() < 5.0), "{found:?} {half}");
        assert_eq!(over(Some(1), 0.000_005), [], "half a millimetre");
    }
}
