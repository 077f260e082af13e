//! `/api/changes`: every change of the map as it happens, as server-sent events.

use super::error::Problem;
use super::extract::{map_of, seen_by};
use super::feed::{self, Feed};
use super::front::limits::Gate;
use super::params::Params;
use super::wire;
use crate::accounts::{Caller, Sight};
use crate::app::{App, ChangeEvent, Heard, heard_of};
use crate::atlas::{Ident, Operation};
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::Event;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::broadcast::Receiver;
use utoipa::ToSchema;

/// A listener that missed more than this had better read the map anew.
const REPLAY: usize = 10_000;

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
    let place = gate.stream(&caller)?;
    let feed = Changes { app: Arc::clone(&app), sight: caller.sight() };
    Ok(feed::answer(app, feed, feed::last_seen(&headers)?, place))
}

/// The changes in somebody's sight.
struct Changes {
    app: Arc<App>,
    sight: Sight,
}

impl Feed for Changes {
    type Item = Arc<ChangeEvent>;

    fn listen(&self) -> Receiver<Arc<ChangeEvent>> {
        self.app.listen()
    }

    async fn now(&self) -> i64 {
        self.app.map().map_or(0, |map| map.seq)
    }

    fn seq(event: &Arc<ChangeEvent>) -> i64 {
        event.change.seq
    }

    async fn told(&self, event: &Arc<ChangeEvent>) -> Option<Event> {
        let seen = seen_by(&self.app, &self.sight).await.ok()?;
        event.heard(&seen).and_then(written)
    }

    /// Only what is on the map by now.
    async fn missed(&self, last: i64) -> (Vec<Event>, i64) {
        let Ok(seen) = seen_by(&self.app, &self.sight).await else { return (Vec::new(), last) };
        let now = seen.seq;
        // A number from the future comes from another database.
        if last > now {
            return (vec![feed::reset(now)], now);
        }
        if let Some(recent) = self.app.recent_since(last) {
            let told = recent.last().map_or(last, |e| e.change.seq);
            return (recent.iter().filter_map(|e| e.heard(&seen)).filter_map(written).collect(), told);
        }
        match self.app.changes_since(last, REPLAY + 1).await {
            Ok(changes) if changes.len() <= REPLAY => {
                let heard = changes.iter().filter(|c| c.seq <= now).map(|c| heard_of(c, &seen));
                let events: Result<Vec<Option<Heard>>, _> = heard.collect();
                let events = events.map(|all| all.into_iter().flatten().filter_map(written).collect());
                (events.unwrap_or_else(|_| vec![feed::reset(now)]), now)
            }
            Ok(_) => (vec![feed::reset(now)], now),
            Err(error) => {
                tracing::warn!(%error, "a listener cannot be told what it missed");
                (vec![feed::reset(now)], now)
            }
        }
    }
}

fn written(heard: Heard) -> Option<Event> {
    feed::event(heard.seq, &ChangeBody::from(heard))
}
