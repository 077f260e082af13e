//! `/api/planning/runs/{id}`: how far a long computation is, what it found, and its end when somebody
//! wants that.

use super::ask::Call;
use super::missing::{MissingLinksBody, links};
use super::siting::{SitesBody, SitingBody, marginal, sites};
use crate::accounts::{Caller, Seen, UserId};
use crate::app::{App, Failure, Found, RunId, Started, Work, random};
use crate::http::authorization::Rights;
use crate::http::compute;
use crate::http::error::{Kind, Problem, ProblemBody};
use crate::http::extract::{BaseUrl, NoParams, PathOf};
use crate::http::json_body::Members;
use crate::http::params::Params;
use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// Longest that an answer waits for the end of a run, seconds.
const WAIT_S: u32 = 20;

/// A long computation
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningRun)]
pub struct RunBody {
    id: String,
    /// `siting` or `missing-links`.
    kind: &'static str,
    state: RunState,
    /// Pieces of work done, of all that are known so far.
    done: usize,
    of: usize,
    result: Option<ResultBody>,
    /// Why it failed.
    problem: Option<ProblemBody>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = PlanningRunState)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    Running,
    Done,
    Failed,
    Cancelled,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningRunResult)]
#[serde(untagged)]
pub enum ResultBody {
    Siting(Box<SitingBody>),
    MissingLinks(MissingLinksBody),
}

impl RunBody {
    fn new(run: &Started) -> Self {
        let end = run.end();
        let (done, of) = run.progress();
        let (state, result, problem) = match end.as_deref() {
            None => (RunState::Running, None, None),
            Some(Ok(Found::Siting(sited))) => (RunState::Done, Some(ResultBody::Siting(Box::new(sites(sited)))), None),
            Some(Ok(Found::Missing(found))) => (RunState::Done, Some(ResultBody::MissingLinks(links(found))), None),
            Some(Err(Failure::Cancelled)) => (RunState::Cancelled, None, None),
            Some(Err(failure)) => (RunState::Failed, None, Some(problem(failure).body())),
        };
        Self { id: run.id.as_str().to_owned(), kind: run.kind, state, done, of: of.max(done), result, problem }
    }
}

fn problem(failure: &Failure) -> Problem {
    match failure {
        Failure::Walk(error) => Problem::from(*error),
        Failure::Cancelled | Failure::Broke => Problem::new(Kind::Internal, "The reason is in the service's log."),
    }
}

fn owner(caller: &Caller) -> Result<UserId, Problem> {
    let user = caller.user().map(|user| user.id);
    user.ok_or_else(|| Problem::internal("nobody came past the authorization"))
}

fn find(app: &App, caller: &Caller, id: &str) -> Result<Arc<Started>, Problem> {
    let found = app.runs.find(owner(caller)?, id);
    found.ok_or_else(|| Problem::not_found("You have no such run: it may have been forgotten after an hour."))
}

/// How far a run is, and what it found
#[utoipa::path(get, path = "/api/planning/runs/{id}", operation_id = "planning_run", tag = "planning",
    params(
        ("id" = String, Path, description = "Of the run"),
        ("wait_s" = Option<u32>, Query, description = "Seconds to wait for its end; 0 when left out", maximum = 20),
    ),
    responses((status = 200, body = RunBody), (status = 404)))]
pub async fn get(PathOf(id): PathOf<String>, caller: Caller, mut call: Call) -> Result<Json<RunBody>, Problem> {
    let Some(wait) = call.params.whole("wait_s", 0, 0..=WAIT_S) else { return Err(call.params.refused()) };
    call.params.finish()?;
    let run = find(&call.app, &caller, &id)?;
    run.wait(Duration::from_secs(u64::from(wait))).await;
    compute(move || Json(RunBody::new(&run))).await
}

/// Stops a run
///
/// Soon, if it goes on; one that has ended is forgotten.
#[utoipa::path(delete, path = "/api/planning/runs/{id}", operation_id = "stop_planning_run", tag = "planning",
    params(("id" = String, Path, description = "Of the run")),
    responses((status = 204, description = "It stops soon"), (status = 404)))]
pub async fn delete(
    State(app): State<Arc<App>>,
    PathOf(id): PathOf<String>,
    caller: Caller,
    _: NoParams,
) -> Result<StatusCode, Problem> {
    let run = find(&app, &caller, &id)?;
    app.runs.cancel(owner(&caller)?, run.id.as_str());
    Ok(StatusCode::NO_CONTENT)
}

/// What a place at each site would add
///
/// Of a siting that has ended, after its first picks: the map of the marginal value.
#[utoipa::path(get, path = "/api/planning/runs/{id}/marginal", operation_id = "planning_marginal", tag = "planning",
    params(
        ("id" = String, Path, description = "Of the run"),
        ("picks" = Option<u32>, Query, description = "After so many picks; 0 when left out", maximum = 10_000),
    ),
    responses((status = 200, body = SitesBody), (status = 404), (status = 409, description = "It has found no sites")))]
pub async fn get_marginal(
    PathOf(id): PathOf<String>,
    caller: Caller,
    mut call: Call,
) -> Result<Json<SitesBody>, Problem> {
    let Some(picks) = call.params.whole("picks", 0, 0..=10_000) else { return Err(call.params.refused()) };
    call.params.finish()?;
    let run = find(&call.app, &caller, &id)?;
    compute(move || match run.end().as_deref() {
        Some(Ok(Found::Siting(sited))) => Ok(Json(marginal(sited, picks as usize))),
        _ => Err(Problem::new(Kind::Conflict, "The run has found no sites.")),
    })
    .await?
}

/// A call that begins a run.
pub struct Beginning {
    pub app: Arc<App>,
    pub seen: Seen,
    pub rights: Rights,
    pub members: Members,
    caller: Caller,
    base: String,
}

impl FromRequest<Arc<App>> for Beginning {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        // What has a body has no parameters.
        Params::of(request.uri()).finish()?;
        let (mut parts, body) = request.into_parts();
        let seen = Seen::from_request_parts(&mut parts, app).await?;
        let rights = Rights::from_request_parts(&mut parts, app).await?;
        let Ok(caller) = Caller::from_request_parts(&mut parts, app).await;
        let BaseUrl(base) = BaseUrl::from_request_parts(&mut parts, app).await?;
        let members = Members::read(&parts.headers, body).await?;
        Ok(Self { app: Arc::clone(app), seen, rights, members, caller, base })
    }
}

impl Beginning {
    /// Begins the run: 202 and its address.
    pub fn start(&self, kind: &'static str, work: Work) -> Result<Response, Problem> {
        let id = RunId::new(random().map_err(Problem::internal)?);
        let started = self.app.runs.start(id, owner(&self.caller)?, kind, work);
        let run = started.map_err(|too_many| Problem::new(Kind::Conflict, format!("{too_many}.")))?;
        let location = format!("{}/api/planning/runs/{}", self.base, run.id.as_str());
        Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(RunBody::new(&run))).into_response())
    }
}
