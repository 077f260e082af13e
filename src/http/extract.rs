//! Parse at the door: a handler is given a typed request and the map at one moment, or the
//! caller is told every fault of the request.

use super::error::{Kind, Problem};
use super::params::Params;
use crate::app::App;
use crate::atlas::Snapshot;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
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
        let ask = T::read(&mut params, &map);
        params.finish()?;
        let ask = ask.ok_or_else(|| Problem::internal("a request was refused without a fault"))?;
        Ok(Self { ask, map })
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
        if let Some(url) = &app.public_url {
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
