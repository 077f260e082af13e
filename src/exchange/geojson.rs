//! GeoJSON (RFC 7946): a collection, single features, or one feature a line. One bad feature
//! does not hide the others.

use super::error::{ExchangeError, check_file, shown};
use super::record::{Record, SYNTHETIC, rounded};
use crate::atlas::{CatalogueEntry, Feature};
use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use std::path::Path;

const EXPECTED: &str = "GeoJSON";

/// Reads the features of a file, numbered from 1.
pub fn read(path: &Path) -> Result<Vec<Record>, ExchangeError> {
    check_file(path)?;
    let bytes = std::fs::read(path).map_err(|e| ExchangeError::io(path, e))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let wrong = |detail: String| ExchangeError::Format { file: shown(path), expected: EXPECTED, detail };
    // RFC 8142 puts a record separator before each feature of a sequence.
    let plain: Vec<u8> = bytes.iter().copied().filter(|b| *b != 0x1e).collect();
    let mut records = Vec::new();
    for value in serde_json::Deserializer::from_slice(&plain).into_iter::<Value>() {
        take(value.map_err(|e| wrong(e.to_string()))?, &mut records).map_err(wrong)?;
    }
    Ok(records)
}

fn take(value: Value, records: &mut Vec<Record>) -> Result<(), String> {
    let Value::Object(mut object) = value else { return Err("its parts must be objects".into()) };
    check_crs(&object)?;
    match object.get("type").and_then(Value::as_str) {
        Some("FeatureCollection") => {
            let features = object.remove("features").unwrap_or_default();
            let Value::Array(features) = features else { return Err("its \"features\" is no list".into()) };
            records.reserve(features.len());
            for feature in features {
                let row = records.len() + 1;
                records.push(record(row, feature));
            }
            Ok(())
        }
        Some("Feature") => {
            records.push(record(records.len() + 1, Value::Object(object)));
            Ok(())
        }
        Some(kind) => Err(format!("it holds a {kind} where a Feature or FeatureCollection is wanted")),
        None => Err("it has no \"type\"".into()),
    }
}

/// Old files may name a coordinate system; only degrees of WGS 84 or CGCS2000 are read.
fn check_crs(object: &Map<String, Value>) -> Result<(), String> {
    let Some(name) = object.get("crs").and_then(|c| c.pointer("/properties/name")).and_then(Value::as_str) else {
        return Ok(());
    };
    let plain = ["CRS84", ":4326", ":4490"].iter().any(|known| name.ends_with(known));
    if plain {
        Ok(())
    } else {
        Err(format!("its coordinate system {name} cannot be read yet; convert it to EPSG:4326"))
    }
}

fn record(row: usize, feature: Value) -> Record {
    let mut record = Record { row, geometry: None, properties: Map::new(), id: None, fault: None };
    let Value::Object(mut feature) = feature else {
        record.fault = Some("is not an object".into());
        return record;
    };
    record.id = match feature.remove("id") {
        Some(Value::String(id)) => Some(id),
        Some(Value::Number(id)) => Some(id.to_string()),
        _ => None,
    };
    match feature.remove("properties") {
        Some(Value::Object(properties)) => record.properties = properties,
        None | Some(Value::Null) => {}
        Some(_) => record.fault = Some("its \"properties\" is no object".into()),
    }
    record.geometry = match feature.get("geometry") {
        None | Some(Value::Null) => Some(Err("is missing".into())),
        Some(geometry) => Some(geometry_of(geometry)),
    };
    record
}

/// The geometry of a GeoJSON object, or what is wrong with it. Heights are dropped.
pub fn geometry_of(value: &Value) -> Result<Geometry, String> {
    let kind = value.get("type").and_then(Value::as_str).ok_or("has no \"type\"")?;
    let coordinates = value.get("coordinates").ok_or_else(|| format!("the {kind} has no \"coordinates\""));
    Ok(match kind {
        "Point" => Geometry::Point(Point(position(coordinates?)?)),
        "MultiPoint" => Geometry::MultiPoint(MultiPoint(list(coordinates?, |v| position(v).map(Point))?)),
        "LineString" => Geometry::LineString(LineString(list(coordinates?, position)?)),
        "MultiLineString" => {
            Geometry::MultiLineString(MultiLineString(list(coordinates?, |v| list(v, position).map(LineString))?))
        }
        "Polygon" => Geometry::Polygon(polygon(coordinates?)?),
        "MultiPolygon" => Geometry::MultiPolygon(MultiPolygon(list(coordinates?, polygon)?)),
        other => return Err(format!("a {other} cannot be kept")),
    })
}

fn list<T>(value: &Value, each: impl Fn(&Value) -> Result<T, String>) -> Result<Vec<T>, String> {
    value.as_array().ok_or("its coordinates are nested wrongly")?.iter().map(each).collect()
}

fn position(value: &Value) -> Result<Coord, String> {
    let number = |i: usize| value.get(i).and_then(Value::as_f64);
    match (number(0), number(1)) {
        (Some(x), Some(y)) => Ok(Coord { x, y }),
        _ => Err(format!("{value} is not [longitude, latitude]")),
    }
}

fn polygon(value: &Value) -> Result<Polygon, String> {
    let mut rings = list(value, |ring| list(ring, position).map(LineString))?.into_iter();
    let exterior = rings.next().ok_or("the polygon has no ring")?;
    Ok(Polygon::new(exterior, rings.collect()))
}

/// A feature with what a reader must know about it: where it came from, and that it is made up.
pub fn write(out: &mut impl Write, _entry: &CatalogueEntry, features: &[Feature]) -> io::Result<()> {
    out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
    for (i, feature) in features.iter().enumerate() {
        out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
        let mut properties = feature.properties.clone();
        properties.insert("source".into(), feature.source.clone().into());
        if let Some(reference) = &feature.reference {
            properties.insert("ref".into(), reference.clone().into());
        }
        if feature.is_synthetic() {
            properties.insert(SYNTHETIC.into(), true.into());
        }
        let geometry = geojson::GeometryValue::from(&rounded(&feature.geometry));
        let geometry = geojson::Geometry::new(geometry);
        let whole = json!({"type": "Feature", "id": feature.id, "geometry": geometry, "properties": properties});
        serde_json::to_writer(&mut *out, &whole)?;
    }
    out.write_all(b"\n]}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Result<Vec<Record>, ExchangeError> {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("a.geojson");
        std::fs::write(&path, text).expect("written");
        read(&path)
    }

    const POINT: &str = r#"{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[116,29.4,5]},"properties":{"name":"站"}}"#;

    #[test]
    fn a_collection_single_features_and_one_feature_a_line_read_alike() {
        let collection = format!(r#"{{"type":"FeatureCollection","features":[{POINT},{POINT}]}}"#);
        for text in [collection, format!("{POINT}\n{POINT}\n"), format!("\u{1e}{POINT}\n\u{1e}{POINT}")] {
            let rows = records(&text).expect("reads");
            assert_eq!(rows.iter().map(|r| r.row).collect::<Vec<_>>(), [1, 2]);
            assert_eq!(rows[1].geometry, Some(Ok(Geometry::Point(Point::new(116.0, 29.4)))));
            assert_eq!(rows[1].properties["name"], "站");
            assert_eq!(rows[1].id.as_deref(), Some("7"));
        }
    }

    #[test]
    fn a_bad_geometry_is_its_rows_own_fault() {
        for (geometry, says) in [
            (r#"null"#, "is missing"),
            (r#"{"type":"Point","coordinates":[116]}"#, "[116] is not [longitude, latitude]"),
            (r#"{"type":"Point","coordinates":["116","29"]}"#, r#"["116","29"] is not [longitude, latitude]"#),
            (r#"{"type":"Polygon","coordinates":[]}"#, "the polygon has no ring"),
            (r#"{"type":"LineString","coordinates":3}"#, "its coordinates are nested wrongly"),
            (r#"{"type":"Circle"}"#, "a Circle cannot be kept"),
        ] {
            let text = format!(r#"{{"type":"Feature","geometry":{geometry},"properties":null}}"#);
            let rows = records(&format!("{POINT}{text}{POINT}")).expect("reads");
            assert_eq!(rows.len(), 3);
            assert_eq!(rows[1].geometry, Some(Err(says.to_owned())));
        }
    }

    #[test]
    fn what_is_no_geojson_is_refused_in_one_line() {
        for (text, says) in [
            ("<html>", "expected value"),
            ("[1,2]", "must be objects"),
            (r#"{"a":1}"#, "no \"type\""),
            (r#"{"type":"Topology"}"#, "a Topology"),
            (&POINT[..60], "EOF"),
            (
                r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4527"}},"features":[]}"#,
                "EPSG::4527",
            ),
        ] {
            let error = records(text).expect_err("refused").to_string();
            assert!(error.contains(says) && !error.contains('\n'), "{error}");
        }
        assert!(matches!(records(""), Err(ExchangeError::Empty { .. })));
        let deep = "[".repeat(100_000);
        assert!(records(&deep).is_err(), "deep nesting is an error, not a crash");
    }
}
