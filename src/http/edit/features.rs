//! `PUT`, `PATCH` and `DELETE` of one feature, each on the version that `If-Match` names.

use super::draft::{geojson, patch as patch_body, patched, replacement};
use super::precondition::Versions;
use super::{Writing, audited, audited_before, faulty, refused, written_feature};
use crate::accounts::audit::Entry;
use crate::accounts::edit::{Draft, Editor};
use crate::atlas::{Feature, FeatureId, Ident, NewFeature};
use crate::http::error::{FieldError, Problem};
use crate::http::extract::PathOf;
use crate::http::{compute, items};
use crate::store::{Batch, Op};
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A feature after an edit, as a GET tells it to the editor.
pub struct Item {
    pub body: Map<String, Value>,
    id: FeatureId,
    tag: HeaderValue,
}

impl Item {
    pub fn new(writing: &Writing, editor: &Editor<'_>, feature: &Feature) -> Self {
        let entry = editor.entry();
        let mut told = Feature { properties: editor.told(feature), ..feature.clone() };
        // The database says when; the map has it by now, unless somebody has edited it again.
        let map = writing.app.map();
        let stored = map.as_ref().and_then(|m| m.feature(entry.layer.id.as_str(), feature.id));
        told.updated_at =
            stored.filter(|f| f.version == feature.version).map_or_else(String::new, |f| f.updated_at.clone());
        let tag = items::tag(feature.version, &editor.told_kinds(feature));
        Self { body: items::whole(entry, &told, &writing.base), id: feature.id, tag }
    }

    pub fn location(&self, items: &str) -> [(header::HeaderName, String); 1] {
        [(header::LOCATION, format!("{items}/{}", self.id.0))]
    }
}

impl IntoResponse for Item {
    fn into_response(self) -> Response {
        let kind = HeaderValue::from_static(crate::http::link::GEOJSON);
        ([(header::ETAG, self.tag), (header::CONTENT_TYPE, kind)], Value::from(self.body).to_string()).into_response()
    }
}

/// A line for the audit.
pub fn audit(writing: &Writing, action: &'static str, layer: &Ident) -> Entry {
    Entry::new(&writing.stamp, action).in_layer(layer)
}

/// What becomes of a feature.
enum Fate {
    Gone,
    New(NewFeature),
}

type Decision = Box<dyn FnOnce(&Editor<'_>, &Feature) -> Result<Fate, Problem> + Send>;

/// Replace a feature
///
/// The whole feature, as a GET told it. Properties that the caller is not told stay as they are.
#[utoipa::path(put, path = "/api/collections/{layer}/items/{id}", operation_id = "replace_item", tag = "editing",
    params(
        ("layer" = String, Path, description = "Id of the layer"),
        ("id" = i64, Path, description = "Id of the feature"),
        ("If-Match" = String, Header, description = "The ETag that the GET gave"),
    ),
    request_body(content((Object = "application/geo+json", example = json!({
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [116.0031, 29.4002]},
        "properties": {"code": "S1", "name": "东站"},
    })), (Object = "application/json"))),
    responses(
        (status = 200, description = "As a GET tells it now", content_type = "application/geo+json", body = Object,
            headers(("ETag" = String, description = "For the next edit"))),
        (status = 404),
        (status = 409),
        (status = 412, description = "Somebody else has changed it meanwhile"),
        (status = 422),
        (status = 428, description = "If-Match is missing"),
    ))]
pub async fn put(
    PathOf((layer, id)): PathOf<(String, String)>,
    writing: Writing,
    body: Body,
) -> Result<Response, Problem> {
    let versions = Versions::named(&writing.headers)?;
    let id = number(&layer, &id)?;
    let sent = geojson(&writing.headers, body).await?;
    let draft = replacement(sent, id).map_err(faulty)?;
    change((layer, id), writing, versions, Box::new(move |editor, old| replaced(editor, old, Ok(draft)))).await
}

/// Change parts of a feature
///
/// A JSON merge patch (RFC 7396) of `properties` and `geometry`; null takes a property away.
#[utoipa::path(patch, path = "/api/collections/{layer}/items/{id}", operation_id = "patch_item", tag = "editing",
    params(
        ("layer" = String, Path, description = "Id of the layer"),
        ("id" = i64, Path, description = "Id of the feature"),
        ("If-Match" = String, Header, description = "The ETag that the GET gave"),
    ),
    request_body(content((Object = "application/merge-patch+json", example = json!({
        "properties": {"name": "东站", "opening_hours": null},
    })), (Object = "application/json"))),
    responses(
        (status = 200, description = "As a GET tells it now", content_type = "application/geo+json", body = Object,
            headers(("ETag" = String, description = "For the next edit"))),
        (status = 404),
        (status = 409),
        (status = 412, description = "Somebody else has changed it meanwhile"),
        (status = 422),
        (status = 428, description = "If-Match is missing"),
    ))]
pub async fn patch(
    PathOf((layer, id)): PathOf<(String, String)>,
    writing: Writing,
    body: Body,
) -> Result<Response, Problem> {
    let versions = Versions::named(&writing.headers)?;
    let id = number(&layer, &id)?;
    let sent = patch_body(&writing.headers, body).await?;
    let decide = move |editor: &Editor<'_>, old: &Feature| replaced(editor, old, patched(editor, old, sent));
    change((layer, id), writing, versions, Box::new(decide)).await
}

/// Take a feature away
#[utoipa::path(delete, path = "/api/collections/{layer}/items/{id}", operation_id = "delete_item", tag = "editing",
    params(
        ("layer" = String, Path, description = "Id of the layer"),
        ("id" = i64, Path, description = "Id of the feature"),
        ("If-Match" = String, Header, description = "The ETag that the GET gave"),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412, description = "Somebody else has changed it meanwhile"),
        (status = 428, description = "If-Match is missing"),
    ))]
pub async fn delete(PathOf((layer, id)): PathOf<(String, String)>, writing: Writing) -> Result<Response, Problem> {
    let versions = Versions::named(&writing.headers)?;
    let id = number(&layer, &id)?;
    change((layer, id), writing, versions, Box::new(|_, _| Ok(Fate::Gone))).await
}

fn number(layer: &str, id: &str) -> Result<FeatureId, Problem> {
    id.parse().map(FeatureId).map_err(|_| items::no_feature(layer, id))
}

fn replaced(editor: &Editor<'_>, old: &Feature, draft: Result<Draft, Vec<FieldError>>) -> Result<Fate, Problem> {
    let new = editor.replace(old, draft.map_err(faulty)?).map_err(refused)?;
    Ok(Fate::New(new))
}

/// Decides on the feature as the database has it, and writes only if it has that version still.
async fn change(
    (layer, id): (String, FeatureId),
    writing: Writing,
    versions: Versions,
    decide: Decision,
) -> Result<Response, Problem> {
    let app = Arc::clone(&writing.app);
    let _turn = app.edit_turn().await;
    let seen = writing.seen().await?;
    let entry = writing.editor(&seen, &layer)?.entry().clone();
    let mut loaded = app.store.load_features(&entry, &[id]).await.map_err(Problem::store)?;
    let old = loaded.features.pop().ok_or_else(|| items::no_feature(&layer, &id.0.to_string()))?;
    let (layer, version) = (entry.layer.id, old.version);
    let writing = Arc::new(writing);
    let decided = {
        let (seen, writing, layer, old) = (seen.clone(), Arc::clone(&writing), layer.clone(), old.clone());
        move || {
            let editor = writing.editor(&seen, layer.as_str())?;
            if !editor.sees(&old) {
                return Err(items::no_feature(layer.as_str(), &id.0.to_string()));
            }
            // Whoever may not touch it is not told whether it has changed.
            editor.delete(&old).map_err(refused)?;
            versions.require(version)?;
            decide(&editor, &old)
        }
    };
    let fate = compute(decided).await??;
    let line = |action| audit(&writing, action, &layer).on(id.0).before(audited_before(&old));
    let expected = Some(version);
    let (op, line, new) = match fate {
        Fate::Gone => (Op::Delete { layer: layer.clone(), id, expected }, line("item.delete"), None),
        Fate::New(new) => {
            let op = Op::Update { layer: layer.clone(), id, expected, feature: new.clone() };
            (op, line("item.update").after(audited(&new)), Some(new))
        }
    };
    writing.write(Batch { ops: vec![op], audit: vec![line], ..Batch::default() }).await?;
    let editor = writing.editor(&seen, layer.as_str())?;
    let feature = new.and_then(|new| written_feature(new, id, version + 1));
    Ok(match feature {
        Some(feature) => Item::new(&writing, &editor, &feature).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}
