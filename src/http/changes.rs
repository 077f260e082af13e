//! `/api/changes`: every change of the map as it happens, as server-sent events.

use super::error::Problem;
use super::extract::{map_of, seen_by};
use super::front::limits::{Gate, Place};
use super::params::Params;
use super::wire;
use crate::accounts::{Caller, Sight};
use crate::app::{App, Heard, heard_of};
use crate::atlas::{Ident, Operation};
use async_stream::stream;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde::Serialize;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
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

impl From<Heard> for ChangeBody {
    fn from(e: Heard) -> Self {
        Self { seq: e.seq, layer: e.layer, id: e.id.0, op: e.op, bbox: e.bbox.map(wire::bbox) }
    }
}

/// Changes of the map (server-sent events)
///
/// The event `reset` says that changes were missed: read everything anew.
#[utoipa::path(get, path = "/api/changes", tag = "map",
    params(("Last-Event-ID" = Option<i64>, Header, description = "Number of the last change that was seen")),
    responses(
        (status = 200, content_type = "text/event-stream", body = ChangeBody),
    ))]
pub async fn changes(
    State(app): State<Arc<App>>,
    Extension(gate): Extension<Arc<Gate>>,
    caller: Caller,
    headers: HeaderMap,
    params: Params,
) -> Result<impl IntoResponse, Problem> {
    params.finish()?;
    map_of(&app)?;
    let seen = seen(&headers)?;
    let stream = follow(app, caller.sight(), seen, gate.stream(&caller)?);
    let events = Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    // Proxies that collect answers would hold the events back.
    Ok(([("x-accel-buffering", "no")], events))
}

pub fn seen(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().and_then(|t| t.parse().ok()).filter(|n| *n >= 0);
    number.map(Some).ok_or_else(|| Problem::parameter("Last-Event-ID", "is not the number of a change"))
}

fn follow(
    app: Arc<App>,
    sight: Sight,
    seen: Option<i64>,
    place: Place,
) -> impl Stream<Item = Result<Event, Infallible>> {
    stream! {
        let mut used_up = pin!(place.used_up());
        // Listening begins before the log is read, so that nothing falls between.
        let mut live = app.listen();
        let now = app.map().map_or(0, |m| m.seq);
        let mut last = seen.unwrap_or(now);
        // An id without data is not shown to the page, but a browser comes back with it.
        yield Ok(Event::default().id(last.to_string()).retry(RETRY));
        let mut behind = last != now;
        loop {
            if behind {
                let (events, seq) = missed(&app, &sight, last).await;
                last = seq;
                for event in events {
                    yield Ok(event);
                }
            }
            let received = tokio::select! {
                received = live.recv() => received,
                () = app.stopped() => break,
                () = &mut used_up => break,
            };
            behind = matches!(received, Err(RecvError::Lagged(_)));
            match received {
                Ok(event) if event.change.seq > last => {
                    last = event.change.seq;
                    let heard = seen_by(&app, &sight).await.ok().and_then(|seen| event.heard(&seen));
                    if let Some(event) = heard.and_then(written) {
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
async fn missed(app: &App, sight: &Sight, last: i64) -> (Vec<Event>, i64) {
    let Ok(seen) = seen_by(app, sight).await else { return (Vec::new(), last) };
    let now = seen.seq;
    // A number from the future comes from another database.
    if last > now {
        return (vec![reset(now)], now);
    }
    if let Some(recent) = app.recent_since(last) {
        let told = recent.last().map_or(last, |e| e.change.seq);
        return (recent.iter().filter_map(|e| e.heard(&seen)).filter_map(written).collect(), told);
    }
    match app.changes_since(last, REPLAY + 1).await {
        Ok(changes) if changes.len() <= REPLAY => {
            let heard = changes.iter().filter(|c| c.seq <= now).map(|c| heard_of(c, &seen));
            let events: Result<Vec<Option<Heard>>, _> = heard.collect();
            let events = events.map(|all| all.into_iter().flatten().filter_map(written).collect());
            (events.unwrap_or_else(|_| vec![reset(now)]), now)
        }
        Ok(_) => (vec![reset(now)], now),
        Err(error) => {
            tracing::warn!(%error, "a listener cannot be told what it missed");
            (vec![reset(now)], now)
        }
    }
}

fn reset(seq: i64) -> Event {
    Event::default().id(seq.to_string()).event("reset").data(format!("{{\"seq\":{seq}}}"))
}

fn written(heard: Heard) -> Option<Event> {
    let seq = heard.seq;
    let data = serde_json::to_string(&ChangeBody::from(heard)).ok()?;
    Some(Event::default().id(seq.to_string()).data(data))
}
