//! Connections: accepted, bounded in number and patience, and ended without cutting an answer
//! off when the service stops.

use super::meter::{Pace, PacedIo};
use super::whence::Peer;
use crate::app::App;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

/// What one who comes when there is no room is told, and how long he has to hear it.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const FAREWELL: Duration = Duration::from_secs(1);
/// Before trying again when the system has no more files to open.
const PAUSE: Duration = Duration::from_millis(200);

/// Answers until the app stops; then those that are being answered have the settings' patience.
pub async fn serve(listener: TcpListener, app: Arc<App>) -> io::Result<()> {
    let room = usize::try_from(app.settings.limits.connections).unwrap_or(Semaphore::MAX_PERMITS);
    let room = room.min(Semaphore::MAX_PERMITS >> 1);
    let places = Arc::new(Semaphore::new(room));
    let router = crate::http::router(Arc::clone(&app));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = app.closing() => break,
        };
        match (accepted, Arc::clone(&places).try_acquire_owned()) {
            (Ok((stream, peer)), Ok(place)) => {
                tokio::spawn(connection(stream, peer, router.clone(), Arc::clone(&app), place));
            }
            (Ok((stream, _)), Err(_)) => drop(tokio::spawn(turn_away(stream))),
            (Err(error), _) if is_callers(&error) => {}
            (Err(error), _) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    // Every connection gives its place back when it ends.
    let all = u32::try_from(room).unwrap_or(u32::MAX);
    let patience = Duration::from_secs(app.settings.stop.patience_seconds);
    if tokio::time::timeout(patience, places.acquire_many(all)).await.is_err() {
        tracing::warn!(left = room - places.available_permits(), "connections were cut off");
    }
    Ok(())
}

fn is_callers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn turn_away(mut stream: TcpStream) {
    // Whoever does not listen is not told.
    let _told = tokio::time::timeout(FAREWELL, stream.write_all(FULL)).await;
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, app: Arc<App>, place: OwnedSemaphorePermit) {
    let _place = place;
    let _late = stream.set_nodelay(true);
    let limits = &app.settings.limits;
    let pace = Pace::new(limits.slow_bytes_per_second, limits.slow_seconds);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(limits.header_seconds))
        .serve_connection(TokioIo::new(PacedIo::new(stream, pace)), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = app.closing() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
