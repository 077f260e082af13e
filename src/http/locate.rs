//! `GET /api/locate`: in which areas a point lies, and who is responsible there.

use super::error::Problem;
use super::extract::{Ask, Asked};
use super::params::Params;
use super::{walking, wire};
use crate::atlas::Snapshot;
use crate::atlas::locate::{AreaRef, Location, Worker, locate};
use crate::geometry::LonLat;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

pub struct LocateAsk(LonLat);

impl Ask for LocateAsk {
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self> {
        walking::position(params, map).map(Self)
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Located {
    lon: f64,
    lat: f64,
    #[serde(flatten)]
    answer: LocationBody,
}

/// Where a point lies
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Location)]
pub struct LocationBody {
    /// One a level of the area tree, widest first; empty outside all areas.
    pub areas: Vec<AreaRef>,
    /// Zones over the point; they may overlap.
    pub zones: Vec<AreaRef>,
    /// To the nearest border of the finest area.
    pub border_m: Option<f64>,
    /// Other areas of the finest level, when the border is within 20 m.
    pub neighbours: Vec<AreaRef>,
    pub workers: Vec<Worker>,
}

impl From<Location> for LocationBody {
    fn from(l: Location) -> Self {
        let border_m = l.border_m.map(wire::metres);
        Self { areas: l.areas, zones: l.zones, border_m, neighbours: l.neighbours, workers: l.workers }
    }
}

/// In which areas a point lies
#[utoipa::path(get, path = "/api/locate", operation_id = "locate", tag = "questions",
    params(
        ("lon" = f64, Query, description = "Longitude, WGS 84", minimum = -180, maximum = 180),
        ("lat" = f64, Query, description = "Latitude, WGS 84", minimum = -90, maximum = 90),
    ),
    responses(
        (status = 200, body = Located),
    ))]
pub async fn get(Asked { ask: LocateAsk(at), map }: Asked<LocateAsk>) -> Result<Json<Located>, Problem> {
    let answer = super::compute(move || locate(&map, at)).await?;
    Ok(Json(Located { lon: wire::degrees(at.lon()), lat: wire::degrees(at.lat()), answer: answer.into() }))
}
