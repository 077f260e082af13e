//! Who sees what, over the wire: every address that reads × each kind of access × each caller. An
//! address that is not in [`probes`] fails the test, so a new one cannot forget.

use super::changes::{Events, heard};
use super::people::{Pass, person, user};
use crate::harness::{Database, Server, databases};
use eventsource_stream::Eventsource;
use futures::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use wangge::accounts::Role;
use wangge::atlas::layer::Access;
use wangge::http::authorization::{Does, TABLE};
use wangge::store::Store;

const WEST: &str = "360483100001001";
const KINDS: [Access; 4] = [Access::Public, Access::Members, Access::Area, Access::Restricted];

/// A town whose stations, and whose grids' workers, are of this access. Station 1 lies in the east,
/// station 2 in the west; only the western grid has a worker.
async fn town(database: &Database, access: Access) -> Store {
    let store = database.open().await;
    super::town::fill(&store).await;
    let catalogue = store.catalogue().await.expect("layers");
    let mut station = catalogue.get("station").expect("stations").layer.clone();
    (station.access, station.zoom) = (access, [0, 22]);
    let mut grid = catalogue.get("grid").expect("grids").layer.clone();
    grid.schema["properties"]["workers"]["x-access"] = json!(access);
    for layer in [station, grid] {
        store.put_layer(&layer).await.expect("a layer");
    }
    store
}

struct Caller {
    who: &'static str,
    pass: Pass,
}

/// A resident, a member without a role, worker and dispatcher of the west, a planner and an admin of everything.
async fn callers(store: &Store) -> Vec<Caller> {
    let mut all = vec![Caller { who: "resident", pass: Pass::Nobody }];
    for (who, grants) in [
        ("member", vec![]),
        ("worker", vec![(Role::Worker, Some(WEST))]),
        ("dispatcher", vec![(Role::Dispatcher, Some(WEST))]),
        ("planner", vec![(Role::Planner, None)]),
        ("admin", vec![(Role::Admin, None)]),
    ] {
        all.push(Caller { who, pass: person(store, who, &grants).await });
    }
    // A token that may not read shows no more than nothing does.
    let blind = user(store, "blind", &[(Role::Admin, None)]).await;
    all.push(Caller { who: "blind", pass: Pass::token(store, blind.user.id, false, true).await });
    all
}

/// Whether what has this access is seen in the west, and in the east.
fn seen(access: Access, who: &str) -> (bool, bool) {
    let member = !["resident", "blind"].contains(&who);
    match access {
        Access::Public => (true, true),
        Access::Members => (member, member),
        Access::Area => {
            let everywhere = ["planner", "admin"].contains(&who);
            (everywhere || ["worker", "dispatcher"].contains(&who), everywhere)
        }
        Access::Restricted => (["dispatcher", "admin"].contains(&who), who == "admin"),
    }
}

/// What an answer must show.
enum Shows {
    /// Nothing of a feature: the same for everybody.
    Same,
    /// The names of the stations that are seen.
    Stations,
    /// The number of stations that are seen at this place, and no layer where none can be.
    Count(&'static str),
    /// The layer itself: an error when it is not there.
    Layer,
    /// These words, when the layer is there.
    Mention(&'static str),
    /// The worker of the western grid.
    Worker,
}

/// What is shown at an address; the type and text of a body.
type Probe = (Shows, String, Option<(&'static str, String)>);

/// What is asked at an address that reads, and what it shows. `None`: nothing of the map.
fn probes(method: &str, path: &str) -> Option<Vec<Probe>> {
    use Shows::{Count, Layer, Mention, Same, Stations, Worker};
    let at = "lon=116&lat=29.4";
    let get = |shows, path: &str| (shows, path.to_owned(), None);
    let post = |shows, path: &str, kind, body: &str| (shows, path.to_owned(), Some((kind, body.to_owned())));
    let json = "application/json";
    Some(match (method, path) {
        ("GET", "/api/place") => vec![get(Count("/counts/station"), path)],
        ("GET", "/api/collections") => vec![get(Mention("\"id\":\"station\""), path)],
        ("GET", "/api/collections/{layer}") => {
            vec![get(Layer, "/api/collections/station"), get(Count("/count"), "/api/collections/station")]
        }
        ("GET", "/api/collections/{layer}/items") => vec![
            get(Layer, "/api/collections/station/items"),
            get(Stations, "/api/collections/station/items"),
            get(Count("/numberMatched"), "/api/collections/station/items?bbox=115,29,117,30&limit=1"),
            get(Worker, "/api/collections/grid/items"),
        ],
        ("GET", "/api/collections/{layer}/items/{id}") => vec![
            get(Stations, "/api/collections/station/items/1"),
            get(Stations, "/api/collections/station/items/2"),
            get(Worker, "/api/collections/grid/items/1"),
        ],
        ("GET", "/api/tiles/{layers}") => vec![get(Layer, "/api/tiles/station")],
        ("GET", "/api/tiles/{layers}/{z}/{x}/{y}") => {
            vec![get(Layer, "/api/tiles/station/0/0/0"), get(Stations, "/api/tiles/station/12/3367/1697")]
        }
        ("GET", "/api/style") => vec![get(Mention("\"source-layer\":\"station\""), path)],
        ("GET", "/api/search") => vec![get(Stations, "/api/search?q=站"), get(Stations, "/api/search?q=zhan")],
        ("GET", "/api/nearest") => vec![
            get(Stations, &format!("{path}?{at}&category=station&max_minutes=60")),
            get(Stations, &format!("{path}?{at}&category=station&by=line")),
            get(Stations, &format!("{path}?{at}&layer=station&by=line")),
            get(Layer, &format!("{path}?{at}&layer=station")),
        ],
        ("GET", "/api/life-circle") => vec![
            get(Stations, &format!("{path}?{at}&minutes=30")),
            get(Count("/features/0/properties/counts/station"), &format!("{path}?{at}&minutes=30")),
            get(Same, &format!("{path}?{at}&format=edges")),
        ],
        ("GET", "/api/locate") => vec![get(Worker, &format!("{path}?lon=115.995&lat=29.4"))],
        ("POST", "/api/locate") => vec![
            post(Worker, path, "text/csv", "lon,lat\n115.995,29.4\n"),
            post(Worker, path, "application/x-ndjson", "{\"lon\":115.995,\"lat\":29.4}\n"),
        ],
        ("POST", "/api/life-circle") => {
            vec![post(Same, &format!("{path}?{at}"), json, "{\"points\":[[116.001,29.4]]}")]
        }
        ("POST", "/api/walk/matrix") => {
            vec![post(Same, path, json, "{\"from\":[[116,29.4]],\"to\":[[116.001,29.4]]}")]
        }
        ("GET", "/api/life-circle/explain") => vec![get(Same, &format!("{path}?{at}&to=116.001,29.4"))],
        ("GET", "/api/walk") => vec![get(Same, &format!("{path}?from=116,29.4&to=116.001,29.4"))],
        ("GET", "/api/categories" | "/api/profiles" | "/api/conformance" | "/api/openapi.json") => {
            vec![get(Same, path)]
        }
        ("GET", "/api/planning/coverage") => vec![
            get(Count("/facilities"), &format!("{path}?category=station")),
            get(Layer, &format!("{path}?layer=station")),
        ],
        ("GET", "/api/planning/coverage/buildings" | "/api/planning/coverage/hours") => {
            vec![get(Layer, &format!("{path}?layer=station"))]
        }
        ("GET", "/api/planning/coverage/dependents") => {
            vec![get(Stations, &format!("{path}?category=station&minutes=60"))]
        }
        ("GET", "/api/planning/coverage/tiles/{z}/{x}/{y}") => {
            vec![get(Stations, "/api/planning/coverage/tiles/12/3367/1697?category=station")]
        }
        ("GET", "/api/planning/score") => {
            let station = "/profiles/0/categories/5/facilities";
            vec![get(Count(station), &format!("{path}?area=town/1&profiles=adult"))]
        }
        // Of households and parking only; runs are of the map that coverage is of; scenarios are their owners'.
        (_, p) if p.starts_with("/api/planning/") => vec![],
        // Tested by itself below.
        ("GET", "/api/changes") => vec![],
        // Nothing of the map.
        ("GET", "/healthz" | "/readyz" | "/metrics" | "/api" | "/api/docs") => return None,
        ("GET", p)
            if [
                "/api/session",
                "/api/account/",
                "/api/users",
                "/api/audit",
                "/api/issues",
                "/api/statistics",
                "/open311/",
            ]
            .iter()
            .any(|s| p.starts_with(s)) =>
        {
            return None;
        }
        (method, path) => panic!("{method} {path}: what does it show of the map?"),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_that_reads_shows_what_the_caller_may_see_and_no_more() {
    for access in KINDS {
        let database = Database::geopackage();
        let store = town(&database, access).await;
        let callers = callers(&store).await;
        let server = Server::start(store).await;
        for rule in TABLE.iter().filter(|r| r.does == Does::Read) {
            for (shows, path, body) in probes(rule.method, rule.path).into_iter().flatten() {
                let mut first: Option<Vec<u8>> = None;
                for Caller { who, pass } in &callers {
                    let method = Method::from_bytes(rule.method.as_bytes()).expect("a method");
                    let mut request = pass.request(&server, method, &path);
                    if let Some((kind, body)) = &body {
                        request = request.header("content-type", *kind).body(body.clone());
                    }
                    let answer = request.send().await.expect("an answer");
                    let status = answer.status().as_u16();
                    let bytes = answer.bytes().await.expect("a body").to_vec();
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let begin: String = text.chars().take(500).collect();
                    let case = format!("{access:?} {who}: {} {path}: {status} {begin}", rule.method);
                    let plans = !path.starts_with("/api/planning/") || ["planner", "admin"].contains(who);
                    let (west, east) = seen(access, who);
                    let layer = plans && (access == Access::Public || west);
                    let (west, east) = (west && plans, east && plans);
                    assert!(status < 500, "{case}");
                    match shows {
                        Shows::Same => assert_eq!(first.get_or_insert(bytes.clone()), &bytes, "{case}"),
                        Shows::Stations => {
                            let wanted = (west && !path.ends_with("items/1"), east && !path.ends_with("items/2"));
                            assert_eq!((text.contains("西站"), text.contains("东站")), wanted, "{case}");
                            let single = path.contains("/items/");
                            assert!(!single || (status == 200) == (wanted.0 || wanted.1), "{case}");
                        }
                        Shows::Count(pointer) => {
                            let body: Value = serde_json::from_str(&text).expect("JSON");
                            let number = body.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
                            assert_eq!(number, u64::from(west) + u64::from(east), "{case}");
                        }
                        Shows::Layer => assert_eq!(status < 300, layer, "{case}"),
                        Shows::Mention(words) => assert_eq!(text.contains(words), layer, "{case}"),
                        Shows::Worker => assert_eq!(text.contains("张三"), west, "{case}"),
                    }
                    // The phone of the grid's leader is restricted whatever else is.
                    let told = ["dispatcher", "admin"].contains(who) && path.contains("/grid/items");
                    assert_eq!(text.contains("13800000000"), told, "{case}");
                }
            }
        }
        server.stop().await;
    }
}

async fn listen(server: &Server, pass: &Pass, seen: Option<i64>) -> Events {
    let mut request = pass.request(server, Method::GET, "/api/changes");
    if let Some(seen) = seen {
        request = request.header("last-event-id", seen.to_string());
    }
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    Box::pin(answer.bytes_stream().eventsource().map(|e| e.expect("an event")))
}

/// The numbers of the stations in these changes, with what happened; until the town's own change.
async fn stations(events: &mut Events) -> Vec<(i64, String)> {
    let mut all = Vec::new();
    loop {
        let (_, change) = heard(events).await;
        if change["layer"] == "town" {
            return all;
        }
        assert_eq!(change["layer"], "station");
        let bbox = change["bbox"][0].as_f64().expect("a box");
        assert!((115.9..116.1).contains(&bbox), "{change}");
        all.push((change["id"].as_i64().expect("a number"), change["op"].as_str().expect("text").to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_hear_of_what_they_see_also_when_they_come_back() {
    for database in databases().await {
        let store = town(&database, Access::Area).await;
        let callers = callers(&store).await;
        let server = Server::start(store.clone()).await;
        let seq = server.json("/api/place").await["seq"].as_i64().expect("a number");
        let mut live = Vec::new();
        for Caller { pass, .. } in &callers {
            live.push(listen(&server, pass, None).await);
        }
        let place = |lon: f64| match database.file() {
            Some(_) => None,
            None => Some(format!("ST_SetSRID(ST_MakePoint({lon}, 29.4), 4326)")),
        };
        // 1 lies in the east, 2 in the west; then 1 moves to the west and is deleted.
        database.outside("UPDATE station SET name = 'a' WHERE id = 1").await;
        database.outside("UPDATE station SET name = 'b' WHERE id = 2").await;
        // Each change is a step of its own, as two edits a second apart are.
        let told = async || {
            let last = store.last_seq().await.expect("a number");
            server.until(async |s| s.app.map().is_some_and(|m| m.seq == last)).await;
        };
        told().await;
        let moves = place(115.995).is_some();
        if let Some(west) = place(115.995) {
            database.outside(&format!("UPDATE station SET geom = {west} WHERE id = 1")).await;
            told().await;
            database.outside("DELETE FROM station WHERE id = 1").await;
            told().await;
        }
        database.outside("UPDATE town SET name = 'end' WHERE id = 1").await;
        let op = |id: i64, op: &str| (id, op.to_owned());
        for (Caller { who, pass }, mut events) in callers.iter().zip(live) {
            let wanted = match (*who, moves) {
                ("worker" | "dispatcher", false) => vec![op(2, "update")],
                // What comes into sight is new there.
                ("worker" | "dispatcher", true) => vec![op(2, "update"), op(1, "insert"), op(1, "delete")],
                ("planner" | "admin", false) => vec![op(1, "update"), op(2, "update")],
                ("planner" | "admin", true) => vec![op(1, "update"), op(2, "update"), op(1, "update"), op(1, "delete")],
                _ => vec![],
            };
            assert_eq!(stations(&mut events).await, wanted, "{who}");
            let mut again = listen(&server, pass, Some(seq)).await;
            assert_eq!(stations(&mut again).await, wanted, "{who}, back again");
        }
        server.stop().await;
        // A service that was started anew does not know who saw what was: who might have is told to
        // read everything anew, the others hear nothing.
        let server = Server::start(database.open().await).await;
        for Caller { who, pass } in &callers {
            let mut again = listen(&server, pass, Some(seq)).await;
            let (kind, change) = heard(&mut again).await;
            let reset = ["worker", "dispatcher"].contains(who);
            assert_eq!(kind == "reset", reset, "{who}: {change}");
            assert!(reset || ["planner", "admin"].contains(who) || change["layer"] == "town", "{who}: {change}");
        }
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_told_personal_data_stands_in_the_audit_without_them() {
    for database in databases().await {
        let store = town(&database, Access::Restricted).await;
        let callers = callers(&store).await;
        let server = Server::start(store.clone()).await;
        for Caller { pass, .. } in &callers {
            for path in [
                "/api/collections/grid/items",
                "/api/collections/grid/items/1",
                "/api/collections/grid/items?contact=13800000000",
                "/api/collections/station/items",
                "/api/collections/building/items",
                "/api/search?q=站",
                "/api/search?q=网格",
            ] {
                assert!(pass.get(&server, path).await.status().as_u16() < 500, "{path}");
            }
        }
        let query = wangge::store::AuditQuery { limit: 1000, ..Default::default() };
        let rows = store.audit_rows(&query).await.expect("the audit");
        let told = rows.iter().rev().filter(|r| r.action.starts_with("personal."));
        let line = |r: &wangge::store::AuditRow| {
            let after = r.after.clone().expect("what was told");
            let layer = r.layer.clone().expect("a layer");
            format!(
                "{} {} {layer} {} {}",
                r.actor.as_deref().unwrap_or("-"),
                r.action,
                after["ids"],
                after["searched_by"]
            )
        };
        let told: Vec<String> = told.map(line).collect();
        let expected: Vec<String> = [("dispatcher", "[2]"), ("admin", "[1,2]")]
            .iter()
            .flat_map(|(who, stations)| {
                [
                    format!("{who} personal.read grid [1] null"),
                    format!("{who} personal.read grid [1] null"),
                    format!("{who} personal.search grid [1] [\"contact\"]"),
                    format!("{who} personal.read station {stations} null"),
                    format!("{who} personal.search station {stations} [\"name\"]"),
                ]
            })
            .collect();
        assert_eq!(told, expected);
        assert!(rows.iter().all(|r| !format!("{r:?}").contains("13800000000")));
        server.stop().await;
    }
}
