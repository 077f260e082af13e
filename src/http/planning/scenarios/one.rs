//! `GET`, `PUT` and `DELETE /api/planning/scenarios/{id}`.

use super::body::{ScenarioAsk, ScenarioBody, read};
use super::{Kept, must_fit, unchanged};
use crate::accounts::{Caller, Seen};
use crate::app::App;
use crate::http::compute;
use crate::http::edit::Writing;
use crate::http::edit::precondition::Versions;
use crate::http::error::Problem;
use crate::http::extract::{NoParams, PathOf};
use crate::http::fields::Fields;
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// A scenario
///
/// Any planner may read one whose id they know. `problem` tells of a measure that the map of today does
/// not allow any more.
#[utoipa::path(get, path = "/api/planning/scenarios/{id}", operation_id = "scenario", tag = "planning",
    params(("id" = String, Path, description = "Id of the scenario")),
    responses(
        (status = 200, body = ScenarioBody, headers(("ETag" = String, description = "For the next change"))),
        (status = 404),
    ))]
pub async fn get(
    State(app): State<Arc<App>>,
    seen: Seen,
    PathOf(id): PathOf<String>,
    _: NoParams,
) -> Result<ScenarioBody, Problem> {
    let kept = Kept::at(&app, &id).await?;
    compute(move || {
        let problem = if kept.is_adopted() { None } else { kept.tried(&app, seen.snapshot()).err() };
        ScenarioBody::new(kept.row, kept.measures, problem)
    })
    .await
}

/// Change a scenario
///
/// All of it; its measures are tried at once.
#[utoipa::path(put, path = "/api/planning/scenarios/{id}", operation_id = "replace_scenario", tag = "planning",
    params(("id" = String, Path, description = "Id of the scenario"),
        ("If-Match" = String, Header, description = "The ETag that the GET gave")),
    request_body = ScenarioAsk,
    responses(
        (status = 200, body = ScenarioBody, headers(("ETag" = String, description = "For the next change"))),
        (status = 404),
        (status = 409, description = "It has been adopted"),
        (status = 412, description = "Somebody else has changed it meanwhile"),
        (status = 422, description = "A measure cannot be taken; errors name it"),
        (status = 428, description = "If-Match is missing"),
    ))]
pub async fn put(
    PathOf(id): PathOf<String>,
    caller: Caller,
    writing: Writing,
    mut fields: Fields,
) -> Result<ScenarioBody, Problem> {
    let versions = Versions::named(&writing.headers)?;
    let Kept { row, .. } = Kept::own_at(&writing.app, &id, &caller).await?;
    versions.require(row.version)?;
    let Some(draft) = read(&mut fields) else { return Err(fields.refused()) };
    fields.finish()?;
    must_fit(writing.seen().await?.snapshot(), &draft.measures).await?;
    let replaced = writing.app.store.replace_scenario(&row.id, row.version, &draft, &writing.stamp).await;
    Ok(ScenarioBody::new(replaced.map_err(unchanged)?, draft.measures, None))
}

/// Take a scenario away
///
/// What was adopted of it stays on the map.
#[utoipa::path(delete, path = "/api/planning/scenarios/{id}", operation_id = "remove_scenario", tag = "planning",
    params(("id" = String, Path, description = "Id of the scenario"),
        ("If-Match" = String, Header, description = "The ETag that the GET gave")),
    responses(
        (status = 204, description = "Taken away"),
        (status = 404),
        (status = 412, description = "Somebody else has changed it meanwhile"),
        (status = 428, description = "If-Match is missing"),
    ))]
pub async fn delete(PathOf(id): PathOf<String>, caller: Caller, writing: Writing) -> Result<StatusCode, Problem> {
    let versions = Versions::named(&writing.headers)?;
    let Kept { row, .. } = Kept::own_at(&writing.app, &id, &caller).await?;
    versions.require(row.version)?;
    writing.app.store.remove_scenario(&row.id, row.version, &writing.stamp).await.map_err(unchanged)?;
    Ok(StatusCode::NO_CONTENT)
}
