//! `/api/walk`: how to walk from one point to another.

use super::error::{Problem, ProblemBody};
use super::extract::{Ask, Asked};
use super::link::GEOJSON;
use super::params::Params;
use super::{compute, walking, wire};
use crate::atlas::Snapshot;
use crate::geometry::LonLat;
use crate::planning::walk_route;
use crate::walk::Profile;
use crate::walk::route::{Ground, Route, Step, StepKind};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub struct WalkAsk {
    from: LonLat,
    to: LonLat,
    profile: &'static Profile,
}

impl Ask for WalkAsk {
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self> {
        let from = walking::end(params, "from", map);
        let to = walking::end(params, "to", map);
        let profile = walking::profile(params);
        Some(Self { from: from?, to: to?, profile: profile? })
    }
}

/// GeoJSON Feature with a LineString
#[derive(Debug, Serialize, ToSchema)]
pub struct Walk {
    r#type: &'static str,
    #[schema(value_type = Object)]
    geometry: Value,
    properties: WalkProperties,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WalkProperties {
    walk_s: u32,
    distance_m: f64,
    profile: &'static str,
    steps: Vec<StepBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Step)]
pub struct StepBody {
    kind: StepKind,
    ground: Ground,
    name: Option<String>,
    distance_m: f64,
    walk_s: u32,
    /// Where the step begins.
    lon: f64,
    lat: f64,
}

impl From<Step> for StepBody {
    fn from(step: Step) -> Self {
        Self {
            kind: step.kind,
            ground: step.ground,
            distance_m: wire::metres(step.distance.0),
            walk_s: step.walk.whole(),
            lon: wire::degrees(step.at.lon()),
            lat: wire::degrees(step.at.lat()),
            name: step.name,
        }
    }
}

impl Walk {
    fn new(route: Route, profile: &'static Profile) -> Self {
        Self {
            r#type: "Feature",
            geometry: wire::geometry(&route.line.into()),
            properties: WalkProperties {
                walk_s: route.walk.whole(),
                distance_m: wire::metres(route.distance.0),
                profile: &profile.id,
                steps: route.steps.into_iter().map(StepBody::from).collect(),
            },
        }
    }
}

/// The walk between two points
#[utoipa::path(get, path = "/api/walk", operation_id = "walk", tag = "questions",
    params(
        ("from" = String, Query, description = "lon,lat", pattern = "^-?[0-9]+(\\.[0-9]+)?,-?[0-9]+(\\.[0-9]+)?$"),
        ("to" = String, Query, description = "lon,lat", pattern = "^-?[0-9]+(\\.[0-9]+)?,-?[0-9]+(\\.[0-9]+)?$"),
        ("profile" = Option<String>, Query, description = "Who walks, see /api/profiles; adult by default",
            pattern = "^(adult|senior|wheelchair|stroller)$"),
    ),
    responses(
        (status = 200, body = Walk, content_type = "application/geo+json"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub async fn get(Asked { ask, map }: Asked<WalkAsk>) -> Result<Response, Problem> {
    let body = compute(move || -> Result<String, Problem> {
        let route = walk_route(&map, ask.from, ask.to, ask.profile)?;
        serde_json::to_string(&Walk::new(route, ask.profile)).map_err(Problem::internal)
    })
    .await??;
    Ok(([(header::CONTENT_TYPE, GEOJSON)], body).into_response())
}
