//! Scenarios over HTTP: made, compared, changed, adopted; who may, and what is refused.

use super::editing::{EAST, TOWN};
use super::people::{Pass, person};
use super::town::{feature, ident, insert, rectangle};
use crate::harness::{Server, databases};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wangge::accounts::Role;
use wangge::atlas::{Ident, Place, Snapshot, SnapshotParts};
use wangge::geometry::LonLat;
use wangge::planning::coverage::{Groups, GroupsTally};
use wangge::planning::{CoverageQuery, Extent, Scope, coverage};
use wangge::store::{AuditQuery, Batch, NetworkArtefact, Store};
use wangge::walk::{Network, Profile, Street, Streets};

pub const ALL: &str = "/api/planning/scenarios";
pub const QUESTION: &str = "layer=station&minutes=5";

/// The town's street in three parts, so that the middle one can be closed, and more houses: 20
/// households near the western station, 30 in the far east.
async fn fill(store: &Store) {
    super::town::fill(store).await;
    let points = [115.99, 116.001, 116.002, 116.01].map(|lon| LonLat::new(lon, 29.4).expect("a position"));
    let tags = || vec![("highway".to_owned(), "residential".to_owned()), ("name".to_owned(), "和平路".to_owned())];
    let way = |from: u32| Street { points: vec![from, from + 1], tags: tags() };
    let streets = Streets { points: points.into(), ways: (0..3).map(way).collect(), ..Streets::default() };
    let house = |lon: f64, households: u32| {
        feature(rectangle(lon, 29.4002, lon + 0.0002, 29.4004), json!({"households": households}))
    };
    let network = NetworkArtefact {
        bytes: Network::build(&streets).encode(),
        source: "town".into(),
        built_at: "2026-11-22T08:00:00Z".into(),
    };
    let ops = vec![insert("building", vec![house(115.9955, 20), house(116.0085, 30)])];
    store.write(Batch { ops, network: Some(network), ..Batch::default() }).await.expect("written");
}

pub async fn status(answer: Response, wanted: u16) -> Value {
    let (found, text) = (answer.status().as_u16(), answer.text().await.expect("a body"));
    assert_eq!(found, wanted, "{text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

pub fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().into_iter().flatten().filter_map(|e| e["field"].as_str()).collect()
}

pub fn add(lon: f64, name: &str) -> Value {
    json!({"do": "add", "layer": "station", "geometry": {"type": "Point", "coordinates": [lon, 29.4002]},
        "properties": {"name": name}})
}

/// A station in the far east, the western one closed, the eastern one moved a little, the street
/// between the middle house and the eastern station closed.
fn measures() -> Value {
    json!([
        add(116.0085, "新站"),
        {"do": "close", "layer": "station", "id": 2},
        {"do": "move", "layer": "station", "id": 1, "to": [116.0031, 29.4002]},
        {"do": "close_street", "at": [116.0015, 29.40001]},
    ])
}

pub async fn make(server: &Server, pass: &Pass, name: &str, measures: Value) -> (String, Value) {
    let answer = pass.send(server, Method::POST, ALL, (None, &json!({"name": name, "measures": measures}))).await;
    let header = |name: &str| answer.headers().get(name).map(|t| t.to_str().expect("text").to_owned());
    let (tag, location) = (header("etag"), header("location"));
    let body = status(answer, 201).await;
    assert_eq!(tag.as_deref(), Some("\"1\""));
    let path = format!("{ALL}/{}", body["id"].as_str().expect("an id"));
    assert_eq!(location, Some(format!("{}{path}", server.base)));
    (path, body)
}

/// What a map built from the database alone says.
async fn from_scratch(store: &Store) -> GroupsTally {
    let catalogue = store.catalogue().await.expect("read");
    let mut layers: BTreeMap<Ident, Vec<wangge::atlas::Feature>> = BTreeMap::new();
    for entry in catalogue.iter() {
        layers.insert(entry.layer.id.clone(), store.load_layer(entry).await.expect("read").features);
    }
    let network = store.network().await.expect("read").expect("there");
    let network = Some(Network::decode(&network.bytes).expect("a network").into());
    let map = Snapshot::build(SnapshotParts {
        seq: 1,
        place: Place::default(),
        catalogue,
        layers,
        network,
        network_built_at: None,
    });
    let adult = Profile::by_id("adult").expect("built in");
    let wanted = wangge::planning::Wanted::Layer(ident("station"));
    let query = CoverageQuery { wanted, ..CoverageQuery::of(ident("station"), adult) };
    let found = coverage(&map, &query).expect("a network");
    found.tally_by(&Groups::new(&map, "grid"), &[Extent::Minutes(5)], &Scope::All)
}

fn counts(value: &Value) -> (u64, u64) {
    (value["households"].as_u64().expect("a number"), value["buildings"].as_u64().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_is_made_compared_changed_and_adopted() {
    for database in databases().await {
        let store = database.open().await;
        fill(&store).await;
        let planner = person(&store, "planner", &[(Role::Planner, Some(TOWN))]).await;
        let server = Server::start(store.clone()).await;
        let (path, made) = make(&server, &planner, "  一处新站 ", json!([add(116.0085, "新站")])).await;
        assert_eq!((&made["name"], &made["owner"], &made["count"]), (&json!("一处新站"), &json!("planner"), &json!(1)));
        assert_eq!((&made["problem"], &made["adopted_at"]), (&Value::Null, &Value::Null));

        let comparison = planner.json(&server, &format!("{path}/comparison?{QUESTION}")).await;
        assert_eq!(counts(&comparison["whole"]["gained"]), (30, 1), "{comparison}");
        assert_eq!(counts(&comparison["whole"]["lost"]), (0, 0));
        let sums = |member: &str| {
            comparison["rows"].as_array().expect("rows").iter().map(|r| counts(&r[member]).0).sum::<u64>()
        };
        assert_eq!((sums("gained"), sums("after")), (30, counts(&comparison["whole"]["after"]).0));
        assert!(comparison["saved_s"].as_i64().is_some_and(|s| s > 0) && comparison["buildings_changed"] == 1);

        // Changed on the version that was read, and on no other.
        let body = json!({"name": "改造", "description": "东边\n三百户", "measures": measures()});
        let changed = planner.send(&server, Method::PUT, &path, (Some("\"1\""), &body)).await;
        assert_eq!(changed.headers()["etag"], "\"2\"");
        let changed = status(changed, 200).await;
        assert_eq!((&changed["version"], &changed["measures"]), (&json!(2), &measures()));
        let stale = status(planner.send(&server, Method::PUT, &path, (Some("\"1\""), &body)).await, 412).await;
        assert_eq!(stale["version"], 2);
        for (method, path) in
            [(Method::PUT, path.clone()), (Method::DELETE, path.clone()), (Method::POST, format!("{path}/adopt"))]
        {
            let body = if method == Method::PUT { body.clone() } else { Value::Null };
            status(planner.send(&server, method.clone(), &path, (None, &body)).await, 428).await;
            status(planner.send(&server, method, &path, (Some("\"1\""), &body)).await, 412).await;
        }
        assert_eq!(planner.json(&server, &path).await, changed);
        let listed = planner.json(&server, ALL).await;
        assert_eq!((&listed["scenarios"][0]["count"], &listed["scenarios"][0]["measures"]), (&json!(4), &Value::Null));

        // The middle house cannot get to the eastern station any more, nor the western to a closed one.
        let comparison = planner.json(&server, &format!("{path}/comparison?{QUESTION}")).await;
        let whole = &comparison["whole"];
        assert_eq!((counts(&whole["gained"]), counts(&whole["lost"])), ((30, 1), (32, 2)), "{comparison}");
        let on_it = format!("/api/planning/coverage?{QUESTION}&scenario={}", made["id"].as_str().expect("an id"));
        assert_eq!(planner.json(&server, &on_it).await["whole"]["covered"][0], whole["after"]);
        let before = planner.json(&server, &format!("/api/planning/coverage?{QUESTION}")).await;
        assert_eq!(whole["before"], before["whole"]["covered"][0]);
        let csv = planner
            .get(&server, &format!("{path}/comparison?{QUESTION}&format=csv"))
            .await
            .text()
            .await
            .expect("a table");
        assert!(
            csv.starts_with("\u{feff}编码,名称,新增户数")
                && csv.lines().last().is_some_and(|l| l.starts_with(",合计,30,1,32,2,32,")),
            "{csv}"
        );
        let areas = planner.json(&server, &format!("{path}/comparison?{QUESTION}&format=geojson")).await;
        assert_eq!(
            (&areas["features"][0]["properties"]["lost"], &areas["features"][1]["properties"]["gained"]),
            (&json!(20), &json!(30))
        );
        assert_eq!(
            planner.json(&server, "/api/collections/station/items/2").await["properties"]["name"],
            "西站",
            "nothing is real yet"
        );

        let adopted =
            planner.send(&server, Method::POST, &format!("{path}/adopt"), (Some("\"2\""), &Value::Null)).await;
        let adopted = status(adopted, 200).await;
        let written: Vec<(&str, i64)> = adopted["written"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|w| (w["layer"].as_str().expect("a layer"), w["id"].as_i64().expect("an id")))
            .collect();
        assert_eq!(written, [("station", 3), ("station", 2), ("station", 1), ("street_closure", 1)]);
        assert!(adopted["scenario"]["adopted_at"].is_string() && adopted["scenario"]["version"] == 3);
        let items = planner.json(&server, "/api/collections/station/items").await;
        let stations: Vec<(i64, &Value, f64)> = items["features"]
            .as_array()
            .expect("features")
            .iter()
            .map(|f| {
                (
                    f["id"].as_i64().expect("an id"),
                    &f["properties"]["name"],
                    f["geometry"]["coordinates"][0].as_f64().expect("lon"),
                )
            })
            .collect();
        assert_eq!(stations, [(1, &json!("东站"), 116.0031), (3, &json!("新站"), 116.0085)]);
        assert_eq!(
            planner.json(&server, "/api/collections/street_closure/items/1").await["properties"]["name"],
            "和平路"
        );

        // Coverage is what was promised, and what a map built from the database says.
        let after = planner.json(&server, &format!("/api/planning/coverage?{QUESTION}")).await;
        assert_eq!(after["whole"]["covered"][0], whole["after"]);
        let scratch = from_scratch(&store).await;
        assert_eq!(counts(&whole["after"]), (scratch.whole.covered[0].households, scratch.whole.covered[0].buildings));
        for (row, area) in comparison["rows"].as_array().expect("rows").iter().zip(&scratch.areas) {
            assert_eq!(row["area"]["id"], area.area.id.0);
            assert_eq!(counts(&row["after"]), (area.tally.covered[0].households, area.tally.covered[0].buildings));
        }
        // Once is enough, and it stays as it is.
        for (method, path) in [(Method::POST, format!("{path}/adopt")), (Method::PUT, path.clone())] {
            let body = if method == Method::PUT { body.clone() } else { Value::Null };
            let body = if method == Method::PUT { json!({"name": body["name"], "measures": []}) } else { body };
            status(planner.send(&server, method, &path, (Some("\"3\""), &body)).await, 409).await;
        }
        status(planner.get(&server, &format!("{path}/comparison?{QUESTION}")).await, 409).await;
        assert_eq!(fields(&status(planner.get(&server, &on_it).await, 400).await), ["scenario"]);
        assert_eq!(planner.json(&server, &path).await, adopted["scenario"]);
        let lines =
            store.audit_rows(&AuditQuery { limit: 100, actor: Some("planner".into()), ..AuditQuery::default() }).await;
        let lines: Vec<String> = lines.expect("the audit").into_iter().rev().map(|line| line.action).collect();
        let wanted = [
            "scenario.create",
            "scenario.update",
            "item.create",
            "item.create",
            "item.delete",
            "item.update",
            "scenario.adopt",
        ];
        assert_eq!(lines, wanted);
        status(planner.send(&server, Method::DELETE, &path, (Some("\"3\""), &Value::Null)).await, 204).await;
        status(planner.get(&server, &path).await, 404).await;
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_enough_to_read_and_only_the_owner_and_who_administers_all_may_change() {
    for database in databases().await {
        let store = database.open().await;
        fill(&store).await;
        let owner = person(&store, "owner", &[(Role::Planner, Some(EAST))]).await;
        let other = person(&store, "other", &[(Role::Planner, None), (Role::Admin, Some(TOWN))]).await;
        let admin = person(&store, "admin", &[(Role::Admin, None)]).await;
        let worker = person(&store, "worker", &[(Role::Worker, None), (Role::Dispatcher, None)]).await;
        let server = Server::start(store.clone()).await;
        let (path, made) = make(&server, &owner, "站", measures()).await;
        let comparison = format!("{path}/comparison?{QUESTION}");
        let body = json!({"name": "别的", "measures": []});
        let changes = [
            (Method::PUT, path.clone(), body.clone()),
            (Method::POST, format!("{path}/adopt"), Value::Null),
            (Method::DELETE, path.clone(), Value::Null),
        ];
        for (pass, wanted) in [(&worker, 403), (&Pass::Nobody, 401)] {
            for path in [ALL, &path, &comparison] {
                status(pass.get(&server, path).await, wanted).await;
            }
            for (method, path, body) in &changes {
                status(pass.send(&server, method.clone(), path, (Some("\"1\""), body)).await, wanted).await;
            }
            status(pass.send(&server, Method::POST, ALL, (None, &body)).await, wanted).await;
        }
        assert_eq!(other.json(&server, &path).await, made);
        // Each is told of the buildings that are theirs to plan for.
        assert_eq!(counts(&other.json(&server, &comparison).await["whole"]["lost"]), (32, 2));
        let own = owner.json(&server, &comparison).await;
        assert_eq!((counts(&own["whole"]["lost"]), counts(&own["outside"]["lost"])), ((12, 1), (0, 0)));
        assert_eq!(own["rows"].as_array().map(Vec::len), Some(1));
        for (method, path, body) in &changes {
            let problem = status(other.send(&server, method.clone(), path, (Some("\"1\""), body)).await, 403).await;
            assert!(problem["type"].as_str().is_some_and(|t| t.ends_with("#forbidden")), "{problem}");
        }
        let named = async |pass: &Pass| pass.json(&server, ALL).await["scenarios"].as_array().map(Vec::len);
        assert_eq!((named(&owner).await, named(&other).await, named(&admin).await), (Some(1), Some(0), Some(1)));

        // The western station is not the owner's to close; a part of a scenario is not adopted.
        let outside = owner.send(&server, Method::POST, &format!("{path}/adopt"), (Some("\"1\""), &Value::Null)).await;
        let problem = status(outside, 403).await;
        assert!(problem["type"].as_str().is_some_and(|t| t.ends_with("#outside-area")), "{problem}");
        assert_eq!(store.scenarios(None).await.expect("read")[0].adopted_at, None);
        assert_eq!(owner.json(&server, "/api/collections/station/items").await["numberMatched"], 2);
        let (inside, _) = make(&server, &owner, "东", json!([add(116.0085, "新站")])).await;
        status(owner.send(&server, Method::POST, &format!("{inside}/adopt"), (Some("\"1\""), &Value::Null)).await, 200)
            .await;
        let (west, _) = make(&server, &owner, "西", json!([add(115.995, "新站")])).await;
        status(owner.send(&server, Method::POST, &format!("{west}/adopt"), (Some("\"1\""), &Value::Null)).await, 403)
            .await;
        status(admin.send(&server, Method::DELETE, &path, (Some("\"1\""), &Value::Null)).await, 204).await;
        status(owner.get(&server, &path).await, 404).await;
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_longer_fits_the_map_is_told_and_never_half_adopted() {
    for database in databases().await {
        let store = database.open().await;
        fill(&store).await;
        let planner = person(&store, "planner", &[(Role::Planner, Some(TOWN))]).await;
        let server = Server::start(store.clone()).await;
        let (path, _) =
            make(&server, &planner, "站", json!([add(116.0085, "新站"), {"do": "close", "layer": "station", "id": 2}]))
                .await;
        let station = "/api/collections/station/items/2";
        let tag = planner.tag(&server, station).await;
        status(planner.send(&server, Method::DELETE, station, (Some(&tag), &Value::Null)).await, 204).await;
        let told = planner.json(&server, &path).await;
        assert_eq!(told["problem"]["number"], 1, "{told}");
        for answer in [
            planner.send(&server, Method::POST, &format!("{path}/adopt"), (Some("\"1\""), &Value::Null)).await,
            planner.get(&server, &format!("{path}/comparison?{QUESTION}")).await,
        ] {
            let problem = status(answer, 422).await;
            assert_eq!(fields(&problem), ["measures[1].id"], "{problem}");
        }
        assert_eq!(planner.json(&server, "/api/collections/station/items").await["numberMatched"], 1);
        // Two new stations with one code, and one with the code of another: found when it becomes real.
        let coded = |lon: f64, code: &str| {
            let mut measure = add(lon, "站");
            measure["properties"]["code"] = json!(code);
            measure
        };
        for (measures, field) in [
            (json!([coded(116.008, "N"), coded(116.009, "N")]), "measures[1].code"),
            (json!([add(116.0085, "站"), coded(116.009, "S1")]), "measures[1].code"),
        ] {
            let (path, _) = make(&server, &planner, "站", measures).await;
            let answer =
                planner.send(&server, Method::POST, &format!("{path}/adopt"), (Some("\"1\""), &Value::Null)).await;
            assert_eq!(fields(&status(answer, 422).await), [field]);
        }
        server.stop().await;
    }
}
