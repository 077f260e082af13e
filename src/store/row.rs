//! A feature as the cells of a row, and back. What a writer hands in is checked here so that
//! what one call writes the next one can read; what another program wrote and cannot be read
//! gets a reason. Pure.

use super::wkb::{self, WkbError};
use crate::atlas::layer::{GeometryKind, PropertyType};
use crate::atlas::{CatalogueEntry, Feature, FeatureId, NewFeature, Property};
use crate::geometry::BBox;
use geo::{CoordsIter, Geometry};
use serde_json::{Map, Value};

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Text(String),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    /// A list or an object.
    Json(Value),
}

/// A row to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub geometry: Geometry,
    pub bbox: BBox,
    pub source: String,
    pub reference: Option<String>,
    /// Properties that have no column.
    pub extra: Option<Value>,
    /// In the order of the layer's properties.
    pub cells: Vec<Cell>,
}

/// Why a feature cannot be a row of its layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    pub field: String,
    pub detail: String,
}

/// A row as it was read, nothing checked but the types of cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    pub id: FeatureId,
    pub geometry: Result<Geometry, WkbError>,
    pub source: Option<String>,
    pub reference: Option<String>,
    pub version: Option<i64>,
    pub updated_at: Option<String>,
    pub extra: Option<Value>,
    pub cells: Vec<Cell>,
}

/// Features of a layer, and the rows that are none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    pub features: Vec<Feature>,
    pub set_aside: Vec<SetAside>,
}

/// A row that another program wrote in a way that cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    pub id: FeatureId,
    pub reason: String,
}

impl Loaded {
    /// Adds what became of one row.
    pub fn push(&mut self, entry: &CatalogueEntry, id: FeatureId, stored: Result<Stored, String>) {
        match stored.and_then(|s| feature(entry, s)) {
            Ok(feature) => self.features.push(feature),
            Err(reason) => self.set_aside.push(SetAside { id, reason }),
        }
    }
}

/// The row of a new feature.
pub fn row(entry: &CatalogueEntry, feature: NewFeature) -> Result<Row, Misfit> {
    let misfit = |field: &str, detail: String| Misfit { field: field.to_owned(), detail };
    let geometry = wkb::single(feature.geometry);
    let bbox = check_geometry(entry.layer.geometry, &geometry).map_err(|d| misfit("geometry", d))?;
    let mut properties = feature.properties;
    let mut cells = Vec::with_capacity(entry.properties.len());
    for property in &entry.properties {
        let value = properties.shift_remove(property.name.as_str()).unwrap_or_default();
        cells.push(cell(property, value).map_err(|d| misfit(property.name.as_str(), d))?);
    }
    let extra = (!properties.is_empty()).then_some(Value::Object(properties));
    let texts = [Some(&feature.source), feature.reference.as_ref()];
    let nul = extra.as_ref().is_some_and(holds_nul) || texts.into_iter().flatten().any(|t| t.contains('\0'));
    if nul {
        return Err(misfit("properties", NUL.to_owned()));
    }
    Ok(Row { geometry, bbox, source: feature.source, reference: feature.reference, extra, cells })
}

/// PostgreSQL cannot keep it, so neither database does.
const NUL: &str = "holds a NUL character";

fn cell(property: &Property, value: Value) -> Result<Cell, String> {
    if holds_nul(&value) {
        return Err(NUL.to_owned());
    }
    Ok(match (property.kind, value) {
        (_, Value::Null) => Cell::Null,
        (PropertyType::String, Value::String(text)) => Cell::Text(text),
        (PropertyType::Integer, Value::Number(n)) => {
            let whole = n.as_i64().or_else(|| whole(n.as_f64()?));
            Cell::Integer(whole.ok_or_else(|| format!("{n} is not a whole number of 64 bits"))?)
        }
        (PropertyType::Number, Value::Number(n)) => {
            Cell::Number(n.as_f64().ok_or_else(|| format!("{n} is too large"))?)
        }
        (PropertyType::Boolean, Value::Bool(b)) => Cell::Boolean(b),
        (PropertyType::Array, v @ Value::Array(_)) | (PropertyType::Object, v @ Value::Object(_)) => Cell::Json(v),
        (kind, other) => return Err(format!("{other} is not of type {}", format!("{kind:?}").to_lowercase())),
    })
}

/// The integer that a float is, if it is one exactly.
pub fn whole(n: f64) -> Option<i64> {
    (n.fract() == 0.0 && n.abs() < 9_007_199_254_740_992.0).then_some(n as i64)
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(k, v)| k.contains('\0') || holds_nul(v)),
        _ => false,
    }
}

fn check_geometry(kind: GeometryKind, geometry: &Geometry) -> Result<BBox, String> {
    use Geometry as G;
    let simple = matches!(geometry, G::Point(_));
    let line = matches!(geometry, G::Line(_) | G::LineString(_) | G::MultiLineString(_));
    let polygon = matches!(geometry, G::Polygon(_) | G::Rect(_) | G::Triangle(_) | G::MultiPolygon(_));
    let (fits, wanted) = match kind {
        GeometryKind::Point => (simple, "points"),
        GeometryKind::Line => (line, "lines"),
        GeometryKind::Polygon => (polygon, "polygons"),
        GeometryKind::Any => {
            (simple || line || polygon || matches!(geometry, G::MultiPoint(_)), "points, lines and polygons")
        }
    };
    if !fits {
        return Err(format!("a {} in a layer of {wanted}", wkb::name(geometry)));
    }
    let inside = |c: geo::Coord| crate::geometry::LonLat::try_from(c).is_ok();
    if !geometry.coords_iter().all(inside) {
        return Err(WkbError::Position.to_string());
    }
    BBox::of(geometry).ok_or_else(|| WkbError::Empty.to_string())
}

fn feature(entry: &CatalogueEntry, stored: Stored) -> Result<Feature, String> {
    let geometry = stored.geometry.map_err(|e| e.to_string())?;
    let bbox = check_geometry(entry.layer.geometry, &geometry)?;
    let mut properties = Map::new();
    for (property, cell) in entry.properties.iter().zip(stored.cells) {
        let value = match cell {
            Cell::Null => continue,
            Cell::Text(text) => Value::String(text),
            Cell::Integer(n) => n.into(),
            Cell::Number(n) => n.into(),
            Cell::Boolean(b) => b.into(),
            Cell::Json(value) => value,
        };
        properties.insert(property.name.to_string(), value);
    }
    match stored.extra {
        Some(Value::Object(extra)) => {
            extra.into_iter().for_each(|(k, v)| {
                properties.entry(k).or_insert(v);
            });
        }
        Some(_) => return Err("extra is not a JSON object".to_owned()),
        None => {}
    }
    Ok(Feature {
        id: stored.id,
        version: stored.version.unwrap_or(1),
        geometry,
        properties,
        source: stored.source.unwrap_or_else(|| crate::atlas::feature::source::EDIT.to_owned()),
        reference: stored.reference,
        updated_at: stored.updated_at.unwrap_or_else(|| "1970-01-01T00:00:00.000Z".to_owned()),
        bbox,
    })
}
