//! `POST /api/walk/matrix`: walking times between many places.

use super::error::Problem;
use super::extract::{Asked, Nothing};
use super::front::cost;
use super::front::rate::Budget;
use super::json_body::Members;
use super::place::data_extent;
use super::{compute, walking, wire};
use crate::atlas::Snapshot;
use crate::geometry::{LonLat, Seconds};
use crate::planning::matrix::Side;
use crate::planning::{Matrix, MatrixQuery, matrix};
use crate::walk::Profile;
use axum::Json;
use axum::body::Body;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Places of one side.
const MOST_PLACES: usize = 1000;
const MAX_MINUTES: u32 = 120;

/// What is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MatrixQuestion)]
#[expect(dead_code, reason = "only described; it is read strictly by json_body")]
pub struct QuestionBody {
    /// `[lon, lat]`, at most 1,000.
    from: Vec<Vec<f64>>,
    /// `[lon, lat]`, at most 1,000.
    to: Vec<Vec<f64>>,
    /// Who walks, see /api/profiles; adult by default.
    profile: Option<String>,
    /// Longer walks are left out; 60 by default.
    #[schema(minimum = 1, maximum = 120)]
    max_minutes: Option<u32>,
    /// Speed along the network instead of the profile's.
    #[schema(minimum = 0.2, maximum = 3.0)]
    speed_m_s: Option<f64>,
    /// Seconds of waiting at each crossing with signals; 0 by default.
    #[schema(minimum = 0, maximum = 300)]
    signal_wait_s: Option<f64>,
}

/// Walking times between places
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Matrix)]
pub struct MatrixBody {
    /// A row for each place of `from`; `null` where there is no walk in time.
    walk_s: Vec<Vec<Option<u32>>>,
    /// Places off the network; their rows and columns are `null`.
    outside: Vec<OutsideBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutsidePlace)]
pub struct OutsideBody {
    /// `from` or `to`.
    side: &'static str,
    index: usize,
    /// To the nearest walking street; `null` when there is none.
    distance_m: Option<f64>,
}

impl From<Matrix> for MatrixBody {
    fn from(found: Matrix) -> Self {
        let row = |row: Vec<Option<Seconds>>| row.into_iter().map(|t| t.map(Seconds::whole)).collect();
        let outside = found.outside.into_iter().map(|o| OutsideBody {
            side: if o.side == Side::From { "from" } else { "to" },
            index: o.index,
            distance_m: o.distance.map(|d| wire::metres(d.0)),
        });
        Self { walk_s: found.times.into_iter().map(row).collect(), outside: outside.collect() }
    }
}

struct Question {
    from: Vec<LonLat>,
    to: Vec<LonLat>,
    profile: Profile,
    longest: Seconds,
}

fn question(mut members: Members, map: &Snapshot) -> Result<Question, Problem> {
    let from = places(&mut members, "from", map);
    let to = places(&mut members, "to", map);
    let profile = walking::walker(&mut members.params);
    let minutes = members.params.whole("max_minutes", 60, 1..=MAX_MINUTES);
    let read = from.zip(to).zip(profile.zip(minutes));
    members.finish()?;
    let ((from, to), (profile, minutes)) = read.ok_or_else(|| Problem::internal("a fault was not noted"))?;
    Ok(Question { from, to, profile, longest: Seconds::from_minutes(f64::from(minutes)) })
}

fn places(members: &mut Members, name: &str, map: &Snapshot) -> Option<Vec<LonLat>> {
    let (points, bad) = members.points(name, MOST_PLACES, data_extent(map))?;
    members.refuse(name, &bad);
    points.into_iter().collect()
}

/// Walking times between many places
///
/// From every place of one list to every place of another, up to 1,000 by 1,000.
#[utoipa::path(post, path = "/api/walk/matrix", operation_id = "walk_matrix", tag = "questions",
    request_body(content = QuestionBody, content_type = "application/json"),
    responses(
        (status = 200, body = MatrixBody),
        (status = 422),
    ))]
pub async fn post(
    Asked { map, .. }: Asked<Nothing>,
    budget: Budget,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<MatrixBody>, Problem> {
    let asked = question(Members::read(&headers, body).await?, &map)?;
    budget.charge(cost::matrix(asked.from.len(), asked.to.len()))?;
    let answer = compute(move || {
        let Question { ref from, ref to, ref profile, longest } = asked;
        matrix(&map, &MatrixQuery { from, to, profile, longest }).map(MatrixBody::from).map_err(Problem::from)
    });
    answer.await?.map(Json)
}
