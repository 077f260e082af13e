//! Parse at the door: a handler is given a typed request and the map at one moment, or the
//! caller is told every fault of the request.

use super::compute;
use super::error::{Kind, Problem};
use super::front::whence::Whence;
use super::params::Params;
use crate::accounts::{Caller, Seen, Sight};
use crate::app::App;
use crate::atlas::Snapshot;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

/// A request that can be read from a query string.
pub trait Ask: Sized {
    /// `None` only after noting a fault.
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self>;
}

/// The request, and what the caller sees of the map: it was checked against that and must be
/// answered from it.
pub struct Asked<T> {
    pub ask: T,
    pub map: Seen,
}

impl<T: Ask + Send> FromRequestParts<Arc<App>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let map = Seen::from_request_parts(parts, app).await?;
        let mut params = Params::of(&parts.uri);
        let Some(ask) = T::read(&mut params, &map) else { return Err(params.refused()) };
        params.finish()?;
        Ok(Self { ask, map })
    }
}

/// What the caller sees of the map as it is now.
impl FromRequestParts<Arc<App>> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Ok(caller) = Caller::from_request_parts(parts, app).await;
        seen_by(app, &caller.sight()).await
    }
}

/// A question whose parameters depend on its path, and what is needed to answer it.
pub struct Reading {
    pub map: Seen,
    pub params: Params,
    pub headers: HeaderMap,
    /// What links begin with.
    pub base: String,
}

impl FromRequestParts<Arc<App>> for Reading {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let map = Seen::from_request_parts(parts, app).await?;
        let (params, headers) = (Params::of(&parts.uri), parts.headers.clone());
        Ok(Self { map, params, headers, base: whence(parts)?.base.clone() })
    }
}

/// What is seen of the map as it is now.
pub async fn seen_by(app: &App, sight: &Sight) -> Result<Seen, Problem> {
    let map = map_of(app)?;
    if let Some(seen) = app.looks().ready(&map, sight) {
        return Ok(seen);
    }
    let (looks, sight) = (app.looks().clone(), sight.clone());
    compute(move || looks.at(&map, &sight)).await
}

/// For a handler whose parameters depend on its path.
impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri))
    }
}

/// The variable parts of the path; an address that is not readable leads nowhere.
pub struct PathOf<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value)).map_err(|e| Problem::not_found(e.body_text()))
    }
}

/// The whole map as it is now, or the reason why there is none yet. Answers are made from what the
/// caller sees of it.
pub fn map_of(app: &App) -> Result<Arc<Snapshot>, Problem> {
    app.map().ok_or_else(|| Problem::new(Kind::Loading, "Try again in a moment."))
}

/// An address that takes no parameters; the map need not be loaded.
pub struct NoParams;

impl<S: Send + Sync> FromRequestParts<S> for NoParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Params::of(&parts.uri).finish().map(|()| Self)
    }
}

/// A request without parameters.
pub struct Nothing;

impl Ask for Nothing {
    fn read(_: &mut Params, _: &Snapshot) -> Option<Self> {
        Some(Self)
    }
}

/// What links begin with, without a slash at the end: `https://host/prefix`, right behind a
/// trusted proxy and under a sub-path, or the public address that the operator named.
pub struct BaseUrl(pub String);

impl<S: Send + Sync> FromRequestParts<S> for BaseUrl {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        whence(parts).map(|w| Self(w.base.clone()))
    }
}

/// The caller's address, not the one of a trusted proxy.
pub struct ClientAddress(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        whence(parts).map(|w| Self(w.address))
    }
}

/// Where the request came from; the front has noted it on every request.
pub fn whence(parts: &Parts) -> Result<&Arc<Whence>, Problem> {
    parts.extensions.get().ok_or_else(|| Problem::internal("a request came past the front"))
}

/// The first of `offered` media types that the request accepts; all do when it names none.
pub fn accepted<'t>(headers: &HeaderMap, offered: &[&'t str]) -> Option<&'t str> {
    let header = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or("*/*");
    let mut best: Option<(f32, &str)> = None;
    for kind in offered.iter().copied() {
        let quality = header.split(',').filter_map(|range| quality(range, kind)).fold(0.0, f32::max);
        if quality > 0.0 && best.is_none_or(|(q, _)| quality > q) {
            best = Some((quality, kind));
        }
    }
    best.map(|(_, kind)| kind)
}

/// The weight an Accept range gives to a media type; `None` when it does not cover it.
fn quality(range: &str, kind: &str) -> Option<f32> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?;
    let family = kind.split('/').next()?;
    let covers = name == kind || name == "*/*" || name.strip_suffix("/*") == Some(family);
    let weight = parts.find_map(|p| p.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
    covers.then_some(weight?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_accepted_type_is_answered() {
        let choose = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().expect("header"));
            accepted(&headers, &["application/json", "text/html"])
        };
        assert_eq!(choose("text/html,application/xhtml+xml,*/*;q=0.8"), Some("text/html"));
        assert_eq!(choose("*/*"), Some("application/json"));
        assert_eq!(choose("application/*"), Some("application/json"));
        assert_eq!(choose("image/png"), None);
        assert_eq!(accepted(&HeaderMap::new(), &["application/json"]), Some("application/json"));
    }
}
