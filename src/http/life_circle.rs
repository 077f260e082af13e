//! `/api/life-circle`: what lies within some minutes on foot of a point.

use super::error::{Problem, ProblemBody};
use super::extract::{Ask, Asked};
use super::link::GEOJSON;
use super::params::{Params, quoted};
use super::place::NetworkBody;
use super::{compute, walking, wire};
use crate::atlas::{Ident, Snapshot};
use crate::geometry::LonLat;
use crate::planning::{Band, LifeCircle, LifeCircleQuery, ReachedFacility, life_circle};
use crate::walk::{Direction, Profile};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Longest walk of a life circle, minutes.
const MAX_MINUTES: u32 = 60;
/// Most circles of one answer.
const MAX_CIRCLES: usize = 6;

pub struct LifeCircleAsk {
    origin: LonLat,
    /// Largest first.
    minutes: Vec<u32>,
    profile: &'static Profile,
    direction: Direction,
}

impl Ask for LifeCircleAsk {
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self> {
        let origin = walking::position(params, map);
        let minutes = minutes(params);
        let profile = walking::profile(params);
        let direction = walking::direction(params);
        Some(Self { origin: origin?, minutes: minutes?, profile: profile?, direction: direction? })
    }
}

fn minutes(params: &mut Params) -> Option<Vec<u32>> {
    let Some(text) = params.optional("minutes") else {
        return (!params.has("minutes")).then(|| vec![15, 10, 5]);
    };
    let mut all = Vec::new();
    for part in text.split(',') {
        match part.trim().parse().ok().filter(|m| (1..=MAX_MINUTES).contains(m)) {
            Some(minutes) => all.push(minutes),
            None => {
                let detail = format!("{} is not a whole number from 1 to {MAX_MINUTES}", quoted(part));
                params.fault("minutes", detail);
                return None;
            }
        }
    }
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    if all.len() > MAX_CIRCLES {
        params.fault("minutes", format!("has {} values; at most {MAX_CIRCLES} are answered", all.len()));
        return None;
    }
    Some(all)
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LifeCircle)]
pub struct LifeCircleBody {
    r#type: &'static str,
    /// One circle a minute value, largest first.
    features: Vec<BandBody>,
    origin: Origin,
    profile: &'static str,
    #[schema(value_type = String)]
    direction: Direction,
    /// What is inside the largest circle, by walking time.
    facilities: Vec<ReachedBody>,
    /// Categories of which nothing is inside the largest circle.
    missing: Vec<Ident>,
    network: Option<NetworkBody>,
    /// The largest circle comes to where the data end: more may be reachable.
    edge_of_data: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Origin {
    lon: f64,
    lat: f64,
    /// Distance to the walking network.
    snap_m: f64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Band)]
pub struct BandBody {
    r#type: &'static str,
    /// GeoJSON MultiPolygon.
    #[schema(value_type = Object)]
    geometry: Value,
    properties: BandProperties,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BandProperties {
    minutes: u32,
    area_m2: f64,
    households: u64,
    buildings: u64,
    /// Facilities inside, for every category.
    counts: BTreeMap<Ident, usize>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachedFacility)]
pub struct ReachedBody {
    layer: Ident,
    id: i64,
    code: Option<String>,
    name: Option<String>,
    /// The first of `categories`.
    category: Option<Ident>,
    categories: Vec<Ident>,
    lon: f64,
    lat: f64,
    walk_s: u32,
}

impl From<ReachedFacility> for ReachedBody {
    fn from(reached: ReachedFacility) -> Self {
        let f = &reached.facility;
        Self {
            layer: f.layer.clone(),
            id: f.id.0,
            code: f.code.clone(),
            name: f.name.clone(),
            category: f.categories.first().cloned(),
            categories: f.categories.clone(),
            lon: wire::degrees(f.anchor.lon()),
            lat: wire::degrees(f.anchor.lat()),
            walk_s: reached.walk.whole(),
        }
    }
}

impl From<Band> for BandBody {
    fn from(band: Band) -> Self {
        let properties = BandProperties {
            minutes: band.minutes,
            area_m2: wire::metres(band.area_m2),
            households: band.households,
            buildings: band.buildings,
            counts: band.counts,
        };
        Self { r#type: "Feature", geometry: wire::geometry(&band.shape.into()), properties }
    }
}

impl LifeCircleBody {
    fn new(ask: &LifeCircleAsk, map: &Snapshot, circle: LifeCircle) -> Self {
        Self {
            r#type: "FeatureCollection",
            features: circle.bands.into_iter().map(BandBody::from).collect(),
            origin: Origin {
                lon: wire::degrees(ask.origin.lon()),
                lat: wire::degrees(ask.origin.lat()),
                snap_m: wire::metres(circle.snap.0),
            },
            profile: &ask.profile.id,
            direction: ask.direction,
            facilities: circle.facilities.into_iter().map(ReachedBody::from).collect(),
            missing: circle.missing,
            network: NetworkBody::of(map),
            edge_of_data: circle.edge_of_data,
        }
    }
}

/// Life circle: what is within some minutes on foot
#[utoipa::path(get, path = "/api/life-circle", operation_id = "life_circle", tag = "questions",
    params(
        ("lon" = f64, Query, description = "Longitude, WGS 84", minimum = -180, maximum = 180),
        ("lat" = f64, Query, description = "Latitude, WGS 84", minimum = -90, maximum = 90),
        ("minutes" = Option<String>, Query, description = "Up to 6 whole minutes from 1 to 60; 5,10,15 by default",
            pattern = "^([1-9]|[1-5][0-9]|60)(,([1-9]|[1-5][0-9]|60)){0,5}$"),
        ("profile" = Option<String>, Query, description = "Who walks, see /api/profiles; adult by default",
            pattern = "^(adult|senior|wheelchair|stroller)$"),
        ("direction" = Option<String>, Query, description = "from (default) or to the point", pattern = "^(from|to)$"),
    ),
    responses(
        (status = 200, body = LifeCircleBody, content_type = "application/geo+json"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub async fn get(Asked { ask, map }: Asked<LifeCircleAsk>) -> Result<Response, Problem> {
    let body = compute(move || -> Result<String, Problem> {
        let query = LifeCircleQuery {
            origin: ask.origin,
            minutes: ask.minutes.clone(),
            profile: ask.profile,
            direction: ask.direction,
        };
        let circle = life_circle(&map, &query)?;
        serde_json::to_string(&LifeCircleBody::new(&ask, &map, circle)).map_err(Problem::internal)
    })
    .await??;
    Ok(([(header::CONTENT_TYPE, GEOJSON)], body).into_response())
}
