//! `GET` and `POST /api/planning/scenarios`.

use super::body::{Head, ScenarioAsk, ScenarioBody, read};
use super::{must_fit, sees_all, unchanged};
use crate::accounts::Caller;
use crate::app::{App, random};
use crate::http::edit::Writing;
use crate::http::error::Problem;
use crate::http::extract::NoParams;
use crate::http::fields::Fields;
use crate::planning::scenario::ScenarioId;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Scenarios, the one that was changed last first
#[derive(Debug, Serialize, ToSchema)]
pub struct Scenarios {
    scenarios: Vec<Head>,
}

/// One's own scenarios
///
/// An administrator of everything is told all. Others' scenarios are read by their link.
#[utoipa::path(get, path = "/api/planning/scenarios", operation_id = "scenarios", tag = "planning",
    responses((status = 200, body = Scenarios),
    ))]
pub async fn get(State(app): State<Arc<App>>, caller: Caller, _: NoParams) -> Result<Json<Scenarios>, Problem> {
    let owner = caller.user().map(|user| user.id).filter(|_| !sees_all(&caller));
    let rows = app.store.scenarios(owner).await.map_err(Problem::store)?;
    Ok(Json(Scenarios { scenarios: rows.into_iter().map(Head::from).collect() }))
}

/// Make a scenario
///
/// Its measures are tried at once; nothing is written on the map.
#[utoipa::path(post, path = "/api/planning/scenarios", operation_id = "add_scenario", tag = "planning",
    request_body = ScenarioAsk,
    responses(
        (status = 201, body = ScenarioBody, headers(("Location" = String, description = "The new scenario"),
            ("ETag" = String, description = "For the next change"))),
        (status = 409),
        (status = 422, description = "A measure cannot be taken; errors name it"),
    ))]
pub async fn post(caller: Caller, writing: Writing, mut fields: Fields) -> Result<Response, Problem> {
    let Some(draft) = read(&mut fields) else { return Err(fields.refused()) };
    fields.finish()?;
    let user = caller.user().ok_or_else(|| Problem::internal("a planner without an account"))?;
    must_fit(writing.seen().await?.snapshot(), &draft.measures).await?;
    let id = ScenarioId::new(random().map_err(Problem::internal)?);
    let row = writing.app.store.add_scenario(&id, user.id, &draft, &writing.stamp).await.map_err(unchanged)?;
    let location = format!("{}/api/planning/scenarios/{}", writing.base, id.as_str());
    let body = ScenarioBody::new(row, draft.measures, None);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], body).into_response())
}
