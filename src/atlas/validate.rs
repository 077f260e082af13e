//! May this feature enter its layer? Properties are coerced where nothing is lost and checked
//! against the layer's schema; the geometry must be of the layer's kind, finite, in range and
//! valid. Looks at one feature alone: its neighbours are `check`'s business.

use super::catalogue::CatalogueEntry;
use super::feature::NewFeature;
use super::layer::{GeometryKind, PropertyType};
use crate::geometry::{LonLat, validity};
use geo::orient::{Direction, Orient};
use geo::{CoordsIter, Geometry, GeometryCollection, LineString};
use jsonschema::error::ValidationErrorKind;
use serde::Serialize;
use serde_json::{Map, Number, Value};

/// What is wrong with one field; `geometry` for the geometry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct Fault {
    pub field: String,
    pub detail: String,
}

/// Points a geometry may have; a larger one is a mistake or an attack.
pub const MAX_POINTS: usize = 100_000;

const GEOMETRY: &str = "geometry";

fn fault(field: &str, detail: impl Into<String>) -> Fault {
    Fault { field: field.to_owned(), detail: detail.into() }
}

/// The feature as the layer wants it, or everything that is wrong with it.
///
/// Coerced: numbers to text (101 → "101"), text to numbers ("12" → 12) and to true or false
/// ("是", "yes", "1"), JSON text to lists and objects, text with `;` to lists of text. `null` and
/// empty text where no text is wanted count as absent. Polygons leave with outer rings
/// counter-clockwise (RFC 7946).
pub fn validate(entry: &CatalogueEntry, feature: NewFeature) -> Result<NewFeature, Vec<Fault>> {
    let properties = coerce(entry, feature.properties);
    let instance = Value::Object(properties);
    let mut faults: Vec<Fault> = entry.schema.iter_errors(&instance).map(|e| schema_fault(&e)).collect();
    let Value::Object(properties) = instance else { return Err(faults) };
    faults.extend(entrance_faults(entry, &properties));
    match geometry(entry.layer.geometry, feature.geometry) {
        Ok(geometry) if faults.is_empty() => Ok(NewFeature { geometry, properties, ..feature }),
        Ok(_) => Err(faults),
        Err(fault) => {
            faults.push(fault);
            Err(faults)
        }
    }
}

fn schema_fault(error: &jsonschema::ValidationError<'_>) -> Fault {
    let path = error.instance_path().to_string();
    let mut parts = path.split('/').skip(1);
    match (parts.next(), error.kind()) {
        (None, ValidationErrorKind::Required { property }) => {
            fault(property.as_str().unwrap_or_default(), "is missing")
        }
        (None, _) => fault("properties", error.to_string()),
        (Some(name), _) => {
            let rest: Vec<&str> = parts.collect();
            let place = if rest.is_empty() { String::new() } else { format!("{}: ", rest.join("/")) };
            fault(name, format!("{place}{error}"))
        }
    }
}

fn entrance_faults(entry: &CatalogueEntry, properties: &Map<String, Value>) -> Option<Fault> {
    let name = entry.layer.roles.entrances.as_ref()?;
    let bad = |door: &Value| {
        let number = |i: usize| door.get(i).and_then(Value::as_f64);
        let pair = number(0).zip(number(1)).filter(|_| door.as_array().is_some_and(|a| a.len() == 2));
        match pair {
            Some((lon, lat)) => LonLat::new(lon, lat).err().map(|e| e.to_string()),
            None => Some("each entrance is [longitude, latitude]".to_owned()),
        }
    };
    let list = properties.get(name.as_str())?.as_array()?;
    list.iter().find_map(bad).map(|detail| fault(name.as_str(), detail))
}

fn coerce(entry: &CatalogueEntry, properties: Map<String, Value>) -> Map<String, Value> {
    let one = |(name, value): (String, Value)| {
        let known = entry.properties.iter().find(|p| p.name.as_str() == name);
        let value = match known {
            Some(property) => coerce_value(property.kind, holds_text(entry, &name), value),
            None => value,
        };
        (!value.is_null()).then_some((name, value))
    };
    properties.into_iter().filter_map(one).collect()
}

/// Whether the list's items are text, so that `a;b` can be meant.
fn holds_text(entry: &CatalogueEntry, name: &str) -> bool {
    let items = entry.layer.schema.pointer(&format!("/properties/{name}/items/type"));
    items.is_none_or(|t| t == "string")
}

/// The value in the wanted type if it says the same there, else as it came.
fn coerce_value(kind: PropertyType, list_of_text: bool, value: Value) -> Value {
    let text = match &value {
        Value::String(text) => text.trim(),
        Value::Number(number) => return coerce_number(kind, number).unwrap_or(value),
        Value::Bool(b) if kind == PropertyType::String => return Value::String(b.to_string()),
        _ => return value,
    };
    if kind != PropertyType::String && text.is_empty() {
        return Value::Null;
    }
    let coerced = match kind {
        PropertyType::String => None,
        PropertyType::Integer => {
            text.parse::<i64>().ok().or_else(|| text.parse().ok().and_then(whole)).map(Value::from)
        }
        PropertyType::Number => text.parse().ok().and_then(Number::from_f64).map(Value::Number),
        PropertyType::Boolean => boolean(text).map(Value::Bool),
        PropertyType::Object => serde_json::from_str(text).ok().filter(Value::is_object),
        PropertyType::Array => serde_json::from_str(text).ok().filter(Value::is_array).or_else(|| {
            let parts = text.split([';', '；']).map(str::trim).filter(|t| !t.is_empty());
            list_of_text.then(|| parts.map(Value::from).collect())
        }),
    };
    coerced.unwrap_or(value)
}

fn coerce_number(kind: PropertyType, number: &Number) -> Option<Value> {
    match kind {
        PropertyType::String => Some(Value::String(number.to_string())),
        PropertyType::Integer if !number.is_i64() => number.as_f64().and_then(whole).map(Value::from),
        PropertyType::Boolean => match number.as_u64()? {
            0 => Some(Value::Bool(false)),
            1 => Some(Value::Bool(true)),
            _ => None,
        },
        _ => None,
    }
}

/// A number without a fraction, where every such number is exact.
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "t" | "1" | "是" | "有" => Some(true),
        "false" | "no" | "n" | "f" | "0" | "否" | "无" => Some(false),
        _ => None,
    }
}

/// The geometry in one of the six plain kinds, or why it cannot be kept.
fn geometry(wanted: GeometryKind, geometry: Geometry) -> Result<Geometry, Fault> {
    let bad = |detail: String| Err(fault(GEOMETRY, detail));
    let geometry = plain(geometry);
    let (kind, name) = match &geometry {
        Geometry::Point(_) | Geometry::MultiPoint(_) => (GeometryKind::Point, "point"),
        Geometry::LineString(_) | Geometry::MultiLineString(_) => (GeometryKind::Line, "line"),
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) => (GeometryKind::Polygon, "polygon"),
        _ => return bad("a collection of mixed geometries cannot be kept".into()),
    };
    if wanted != GeometryKind::Any && wanted != kind {
        return bad(format!("this layer holds {wanted:?} geometries, not a {name}").to_lowercase());
    }
    let points = geometry.coords_count();
    if points == 0 {
        return bad("is empty".into());
    }
    if points > MAX_POINTS {
        return bad(format!("has {points} points; {MAX_POINTS} is the most"));
    }
    if let Some((coord, error)) = geometry.coords_iter().find_map(|c| Some((c, LonLat::try_from(c).err()?))) {
        let swapped = LonLat::new(coord.y, coord.x).is_ok();
        let hint = if swapped { "; are longitude and latitude swapped?" } else { "" };
        return bad(format!("{error}{hint}"));
    }
    if let Some(error) = validity::faults(&geometry).into_iter().next() {
        return bad(error);
    }
    Ok(match geometry {
        Geometry::Polygon(p) => Geometry::Polygon(p.orient(Direction::Default)),
        Geometry::MultiPolygon(p) => Geometry::MultiPolygon(p.orient(Direction::Default)),
        other => other,
    })
}

fn plain(geometry: Geometry) -> Geometry {
    match geometry {
        Geometry::Line(line) => Geometry::LineString(LineString::from(line)),
        Geometry::Rect(rect) => Geometry::Polygon(rect.to_polygon()),
        Geometry::Triangle(triangle) => Geometry::Polygon(triangle.to_polygon()),
        Geometry::GeometryCollection(GeometryCollection(mut one)) if one.len() == 1 => plain(one.remove(0)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Catalogue;
    use super::*;
    use geo::{Point, polygon};
    use serde_json::json;

    fn check(layer: &str, geometry: impl Into<Geometry>, properties: Value) -> Result<NewFeature, Vec<Fault>> {
        let catalogue = Catalogue::built_in().expect("built-in layers");
        let entry = catalogue.get(layer).expect("a layer");
        let Value::Object(properties) = properties else { panic!("an object") };
        let feature = NewFeature { geometry: geometry.into(), properties, source: "edit".into(), reference: None };
        validate(entry, feature)
    }

    fn grid(properties: Value) -> Result<NewFeature, Vec<Fault>> {
        check("grid", geo::Rect::new((116.0, 29.0), (116.1, 29.1)), properties)
    }

    fn fields(result: Result<NewFeature, Vec<Fault>>) -> Vec<String> {
        result.expect_err("faults").into_iter().map(|f| f.field).collect()
    }

    #[test]
    fn values_are_coerced_where_nothing_is_lost() {
        let given = json!({"code": 101, "name": true, "households": "12", "business_lines": "党建; 综治；城管",
            "workers": "[{\"name\":\"张三\",\"role\":\"grid_worker\"}]", "leader": null, "own": 7});
        let properties = grid(given).expect("right").properties;
        assert_eq!(
            Value::Object(properties),
            json!({"code": "101", "name": "true", "households": 12,
            "business_lines": ["党建", "综治", "城管"], "workers": [{"name": "张三", "role": "grid_worker"}], "own": 7})
        );
        let yes = |v: Value| check("centre", Point::new(116.0, 29.0), json!({"name": "a", "code": "1", "medical": v}));
        for (given, wanted) in [(json!("是"), true), (json!("no"), false), (json!(1), true), (json!("TRUE"), true)] {
            assert_eq!(yes(given).expect("right").properties["medical"], json!(wanted));
        }
        let empty = grid(json!({"code": "1", "name": "a", "households": " ", "workers": ""})).expect("right");
        assert_eq!(empty.properties.len(), 2, "empty text is absent");
    }

    #[test]
    fn what_would_be_lost_is_a_fault_that_names_the_field() {
        assert_eq!(fields(grid(json!({"code": "1", "name": "a", "households": "12.5"}))), ["households"]);
        assert_eq!(fields(grid(json!({"code": "1", "name": "a", "households": -1}))), ["households"]);
        assert_eq!(fields(grid(json!({"code": "1", "name": "a", "workers": [{"name": "b"}]}))), ["workers"]);
        assert_eq!(fields(grid(json!({"name": "a"}))), ["code"]);
        let zone =
            check("zone", geo::Rect::new((0.0, 0.0), (1.0, 1.0)), json!({"code": "1", "name": "a", "kind": "x"}));
        assert_eq!(fields(zone), ["kind"]);
        let lot = json!({"code": "1", "name": "a", "entrances": [[29.4, 116.0]]});
        assert_eq!(fields(check("parking_lot", geo::Rect::new((0.0, 0.0), (1.0, 1.0)), lot)), ["entrances"]);
    }

    #[test]
    fn geometry_of_another_kind_out_of_range_or_broken_is_refused() {
        let right = json!({"code": "1", "name": "a"});
        let bow = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 1.0, y: 0.0), (x: 0.0, y: 1.0)];
        let bad: Vec<(Geometry, &str)> = vec![
            (Point::new(116.0, 29.0).into(), "polygon geometries, not a point"),
            (geo::Rect::new((29.0, 116.0), (29.1, 116.1)).into(), "swapped"),
            (geo::MultiPolygon::<f64>::new(vec![]).into(), "empty"),
            (polygon![(x: 0.0, y: 0.0), (x: f64::NAN, y: 1.0), (x: 1.0, y: 0.0)].into(), "NaN"),
            (bow.into(), "intersect"),
            (Geometry::GeometryCollection(GeometryCollection(vec![Point::new(0.0, 0.0).into(); 2])), "collection"),
        ];
        for (geometry, reason) in bad {
            let faults = check("grid", geometry, right.clone()).expect_err(reason);
            assert!(faults.len() == 1 && faults[0].field == "geometry", "{faults:?}");
            assert!(faults[0].detail.contains(reason), "{} / {reason}", faults[0].detail);
        }
    }

    #[test]
    fn polygons_leave_with_outer_rings_counter_clockwise() {
        use geo::winding_order::Winding;
        let clockwise = polygon![(x: 0.0, y: 0.0), (x: 0.0, y: 1.0), (x: 1.0, y: 1.0), (x: 1.0, y: 0.0)];
        assert!(clockwise.exterior().is_cw());
        let Geometry::Polygon(kept) = check("green", clockwise, json!({})).expect("right").geometry else { panic!() };
        assert!(kept.exterior().is_ccw());
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let faults = check("grid", Point::new(0.0, 0.0), json!({"households": "many"}));
        assert_eq!(fields(faults).len(), 4, "code, name, households, geometry");
    }
}
