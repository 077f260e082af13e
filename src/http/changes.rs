//! `/api/changes`: every change of the map as it happens, as server-sent events.

use super::error::{Problem, ProblemBody};
use super::extract::map_of;
use super::front::limits::Gate;
use super::params::Params;
use super::{visible, wire};
use crate::app::{App, ChangeEvent};
use crate::atlas::{Ident, Operation, Snapshot};
use crate::store::log;
use async_stream::stream;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde::Serialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::error::RecvError;
use utoipa::ToSchema;

/// A listener that missed more than this had better read the map anew.
const REPLAY: usize = 10_000;
/// How soon a browser that lost the stream comes back.
const RETRY: Duration = Duration::from_secs(1);

/// One change
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeBody {
    seq: i64,
    /// A layer, or `network`, `layer` (a descriptor), `meta` (a setting).
    layer: Ident,
    id: i64,
    /// `insert`, `update` or `delete`.
    #[schema(value_type = String)]
    op: Operation,
    /// Where the map looks different; `null`: anywhere.
    bbox: Option<[f64; 4]>,
}

impl From<&ChangeEvent> for ChangeBody {
    fn from(e: &ChangeEvent) -> Self {
        Self { seq: e.seq, layer: e.layer.clone(), id: e.id.0, op: e.op, bbox: e.bbox.map(wire::bbox) }
    }
}

/// Changes of the map (server-sent events)
///
/// The event `reset` says that changes were missed: read everything anew.
#[utoipa::path(get, path = "/api/changes", tag = "map",
    params(("Last-Event-ID" = Option<i64>, Header, description = "Number of the last change that was seen")),
    responses(
        (status = 200, content_type = "text/event-stream", body = ChangeBody),
        (status = 400, body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub async fn changes(
    State(app): State<Arc<App>>,
    Extension(gate): Extension<Arc<Gate>>,
    headers: HeaderMap,
    params: Params,
) -> Result<impl IntoResponse, Problem> {
    params.finish()?;
    map_of(&app)?;
    let seen = seen(&headers)?;
    let events =
        Sse::new(follow(app, seen, gate.stream()?)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    // Proxies that collect answers would hold the events back.
    Ok(([("x-accel-buffering", "no")], events))
}

fn seen(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().and_then(|t| t.parse().ok()).filter(|n| *n >= 0);
    number.map(Some).ok_or_else(|| Problem::parameter("Last-Event-ID", "is not the number of a change"))
}

fn follow(
    app: Arc<App>,
    seen: Option<i64>,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    stream! {
        let _place = place;
        // Listening begins before the log is read, so that nothing falls between.
        let mut live = app.listen();
        let now = app.map().map_or(0, |m| m.seq);
        let mut last = seen.unwrap_or(now);
        // An id without data is not shown to the page, but a browser comes back with it.
        yield Ok(Event::default().id(last.to_string()).retry(RETRY));
        let mut behind = last != now;
        loop {
            if behind {
                let (events, seq) = missed(&app, last).await;
                last = seq;
                for event in events {
                    yield Ok(event);
                }
            }
            let received = tokio::select! {
                received = live.recv() => received,
                () = app.stopped() => break,
            };
            behind = matches!(received, Err(RecvError::Lagged(_)));
            match received {
                Ok(event) if event.seq > last => {
                    last = event.seq;
                    if let Some(event) = app.map().and_then(|map| shown(&map, &event)) {
                        yield Ok(event);
                    }
                }
                Err(RecvError::Closed) => break,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
            }
        }
    }
}

/// What happened after `last` and is on the map by now, and the number up to which that is told.
async fn missed(app: &App, last: i64) -> (Vec<Event>, i64) {
    let Some(map) = app.map() else { return (Vec::new(), last) };
    let changes = app.changes_since(last, REPLAY + 1).await;
    match changes {
        // A number from the future comes from another database.
        Ok(changes) if last <= map.seq && changes.len() <= REPLAY => {
            let on_map = changes.iter().filter(|c| c.seq <= map.seq);
            let events = on_map.filter_map(|c| shown(&map, &ChangeEvent::new(c, &map, &map))).collect();
            (events, map.seq)
        }
        Ok(_) => (vec![reset(map.seq)], map.seq),
        Err(error) => {
            tracing::warn!(%error, "a listener cannot be told what it missed");
            (vec![reset(map.seq)], map.seq)
        }
    }
}

fn reset(seq: i64) -> Event {
    Event::default().id(seq.to_string()).event("reset").data(format!("{{\"seq\":{seq}}}"))
}

/// The event, when its layer may be seen.
fn shown(map: &Snapshot, event: &ChangeEvent) -> Option<Event> {
    let layer = event.layer.as_str();
    let visible = [log::NETWORK, log::LAYER, log::META].contains(&layer) || visible::layer(map, layer).is_some();
    let data = serde_json::to_string(&ChangeBody::from(event)).ok().filter(|_| visible)?;
    Some(Event::default().id(event.seq.to_string()).data(data))
}
