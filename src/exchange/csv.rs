//! CSV: longitude and latitude in two columns of common names, or WKT in one. Written with a
//! byte order mark, so that spreadsheets see UTF-8.

use super::error::{ExchangeError, check_file, shown};
use super::record::{Record, SYNTHETIC, rounded};
use super::text;
use crate::atlas::{CatalogueEntry, Feature};
use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use geo::{Geometry, Point};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use wkt::{ToWkt, TryFromWkt};

const LON: [&str; 7] = ["lon", "lng", "long", "longitude", "经度", "x", "lon_wgs84"];
const LAT: [&str; 5] = ["lat", "latitude", "纬度", "y", "lat_wgs84"];
const WKT: [&str; 5] = ["wkt", "geometry", "geom", "the_geom", "几何"];

/// Which columns hold the geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Columns {
    lon: Option<usize>,
    lat: Option<usize>,
    wkt: Option<usize>,
}

/// Reads the rows of a table; a row's number is its line in the file.
pub fn read(path: &Path, encoding: Option<&str>) -> Result<Vec<Record>, ExchangeError> {
    read_with(path, encoding, [None; 2])
}

/// The same; `named` are the columns of longitude and latitude where they have other names.
pub fn read_with(path: &Path, encoding: Option<&str>, named: [Option<&str>; 2]) -> Result<Vec<Record>, ExchangeError> {
    check_file(path)?;
    let wrong = |detail: String| ExchangeError::Format { file: shown(path), expected: "a CSV table", detail };
    let bytes = std::fs::read(path).map_err(|e| ExchangeError::io(path, e))?;
    let text = text::decode(&bytes, encoding).map_err(wrong)?;
    let first = text.lines().next().unwrap_or_default();
    if first.trim_start().to_ascii_lowercase().starts_with("<!doctype") || first.trim_start().starts_with("<html") {
        return Err(wrong("it is a web page".into()));
    }
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| (count(first, *d), *d == b',')).unwrap_or(b',');
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| wrong(e.to_string()))?.clone();
    let columns = columns(&header, named).map_err(wrong)?;
    let mut records = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|e| wrong(e.to_string()))?;
        records.push(record(&header, columns, &row));
    }
    Ok(records)
}

fn count(line: &str, delimiter: u8) -> usize {
    line.bytes().filter(|b| *b == delimiter).count()
}

fn columns(header: &StringRecord, named: [Option<&str>; 2]) -> Result<Columns, String> {
    let mut seen = BTreeSet::new();
    for name in header.iter().map(str::trim) {
        if !name.is_empty() && !seen.insert(name) {
            return Err(format!("two columns are called {name:?}"));
        }
    }
    let find = |names: &[&str]| header.iter().position(|h| names.contains(&h.trim().to_lowercase().as_str()));
    let told = |name: &str| {
        let found = header.iter().position(|h| h.trim() == name);
        found.ok_or_else(|| {
            format!("it has no column {name:?}; it has {}", header.iter().collect::<Vec<_>>().join(", "))
        })
    };
    let place = |name: Option<&str>, names: &[&str]| name.map_or_else(|| Ok(find(names)), |name| told(name).map(Some));
    let (lon, lat, wkt) = (place(named[0], &LON)?, place(named[1], &LAT)?, find(&WKT));
    match (lon, lat, wkt) {
        (.., Some(_)) | (Some(_), Some(_), _) => Ok(Columns { lon, lat, wkt }),
        (Some(_), None, _) => Err("it has a longitude column and no latitude column".into()),
        (None, Some(_), _) => Err("it has a latitude column and no longitude column".into()),
        _ => Ok(Columns { lon: None, lat: None, wkt: None }),
    }
}

fn record(header: &StringRecord, columns: Columns, row: &StringRecord) -> Record {
    let line = row.position().map_or(0, |p| p.line() as usize);
    let cell = |i: usize| row.get(i).map(str::trim).filter(|v| !v.is_empty());
    let geometry_columns = [columns.lon, columns.lat, columns.wkt];
    let mut properties = Map::new();
    for (i, name) in header.iter().enumerate().filter(|(i, _)| !geometry_columns.contains(&Some(*i))) {
        let value = row.get(i).map(unguarded).filter(|v| !v.trim().is_empty());
        if !name.trim().is_empty() {
            properties.insert(name.trim().to_owned(), value.map_or(Value::Null, Value::from));
        }
    }
    let geometry = match (columns.wkt.map(cell), columns.lon.zip(columns.lat)) {
        (Some(Some(text)), _) => Some(from_wkt(text)),
        (_, Some((lon, lat))) => Some(from_lon_lat(cell(lon), cell(lat))),
        (Some(None), None) => Some(Err("is missing".into())),
        (None, None) => None,
    };
    let ragged = row.len() != header.len();
    let fault = ragged.then(|| format!("has {} cells where the header has {}", row.len(), header.len()));
    Record { row: line, geometry, properties, id: None, fault }
}

fn from_lon_lat(lon: Option<&str>, lat: Option<&str>) -> Result<Geometry, String> {
    let number = |name: &str, cell: Option<&str>| {
        let text = cell.ok_or_else(|| format!("{name} is missing"))?;
        text.parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(|| format!("{name} {text:?} is not a number"))
    };
    Ok(Point::new(number("longitude", lon)?, number("latitude", lat)?).into())
}

/// WKT, or EWKT in degrees.
fn from_wkt(text: &str) -> Result<Geometry, String> {
    let text = match text.split_once(';') {
        Some((srid, rest)) if srid.to_ascii_uppercase().starts_with("SRID=") => {
            let known = matches!(srid[5..].trim(), "4326" | "4490" | "0");
            if known { rest } else { return Err(format!("{srid} cannot be read yet; convert it to EPSG:4326")) }
        }
        _ => text,
    };
    // The parser recurses into collections, and no layer keeps one.
    if text.to_ascii_uppercase().contains("COLLECTION") {
        return Err("a collection of geometries cannot be kept".into());
    }
    Geometry::try_from_wkt_str(text).map_err(|e| format!("is not WKT: {e}"))
}

const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Text that a spreadsheet would run as a formula gets a quote before it.
pub fn guarded(text: String) -> String {
    if text.trim_start_matches('\'').starts_with(FORMULA) { format!("'{text}") } else { text }
}

fn unguarded(text: &str) -> &str {
    let risky = text.trim_start_matches('\'').starts_with(FORMULA);
    text.strip_prefix('\'').filter(|_| risky).unwrap_or(text)
}

/// The features as a table: the layer's columns, then others, then where each came from, then
/// `lon` and `lat` when all are points, then `wkt`.
pub fn write(out: &mut impl Write, entry: &CatalogueEntry, features: &[Feature]) -> io::Result<()> {
    let own: Vec<&str> = entry.properties.iter().map(|p| p.name.as_str()).collect();
    let others: BTreeSet<&str> = features.iter().flat_map(|f| f.properties.keys()).map(String::as_str).collect();
    let others = others.into_iter().filter(|k| !own.contains(k) && !["source", "ref", SYNTHETIC, "id"].contains(k));
    let names: Vec<&str> = own.iter().copied().chain(others).collect();
    let points = !features.is_empty() && features.iter().all(|f| matches!(f.geometry, Geometry::Point(_)));
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = WriterBuilder::new().from_writer(out);
    let place: &[&str] = if points { &["lon", "lat", "wkt"] } else { &["wkt"] };
    let header = ["id"].iter().chain(&names).chain(&["source", "ref", SYNTHETIC]).chain(place);
    table.write_record(header)?;
    for feature in features {
        let geometry = rounded(&feature.geometry);
        let mut row = vec![feature.id.0.to_string()];
        row.extend(names.iter().map(|name| feature.properties.get(*name).map_or_else(String::new, cell)));
        row.push(feature.source.clone());
        row.push(guarded(feature.reference.clone().unwrap_or_default()));
        row.push(if feature.is_synthetic() { "true".into() } else { String::new() });
        if let (true, Geometry::Point(p)) = (points, &geometry) {
            row.extend([p.x().to_string(), p.y().to_string()]);
        }
        row.push(geometry.wkt_string());
        table.write_record(&row)?;
    }
    table.flush()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => guarded(text.clone()),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Result<Vec<Record>, ExchangeError> {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("a.csv");
        std::fs::write(&path, text).expect("written");
        read(&path, None)
    }

    fn point(lon: f64, lat: f64) -> Option<Result<Geometry, String>> {
        Some(Ok(Point::new(lon, lat).into()))
    }

    #[test]
    fn position_columns_are_known_by_common_names() {
        for header in ["lon,lat", "LNG,Lat", "经度,纬度", "x,y", "longitude;latitude", "lon\tlat"] {
            let row = if header.contains(';') { "116;29.4" } else { "116,29.4" };
            let row = if header.contains('\t') { "116\t29.4" } else { row };
            let rows = records(&format!("{header}\n{row}\n")).expect("reads");
            assert_eq!(rows[0].geometry, point(116.0, 29.4), "{header}");
            assert!(rows[0].properties.is_empty());
        }
    }

    #[test]
    fn a_row_is_numbered_by_its_line_and_carries_its_own_faults() {
        let rows = records("name,lon,lat\n\"a\nb\",116,29\nc,x,29\nd,116\ne,116,29,1\n,,\n").expect("reads");
        assert_eq!(rows.iter().map(|r| r.row).collect::<Vec<_>>(), [2, 4, 5, 6, 7]);
        assert_eq!(rows[0].properties["name"], "a\nb");
        assert_eq!(rows[1].geometry, Some(Err("longitude \"x\" is not a number".into())));
        assert_eq!(rows[2].fault.as_deref(), Some("has 2 cells where the header has 3"));
        assert_eq!(rows[3].fault.as_deref(), Some("has 4 cells where the header has 3"));
        assert_eq!(rows[4].geometry, Some(Err("longitude is missing".into())));
        assert_eq!(rows[4].properties["name"], Value::Null);
    }

    #[test]
    fn wkt_is_read_and_deep_nesting_or_other_systems_are_refused() {
        let rows = records(
            "code,wkt\n1,\"POLYGON((0 0,1 0,1 1,0 0))\"\n2,SRID=4490;POINT(1 2)\n3,SRID=4527;POINT(1 2)\n4,POINT(\n5,\n",
        );
        let rows = rows.expect("reads");
        assert!(matches!(rows[0].geometry, Some(Ok(Geometry::Polygon(_)))));
        assert_eq!(rows[1].geometry, point(1.0, 2.0));
        assert!(matches!(&rows[2].geometry, Some(Err(e)) if e.contains("SRID=4527")));
        assert!(matches!(&rows[3].geometry, Some(Err(e)) if e.starts_with("is not WKT")));
        assert_eq!(rows[4].geometry, Some(Err("is missing".into())));
        let deep = "GEOMETRYCOLLECTION(".repeat(200_000);
        assert!(from_wkt(&deep).is_err());
    }

    #[test]
    fn a_table_without_positions_is_read_and_half_a_position_is_refused() {
        assert_eq!(records("code,name\n1,a\n").expect("reads")[0].geometry, None);
        for (text, says) in [("code,lon\n", "no latitude"), ("a,a\n", "two columns"), ("<!DOCTYPE html>\n", "web page")]
        {
            let error = records(text).expect_err("refused").to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_formula_is_disarmed_and_comes_back_as_it_was() {
        for text in ["=1+1", "+86 10", "-", "@a", "'=x", "''+", "plain", "'quoted'", ""] {
            let out = guarded(text.to_owned());
            assert!(!out.starts_with(FORMULA), "{out}");
            assert_eq!(unguarded(&out), text);
        }
    }
}
