//! `wangge serve`: answer until told to stop.

use super::{CliError, Context};
use crate::app::App;
use crate::config::{Listen, Settings};
use crate::http::front::server;
use crate::store::Store;
use clap::Args;
use std::io::Write;
use std::sync::Arc;
use tokio::net::TcpListener;

#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub listen: Listen,
}

pub async fn run(context: Context) -> Result<(), CliError> {
    let listener = bind(&context.settings).await?;
    let store = context.open().await?;
    serve(listener, store, context.settings).await
}

/// Takes the address, before anything is loaded: a port in use is told at once.
pub async fn bind(settings: &Settings) -> Result<TcpListener, CliError> {
    let listener = TcpListener::bind(settings.listen).await;
    listener.map_err(|e| CliError::failed(format!("cannot listen on {}: {e}", settings.listen)))
}

/// Serves the database until SIGTERM or SIGINT: open streams end then, requests are finished,
/// the database is closed.
pub async fn serve(listener: TcpListener, store: Store, settings: Settings) -> Result<(), CliError> {
    let address = listener.local_addr().map_err(CliError::failed)?;
    let app = Arc::new(App::new(store, settings).map_err(CliError::failed)?);
    let tail = app.start();
    let stopping = Arc::clone(&app);
    tokio::spawn(async move {
        signal().await;
        stopping.stop();
    });
    // Whoever started us may have stopped reading; that is no reason not to serve.
    let _unread = writeln!(std::io::stdout(), "wangge: http://{address}/");
    let served = server::serve(listener, Arc::clone(&app)).await;
    app.stop();
    let tailed = tail.await;
    app.close().await;
    served.map_err(CliError::failed)?;
    tailed.map_err(CliError::failed)
}

/// Ends at the first SIGTERM or SIGINT.
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
