//! `GET /api/issues/stream`: cases of the own area as they change, as server-sent events.

use super::desk::Desk;
use super::row::RowBody;
use crate::accounts::Caller;
use crate::app::{App, IssueChange};
use crate::http::changes::seen;
use crate::http::error::Problem;
use crate::http::front::limits::{Gate, Place};
use crate::http::params::Params;
use async_stream::stream;
use axum::Extension;
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

/// A listener that missed more than this had better read the list anew.
const REPLAY: usize = 2_000;
const RETRY: Duration = Duration::from_secs(1);

/// Something happened to a case
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueChange)]
pub struct IssueChangeBody {
    seq: i64,
    number: String,
    /// `reported`, an action, `warned` or `missed`.
    what: String,
    /// `null`: it is not for the caller to see any more.
    row: Option<RowBody>,
}

/// Cases of the own area as they change (server-sent events)
///
/// The event `reset` says that changes were missed: read everything anew.
#[utoipa::path(get, path = "/api/issues/stream", operation_id = "issue_stream", tag = "issues",
    params(("Last-Event-ID" = Option<i64>, Header, description = "Number of the last change that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = IssueChangeBody)))]
pub async fn get(
    desk: Desk,
    Extension(gate): Extension<Arc<Gate>>,
    headers: HeaderMap,
    params: Params,
) -> Result<impl IntoResponse, Problem> {
    params.finish()?;
    let last = seen(&headers)?;
    let place = gate.stream(&desk.caller)?;
    let events = Sse::new(follow(desk.app, desk.caller, last, place));
    let events = events.keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    // Proxies that collect answers would hold the events back.
    Ok(([("x-accel-buffering", "no")], events))
}

fn follow(
    app: Arc<App>,
    caller: Caller,
    seen: Option<i64>,
    place: Place,
) -> impl Stream<Item = Result<Event, Infallible>> {
    stream! {
        let mut used_up = pin!(place.used_up());
        // Listening begins before the log is read, so that nothing falls between.
        let mut live = app.listen_to_issues();
        let now = app.store.last_seq().await.unwrap_or_default();
        let mut last = seen.unwrap_or(now);
        yield Ok(Event::default().id(last.to_string()).retry(RETRY));
        let mut behind = last != now;
        loop {
            if behind {
                let (events, seq) = missed(&app, &caller, last).await;
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
                Ok(change) if change.seq() > last => {
                    last = change.seq();
                    if let Some(event) = written(&app, &caller, &change) {
                        yield Ok(event);
                    }
                }
                Err(RecvError::Closed) => break,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
            }
        }
    }
}

/// What happened after `last`, and the number up to which that is told.
async fn missed(app: &App, caller: &Caller, last: i64) -> (Vec<Event>, i64) {
    let now = app.store.last_seq().await.unwrap_or(last);
    match app.issue_changes_since(last, REPLAY).await {
        Ok(Some(changes)) => {
            let told = changes.iter().map(IssueChange::seq).max().unwrap_or(last).max(last);
            (changes.iter().filter_map(|change| written(app, caller, change)).collect(), told)
        }
        Ok(None) => (vec![reset(now)], now),
        Err(error) => {
            tracing::warn!(%error, "a listener cannot be told what it missed");
            (vec![reset(now)], now)
        }
    }
}

fn reset(seq: i64) -> Event {
    Event::default().id(seq.to_string()).event("reset").data(format!("{{\"seq\":{seq}}}"))
}

/// The change as this caller hears it.
fn written(app: &App, caller: &Caller, change: &IssueChange) -> Option<Event> {
    let office = app.office()?;
    let scope = office.scope(caller);
    let IssueChange::Case { seq, row } = change else { return Some(reset(change.seq())) };
    let sees = row.is_seen_by(&scope);
    if !sees && !row.was_seen_by(&scope) {
        return None;
    }
    let body = IssueChangeBody {
        seq: *seq,
        number: row.case.number.0.clone(),
        what: if sees { row.last_what.clone() } else { "left".to_owned() },
        row: sees.then(|| RowBody::of(&office, row)),
    };
    let data = serde_json::to_string(&body).ok()?;
    Some(Event::default().id(seq.to_string()).data(data))
}
