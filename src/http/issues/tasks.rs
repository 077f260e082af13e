//! `GET /api/issues/tasks`: what somebody has to do, the nearest on foot first.

use super::desk::Desk;
use super::row::RowBody;
use crate::atlas::Snapshot;
use crate::geometry::{LonLat, Seconds};
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::params::Params;
use crate::http::walking::{WalkerParams, position, walker};
use crate::store::issues::{IssueFilter, IssueRow, Sort};
use crate::walk::{Direction, Doorstep, Profile, ReachQuery};
use axum::Json;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Tasks of one answer; nobody has more on one day.
const MOST: u32 = 200;
/// Walks longer than this are out of reach.
const BUDGET: Seconds = Seconds(7_200.0);

/// A case of one's own, and the way there
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueTask)]
pub struct TaskBody {
    #[serde(flatten)]
    row: RowBody,
    /// `null`: out of reach on foot, or nobody said from where.
    walk_s: Option<u32>,
    distance_m: Option<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct IssueTasks {
    /// The nearest first, then what is out of reach, by urgency.
    tasks: Vec<TaskBody>,
}

/// My open cases
///
/// Nearest on foot first; by urgency without a position.
#[utoipa::path(get, path = "/api/issues/tasks", operation_id = "issue_tasks", tag = "issues",
    params(("lon" = Option<f64>, Query, description = "Where the caller is, degrees", minimum = -180, maximum = 180),
        ("lat" = Option<f64>, Query, description = "Degrees", minimum = -90, maximum = 90), WalkerParams),
    responses((status = 200, body = IssueTasks)))]
pub async fn get(desk: Desk, mut params: Params) -> Result<Json<IssueTasks>, Problem> {
    let placed = params.has("lon") || params.has("lat");
    let from = if placed { position(&mut params, &desk.office.map) } else { None };
    let Some(profile) = walker(&mut params) else { return Err(params.refused()) };
    params.finish()?;
    let Some(me) = desk.scope.me.clone() else { return Ok(Json(IssueTasks { tasks: Vec::new() })) };
    let states = IssueFilter::open();
    let filter = IssueFilter { scope: desk.scope.clone(), states, assignee: Some(me), ..IssueFilter::default() };
    let rows = desk.app.store.issue_rows(&filter, Sort::Urgency, (MOST, 0)).await.map_err(Problem::store)?;
    let office = Arc::clone(&desk.office);
    let tasks = compute(move || {
        let walks = walks(&office.map, from, &profile, &rows);
        let body = |(row, walk): (&IssueRow, Option<(u32, f64)>)| TaskBody {
            row: RowBody::of(&office, row),
            walk_s: walk.map(|(seconds, _)| seconds),
            distance_m: walk.map(|(_, metres)| metres),
        };
        let mut tasks: Vec<TaskBody> = rows.iter().zip(walks).map(body).collect();
        tasks.sort_by_key(|task| task.walk_s.unwrap_or(u32::MAX));
        tasks
    });
    Ok(Json(IssueTasks { tasks: tasks.await? }))
}

/// How far each is; `None` where it is out of reach.
fn walks(map: &Snapshot, from: Option<LonLat>, profile: &Profile, rows: &[IssueRow]) -> Vec<Option<(u32, f64)>> {
    let reach = from.zip(map.network.as_ref()).and_then(|(origin, network)| {
        let query = ReachQuery { origin, profile, direction: Direction::From, budget: BUDGET };
        network.reach(&query).ok()
    });
    let Some(reach) = reach else { return vec![None; rows.len()] };
    let walk = |row: &IssueRow| {
        let door = Doorstep::new(row.case.place);
        let time = reach.time_to(&door)?;
        let metres = reach.length_to_any(std::slice::from_ref(&door))?;
        Some((time.whole(), crate::http::wire::metres(metres.0)))
    };
    rows.iter().map(walk).collect()
}
