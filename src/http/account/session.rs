//! `/api/session`: logging in and out, and who is logged in.

use super::super::credentials::{Acting, COOKIE, Known};
use super::super::error::{Kind, Problem};
use super::super::extract::NoParams;
use super::super::fields::Fields;
use super::super::front::whence::Whence;
use super::body::{Me, moment, random};
use super::login;
use crate::accounts::{Password, Secret, UserName};
use crate::app::App;
use crate::store::accounts::{IDLE, NewSession};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chrono::TimeDelta;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// However much a session is used, it ends then.
const LONGEST: TimeDelta = TimeDelta::days(7);

#[derive(Debug, Serialize, ToSchema)]
pub struct SessionBody {
    /// `null`: nobody is logged in.
    user: Option<Me>,
    /// When the session or token ends, if it is not used any more; `null`: never, or there is none.
    expires_at: Option<String>,
}

/// What a login sends
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct Login {
    #[schema(max_length = 1000)]
    name: String,
    #[schema(max_length = 1000)]
    password: String,
}

/// The cookie's line; empty, it takes the cookie away.
fn cookie(whence: &Whence, value: &str, seconds: i64) -> Result<HeaderValue, Problem> {
    let path = if whence.path().is_empty() { "/" } else { whence.path() };
    let secure = if whence.secure { "; Secure" } else { "" };
    let line = format!("{COOKIE}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&line).map_err(Problem::internal)
}

const NO_STORE: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

/// Log in
#[utoipa::path(post, path = "/api/session", operation_id = "log_in", tag = "account", request_body = Login,
    responses(
        (status = 200, body = SessionBody, description = "The session's cookie is set"),
    ))]
pub async fn post(
    State(app): State<Arc<App>>,
    Extension(before): Extension<Known>,
    Extension(whence): Extension<Arc<Whence>>,
    Acting(mut stamp): Acting,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let (name, password) = (fields.text("name"), fields.text("password"));
    let (Some(name), Some(password)) = (name, password) else { return Err(fields.refused()) };
    fields.finish()?;
    // A text that cannot be a name is as wrong as a name that nobody has, and takes as long.
    let name = UserName::new(&name).or_else(|_| UserName::new("nobody")).map_err(Problem::internal)?;
    let user = login::check(&app, &name, Password::typed(password), &stamp).await?;
    let wrong = || Problem::new(Kind::WrongCredentials, "Name or password is wrong.");
    let user = user.ok_or_else(wrong)?.user;
    stamp.actor = Some(user.name.clone());
    stamp.via = "session".into();
    let secret = Secret::new(random()?);
    let new = NewSession {
        secret: secret.hash(),
        expires_at: stamp.at + LONGEST,
        user_agent: before.user_agent,
        instead_of: before.caller.session(),
    };
    app.store.begin_session(user.id, &new, &stamp).await.map_err(Problem::store)?.ok_or_else(wrong)?;
    let cookie = cookie(&whence, &secret.to_cookie(), LONGEST.num_seconds())?;
    let expires_at = Some(moment(stamp.at + IDLE));
    let body = SessionBody { user: Some(Me::of(&user, app.map().as_deref())), expires_at };
    Ok(([(header::SET_COOKIE, cookie)], [NO_STORE], Json(body)).into_response())
}

/// Who is logged in
#[utoipa::path(get, path = "/api/session", operation_id = "who_am_i", tag = "account",
    responses((status = 200, body = SessionBody),
    ))]
pub async fn get(State(app): State<Arc<App>>, Extension(known): Extension<Known>, _: NoParams) -> Response {
    let user = known.caller.user().map(|user| Me::of(user, app.map().as_deref()));
    ([NO_STORE], Json(SessionBody { user, expires_at: known.ends_at.map(moment) })).into_response()
}

/// Log out
#[utoipa::path(delete, path = "/api/session", operation_id = "log_out", tag = "account",
    responses((status = 204, description = "Nobody is logged in any more"),
    ))]
pub async fn delete(
    State(app): State<Arc<App>>,
    Extension(known): Extension<Known>,
    Extension(whence): Extension<Arc<Whence>>,
    Acting(stamp): Acting,
    _: NoParams,
) -> Result<Response, Problem> {
    if let (Some(user), Some(session)) = (known.caller.user(), known.caller.session()) {
        app.store.end_session(user.id, session, &stamp).await.map_err(Problem::store)?;
    }
    let gone = cookie(&whence, "", 0)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)], [NO_STORE]).into_response())
}
