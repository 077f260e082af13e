//! What one request and all together may take: how many at once, how long, how fast, how large.

use super::cost::{self, BodyRule};
use super::meter::{Pace, PacedBody};
use super::rate::{Budget, Rates};
use super::whence::Whence;
use crate::accounts::Caller;
use crate::config::Limits;
use crate::http::error::{Kind, Problem};
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Always answered, however much there is to do: they tell how much that is.
const ALWAYS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Tokens of the address for every request that costs anything.
const AT_THE_DOOR: u32 = 1;

/// The room that all requests share.
pub struct Gate {
    limits: Limits,
    requests: Semaphore,
    streams: Arc<Semaphore>,
    rates: Arc<Rates>,
}

impl Gate {
    pub fn new(limits: &Limits) -> Self {
        let room = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self {
            limits: limits.clone(),
            requests: Semaphore::new(room(limits.concurrency)),
            streams: Arc::new(Semaphore::new(room(limits.streams))),
            rates: Arc::new(Rates::new(limits)),
        }
    }

    /// A place for a stream that stays open; it is given back when the value is dropped.
    pub fn stream(&self, caller: &Caller) -> Result<Place, Problem> {
        let place = Arc::clone(&self.streams).try_acquire_owned();
        let place = place.map_err(|_| Problem::new(Kind::Busy, "Too many streams are open; try again later."))?;
        let longest = caller.user().map(|_| Duration::from_secs(self.limits.member_stream_seconds));
        Ok(Place { _place: place, longest })
    }
}

/// A place for a stream, and how long it may be used; `None`: as long as it lasts.
pub struct Place {
    _place: OwnedSemaphorePermit,
    pub longest: Option<Duration>,
}

impl Place {
    /// Ends when the stream must.
    pub async fn used_up(&self) {
        match self.longest {
            Some(longest) => tokio::time::sleep(longest).await,
            None => std::future::pending().await,
        }
    }
}

/// Lets a request through, with its budget and its body bounded, or says why not.
pub async fn guard(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    if ALWAYS.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let Ok(_place) = gate.requests.try_acquire() else {
        return Problem::new(Kind::Busy, "Too many requests at once; try again in a moment.").into_response();
    };
    match admit(&gate, &mut request) {
        Ok(()) => {}
        Err(problem) => return problem.into_response(),
    }
    let patience = Duration::from_secs(gate.limits.request_seconds);
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(Kind::TimedOut, "The answer took too long; ask for less.").into_response(),
    }
}

fn admit(gate: &Arc<Gate>, request: &mut Request) -> Result<(), Problem> {
    let route = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let method = request.method().as_str().to_owned();
    let whence = request.extensions().get::<Arc<Whence>>();
    let whence = whence.ok_or_else(|| Problem::internal("a request came past the front"))?;
    let budget = Budget::new(Arc::clone(&gate.rates), whence.address, &gate.limits);
    // That somebody asks at all; the work is paid for when it is known who asks (`charge`).
    budget.charge(cost::of(&method, route.as_deref()).min(AT_THE_DOOR))?;
    let rule = BodyRule::of(&method, route.as_deref(), &gate.limits);
    let said = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|said| said > rule.most_bytes) {
        return Err(Problem::too_large(rule.most_bytes));
    }
    let extensions = request.extensions_mut();
    extensions.insert(budget);
    extensions.insert(rule);
    extensions.insert(Arc::clone(gate));
    bound(&gate.limits, rule, request);
    Ok(())
}

/// Takes what the request costs from whoever asks, once that is known: an account pays the whole
/// price, anybody else what is left of it.
pub async fn charge(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let price = cost::of(request.method().as_str(), route);
    let charged = request.extensions().get::<Budget>().map_or(Ok(()), |budget| {
        budget.charge(if budget.is_account() { price } else { price - price.min(AT_THE_DOOR) })
    });
    match charged {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Bounds the body's length and slowness.
fn bound(limits: &Limits, rule: BodyRule, request: &mut Request) {
    let body = std::mem::take(request.body_mut());
    let pace = Pace::new(limits.slow_bytes_per_second, limits.slow_seconds);
    let whole = (!rule.streamed).then(|| Duration::from_secs(limits.body_seconds));
    let most = usize::try_from(rule.most_bytes).unwrap_or(usize::MAX);
    *request.body_mut() = Body::new(Limited::new(PacedBody::new(body, pace, whole), most));
}
