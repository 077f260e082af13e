//! `/api/tiles/…` and `/api/style`: vector tiles, what they carry, and how they are drawn.

use super::error::{Kind, Problem};
use super::extract::{Ask, Asked, BaseUrl, PathOf, accepted};
use super::params::{Params, number, quoted};
use super::{compute, etag};
use crate::accounts::Seen;
use crate::app::App;
use crate::atlas::{Ident, Snapshot};
use crate::geometry::TileCoord;
use crate::tiles::{CachedTile, style, tilejson};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::sync::Arc;

const MVT: &str = "application/vnd.mapbox-vector-tile";

/// The layers of `a,b,c`, each of which must be there to see.
fn layers(params: &mut Params, map: &Snapshot, text: &str) -> Vec<Ident> {
    let mut all: Vec<Ident> = Vec::new();
    for id in text.split(',') {
        match map.layer(id) {
            Some((entry, _)) if all.contains(&entry.layer.id) => params.fault("layers", format!("{id} is named twice")),
            Some((entry, _)) => all.push(entry.layer.id.clone()),
            None => params.fault("layers", format!("{} is not in /api/collections", quoted(id))),
        }
    }
    all
}

/// The tile at that address; GDAL and others add an ending to `y`.
pub fn coord(params: &mut Params, z: &str, x: &str, y: &str) -> Option<TileCoord> {
    let y = y.strip_suffix(".pbf").or_else(|| y.strip_suffix(".mvt")).unwrap_or(y);
    let mut whole = |name: &str, text: &str| {
        let value = number(text).filter(|v| (0.0..4_294_967_296.0).contains(v) && v.fract() == 0.0);
        if value.is_none() {
            params.fault(name, format!("{} is not a whole number", quoted(text)));
        }
        value.map(|v| v as u32)
    };
    let (z, x, y) = (whole("z", z), whole("x", x), whole("y", y));
    let (z, x, y) = (z?, x?, y?);
    let Some(level) = u8::try_from(z).ok().filter(|z| *z <= crate::geometry::tile::MAX_ZOOM) else {
        params.fault("z", format!("{z} is deeper than {}", crate::geometry::tile::MAX_ZOOM));
        return None;
    };
    for (name, value) in [("x", x), ("y", y)] {
        if value >= 1 << level {
            params.fault(name, format!("{value} lies outside zoom level {level}"));
        }
    }
    TileCoord::new(level, x, y)
}

/// A vector tile (MVT)
#[utoipa::path(get, path = "/api/tiles/{layers}/{z}/{x}/{y}", tag = "map",
    params(
        ("layers" = String, Path, description = "Ids of layers, joined by commas"),
        ("z" = u8, Path, description = "Zoom level, 0 to 22", maximum = 22),
        ("x" = u32, Path, description = "Column"),
        ("y" = u32, Path, description = "Row from the north"),
    ),
    responses(
        (status = 200, content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204, description = "Nothing here"),
        (status = 304, description = "As the caller has it"),
    ))]
pub async fn tile(
    State(app): State<Arc<App>>,
    map: Seen,
    PathOf((names, z, x, y)): PathOf<(String, String, String, String)>,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, Problem> {
    let layers = layers(&mut params, &map, &names);
    let Some(coord) = coord(&mut params, &z, &x, &y) else { return Err(params.refused()) };
    params.finish()?;
    acceptable(&headers)?;
    let tile = compute(move || app.tiles.tile(&map, &layers, coord)).await?;
    Ok(answer(&tile, &headers))
}

/// Refuses a caller who cannot read tiles.
pub fn acceptable(headers: &HeaderMap) -> Result<(), Problem> {
    match accepted(headers, &[MVT, "application/x-protobuf", "application/octet-stream"]) {
        Some(_) => Ok(()),
        None => Err(Problem::new(Kind::NotAcceptable, format!("Tiles are {MVT}."))),
    }
}

pub fn answer(tile: &CachedTile, headers: &HeaderMap) -> Response {
    let tag = HeaderValue::from_str(&tile.etag).unwrap_or(HeaderValue::from_static("\"\""));
    let known = etag::matches(headers, &tag);
    let caching = [(header::ETAG, tag), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if known {
        (StatusCode::NOT_MODIFIED, caching).into_response()
    } else if tile.bytes.is_empty() {
        (StatusCode::NO_CONTENT, caching).into_response()
    } else {
        (caching, [(header::CONTENT_TYPE, MVT)], tile.bytes.clone()).into_response()
    }
}

/// What the tiles carry (TileJSON 3.0.0)
#[utoipa::path(get, path = "/api/tiles/{layers}", tag = "map",
    params(("layers" = String, Path, description = "Ids of layers, joined by commas")),
    responses(
        (status = 200, body = Object),
    ))]
pub async fn description(
    map: Seen,
    BaseUrl(base): BaseUrl,
    PathOf(names): PathOf<String>,
    mut params: Params,
) -> Result<Json<Value>, Problem> {
    let layers = layers(&mut params, &map, &names);
    params.finish()?;
    Ok(Json(tilejson(&map, &layers, &base)))
}

pub struct StyleAsk {
    lang: &'static str,
}

impl Ask for StyleAsk {
    fn read(params: &mut Params, _: &Snapshot) -> Option<Self> {
        let lang = params.choice("lang", "zh", &[("zh", "zh"), ("en", "en")])?;
        Some(Self { lang })
    }
}

/// How the map is drawn (MapLibre style)
#[utoipa::path(get, path = "/api/style", tag = "map",
    params(("lang" = Option<String>, Query, description = "zh (default) or en", pattern = "^(zh|en)$")),
    responses(
        (status = 200, body = Object),
    ))]
pub async fn get_style(BaseUrl(base): BaseUrl, Asked { ask, map }: Asked<StyleAsk>) -> Json<Value> {
    Json(style(&map, ask.lang, &base))
}
