//! `GET /api/life-circle/explain`: why a place is inside or outside, and what would bring it in.

use super::explained::ExplanationBody;
use crate::atlas::Snapshot;
use crate::geometry::LonLat;
use crate::http::error::Problem;
use crate::http::extract::{Ask, Asked};
use crate::http::params::Params;
use crate::http::{compute, walking};
use crate::planning::{ExplainQuery, Extent, explain};
use crate::walk::{Direction, Profile};
use axum::Json;

pub struct ExplainAsk {
    origin: LonLat,
    to: LonLat,
    extent: Extent,
    profile: Profile,
    direction: Direction,
}

impl Ask for ExplainAsk {
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self> {
        let origin = walking::position(params, map);
        let to = walking::end(params, "to", map);
        let extent = walking::extents(params, &[Extent::Minutes(15)]).and_then(|all| one(params, &all));
        let profile = walking::walker(params);
        let direction = walking::direction(params, Direction::From);
        Some(Self { origin: origin?, to: to?, extent: extent?, profile: profile?, direction: direction? })
    }
}

fn one(params: &mut Params, extents: &[Extent]) -> Option<Extent> {
    if let [extent] = extents {
        return Some(*extent);
    }
    let name = if params.has("metres") { "metres" } else { "minutes" };
    params.fault(name, "is one value here");
    None
}

/// Why a place is inside or outside the life circle
///
/// And what would bring it in: more time, a quicker pace, or the shortest new path.
#[utoipa::path(get, path = "/api/life-circle/explain", operation_id = "life_circle_explain", tag = "questions",
    params(
        ("lon" = f64, Query, description = "Longitude of the circle's middle, WGS 84", minimum = -180, maximum = 180),
        ("lat" = f64, Query, description = "Latitude, WGS 84", minimum = -90, maximum = 90),
        ("to" = String, Query, description = "The place, lon,lat", pattern = "^-?[0-9]+(\\.[0-9]+)?,-?[0-9]+(\\.[0-9]+)?$"),
        ("minutes" = Option<String>, Query, description = "Whole minutes from 1 to 60; 15 by default",
            pattern = "^([1-9]|[1-5][0-9]|60)$"),
        ("metres" = Option<String>, Query, description = "Instead of minutes: metres of way from 50 to 5000",
            pattern = "^([5-9][0-9]|[1-9][0-9]{2}|[1-4][0-9]{3}|5000)$"),
        walking::WalkerParams,
        ("direction" = Option<String>, Query, description = "from (default) or to the middle", pattern = "^(from|to)$"),
    ),
    responses(
        (status = 200, body = ExplanationBody),
        (status = 422),
    ))]
pub async fn get(Asked { ask, map }: Asked<ExplainAsk>) -> Result<Json<ExplanationBody>, Problem> {
    let answer = compute(move || {
        let ExplainAsk { origin, to, extent, ref profile, direction } = ask;
        let found = explain(&map, &ExplainQuery { origin, to, extent, profile, direction })?;
        Ok::<_, Problem>(ExplanationBody::from(found))
    });
    answer.await?.map(Json)
}
