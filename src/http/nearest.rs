//! `/api/nearest`: the nearest places of a kind, on foot or in a straight line.

use super::error::Problem;
use super::extract::{Ask, Asked};
use super::params::Params;
use super::{compute, walking, wire};
use crate::app::App;
use crate::atlas::{Ident, Snapshot};
use crate::geometry::{LonLat, Seconds};
use crate::planning::parking::{PARKING, nearest_parking};
use crate::planning::{By, Near, NearestQuery, Wanted, nearest};
use crate::walk::Profile;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Longest walk looked for, minutes.
const MAX_MINUTES: u32 = 120;
const MAX_LIMIT: u32 = 100;
const MOST_SPACES: u32 = 1_000_000;

pub struct NearestAsk {
    origin: LonLat,
    wanted: Wanted,
    limit: u32,
    by: By,
    max_minutes: u32,
    open_at: Option<walking::OpenAt>,
    service: Option<String>,
    profile: &'static Profile,
    /// Of parking: known to take so many cars.
    min_spaces: Option<u32>,
}

impl Ask for NearestAsk {
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self> {
        let origin = walking::position(params, map);
        let wanted = walking::wanted(params, map);
        let limit = params.whole("limit", 5, 1..=MAX_LIMIT);
        let by = params.choice("by", By::Walk, &[("walk", By::Walk), ("line", By::Line)]);
        if by == Some(By::Line) && params.has("max_minutes") {
            params.fault("max_minutes", "limits walks; it has no meaning with by=line");
        }
        let max_minutes = params.whole("max_minutes", 30, 1..=MAX_MINUTES);
        let open_at = walking::open_at(params);
        let service = params.optional("service");
        let profile = walking::profile(params);
        let parking = matches!(&wanted, Some(Wanted::Category(id)) if id.as_str() == PARKING);
        if params.has("min_spaces") && !parking {
            params.fault("min_spaces", format!("has a meaning with category={PARKING} only"));
        }
        let min_spaces = params.has("min_spaces").then(|| params.whole("min_spaces", 0, 0..=MOST_SPACES));
        Some(Self {
            origin: origin?,
            wanted: wanted?,
            limit: limit?,
            by: by?,
            max_minutes: max_minutes?,
            open_at,
            service,
            profile: profile?,
            min_spaces: match min_spaces {
                Some(read) => Some(read?),
                None => None,
            },
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Nearest)]
pub struct NearestBody {
    lon: f64,
    lat: f64,
    /// `walk` or `line`.
    by: &'static str,
    profile: &'static str,
    results: Vec<NearBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Near)]
pub struct NearBody {
    layer: Ident,
    id: i64,
    code: Option<String>,
    name: Option<String>,
    category: Option<Ident>,
    lon: f64,
    lat: f64,
    /// Only when asked by walk.
    walk_s: Option<u32>,
    /// Length of that walk.
    distance_m: Option<f64>,
    /// Straight distance to the nearest entrance.
    line_m: f64,
    /// `null` when the hours are not known.
    open: Option<bool>,
    /// Opening hours as written, in OSM syntax.
    hours: Option<String>,
    services: Vec<String>,
    /// How many cars it is known to take; told when min_spaces is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    spaces: Option<u64>,
}

impl NearBody {
    fn new(near: Near, spaces: Option<u64>, wanted: &Wanted) -> Self {
        let f = &near.facility;
        let category = match wanted {
            Wanted::Category(id) => Some(id),
            Wanted::Layer(_) => f.categories.first(),
        };
        Self {
            layer: f.layer.clone(),
            id: f.id.0,
            code: f.code.clone(),
            name: f.name.clone(),
            category: category.cloned(),
            lon: wire::degrees(f.anchor.lon()),
            lat: wire::degrees(f.anchor.lat()),
            walk_s: near.walk.map(|(walk, _)| walk.whole()),
            distance_m: near.walk.map(|(_, length)| wire::metres(length.0)).filter(|m| m.is_finite()),
            line_m: wire::metres(near.line.0),
            open: near.open,
            hours: f.hours.as_ref().map(|h| h.text().to_owned()),
            services: f.services.clone(),
            spaces,
        }
    }
}

/// The nearest places of a kind
#[utoipa::path(get, path = "/api/nearest", operation_id = "nearest", tag = "questions",
    params(
        ("lon" = f64, Query, description = "Longitude, WGS 84", minimum = -180, maximum = 180),
        ("lat" = f64, Query, description = "Latitude, WGS 84", minimum = -90, maximum = 90),
        ("category" = Option<String>, Query, description = "One of /api/categories; this or layer"),
        ("layer" = Option<String>, Query, description = "One of /api/collections; this or category"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 5 by default", minimum = 1, maximum = 100),
        ("by" = Option<String>, Query, description = "walk (default) or line", pattern = "^(walk|line)$"),
        ("max_minutes" = Option<u32>, Query, description = "Longest walk, 1 to 120, 30 by default", minimum = 1, maximum = 120),
        ("open_at" = Option<String>, Query, description = "now or an RFC 3339 time: only what is open then"),
        ("min_spaces" = Option<u32>, Query, description = "With category=parking: only what is known to take so many cars", maximum = 1_000_000),
        ("service" = Option<String>, Query, description = "Only places that offer this service"),
        ("profile" = Option<String>, Query, description = "Who walks, see /api/profiles; adult by default",
            pattern = "^(adult|senior|wheelchair|stroller)$"),
    ),
    responses(
        (status = 200, body = NearestBody),
        (status = 422),
    ))]
pub async fn get(
    State(app): State<Arc<App>>,
    Asked { ask, map }: Asked<NearestAsk>,
) -> Result<Json<NearestBody>, Problem> {
    let now = (app.clock)();
    let body = compute(move || -> Result<NearestBody, Problem> {
        let query = NearestQuery {
            origin: ask.origin,
            wanted: ask.wanted.clone(),
            limit: ask.limit as usize,
            by: ask.by,
            max: Seconds::from_minutes(f64::from(ask.max_minutes)),
            open_only_at: ask.open_at.map(|at| at.moment(now)),
            now,
            service: ask.service.clone(),
            profile: ask.profile,
        };
        let found: Vec<(Near, Option<u64>)> = match ask.min_spaces {
            Some(least) => {
                let fitting = nearest_parking(&map, &query, u64::from(least))?;
                fitting.into_iter().map(|parking| (parking.near, Some(parking.spaces))).collect()
            }
            None => nearest(&map, &query)?.into_iter().map(|near| (near, None)).collect(),
        };
        Ok(NearestBody {
            lon: wire::degrees(ask.origin.lon()),
            lat: wire::degrees(ask.origin.lat()),
            by: if ask.by == By::Walk { "walk" } else { "line" },
            profile: &ask.profile.id,
            results: found.into_iter().map(|(near, spaces)| NearBody::new(near, spaces, &ask.wanted)).collect(),
        })
    });
    body.await?.map(Json)
}
