//! The running service: the store, the map in memory, and the tail of the change log that keeps
//! the one true to the other. Knows no status code and no SQL.

mod clock;
mod events;
mod issues;
mod load;
mod looks;
pub mod metrics;
pub mod office;
mod plans;
mod random;
mod runs;
mod tail;

pub use events::{ChangeEvent, Heard, heard_of};
pub use issues::IssueChange;
pub use looks::Looks;
pub use plans::{Plans, Walks};
pub use random::random;
pub use runs::{Failure, Found, RunId, Runs, Sited, Started, Work};

use crate::accounts::{Sight, Throttle};
use crate::atlas::{Change, Snapshot};
use crate::config::Settings;
use crate::store::{Store, StoreError};
use crate::tiles::TileCache;
use crate::walk::Network;
use arc_swap::ArcSwapOption;
use chrono::{DateTime, Utc};
use events::Recent;
use metrics::{Metrics, Reading};
use office::{Office, Rules, RulesError};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::{JoinError, JoinHandle};

/// Events that a slow listener may fall behind before it must read the log again.
const EVENTS: usize = 4096;

/// How long an edit waits for its own map.
const PATIENCE: Duration = Duration::from_secs(1);

/// Memory for finished tiles.
const TILE_BYTES: u64 = 128 << 20;

/// The service, shared by all requests.
#[derive(Debug)]
pub struct App {
    /// What the operator told.
    pub settings: Settings,
    /// The moment questions like "open now" are about; a field so that tests can set it.
    pub clock: fn() -> DateTime<Utc>,
    /// When this process began to serve.
    pub started_at: DateTime<Utc>,
    /// Finished tiles.
    pub tiles: TileCache,
    pub metrics: Metrics,
    /// Users, sessions, tokens, the audit; features are read off the map.
    pub store: Store,
    /// Logins that failed lately, of this process.
    pub throttle: Mutex<Throttle>,
    map: ArcSwapOption<Snapshot>,
    looks: Looks,
    plans: Plans,
    /// Long computations of planners.
    pub runs: Runs,
    events: broadcast::Sender<Arc<ChangeEvent>>,
    recent: Recent,
    /// Rules of dispatch.
    rules: Rules,
    office: ArcSwapOption<Office>,
    issues: broadcast::Sender<IssueChange>,
    /// Up to here the log has been read, beyond what is on the map.
    read_to: AtomicI64,
    nudge: Notify,
    editing: tokio::sync::Mutex<()>,
    /// Last change on the map.
    at: watch::Sender<i64>,
    stop: watch::Sender<bool>,
}

impl App {
    /// A service whose map is not loaded yet. Refused when a file of rules that the settings name is
    /// not right.
    pub fn new(store: Store, settings: Settings) -> Result<Self, RulesError> {
        let rules = Rules::read(&settings.dispatch)?;
        Ok(Self {
            settings,
            clock: Utc::now,
            started_at: Utc::now(),
            tiles: TileCache::new(TILE_BYTES),
            metrics: Metrics::default(),
            store,
            throttle: Mutex::default(),
            map: ArcSwapOption::empty(),
            looks: Looks::default(),
            plans: Plans::default(),
            runs: Runs::default(),
            events: broadcast::channel(EVENTS).0,
            recent: Recent::default(),
            rules,
            office: ArcSwapOption::empty(),
            issues: broadcast::channel(EVENTS).0,
            read_to: AtomicI64::new(0),
            nudge: Notify::new(),
            editing: tokio::sync::Mutex::default(),
            at: watch::channel(0).0,
            stop: watch::channel(false).0,
        })
    }

    /// Loads the map, then follows the change log and the clock until the service stops.
    pub fn start(self: &Arc<Self>) -> JoinHandle<()> {
        let (tail, clock) = (tail::run(Arc::clone(self)), clock::run(Arc::clone(self)));
        tokio::spawn(async move {
            tokio::join!(tail, clock);
        })
    }

    /// What decides about cases at this moment; `None` until the map has been loaded.
    pub fn office(&self) -> Option<Arc<Office>> {
        let map = self.map()?;
        if let Some(office) = self.office.load_full().filter(|office| Arc::ptr_eq(&office.map, &map)) {
            return Some(office);
        }
        let office = Arc::new(Office::new(map, &self.rules));
        self.office.store(Some(Arc::clone(&office)));
        Some(office)
    }

    /// Cases as they change, from now on.
    pub fn listen_to_issues(&self) -> broadcast::Receiver<IssueChange> {
        self.issues.subscribe()
    }

    /// The map at this moment, with everything that is on it; `None` until it has been loaded.
    /// Answers are made from [`Self::looks`] at it.
    pub fn map(&self) -> Option<Arc<Snapshot>> {
        self.map.load_full()
    }

    /// Whether this is the network of the map now, of a service that goes on.
    fn walks_on(&self, network: &Arc<Network>) -> bool {
        let of_map = self.map().and_then(|map| map.network.clone());
        !self.is_stopping() && of_map.is_some_and(|of_map| Arc::ptr_eq(&of_map, network))
    }

    /// The metrics as they are now, for the scraper.
    pub fn metrics_text(&self) -> Result<String, std::fmt::Error> {
        let map = self.map();
        let (tile_hits, tile_misses) = self.tiles.hits_and_misses();
        let ready = map.is_some() && !self.is_stopping();
        let (map_version, lattice_bytes) = (map.map(|m| m.seq), crate::walk::lattice_bytes());
        self.metrics.text(Reading { map_version, ready, tile_hits, tile_misses, lattice_bytes })
    }

    /// What callers see of the map.
    pub fn looks(&self) -> &Looks {
        &self.looks
    }

    /// What planners have asked of it.
    pub fn plans(&self) -> &Plans {
        &self.plans
    }

    /// From now on this is the map. What residents see of it is made at once.
    async fn set_map(&self, map: &Arc<Snapshot>) -> Result<(), JoinError> {
        let last = self.map.swap(Some(Arc::clone(map)));
        self.at.send_replace(map.seq);
        self.plans.forget();
        let (looks, map) = (self.looks.clone(), Arc::clone(map));
        let look = move || {
            last.iter().for_each(|last| looks.forget_all_but(last));
            looks.at(&map, &Sight::default());
        };
        tokio::task::spawn_blocking(look).await
    }

    /// Changes as the map takes them in, from now on.
    pub fn listen(&self) -> broadcast::Receiver<Arc<ChangeEvent>> {
        self.events.subscribe()
    }

    /// The changes after `seq` with their features; `None` when they are not kept any more.
    pub fn recent_since(&self, seq: i64) -> Option<Vec<Arc<ChangeEvent>>> {
        self.recent.since(seq)
    }

    /// Changes after `seq` from the log, oldest first, `limit` at the most.
    pub async fn changes_since(&self, seq: i64, limit: usize) -> Result<Vec<Change>, StoreError> {
        self.store.changes_since(seq, limit).await
    }

    /// Has the log read at once, after a write of our own.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// One edit at a time decides and writes, so that each is decided on the map that the one before
    /// has made.
    pub async fn edit_turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.editing.lock().await
    }

    /// Has the log read, and ends when the map contains the change of this number, or after a while:
    /// the write is safe already.
    pub async fn caught_up(&self, seq: i64) {
        let mut at = self.at.subscribe();
        self.nudge();
        let _late = tokio::time::timeout(PATIENCE, at.wait_for(|at| *at >= seq)).await;
    }

    /// Asks everything that runs without an end (streams, the tail) to end.
    pub fn stop(&self) {
        self.runs.stop();
        self.stop.send_replace(true);
    }

    /// Ends when the service is asked to stop.
    pub async fn stopped(&self) {
        let mut stop = self.stop.subscribe();
        // The sender lives as long as the app, so waiting cannot fail.
        let _closed = stop.wait_for(|stop| *stop).await;
    }

    /// Whether the service has been asked to stop: it answers still, but is not ready.
    pub fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Ends when no more connections are to be taken: some time after being asked to stop, so
    /// that whoever sends requests here has seen that the service is not ready.
    pub async fn closing(&self) {
        self.stopped().await;
        tokio::time::sleep(Duration::from_secs(self.settings.stop.delay_seconds)).await;
    }

    /// Closes the database; a GeoPackage is one file again after this.
    pub async fn close(&self) {
        self.store.clone().close().await;
    }
}
