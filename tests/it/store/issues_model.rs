//! Random people do random things to cases through the store, on both databases: one owner, no lost
//! event, no time that runs backwards, nothing that is not in the table. And many at once, through two
//! connections: what was acknowledged is there, once.

use super::issues::{GRID, OTHER, act, ann, at, caller, dan, incoming, make, office, wish};
use crate::harness::databases;
use crate::http::town::ident;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;
use wangge::accounts::{AreaCode, Caller, Role};
use wangge::app::office::{Office, To, Wish};
use wangge::dispatch::workflow::table;
use wangge::dispatch::{Action, Case, CaseNumber, Event, What};
use wangge::store::Store;
use wangge::store::issues::IssueId;

const CASES: usize = 6;
const STEPS: usize = 150;

fn people() -> Vec<Caller> {
    let bob = caller("bob", &[(Role::Worker, Some(OTHER))]);
    let dora = caller("dora", &[(Role::Dispatcher, None), (Role::Worker, None)]);
    vec![ann(), bob, dan(), dora, Caller::Anonymous]
}

fn some_wish(rng: &mut ChaCha8Rng, case: &Case, minutes: i64) -> Wish {
    let rows: Vec<Action> = table::of(case.state, case.is_suspended()).map(|row| row.action).collect();
    let from: &[Action] = if !rows.is_empty() && rng.random_bool(0.85) { &rows } else { Action::ALL };
    let action = from[rng.random_range(0..from.len())];
    let code = [GRID, OTHER, "360483100"][rng.random_range(0..3)];
    let layer = if code.len() > 9 { "grid" } else { "town" };
    let to = To { layer: ident(layer), code: AreaCode(code.into()), worker: None };
    Wish {
        until: rng.random_bool(0.8).then(|| at(minutes + rng.random_range(-100..20_000))),
        to: rng.random_bool(0.6).then_some(to),
        joined_to: rng.random_bool(0.05).then(|| CaseNumber("20261118-0001".into())),
        category: (action == Action::Reassign && rng.random_bool(0.3)).then(|| ident("noise")),
        answer: rng.random_bool(0.3),
        ..wish(action)
    }
}

/// What must hold from the first event to the last.
fn sound(case: &Case, events: &[Event]) {
    assert_eq!(events.len(), case.events as usize, "no event is lost");
    for (before, event) in events.iter().zip(&events[1..]) {
        assert_eq!((event.number, event.from), (before.number + 1, Some(before.to)));
        assert!(event.at >= before.at, "no clock runs backwards");
        if let What::Did(action) = event.what {
            let row = table::find(before.to, before.suspended, action);
            assert_eq!(row.map(|row| row.to), Some(event.to), "{} {action}", before.to);
        }
    }
    let last = events.last().expect("an event");
    assert_eq!((&last.owner, last.to, last.at), (&case.owner, case.state, case.updated_at));
    assert!(case.owner.unit.is_some(), "somebody owns it");
}

async fn live(store: &Store, office: &Office, seed: u64) -> Vec<(Case, Vec<Event>)> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let people = people();
    let categories = ["exposed_garbage", "noise", "dispute", "waterlogging"];
    let mut numbers: Vec<(IssueId, CaseNumber)> = Vec::new();
    for i in 0..CASES {
        let lon = [115.995, 116.005][i % 2] + 0.0001 * i as f64;
        let (id, made) = make(store, office, &incoming(categories[i % 4], lon), 0).await;
        numbers.push((id, made.case.number));
    }
    let mut minutes = 1;
    for _ in 0..STEPS {
        let gap = [3, 90, 700][rng.random_range(0..3)];
        minutes += rng.random_range(0..gap);
        if rng.random_bool(0.3) {
            let rule = |was: &_, staff: &_| office.tick(was, staff, at(minutes));
            store.tick_issues(at(minutes), 3, rule).await.expect("looked");
        }
        let (_, number) = &numbers[rng.random_range(0..CASES)];
        let case = store.issue(number).await.expect("read").expect("there").case;
        let who = &people[rng.random_range(0..people.len())];
        let wish = some_wish(&mut rng, &case, minutes);
        let done = act(store, office, number, (who, &wish), minutes).await;
        if let Ok(done) = done {
            assert!(done.events > case.events);
        }
    }
    let mut all = Vec::new();
    for (id, number) in &numbers {
        let case = store.issue(number).await.expect("read").expect("there").case;
        let events = store.issue_events(*id).await.expect("read");
        sound(&case, &events);
        all.push((case, events));
    }
    all
}

#[tokio::test]
async fn whatever_people_try_cases_stay_sound_and_both_databases_tell_the_same() {
    for seed in [1, 2] {
        let mut told = Vec::new();
        for db in databases().await {
            let (store, office) = office(&db).await;
            told.push(live(&store, &office, seed).await);
            store.close().await;
        }
        assert!(told[0].iter().any(|(case, _)| case.events > 10));
        assert!(told.iter().all(|story| *story == told[0]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_act_at_once_lose_and_double_nothing() {
    const WRITERS: usize = 6;
    const EACH: usize = 20;
    for db in databases().await {
        let (store, office) = office(&db).await;
        let (id, made) = make(&store, &office, &incoming("illegal_building", 115.995), 0).await;
        let other = db.open().await;
        let write = async |store: Store, office: Arc<Office>, number: CaseNumber, writer: usize| {
            let mut done = Vec::new();
            for i in 0..EACH {
                // All of them want to accept it as well: one may.
                let action = if i == 5 { Action::Accept } else { Action::Comment };
                let wish = Wish { note: Some(format!("{writer}-{i}")), ..wish(action) };
                if act(&store, &office, &number, (&dan(), &wish), 1 + i as i64).await.is_ok() {
                    done.push(format!("{writer}-{i}"));
                }
            }
            done
        };
        let mut writers = Vec::new();
        for writer in 0..WRITERS {
            let store = if writer % 2 == 0 { store.clone() } else { other.clone() };
            writers.push(tokio::spawn(write(store, Arc::clone(&office), made.case.number.clone(), writer)));
        }
        let mut acknowledged = Vec::new();
        for writer in writers {
            acknowledged.extend(writer.await.expect("no panic"));
        }
        assert_eq!(acknowledged.len(), WRITERS * (EACH - 1) + 1, "one of them accepted it");
        let events = store.issue_events(id).await.expect("read");
        let mut kept: Vec<String> = events.iter().filter_map(|e| e.note.clone()).collect();
        acknowledged.sort();
        kept.sort();
        assert_eq!(kept, acknowledged);
        let case = store.issue(&made.case.number).await.expect("read").expect("there").case;
        sound(&case, &events);
        other.close().await;
        store.close().await;
    }
}
