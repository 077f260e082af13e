//! The life circle beyond the polygon: by metres, at one's own speed, as streets, at many points.

use super::town;
use crate::harness::Server;
use serde_json::{Value, json};

async fn post(server: &Server, query: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}/api/life-circle?{query}", server.base);
    let answer = server.client.post(url).json(body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

fn properties<'v>(answer: &'v Value, name: &str) -> Vec<&'v Value> {
    answer["features"].as_array().expect("features").iter().map(|f| &f["properties"][name]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_circle_by_metres_is_the_same_for_every_walker() {
    let (server, _database) = town().await;
    let adult = server.json("/api/life-circle?lon=116&lat=29.4&metres=300,500,1000").await;
    assert_eq!(properties(&adult, "metres"), [1000, 500, 300]);
    assert!(adult["features"][0]["properties"].get("minutes").is_none());
    let walks = adult["facilities"].as_array().expect("facilities");
    assert!(walks.iter().all(|f| f["walk_m"].as_f64().is_some_and(|m| m <= 1000.0)), "{adult}");
    // 194 m along the street and 22 m off it, where a metre counts two.
    assert!((walks[0]["walk_m"].as_f64().expect("metres") - 232.6).abs() < 0.5, "{}", walks[0]);
    let senior = server.json("/api/life-circle?lon=116&lat=29.4&metres=300,500,1000&profile=senior").await;
    assert_eq!(properties(&adult, "counts"), properties(&senior, "counts"));
    assert_eq!(properties(&adult, "area_m2"), properties(&senior, "area_m2"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_speed_replaces_that_of_the_profile() {
    let (server, _database) = town().await;
    let usual = server.json("/api/life-circle?lon=116&lat=29.4&minutes=10").await;
    let own = server.json("/api/life-circle?lon=116&lat=29.4&minutes=20&speed_m_s=0.625").await;
    assert_eq!((&usual["speed_m_s"], &own["speed_m_s"]), (&json!(1.25), &json!(0.625)));
    assert_eq!(usual["features"][0]["geometry"], own["features"][0]["geometry"]);
    let time = |circle: &Value| circle["facilities"][0]["walk_s"].as_i64().expect("seconds");
    assert!((time(&usual) * 2 - time(&own)).abs() <= 2);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streets_are_cut_at_the_bands() {
    let (server, _database) = town().await;
    let answer = server.get("/api/life-circle?lon=116&lat=29.4&minutes=5,10&format=edges").await;
    assert_eq!(answer.headers()["content-type"], "application/geo+json");
    let streets: Value = answer.json().await.expect("JSON");
    assert_eq!((&streets["type"], &streets["origin"]["snap_m"]), (&json!("FeatureCollection"), &json!(0.0)));
    let parts = streets["features"].as_array().expect("parts");
    // The origin stands at a vertex of the one street: two bands to each side.
    assert_eq!(parts.len(), 4, "{streets}");
    for part in parts {
        let p = &part["properties"];
        assert_eq!((&part["geometry"]["type"], &p["name"]), (&json!("LineString"), &json!("和平路")));
        let expected = if p["minutes"] == 5 { (0, 300) } else { (300, 600) };
        assert_eq!((p["from_s"].as_i64(), p["to_s"].as_i64()), (Some(expected.0), Some(expected.1)), "{p}");
        let ends = part["geometry"]["coordinates"].as_array().expect("positions");
        let lon = |v: &Value| (v[0].as_f64().expect("degrees") - 116.0).abs();
        let metres = (lon(&ends[ends.len() - 1]) - lon(&ends[0])) * 97_061.0;
        assert!((metres - 375.0).abs() < 1.0, "{metres}");
    }
    let by_metres = server.json("/api/life-circle?lon=116&lat=29.4&metres=100&format=edges").await;
    assert_eq!(properties(&by_metres, "metres"), [100, 100]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_points_are_timed_as_the_circle_times_them() {
    let (server, _database) = town().await;
    let points = json!({"points": [[116.002, 29.4002], [116.0, 29.402], [115.993, 29.4002], [116, 29.4]]});
    let (status, times) = post(&server, "lon=116&lat=29.4&format=points&minutes=15", &points).await;
    assert_eq!(status, 200, "{times}");
    let circle = server.json("/api/life-circle?lon=116&lat=29.4").await;
    let walk = |name: &str| {
        let all = circle["facilities"].as_array().expect("facilities");
        all.iter().find(|f| f["name"] == name).map(|f| f["walk_s"].clone()).expect("inside")
    };
    assert_eq!(times["walk_s"], json!([walk("卫生所"), null, walk("西站"), 0]));
    assert_eq!((&times["profile"], &times["direction"]), (&json!("adult"), &json!("from")));
    assert!(times.get("bad").is_none());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_point_is_named_or_skipped() {
    let (server, _database) = town().await;
    let mut points = vec![json!([116, 29.4]); 20];
    points[17] = json!([116]);
    points[19] = json!([29.4, 116]);
    let (status, problem) = post(&server, "lon=116&lat=29.4&format=points", &json!({"points": points})).await;
    assert_eq!(status, 400);
    let fields: Vec<&Value> = problem["errors"].as_array().expect("errors").iter().map(|e| &e["field"]).collect();
    assert_eq!(fields, ["points[17]", "points[19]"]);
    let body = json!({"points": points, "skip_bad": true});
    let (status, times) = post(&server, "lon=116&lat=29.4", &body).await;
    assert_eq!(status, 200, "{times}");
    assert_eq!((&times["walk_s"][16], &times["walk_s"][17]), (&json!(0), &Value::Null));
    assert_eq!((&times["bad"][0]["index"], &times["bad"][1]["index"]), (&json!(17), &json!(19)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_list_of_points_is_refused_by_name() {
    let (server, _database) = town().await;
    let cases = [
        (json!({}), vec!["points"]),
        (json!({"points": 7}), vec!["points"]),
        (json!({"points": [], "skip_bad": "maybe"}), vec!["skip_bad"]),
        (json!({"points": [], "colour": "red", "more": []}), vec!["more", "colour"]),
    ];
    for (body, fields) in cases {
        let (status, problem) = post(&server, "lon=116&lat=29.4", &body).await;
        let named: Vec<&str> =
            problem["errors"].as_array().into_iter().flatten().filter_map(|e| e["field"].as_str()).collect();
        assert_eq!((status, named), (400, fields), "{body}: {problem}");
    }
    assert_eq!(post(&server, "lon=116&lat=29.4", &json!([1])).await.0, 400);
    assert_eq!(post(&server, "lon=116&lat=29.4&format=edges", &json!({"points": []})).await.0, 400);
    let long = json!({"points": vec![json!([116, 29.4]); 100_001]});
    assert_eq!(post(&server, "lon=116&lat=29.4", &long).await.0, 400);
    let plain = server.client.post(format!("{}/api/life-circle?lon=116&lat=29.4", server.base)).body("{}");
    assert_eq!(plain.send().await.expect("an answer").status(), 415);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_points_are_timed_at_once() {
    let (server, _database) = town().await;
    let points: Vec<Value> = (0..100_000).map(|i| json!([115.99 + f64::from(i) * 2e-7, 29.4])).collect();
    let (status, times) = post(&server, "lon=116&lat=29.4&minutes=30", &json!({"points": points})).await;
    assert_eq!(status, 200);
    let walks = times["walk_s"].as_array().expect("times");
    assert!(walks.len() == 100_000 && walks.iter().all(Value::is_u64));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_place_is_outside_and_what_would_bring_it_in() {
    let (server, _database) = town().await;
    let ask = "/api/life-circle/explain?lon=116&lat=29.4&to=116.007,29.4";
    let out = server.json(&format!("{ask}&minutes=5")).await;
    // 679.4 m of straight street.
    assert_eq!((&out["inside"], &out["walk_s"], &out["over_s"]), (&json!(false), &json!(544), &json!(244)));
    assert_eq!(out["reasons"], json!([{"kind": "too_far", "straight_s": 544}]));
    assert_eq!(out["remedies"][0], json!({"kind": "more_time", "minutes": 10}));
    assert_eq!(out["remedies"][1], json!({"kind": "faster", "speed_m_s": 2.27}));
    assert_eq!((&out["route"]["type"], &out["route"]["geometry"]["type"]), (&json!("Feature"), &json!("LineString")));
    assert_eq!(out["snap_m"], json!({"origin": 0.0, "to": 0.0}));
    let inside = server.json(&format!("{ask}&minutes=10")).await;
    assert_eq!((&inside["inside"], &inside["over_s"], &inside["reasons"]), (&json!(true), &Value::Null, &json!([])));
    let off = server.json("/api/life-circle/explain?lon=116&lat=29.4&to=116,29.402&metres=500").await;
    assert_eq!((&off["walk_s"], &off["route"], &off["snap_m"]["to"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!((&off["reasons"][0]["kind"], &off["reasons"][0]["end"]), (&json!("outside_network"), &json!("to")));
    assert!((off["reasons"][0]["distance_m"].as_f64().expect("metres") - 221.7).abs() < 0.5);
    server.stop().await;
}
