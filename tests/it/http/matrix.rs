//! Walking times between many places, and a walk in words.

use super::town;
use crate::harness::Server;
use serde_json::{Value, json};

async fn post(server: &Server, body: &Value) -> (u16, Value) {
    let answer = server.client.post(format!("{}/api/walk/matrix", server.base)).json(body).send().await;
    let answer = answer.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_matrix_tells_what_single_walks_tell() {
    let (server, _database) = town().await;
    let (from, to) = ([[116.0, 29.4], [115.995, 29.4003]], [[116.0, 29.4], [116.002, 29.4002], [116.0, 29.402]]);
    let (status, found) = post(&server, &json!({"from": from, "to": to})).await;
    assert_eq!(status, 200, "{found}");
    for (i, a) in from.iter().enumerate() {
        for (j, b) in to.iter().take(2).enumerate() {
            let walk = server.json(&format!("/api/walk?from={},{}&to={},{}", a[0], a[1], b[0], b[1])).await;
            assert_eq!(found["walk_s"][i][j], walk["properties"]["walk_s"], "{a:?} {b:?}");
        }
    }
    assert_eq!((&found["walk_s"][0][2], &found["walk_s"][1][2]), (&Value::Null, &Value::Null));
    let off = &found["outside"][0];
    assert_eq!(
        (&off["side"], &off["index"], found["outside"].as_array().map(Vec::len)),
        (&json!("to"), &json!(2), Some(1))
    );
    assert!((off["distance_m"].as_f64().expect("metres") - 221.7).abs() < 0.5);
    let slow = json!({"from": from, "to": to, "speed_m_s": 0.625, "max_minutes": 10, "profile": "senior"});
    let (_, slow) = post(&server, &slow).await;
    assert!(slow["walk_s"][0][1].as_i64() > found["walk_s"][0][1].as_i64());
    assert_eq!(slow["walk_s"][1][1], Value::Null, "{slow}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_matrix_is_refused_by_name() {
    let (server, _database) = town().await;
    let at = json!([116, 29.4]);
    let cases = [
        (json!({}), vec!["from", "to"]),
        (json!({"from": [at], "to": [at, [116]]}), vec!["to[1]"]),
        (json!({"from": vec![at.clone(); 1001], "to": []}), vec!["from"]),
        (json!({"from": [], "to": [], "max_minutes": 0}), vec!["max_minutes"]),
        (json!({"from": [], "to": [], "profile": "cyclist", "speed_m_s": "fast"}), vec!["profile", "speed_m_s"]),
        (json!({"from": [], "to": [], "x": {}}), vec!["x"]),
    ];
    for (body, fields) in cases {
        let (status, problem) = post(&server, &body).await;
        let named: Vec<&str> =
            problem["errors"].as_array().into_iter().flatten().filter_map(|e| e["field"].as_str()).collect();
        assert_eq!((status, named), (400, fields), "{problem}");
    }
    assert_eq!(post(&server, &json!({"from": [], "to": []})).await.1, json!({"walk_s": [], "outside": []}));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_is_told_in_words_when_a_language_is_asked_for() {
    let (server, _database) = town().await;
    let ask = "/api/walk?from=116,29.4&to=116.004,29.4";
    let text = |walk: &Value| walk["properties"]["steps"][0].get("text").cloned();
    assert_eq!(text(&server.json(&format!("{ask}&lang=zh")).await), Some(json!("沿和平路步行390米，到达终点")));
    let english = text(&server.json(&format!("{ask}&lang=en")).await);
    assert_eq!(english, Some(json!("Walk along 和平路, 390 m, and you are there")));
    assert_eq!(text(&server.json(ask).await), None);
    server.stop().await;
}
