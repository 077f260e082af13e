//! Statistics over the wire: a published month to the digit, for those whose area it is.

use super::people::{Pass, person};
use crate::harness::{Server, databases};
use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::Value;
use wangge::accounts::{AreaCode, Role, SecretHash};
use wangge::app::office::Office;
use wangge::atlas::Ident;
use wangge::dispatch::assign::Assignment;
use wangge::dispatch::workflow::{self, Ground, Report, Step};
use wangge::dispatch::{Action, Actor, Case, CaseNumber, Event, Ladder, Level, Owner, Source, Unit, WorkerName};
use wangge::geometry::LonLat;
use wangge::store::Store;
use wangge::store::issues::{About, Contact, Decision, NewIssue};

const WEST: &str = "360483100001001";
const EAST: &str = "360483100001002";
const TOWN: &str = "360483100";

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+08:00").parse().expect("a time")
}

fn owner(level: Level, code: &str, worker: Option<&str>) -> Owner {
    let layer = Ident::new(level.layer()).expect("a layer");
    let unit = Unit { layer, code: AreaCode(code.into()), name: Some(format!("={code}")) };
    Owner { level, unit: Some(unit), worker: worker.map(|name| WorkerName(name.into())) }
}

/// How a case of the month went.
#[derive(Clone, Copy, PartialEq)]
enum Went {
    Rejected,
    InTime,
    /// Solved ten days later, when the clock had passed it up to the town.
    Late,
    Open,
    /// Accepted, due in October.
    DueLater,
}

struct Living<'a> {
    ground: Ground<'a>,
    case: Case,
    events: Vec<Event>,
}

impl Living<'_> {
    fn does(&mut self, name: &str, role: Role, step: &Step, when: &str) {
        let actor = Actor::staff(WorkerName(name.into()), &[role]);
        let (case, events, done) = workflow::act(&self.case, step, &actor, at(when), &self.ground);
        done.unwrap_or_else(|refusal| panic!("{:?}: {refusal}", step.action));
        self.case = case;
        self.events.extend(events);
    }

    fn desk(&mut self, action: Action, when: &str) {
        self.does("dan", Role::Dispatcher, &Step::new(action).noting("因为"), when);
    }
}

fn live(office: &Office, source: Source, went: Went, number: usize) -> (NewIssue, Decision) {
    let all = [owner(Level::Grid, WEST, Some("张三")), owner(Level::Town, TOWN, None)];
    let ladder: Ladder = all.into_iter().map(|owner| (owner.level, owner)).collect();
    let ground = Ground { categories: &office.categories, calendar: &office.calendar, ladder: &ladder };
    let areas = ladder.iter().filter_map(|(level, owner)| Some((*level, owner.unit.clone()?))).collect();
    let assignment = Assignment {
        areas,
        owner: ladder[&Level::Grid].clone(),
        co_owner: None,
        ladder: ladder.clone(),
        triage: false,
        because: Vec::new(),
    };
    // A dispute has five working days.
    let day = if went == Went::DueLater { 28 + number % 3 } else { [1, 2, 3, 7, 8, 9, 14][number % 7] };
    let report = Report {
        number: CaseNumber(format!("202609{day:02}-{number:04}")),
        category: Ident::new("dispute").expect("a category"),
        source,
        place: LonLat::new(115.995, 29.4).expect("in range"),
    };
    let morning = format!("2026-09-{day:02}T10:00");
    let reported = at(&format!("2026-09-{day:02}T09:00"));
    let (case, events) = workflow::report(report, &assignment, reported, &ground).expect("a known category");
    let mut living = Living { ground, case, events };
    if went == Went::Rejected {
        living.desk(Action::Reject, &morning);
    } else {
        living.desk(Action::Accept, &morning);
        living.desk(Action::Dispatch, &morning);
        let solved = match went {
            Went::InTime => Some((format!("2026-09-{day:02}T17:00"), "张三", Role::Worker)),
            Went::Late => Some((format!("2026-09-{}T17:00", day + 10), "cai", Role::Dispatcher)),
            _ => None,
        };
        if let Some((when, who, role)) = solved {
            living.does(who, role, &Step::new(Action::Finish).with_photos(1), &when);
            living.desk(Action::Pass, &when);
            living.desk(Action::Close, &when);
        }
        let (case, more) = workflow::advance(&living.case, at("2026-10-01T00:00"), &living.ground);
        (living.case, living.events) = (case, [living.events, more].concat());
    }
    let Living { case, events, .. } = living;
    let day = case.reported_at.date_naive();
    let about = About { description: "邻里争执".into(), ..About::default() };
    let new =
        NewIssue { day, about, contact: Contact::default(), secret: SecretHash([number as u8; 32]), photos: vec![] };
    (new, Decision { filing: office.filing(&case), case, events })
}

/// The month of `facts.md`, in the western grid.
fn golden(office: &Office) -> Vec<(NewIssue, Decision)> {
    let month = [
        (Went::Rejected, Source::Resident, 58),
        (Went::InTime, Source::Worker, 737),
        (Went::Late, Source::Worker, 174),
        (Went::Open, Source::Worker, 42),
        (Went::Open, Source::Hotline, 19),
        (Went::DueLater, Source::Resident, 24),
    ];
    let all = month.into_iter().flat_map(|(went, source, many)| std::iter::repeat_n((went, source), many));
    all.enumerate().map(|(n, (went, source))| live(office, source, went, n)).collect()
}

async fn filled(store: Store) -> Server {
    super::town::fill(&store).await;
    let server = Server::start(store).await;
    let office = server.app.office().expect("loaded");
    server.app.store.put_issues(&golden(&office)).await.expect("put");
    server
}

async fn asked(server: &Server, pass: &Pass, query: &str) -> Value {
    let answer =
        pass.request(server, Method::GET, &format!("/api/statistics?{query}")).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{query}");
    answer.json().await.expect("JSON")
}

fn rate<'v>(total: &'v Value, kind: &str) -> &'v Value {
    let rates = total["rates"].as_array().expect("rates");
    rates.iter().find(|rate| rate["kind"] == kind).expect("a rate")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_month_comes_over_the_wire_to_the_digit() {
    for database in databases().await {
        let server = filled(database.open().await).await;
        let dan = person(&server.app.store, "dan", &[(Role::Dispatcher, Some(TOWN))]).await;
        let month = asked(&server, &dan, "period=month&date=2026-09-15&by=worker").await;
        let total = &month["total"];
        for (name, value) in
            [("decided", 1054), ("accepted", 996), ("due", 972), ("closed", 911), ("closed_in_time", 737)]
        {
            assert_eq!(total["figures"][name], value, "{name}");
        }
        assert_eq!(rate(total, "closed")["percent"], 93.72);
        assert_eq!(rate(total, "closed_in_time")["percent"], 75.82);
        let workers = rate(total, "from_workers");
        assert_eq!((&workers["numerator"], &workers["denominator"]), (&953.into(), &996.into()));
        assert_eq!(workers["percent"], 95.68);
        assert_eq!((&month["period"]["first"], &month["period"]["end"]), (&"2026-09-01".into(), &"2026-10-01".into()));
        assert_eq!(month["rows"][0]["key"]["id"], "张三");
        // The month after has only what was left over, and is compared with it.
        let october = asked(&server, &dan, "period=month&date=2026-10-01&by=category").await;
        assert_eq!(october["total"]["figures"]["decided"], 0);
        assert_eq!(october["before"]["total"], *total);
        assert_eq!(october["rows"][0]["key"]["title"]["zh"], "矛盾纠纷");
        let compared = october["before"]["comparison"].as_array().expect("comparison");
        assert!(compared.iter().any(|c| c["before"]["percent"] == 93.72));
        let day = asked(&server, &dan, "period=day&date=2026-09-08&by=source").await;
        assert_eq!(day["before"]["period"]["first"], "2026-09-07");
        assert!(day["total"]["figures"]["reported"].as_u64().is_some_and(|n| n > 100));
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_own_area_counts_and_a_report_to_show_around_leaves_restricted_cases_out() {
    for database in databases().await {
        let server = filled(database.open().await).await;
        let store = &server.app.store;
        let (west, east) = (Some(WEST), Some(EAST));
        for (name, area, wanted) in
            [("wes", west, 1054), ("eve", east, 0), ("all", None, 1054), ("gone", Some("no"), 0)]
        {
            let pass = person(store, name, &[(Role::Dispatcher, area)]).await;
            let month = asked(&server, &pass, "date=2026-09-15&by=grid").await;
            assert_eq!(month["total"]["figures"]["decided"], wanted, "{name}");
            assert_eq!(month["rows"].as_array().expect("rows").len(), usize::from(wanted > 0), "{name}");
            let shown = asked(&server, &pass, "date=2026-09-15&by=grid&restricted=false").await;
            assert_eq!(shown["total"]["figures"]["reported"], 0, "disputes are restricted");
        }
        for (name, role) in [("worker", Role::Worker), ("planner", Role::Planner), ("admin", Role::Admin)] {
            let pass = person(store, name, &[(role, None)]).await;
            let answer = pass.get(&server, "/api/statistics").await;
            assert_eq!(answer.status(), 403, "{name}");
        }
        assert_eq!(server.get("/api/statistics").await.status(), 401);
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_opens_in_a_spreadsheet_and_runs_nothing() {
    let (server, _database) = super::town().await;
    let office = server.app.office().expect("loaded");
    server.app.store.put_issues(&golden(&office)[..70]).await.expect("put");
    let dan = person(&server.app.store, "dan", &[(Role::Dispatcher, None)]).await;
    let answer = dan.get(&server, "/api/statistics?date=2026-09-15&by=grid&f=csv").await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let bytes = answer.bytes().await.expect("a body");
    let text = std::str::from_utf8(&bytes).expect("UTF-8").strip_prefix('\u{feff}').expect("a byte order mark");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let head = table.headers().expect("a head").clone();
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    let column = |name: &str| head.iter().position(|h| h == name).unwrap_or_else(|| panic!("{name} in {head:?}"));
    assert_eq!((&rows[0][0], &rows[0][1]), (WEST, format!("'={WEST}").as_str()), "a name that begins with = is text");
    assert_eq!((&rows[1][1], &rows[2][1], rows.len()), ("合计", "上期合计", 3));
    assert_eq!(
        (&rows[1][column("受理")], &rows[1][column("立案率分子")], &rows[1][column("立案率分母")]),
        ("70", "12", "70")
    );
    assert_eq!((&rows[1][column("立案率（%）")], &rows[2][column("立案率（%）")]), ("17.14", ""));
    for query in
        ["period=year", "date=2026-13-01", "date=999999-01-01", "by=colour", "f=xml", "restricted=maybe", "x=1"]
    {
        let answer = dan.get(&server, &format!("/api/statistics?{query}")).await;
        assert_eq!(answer.status(), 400, "{query}");
    }
    server.stop().await;
}
