//! `wangge serve`: answer until told to stop.

use super::{CliError, Context};
use crate::app::App;
use crate::config::Listen;
use clap::Args;
use std::future::IntoFuture;
use std::sync::Arc;
use tokio::net::TcpListener;

#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub listen: Listen,
}

pub async fn run(args: ServeArgs, context: Context) -> Result<(), CliError> {
    serve(args.listen, context).await
}

/// Serves the database at `listen` until SIGTERM or SIGINT. The address is bound before
/// anything is loaded, so that a port in use is told at once.
pub async fn serve(listen: Listen, _context: Context) -> Result<(), CliError> {
    let listener = TcpListener::bind(listen.listen).await;
    let listener = listener.map_err(|e| CliError::failed(format!("cannot listen on {}: {e}", listen.listen)))?;
    let address = listener.local_addr().map_err(CliError::failed)?;
    let app = App::new(listen.public_url);
    println!("wangge serves http://{address}/");
    answer(listener, app.clone()).await.map_err(CliError::failed)
}

/// Answers requests until a signal arrives; open streams end then, requests are finished.
async fn answer(listener: TcpListener, app: Arc<App>) -> std::io::Result<()> {
    let router = crate::http::router(app.clone());
    let stopping = app.clone();
    let graceful = axum::serve(listener, router).with_graceful_shutdown(async move { stopping.stopped().await });
    tokio::spawn(async move {
        signal().await;
        app.stop();
    });
    graceful.into_future().await
}

/// Ends at the first SIGTERM or SIGINT.
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = signal(SignalKind::terminate());
    let Ok(mut terminate) = terminate else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
