//! Reporting and working on cases over HTTP.

use super::people::{Pass, person, stamp};
use super::town;
use crate::harness::{Database, Server, databases};
use chrono::{TimeDelta, Utc};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use wangge::accounts::Role;
use wangge::dispatch::WorkerName;
use wangge::dispatch::assign::Absence;
use wangge::store::Store;
use wangge::store::issues::NewAbsence;

pub const GRID: &str = "360483100001001";
pub const OTHER: &str = "360483100001002";
pub const TOWN: &str = "360483100";

/// A PNG, grey.
pub const PHOTO: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGOoaOrBihiGlgQAFAJhgQjU4RoAAAAASUVORK5CYII=";

/// An absence of somebody, straight into the store.
pub async fn absent(store: &Store, name: &str) -> i64 {
    let now = Utc::now();
    let absence = Absence { who: WorkerName(name.into()), from: now, to: now + TimeDelta::days(1), stand_in: None };
    store.add_absence(&NewAbsence(absence), &stamp()).await.expect("noted")
}

/// The town with ann, bob and dan at work.
pub struct Town {
    pub server: Server,
    pub store: Store,
    pub ann: Pass,
    pub bob: Pass,
    pub dan: Pass,
}

impl Town {
    pub async fn start(db: &Database) -> Self {
        let store = db.open().await;
        town::fill(&store).await;
        let ann = person(&store, "ann", &[(Role::Worker, Some(GRID))]).await;
        let bob = person(&store, "bob", &[(Role::Worker, Some(OTHER))]).await;
        let dan = person(&store, "dan", &[(Role::Dispatcher, Some(TOWN))]).await;
        Self { server: Server::start(store.clone()).await, store, ann, bob, dan }
    }

    pub async fn report(&self, category: &str, lon: f64) -> Value {
        let answer = self.post(&Pass::Nobody, "/api/issues", &body(category, lon)).await;
        assert_eq!(answer.status(), 201);
        answer.json().await.expect("JSON")
    }

    pub async fn post(&self, pass: &Pass, path: &str, body: &Value) -> Response {
        pass.send(&self.server, Method::POST, path, (None, body)).await
    }

    /// What the action comes to: status and body.
    pub async fn act(&self, pass: &Pass, number: &str, body: Value) -> (u16, Value) {
        let answer = self.post(pass, &format!("/api/issues/{number}/events"), &body).await;
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }
}

pub fn body(category: &str, lon: f64) -> Value {
    json!({"category": category, "description": "楼下垃圾成堆", "lon": lon, "lat": 29.4001})
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} of {value}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_its_way_from_the_resident_to_the_rating() {
    for db in databases().await {
        let town = Town::start(&db).await;
        let mut report = body("exposed_garbage", 115.995);
        report["photos"] = json!([PHOTO]);
        report["reporter"] = json!({"name": "王大妈", "phone": "13800000000"});
        report["quantity"] = json!(2.5);
        report["unit"] = json!("heap");
        report["accuracy_m"] = json!(20);
        let answer = town.post(&Pass::Nobody, "/api/issues", &report).await;
        assert_eq!(answer.status(), 201, "{}", answer.text().await.expect("text"));
        let location = answer.headers()["location"].to_str().expect("text").to_owned();
        let made: Value = answer.json().await.expect("JSON");
        let (number, key) = (text(&made, "number").to_owned(), text(&made, "key").to_owned());
        assert!(location.ends_with(&format!("/api/issues/{number}")), "{location}");
        assert_eq!(
            (text(&made, "state"), text(&made, "assignee"), text(&made, "level")),
            ("dispatched", "ann", "grid")
        );
        assert_eq!(made["grid"], json!({"code": GRID, "name": "第一网格"}));
        assert!(text(&made, "due_at").ends_with("+08:00") && text(&made, "promised_at").ends_with("+08:00"));
        assert_eq!(made["because"][0]["kind"], "place");

        // By the private link.
        let link = format!("/api/issues/{number}?key={key}");
        let seen = town.server.json(&link).await;
        assert_eq!((&seen["staff"], &seen["may"]), (&Value::Null, &json!(["comment"])));
        assert_eq!(seen["steps"].as_array().map(Vec::len), Some(3), "{seen}");
        assert!(!seen.to_string().contains("13800000000") && !seen.to_string().contains("ann"));
        let photo = format!("/api/issues/{number}/photos/{}?key={key}", seen["photos"][0]["id"]);
        let answer = town.server.get(&photo).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &"image/jpeg".parse().expect("a value"))
        );
        assert!(answer.headers()["cache-control"].to_str().expect("text").starts_with("private"));
        for wrong in [format!("/api/issues/{number}"), format!("{link}0"), "/api/issues/20261122-9999".into()] {
            assert_eq!(town.server.get(&wrong).await.status(), 404, "{wrong}");
        }
        assert_eq!(town.server.get(&photo.replace(&key, "0")).await.status(), 404);

        // Ann works on it, dan checks it.
        assert_eq!(town.bob.get(&town.server, &format!("/api/issues/{number}")).await.status(), 404);
        let hers = town.ann.json(&town.server, &format!("/api/issues/{number}")).await;
        let may: Vec<&str> =
            hers["staff"]["actions"].as_array().expect("a list").iter().map(|a| text(a, "action")).collect();
        assert!(may.contains(&"start") && !may.contains(&"close"), "{may:?}");
        assert_eq!(hers["staff"]["reporter"]["phone"], "13800000000", "the holder may call");
        let (status, case) = town.act(&town.ann, &number, json!({"action": "start"})).await;
        assert_eq!((status, text(&case, "state")), (200, "in_progress"));
        let (status, problem) = town.act(&town.ann, &number, json!({"action": "finish"})).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("photos")));
        let (status, _) = town.act(&town.ann, &number, json!({"action": "finish", "photos": [PHOTO]})).await;
        assert_eq!(status, 200);
        let (status, problem) = town.act(&town.ann, &number, json!({"action": "pass"})).await;
        assert_eq!(status, 403, "who finished it cannot check it: {problem}");
        let (status, case) = town.act(&town.dan, &number, json!({"action": "pass", "seen": 5})).await;
        assert_eq!(status, 200, "{case}");
        let (status, problem) = town.act(&town.dan, &number, json!({"action": "start"})).await;
        assert_eq!((status, text(&problem, "type")), (409, "/api/docs#not-now"));
        let (_, case) = town.act(&town.dan, &number, json!({"action": "close"})).await;
        assert_eq!((text(&case, "state"), text(&case, "outcome")), ("closed", "solved"));

        // The reporter rates it, and can have it opened again once.
        let mine = format!("/api/issues/{number}/events?key={key}");
        let as_reporter = async |body: Value| town.post(&Pass::Nobody, &mine, &body).await;
        assert_eq!(as_reporter(json!({"action": "comment", "rating": 9})).await.status(), 400);
        let rated: Value = as_reporter(json!({"action": "comment", "rating": 5})).await.json().await.expect("JSON");
        assert_eq!((&rated["rating"], &rated["may_rate"]), (&json!(5), &json!(true)));
        assert_eq!(as_reporter(json!({"action": "reopen", "note": "又有了"})).await.status(), 200);
        assert_eq!(as_reporter(json!({"action": "reopen", "note": "又有了"})).await.status(), 409);
        assert_eq!(as_reporter(json!({"action": "accept"})).await.status(), 409);
        let audit =
            wangge::store::AuditQuery { action: Some("issue.reporter".into()), limit: 99, ..Default::default() };
        let told = town.store.audit_rows(&audit).await.expect("read");
        assert!(told.iter().all(|row| row.target.as_deref() == Some(&number)) && told.len() > 2, "{told:?}");
        town.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_report_is_named() {
    let db = Database::geopackage();
    let town = Town::start(&db).await;
    let faults = async |pass: &Pass, body: Value| -> (u16, Vec<String>) {
        let answer = town.post(pass, "/api/issues", &body).await;
        let status = answer.status().as_u16();
        let problem: Value = answer.json().await.expect("JSON");
        let fields = problem["errors"].as_array().cloned().unwrap_or_default();
        (status, fields.iter().map(|e| text(e, "field").to_owned()).collect())
    };
    let wrong = json!({"category": "x", "lon": 29.4, "lat": 116.0, "accuracy_m": -1, "quantity": "2", "unit": 5,
        "reporter": {"name": "a\nb", "mail": "x"}, "photos": ["!", 5], "source": "hotline", "state": "closed"});
    let (status, fields) = faults(&Pass::Nobody, wrong).await;
    assert_eq!(status, 400);
    for field in [
        "category",
        "description",
        "lat",
        "accuracy_m",
        "quantity",
        "unit",
        "reporter.name",
        "reporter.mail",
        "photos[0]",
        "photos[1]",
        "source",
        "state",
    ] {
        assert!(fields.contains(&field.to_owned()), "{field} of {fields:?}");
    }
    let with = |name: &str, value: Value| {
        let mut body = body("exposed_garbage", 115.995);
        body[name] = value;
        body
    };
    assert_eq!(
        faults(&Pass::Nobody, with("photos", json!([PHOTO, PHOTO, PHOTO, PHOTO, PHOTO, PHOTO]))).await,
        (400, vec!["photos".into()])
    );
    assert_eq!(faults(&Pass::Nobody, with("join", json!("20261122-0001"))).await, (422, vec!["join".into()]));
    assert_eq!(faults(&Pass::Nobody, with("unit", json!("ton"))).await.0, 201);
    assert_eq!(faults(&Pass::Nobody, with("unit", json!("vehicle"))).await, (400, vec!["unit".into()]));
    assert_eq!(faults(&town.ann, with("source", json!("hotline"))).await, (400, vec!["source".into()]));
    assert_eq!(faults(&town.dan, with("source", json!("hotline"))).await.0, 201);
    town.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_is_offered_and_who_joins_it_is_told_of_both() {
    for db in databases().await {
        let town = Town::start(&db).await;
        let first = town.report("illegal_building", 115.995).await;
        let near = "/api/issues/duplicates?lon=115.9951&lat=29.4001&category=";
        let found = town.server.json(&format!("{near}illegal_building")).await;
        assert_eq!(found["duplicates"][0]["number"], first["number"]);
        assert_eq!(town.server.json(&format!("{near}exposed_garbage")).await["duplicates"], json!([]));
        let mut again = body("illegal_building", 115.9951);
        again["join"] = first["number"].clone();
        let second: Value = town.post(&Pass::Nobody, "/api/issues", &again).await.json().await.expect("JSON");
        assert_eq!(second["state"], "void");
        town.act(&town.dan, text(&first, "number"), json!({"action": "accept"})).await;
        let link = format!("/api/issues/{}?key={}", text(&second, "number"), text(&second, "key"));
        let told = town.server.json(&link).await;
        assert_eq!(told["joined_to"], first["number"]);
        assert!(told["steps"].to_string().contains("已立案"), "{told}");
        // A direct category is joined as well, though nobody looks at it before.
        town.report("exposed_garbage", 115.996).await;
        let found = town
            .server
            .json(&near.replace("115.9951", "115.996").replace("category=", "category=exposed_garbage"))
            .await;
        let mut third = body("exposed_garbage", 115.996);
        third["join"] = found["duplicates"][0]["number"].clone();
        let third: Value = town.post(&Pass::Nobody, "/api/issues", &third).await.json().await.expect("JSON");
        assert_eq!(third["state"], "void", "{third}");
        town.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_cases_at_once_and_one_that_cannot() {
    let db = Database::geopackage();
    let town = Town::start(&db).await;
    let mut numbers = Vec::new();
    for lon in [115.993, 115.997] {
        numbers.push(town.report("illegal_building", lon).await["number"].clone());
    }
    numbers.push(json!("20261122-9999"));
    let body = json!({"numbers": numbers, "action": "accept"});
    let results: Value = town.post(&town.dan, "/api/issues/events", &body).await.json().await.expect("JSON");
    let ok: Vec<bool> = results["results"].as_array().expect("a list").iter().map(|r| r["ok"] == true).collect();
    assert_eq!(ok, [true, true, false], "{results}");
    assert_eq!(results["results"][2]["problem"]["status"], 404);
    let results: Value = town.post(&town.bob, "/api/issues/events", &body).await.json().await.expect("JSON");
    assert!(results["results"].as_array().expect("a list").iter().all(|r| r["ok"] == false), "{results}");
    town.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_the_map_names_may_be_away_where_the_dispatcher_answers_for_all_of_that_name() {
    let db = Database::geopackage();
    let town = Town::start(&db).await;
    let eve = person(&town.store, "eve", &[(Role::Dispatcher, Some(OTHER))]).await;
    let away =
        |who: &str| json!({"worker": who, "from": "2026-11-23T08:00:00+08:00", "to": "2100-01-01T08:00:00+08:00"});
    let path = "/api/issues/absences";
    assert_eq!(town.post(&eve, path, &away("张三")).await.status(), 403, "the grid beside");
    assert_eq!(town.post(&town.dan, path, &away("李四")).await.status(), 422);
    let noted: Value = town.post(&town.dan, path, &away("张三")).await.json().await.expect("JSON");
    assert_eq!(town.dan.json(&town.server, path).await["absences"], json!([noted]));
    assert_eq!(eve.json(&town.server, path).await["absences"], json!([]));
    let one = format!("{path}/{}", noted["id"]);
    for (who, status) in [(&eve, 403), (&town.dan, 204), (&town.dan, 404)] {
        let answer = who.send(&town.server, Method::DELETE, &one, (None, &Value::Null)).await;
        assert_eq!(answer.status(), status);
    }
    town.server.stop().await;
}
