//! How values look on the wire: coordinates with 7 decimals, boxes, GeoJSON geometries, moments.

use crate::geometry::BBox;
use chrono::{DateTime, SecondsFormat, Utc};
use geo::{Coord, Geometry, LineString, Polygon};
use serde_json::{Value, json};

/// Degrees with 7 decimals (about a centimetre).
pub fn degrees(value: f64) -> f64 {
    // Adding zero turns -0 into 0.
    (value * 1e7).round() / 1e7 + 0.0
}

/// Metres with one decimal.
pub fn metres(value: f64) -> f64 {
    (value * 10.0).round() / 10.0 + 0.0
}

/// RFC 3339 in UTC.
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// West, south, east, north.
pub fn bbox(b: BBox) -> [f64; 4] {
    b.array().map(degrees)
}

/// The geometry as GeoJSON (RFC 7946): outer rings run counter-clockwise, holes clockwise.
pub fn geometry(geometry: &Geometry) -> Value {
    let (kind, coordinates) = match geometry {
        Geometry::Point(p) => ("Point", position(p.0)),
        Geometry::Line(l) => ("LineString", json!([position(l.start), position(l.end)])),
        Geometry::LineString(l) => ("LineString", line(l)),
        Geometry::Polygon(p) => ("Polygon", rings(p)),
        Geometry::MultiPoint(all) => ("MultiPoint", all.iter().map(|p| position(p.0)).collect()),
        Geometry::MultiLineString(all) => ("MultiLineString", all.iter().map(line).collect()),
        Geometry::MultiPolygon(all) => ("MultiPolygon", all.iter().map(rings).collect()),
        Geometry::Rect(r) => ("Polygon", rings(&r.to_polygon())),
        Geometry::Triangle(t) => ("Polygon", rings(&t.to_polygon())),
        Geometry::GeometryCollection(all) => {
            let parts: Vec<Value> = all.iter().map(self::geometry).collect();
            return json!({"type": "GeometryCollection", "geometries": parts});
        }
    };
    json!({"type": kind, "coordinates": coordinates})
}

fn position(c: Coord) -> Value {
    json!([degrees(c.x), degrees(c.y)])
}

fn line(line: &LineString) -> Value {
    line.coords().map(|c| position(*c)).collect()
}

fn rings(polygon: &Polygon) -> Value {
    let holes = polygon.interiors().iter().map(|r| ring(r, false));
    std::iter::once(ring(polygon.exterior(), true)).chain(holes).collect()
}

fn ring(ring: &LineString, counter_clockwise: bool) -> Value {
    if runs_counter_clockwise(ring) == counter_clockwise {
        line(ring)
    } else {
        ring.0.iter().rev().map(|c| position(*c)).collect()
    }
}

/// Which way a ring runs; one without area counts as right.
pub fn runs_counter_clockwise(ring: &LineString) -> bool {
    doubled_area(ring) >= 0.0
}

/// Twice the signed area (shoelace), positive when the ring runs counter-clockwise. Taken from
/// the first point, lest small rings drown in the size of the coordinates.
fn doubled_area(ring: &LineString) -> f64 {
    let Some(o) = ring.0.first() else { return 0.0 };
    ring.lines().map(|s| (s.start.x - o.x) * (s.end.y - o.y) - (s.end.x - o.x) * (s.start.y - o.y)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_are_turned_as_geojson_wants_them() {
        let outer = vec![(0., 0.), (0., 2.), (2., 2.), (2., 0.), (0., 0.)];
        let hole = vec![(0.5, 0.5), (1., 0.5), (1., 1.), (0.5, 0.5)];
        let clockwise = Polygon::new(outer.into(), vec![hole.into()]);
        let value = geometry(&clockwise.into());
        assert_eq!(value["coordinates"][0][1], json!([2.0, 0.0]));
        assert_eq!(value["coordinates"][1][1], json!([1.0, 1.0]));
    }

    #[test]
    fn coordinates_have_seven_decimals_and_no_negative_zero() {
        assert_eq!(json!(degrees(116.123_456_789)).to_string(), "116.1234568");
        assert_eq!(json!(degrees(-1e-9)).to_string(), "0.0");
    }
}
