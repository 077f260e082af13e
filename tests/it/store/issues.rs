//! Cases in the store, the same on both databases.

use crate::harness::{Database, databases};
use crate::http::town;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use wangge::accounts::{AreaCode, Caller, Grant, GrantId, Role, SecretHash, SessionId, User, UserId, Via};
use wangge::app::App;
use wangge::app::office::{Incoming, Office, Refused, Scene, To, Wish};
use wangge::config::Settings;
use wangge::dispatch::{Action, Case, CaseNumber, Event, Level, Source, State};
use wangge::geometry::{BBox, LonLat};
use wangge::store::Store;
use wangge::store::issues::{
    About, Areas, Contact, Decision, IssueFilter, IssueId, IssueScope, NewIssue, PeriodQuery, Points, Sort,
};

pub const GRID: &str = "360483100001001";
pub const OTHER: &str = "360483100001002";

/// The town with workers ann and bob and the dispatcher dan, and its office.
pub async fn office(db: &Database) -> (Store, Arc<Office>) {
    let store = db.open().await;
    town::fill(&store).await;
    for (name, role, area) in
        [("ann", Role::Worker, GRID), ("bob", Role::Worker, OTHER), ("dan", Role::Dispatcher, "360483100")]
    {
        crate::http::people::user(&store, name, &[(role, Some(area))]).await;
    }
    let app = Arc::new(App::new(store.clone(), Settings::default()).expect("rules"));
    let tail = app.start();
    let office = loop {
        match app.office() {
            Some(office) => break office,
            None => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    };
    app.stop();
    tail.await.expect("no panic");
    (store, office)
}

pub fn caller(name: &str, grants: &[(Role, Option<&str>)]) -> Caller {
    let grant = |(role, area): &(Role, Option<&str>)| Grant {
        id: GrantId(1),
        role: *role,
        area: area.map(|a| AreaCode(a.into())),
    };
    let grants = grants.iter().map(grant).collect();
    let user = User { id: UserId(1), name: name.into(), display_name: None, grants };
    Caller::Known { user, via: Via::Session(SessionId(1)) }
}

pub fn ann() -> Caller {
    caller("ann", &[(Role::Worker, Some(GRID))])
}

pub fn dan() -> Caller {
    caller("dan", &[(Role::Dispatcher, Some("360483100"))])
}

/// Wednesday, 18 November 2026, 10:00 at the place, and so many minutes.
pub fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-18T10:00:00+08:00").expect("a time").to_utc() + TimeDelta::minutes(minutes)
}

pub fn incoming(category: &str, lon: f64) -> Incoming {
    Incoming {
        category: town::ident(category),
        place: LonLat::new(lon, 29.4001).expect("in range"),
        accuracy: None,
        source: Source::Resident,
        join: None,
    }
}

pub fn new(text: &str, photos: usize) -> NewIssue {
    NewIssue {
        day: "2026-11-18".parse().expect("a day"),
        about: About {
            description: text.into(),
            address: Some("和平路 1 号".into()),
            quantity: Some(2.5),
            unit: Some(town::ident("heap")),
            accuracy_m: None,
        },
        contact: Contact { name: Some("王".into()), phone: None },
        secret: SecretHash([7; 32]),
        photos: (0..photos).map(|i| vec![0xff, 0xd8, 0xff, i as u8]).collect(),
    }
}

pub async fn make(store: &Store, office: &Office, wanted: &Incoming, minutes: i64) -> (IssueId, Decision) {
    let rule = |number, staff: &_| office.receive(wanted, number, staff, at(minutes));
    let made = store.make_issue(&new("垃圾成堆 100%", 1), at(minutes), rule).await.expect("written");
    made.expect("accepted")
}

pub fn wish(action: Action) -> Wish {
    Wish {
        action,
        note: Some("因为".into()),
        until: None,
        to: None,
        joined_to: None,
        place: None,
        category: None,
        rating: None,
        answer: false,
    }
}

pub async fn act(
    store: &Store,
    office: &Office,
    number: &CaseNumber,
    (who, wish): (&Caller, &Wish),
    minutes: i64,
) -> Result<Case, Refused> {
    let jpegs = vec![vec![0xff, 0xd8, 0xff]];
    let rule = |was: &_, other: Option<&_>, staff: &_| {
        let scene = Scene { staff, caller: who, by_link: false, at: at(minutes) };
        office.act((was, other), &scene, (wish, jpegs.len()))
    };
    let numbers = (number, wish.joined_to.as_ref());
    store.change_issue(numbers, at(minutes), &jpegs, rule).await.expect("written").expect("there is one")
}

fn everything() -> IssueFilter {
    IssueFilter { scope: IssueScope::everything(), ..IssueFilter::default() }
}

#[tokio::test]
async fn a_report_is_kept_with_all_that_came_with_it_and_numbered_by_the_day() {
    for db in databases().await {
        let (store, office) = office(&db).await;
        let before = store.last_seq().await.expect("read");
        let (id, made) = make(&store, &office, &incoming("exposed_garbage", 115.995), 0).await;
        assert_eq!(made.case.number.0, "20261118-0001");
        assert_eq!((made.case.state, made.events.len()), (State::Dispatched, 3), "a direct category");
        assert_eq!(made.case.owner.worker.as_ref().map(|w| w.0.as_str()), Some("ann"));
        let stored = store.issue(&made.case.number).await.expect("read").expect("there");
        assert_eq!((stored.id, &stored.case, &stored.about), (id, &made.case, &new("垃圾成堆 100%", 1).about));
        assert_eq!(store.issue_events(id).await.expect("read"), made.events);
        let photos = store.issue_photos(id).await.expect("read");
        assert_eq!(photos.iter().map(|p| (p.event, p.by_reporter)).collect::<Vec<_>>(), [(1, true)]);
        assert_eq!(store.issue_photo(id, photos[0].id).await.expect("read"), Some(vec![0xff, 0xd8, 0xff, 0]));
        assert_eq!(store.issue_photo(IssueId(99), photos[0].id).await.expect("read"), None, "of another case");
        assert!(store.issue_key_fits(id, SecretHash([7; 32])).await.expect("read"));
        assert!(!store.issue_key_fits(id, SecretHash([8; 32])).await.expect("read"));
        assert_eq!(store.issue_contact(id).await.expect("read").name.as_deref(), Some("王"));
        let changes = store.changes_since(before, 10).await.expect("read");
        assert_eq!(changes.iter().map(|c| (c.layer.as_str(), c.id.0)).collect::<Vec<_>>(), [("issue", id.0)]);
        let refused = store.make_issue(&new("x", 0), at(0), |_, _| Err::<Decision, _>("no")).await.expect("asked");
        assert_eq!(refused.err(), Some("no"));
        let (_, next) = make(&store, &office, &incoming("dispute", 115.995), 1).await;
        assert_eq!(next.case.number.0, "20261118-0002", "a refused report takes no number");
        store.close().await;
    }
}

#[tokio::test]
async fn actions_are_decided_on_the_case_as_it_is_and_refusals_change_nothing() {
    for db in databases().await {
        let (store, office) = office(&db).await;
        let (id, made) = make(&store, &office, &incoming("exposed_garbage", 115.995), 0).await;
        let number = made.case.number;
        let started = act(&store, &office, &number, (&ann(), &wish(Action::Start)), 5).await.expect("hers");
        assert_eq!((started.state, started.events), (State::InProgress, 4));
        let twice = act(&store, &office, &number, (&ann(), &wish(Action::Start)), 6).await.expect_err("not again");
        assert!(twice.to_string().contains("in_progress"), "{twice}");
        let bob = caller("bob", &[(Role::Worker, Some(OTHER))]);
        assert_eq!(act(&store, &office, &number, (&bob, &wish(Action::Comment)), 6).await, Err(Refused::Unseen));
        let to = |layer: &str, code: &str| To { layer: town::ident(layer), code: AreaCode(code.into()), worker: None };
        let given = |to| Wish { to: Some(to), ..wish(Action::Reassign) };
        let nowhere = act(&store, &office, &number, (&dan(), &given(to("grid", "x"))), 6).await;
        assert_eq!(nowhere, Err(Refused::NoSuchUnit));
        let local = caller("eva", &[(Role::Dispatcher, Some(GRID))]);
        let outside = act(&store, &office, &number, (&local, &given(to("grid", OTHER))), 6).await;
        assert_eq!(outside, Err(Refused::OutsideArea));
        assert_eq!(store.issue(&number).await.expect("read").expect("there").case, started);
        let handed = act(&store, &office, &number, (&dan(), &given(to("grid", OTHER))), 7).await.expect("his");
        assert_eq!(handed.owner.worker.as_ref().map(|w| w.0.as_str()), Some("bob"));
        assert_eq!(store.issue_events(id).await.expect("read").len(), 5);
        // The place is ann's, the case bob's: both see it.
        for who in [&ann(), &bob] {
            let filter = IssueFilter { scope: office.scope(who), ..IssueFilter::default() };
            assert_eq!(store.issue_count(&filter).await.expect("read"), 1);
            let rows = store.issue_rows(&filter, Sort::Urgency, (10, 0)).await.expect("read");
            assert!(rows[0].is_seen_by(&filter.scope) && rows[0].photos == 3, "{rows:?}");
        }
        store.close().await;
    }
}

#[tokio::test]
async fn the_clock_does_what_is_due_once_and_says_when_to_look_again() {
    for db in databases().await {
        let (store, office) = office(&db).await;
        let (id, made) = make(&store, &office, &incoming("exposed_garbage", 115.995), 0).await;
        let tick = async |minutes: i64| {
            let rule = |was: &_, staff: &_| office.tick(was, staff, at(minutes));
            store.tick_issues(at(minutes), 10, rule).await.expect("looked")
        };
        assert_eq!(tick(60).await.cases, 0);
        // One working day: warned at 80 per cent, passed up when it is over.
        let first = tick(24 * 60).await;
        assert_eq!((first.cases, first.events), (1, 3), "warned, missed, passed up");
        assert_eq!(tick(24 * 60).await.events, 0, "not again");
        let stored = store.issue(&made.case.number).await.expect("read").expect("there");
        assert_eq!(stored.case.owner.level, Level::Town);
        let rows = store.issue_rows(&everything(), Sort::Urgency, (10, 0)).await.expect("read");
        assert_eq!((rows[0].missed, rows[0].last_what.as_str()), (true, "missed"));
        let events: Vec<Event> = store.issue_events(id).await.expect("read");
        assert!(events.is_sorted_by_key(|e| e.at) && events.iter().zip(1..).all(|(e, n)| e.number == n));
        store.close().await;
    }
}

#[tokio::test]
async fn what_is_asked_for_is_found_and_nothing_else() {
    for db in databases().await {
        let (store, office) = office(&db).await;
        for (i, (category, lon)) in
            [("exposed_garbage", 115.995), ("dispute", 115.996), ("noise", 116.005), ("waterlogging", 116.2)]
                .into_iter()
                .enumerate()
        {
            make(&store, &office, &incoming(category, lon), i as i64).await;
        }
        let numbers = async |filter: IssueFilter| -> Vec<String> {
            let rows = store.issue_rows(&filter, Sort::Newest, (10, 0)).await.expect("read");
            assert_eq!(store.issue_count(&filter).await.expect("read"), rows.len() as u64);
            rows.iter().map(|r| r.case.number.0[11..].to_owned()).rev().collect()
        };
        let scope = |who: &Caller| office.scope(who);
        assert_eq!(numbers(everything()).await, ["01", "02", "03", "04"]);
        let of = |who: &Caller| IssueFilter { scope: scope(who), ..IssueFilter::default() };
        assert_eq!(numbers(of(&ann())).await.len(), 1, "not the restricted one");
        assert_eq!(numbers(of(&dan())).await.len(), 3, "not what lies outside the town");
        assert_eq!(numbers(of(&Caller::Anonymous)).await.len(), 0);
        let dora = caller("dora", &[(Role::Dispatcher, None)]);
        assert_eq!(numbers(of(&dora)).await.len(), 4);
        let states = IssueFilter::open();
        assert_eq!(numbers(IssueFilter { states, restricted: Some(true), ..of(&dan()) }).await.len(), 1);
        let text = |text: &str| IssueFilter { text: Some(text.into()), ..everything() };
        assert_eq!(numbers(text("100%")).await.len(), 4);
        assert_eq!(numbers(text("1_0%")).await.len(), 0, "signs of LIKE are themselves");
        assert_eq!(numbers(text("-0002")).await.len(), 1);
        assert_eq!(numbers(IssueFilter { grid: Some(OTHER.into()), ..everything() }).await.len(), 1);
        let triage = IssueFilter { triage: Some(wangge::dispatch::Triage::Waiting), ..everything() };
        assert_eq!(numbers(triage).await.len(), 2, "also what a community that is not there should have");
        let counts = store.issue_counts(&everything(), at(24 * 60)).await.expect("read");
        assert_eq!((counts.open, counts.triage), (4, 2));
        let workers = store.issue_workloads(&everything()).await.expect("read");
        assert!(workers.iter().any(|w| (w.worker.0.as_str(), w.open) == ("ann", 1)), "{workers:?}");
        let bbox = BBox { west: 115.9, south: 29.3, east: 116.1, north: 29.5 };
        let points =
            async |most| store.issue_points(&everything(), Points { bbox, cell: 0.5, most }).await.expect("read");
        assert_eq!(points(10).await.iter().filter(|cell| cell.only.is_some()).count(), 3);
        let summed = points(2).await;
        assert_eq!(summed.iter().map(|cell| cell.count).sum::<u64>(), 3, "{summed:?}");
        assert!(summed.iter().all(|cell| cell.only.is_none()));
        let period = |restricted, areas| PeriodQuery { from: at(0), to: at(60), areas, restricted };
        let count = async |query| store.issues_of_period(&query).await.expect("read").len();
        assert_eq!(count(period(true, Areas::Everywhere)).await, 4);
        assert_eq!(count(period(false, Areas::Everywhere)).await, 3);
        assert_eq!(count(period(true, office.scope(&ann()).staff)).await, 2);
        store.close().await;
    }
}

#[tokio::test]
async fn no_event_can_be_changed_or_taken_away() {
    for db in databases().await {
        let (store, office) = office(&db).await;
        make(&store, &office, &incoming("exposed_garbage", 115.995), 0).await;
        for sql in [
            "UPDATE wangge_issue_event SET at = 0",
            "DELETE FROM wangge_issue_event",
            "INSERT INTO wangge_issue_event (issue_id, number, at, body) VALUES (1, 1, 0, '{}')",
        ] {
            let error = db.try_outside(sql).await.expect_err(sql).to_string();
            assert!(error.contains("append-only") || error.contains("duplicate key"), "{sql}: {error}");
        }
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clocks_at_once_do_everything_once() {
    for db in databases().await {
        let (store, office) = office(&db).await;
        for i in 0..30 {
            make(&store, &office, &incoming("exposed_garbage", 115.991 + 0.0001 * f64::from(i)), 0).await;
        }
        let other = db.open().await;
        let look = async |store: Store, office: Arc<Office>| {
            let mut events = 0;
            loop {
                let rule = |was: &_, staff: &_| office.tick(was, staff, at(24 * 60));
                let ticked = store.tick_issues(at(24 * 60), 7, rule).await.expect("looked");
                events += ticked.events;
                if !ticked.more {
                    return events;
                }
            }
        };
        let one = tokio::spawn(look(store.clone(), Arc::clone(&office)));
        let two = tokio::spawn(look(other.clone(), Arc::clone(&office)));
        let (one, two) = (one.await.expect("no panic"), two.await.expect("no panic"));
        assert_eq!(one + two, 30 * 3);
        for row in store.issue_rows(&everything(), Sort::Urgency, (100, 0)).await.expect("read") {
            assert_eq!(store.issue_events(row.id).await.expect("read").len(), 6);
        }
        other.close().await;
        store.close().await;
    }
}
