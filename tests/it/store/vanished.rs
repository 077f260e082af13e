//! A database that goes away gives clear errors, keeps what it has acknowledged, and is used
//! again when it is back, without a restart.

use super::make::*;
use crate::harness::cluster::Cluster;
use crate::harness::{Database, Server};
use serde_json::json;
use std::time::{Duration, Instant};
use wangge::store::{Store, StoreError, WriteError};

async fn add(store: &Store, code: &str) -> Result<i64, WriteError> {
    store.write(batch(vec![insert("station", vec![station(code, json!({}))])])).await.map(|w| w.seq)
}

/// Nothing can be written or read, which is told soon and as what it is.
async fn is_away(store: &Store) {
    let begun = Instant::now();
    match add(store, "lost").await {
        Err(WriteError::Store(error)) => assert!(error.is_unavailable(), "{error:?}"),
        other => panic!("{other:?}"),
    }
    let error: StoreError = store.last_seq().await.expect_err("it is away");
    assert!(error.is_unavailable(), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}

async fn codes(store: &Store) -> Vec<String> {
    let stations = all(store, "station").await;
    stations.iter().map(|s| s.properties["code"].as_str().expect("text").to_owned()).collect()
}

/// How a question that needs the database is answered: the status and the kind of problem.
async fn log_in(server: &Server) -> (u16, String) {
    let sent = server.client.post(format!("{}/api/session", server.base));
    let answer =
        sent.header("sec-fetch-site", "same-origin").json(&json!({"name": "ann", "password": "not hers at all"}));
    let answer = answer.send().await.expect("an answer");
    let status = answer.status().as_u16();
    let problem: serde_json::Value = answer.json().await.expect("JSON");
    let kind = problem["type"].as_str().expect("text").rsplit('#').next().expect("a kind").to_owned();
    (status, kind)
}

/// Serves while `away` and `back` happen to the database.
async fn outage(database: &Database, away: impl FnOnce(), back: impl FnOnce()) {
    let store = database.open().await;
    add(&store, "before").await.expect("written");
    let server = Server::start(store.clone()).await;
    let seq = async |s: &Server| s.json("/api/place").await["seq"].as_i64();
    away();
    is_away(&store).await;
    // Whoever only reads does not notice; the operator does.
    assert_eq!(server.get("/api/collections/station/items/1").await.status(), 200);
    assert_eq!(server.get("/readyz").await.status(), 200);
    assert_eq!(log_in(&server).await, (503, "no-database".into()));
    server
        .until(async |s| {
            let text = s.get("/metrics").await.text().await.expect("text");
            text.lines().any(|l| l.strip_prefix("wangge_database_errors_total ").is_some_and(|n| n != "0"))
        })
        .await;
    back();
    let last = loop {
        match add(&store, "after").await {
            Ok(seq) => break seq,
            Err(WriteError::Store(error)) => assert!(error.is_unavailable(), "{error:?}"),
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(codes(&store).await, ["before", "after"]);
    assert_eq!(log_in(&server).await, (401, "wrong-credentials".into()));
    server.until(async |s| seq(s).await == Some(last)).await;
    server.stop().await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_geopackage_whose_folder_is_moved_away_is_used_again_when_it_is_back() {
    let database = Database::geopackage();
    let folder = database.file().expect("a file").parent().expect("a folder").to_owned();
    let aside = folder.with_extension("aside");
    outage(
        &database,
        || std::fs::rename(&folder, &aside).expect("moved"),
        || {
            std::fs::rename(&aside, &folder).expect("moved back");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_copy_in_the_place_of_the_geopackage_is_what_is_written_from_then_on() {
    let database = Database::geopackage();
    let path = database.file().expect("a file").to_owned();
    let store = database.open().await;
    add(&store, "kept").await.expect("written");
    store.clone().close().await;
    let copy = path.with_extension("copy");
    std::fs::copy(&path, &copy).expect("copied");
    let store = database.open().await;
    add(&store, "not in the copy").await.expect("written");
    for ending in ["gpkg", "gpkg-wal", "gpkg-shm"] {
        let _missing = std::fs::remove_file(path.with_extension(ending));
    }
    std::fs::rename(&copy, &path).expect("restored");
    add(&store, "new").await.expect("written");
    assert_eq!(codes(&store).await, ["kept", "new"]);
    store.close().await;
    assert_eq!(codes(&database.open().await).await, ["kept", "new"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgis_server_that_stops_is_used_again_when_it_is_back() {
    let Some(cluster) = Cluster::start() else { return };
    let database = Database::postgis(cluster.admin.clone()).await;
    let cluster = std::cell::RefCell::new(cluster);
    outage(&database, || cluster.borrow_mut().stop_server(), || cluster.borrow_mut().start_server()).await;
}
