//! Photos as they are sent with a report or an action, and as they are told of.

use super::desk::Desk;
use crate::dispatch;
use crate::http::compute;
use crate::http::error::{FieldError, Problem};
use crate::http::extract::PathOf;
use crate::http::fields::Fields;
use crate::http::params::Params;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Photos that come at once.
pub const MOST: usize = 5;

/// The photos of a body as they were sent; `None` after noting a fault.
pub fn read(fields: &mut Fields) -> Option<Vec<Vec<u8>>> {
    let sent = fields.list("photos");
    if sent.len() > MOST {
        fields.fault("photos", format!("are {}; at most {MOST} come at once", sent.len()));
        return None;
    }
    let mut photos = Vec::with_capacity(sent.len());
    for (i, value) in sent.iter().enumerate() {
        match decoded(value) {
            Ok(photo) => photos.push(photo),
            Err(fault) => fields.fault(&field(i), fault),
        }
    }
    (photos.len() == sent.len()).then_some(photos)
}

fn field(i: usize) -> String {
    format!("photos[{i}]")
}

fn decoded(value: &Value) -> Result<Vec<u8>, &'static str> {
    let text = value.as_str().ok_or("is not a text in base64")?;
    // As a browser writes it: data:image/jpeg;base64,…
    let text = text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")).map_or(text, |(_, data)| data);
    STANDARD.decode(text).map_err(|_| "is not base64")
}

/// The photos as they are to be kept: written anew, without what a camera notes beside the picture.
pub async fn encoded(sent: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Problem> {
    if sent.is_empty() {
        return Ok(sent);
    }
    let encode = move || sent.iter().map(|bytes| dispatch::photo(bytes)).collect::<Vec<_>>();
    let (mut photos, mut faults) = (Vec::new(), Vec::new());
    for (i, photo) in compute(encode).await?.into_iter().enumerate() {
        match photo {
            Ok(photo) => photos.push(photo.jpeg),
            Err(fault) => faults.push(FieldError { field: field(i), detail: fault.to_string() }),
        }
    }
    if faults.is_empty() { Ok(photos) } else { Err(Problem::parameters(faults)) }
}

/// A photo of a case
///
/// For whoever may see the case.
#[utoipa::path(get, path = "/api/issues/{number}/photos/{id}", operation_id = "issue_photo", tag = "issues",
    params(("number" = String, Path, description = "Number of the case"),
        ("id" = i64, Path, description = "Number of the photo"),
        ("key" = Option<String>, Query, description = "Key of the private link")),
    responses((status = 200, description = "JPEG", content_type = "image/jpeg"), (status = 404)))]
pub async fn get(
    desk: Desk,
    PathOf((number, id)): PathOf<(String, i64)>,
    mut params: Params,
) -> Result<Response, Problem> {
    let key = params.optional("key");
    params.finish()?;
    let found = desk.find(&number, key.as_deref()).await?;
    let photo = desk.app.store.issue_photo(found.stored.id, id).await.map_err(Problem::store)?;
    let photo = photo.ok_or_else(|| Problem::not_found("there is no such photo"))?;
    let headers = [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=86400")];
    Ok((headers, photo).into_response())
}
