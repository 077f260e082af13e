//! Follows the change log: the only way by which a change reaches the map. Survives a database
//! that goes away: the map keeps answering, the trouble is logged once, and the tail tries again.

use super::events::ChangeEvent;
use super::load::{self, LoadError};
use super::{App, EVENTS, issues};
use crate::atlas::{Change, Snapshot};
use crate::store::log;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often the log is read.
const POLL: Duration = Duration::from_millis(150);
/// How often while the database does not answer.
const RETRY: Duration = Duration::from_secs(1);
/// Every so many polls, look whether the log has become shorter: somebody restored a copy.
const LOOK_BACK: u32 = 20;
/// Rows of the log read at once.
const ROWS: usize = 10_000;

/// Loads the map and follows the log until the service stops.
pub async fn run(app: Arc<App>) {
    let follow = async {
        let mut trouble = false;
        for round in 0u32.. {
            let step = step(&app, round % LOOK_BACK == 0).await;
            match &step {
                Ok(()) if trouble => tracing::info!("the database answers again"),
                Err(error) if !trouble => tracing::error!(%error, "the database does not answer; trying again"),
                _ => {}
            }
            trouble = step.is_err();
            if trouble {
                app.metrics.database_errors.inc();
            }
            tokio::select! {
                () = tokio::time::sleep(if trouble { RETRY } else { POLL }) => {}
                () = app.nudge.notified(), if !trouble => {}
            }
        }
    };
    tokio::select! {
        () = follow => {}
        () = app.stopped() => {}
    }
}

async fn step(app: &Arc<App>, look_back: bool) -> Result<(), LoadError> {
    match app.map() {
        None => load_all(app).await,
        Some(map) if look_back && app.store.last_seq().await? < map.seq.max(app.read_to.load(Ordering::Acquire)) => {
            tracing::warn!("the change log is shorter than before; reading everything again");
            load_all(app).await
        }
        Some(map) => catch_up(app, &map).await,
    }
}

async fn load_all(app: &Arc<App>) -> Result<(), LoadError> {
    let begun = std::time::Instant::now();
    let map = load::all(&app.store).await?;
    let features: usize = map.layers.values().map(|l| l.features.len()).sum();
    tracing::info!(features, seq = map.seq, took = ?begun.elapsed(), "the map is loaded");
    let map = Arc::new(map);
    app.set_map(&map).await?;
    app.read_to.store(map.seq, Ordering::Release);
    app.recent.restart(map.seq);
    prepare(app, map, true);
    Ok(())
}

/// How long a network stands before all that circles are drawn from is made for it: many links may be
/// drawn one after the other. Whoever asks earlier has made what his circle needs.
const SETTLED: Duration = Duration::from_secs(10);

/// Finds in the background what the first questions would have to find themselves.
fn prepare(app: &Arc<App>, map: Arc<Snapshot>, other_network: bool) {
    let app = Arc::downgrade(app);
    std::thread::spawn(move || {
        let Some(network) = map.network.clone() else { return };
        map.doors.prepare(&network);
        drop(map);
        if other_network {
            std::thread::sleep(SETTLED);
            network.prepare_lattice(|| app.upgrade().is_some_and(|app| app.walks_on(&network)));
        }
    });
}

/// Takes in what the log has beyond the map.
async fn catch_up(app: &Arc<App>, map: &Arc<Snapshot>) -> Result<(), LoadError> {
    let mut changes: Vec<Change> = Vec::new();
    let read_to = app.read_to.load(Ordering::Acquire).max(map.seq);
    loop {
        let from = changes.last().map_or(read_to, |c| c.seq);
        let more = app.store.changes_since(from, ROWS).await?;
        let full = more.len() == ROWS;
        changes.extend(more);
        if !full {
            break;
        }
    }
    let Some(last) = changes.last().map(|c| c.seq) else { return Ok(()) };
    let (cases, changes): (Vec<Change>, Vec<Change>) =
        changes.into_iter().partition(|c| c.layer.as_str() == log::ISSUE);
    issues::tell(app, &cases).await?;
    if changes.is_empty() {
        // No case is on the map.
        app.read_to.store(last, Ordering::Release);
        return Ok(());
    }
    let next = Arc::new(load::changed(&app.store, map, &changes).await?);
    app.set_map(&next).await?;
    if !next.doors.same_as(&map.doors) {
        let same = map.network.as_ref().zip(next.network.as_ref()).is_some_and(|(a, b)| Arc::ptr_eq(a, b));
        prepare(app, Arc::clone(&next), !same);
    }
    app.read_to.store(last, Ordering::Release);
    for change in &changes {
        let event = Arc::new(ChangeEvent::new(change, map, &next));
        app.recent.push(&event, EVENTS);
        // Nobody listening is no fault.
        let _listeners = app.events.send(event);
    }
    Ok(())
}
