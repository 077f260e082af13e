//! A feed of server-sent events: what a listener missed, then what happens. Each event has a number; a
//! browser that lost the stream comes back with the last one it saw. What is told is the feed's own.

use super::error::Problem;
use super::front::limits::Place;
use crate::app::App;
use async_stream::stream;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde::Serialize;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// How soon a browser that lost the stream comes back.
const RETRY: Duration = Duration::from_secs(1);

/// What one listener is told.
pub trait Feed: Send + Sync + 'static {
    type Item: Clone + Send + Sync;

    fn listen(&self) -> Receiver<Self::Item>;

    /// Number of the newest event.
    fn now(&self) -> impl Future<Output = i64> + Send;

    fn seq(item: &Self::Item) -> i64;

    /// An event for this listener; `None`: none of his business.
    fn told(&self, item: &Self::Item) -> impl Future<Output = Option<Event>> + Send;

    /// What happened after a number, and the number up to which that is told.
    fn missed(&self, last: i64) -> impl Future<Output = (Vec<Event>, i64)> + Send;
}

/// The number that a browser comes back with.
pub fn last_seen(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().and_then(|t| t.parse().ok()).filter(|n| *n >= 0);
    number.map(Some).ok_or_else(|| Problem::parameter("Last-Event-ID", "is not the number of a change"))
}

/// The feed as an answer, from the last event that was seen, or from now on.
pub fn answer<F: Feed>(app: Arc<App>, feed: F, seen: Option<i64>, place: Place) -> impl IntoResponse {
    let events = Sse::new(follow(app, feed, seen, place));
    let events = events.keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    // Proxies that collect answers would hold the events back.
    ([("x-accel-buffering", "no")], events)
}

fn follow<F: Feed>(
    app: Arc<App>,
    feed: F,
    seen: Option<i64>,
    place: Place,
) -> impl Stream<Item = Result<Event, Infallible>> {
    stream! {
        let mut used_up = pin!(place.used_up());
        // Listening begins before the log is read, so that nothing falls between.
        let mut live = feed.listen();
        let now = feed.now().await;
        let mut last = seen.unwrap_or(now);
        // An id without data is not shown to the page, but a browser comes back with it.
        yield Ok(Event::default().id(last.to_string()).retry(RETRY));
        let mut behind = last != now;
        loop {
            if behind {
                let (events, seq) = feed.missed(last).await;
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
                Ok(item) if F::seq(&item) > last => {
                    last = F::seq(&item);
                    if let Some(event) = feed.told(&item).await {
                        yield Ok(event);
                    }
                }
                Err(RecvError::Closed) => break,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
            }
        }
    }
}

/// Something that happened, as JSON.
pub fn event(seq: i64, body: &impl Serialize) -> Option<Event> {
    let data = serde_json::to_string(body).ok()?;
    Some(Event::default().id(seq.to_string()).data(data))
}

/// Changes were missed: everything is to be read anew.
pub fn reset(seq: i64) -> Event {
    Event::default().id(seq.to_string()).event("reset").data(format!("{{\"seq\":{seq}}}"))
}
