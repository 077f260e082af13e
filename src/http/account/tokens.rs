//! `/api/account/tokens`: keys for programs that act in one's name.

use super::super::credentials::Acting;
use super::super::error::{Kind, Problem};
use super::super::extract::{NoParams, PathOf};
use super::super::fields::Fields;
use super::body::{moment, random};
use super::sessions::me;
use crate::accounts::{Caller, Scopes, Secret, TokenId};
use crate::app::App;
use crate::store::accounts::{NewToken, TokenRow};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Tokens that one user may have.
const MOST: usize = 100;
/// The longest a token may live.
const LONGEST: TimeDelta = TimeDelta::days(366);

#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// The oldest first; those that have expired, too.
    tokens: Vec<TokenBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenBody {
    id: i64,
    name: String,
    /// `read`, `write`.
    scopes: Vec<&'static str>,
    created_at: String,
    expires_at: Option<String>,
    last_used_at: Option<String>,
}

/// A new token; this is the only time that it is shown
#[derive(Debug, Serialize, ToSchema)]
pub struct FreshToken {
    token: String,
    #[serde(flatten)]
    about: TokenBody,
}

/// What a new token shall be
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct TokenAsk {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Any of `read` and `write`.
    scopes: Vec<String>,
    /// RFC 3339, at most 366 days from now.
    #[schema(format = DateTime)]
    expires_at: String,
}

fn body(row: TokenRow) -> TokenBody {
    let Scopes { read, write } = row.scopes;
    let scopes = [(read, "read"), (write, "write")].into_iter().filter_map(|(on, name)| on.then_some(name));
    TokenBody {
        id: row.id.0,
        name: row.name,
        scopes: scopes.collect(),
        created_at: moment(row.created_at),
        expires_at: row.expires_at.map(moment),
        last_used_at: row.last_used_at.map(moment),
    }
}

/// One's own tokens
#[utoipa::path(get, path = "/api/account/tokens", operation_id = "tokens", tag = "account",
    responses((status = 200, body = Tokens),
    ))]
pub async fn get(State(app): State<Arc<App>>, caller: Caller, _: NoParams) -> Result<Json<Tokens>, Problem> {
    let rows = app.store.tokens(me(&caller)?.id).await.map_err(Problem::store)?;
    Ok(Json(Tokens { tokens: rows.into_iter().map(body).collect() }))
}

fn read(fields: &mut Fields, now: DateTime<Utc>) -> Option<(String, Scopes, DateTime<Utc>)> {
    let name = fields.label("name", 100).flatten();
    if name.is_none() {
        fields.fault("name", "is needed");
    }
    let mut scopes = Scopes::default();
    for scope in fields.list("scopes") {
        match scope.as_str() {
            Some("read") => scopes.read = true,
            Some("write") => scopes.write = true,
            _ => fields.fault("scopes", "may hold read and write"),
        }
    }
    if scopes == Scopes::default() {
        fields.fault("scopes", "needs read, write or both");
    }
    let until = fields.text("expires_at").and_then(|text| {
        let read = DateTime::parse_from_rfc3339(&text).ok().map(|t| t.to_utc());
        let fits = read.filter(|t| *t > now && *t <= now + LONGEST);
        if fits.is_none() {
            fields.fault("expires_at", "is not a time (RFC 3339) within the next 366 days");
        }
        fits
    });
    Some((name?, scopes, until?))
}

/// Make a token
#[utoipa::path(post, path = "/api/account/tokens", operation_id = "add_token", tag = "account",
    request_body = TokenAsk,
    responses((status = 201, body = FreshToken, description = "Shown only now"),
        (status = 409),
    ))]
pub async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    Acting(stamp): Acting,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let Some((name, scopes, until)) = read(&mut fields, stamp.at) else { return Err(fields.refused()) };
    fields.finish()?;
    let me = me(&caller)?;
    if app.store.tokens(me.id).await.map_err(Problem::store)?.len() >= MOST {
        return Err(Problem::new(Kind::Conflict, format!("You have {MOST} tokens already; take one away first.")));
    }
    let secret = Secret::new(random()?);
    let new = NewToken { secret: secret.hash(), name: name.clone(), scopes, expires_at: Some(until) };
    let id = app.store.add_token(me.id, &new, &stamp).await.map_err(Problem::store)?;
    let row = TokenRow { id, name, scopes, created_at: stamp.at, expires_at: Some(until), last_used_at: None };
    let fresh = FreshToken { token: secret.to_token(), about: body(row) };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(fresh)).into_response())
}

/// Take a token away
#[utoipa::path(delete, path = "/api/account/tokens/{id}", operation_id = "end_token", tag = "account",
    params(("id" = i64, Path, description = "Number of the token")),
    responses((status = 204, description = "It is not valid any more"),
        (status = 404),
    ))]
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<i64>,
    Acting(stamp): Acting,
    _: NoParams,
) -> Result<StatusCode, Problem> {
    let ended = app.store.end_token(me(&caller)?.id, TokenId(id), &stamp).await.map_err(Problem::store)?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found(format!("you have no token {id}"))) }
}
