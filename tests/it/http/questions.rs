//! The answers have the form of the contract, and the town's truth in them.

use super::town;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn locate_names_the_areas_and_the_worker() {
    let (server, _database) = town().await;
    let at = server.json("/api/locate?lon=115.9999&lat=29.4").await;
    assert_eq!(at["areas"][0], json!({"layer": "town", "id": 1, "code": "360483100", "name": "南康镇"}));
    assert_eq!(at["areas"][1]["code"], "360483100001001");
    assert_eq!(at["areas"].as_array().map(Vec::len), Some(2));
    assert_eq!(at["workers"], json!([{"name": "张三", "role": "grid_worker"}]));
    assert!((at["border_m"].as_f64().expect("metres") - 9.7).abs() < 0.2, "{at}");
    assert_eq!(at["neighbours"][0]["code"], "360483100001002");
    assert_eq!(at["zones"], json!([]));
    let nowhere = server.json("/api/locate?lon=115&lat=29").await;
    assert_eq!(nowhere["areas"], json!([]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_life_circle_has_the_contracts_form() {
    let (server, _database) = town().await;
    let circle = server.json("/api/life-circle?lon=116&lat=29.4&minutes=5,15,10,5").await;
    assert_eq!(circle["type"], "FeatureCollection");
    let bands = circle["features"].as_array().expect("bands");
    let minutes: Vec<&Value> = bands.iter().map(|b| &b["properties"]["minutes"]).collect();
    assert_eq!(minutes, [&json!(15), &json!(10), &json!(5)]);
    let areas: Vec<f64> = bands.iter().filter_map(|b| b["properties"]["area_m2"].as_f64()).collect();
    assert!(areas.len() == 3 && areas[0] > areas[1] && areas[1] > areas[2], "{areas:?}");
    assert!(bands.iter().all(|b| b["geometry"]["type"] == "MultiPolygon" && b["type"] == "Feature"));
    let counts = bands[0]["properties"]["counts"].as_object().expect("counts");
    assert_eq!((&counts["medical"], &counts["station"], &counts["park"]), (&json!(1), &json!(2), &json!(0)));
    assert_eq!(bands[0]["properties"]["households"], 12);
    assert_eq!(circle["origin"], json!({"lon": 116.0, "lat": 29.4, "snap_m": 0.0}));
    assert_eq!((&circle["profile"], &circle["direction"]), (&json!("adult"), &json!("from")));
    let walks: Vec<u64> =
        circle["facilities"].as_array().expect("facilities").iter().filter_map(|f| f["walk_s"].as_u64()).collect();
    assert!(walks.len() == 3 && walks.is_sorted(), "{walks:?}");
    let first = &circle["facilities"][0];
    assert_eq!(
        (&first["layer"], &first["name"], &first["category"]),
        (&json!("poi"), &json!("卫生所"), &json!("medical"))
    );
    let missing = circle["missing"].as_array().expect("missing");
    assert!(missing.contains(&json!("kindergarten")) && !missing.contains(&json!("medical")));
    assert_eq!(circle["network"]["source"], "town");
    assert_eq!(circle["network"]["built_at"], "2026-11-22T08:00:00Z");
    assert_eq!((&circle["network"]["nodes"], &circle["network"]["edges"]), (&json!(2), &json!(1)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_are_5_10_15_when_not_said() {
    let (server, _database) = town().await;
    let circle = server.json("/api/life-circle?lon=116&lat=29.4").await;
    let minutes: Vec<u64> = (0..3).filter_map(|i| circle["features"][i]["properties"]["minutes"].as_u64()).collect();
    assert_eq!(minutes, [15, 10, 5]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nearest_station_is_the_eastern_one_and_only_it_is_open() {
    let (server, _database) = town().await;
    let found = server.json("/api/nearest?lon=116&lat=29.4&category=station").await;
    assert_eq!((&found["by"], &found["profile"]), (&json!("walk"), &json!("adult")));
    let names: Vec<&Value> = found["results"].as_array().expect("results").iter().map(|r| &r["name"]).collect();
    assert_eq!(names, ["东站", "西站"]);
    let first = &found["results"][0];
    // The quickest walk leaves the street 13 m early: (291.2 + 22.2 √3) m at 1.25 m/s.
    assert_eq!((&first["walk_s"], &first["open"], &first["services"]), (&json!(264), &json!(true), &json!(["代办"])));
    assert_eq!((&first["layer"], &first["id"], &first["category"]), (&json!("station"), &json!(1), &json!("station")));
    assert!((first["distance_m"].as_f64().expect("metres") - 304.0).abs() < 1.0, "{first}");
    assert!((first["line_m"].as_f64().expect("metres") - 291.9).abs() < 1.0, "{first}");
    let open = server.json("/api/nearest?lon=116&lat=29.4&layer=station&open_at=now").await;
    assert_eq!(open["results"].as_array().map(Vec::len), Some(1));
    let moment = server.json("/api/nearest?lon=116&lat=29.4&layer=station&open_at=2026-11-22T09:30:00%2B08:00").await;
    assert_eq!(moment["results"][0]["name"], "东站");
    let line = server.json("/api/nearest?lon=116&lat=29.4&category=station&by=line&limit=1").await;
    assert_eq!((&line["results"][0]["walk_s"], &line["results"][0]["name"]), (&Value::Null, &json!("东站")));
    let service = server.json("/api/nearest?lon=116&lat=29.4&category=station&service=代办").await;
    assert_eq!(service["results"].as_array().map(Vec::len), Some(1));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_follows_the_street_and_names_it() {
    let (server, _database) = town().await;
    let walk = server.json("/api/walk?from=115.995,29.4&to=116.005,29.4").await;
    assert_eq!((&walk["type"], &walk["geometry"]["type"]), (&json!("Feature"), &json!("LineString")));
    let p = &walk["properties"];
    assert!((p["distance_m"].as_f64().expect("metres") - 970.7).abs() < 1.0, "{p}");
    assert_eq!(p["walk_s"], 777);
    let steps = p["steps"].as_array().expect("steps");
    assert!(steps.iter().any(|s| s["name"] == "和平路"), "{p}");
    assert!(steps.iter().all(|s| s["walk_s"].is_u64() && s["lon"].is_f64() && s["kind"].is_string()), "{p}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn search_finds_by_name_initials_and_code() {
    let (server, _database) = town().await;
    for (text, name) in [("东站", "东站"), ("dz", "东站"), ("360483100001002", "第二网格"), ("weishengsuo", "卫生所")]
    {
        let found = server.json(&format!("/api/search?q={text}")).await;
        assert_eq!(found["results"][0]["name"], name, "{text}: {found}");
        assert_eq!(found["results"][0]["bbox"].as_array().map(Vec::len), Some(4));
    }
    assert_eq!(server.json("/api/search?q=zzzz").await, json!({"results": []}));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_asked_for_is_told() {
    let (server, _database) = town().await;
    let categories = server.json("/api/categories").await;
    assert!(categories["categories"].as_array().is_some_and(|all| all.iter().any(|c| c["id"] == "kindergarten")));
    let profiles = server.json("/api/profiles").await;
    assert_eq!(
        (&profiles["profiles"][0]["id"], &profiles["profiles"][0]["speed_m_s"]),
        (&json!("adult"), &json!(1.25))
    );
    let place = server.json("/api/place").await;
    assert_eq!((&place["name"]["zh"], &place["synthetic"]), (&json!("小镇"), &json!(true)));
    assert_eq!(place["counts"]["grid"], 2);
    assert_eq!(place["network"]["source"], "town");
    assert_eq!(place["bbox"], json!([115.98, 29.39, 116.02, 29.41]));
    server.stop().await;
}
