//! `GET /api/issues/map`: cases as points, summed where there are many.

use super::desk::Desk;
use super::filter::{self, FilterParams};
use crate::geometry::BBox;
use crate::http::error::Problem;
use crate::http::link::GEOJSON;
use crate::http::params::Params;
use crate::http::wire;
use crate::store::issues::{Cell, Points};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// Points of one answer, about.
const MOST: u32 = 2_000;

/// Cases as points of a map (GeoJSON)
///
/// With the filters of the list. Each case by itself (`number`, `category`, `state`, `count` 1) when
/// there are up to 2,000 in the box; else one point a cell with `count`, `overdue` and `warned`.
#[utoipa::path(get, path = "/api/issues/map", operation_id = "issue_map", tag = "issues",
    params(FilterParams,
        ("zoom" = Option<u32>, Query, description = "Zoom of the map, 0 to 22; by the box when left out", maximum = 22)),
    responses((status = 200, content_type = "application/geo+json", body = Object)))]
pub async fn get(desk: Desk, mut params: Params) -> Result<Response, Problem> {
    let filter = filter::read(&mut params, &desk);
    let zoom = params.has("zoom").then(|| params.whole("zoom", 0, 0..=22));
    let Some(mut filter) = filter else { return Err(params.refused()) };
    params.finish()?;
    let world = BBox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
    let bbox = filter.bbox.take().unwrap_or(world);
    let points = Points { bbox, cell: cell(bbox, zoom.flatten()), most: MOST };
    let cells = desk.app.store.issue_points(&filter, points).await.map_err(Problem::store)?;
    let features: Vec<Value> = cells.iter().map(feature).collect();
    let body = json!({"type": "FeatureCollection", "features": features});
    Ok(([(header::CONTENT_TYPE, GEOJSON)], body.to_string()).into_response())
}

/// The width of cells, degrees: an eighth of a tile, and wider when the box had more than the answer
/// can hold.
fn cell(bbox: BBox, zoom: Option<u32>) -> f64 {
    let (width, height) = (bbox.east - bbox.west, bbox.north - bbox.south);
    let least = (width * height / f64::from(MOST)).sqrt().max(1e-6);
    // Powers of two, so that cells stay where they are when the map is moved.
    let mut cell = 360.0 / f64::from(1u32 << zoom.unwrap_or(22)) / 8.0;
    while cell < least {
        cell *= 2.0;
    }
    cell
}

fn feature(cell: &Cell) -> Value {
    let mut properties = Map::new();
    properties.insert("count".into(), cell.count.into());
    properties.insert("overdue".into(), cell.overdue.into());
    properties.insert("warned".into(), cell.warned.into());
    if let Some((number, category, state)) = &cell.only {
        properties.insert("number".into(), json!(number));
        properties.insert("category".into(), json!(category));
        properties.insert("state".into(), json!(state));
    }
    let at = [wire::degrees(cell.at.lon()), wire::degrees(cell.at.lat())];
    json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": properties})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_narrow_as_the_answer_can_hold() {
        let town = BBox { west: 112.4, south: 32.9, east: 112.7, north: 33.1 };
        let deep = cell(town, Some(22));
        assert!(0.3 / deep * (0.2 / deep) <= f64::from(MOST) && 0.3 / deep * (0.2 / deep) > 400.0, "{deep}");
        assert!((cell(town, Some(5)) - 360.0 / 32.0 / 8.0).abs() < 1e-9);
        assert!(cell(BBox { west: 1.0, south: 1.0, east: 1.0, north: 1.0 }, None) > 0.0);
    }
}
