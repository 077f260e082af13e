//! Editors who race, in two processes over one database: everybody counts the households of the same
//! buildings up by one, and at the end no count is missing.

use super::editing::TOWN;
use super::people::{Pass, person};
use super::town::{feature, insert, rectangle};
use crate::harness::{Server, databases};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use wangge::accounts::Role;
use wangge::store::{AuditQuery, Batch};

const EDITORS: usize = 8;
const EDITS: usize = 10;
const BUILDINGS: usize = 3;

/// An edit that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Done {
    building: i64,
    version: i64,
    households: i64,
    editor: String,
}

/// Counts each building up in turn until that was acknowledged so many times; also how many edits
/// were refused because somebody else was quicker.
async fn edit(server: Arc<Server>, editor: (String, Pass), buildings: Vec<i64>) -> (Vec<Done>, usize) {
    let (name, pass) = editor;
    let (mut done, mut lost) = (Vec::new(), 0);
    for building in buildings.iter().cycle().copied().take(EDITS) {
        let path = format!("/api/collections/building/items/{building}");
        loop {
            let answer = pass.get(&server, &path).await;
            assert_eq!(answer.status(), 200);
            let tag = answer.headers()["etag"].to_str().expect("text").to_owned();
            let item: Value = answer.json().await.expect("JSON");
            let households = item["properties"]["households"].as_i64().expect("a number") + 1;
            let patch = json!({"properties": {"households": households}});
            let answer = pass.send(&server, Method::PATCH, &path, (Some(&tag), &patch)).await;
            match answer.status().as_u16() {
                200 => {
                    let version = answer.json::<Value>().await.expect("JSON")["version"].as_i64().expect("a number");
                    done.push(Done { building, version, households, editor: name.clone() });
                    break;
                }
                412 => lost += 1,
                other => panic!("{other}: {}", answer.text().await.unwrap_or_default()),
            }
        }
    }
    (done, lost)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_edit_is_lost_whoever_races() {
    for database in databases().await {
        let store = database.open().await;
        super::town::fill(&store).await;
        let one = |i: usize| {
            let west = 115.992 + 0.001 * i as f64;
            feature(rectangle(west, 29.4, west + 0.0002, 29.4002), json!({"households": 0}))
        };
        let op = insert("building", (0..BUILDINGS).map(one).collect());
        let written = store.write(Batch { ops: vec![op], ..Batch::default() }).await.expect("written");
        let buildings: Vec<i64> = written.inserted.iter().map(|id| id.0).collect();
        let servers =
            [Arc::new(Server::start(store.clone()).await), Arc::new(Server::start(database.open().await).await)];
        let mut editors = Vec::new();
        for i in 0..EDITORS {
            let name = format!("editor{i}");
            let pass = person(&store, &name, &[(Role::Planner, Some(TOWN))]).await;
            let mut buildings = buildings.clone();
            buildings.rotate_left(i % BUILDINGS);
            editors.push(tokio::spawn(edit(Arc::clone(&servers[i % 2]), (name, pass), buildings)));
        }
        let (mut all, mut refused) = (Vec::new(), 0);
        for editor in editors {
            let (done, lost) = editor.await.expect("no panic");
            all.extend(done);
            refused += lost;
        }
        assert_eq!(all.len(), EDITORS * EDITS);
        assert!(refused > 0, "nobody raced");
        all.sort();
        // Every version was acknowledged once, and each counted on from the one before.
        for building in &buildings {
            let own: Vec<&Done> = all.iter().filter(|d| d.building == *building).collect();
            for (i, done) in (1..).zip(&own) {
                assert_eq!((done.version, done.households), (i + 1, i), "{own:?}");
            }
            let path = format!("/api/collections/building/items/{building}");
            for server in &servers {
                server.until(async |s| s.json(&path).await["version"] == own.len() as i64 + 1).await;
                let last = server.json(&path).await;
                assert_eq!(last["properties"]["households"], own.len() as i64);
            }
        }
        // The audit tells the same story: who, what before, what after, in this order.
        let query = AuditQuery { action: Some("item.update".into()), limit: 10_000, ..AuditQuery::default() };
        let rows = store.audit_rows(&query).await.expect("the audit");
        let mut told: Vec<Done> = Vec::new();
        let mut latest: BTreeMap<i64, Value> = BTreeMap::new();
        for row in rows.iter().rev() {
            let building: i64 = row.target.as_deref().expect("a target").parse().expect("a number");
            let (before, after) = (row.before.clone().expect("before"), row.after.clone().expect("after"));
            let was = latest.insert(building, after["properties"].clone());
            assert!(was.is_none_or(|was| was == before["properties"]), "the chain is whole");
            told.push(Done {
                building,
                version: before["version"].as_i64().expect("a version") + 1,
                households: after["properties"]["households"].as_i64().expect("a number"),
                editor: row.actor.clone().expect("somebody"),
            });
        }
        told.sort();
        assert_eq!(told, all);
        for server in servers {
            Arc::into_inner(server).expect("the only one").stop().await;
        }
    }
}
