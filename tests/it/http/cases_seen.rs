//! Who sees which cases: restricted ones, and those outside the own area, are nowhere for all others.

use super::cases::{GRID, PHOTO, Town, body};
use super::people::{Pass, person};
use crate::harness::{Database, Server, databases};
use serde_json::{Value, json};
use wangge::accounts::Role;
use wangge::config::{Limits, Settings};

#[tokio::test(flavor = "multi_thread")]
async fn a_restricted_case_is_in_no_answer_count_feed_or_photo_of_others() {
    for db in databases().await {
        let town = Town::start(&db).await;
        let eva = person(&town.store, "eva", &[(Role::Dispatcher, Some(GRID))]).await;
        let max = person(&town.store, "max", &[(Role::Admin, None), (Role::Planner, None)]).await;
        let mut report = body("dispute", 115.995);
        report["photos"] = json!([PHOTO]);
        report["description"] = json!("秘密SECRET");
        let mut all = super::cases_live::listen(&town, &town.ann).await;
        let made: Value = town.post(&Pass::Nobody, "/api/issues", &report).await.json().await.expect("JSON");
        let (number, key) = (made["number"].as_str().expect("text"), made["key"].as_str().expect("text"));
        assert_eq!(made["assignee"], Value::Null);
        let own = town.server.json(&format!("/api/issues/{number}?key={key}")).await;
        let photo = format!("/api/issues/{number}/photos/{}", own["photos"][0]["id"]);
        let duplicates = "/api/issues/duplicates?lon=115.995&lat=29.4001&category=dispute";
        let public = ["/api/collections", "/api/changes"];
        assert!(public.iter().all(|path| !path.is_empty()));
        for who in [&town.ann, &town.bob] {
            for path in [
                "/api/issues?state=all",
                "/api/issues/board?state=all",
                "/api/issues/map?state=all",
                "/api/issues/tasks",
                "/api/issues?q=SECRET",
            ] {
                let told = who.json(&town.server, path).await.to_string();
                assert!(!told.contains(number) && !told.contains("SECRET"), "{path}: {told}");
            }
            assert_eq!(who.json(&town.server, "/api/issues?state=all").await["total"], 0);
            assert_eq!(who.json(&town.server, "/api/issues/board").await["open"], 0);
        }
        for who in [&Pass::Nobody, &town.ann, &town.bob, &max] {
            for path in [format!("/api/issues/{number}"), photo.clone()] {
                assert_eq!(who.get(&town.server, &path).await.status(), 404, "{path}");
            }
            let acted = town.act(who, number, json!({"action": "comment", "note": "x"})).await;
            assert_eq!(acted.0, 404, "{acted:?}");
            assert_eq!(who.json(&town.server, duplicates).await["duplicates"], json!([]));
        }
        for who in [&town.dan, &eva] {
            assert_eq!(who.json(&town.server, "/api/issues").await["total"], 1);
            assert_eq!(who.json(&town.server, "/api/issues/board").await["open"], 1);
            assert_eq!(who.get(&town.server, &photo).await.status(), 200);
            assert_eq!(who.json(&town.server, duplicates).await["duplicates"][0]["number"], number);
        }
        // An open one is heard; the restricted one before it was not.
        let open = town.report("illegal_building", 115.995).await;
        let heard = super::cases_live::heard(&mut all).await;
        assert_eq!(heard["number"], open["number"], "{heard}");
        town.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn list_board_and_map_show_the_own_area() {
    for db in databases().await {
        let town = Town::start(&db).await;
        let west = town.report("illegal_building", 115.995).await;
        let east = town.report("exposed_garbage", 116.005).await;
        town.report("illegal_building", 116.2).await;
        let numbers = async |who: &Pass, query: &str| -> Vec<Value> {
            let list = who.json(&town.server, &format!("/api/issues{query}")).await;
            let rows = list["issues"].as_array().expect("a list");
            assert_eq!(list["total"], rows.len());
            rows.iter().map(|row| row["number"].clone()).collect()
        };
        assert_eq!(numbers(&town.ann, "").await, [west["number"].clone()]);
        assert_eq!(numbers(&town.bob, "?mine=true").await, [east["number"].clone()]);
        assert_eq!(numbers(&town.dan, "?sort=newest").await, [east["number"].clone(), west["number"].clone()]);
        assert_eq!(
            numbers(&town.dan, &format!("?grid={GRID}&category=illegal_building&state=reported,accepted")).await,
            [west["number"].clone()]
        );
        assert_eq!(numbers(&town.dan, "?bbox=116.0,29.3,116.1,29.5").await, [east["number"].clone()]);
        assert_eq!(numbers(&town.dan, "?state=closed").await, Vec::<Value>::new());
        assert_eq!(town.server.get("/api/issues").await.status(), 401);
        for bad in ["?state=new", "?limit=0", "?overdue=1", "?level=x", "?colour=red", "?category=X"] {
            let answer = town.dan.get(&town.server, &format!("/api/issues{bad}")).await;
            assert_eq!(answer.status(), 400, "{bad}");
        }
        let board = town.dan.json(&town.server, "/api/issues/board").await;
        assert_eq!((&board["open"], &board["by_state"]), (&json!(2), &json!({"reported": 1, "dispatched": 1})));
        let names: Vec<&str> =
            board["workers"].as_array().expect("a list").iter().filter_map(|w| w["name"].as_str()).collect();
        assert_eq!(names, ["ann", "bob"], "{board}");
        let map = town.dan.json(&town.server, "/api/issues/map?bbox=115.9,29.3,116.1,29.5&zoom=12").await;
        assert_eq!(map["features"].as_array().map(Vec::len), Some(2), "{map}");
        let tasks = town.bob.json(&town.server, "/api/issues/tasks?lon=116.001&lat=29.4").await;
        let walk = tasks["tasks"][0]["walk_s"].as_u64().expect("on foot");
        assert!((250..400).contains(&walk), "{tasks}");
        town.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_reports_so_much_an_hour_and_an_account_as_much_as_it_must() {
    let db = Database::geopackage();
    let store = db.open().await;
    super::town::fill(&store).await;
    let ann = person(&store, "ann", &[(Role::Worker, Some(GRID))]).await;
    let limits = Limits { reports_per_hour: 2, report_burst: 2, exempt: Vec::new(), ..Limits::default() };
    let server = Server::start_with(store, Settings { limits, ..Settings::default() }).await;
    let report = async |pass: &Pass| {
        let body = body("illegal_building", 115.995);
        pass.send(&server, reqwest::Method::POST, "/api/issues", (None, &body)).await
    };
    let statuses = [report(&Pass::Nobody).await.status(), report(&Pass::Nobody).await.status()];
    assert_eq!(statuses, [201, 201]);
    let refused = report(&Pass::Nobody).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers()["retry-after"].to_str().expect("text").parse::<u32>().expect("a number") > 60);
    for _ in 0..4 {
        assert_eq!(report(&ann).await.status(), 201);
    }
    server.stop().await;
}
