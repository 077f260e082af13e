//! Scenarios that planners keep, on both databases.

use super::make::{all, batch, insert, station};
use crate::harness::databases;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use wangge::accounts::audit::{Entry, Stamp};
use wangge::accounts::{PasswordHash, UserId, UserName};
use wangge::planning::scenario::{Draft, ScenarioId};
use wangge::store::accounts::NewUser;
use wangge::store::scenarios::MOST;
use wangge::store::{Adopts, AuditQuery, Batch, ScenarioUnchanged, Store, WriteError};

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time") + TimeDelta::minutes(minutes)
}

fn stamp(minutes: i64) -> Stamp {
    Stamp { at: at(minutes), actor: Some("ann".into()), via: "session".into(), address: None }
}

async fn ann(store: &Store) -> UserId {
    let new = NewUser {
        name: UserName::new("ann").expect("a name"),
        display_name: None,
        password: PasswordHash(String::new()),
        grants: Vec::new(),
    };
    store.add_user(&new, &stamp(0)).await.expect("added").user.id
}

fn id(n: u8) -> ScenarioId {
    ScenarioId::new([n; 16])
}

fn draft(name: &str) -> Draft {
    let measures = json!([
        {"do": "add", "layer": "station", "geometry": {"type": "Point", "coordinates": [116.0, 29.0]},
         "properties": {"name": "新'站\"\u{0}", "kind": "first_class"}},
        {"do": "move", "layer": "station", "id": 2, "to": [116.0000001, 29.4]},
        {"do": "close_street", "at": [116.001, 29.4]},
    ]);
    let measures = serde_json::from_value(measures).expect("measures");
    Draft { name: name.into(), description: "两个驿站\nand a street".into(), measures }
}

async fn told(store: &Store) -> Vec<(String, Option<String>)> {
    let rows = store.audit_rows(&AuditQuery { limit: 100, ..AuditQuery::default() }).await.expect("the audit");
    rows.into_iter().rev().skip(1).map(|r| (r.action, r.target)).collect()
}

#[tokio::test]
async fn a_scenario_is_kept_changed_listed_and_taken_away() {
    for db in databases().await {
        let store = db.open().await;
        let owner = ann(&store).await;
        let made = store.add_scenario(&id(1), owner, &draft("一"), &stamp(1)).await.expect("added");
        assert_eq!((made.version, made.count, made.owner, made.owner_name.as_str()), (1, 3, owner, "ann"));
        assert_eq!((made.created_at, made.updated_at, made.adopted_at), (at(1), at(1), None));
        let kept = store.scenario(&id(1)).await.expect("read").expect("there");
        assert_eq!(kept, (made, draft("一").measures));
        assert_eq!(store.scenario(&id(2)).await.expect("read"), None);
        let other = store.add_scenario(&id(2), owner, &draft("二"), &stamp(2)).await.expect("added");
        let less = Draft { measures: Vec::new(), ..draft("三") };
        let changed = store.replace_scenario(&id(1), 1, &less, &stamp(3)).await.expect("changed");
        assert_eq!((changed.version, changed.count, changed.name.as_str()), (2, 0, "三"));
        assert_eq!((changed.created_at, changed.updated_at), (at(1), at(3)));
        assert_eq!(store.scenarios(None).await.expect("read"), [changed.clone(), other.clone()]);
        assert_eq!(store.scenarios(Some(owner)).await.expect("read"), [changed, other]);
        assert_eq!(store.scenarios(Some(UserId(owner.0 + 1))).await.expect("read"), []);
        store.remove_scenario(&id(1), 2, &stamp(4)).await.expect("gone");
        assert_eq!(store.scenario(&id(1)).await.expect("read"), None);
        let line = |action: &str, n: u8| (action.to_owned(), Some(id(n).as_str().to_owned()));
        let create = "scenario.create";
        let wanted = [line(create, 1), line(create, 2), line("scenario.update", 1), line("scenario.delete", 1)];
        assert_eq!(told(&store).await, wanted);
        store.close().await;
    }
}

#[tokio::test]
async fn on_another_version_nothing_is_written() {
    for db in databases().await {
        let store = db.open().await;
        let owner = ann(&store).await;
        store.add_scenario(&id(1), owner, &draft("一"), &stamp(1)).await.expect("added");
        store.replace_scenario(&id(1), 1, &draft("二"), &stamp(2)).await.expect("changed");
        let before = told(&store).await;
        let late = store.replace_scenario(&id(1), 1, &draft("三"), &stamp(3)).await;
        assert!(matches!(late, Err(ScenarioUnchanged::LostUpdate { actual: 2 })), "{late:?}");
        let late = store.remove_scenario(&id(1), 1, &stamp(3)).await;
        assert!(matches!(late, Err(ScenarioUnchanged::LostUpdate { actual: 2 })), "{late:?}");
        let gone = store.remove_scenario(&id(7), 1, &stamp(3)).await;
        assert!(matches!(gone, Err(ScenarioUnchanged::NoScenario)), "{gone:?}");
        assert_eq!(told(&store).await, before);
        assert_eq!(store.scenario(&id(1)).await.expect("read").expect("there").0.name, "二");
        store.close().await;
    }
}

#[tokio::test]
async fn adopting_is_one_transaction_with_the_edits_and_happens_once() {
    for db in databases().await {
        let store = db.open().await;
        let owner = ann(&store).await;
        store.add_scenario(&id(1), owner, &draft("一"), &stamp(1)).await.expect("added");
        let adopting = |expected| {
            let adopts = Some(Adopts { id: id(1), expected, at: at(5) });
            let audit = vec![Entry::new(&stamp(5), "scenario.adopt").on(id(1).as_str())];
            Batch { adopts, audit, ..batch(vec![insert("station", vec![station("新站", json!({}))])]) }
        };
        let stations = async || all(&store, "station").await.len();
        let stale = store.write(adopting(7)).await;
        assert!(matches!(stale, Err(WriteError::OtherScenario)), "{stale:?}");
        assert_eq!(stations().await, 0, "nothing of the batch");
        store.write(adopting(1)).await.expect("written");
        let (row, _) = store.scenario(&id(1)).await.expect("read").expect("there");
        assert_eq!((row.version, row.adopted_at, stations().await), (2, Some(at(5)), 1));
        for expected in [1, 2] {
            let again = store.write(adopting(expected)).await;
            assert!(matches!(again, Err(WriteError::OtherScenario)), "{again:?}");
        }
        let change = store.replace_scenario(&id(1), 2, &draft("二"), &stamp(6)).await;
        assert!(matches!(change, Err(ScenarioUnchanged::Adopted)), "{change:?}");
        assert_eq!(stations().await, 1);
        assert_eq!(told(&store).await.last().map(|(action, _)| action.as_str()), Some("scenario.adopt"));
        store.close().await;
    }
}

#[tokio::test]
async fn there_is_an_end_to_scenarios() {
    for db in databases().await {
        let store = db.open().await;
        let owner = ann(&store).await;
        let many = |n: usize| ScenarioId::new((n as u128).to_be_bytes());
        for n in 0..MOST {
            store
                .add_scenario(&many(n), owner, &Draft { measures: Vec::new(), ..draft("一") }, &stamp(1))
                .await
                .expect("added");
        }
        let more = store.add_scenario(&many(MOST), owner, &draft("二"), &stamp(2)).await;
        assert!(matches!(more, Err(ScenarioUnchanged::TooMany)), "{more:?}");
        store.close().await;
    }
}
