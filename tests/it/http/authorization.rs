//! The authorization table, cell by cell: each address × each role × inside and outside the own
//! area × session and tokens, on both databases. A new row needs nothing here when it only reads;
//! one that writes needs a line in [`sample`].

use super::people::{Pass, stamp, user};
use super::town;
use crate::harness::{Server, databases};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use wangge::accounts::{Role, UserId};
use wangge::http::authorization::{Does, Holds, Rule, TABLE, Who};
use wangge::planning::scenario::{Draft, ScenarioId};
use wangge::store::{Batch, Store};

/// The grid of the callers who have one, and the grid beside it.
const OWN: &str = "360483100001001";
const OTHER: &str = "360483100001002";

/// What a request must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Allowed,
    NotLoggedIn,
    Forbidden,
    Outside,
}

/// What the caller shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Via {
    Session,
    Token { read: bool, write: bool },
}

const TOKENS: [Via; 3] = [
    Via::Token { read: true, write: true },
    Via::Token { read: true, write: false },
    Via::Token { read: false, write: true },
];

/// One cell: `None` is a resident; `everywhere` or in [`OWN`]; the request is about [`OWN`] or not.
#[derive(Debug, Clone, Copy)]
struct Cell {
    role: Option<Role>,
    everywhere: bool,
    inside: bool,
    via: Via,
}

fn verdict(rule: &Rule, cell: Cell) -> Verdict {
    match (rule.who, cell.role, cell.via) {
        (Who::Unasked | Who::Everyone, ..) => Verdict::Allowed,
        (_, None, _) => Verdict::NotLoggedIn,
        (Who::Session, _, Via::Session) => Verdict::Allowed,
        (Who::Session, ..) => Verdict::Forbidden,
        (Who::Roles(_), _, Via::Token { write: false, .. }) if rule.does == Does::Write => Verdict::Forbidden,
        (Who::Roles(_), _, Via::Token { read: false, .. }) if rule.does == Does::Read => Verdict::Forbidden,
        (Who::Roles(roles), Some(role), _) if !roles.contains(&role) => Verdict::Forbidden,
        _ if cell.everywhere => Verdict::Allowed,
        _ => match rule.holds {
            Holds::Anywhere => Verdict::Allowed,
            Holds::Everywhere => Verdict::Outside,
            Holds::Inside if cell.inside => Verdict::Allowed,
            Holds::Inside => Verdict::Outside,
        },
    }
}

/// The cells of a row that can differ.
fn cells(rule: &Rule) -> Vec<Cell> {
    let resident = Cell { role: None, everywhere: false, inside: true, via: Via::Session };
    let sides: &[bool] = if rule.holds == Holds::Inside { &[true, false] } else { &[true] };
    let vias: Vec<Via> = [Via::Session].into_iter().chain(TOKENS).collect();
    let mut all = vec![resident];
    for (role, everywhere) in Role::ALL.into_iter().flat_map(|role| [(role, false), (role, true)]) {
        for (inside, via) in sides.iter().flat_map(|inside| vias.iter().map(move |via| (*inside, *via))) {
            all.push(Cell { role: Some(role), everywhere, inside, via });
        }
    }
    all
}

/// A user with a grant on one side, for a request to act on: name and number of the grant.
async fn target(store: &Store, inside: bool) -> (String, i64) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("target{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let area = if inside { OWN } else { OTHER };
    let row = user(store, &name, &[(Role::Worker, Some(area))]).await;
    (name, row.user.grants[0].id.0)
}

/// A station as it is sent.
fn station(inside: bool) -> Value {
    let lon = if inside { 115.994 } else { 116.004 };
    json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, 29.4]}, "properties": {"name": "站"}})
}

/// A station that is tried.
fn scenario(inside: bool) -> Value {
    let Value::Object(feature) = station(inside) else { panic!("an object") };
    let add =
        json!({"do": "add", "layer": "station", "geometry": feature["geometry"], "properties": feature["properties"]});
    json!({"name": "站", "measures": [add]})
}

/// A request that succeeds where it is allowed, about something inside [`OWN`] or in [`OTHER`].
async fn sample(rule: &Rule, store: &Store, inside: bool, caller: UserId) -> (String, Option<Value>) {
    let area = if inside { OWN } else { OTHER };
    let plain = |body: Value| (rule.path.to_owned(), Some(body));
    match (rule.method, rule.path) {
        ("POST", "/api/planning/scenarios") => plain(scenario(inside)),
        // Of the caller's own; others' are another test's.
        (method, path) if path.starts_with("/api/planning/scenarios/{id}") => {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let id = ScenarioId::new(u128::from(NEXT.fetch_add(1, Ordering::Relaxed)).to_be_bytes());
            let measures = serde_json::from_value(scenario(inside)["measures"].clone()).expect("measures");
            let draft = Draft { name: "站".into(), description: String::new(), measures };
            store.add_scenario(&id, caller, &draft, &stamp()).await.expect("added");
            let path = path.replace("{id}", id.as_str());
            let question = if path.ends_with("/comparison") { "?layer=station" } else { "" };
            (format!("{path}{question}"), (method == "PUT").then(|| scenario(inside)))
        }
        ("POST", "/api/users") => {
            let (name, _) = target(store, inside).await;
            let grants = json!([{"role": "worker", "area": area}]);
            plain(json!({"name": format!("new-{name}"), "password": "0123456789abc", "grants": grants}))
        }
        ("PATCH", "/api/users/{name}") => {
            let (name, _) = target(store, inside).await;
            (format!("/api/users/{name}"), Some(json!({"display_name": "x"})))
        }
        ("POST", "/api/users/{name}/grants") => {
            let (name, _) = target(store, inside).await;
            (format!("/api/users/{name}/grants"), Some(json!({"role": "planner", "area": area})))
        }
        ("DELETE", "/api/users/{name}/grants/{id}") => {
            let (name, id) = target(store, inside).await;
            (format!("/api/users/{name}/grants/{id}"), None)
        }
        ("POST", "/api/collections") => {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let id = format!("layer{}", NEXT.fetch_add(1, Ordering::Relaxed));
            plain(json!({"id": id, "title": {"zh": "层", "en": "Layer"}, "group": "work", "geometry": "point",
                "schema": {"type": "object", "properties": {}}, "zoom": [10, 22], "order": 900}))
        }
        ("POST", "/api/collections/{layer}/items") => {
            ("/api/collections/station/items".to_owned(), Some(station(inside)))
        }
        (method, "/api/collections/{layer}/items/{id}") if method != "GET" => {
            let east = geo::Point::new(if inside { 115.994 } else { 116.004 }, 29.4);
            let op = town::insert("station", vec![town::feature(east, json!({"name": "站"}))]);
            let written = store.write(Batch { ops: vec![op], ..Batch::default() }).await.expect("written");
            let path = format!("/api/collections/station/items/{}", written.inserted[0].0);
            (path, (method != "DELETE").then(|| station(inside)))
        }
        ("POST", "/api/issues/events") => {
            plain(json!({"numbers": ["20261122-9999"], "action": "comment", "note": "x"}))
        }
        ("POST", "/api/issues/absences") => {
            let (name, _) = target(store, inside).await;
            let (from, to) = ("2026-12-01T08:00:00+08:00", "2026-12-02T08:00:00+08:00");
            plain(json!({"worker": name, "from": from, "to": to}))
        }
        ("DELETE", "/api/issues/absences/{id}") => {
            let (name, _) = target(store, inside).await;
            (format!("/api/issues/absences/{}", super::cases::absent(store, &name).await), None)
        }
        ("POST", path) if path.starts_with("/api/planning/") => {
            let candidates = json!({"points": [[115.994, 29.4], [116.004, 29.4]]});
            let links = path.ends_with("missing-links");
            let more = if links { json!({}) } else { json!({"goal": "cover", "candidates": candidates}) };
            let mut body = json!({"category": "station", "minutes": 5});
            body.as_object_mut().zip(more.as_object()).into_iter().for_each(|(body, more)| body.extend(more.clone()));
            plain(body)
        }
        ("GET", path) if path.starts_with("/api/planning/coverage") => {
            (format!("{}?category=station", path.replace("{z}/{x}/{y}", "0/0/0")), None)
        }
        ("GET", "/api/planning/score") => (format!("{}?lon=116&lat=29.4", rule.path), None),
        // Questions of another standard, told apart by the document's name.
        (method, path) if path.starts_with("/open311/") => {
            let name = match path.rsplit_once('/').map(|(folder, _)| folder) {
                Some("/open311/v2") => "requests.json",
                _ => "clutter.json",
            };
            (path.replace("{document}", name), (method != "GET").then(|| json!({})))
        }
        // Questions, and the own account: that it is answered at all is what is tested here.
        (_, path) if !matches!(rule.who, Who::Roles(_)) || rule.does == Does::Read => {
            let replaced = [("{layer}", "grid"), ("{layers}", "grid"), ("{id}", "1"), ("{z}/{x}/{y}", "0/0/0")];
            let path = replaced.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
            (path, (rule.method != "GET").then(|| json!({})))
        }
        (method, path) => panic!("{method} {path} needs a sample"),
    }
}

/// One caller a role and extent.
struct Callers(Vec<(Role, bool, UserId)>);

impl Callers {
    async fn make(store: &Store) -> Self {
        let mut all = Vec::new();
        for role in Role::ALL {
            for everywhere in [false, true] {
                let name = format!("{role}-{}", if everywhere { "all" } else { "own" });
                let row = user(store, &name, &[(role, (!everywhere).then_some(OWN))]).await;
                all.push((role, everywhere, row.user.id));
            }
        }
        Self(all)
    }

    /// The user of a cell; of a resident's, any.
    fn user(&self, cell: Cell) -> UserId {
        let found =
            self.0.iter().find(|(r, all, _)| cell.role.is_none_or(|role| (*r, *all) == (role, cell.everywhere)));
        found.expect("a caller").2
    }

    async fn pass(&self, store: &Store, cell: Cell) -> Pass {
        let user = self.user(cell);
        match (cell.role, cell.via) {
            (None, _) => Pass::Nobody,
            (_, Via::Session) => Pass::session(store, user).await,
            (_, Via::Token { read, write }) => Pass::token(store, user, read, write).await,
        }
    }
}

async fn found(server: &Server, pass: &Pass, rule: &Rule, (path, body): (String, Option<Value>)) -> (Verdict, u16) {
    let method = Method::from_bytes(rule.method.as_bytes()).expect("a method");
    // Every feature here is as it was made.
    let mut request = pass.request(server, method, &path).header("if-match", "\"1\"");
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    if !(400..500).contains(&status) {
        return (Verdict::Allowed, status);
    }
    let problem: Value = answer.json().await.expect("a problem");
    let kind = problem["type"].as_str().and_then(|t| t.rsplit('#').next()).unwrap_or_default().to_owned();
    let verdict = match (status, kind.as_str()) {
        (401, "not-logged-in") => Verdict::NotLoggedIn,
        (403, "forbidden") => Verdict::Forbidden,
        (403, "outside-area") => Verdict::Outside,
        (403, _) => panic!("{} {path}: {problem}", rule.method),
        _ => Verdict::Allowed,
    };
    (verdict, status)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_of_the_table_holds() {
    for db in databases().await {
        let store = db.open().await;
        town::fill(&store).await;
        let callers = Callers::make(&store).await;
        let server = Server::start(store.clone()).await;
        let mut cells_seen = 0;
        for rule in TABLE {
            for cell in cells(rule) {
                let request = sample(rule, &store, cell.inside, callers.user(cell)).await;
                let pass = callers.pass(&store, cell).await;
                let (verdict_found, status) = found(&server, &pass, rule, request).await;
                let context = format!("{} {} {cell:?}: {status}", rule.method, rule.path);
                assert_eq!(verdict_found, verdict(rule, cell), "{context}");
                assert!(status < 500, "{context}");
                // A right is only shown by what was done with it.
                if matches!(rule.who, Who::Roles(_)) && verdict_found == Verdict::Allowed {
                    let done = match status {
                        // A run is its maker's, and one planner has only so many at once.
                        404 => rule.path.contains("/runs/"),
                        409 => ["/api/planning/siting", "/api/planning/missing-links"].contains(&rule.path),
                        _ => (200..300).contains(&status),
                    };
                    assert!(done, "{context}");
                }
                cells_seen += 1;
            }
        }
        assert!(cells_seen > 20 * TABLE.len(), "{cells_seen}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_and_the_document_name_the_same_addresses() {
    let (server, _database) = super::town().await;
    let document = server.json("/api/openapi.json").await;
    let paths = document["paths"].as_object().expect("paths").iter();
    let described: BTreeSet<(String, String)> = paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("methods").keys();
            methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        })
        .collect();
    let listed: BTreeSet<(String, String)> = TABLE.iter().map(|r| (r.method.to_owned(), r.path.to_owned())).collect();
    assert_eq!(listed, described);
    server.stop().await;
}
