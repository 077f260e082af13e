//! Parse at the door: a handler is given a typed request and the map at one moment, or the
//! caller is told every fault of the request.

use super::error::{Kind, Problem};
use super::params::Params;
use crate::app::App;
use crate::atlas::Snapshot;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::sync::Arc;

/// A request that can be read from a query string.
pub trait Ask: Sized {
    /// `None` only after noting a fault.
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self>;
}

/// The request, and the snapshot it was checked against and must be answered from.
pub struct Asked<T> {
    pub ask: T,
    pub map: Arc<Snapshot>,
}

impl<T: Ask + Send> FromRequestParts<Arc<App>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let map = map_of(app)?;
        let mut params = Params::of(&parts.uri);
        let Some(ask) = T::read(&mut params, &map) else { return Err(params.refused()) };
        params.finish()?;
        Ok(Self { ask, map })
    }
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

/// The map as it is now, or the reason why there is none yet.
pub fn map_of(app: &App) -> Result<Arc<Snapshot>, Problem> {
    app.map().ok_or_else(|| Problem::new(Kind::Loading, "Try again in a moment."))
}

/// A request without parameters.
pub struct Nothing;

impl Ask for Nothing {
    fn read(_: &mut Params, _: &Snapshot) -> Option<Self> {
        Some(Self)
    }
}

/// What links begin with: `http://host`, or the public address that the operator named.
pub struct BaseUrl(pub String);

impl FromRequestParts<Arc<App>> for BaseUrl {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if let Some(url) = &app.settings.public_url {
            return Ok(Self(url.clone()));
        }
        let host = host(&parts.headers).or_else(|| parts.uri.authority().map(ToString::to_string));
        Ok(Self(host.map(|h| format!("http://{h}")).unwrap_or_default()))
    }
}

/// The Host header, when it is no more than host and port.
fn host(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::HOST)?.to_str().ok()?;
    let authority: axum::http::uri::Authority = text.parse().ok()?;
    (!authority.as_str().contains('@')).then(|| authority.to_string())
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

    #[test]
    fn a_host_header_with_more_than_a_host_is_not_repeated() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "map.example:8080".parse().expect("header"));
        assert_eq!(host(&headers).as_deref(), Some("map.example:8080"));
        for bad in ["a b", "a/b", "x@y", "<script>"] {
            headers.insert(header::HOST, bad.parse().expect("header"));
            assert_eq!(host(&headers), None, "{bad}");
        }
    }
}
