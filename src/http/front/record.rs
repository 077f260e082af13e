//! Every request in the log and in the metrics: method, address template, status, duration and
//! an id; never what was asked about or by whom. Failures get the id into their body.

use super::whence::Whence;
use crate::app::App;
use crate::app::metrics::{Answered, Metrics, Route};
use crate::http::error::{self, Kind};
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;

/// Methods by name; all others are one, or a caller could fill the memory with labels.
const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

fn method(method: &Method) -> &'static str {
    let known = METHODS.iter().position(|m| m == method);
    known.map_or("other", |i| ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"][i])
}

/// Counts one request as being answered, also when its caller goes away.
struct InFlight<'m>(&'m Metrics);

impl<'m> InFlight<'m> {
    fn new(metrics: &'m Metrics) -> Self {
        metrics.in_flight.inc();
        Self(metrics)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.dec();
    }
}

pub async fn record(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("page", MatchedPath::as_str).to_owned();
    let route = Route { method: method(request.method()), route };
    let whence = request.extensions().get::<Arc<Whence>>().cloned();
    let id = whence.as_ref().map_or("", |w| w.id.as_str());
    let span = tracing::error_span!("request", id);
    let in_flight = InFlight::new(&app.metrics);
    let response = next.run(request).instrument(span.clone()).await;
    drop(in_flight);
    let (took, status) = (begun.elapsed(), response.status().as_u16());
    span.in_scope(|| {
        tracing::info!(
            method = route.method,
            route = route.route,
            status,
            ms = took.as_secs_f64() * 1000.0,
            "answered"
        );
    });
    app.metrics.seconds.get_or_create(&route).observe(took.as_secs_f64());
    let Route { method, route } = route;
    app.metrics.requests.get_or_create(&Answered { method, route, status }).inc();
    response
}

/// Tells a problem's answer what only the front knows.
pub async fn finish(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let whence = request.extensions().get::<Arc<Whence>>().cloned();
    let response = next.run(request).await;
    if response.extensions().get::<Kind>() == Some(&Kind::NoDatabase) {
        app.metrics.database_errors.inc();
    }
    match whence {
        Some(whence) => error::finished(response, whence.path(), &whence.id),
        None => response,
    }
}
