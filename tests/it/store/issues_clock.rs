//! The clock of the running service: two processes over one database, and one that starts later, do
//! everything that was due once, at its time.

use super::issues::{at, incoming, make, office};
use crate::harness::databases;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use wangge::app::App;
use wangge::config::Settings;
use wangge::dispatch::What;
use wangge::store::Store;

/// Minutes since the cases were reported.
static MINUTES: AtomicI64 = AtomicI64::new(0);

fn clock() -> DateTime<Utc> {
    at(MINUTES.load(Ordering::SeqCst))
}

fn app(store: &Store) -> Arc<App> {
    let mut app = App::new(store.clone(), Settings::default()).expect("rules");
    app.clock = clock;
    Arc::new(app)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_and_a_restart_warn_and_pass_up_once() {
    const CASES: usize = 12;
    for db in databases().await {
        MINUTES.store(0, Ordering::SeqCst);
        let (store, office) = office(&db).await;
        let mut ids = Vec::new();
        for i in 0..CASES {
            ids.push(make(&store, &office, &incoming("exposed_garbage", 115.991 + 0.0001 * i as f64), 0).await.0);
        }
        let other = db.open().await;
        let apps = [app(&store), app(&other)];
        let running: Vec<_> = apps.iter().map(App::start).collect();
        let events = async || {
            let mut all = Vec::new();
            for id in &ids {
                all.push(store.issue_events(*id).await.expect("read"));
            }
            all
        };
        let counts = async |wanted: usize| {
            for _ in 0..1000 {
                if events().await.iter().all(|events| events.len() >= wanted) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            panic!("it did not happen");
        };
        // The warning at four fifths of the working day; then the end, seen late.
        MINUTES.store(24 * 60 - 80, Ordering::SeqCst);
        counts(4).await;
        MINUTES.store(24 * 60 + 300, Ordering::SeqCst);
        counts(6).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        for app in &apps {
            app.stop();
        }
        for run in running {
            run.await.expect("no panic");
        }
        let before = events().await;
        for events in &before {
            assert_eq!(events.iter().filter(|e| matches!(e.what, What::Missed(_))).count(), 1, "{events:?}");
            let missed = events.iter().find(|e| matches!(e.what, What::Missed(_))).expect("missed");
            assert_eq!(missed.at, at(24 * 60), "late, but at its time");
        }
        // Who starts later finds nothing left, and does what comes next.
        let later = app(&store);
        let run = later.start();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(events().await, before);
        later.stop();
        run.await.expect("no panic");
        other.close().await;
        store.close().await;
    }
}
