//! `POST /api/life-circle`: the walking time of many points at once.

use super::ask::LifeCircleAsk;
use super::body::Origin;
use crate::atlas::Snapshot;
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::extract::{Ask, Asked};
use crate::http::front::cost;
use crate::http::front::rate::Budget;
use crate::http::json_body::{BadPoint, Members};
use crate::http::params::Params;
use crate::http::place::data_extent;
use crate::planning::{WalkTimes, walk_times};
use crate::walk::Direction;
use axum::Json;
use axum::body::Body;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Points of one question.
const MOST_POINTS: usize = 100_000;

pub struct PointsAsk(LifeCircleAsk);

impl Ask for PointsAsk {
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self> {
        let circle = LifeCircleAsk::read(params, map);
        params.choice("format", (), &[("points", ())])?;
        circle.map(Self)
    }
}

/// What is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Points)]
#[expect(dead_code, reason = "only described; it is read strictly by json_body")]
pub struct PointsBody {
    /// `[lon, lat]`, at most 100,000.
    #[schema(value_type = Vec<Vec<f64>>)]
    points: Vec<[f64; 2]>,
    /// Answer the other points when some are wrong.
    #[serde(default)]
    skip_bad: bool,
}

/// Walking times of points
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WalkTimes)]
pub struct TimesBody {
    origin: Origin,
    profile: String,
    /// Along the network, metres a second.
    speed_m_s: f64,
    #[schema(value_type = String)]
    direction: Direction,
    /// In the order of the points; `null` where a point is not reached within the largest of the
    /// minutes or metres, or is wrong.
    walk_s: Vec<Option<u32>>,
    /// The points that are wrong, with `skip_bad`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bad: Vec<BadPointBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BadPoint)]
pub struct BadPointBody {
    index: usize,
    detail: String,
}

impl TimesBody {
    fn new(ask: &LifeCircleAsk, found: &WalkTimes, bad: Vec<BadPoint>) -> Self {
        Self {
            origin: Origin::new(ask, found.snap),
            profile: ask.profile.id.clone(),
            speed_m_s: ask.profile.speed_m_s,
            direction: ask.direction,
            walk_s: found.times.iter().map(|t| t.map(|t| t.whole())).collect(),
            bad: bad.into_iter().map(|BadPoint { index, detail }| BadPointBody { index, detail }).collect(),
        }
    }
}

/// The walking time of many points
///
/// The same field as the circle: a point is inside exactly when its time is.
#[utoipa::path(post, path = "/api/life-circle", operation_id = "life_circle_points", tag = "questions",
    request_body(content = PointsBody, content_type = "application/json"),
    params(
        ("lon" = f64, Query, description = "Longitude, WGS 84", minimum = -180, maximum = 180),
        ("lat" = f64, Query, description = "Latitude, WGS 84", minimum = -90, maximum = 90),
        ("minutes" = Option<String>, Query, description = "The largest is the limit; 15 by default",
            pattern = "^([1-9]|[1-5][0-9]|60)(,([1-9]|[1-5][0-9]|60)){0,5}$"),
        ("metres" = Option<String>, Query, description = "Instead of minutes: metres of way from 50 to 5000",
            pattern = "^([5-9][0-9]|[1-9][0-9]{2}|[1-4][0-9]{3}|5000)(,([5-9][0-9]|[1-9][0-9]{2}|[1-4][0-9]{3}|5000)){0,5}$"),
        crate::http::walking::WalkerParams,
        ("direction" = Option<String>, Query, description = "from (default) or to the point", pattern = "^(from|to)$"),
        ("format" = Option<String>, Query, description = "points", pattern = "^points$"),
    ),
    responses(
        (status = 200, body = TimesBody),
        (status = 422),
    ))]
pub async fn post(
    Asked { ask: PointsAsk(ask), map }: Asked<PointsAsk>,
    budget: Budget,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<TimesBody>, Problem> {
    let mut members = Members::read(&headers, body).await?;
    let read = members.points("points", MOST_POINTS, data_extent(&map));
    let skip_bad = members.flag("skip_bad");
    if let (Some((_, bad)), Some(false)) = (&read, skip_bad) {
        members.refuse("points", bad);
    }
    members.finish()?;
    let (points, bad) = read.unwrap_or_default();
    budget.charge(cost::points(points.len()))?;
    let answer = compute(move || {
        let found = walk_times(&map, &ask.query(), &points)?;
        Ok::<_, Problem>(TimesBody::new(&ask, &found, bad))
    });
    answer.await?.map(Json)
}
