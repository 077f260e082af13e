//! `POST /api/collections/{layer}/items`: new features, all of them or none.

use super::draft::{Sent, geojson, place};
use super::features::{Item, audit};
use super::{Writing, all_refused, audited, faulty, written_feature};
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::extract::PathOf;
use crate::store::{Batch, Op};
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// New features
///
/// One Feature, or a FeatureCollection of up to 1,000, all of which are kept or none. The service
/// numbers them. Everything must lie inside the area where the caller plans; areas of one level must
/// not overlap, and a code is given once.
#[utoipa::path(post, path = "/api/collections/{layer}/items", operation_id = "create_items", tag = "editing",
    params(("layer" = String, Path, description = "Id of the layer")),
    request_body(content((Object = "application/geo+json", example = json!({
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [116.003, 29.4002]},
        "properties": {"code": "S3", "name": "新驿站"},
    })), (Object = "application/json"))),
    responses(
        (status = 201, description = "As a GET tells it", content_type = "application/geo+json", body = Object,
            headers(("Location" = String, description = "The new feature, or the layer's features when several were sent"),
                ("ETag" = String, description = "Of the new feature, for the next edit"))),
        (status = 404),
        (status = 409),
        (status = 422),
    ))]
pub async fn post(PathOf(layer): PathOf<String>, writing: Writing, body: Body) -> Result<Response, Problem> {
    // Nobody has to send a body to be told that there is no such layer.
    writing.editor(&writing.seen().await?, &layer)?;
    let sent = geojson(&writing.headers, body).await?;
    let Sent { drafts, single } = Sent::read(sent).map_err(faulty)?;
    let app = Arc::clone(&writing.app);
    let _turn = app.edit_turn().await;
    let seen = writing.seen().await?;
    let writing = Arc::new(writing);
    let decide = {
        let (seen, layer, writing) = (seen.clone(), layer.clone(), Arc::clone(&writing));
        move || {
            let editor = writing.editor(&seen, &layer)?;
            editor
                .create(drafts)
                .map_err(|all| all_refused(all, |index| if single { String::new() } else { place(index) }))
        }
    };
    let new = compute(decide).await??;
    let editor = writing.editor(&seen, &layer)?;
    let id = editor.entry().layer.id.clone();
    let line = |(i, feature)| audit(&writing, "item.create", &id).inserted(i).after(audited(feature));
    let audit = new.iter().enumerate().map(line).collect();
    let ops = vec![Op::Insert { layer: id.clone(), features: new.clone() }];
    let written = writing.write(Batch { ops, audit, ..Batch::default() }).await?;
    let features = written.inserted.iter().zip(new).filter_map(|(id, new)| written_feature(new, *id, 1));
    let items: Vec<Item> = features.map(|feature| Item::new(&writing, &editor, &feature)).collect();
    Ok(answer(items, single, format!("{}/api/collections/{layer}/items", writing.base)))
}

fn answer(mut items: Vec<Item>, single: bool, here: String) -> Response {
    if single && let Some(item) = items.pop() {
        return (StatusCode::CREATED, item.location(&here), item).into_response();
    }
    let features: Vec<Value> = items.into_iter().map(|item| item.body.into()).collect();
    let body = json!({"type": "FeatureCollection", "numberReturned": features.len(), "features": features});
    let location = HeaderValue::from_str(&here).ok().map(|here| [(header::LOCATION, here)]);
    let kind = [(header::CONTENT_TYPE, crate::http::link::GEOJSON)];
    (StatusCode::CREATED, location.map(axum::response::AppendHeaders), kind, body.to_string()).into_response()
}
