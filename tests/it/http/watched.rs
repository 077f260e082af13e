//! What an operator sees of the running service: ids, metrics, headers, how it stops.

use super::town;
use crate::harness::{Database, Server, proxy};
use serde_json::Value;
use std::time::Duration;
use wangge::config::{Settings, Stop};

/// The value of a metric's line.
async fn metric(server: &Server, line: &str) -> Option<f64> {
    let text = server.get("/metrics").await.text().await.expect("text");
    text.lines().find_map(|l| l.strip_prefix(line)?.trim().parse().ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_by_template_and_never_by_what_was_asked() {
    let (server, _database) = town().await;
    for id in [1, 2, 9999] {
        server.get(&format!("/api/collections/station/items/{id}")).await;
    }
    for _ in 0..2 {
        server.get("/api/tiles/station/0/0/0").await;
    }
    let item = "wangge_http_requests_total{method=\"GET\",route=\"/api/collections/{layer}/items/{id}\"";
    assert_eq!(metric(&server, &format!("{item},status=\"200\"}}")).await, Some(2.0));
    assert_eq!(metric(&server, &format!("{item},status=\"404\"}}")).await, Some(1.0));
    let seconds = item.replace("requests_total", "request_seconds_count");
    assert_eq!(metric(&server, &format!("{seconds}}}")).await, Some(3.0));
    assert_eq!(metric(&server, "wangge_tile_cache_hits_total").await, Some(1.0));
    assert_eq!(metric(&server, "wangge_tile_cache_misses_total").await, Some(1.0));
    assert_eq!(metric(&server, "wangge_ready").await, Some(1.0));
    assert_eq!(metric(&server, "wangge_http_requests_in_flight").await, Some(1.0), "this one");
    let seq = server.json("/api/place").await["seq"].as_f64();
    assert_eq!(metric(&server, "wangge_map_version").await, seq);
    let strange = server.client.request("BREW".parse().expect("a method"), format!("{}/api/place", server.base));
    strange.send().await.expect("an answer");
    let text = server.get("/metrics").await.text().await.expect("text");
    assert!(text.contains("method=\"other\"") && !text.contains("/9999") && text.ends_with("# EOF\n"), "{text}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_an_id_of_its_own_and_a_failure_carries_it() {
    let (server, _database) = town().await;
    let id = async |path: &str| {
        let request = server.client.get(format!("{}{path}", server.base)).header("x-request-id", "mine");
        let answer = request.send().await.expect("an answer");
        answer.headers()["x-request-id"].to_str().expect("text").to_owned()
    };
    let (a, b) = (id("/api/place").await, id("/api/nothing").await);
    assert!(a != b && a != "mine", "{a} {b}");
    server.stop().await;
    let database = Database::geopackage();
    let server = Server::start_unloaded(database.open().await).await;
    let answer = server.get("/api/place").await;
    let header = answer.headers()["x-request-id"].to_str().expect("text").to_owned();
    let problem: Value = answer.json().await.expect("JSON");
    assert_eq!((&problem["status"], problem["request_id"].as_str()), (&Value::from(503), Some(header.as_str())));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_tls_browsers_are_told_to_stay_there_and_problems_lead_through_the_proxy() {
    let database = Database::geopackage();
    let trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let settings = Settings { trusted_proxies, ..Settings::default() };
    let server = Server::start_with(database.open().await, settings).await;
    let proxy = proxy::Proxy::start(server.base.clone(), "/grid").await;
    let behind = server.client.get(format!("{}/api/nothing", proxy.base)).send().await.expect("an answer");
    assert_eq!(behind.headers()["strict-transport-security"], "max-age=31536000");
    let problem: Value = behind.json().await.expect("JSON");
    assert_eq!(problem["type"], "/grid/api/docs#not-found");
    assert!(!server.get("/api").await.headers().contains_key("strict-transport-security"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_one_person_are_not_kept() {
    let (server, _database) = town().await;
    for (path, expected) in [("/api/place", "no-store"), ("/api/tiles/station/0/0/0", "private, no-cache")] {
        let request = server.client.get(format!("{}{path}", server.base)).header("cookie", "wangge_session=x");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.headers()["cache-control"], expected, "{path}");
        let vary = answer.headers().get_all("vary").iter().any(|v| v.to_str().is_ok_and(|v| v.contains("cookie")));
        assert!(vary, "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_service_is_not_ready_finishes_what_it_began_and_then_ends() {
    let database = Database::geopackage();
    let stop = Stop { delay_seconds: 1, patience_seconds: 5 };
    let server = Server::start_with(database.open().await, Settings { stop, ..Settings::default() }).await;
    let (mut rest, body) = tokio::io::duplex(64);
    let body = reqwest::Body::wrap_stream(futures::stream::unfold(body, |mut body| async move {
        let mut bytes = [0; 64];
        let n = tokio::io::AsyncReadExt::read(&mut body, &mut bytes).await.ok().filter(|n| *n > 0)?;
        Some((Ok::<_, std::io::Error>(bytes[..n].to_vec()), body))
    }));
    let post = server.client.post(format!("{}/api/locate", server.base)).header("content-type", "text/csv").body(body);
    let running = tokio::spawn(async move { post.send().await?.text().await });
    tokio::io::AsyncWriteExt::write_all(&mut rest, b"lon,lat\n").await.expect("sent");
    server.until(async |s| metric(s, "wangge_http_requests_in_flight").await.is_some()).await;
    let stream = server.get("/api/changes").await;
    server.app.stop();
    assert_eq!(server.get("/readyz").await.status(), 503);
    assert_eq!(server.get("/healthz").await.status(), 200, "it answers while others notice");
    tokio::time::timeout(Duration::from_secs(1), stream.bytes()).await.expect("streams end").expect("cleanly");
    tokio::time::sleep(Duration::from_millis(1300)).await;
    assert!(server.client.get(format!("{}/healthz", server.base)).send().await.is_err(), "nobody new is let in");
    tokio::io::AsyncWriteExt::write_all(&mut rest, b"116,29.4\n").await.expect("sent");
    drop(rest);
    let answer = running.await.expect("no panic").expect("the whole answer");
    assert_eq!(answer.lines().count(), 2, "{answer}");
    server.stop().await;
}
