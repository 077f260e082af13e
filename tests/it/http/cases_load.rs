//! Two dispatchers and three workers act at once, through two processes over one database: whatever was
//! acknowledged is there, once, and nothing else.

use super::cases::{GRID, OTHER, PHOTO, TOWN, body};
use super::people::{Pass, person};
use crate::harness::{Server, databases};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use wangge::accounts::Role;

const CASES: usize = 8;
const ROUNDS: usize = 12;

/// What somebody was told to have done: the case, and the note that marks it.
type Done = (String, String);

/// Takes a case off the own list and does something that is offered, again and again.
async fn work(server: Arc<Server>, (name, pass): (&'static str, Pass), turn: usize) -> (Vec<Done>, usize) {
    let (mut done, mut refused) = (Vec::new(), 0);
    for round in 0..ROUNDS {
        let list = pass.json(&server, "/api/issues?sort=urgency").await;
        let rows = list["issues"].as_array().expect("a list").clone();
        if rows.is_empty() {
            break;
        }
        let number = rows[(turn + round) % rows.len()]["number"].as_str().expect("text").to_owned();
        let path = format!("/api/issues/{number}");
        let answer = pass.get(&server, &path).await;
        // It may have gone to somebody else meanwhile.
        let Ok(case) = answer.json::<Value>().await else { continue };
        let actions = case["staff"]["actions"].as_array().cloned().unwrap_or_default();
        let quiet =
            |a: &&Value| !["void", "close", "suspend", "extend"].contains(&a["action"].as_str().unwrap_or("void"));
        let likely: Vec<&Value> = actions.iter().filter(quiet).collect();
        let Some(action) = likely.get((turn + round) % likely.len().max(1)) else { continue };
        let note = format!("{name}-{round}");
        let mut wish =
            json!({"action": action["action"], "note": note, "seen": case["staff"]["events"].as_array().map(Vec::len)});
        if ["reassign", "dispatch"].contains(&action["action"].as_str().expect("text")) {
            let code = if round % 2 == 0 { GRID } else { OTHER };
            wish["to"] = json!({"layer": "grid", "code": code});
        }
        if action["action"] == "finish" {
            wish["photos"] = json!([PHOTO]);
        }
        let answer = pass.send(&server, Method::POST, &format!("{path}/events"), (None, &wish)).await;
        match answer.status().as_u16() {
            200 => done.push((number, note)),
            403 | 404 | 409 | 422 => refused += 1,
            other => panic!("{other}: {}", answer.text().await.unwrap_or_default()),
        }
    }
    (done, refused)
}

#[tokio::test(flavor = "multi_thread")]
async fn five_people_who_act_at_once_lose_and_double_nothing() {
    for db in databases().await {
        let store = db.open().await;
        super::town::fill(&store).await;
        let servers = [Arc::new(Server::start(store.clone()).await), Arc::new(Server::start(db.open().await).await)];
        let mut people = Vec::new();
        for (name, role, area) in [
            ("dan", Role::Dispatcher, TOWN),
            ("dora", Role::Dispatcher, TOWN),
            ("ann", Role::Worker, GRID),
            ("amy", Role::Worker, GRID),
            ("bob", Role::Worker, OTHER),
        ] {
            people.push((name, person(&store, name, &[(role, Some(area))]).await));
        }
        for i in 0..CASES {
            let category = ["exposed_garbage", "suggestion"][i % 2];
            let body = body(category, [115.995, 116.005][i / 2 % 2] + 0.0002 * i as f64);
            let answer = Pass::Nobody.send(&servers[i % 2], Method::POST, "/api/issues", (None, &body)).await;
            assert_eq!(answer.status(), 201);
        }
        let begun = Instant::now();
        let workers: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(i, person)| tokio::spawn(work(Arc::clone(&servers[i % 2]), person.clone(), i)))
            .collect();
        let (mut all, mut refused) = (Vec::new(), 0);
        for worker in workers {
            let (done, no) = worker.await.expect("no panic");
            all.extend(done);
            refused += no;
        }
        println!("{} done, {refused} refused in {:?}", all.len(), begun.elapsed());
        assert!(all.len() > 20, "{}", all.len());
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        all.into_iter().for_each(|(number, note)| told.entry(number).or_default().push(note));
        let dan = &people[0].1;
        let list = dan.json(&servers[0], "/api/issues?state=all&limit=200").await;
        assert_eq!(list["total"], CASES);
        for row in list["issues"].as_array().expect("a list") {
            let number = row["number"].as_str().expect("text");
            let case = dan.json(&servers[1], &format!("/api/issues/{number}")).await;
            let events = case["staff"]["events"].as_array().expect("events");
            assert!(events.iter().zip(1..).all(|(event, n)| event["number"] == n), "no event is lost");
            let mut notes: Vec<String> = events.iter().filter_map(|e| e["note"].as_str()).map(str::to_owned).collect();
            let mut expected = told.remove(number).unwrap_or_default();
            notes.sort();
            expected.sort();
            assert_eq!(notes, expected, "{number}");
        }
        assert!(told.is_empty());
        for server in servers {
            Arc::into_inner(server).expect("the only one").stop().await;
        }
    }
}
