//! Slow, greedy and too many callers do not hold the service; each is told what he may do.

use super::town::fill;
use crate::harness::{Database, Server};
use chrono::Utc;
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wangge::accounts::audit::Stamp;
use wangge::accounts::{PasswordHash, Scopes, Secret, UserName};
use wangge::config::{Limits, Settings};
use wangge::store::Store;
use wangge::store::accounts::{NewToken, NewUser};

async fn town(limits: Limits) -> (Server, Database) {
    let database = Database::geopackage();
    let store = database.open().await;
    fill(&store).await;
    (Server::start_with(store, Settings { limits, ..Settings::default() }).await, database)
}

/// A connection that knows nothing of HTTP.
async fn raw(server: &Server, send: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.base.trim_start_matches("http://")).await.expect("a connection");
    stream.write_all(send.as_bytes()).await.expect("sent");
    stream
}

/// Everything until the service closes the connection, which it must.
async fn rest(mut stream: TcpStream) -> (String, Duration) {
    let begun = Instant::now();
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes)).await;
    // A reset is an end too.
    let _reset = read.expect("the service closes the connection");
    (String::from_utf8_lossy(&bytes).into_owned(), begun.elapsed())
}

fn impatient() -> Limits {
    Limits { header_seconds: 1, body_seconds: 2, slow_seconds: 1, ..Limits::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_come_to_its_end_is_not_waited_for() {
    let (server, _database) = town(impatient()).await;
    for begun in ["", "GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let (_, took) = rest(raw(&server, begun).await).await;
        assert!(took < Duration::from_secs(3), "{begun:?}: {took:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_drips_or_stops_is_answered_408() {
    let (server, _database) = town(impatient()).await;
    for path in ["/api/walk/matrix", "/api/locate"] {
        let kind = if path.ends_with("locate") { "text/csv" } else { "application/json" };
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: 5000\r\n\r\n");
        let mut stream = raw(&server, &head).await;
        // Drips, one byte in ten milliseconds: less than the least.
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(800) {
            stream.write_all(b" ").await.expect("sent");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let (answer, took) = rest(stream).await;
        assert!(took < Duration::from_secs(3), "{path}: {took:?}");
        if !path.ends_with("locate") {
            assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("slow-body"), "{answer}");
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_does_not_read_loses_his_connection_and_a_full_house_says_so_at_once() {
    let (server, _database) = town(Limits { connections: 1, ..impatient() }).await;
    // The harness's own connection goes when it has been idle.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let many = "GET /api/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(400);
    let greedy = raw(&server, &many).await;
    let begun = Instant::now();
    let (answer, _) = rest(raw(&server, "").await).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after"), "{answer}");
    assert!(begun.elapsed() < Duration::from_millis(500));
    let ask = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    loop {
        let (answer, _) = rest(raw(&server, ask).await).await;
        if answer.starts_with("HTTP/1.1 200 ") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(8), "the place was never given back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (heard, _) = rest(greedy).await;
    assert!(heard.matches("HTTP/1.1 200 ").count() < 400, "it was cut off");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_at_once_are_told_at_once_and_the_service_still_says_how_it_is() {
    let (server, _database) = town(Limits { concurrency: 1, ..Limits::default() }).await;
    let head =
        "POST /api/walk/matrix HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n";
    let held = raw(&server, head).await;
    server.until(async |s| s.get("/api/place").await.status() == 503).await;
    let begun = Instant::now();
    let answer = server.get("/api/place").await;
    assert_eq!(answer.headers()["retry-after"], "1");
    let problem: Value = answer.json().await.expect("JSON");
    assert!(problem["type"].as_str().is_some_and(|t| t.ends_with("#busy")), "{problem}");
    assert!(begun.elapsed() < Duration::from_millis(200));
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(server.get(path).await.status(), 200, "{path}");
    }
    drop(held);
    server.until(async |s| s.get("/api/place").await.status() == 200).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_takes_too_long_is_given_up() {
    let (server, _database) = town(Limits { request_seconds: 1, ..Limits::default() }).await;
    let head = "POST /api/walk/matrix HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let (answer, took) = rest(raw(&server, &format!("{head}content-length: 50\r\n\r\n")).await).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("timed-out"), "{answer}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_asks_for_too_much_work_is_told_when_to_come_back() {
    let limits = Limits { rate: 1, burst: 25, exempt: Vec::new(), ..Limits::default() };
    let (server, _database) = town(limits).await;
    let circle = "/api/life-circle?lon=116.002&lat=29.4&minutes=5";
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(server.get(circle).await.status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 429]);
    let answer = server.get(circle).await;
    let seconds: u32 = answer.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=10).contains(&seconds), "{seconds}");
    // Dear and cheap ones come from the same purse, but health is free.
    assert_eq!(server.get("/healthz").await.status(), 200);
    let matrix = serde_json::json!({"from": vec![[116.002, 29.4]; 30], "to": vec![[116.002, 29.4]; 30]});
    let post = server.client.post(format!("{}/api/walk/matrix", server.base)).json(&matrix).send().await;
    assert_eq!(post.expect("an answer").status(), 429);
    server.stop().await;
}

/// A token of somebody with an account.
async fn token(store: &Store) -> String {
    let stamp = Stamp { at: Utc::now(), actor: None, via: "test".into(), address: None };
    let name = UserName::new("ann").expect("a name");
    let user = NewUser { name, display_name: None, password: PasswordHash("none".into()), grants: Vec::new() };
    let user = store.add_user(&user, &stamp).await.expect("added");
    let secret = Secret::new([7; 32]);
    let scopes = Scopes { read: true, write: false };
    let new = NewToken { secret: secret.hash(), name: "test".into(), scopes, expires_at: None };
    store.add_token(user.user.id, &new, &stamp).await.expect("added");
    secret.to_token()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_pays_for_its_work_itself_whoever_shares_its_address() {
    let limits =
        Limits { rate: 1, burst: 25, account_rate: 1, account_burst: 12, exempt: Vec::new(), ..Limits::default() };
    let database = Database::geopackage();
    let store = database.open().await;
    fill(&store).await;
    let token = token(&store).await;
    let server = Server::start_with(store, Settings { limits, ..Settings::default() }).await;
    let circle = "/api/life-circle?lon=116.002&lat=29.4&minutes=5";
    let ann = async || {
        let request = server.client.get(format!("{}{circle}", server.base)).bearer_auth(&token);
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!([ann().await, ann().await], [200, 429], "her own bucket is empty");
    assert_eq!(server.get(circle).await.status(), 200, "her neighbours' is not");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_long_is_not_read() {
    let (server, _database) = town(Limits { body_bytes: 2000, stream_bytes: 2000, ..Limits::default() }).await;
    let url = format!("{}/api/walk/matrix", server.base);
    let post = |body: reqwest::Body| server.client.post(&url).header("content-type", "application/json").body(body);
    let long = "x".repeat(3000);
    assert_eq!(post(long.clone().into()).send().await.expect("an answer").status(), 413);
    let pieces = futures::stream::iter([Ok::<_, std::io::Error>(long.clone()), Ok(long)]);
    let streamed = post(reqwest::Body::wrap_stream(pieces)).send().await.expect("an answer");
    assert_eq!(streamed.status(), 413);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_streams_are_counted_and_given_back() {
    let (server, _database) = town(Limits { streams: 1, ..Limits::default() }).await;
    let first = server.get("/api/changes").await;
    assert_eq!(first.status(), 200);
    assert_eq!(server.get("/api/changes").await.status(), 503);
    drop(first);
    server.until(async |s| s.get("/api/changes").await.status() == 200).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_somebody_with_an_account_ends_so_that_rights_are_asked_for_anew() {
    let limits = Limits { member_stream_seconds: 1, ..Limits::default() };
    let database = Database::geopackage();
    let store = database.open().await;
    fill(&store).await;
    let token = token(&store).await;
    let server = Server::start_with(store, Settings { limits, ..Settings::default() }).await;
    let url = format!("{}/api/changes", server.base);
    let end = async |request: reqwest::RequestBuilder| {
        let stream = request.send().await.expect("an answer").bytes();
        tokio::time::timeout(Duration::from_secs(3), stream).await.map(|bytes| bytes.is_ok())
    };
    assert_eq!(end(server.client.get(&url).bearer_auth(&token)).await, Ok(true), "ends cleanly");
    assert!(end(server.client.get(&url)).await.is_err(), "a resident's goes on");
    server.stop().await;
}
