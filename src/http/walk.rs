//! `/api/walk`: how to walk from one point to another.

use super::error::Problem;
use super::extract::{Ask, Asked};
use super::link::GEOJSON;
use super::params::Params;
use super::{compute, walking, wire};
use crate::atlas::Snapshot;
use crate::geometry::LonLat;
use crate::planning::walk_route;
use crate::walk::route::{Ground, Route, Step, StepKind};
use crate::walk::{Lang, Profile, route_text};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub struct WalkAsk {
    from: LonLat,
    to: LonLat,
    profile: Profile,
    /// The steps are told in words, too.
    lang: Option<Lang>,
}

impl Ask for WalkAsk {
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self> {
        let from = walking::end(params, "from", map);
        let to = walking::end(params, "to", map);
        let profile = walking::walker(params);
        let lang = params.choice("lang", None, &[("zh", Some(Lang::Zh)), ("en", Some(Lang::En))]);
        Some(Self { from: from?, to: to?, profile: profile?, lang: lang? })
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
    profile: String,
    /// Along the network, metres a second.
    speed_m_s: f64,
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
    /// The step in words, when a language is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl StepBody {
    fn new(step: Step, text: Option<String>) -> Self {
        Self {
            kind: step.kind,
            ground: step.ground,
            distance_m: wire::metres(step.distance.0),
            walk_s: step.walk.whole(),
            lon: wire::degrees(step.at.lon()),
            lat: wire::degrees(step.at.lat()),
            name: step.name,
            text,
        }
    }
}

impl Walk {
    fn new(route: Route, ask: &WalkAsk) -> Self {
        let texts = ask.lang.map(|lang| route_text(&route.steps, lang)).unwrap_or_default();
        let texts = texts.into_iter().map(Some).chain(std::iter::repeat(None));
        Self {
            r#type: "Feature",
            geometry: wire::geometry(&route.line.into()),
            properties: WalkProperties {
                walk_s: route.walk.whole(),
                distance_m: wire::metres(route.distance.0),
                profile: ask.profile.id.clone(),
                speed_m_s: ask.profile.speed_m_s,
                steps: route.steps.into_iter().zip(texts).map(|(step, text)| StepBody::new(step, text)).collect(),
            },
        }
    }
}

/// The walk between two points
#[utoipa::path(get, path = "/api/walk", operation_id = "walk", tag = "questions",
    params(
        ("from" = String, Query, description = "lon,lat", pattern = "^-?[0-9]+(\\.[0-9]+)?,-?[0-9]+(\\.[0-9]+)?$"),
        ("to" = String, Query, description = "lon,lat", pattern = "^-?[0-9]+(\\.[0-9]+)?,-?[0-9]+(\\.[0-9]+)?$"),
        walking::WalkerParams,
        ("lang" = Option<String>, Query, description = "Tell the steps in words", pattern = "^(zh|en)$"),
    ),
    responses(
        (status = 200, body = Walk, content_type = "application/geo+json"),
        (status = 422),
    ))]
pub async fn get(Asked { ask, map }: Asked<WalkAsk>) -> Result<Response, Problem> {
    let body = compute(move || -> Result<String, Problem> {
        let route = walk_route(&map, ask.from, ask.to, &ask.profile)?;
        serde_json::to_string(&Walk::new(route, &ask)).map_err(Problem::internal)
    })
    .await??;
    Ok(([(header::CONTENT_TYPE, GEOJSON)], body).into_response())
}
