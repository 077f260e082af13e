//! `POST /api/collections`: a new layer from its descriptor.

use super::draft::geojson;
use super::{Writing, faulty};
use crate::accounts::audit::Entry;
use crate::atlas::layer::LayerError;
use crate::atlas::{CatalogueEntry, Layer, LayerData};
use crate::geometry::tile::MAX_ZOOM;
use crate::http::collections::{Collection, describe};
use crate::http::error::{FieldError, Kind, Problem};
use crate::store::StoreError;
use axum::Json;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// Properties of a layer; each is a column.
const MOST_PROPERTIES: usize = 200;

/// A new layer
///
/// The descriptor names the layer, the kind of its geometries, the JSON Schema of its properties, who
/// may see it and how it is drawn. A property with `"x-access"` is only told to `members`, to who has
/// a role in the `area`, or (`restricted`) to dispatchers and admins there.
#[utoipa::path(post, path = "/api/collections", operation_id = "create_collection", tag = "editing",
    request_body(content = Object, content_type = "application/json", example = json!({
        "id": "well",
        "title": {"zh": "水井", "en": "Well"},
        "group": "service",
        "geometry": "point",
        "schema": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string", "x-title": {"zh": "名称", "en": "Name"}},
            "keeper": {"type": "string", "x-title": {"zh": "看井人", "en": "Keeper"}, "x-access": "area"},
        }},
        "roles": {"name": "name"},
        "zoom": [12, 22],
        "order": 500,
        "visible": true,
        "tile_properties": ["name"],
        "style": [{"type": "circle", "paint": {"circle-color": "#0f766e", "circle-radius": 5}}],
        "legend": [{"title": {"zh": "水井", "en": "Well"}, "symbol": "circle", "color": "#0f766e"}],
    })),
    responses(
        (status = 201, body = Collection, headers(("Location" = String, description = "The layer"))),
        (status = 409, description = "There is a layer of this id"),
        (status = 422),
    ))]
pub async fn post(writing: Writing, body: Body) -> Result<Response, Problem> {
    let sent = geojson(&writing.headers, body).await?;
    let entry = read(&sent).map_err(faulty)?;
    let layer = &entry.layer;
    let line = Entry::new(&writing.stamp, "layer.create").in_layer(&layer.id).on(&layer.id).after(sent.clone());
    let app = &writing.app;
    let _turn = app.edit_turn().await;
    let added = app.store.add_layer(layer, &line).await.map_err(not_added)?;
    if !added {
        return Err(Problem::new(Kind::Conflict, format!("There is a layer {} already.", layer.id)));
    }
    let seq = app.store.last_seq().await.map_err(Problem::store)?;
    app.caught_up(seq).await;
    let here = format!("{}/api/collections/{}", writing.base, layer.id);
    let body = describe(&entry, &LayerData::default(), &writing.base);
    Ok((StatusCode::CREATED, [(header::LOCATION, here)], Json(body)).into_response())
}

fn not_added(error: StoreError) -> Problem {
    match error {
        StoreError::ReservedLayer(_) => faulty(vec![fault("id", "is a name that the database keeps for itself")]),
        // A table of this name that is none of ours, or a layer that went and left its table.
        StoreError::Column { column, .. } => {
            Problem::new(Kind::Conflict, format!("The database has a table of this name whose {column} differs."))
        }
        other => Problem::store(other),
    }
}

fn fault(field: &str, detail: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), detail: detail.into() }
}

/// The descriptor, or every member that is wrong.
fn read(sent: &Value) -> Result<CatalogueEntry, Vec<FieldError>> {
    let Value::Object(sent) = sent else { return Err(vec![fault("id", "the descriptor is not an object")]) };
    let mut faults = members(sent);
    if let Some(Value::Object(all)) = sent.get("schema").and_then(|s| s.get("properties"))
        && all.len() > MOST_PROPERTIES
    {
        faults.push(fault("schema", format!("has {} properties; {MOST_PROPERTIES} are the most", all.len())));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let layer: Layer =
        serde_json::from_value(Value::Object(sent.clone())).map_err(|e| vec![fault("id", e.to_string())])?;
    let [low, high] = layer.zoom;
    if low > high || high > MAX_ZOOM {
        faults.push(fault("zoom", format!("is not two zoom levels from 0 to {MAX_ZOOM}, the lower one first")));
    }
    if layer.title.zh.trim().is_empty() || layer.title.en.trim().is_empty() {
        faults.push(fault("title", "needs a text in zh and en"));
    }
    if !layer.style.iter().all(|drawn| drawn.get("type").is_some_and(Value::is_string)) {
        faults.push(fault("style", "each entry is a MapLibre layer with a type"));
    }
    match CatalogueEntry::new(layer) {
        Ok(entry) if faults.is_empty() => Ok(entry),
        Ok(_) => Err(faults),
        Err(error) => {
            let field = if matches!(error, LayerError::Unknown(_)) { "roles" } else { "schema" };
            faults.push(fault(field, error.to_string()));
            Err(faults)
        }
    }
}

/// What is wrong with each member, tried alone in a descriptor that is right.
fn members(sent: &Map<String, Value>) -> Vec<FieldError> {
    let right = json!({"id": "x", "title": {"zh": "x", "en": "x"}, "group": "work", "geometry": "any",
        "schema": {}, "zoom": [0, 22], "order": 0});
    let Value::Object(right) = right else { return Vec::new() };
    let missing = right.keys().filter(|name| !sent.contains_key(*name)).map(|name| fault(name, "is missing"));
    let wrong = sent.iter().filter_map(|(name, value)| {
        let mut tried = right.clone();
        tried.insert(name.clone(), value.clone());
        let error = serde_json::from_value::<Layer>(Value::Object(tried)).err()?;
        Some(fault(name, error.to_string().chars().take(300).collect::<String>()))
    });
    missing.chain(wrong).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn well() -> Value {
        json!({"id": "well", "title": {"zh": "水井", "en": "Well"}, "group": "service", "geometry": "point",
            "schema": {"type": "object", "properties": {"name": {"type": "string"}}}, "roles": {"name": "name"},
            "zoom": [12, 22], "order": 500})
    }

    fn fields(change: impl Fn(&mut Value)) -> Vec<String> {
        let mut sent = well();
        change(&mut sent);
        read(&sent).expect_err("faults").into_iter().map(|f| f.field).collect()
    }

    #[test]
    fn every_wrong_member_of_a_descriptor_is_named() {
        assert!(read(&well()).is_ok());
        assert_eq!(fields(|d| d["id"] = json!("Well; DROP")), ["id"]);
        assert_eq!(fields(|d| d["colour"] = json!("red")), ["colour"]);
        assert_eq!(fields(|d| d["geometry"] = json!("blob")), ["geometry"]);
        assert_eq!(fields(|d| d["zoom"] = json!([12, 23])), ["zoom"]);
        assert_eq!(fields(|d| d["zoom"] = json!([13, 12])), ["zoom"]);
        assert_eq!(fields(|d| d["title"]["en"] = json!(" ")), ["title"]);
        assert_eq!(fields(|d| d["roles"] = json!({"name": "nom"})), ["roles"]);
        assert_eq!(fields(|d| d["roles"] = json!({"chief": "name"})), ["roles"]);
        assert_eq!(fields(|d| d["style"] = json!([7])), ["style"]);
        assert_eq!(fields(|d| d["access"] = json!("secret")), ["access"]);
        assert_eq!(fields(|d| d["schema"]["properties"]["geom"] = json!({"type": "string"})), ["schema"]);
        assert_eq!(fields(|d| d["schema"]["properties"]["name"]["type"] = json!("date")), ["schema"]);
        assert_eq!(fields(|d| d["schema"]["properties"]["name"]["x-access"] = json!("boss")), ["schema"]);
        assert_eq!(
            fields(|d| d["schema"]["properties"]["name"]["$ref"] = json!("http://127.0.0.1:1/x")),
            ["schema"],
            "nothing is fetched"
        );
        assert_eq!(fields(|d| *d = json!({"order": -1})).len(), 7, "six are missing, one is wrong");
        assert_eq!(fields(|d| *d = json!([])), ["id"]);
    }
}
