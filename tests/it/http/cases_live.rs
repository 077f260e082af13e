//! Cases as they change, heard by who may see them within a second.

use super::cases::{OTHER, Town};
use super::changes::Events;
use super::people::Pass;
use crate::harness::{Server, databases};
use eventsource_stream::Eventsource;
use futures::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

pub async fn listen(town: &Town, pass: &Pass) -> Events {
    listen_from(&town.server, pass, None).await
}

async fn listen_from(server: &Server, pass: &Pass, seen: Option<&str>) -> Events {
    let mut request = pass.request(server, Method::GET, "/api/issues/stream");
    if let Some(seen) = seen {
        request = request.header("last-event-id", seen);
    }
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut events: Events = Box::pin(answer.bytes_stream().eventsource().map(|e| e.expect("an event")));
    if seen.is_none() {
        // It listens when the first number has come.
        let _first = tokio::time::timeout(Duration::from_millis(200), events.next()).await;
    }
    events
}

pub async fn heard(events: &mut Events) -> Value {
    super::changes::heard(events).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_is_heard_by_whom_it_concerns() {
    for db in databases().await {
        let town = Town::start(&db).await;
        let (mut ann, mut bob, mut dan) =
            (listen(&town, &town.ann).await, listen(&town, &town.bob).await, listen(&town, &town.dan).await);
        let made = town.report("exposed_garbage", 115.995).await;
        let number = made["number"].as_str().expect("text");
        for events in [&mut ann, &mut dan] {
            let event = heard(events).await;
            assert_eq!((&event["number"], &event["what"]), (&made["number"], &json!("reported")));
            assert_eq!(event["row"]["assignee"], "ann");
        }
        let to = json!({"layer": "grid", "code": OTHER});
        let (status, case) = town.act(&town.dan, number, json!({"action": "reassign", "to": to})).await;
        assert_eq!(status, 200, "{case}");
        for events in [&mut ann, &mut bob, &mut dan] {
            let event = heard(events).await;
            assert_eq!((&event["what"], &event["row"]["assignee"]), (&json!("reassign"), &json!("bob")), "{event}");
        }
        // Its place is put right: it lies in bob's grid now, and ann has nothing to do with it any more.
        let moved = json!({"action": "reassign", "lon": 116.005, "lat": 29.4001});
        let (status, case) = town.act(&town.dan, number, moved).await;
        assert_eq!(status, 200, "{case}");
        let gone = heard(&mut ann).await;
        assert_eq!((&gone["number"], &gone["row"]), (&made["number"], &Value::Null));
        assert_eq!(heard(&mut bob).await["row"]["grid"]["code"], OTHER);
        assert_eq!(town.ann.get(&town.server, &format!("/api/issues/{number}")).await.status(), 404);

        // Who was away hears what was missed; the map's changes tell of no case.
        let last = heard(&mut dan).await["seq"].as_i64().expect("a number");
        town.act(&town.bob, number, json!({"action": "start"})).await;
        let mut back = listen_from(&town.server, &town.dan, Some(&last.to_string())).await;
        assert_eq!(heard(&mut back).await["what"], "start");
        let mut future = listen_from(&town.server, &town.dan, Some("999999")).await;
        assert_eq!(super::changes::heard(&mut future).await.0, "reset");
        let mut map = super::changes::listen(&town.server, Some("0")).await;
        loop {
            let next = tokio::time::timeout(Duration::from_millis(300), super::changes::heard(&mut map)).await;
            let Ok((_, change)) = next else { break };
            assert_ne!(change["layer"], "issue");
        }
        drop((ann, bob, dan, back, future, map));
        town.server.stop().await;
    }
}
