//! Features as they are sent: GeoJSON, every fault of which is named.

use crate::accounts::edit::{Draft, Editor};
use crate::atlas::{Feature, FeatureId};
use crate::exchange::geojson::geometry_of;
use crate::http::body::whole;
use crate::http::error::{FieldError, Kind, Problem};
use crate::http::{params, wire};
use axum::body::Body;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value, json};

/// Features of one request; more are for `wangge import`.
pub const MOST: usize = 1000;

const GEOJSON: &[&str] = &["application/geo+json", "application/json"];
const PATCH: &[&str] = &["application/merge-patch+json", "application/json", "application/geo+json"];

/// Members of a feature that the service tells, and foreign ones of GeoJSON's own.
const PASSED_OVER: [&str; 6] = ["id", "bbox", "links", "version", "updated_at", "type"];

pub async fn geojson(headers: &HeaderMap, body: Body) -> Result<Value, Problem> {
    json(headers, body, GEOJSON).await
}

pub async fn patch(headers: &HeaderMap, body: Body) -> Result<Value, Problem> {
    json(headers, body, PATCH).await
}

async fn json(headers: &HeaderMap, body: Body, kinds: &[&str]) -> Result<Value, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !kinds.contains(&kind.as_str()) {
        return Err(Problem::new(Kind::UnsupportedMediaType, format!("Send {}.", kinds.join(" or "))));
    }
    let bytes = whole(body).await?;
    serde_json::from_slice(&bytes).map_err(|e| {
        Problem::new(Kind::InvalidBody, format!("The body is not JSON (line {}, column {}).", e.line(), e.column()))
    })
}

/// What a POST sends.
#[derive(Debug)]
pub struct Sent {
    pub drafts: Vec<Draft>,
    /// One feature by itself, not a collection.
    pub single: bool,
}

impl Sent {
    pub fn read(value: Value) -> Result<Self, Vec<FieldError>> {
        let Value::Object(mut object) = value else { return Err(vec![fault("", "type", "is not a GeoJSON object")]) };
        match object.get("type").and_then(Value::as_str) {
            Some("Feature") => one(object, "").map(|draft| Self { drafts: vec![draft], single: true }),
            Some("FeatureCollection") => {
                let Some(Value::Array(features)) = object.remove("features") else {
                    return Err(vec![fault("", "features", "is not a list")]);
                };
                if features.is_empty() || features.len() > MOST {
                    return Err(vec![fault(
                        "",
                        "features",
                        format!("holds {}; 1 to {MOST} are taken", features.len()),
                    )]);
                }
                let (mut drafts, mut faults) = (Vec::with_capacity(features.len()), Vec::new());
                for (i, feature) in features.into_iter().enumerate() {
                    match feature_of(feature, &place(i)) {
                        Ok(draft) => drafts.push(draft),
                        Err(found) => faults.extend(found),
                    }
                }
                if faults.is_empty() { Ok(Self { drafts, single: false }) } else { Err(faults) }
            }
            _ => Err(vec![fault("", "type", "is neither Feature nor FeatureCollection")]),
        }
    }
}

/// What stands before the fields of the so-manieth feature of a collection.
pub fn place(index: usize) -> String {
    format!("features[{index}].")
}

/// What a PUT sends: the whole of one feature, as a GET tells it.
pub fn replacement(value: Value, id: FeatureId) -> Result<Draft, Vec<FieldError>> {
    if value.get("id").is_some_and(|sent| *sent != json!(id.0) && *sent != json!(id.0.to_string())) {
        return Err(vec![fault("", "id", "is another one than in the address")]);
    }
    feature_of(value, "")
}

/// What a PATCH makes of a feature (RFC 7396): only `geometry` and `properties` can be patched.
pub fn patched(editor: &Editor<'_>, old: &Feature, patch: Value) -> Result<Draft, Vec<FieldError>> {
    let Value::Object(patch) = patch else { return Err(vec![fault("", "properties", "the patch is not an object")]) };
    let unknown: Vec<FieldError> = strange(&patch, "");
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let mut properties = Value::Object(editor.told(old));
    if let Some(change) = patch.get("properties") {
        merge(&mut properties, change);
    }
    let geometry = match patch.get("geometry") {
        None => Ok(old.geometry.clone()),
        Some(change) => {
            let mut geometry = wire::geometry(&old.geometry);
            merge(&mut geometry, change);
            geometry_in(&geometry, "")
        }
    };
    match (geometry, properties_in(properties, "")) {
        (Ok(geometry), Ok(properties)) => Ok(Draft { geometry, properties }),
        (geometry, properties) => Err([geometry.err(), properties.err()].into_iter().flatten().collect()),
    }
}

/// RFC 7396, section 2.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Value::Object(target) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            target.shift_remove(name);
        } else {
            merge(target.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

fn feature_of(value: Value, place: &str) -> Result<Draft, Vec<FieldError>> {
    match value {
        Value::Object(object) => one(object, place),
        _ => Err(vec![fault(place, "type", "is not a Feature")]),
    }
}

fn one(mut object: Map<String, Value>, place: &str) -> Result<Draft, Vec<FieldError>> {
    let mut faults = strange(&object, place);
    if object.get("type").and_then(Value::as_str) != Some("Feature") {
        faults.push(fault(place, "type", "is not Feature"));
    }
    let geometry = geometry_in(object.get("geometry").unwrap_or(&Value::Null), place);
    let properties = properties_in(object.remove("properties").unwrap_or_default(), place);
    match (geometry, properties) {
        (Ok(geometry), Ok(properties)) if faults.is_empty() => Ok(Draft { geometry, properties }),
        (geometry, properties) => {
            faults.extend([geometry.err(), properties.err()].into_iter().flatten());
            Err(faults)
        }
    }
}

fn strange(object: &Map<String, Value>, place: &str) -> Vec<FieldError> {
    let known = |name: &str| name == "geometry" || name == "properties" || PASSED_OVER.contains(&name);
    let strange = object.keys().filter(|name| !known(name));
    strange.map(|name| fault(place, &short(name), "is not a member of a feature; properties hold the values")).collect()
}

fn geometry_in(value: &Value, place: &str) -> Result<geo::Geometry, FieldError> {
    if value.is_null() {
        return Err(fault(place, "geometry", "is missing"));
    }
    geometry_of(value).map_err(|detail| fault(place, "geometry", short(&detail)))
}

fn properties_in(value: Value, place: &str) -> Result<Map<String, Value>, FieldError> {
    match value {
        Value::Object(properties) => Ok(properties),
        Value::Null => Ok(Map::new()),
        _ => Err(fault(place, "properties", "is not an object")),
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= 200 { text.to_owned() } else { params::quoted(text) }
}

fn fault(place: &str, field: &str, detail: impl Into<String>) -> FieldError {
    FieldError { field: format!("{place}{field}"), detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_merges_as_the_standard_s_examples_say() {
        for (target, patch, wanted) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut merged = target.clone();
            merge(&mut merged, &patch);
            assert_eq!(merged, wanted, "{target} {patch}");
        }
    }

    #[test]
    fn every_fault_of_a_collection_is_told_with_its_place() {
        let sent = json!({"type": "FeatureCollection", "features": [
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [116.0, 29.0]}, "properties": {}},
            {"type": "Feature", "properties": []},
            {"type": "Point", "geometry": {"type": "Point", "coordinates": ["a", 1]}, "name": "x"},
            7,
        ]});
        let fields: Vec<String> = Sent::read(sent).expect_err("faults").into_iter().map(|f| f.field).collect();
        assert_eq!(
            fields,
            [
                "features[1].geometry",
                "features[1].properties",
                "features[2].name",
                "features[2].type",
                "features[2].geometry",
                "features[3].type"
            ]
        );
        for (sent, field) in [
            (json!([]), "type"),
            (json!({"type": "Topology"}), "type"),
            (json!({"type": "FeatureCollection"}), "features"),
            (json!({"type": "FeatureCollection", "features": []}), "features"),
        ] {
            assert_eq!(Sent::read(sent).expect_err("a fault")[0].field, field);
        }
    }
}
