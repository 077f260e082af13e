//! `/api/account/sessions`: where one is logged in.

use super::super::credentials::Acting;
use super::super::error::Problem;
use super::super::extract::{NoParams, PathOf};
use super::body::moment;
use crate::accounts::{Caller, SessionId, User};
use crate::app::App;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Sessions {
    /// The one used last first.
    sessions: Vec<OneSession>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OneSession {
    id: i64,
    created_at: String,
    /// To the minute.
    last_seen_at: String,
    address: Option<String>,
    user_agent: Option<String>,
    /// The session that asks.
    current: bool,
}

/// The one who manages the own account; the table lets nobody else come here.
pub fn me(caller: &Caller) -> Result<&User, Problem> {
    caller.user().ok_or_else(|| Problem::internal("nobody has no account"))
}

/// Where one is logged in
#[utoipa::path(get, path = "/api/account/sessions", operation_id = "sessions", tag = "account",
    responses((status = 200, body = Sessions),
    ))]
pub async fn get(State(app): State<Arc<App>>, caller: Caller, _: NoParams) -> Result<Json<Sessions>, Problem> {
    let rows = app.store.sessions(me(&caller)?.id, (app.clock)()).await.map_err(Problem::store)?;
    let one = |row: crate::store::accounts::SessionRow| OneSession {
        id: row.id.0,
        created_at: moment(row.created_at),
        last_seen_at: moment(row.last_seen_at),
        address: row.address,
        user_agent: row.user_agent,
        current: caller.session() == Some(row.id),
    };
    Ok(Json(Sessions { sessions: rows.into_iter().map(one).collect() }))
}

/// End a session
#[utoipa::path(delete, path = "/api/account/sessions/{id}", operation_id = "end_session", tag = "account",
    params(("id" = i64, Path, description = "Number of the session")),
    responses((status = 204, description = "Ended"),
        (status = 404),
    ))]
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<i64>,
    Acting(stamp): Acting,
    _: NoParams,
) -> Result<StatusCode, Problem> {
    let ended = app.store.end_session(me(&caller)?.id, SessionId(id), &stamp).await.map_err(Problem::store)?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found(format!("you have no session {id}"))) }
}
