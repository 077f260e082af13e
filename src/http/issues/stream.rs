//! `GET /api/issues/stream`: cases of the own area as they change, as server-sent events.

use super::desk::Desk;
use super::row::RowBody;
use crate::accounts::Caller;
use crate::app::{App, IssueChange};
use crate::http::error::Problem;
use crate::http::feed::{self, Feed};
use crate::http::front::limits::Gate;
use crate::http::params::Params;
use axum::Extension;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::Event;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::broadcast::Receiver;
use utoipa::ToSchema;

/// A listener that missed more than this had better read the list anew.
const REPLAY: usize = 2_000;

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
    let place = gate.stream(&desk.caller)?;
    let feed = Cases { app: Arc::clone(&desk.app), caller: desk.caller };
    Ok(feed::answer(desk.app, feed, feed::last_seen(&headers)?, place))
}

/// The cases that a caller may see.
struct Cases {
    app: Arc<App>,
    caller: Caller,
}

impl Feed for Cases {
    type Item = IssueChange;

    fn listen(&self) -> Receiver<IssueChange> {
        self.app.listen_to_issues()
    }

    async fn now(&self) -> i64 {
        self.app.store.last_seq().await.unwrap_or_default()
    }

    fn seq(change: &IssueChange) -> i64 {
        change.seq()
    }

    async fn told(&self, change: &IssueChange) -> Option<Event> {
        self.heard(change)
    }

    async fn missed(&self, last: i64) -> (Vec<Event>, i64) {
        let now = self.now().await.max(last);
        match self.app.issue_changes_since(last, REPLAY).await {
            Ok(Some(changes)) => {
                let told = changes.iter().map(IssueChange::seq).max().unwrap_or(last).max(last);
                (changes.iter().filter_map(|change| self.heard(change)).collect(), told)
            }
            Ok(None) => (vec![feed::reset(now)], now),
            Err(error) => {
                tracing::warn!(%error, "a listener cannot be told what it missed");
                (vec![feed::reset(now)], now)
            }
        }
    }
}

impl Cases {
    /// The change as this caller hears it.
    fn heard(&self, change: &IssueChange) -> Option<Event> {
        let office = self.app.office()?;
        let scope = office.scope(&self.caller);
        let IssueChange::Case { seq, row } = change else { return Some(feed::reset(change.seq())) };
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
        feed::event(*seq, &body)
    }
}
