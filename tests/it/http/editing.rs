//! Editing by API: who may, on which version, what is refused, and that everybody sees it at once.

use super::changes::{heard, listen};
use super::people::{Pass, person};
use super::town::{feature, insert};
use crate::harness::{Server, databases};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use wangge::accounts::Role;
use wangge::geometry::{LonLat, TileCoord};
use wangge::store::{AuditQuery, Batch, Store};

pub const TOWN: &str = "360483100";
pub const WEST: &str = "360483100001001";
pub const EAST: &str = "360483100001002";
const STATIONS: &str = "/api/collections/station/items";

fn station(lon: f64, code: &str, name: &str) -> Value {
    json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, 29.4002]},
        "properties": {"code": code, "name": name}})
}

async fn status(answer: Response, wanted: u16) -> Value {
    let (found, text) = (answer.status().as_u16(), answer.text().await.expect("a body"));
    assert_eq!(found, wanted, "{text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().into_iter().flatten().filter_map(|e| e["field"].as_str()).collect()
}

async fn audit(store: &Store, action: &str) -> Vec<wangge::store::AuditRow> {
    let query = AuditQuery { action: Some(action.into()), limit: 1000, ..AuditQuery::default() };
    store.audit_rows(&query).await.expect("the audit")
}

/// Every tile of a zoom level over the town, with its tag.
async fn tiles(server: &Server) -> Vec<(String, String)> {
    let world = TileCoord::new(0, 0, 0).expect("a tile");
    let corner = |lon: f64, lat: f64| {
        let at = LonLat::new(lon, lat).expect("a position");
        let (x, y) = world.unit(at.lon(), at.lat());
        ((x * 65_536.0) as u32, (y * 65_536.0) as u32)
    };
    let ((west, north), (east, south)) = (corner(115.989, 29.406), corner(116.011, 29.394));
    let mut all = Vec::new();
    for (x, y) in (west..=east).flat_map(|x| (north..=south).map(move |y| (x, y))) {
        let path = format!("/api/tiles/station,grid,building/16/{x}/{y}");
        let answer = server.get(&path).await;
        all.push((path, answer.headers()["etag"].to_str().expect("text").to_owned()));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_seen_by_every_open_map_and_process_within_a_second_and_only_there() {
    for database in databases().await {
        let store = database.open().await;
        super::town::fill(&store).await;
        let planner = person(&store, "planner", &[(Role::Planner, Some(TOWN))]).await;
        let here = Server::start(store.clone()).await;
        let elsewhere = Server::start(database.open().await).await;
        let (mut near, mut far) = (listen(&here, None).await, listen(&elsewhere, None).await);
        let before = tiles(&elsewhere).await;

        let answer = planner.send(&here, Method::POST, STATIONS, (None, &station(116.003_5, "S3", "新站"))).await;
        let (location, made) = (answer.headers()["location"].clone(), answer.headers()["etag"].clone());
        let body = status(answer, 201).await;
        let id = body["id"].as_i64().expect("a number");
        let path = format!("{STATIONS}/{id}");
        assert_eq!(location, format!("{}{path}", here.base));
        // Who is told of it finds it, at once and just so.
        assert_eq!(planner.json(&here, &path).await, body);
        assert_eq!(planner.tag(&here, &path).await, made.to_str().expect("text"));
        for events in [&mut near, &mut far] {
            let (_, change) = heard(events).await;
            assert_eq!(
                (&change["layer"], &change["id"], &change["op"]),
                (&json!("station"), &json!(id), &json!("insert"))
            );
        }
        let after = tiles(&elsewhere).await;
        let touched: Vec<&String> = before.iter().zip(&after).filter(|(a, b)| a.1 != b.1).map(|(a, _)| &a.0).collect();
        let world = TileCoord::new(0, 0, 0).expect("a tile");
        let (x, y) = world.unit(116.003_5, 29.4002);
        let own = format!("/api/tiles/station,grid,building/16/{}/{}", (x * 65_536.0) as u32, (y * 65_536.0) as u32);
        assert_eq!(touched, [&own], "of {} tiles", before.len());

        let moved = station(116.003_6, "S3", "搬站");
        let answer = planner.send(&here, Method::PUT, &path, (made.to_str().ok(), &moved)).await;
        let second = answer.headers()["etag"].to_str().expect("text").to_owned();
        let body = status(answer, 200).await;
        assert_eq!((&body["properties"]["name"], &body["version"]), (&json!("搬站"), &json!(2)));
        let patch = json!({"properties": {"kind": "first_class"}});
        let answer = planner.send(&elsewhere, Method::PATCH, &path, (Some(&second), &patch)).await;
        let third = answer.headers()["etag"].to_str().expect("text").to_owned();
        let body = status(answer, 200).await;
        assert_eq!((&body["properties"]["name"], &body["properties"]["kind"]), (&json!("搬站"), &json!("first_class")));
        let lost = planner.send(&here, Method::DELETE, &path, (Some(&second), &Value::Null)).await;
        let problem = status(lost, 412).await;
        assert!(problem["type"].as_str().is_some_and(|t| t.ends_with("lost-update")) && problem["version"] == 3);
        status(planner.send(&here, Method::DELETE, &path, (Some(&third), &Value::Null)).await, 204).await;
        assert_eq!(planner.get(&here, &path).await.status(), 404);
        for op in ["update", "update", "delete"] {
            assert_eq!(heard(&mut far).await.1["op"], op);
        }
        // The audit tells all of it.
        let [created] = audit(&store, "item.create").await.try_into().expect("one line");
        assert_eq!(
            (created.actor.as_deref(), created.target.as_deref()),
            (Some("planner"), Some(id.to_string().as_str()))
        );
        assert!(created.via.starts_with("token:") && created.address.is_some() && created.before.is_none());
        let updates = audit(&store, "item.update").await;
        let name = |value: &Option<Value>| value.as_ref().expect("a feature")["properties"]["name"].clone();
        assert_eq!((name(&updates[1].before), name(&updates[1].after)), (json!("新站"), json!("搬站")));
        assert_eq!(audit(&store, "item.delete").await[0].before.as_ref().expect("a feature")["version"], 3);
        here.stop().await;
        elsewhere.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_edit_there_is_refused_and_nothing_is_written() {
    for database in databases().await {
        let store = database.open().await;
        super::town::fill(&store).await;
        let mut hidden = store.catalogue().await.expect("layers").get("venue").expect("venue").layer.clone();
        hidden.id = super::town::ident("secret_place");
        hidden.access = wangge::atlas::layer::Access::Restricted;
        store.put_layer(&hidden).await.expect("a layer");
        let planner = person(&store, "east", &[(Role::Planner, Some(EAST)), (Role::Worker, Some(TOWN))]).await;
        let worker = person(&store, "worker", &[(Role::Worker, None), (Role::Dispatcher, Some(TOWN))]).await;
        let server = Server::start(store.clone()).await;
        let seq = store.last_seq().await.expect("a number");
        let (east, west) = (format!("{STATIONS}/1"), format!("{STATIONS}/2"));
        let version = Some("\"1\"");
        let (inside, outside) = (station(116.004, "S1", "东站"), station(115.994, "S1", "东站"));
        let away = json!({"geometry": {"type": "Point", "coordinates": [115.995, 29.4002]}});
        let both =
            json!({"type": "FeatureCollection", "features": [station(116.004, "A", "a"), station(115.994, "B", "b")]});
        let nobody = Pass::Nobody;
        for (who, method, path, tag, body, wanted) in [
            (&nobody, Method::POST, STATIONS, None, &inside, 401),
            (&nobody, Method::DELETE, &east, version, &Value::Null, 401),
            (&worker, Method::POST, STATIONS, None, &inside, 403),
            (&worker, Method::PUT, &east, version, &inside, 403),
            (&planner, Method::POST, STATIONS, None, &outside, 403),
            (&planner, Method::POST, STATIONS, None, &both, 403),
            (&planner, Method::PUT, &east, version, &outside, 403),
            (&planner, Method::PATCH, &east, version, &away, 403),
            (&planner, Method::PUT, &west, version, &inside, 403),
            (&planner, Method::PATCH, &west, Some("\"9\""), &away, 403),
            (&planner, Method::DELETE, &west, version, &Value::Null, 403),
            // Nobody redraws the area that his own right ends at.
            (
                &planner,
                Method::PATCH,
                "/api/collections/grid/items/2",
                version,
                &json!({"properties": {"name": "x"}}),
                403,
            ),
            (&planner, Method::POST, "/api/collections", None, &json!({"id": "well"}), 403),
            (&planner, Method::POST, "/api/collections/secret_place/items", None, &inside, 404),
            (&planner, Method::DELETE, "/api/collections/secret_place/items/1", version, &Value::Null, 404),
            (&planner, Method::DELETE, "/api/collections/nothing/items/1", version, &Value::Null, 404),
            (&planner, Method::DELETE, "/api/collections/station/items/99", version, &Value::Null, 404),
            (&planner, Method::DELETE, "/api/collections/station/items/x", version, &Value::Null, 404),
            (&planner, Method::DELETE, &east, None, &Value::Null, 428),
            (&planner, Method::PUT, &east, None, &inside, 428),
            (&planner, Method::PATCH, &east, Some("*"), &away, 428),
            (&planner, Method::PUT, &east, Some("\"7\""), &inside, 412),
            (&planner, Method::PUT, &east, Some("W/\"1\""), &inside, 412),
        ] {
            let case = format!("{method} {path} {body}");
            let answer = who.send(&server, method, path, (tag, body)).await;
            assert_eq!(answer.status(), wanted, "{case}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json", "{case}");
        }
        assert_eq!(store.last_seq().await.expect("a number"), seq);
        assert!(audit(&store, "item.update").await.is_empty() && audit(&store, "item.create").await.is_empty());
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_is_refused_by_the_names_of_its_fields() {
    let database = crate::harness::Database::geopackage();
    let store = database.open().await;
    super::town::fill(&store).await;
    let planner = person(&store, "planner", &[(Role::Planner, None)]).await;
    let server = Server::start(store).await;
    let grid = |west: f64, code: &str| {
        json!({"type": "Feature", "properties": {"code": code, "name": "格"}, "geometry": {"type": "Polygon",
            "coordinates": [[[west, 29.395], [west + 0.01, 29.395], [west + 0.01, 29.405], [west, 29.395]]]}})
    };
    let bad: &[(&str, Value, &[&str])] = &[
        ("station", json!([]), &["type"]),
        ("station", json!({"type": "Feature"}), &["geometry"]),
        (
            "station",
            json!({"type": "Feature", "geometry": null, "properties": {"code": "a", "name": "b"}}),
            &["geometry"],
        ),
        (
            "station",
            json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [29.4, 116.0]}, "properties": {}}),
            &["name", "geometry"],
        ),
        ("station", station(116.0, "S1", "again"), &["code"]),
        (
            "station",
            json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [116.0, 29.4]},
            "properties": {"code": "a", "name": "b", "contact": "13812345678", "colour": 1}}),
            &["contact", "colour"],
        ),
        ("grid", grid(116.005, "x"), &["geometry"]),
        ("grid", grid(116.0, WEST), &["code", "geometry"]),
        (
            "station",
            json!({"type": "FeatureCollection", "features": [station(116.0, "A", "a"), station(116.0, "A", "b")]}),
            &["features[1].code"],
        ),
    ];
    for (layer, body, wanted) in bad {
        let path = format!("/api/collections/{layer}/items");
        let problem = status(planner.send(&server, Method::POST, &path, (None, body)).await, 422).await;
        assert_eq!(&fields(&problem), wanted, "{body}: {problem}");
        assert!(!problem.to_string().contains("13812345678"), "{problem}");
    }
    let path = format!("{STATIONS}/1");
    let other = json!({"type": "Feature", "id": 2, "geometry": null});
    assert_eq!(
        fields(&status(planner.send(&server, Method::PUT, &path, (Some("\"1\""), &other)).await, 422).await),
        ["id"]
    );
    let patch = json!({"name": "x"});
    assert_eq!(
        fields(&status(planner.send(&server, Method::PATCH, &path, (Some("\"1\""), &patch)).await, 422).await),
        ["name"]
    );
    let raw = |kind: &'static str, text: &'static str| {
        planner.request(&server, Method::POST, STATIONS).header("content-type", kind).body(text).send()
    };
    assert_eq!(raw("text/csv", "{}").await.expect("an answer").status(), 415);
    assert_eq!(raw("application/geo+json", "{").await.expect("an answer").status(), 400);
    let query =
        planner.send(&server, Method::POST, &format!("{STATIONS}?x=1"), (None, &station(116.0, "Q", "q"))).await;
    assert_eq!(query.status(), 400);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_editor_is_not_told_survives_his_edits() {
    for database in databases().await {
        let store = database.open().await;
        super::town::fill(&store).await;
        let hidden = json!({"code": "S9", "name": "站", "contact": "13800000000", "made_by": "somebody"});
        let op = insert("station", vec![feature(geo::Point::new(116.004, 29.4), hidden)]);
        let written = store.write(Batch { ops: vec![op], ..Batch::default() }).await.expect("written");
        let path = format!("{STATIONS}/{}", written.inserted[0].0);
        let planner = person(&store, "planner", &[(Role::Planner, Some(TOWN))]).await;
        let dispatcher = person(&store, "dispatcher", &[(Role::Dispatcher, Some(TOWN))]).await;
        let server = Server::start(store.clone()).await;
        // A feature goes back as it was told, with a new name.
        let mut told = planner.json(&server, &path).await;
        assert_eq!(told["properties"]["contact"], Value::Null);
        told["properties"]["name"] = json!("新名");
        let own = planner.tag(&server, &path).await;
        let seen = dispatcher.tag(&server, &path).await;
        assert_ne!(own, seen, "two representations");
        let body = status(planner.send(&server, Method::PUT, &path, (Some(&own), &told)).await, 200).await;
        assert_eq!((&body["properties"]["name"], &body["properties"]["contact"]), (&json!("新名"), &Value::Null));
        let full = dispatcher.json(&server, &path).await;
        assert_eq!(
            (&full["properties"]["name"], &full["properties"]["contact"]),
            (&json!("新名"), &json!("13800000000"))
        );
        assert_eq!(full["properties"]["source"], "demo", "what is made up stays called so");
        let entry = store.catalogue().await.expect("layers").get("station").expect("stations").clone();
        let stored = store.load_features(&entry, &written.inserted).await.expect("loaded").features.remove(0);
        assert_eq!(stored.properties["made_by"], "somebody");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_makes_a_layer_and_a_planner_fills_it() {
    for database in databases().await {
        let store = database.open().await;
        super::town::fill(&store).await;
        let admin = person(&store, "admin", &[(Role::Admin, None)]).await;
        let local = person(&store, "local", &[(Role::Admin, Some(TOWN))]).await;
        let planner = person(&store, "planner", &[(Role::Planner, Some(TOWN))]).await;
        let server = Server::start(store.clone()).await;
        let document = server.json("/api/openapi.json").await;
        let post = &document["paths"]["/api/collections"]["post"];
        let well = post["requestBody"]["content"]["application/json"]["example"].clone();
        status(local.send(&server, Method::POST, "/api/collections", (None, &well)).await, 403).await;
        let answer = admin.send(&server, Method::POST, "/api/collections", (None, &well)).await;
        assert_eq!(answer.headers()["location"], format!("{}/api/collections/well", server.base));
        assert_eq!(status(answer, 201).await["count"], 0);
        status(admin.send(&server, Method::POST, "/api/collections", (None, &well)).await, 409).await;
        let mut grid = well.clone();
        grid["id"] = json!("grid");
        status(admin.send(&server, Method::POST, "/api/collections", (None, &grid)).await, 409).await;
        grid["id"] = json!("wangge_user");
        let problem = status(admin.send(&server, Method::POST, "/api/collections", (None, &grid)).await, 422).await;
        assert_eq!(fields(&problem), ["id"]);
        let dug = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [116.002, 29.4]},
            "properties": {"name": "老井", "keeper": "李四"}});
        let path = "/api/collections/well/items";
        let body = status(planner.send(&server, Method::POST, path, (None, &dug)).await, 201).await;
        assert_eq!(body["properties"]["keeper"], "李四");
        let public = server.json(&format!("{path}/1")).await;
        assert_eq!((&public["properties"]["name"], &public["properties"]["keeper"]), (&json!("老井"), &Value::Null));
        assert_eq!(audit(&store, "layer.create").await.len(), 1);
        server.stop().await;
    }
}
