//! A change made anywhere reaches every listener within a second, and one who was away hears
//! what he missed.

use super::town;
use crate::harness::{Database, Server, databases};
use eventsource_stream::{Event, Eventsource};
use futures::{Stream, StreamExt};
use serde_json::{Value, json};
use std::pin::Pin;
use std::time::Duration;
use wangge::store::Batch;

pub type Events = Pin<Box<dyn Stream<Item = Event> + Send>>;

/// Opens the stream; it listens when this returns.
pub async fn listen(server: &Server, seen: Option<&str>) -> Events {
    let mut request = server.client.get(format!("{}/api/changes", server.base));
    if let Some(seen) = seen {
        request = request.header("last-event-id", seen);
    }
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    Box::pin(answer.bytes_stream().eventsource().map(|e| e.expect("an event")))
}

/// The next event with data, which must come within a second.
pub async fn heard(events: &mut Events) -> (String, Value) {
    let next = async {
        loop {
            let event = events.next().await.expect("the stream goes on");
            if !event.data.is_empty() {
                return event;
            }
        }
    };
    let event = tokio::time::timeout(Duration::from_secs(1), next).await.expect("within a second");
    (event.event, serde_json::from_str(&event.data).expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_by_another_program_is_heard_within_a_second() {
    for database in databases().await {
        let store = database.open().await;
        super::town::fill(&store).await;
        let other = database.open().await;
        let server = Server::start(store).await;
        let mut events = listen(&server, None).await;
        let point = super::town::feature(geo::Point::new(116.004, 29.4), json!({"name": "新站"}));
        let written = other.write(Batch { ops: vec![super::town::insert("station", vec![point])], ..Batch::default() });
        let written = written.await.expect("written");
        let (_, change) = heard(&mut events).await;
        assert_eq!(
            change,
            json!({"seq": written.seq, "layer": "station", "id": written.inserted[0].0, "op": "insert", "bbox": [116.004, 29.4, 116.004, 29.4]})
        );
        // Who hears of it finds it.
        let item = server.json(&format!("/api/collections/station/items/{}", written.inserted[0].0)).await;
        assert_eq!(item["properties"]["name"], "新站");
        database.outside("DELETE FROM station WHERE name = '新站'").await;
        let (_, change) = heard(&mut events).await;
        assert_eq!((&change["op"], &change["bbox"]), (&json!("delete"), &json!([116.004, 29.4, 116.004, 29.4])));
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_hears_what_he_missed_and_nothing_twice() {
    let (server, database) = town().await;
    let seq = server.json("/api/place").await["seq"].as_i64().expect("a number");
    for name in ["a", "b", "c"] {
        database.outside(&format!("UPDATE station SET name = '{name}' WHERE id = 1")).await;
    }
    server.until(async |s| s.json("/api/place").await["seq"].as_i64() == Some(seq + 3)).await;
    let mut events = listen(&server, Some(&(seq + 1).to_string())).await;
    database.outside("UPDATE station SET name = 'd' WHERE id = 2").await;
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(heard(&mut events).await.1["seq"].as_i64().expect("a number"));
    }
    assert_eq!(told, [seq + 2, seq + 3, seq + 4]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_the_log_does_not_know_means_reset() {
    let (server, _database) = town().await;
    let mut events = listen(&server, Some("999999")).await;
    let (kind, data) = heard(&mut events).await;
    assert_eq!(kind, "reset");
    assert_eq!(data["seq"], server.json("/api/place").await["seq"]);
    for bad in ["-1", "x", ""] {
        let request = server.client.get(format!("{}/api/changes", server.base)).header("last-event-id", bad);
        assert_eq!(request.send().await.expect("an answer").status(), 400, "{bad:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_layer_and_a_new_network_are_served_without_a_restart() {
    let database = Database::geopackage();
    let other = database.open().await;
    let server = Server::start(database.open().await).await;
    assert_eq!(server.get("/api/life-circle?lon=116&lat=29.4").await.status(), 422);
    let mut layer = other.catalogue().await.expect("layers").get("venue").expect("venue").layer.clone();
    layer.id = super::town::ident("well");
    other.put_layer(&layer).await.expect("a layer");
    super::town::fill(&other).await;
    server.until(async |s| s.get("/api/collections/well").await.status() == 200).await;
    server.until(async |s| s.get("/api/life-circle?lon=116&lat=29.4").await.status() == 200).await;
    server.until(async |s| s.json("/api/place").await["key"] == "town").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_changes_arrives_whole() {
    let (server, database) = town().await;
    let many = (0..3000).map(|i| {
        super::town::feature(geo::Point::new(116.0 + f64::from(i) * 1e-6, 29.4), json!({"category": "toilet"}))
    });
    let other = database.open().await;
    let batch = Batch { ops: vec![super::town::insert("poi", many.collect())], ..Batch::default() };
    let written = other.write(batch).await.expect("written");
    server.until(async |s| s.json("/api/place").await["seq"].as_i64() == Some(written.seq)).await;
    assert_eq!(server.json("/api/place").await["counts"]["poi"], 3001);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_when_the_service_stops() {
    let (server, _database) = town().await;
    let mut events = listen(&server, None).await;
    let stopped = tokio::time::timeout(Duration::from_secs(2), server.stop());
    let drained = async { while events.next().await.is_some() {} };
    let (stopped, ()) = tokio::join!(stopped, drained);
    stopped.expect("within two seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_footpath_drawn_in_another_program_is_walked_at_once_and_gone_when_it_is_deleted() {
    for database in databases().await {
        let store = database.open().await;
        super::town::fill(&store).await;
        let server = Server::start(store).await;
        let mut events = listen(&server, None).await;
        // 330 m up the hill from the street, where no street goes; its end is 3 m short of it.
        let path = geo::LineString::from(vec![(116.005, 29.40003), (116.005, 29.403)]);
        let walk = format!("{}/api/walk?from=116.002,29.4&to=116.005,29.403", server.base);
        let status = async || server.client.get(&walk).send().await.expect("an answer").status().as_u16();
        assert_ne!(status().await, 200);
        let other = database.open().await;
        let path = super::town::feature(path, json!({"kind": "path", "name": "上山路"}));
        let written = Batch { ops: vec![super::town::insert("footpath", vec![path])], ..Batch::default() };
        other.write(written).await.expect("written");
        heard(&mut events).await;
        let way = server.json("/api/walk?from=116.002,29.4&to=116.005,29.403").await;
        let metres = way["properties"]["distance_m"].as_f64().expect("a length");
        assert!((metres - (291.2 + 332.6)).abs() < 3.0, "{metres}");
        assert!(way.to_string().contains("上山路"));
        database.outside("DELETE FROM footpath").await;
        heard(&mut events).await;
        assert_ne!(status().await, 200);
        server.stop().await;
    }
}
