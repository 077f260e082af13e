//! Scenarios that are not taken, and why.

use super::editing::WEST;
use super::people::person;
use super::planning_scenarios::{ALL, QUESTION, add, fields, make, status};
use crate::harness::{Server, databases};
use reqwest::Method;
use serde_json::{Value, json};
use wangge::accounts::Role;

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_scenario_is_refused_by_name() {
    let (server, database) = super::town().await;
    let store = database.open().await;
    let planner = person(&store, "planner", &[(Role::Planner, Some(WEST))]).await;
    let with = |measure: Value| json!({"name": "x", "measures": [add(115.994, "站"), measure]});
    let at =
        |geometry: Value| json!({"do": "add", "layer": "station", "geometry": geometry, "properties": {"name": "x"}});
    let long = "长".repeat(121);
    for (body, wanted, named) in [
        (json!({"measures": []}), 400, "name"),
        (json!({"name": "", "measures": []}), 400, "name"),
        (json!({"name": long, "measures": []}), 400, "name"),
        (json!({"name": 7, "measures": []}), 400, "name"),
        (json!({"name": "x", "description": 7}), 400, "description"),
        (json!({"name": "x", "description": "长".repeat(1001)}), 400, "description"),
        (json!({"name": "x", "measures": {}}), 400, "measures"),
        (json!({"name": "x", "measures": vec![add(115.994, "站"); 201]}), 400, "measures"),
        (json!({"name": "x", "colour": "red"}), 400, "colour"),
        (with(json!(7)), 400, "measures[1]"),
        (with(json!({"do": "fly"})), 400, "measures[1]"),
        (with(json!({"do": "close", "layer": "station"})), 400, "measures[1]"),
        (with(json!({"do": "close", "layer": "station", "id": 1, "x": 1})), 400, "measures[1]"),
        (with(json!({"do": "close", "layer": "Station; DROP", "id": 1})), 400, "measures[1]"),
        (with(json!({"do": "move", "layer": "station", "id": 1, "to": [29.4, 116.0]})), 400, "measures[1]"),
        (with(json!({"do": "move", "layer": "station", "id": 1, "to": [116.0]})), 400, "measures[1]"),
        (with(json!({"do": "close_street", "at": "here"})), 400, "measures[1]"),
        (with(at(json!({"type": "Point", "coordinates": [116.0]}))), 400, "measures[1]"),
        (with(at(json!({"type": "Blob", "coordinates": [116.0, 29.4]}))), 400, "measures[1]"),
        (with(json!({"do": "close", "layer": "nothing", "id": 1})), 422, "measures[1].layer"),
        (with(json!({"do": "close", "layer": "grid", "id": 1})), 422, "measures[1].layer"),
        (with(json!({"do": "close", "layer": "station", "id": 99})), 422, "measures[1].id"),
        (with(json!({"do": "close", "layer": "station", "id": -9})), 422, "measures[1].id"),
        (with(json!({"do": "close_street", "at": [116.0, 29.41]})), 422, "measures[1].at"),
        (with(at(json!({"type": "Point", "coordinates": [116.0, 97.0]}))), 422, "measures[1].geometry"),
        (
            with(at(json!({"type": "LineString", "coordinates": [[116.0, 29.4], [116.0, 29.41]]}))),
            422,
            "measures[1].geometry",
        ),
        (with(at(json!({"type": "GeometryCollection", "geometries": []}))), 422, "measures[1].geometry"),
        (
            with(json!({"do": "add", "layer": "station", "geometry": {"type": "Point", "coordinates": [116.0, 29.4]}})),
            422,
            "measures[1].name",
        ),
    ] {
        let problem = status(planner.send(&server, Method::POST, ALL, (None, &body)).await, wanted).await;
        assert_eq!(fields(&problem), [named], "{body}: {problem}");
    }
    let (path, _) = make(&server, &planner, "空", json!([])).await;
    let body = with(json!({"do": "close", "layer": "station", "id": 99}));
    let problem = status(planner.send(&server, Method::PUT, &path, (Some("\"1\""), &body)).await, 422).await;
    assert_eq!(fields(&problem), ["measures[1].id"]);
    for (path, wanted) in [
        (format!("{path}/comparison"), 400),
        (format!("{path}/comparison?layer=nothing"), 400),
        (format!("{path}/comparison?{QUESTION}&by=street"), 400),
        (format!("{path}/comparison?{QUESTION}&colour=red"), 400),
        (format!("{path}?colour=red"), 400),
        (format!("{ALL}/7"), 404),
        (format!("{ALL}/{}", "0".repeat(32)), 404),
        (format!("{ALL}/%00%00"), 404),
        (format!("{ALL}/{}/comparison?{QUESTION}", "0".repeat(32)), 404),
    ] {
        status(planner.get(&server, &path).await, wanted).await;
    }
    assert_eq!(
        planner.json(&server, ALL).await["scenarios"].as_array().map(Vec::len),
        Some(1),
        "nothing else was kept"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_adopt_at_once_in_two_processes_one_does() {
    for database in databases().await {
        let store = database.open().await;
        super::town::fill(&store).await;
        let planner = person(&store, "planner", &[(Role::Planner, None)]).await;
        let stations = store.catalogue().await.expect("read").get("station").expect("a layer").clone();
        let (here, there) = (Server::start(store.clone()).await, Server::start(database.open().await).await);
        for round in 3..9 {
            let (path, _) = make(&here, &planner, "站", json!([add(115.994, "站")])).await;
            let path = format!("{path}/adopt");
            let adopt = async |server| {
                planner.send(server, Method::POST, &path, (Some("\"1\""), &Value::Null)).await.status().as_u16()
            };
            let mut both = <[u16; 2]>::from(tokio::join!(adopt(&here), adopt(&there)));
            both.sort_unstable();
            assert_eq!(both, [200, 409]);
            assert_eq!(store.load_layer(&stations).await.expect("read").features.len(), round);
        }
        here.stop().await;
        there.stop().await;
    }
}
