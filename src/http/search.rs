//! `/api/search`: places, areas and streets by name, pinyin, initials or code.

use super::credentials::Acting;
use super::error::Problem;
use super::extract::{Ask, Asked};
use super::params::Params;
use super::personal::note_search;
use super::place::data_extent;
use super::{compute, wire};
use crate::app::App;
use crate::atlas::Snapshot;
use crate::atlas::search::{SearchHit, SearchQuery, search};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Longest text, characters.
const MAX_TEXT: usize = 100;

impl Ask for SearchQuery {
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self> {
        let text = params.required("q");
        if text.as_ref().is_some_and(|t| t.chars().count() > MAX_TEXT) {
            params.fault("q", format!("is longer than {MAX_TEXT} characters"));
        }
        let limit = params.whole("limit", 10, 1..=100);
        let near = match params.optional("near") {
            Some(near) => Some(params.pair("near", &near, data_extent(map))?),
            None => None,
        };
        Some(Self { text: text?, limit: limit? as usize, near })
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResults {
    /// Best first.
    results: Vec<SearchHit>,
}

/// Search by name, pinyin, initials or code
#[utoipa::path(get, path = "/api/search", operation_id = "search", tag = "questions",
    params(
        ("q" = String, Query, description = "Up to 100 characters", min_length = 1, max_length = 100),
        ("limit" = Option<u32>, Query, description = "1 to 100, 10 by default", minimum = 1, maximum = 100),
        ("near" = Option<String>, Query, description = "lon,lat; of equally good results the nearest come first",
            pattern = "^-?[0-9]+(\\.[0-9]+)?,-?[0-9]+(\\.[0-9]+)?$"),
    ),
    responses(
        (status = 200, body = SearchResults),
    ))]
pub async fn get(
    State(app): State<Arc<App>>,
    acting: Acting,
    Asked { ask, map }: Asked<SearchQuery>,
) -> Result<Json<SearchResults>, Problem> {
    let seen = map.clone();
    let mut results = compute(move || search(&seen, &ask)).await?;
    note_search(&app, acting, &map, &results).await?;
    for hit in &mut results {
        (hit.lon, hit.lat) = (wire::degrees(hit.lon), wire::degrees(hit.lat));
        hit.bbox = hit.bbox.map(wire::degrees);
    }
    Ok(Json(SearchResults { results }))
}
