//! `/api/life-circle`: what lies within some minutes, or metres, on foot of a point.

mod ask;
mod body;
pub mod explain;
mod explained;
mod points;
mod streets;

pub use ask::LifeCircleAsk;
pub use points::{__path_post, post};

use super::compute;
use super::error::Problem;
use super::extract::{Ask, Asked};
use super::link::GEOJSON;
use super::params::Params;
use crate::atlas::Snapshot;
use crate::planning::{life_circle, streets_reached};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use body::LifeCircleBody;
use serde::Serialize;
use streets::StreetsBody;
use utoipa::ToSchema;

/// In which form the circle is answered.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Format {
    Polygons,
    Streets,
}

pub struct GetAsk {
    circle: LifeCircleAsk,
    format: Format,
}

impl Ask for GetAsk {
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self> {
        let circle = LifeCircleAsk::read(params, map);
        let formats = [("geojson", Format::Polygons), ("edges", Format::Streets)];
        let format = params.choice("format", Format::Polygons, &formats);
        Some(Self { circle: circle?, format: format? })
    }
}

/// Polygons, or streets when asked for `edges`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum CircleAnswer<'a> {
    Polygons(LifeCircleBody<'a>),
    Streets(StreetsBody),
}

/// Life circle: what is within some minutes on foot
///
/// One polygon a band with what is inside, or with `format=edges` every part of a street that is
/// reached.
#[utoipa::path(get, path = "/api/life-circle", operation_id = "life_circle", tag = "questions",
    params(
        ("lon" = f64, Query, description = "Longitude, WGS 84", minimum = -180, maximum = 180),
        ("lat" = f64, Query, description = "Latitude, WGS 84", minimum = -90, maximum = 90),
        ("minutes" = Option<String>, Query, description = "Up to 6 whole minutes from 1 to 60; 5,10,15 by default",
            pattern = "^([1-9]|[1-5][0-9]|60)(,([1-9]|[1-5][0-9]|60)){0,5}$"),
        ("metres" = Option<String>, Query,
            description = "Instead of minutes: up to 6 whole metres of way from 50 to 5000; a metre off the network counts two",
            pattern = "^([5-9][0-9]|[1-9][0-9]{2}|[1-4][0-9]{3}|5000)(,([5-9][0-9]|[1-9][0-9]{2}|[1-4][0-9]{3}|5000)){0,5}$"),
        crate::http::walking::WalkerParams,
        ("direction" = Option<String>, Query, description = "from (default) or to the point", pattern = "^(from|to)$"),
        ("format" = Option<String>, Query, description = "geojson (default): polygons; edges: streets",
            pattern = "^(geojson|edges)$"),
    ),
    responses(
        (status = 200, body = CircleAnswer, content_type = "application/geo+json"),
        (status = 422),
    ))]
pub async fn get(Asked { ask, map }: Asked<GetAsk>) -> Result<Response, Problem> {
    let answer = compute(move || match ask.format {
        Format::Polygons => polygons(&ask.circle, &map),
        Format::Streets => streets(&ask.circle, &map),
    });
    let body = answer.await??;
    Ok(([(header::CONTENT_TYPE, GEOJSON)], body).into_response())
}

/// The polygons with what is inside, as the bytes of the answer.
pub fn polygons(ask: &LifeCircleAsk, map: &Snapshot) -> Result<String, Problem> {
    let mut circle = life_circle(map, &ask.query())?;
    let bands = std::mem::take(&mut circle.bands);
    written(&CircleAnswer::Polygons(LifeCircleBody::new(ask, map, bands, &circle)))
}

fn streets(ask: &LifeCircleAsk, map: &Snapshot) -> Result<String, Problem> {
    let reached = streets_reached(map, &ask.query())?;
    written(&CircleAnswer::Streets(StreetsBody::new(ask, reached)))
}

fn written(answer: &CircleAnswer<'_>) -> Result<String, Problem> {
    serde_json::to_string(answer).map_err(Problem::internal)
}
