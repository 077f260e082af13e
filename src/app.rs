//! The running service: the map in memory and what keeps it up to date. Knows no status code.

use crate::atlas::Snapshot;
use arc_swap::ArcSwapOption;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio::sync::watch;

/// The service, shared by all requests.
#[derive(Debug)]
pub struct App {
    /// Address that links carry, when the operator names one.
    pub public_url: Option<String>,
    /// The moment questions like "open now" are about; an argument so that tests can set it.
    pub clock: fn() -> DateTime<Utc>,
    map: ArcSwapOption<Snapshot>,
    stop: watch::Sender<bool>,
}

impl App {
    /// A service whose map is not loaded yet.
    pub fn new(public_url: Option<String>) -> Arc<Self> {
        let (stop, _) = watch::channel(false);
        Arc::new(Self { public_url, clock: Utc::now, map: ArcSwapOption::empty(), stop })
    }

    /// The map at this moment; `None` until it has been loaded.
    pub fn map(&self) -> Option<Arc<Snapshot>> {
        self.map.load_full()
    }

    pub fn set_map(&self, map: Snapshot) {
        self.map.store(Some(Arc::new(map)));
    }

    /// Asks everything that runs without an end (streams, the tail) to end.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Ends when the service is asked to stop.
    pub async fn stopped(&self) {
        let mut stop = self.stop.subscribe();
        // The sender lives as long as the app, so waiting cannot fail.
        let _closed = stop.wait_for(|stop| *stop).await;
    }
}
