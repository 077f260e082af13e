//! Random people do random things: whatever they try, a case has one owner and a running clock, no
//! event is lost, no time goes backwards, and nothing happens that is not in the table. The table is
//! written down here a second time, by hand.

use super::*;
use crate::accounts::Role;
use crate::dispatch::case::{CaseNumber, Owner, WorkerName};
use crate::dispatch::testing::{Town, at, owner, unit};
use crate::dispatch::words::{Level, Source};
use crate::geometry::LonLat;
use chrono::Duration;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

/// State, then `action>state`; a state that is not named stays. In brackets: also or only while put off.
const MAY: &str = "
reported: accept>accepted reject>rejected reassign void>void comment
accepted: dispatch>dispatched reassign escalate close>closed void>void comment
rejected: reopen>reported comment
dispatched: start>in_progress finish>done return>accepted escalate reassign extend suspend
dispatched: [resume] close>closed void>void comment
in_progress: finish>done return>accepted escalate>dispatched reassign>dispatched extend suspend
in_progress: [resume] close>closed void>void comment
done: pass fail>in_progress close>closed comment
closed: reopen>accepted comment
void:
";

/// Whether the sketch above has it.
fn may(from: State, action: Action, to: State) -> bool {
    let lines = MAY.lines().filter_map(|line| line.split_once(": ")).filter(|(state, _)| *state == from.as_str());
    let mut all = lines.flat_map(|(_, list)| list.split_whitespace()).map(|word| word.trim_matches(['[', ']']));
    all.any(|word| {
        let (name, state) = word.split_once('>').unwrap_or((word, from.as_str()));
        name == action.as_str() && state == to.as_str()
    })
}

/// Actions whose doer must be the one who holds the case.
const HOLDERS: [Action; 3] = [Action::Start, Action::Finish, Action::Return];

struct People {
    rng: ChaCha8Rng,
}

impl People {
    /// Somebody, with the roles that they have where the case is now: cai is the community's
    /// dispatcher, dan and dora the district's, ann and bob workers of grids, cem of the community.
    fn anybody(&mut self, case: &Case) -> Actor {
        let name = ["ann", "bob", "cai", "cem", "dan", "dora", "", "service"][self.rng.random_range(0..8)];
        let code = case.owner.unit.as_ref().map(|unit| unit.code.0.as_str()).unwrap_or_default();
        let roles: &[Role] = match name {
            "ann" if code == "g1" => &[Role::Worker],
            "bob" if code == "g2" => &[Role::Worker],
            "cem" if case.owner.level <= Level::Community => &[Role::Worker],
            "cai" if case.owner.level <= Level::Community => &[Role::Dispatcher],
            "dan" | "dora" => &[Role::Dispatcher],
            _ => &[],
        };
        match name {
            "" => Actor::reporter(),
            "service" => Actor::service(),
            _ => Actor::staff(WorkerName(name.into()), roles),
        }
    }

    fn owner(&mut self) -> Owner {
        match self.rng.random_range(0..5) {
            0 => owner(Level::Grid, "g1", Some("ann")),
            1 => owner(Level::Grid, "g2", Some("bob")),
            2 => owner(Level::Grid, "g2", None),
            3 => owner(Level::Community, "c1", Some("cem")),
            _ => owner(Level::Town, "t1", None),
        }
    }

    /// Mostly something that the state allows, sometimes anything.
    fn step(&mut self, case: &Case, now: DateTime<Utc>, town: &Town) -> Step {
        let rows: Vec<Action> = table::of(case.state, case.is_suspended()).map(|row| row.action).collect();
        let likely = !rows.is_empty() && self.rng.random_bool(0.8);
        let from: &[Action] = if likely { &rows } else { Action::ALL };
        let some = |rng: &mut ChaCha8Rng, share| rng.random_bool(share);
        let mut step = Step::new(from[self.rng.random_range(0..from.len())]);
        step.note = some(&mut self.rng, 0.8).then(|| "因为".to_owned());
        step.photos = self.rng.random_range(0..2);
        step.until = some(&mut self.rng, 0.8).then(|| now + Duration::minutes(self.rng.random_range(-500..20_000)));
        step.to = some(&mut self.rng, 0.6).then(|| self.owner());
        step.answer = some(&mut self.rng, 0.3);
        step.rating = (step.action == Action::Comment && some(&mut self.rng, 0.3)).then(|| self.rng.random_range(0..7));
        let joined = CaseNumber(self.rng.random_range(1..3).to_string());
        step.joined_to = some(&mut self.rng, 0.2).then_some(joined);
        if step.action == Action::Reassign && some(&mut self.rng, 0.4) {
            let categories: Vec<_> = town.categories.iter().map(|(_, c)| c.id.clone()).collect();
            let category = categories[self.rng.random_range(0..categories.len())].clone();
            let assignment =
                Assignment { owner: self.owner(), triage: some(&mut self.rng, 0.2), ..town.assignment(Level::Grid) };
            step.reroute = Some(Box::new(Reroute { place: case.place, category, assignment }));
        }
        step
    }
}

/// What must hold for a case at any time.
fn sound(case: &Case) {
    let stages: Vec<Stage> = case.watches.iter().map(|watch| watch.stage).collect();
    let unique: BTreeSet<Stage> = stages.iter().copied().collect();
    assert_eq!(unique.len(), stages.len(), "one limit a stage");
    let runs = |stage: Stage| case.watch(stage).is_some_and(|watch| watch.running_since().is_some());
    assert!(case.owner.unit.is_some(), "somebody owns it");
    match case.state {
        State::Reported => assert!(runs(Stage::Accept)),
        State::Accepted => assert!(runs(Stage::Dispatch) && case.watch(Stage::Solve).is_none()),
        State::Dispatched | State::InProgress => assert_eq!(runs(Stage::Solve), !case.is_suspended()),
        State::Done => assert!(!runs(Stage::Solve) && (runs(Stage::Check) || case.tally.checked)),
        State::Rejected | State::Closed | State::Void => assert!(stages.is_empty()),
    }
    assert_eq!(case.watch(Stage::Promise).is_some(), case.tally.answered_at.is_none());
    assert!(case.watch(Stage::Promise).is_none_or(|watch| watch.pauses.is_empty()), "the promise never stands still");
    assert_eq!(case.state == State::Closed, case.tally.closed_at.is_some());
    assert!(!case.is_suspended() || matches!(case.state, State::Dispatched | State::InProgress));
    assert!(case.tally.checks.is_sorted_by_key(|check| check.at));
}

/// What must hold from one look to the next.
fn follows(before: &Case, after: &Case, events: &[Event], town: &Town) {
    let (mut number, mut state, mut time) = (before.events, before.state, before.updated_at);
    for event in events {
        number += 1;
        assert_eq!((event.number, event.from), (number, Some(state)), "no event is lost");
        assert!(event.at >= time, "no time goes backwards");
        if let What::Did(action) = event.what {
            assert!(may(state, action, event.to), "{state} {action} {}", event.to);
        } else {
            assert_eq!(event.to, state);
        }
        (state, time) = (event.to, event.at);
    }
    assert_eq!((after.events, after.state, after.updated_at), (number, state, time));
    assert!(events.last().is_none_or(|event| event.owner == after.owner), "the last event names the owner");
    assert!(after.restricted || !before.restricted);
    for watch in &before.watches {
        let same = |w: &&crate::dispatch::clock::Stopwatch| {
            (w.stage, w.started_at, w.limit) == (watch.stage, watch.started_at, watch.limit)
        };
        if let Some(now) = after.watches.iter().find(same) {
            let spent = |w: &crate::dispatch::clock::Stopwatch, at| w.spent(&town.calendar, at);
            assert!(spent(now, after.updated_at) >= spent(watch, before.updated_at), "no clock runs backwards");
            assert!(now.missed || !watch.missed && now.total(&town.calendar) >= watch.total(&town.calendar));
        }
    }
}

/// One case lived through; every so often somebody looks whether anything is due.
fn live(seed: u64, looks: bool) -> (Case, Vec<Event>, BTreeSet<(State, Action)>) {
    let town = Town::new();
    let mut people = People { rng: ChaCha8Rng::seed_from_u64(seed) };
    let mut others = ChaCha8Rng::seed_from_u64(seed + 1);
    let mut now = at("2026-09-21T08:00") + Duration::minutes(people.rng.random_range(0..10_000));
    let ids: Vec<_> = town.categories.iter().map(|(_, c)| (c.id.clone(), c.level)).collect();
    let (category, level) = ids[people.rng.random_range(0..ids.len())].clone();
    let place = LonLat::new(112.54, 32.99).expect("in range");
    let new = Report { number: CaseNumber("1".into()), category, source: Source::Resident, place };
    let assignment = Assignment { triage: people.rng.random_bool(0.1), ..town.assignment(level) };
    let (mut case, mut history) = report(new, &assignment, now, &town.ground()).expect("a known category");
    let mut taken = BTreeSet::new();
    for _ in 0..25 {
        let gap = [3, 90, 700, 5000][people.rng.random_range(0..4)];
        let then = now + Duration::minutes(people.rng.random_range(0..gap));
        while looks && others.random_bool(0.5) {
            let look = now + (then - now) * others.random_range(0..=100) / 100;
            let (next, events) = advance(&case, look, &town.ground());
            follows(&case, &next, &events, &town);
            (case, now) = (next, look);
            history.extend(events);
        }
        now = then;
        // Whoever acts sees the case as the clock has left it.
        let (seen, events) = advance(&case, now, &town.ground());
        follows(&case, &seen, &events, &town);
        assert_eq!(due_between(&case, now, now, &town.ground()), []);
        history.extend(events);
        let (step, actor) = (people.step(&seen, now, &town), people.anybody(&seen));
        let (next, events, done) = act(&seen, &step, &actor, now, &town.ground());
        follows(&seen, &next, &events, &town);
        sound(&next);
        match done {
            Err(_) => assert_eq!((&next, events.len()), (&seen, 0), "a refusal changes nothing"),
            Ok(()) => {
                assert_eq!(events.len(), 1);
                assert_ne!(events[0].owner.unit, Some(unit(Level::Grid, "g9")));
                let holder = &seen.owner.worker;
                let by_holder = holder.is_none() || *holder == actor.name;
                assert!(!HOLDERS.contains(&step.action) || by_holder, "{:?}", step.action);
                taken.insert((seen.state, step.action));
            }
        }
        history.extend(events);
        case = next;
    }
    assert_eq!(history.len() as u32, case.events);
    (case, history, taken)
}

#[test]
fn whatever_people_try_a_case_keeps_its_owner_its_events_and_its_time() {
    let mut taken = BTreeSet::new();
    for seed in 0..600 {
        taken.extend(live(seed * 2, false).2);
    }
    let never: Vec<_> = table::TABLE.iter().map(|r| (r.from, r.action)).filter(|row| !taken.contains(row)).collect();
    assert_eq!(never, [], "every row of the table can be come to");
}

#[test]
fn it_makes_no_difference_who_looks_when_and_how_often() {
    for seed in 0..200 {
        let (alone, history, _) = live(seed * 2, false);
        let (watched, same_history, _) = live(seed * 2, true);
        assert_eq!(history, same_history, "seed {seed}");
        assert_eq!(alone, watched);
    }
}

#[test]
fn two_servers_that_look_at_once_do_everything_once() {
    let town = Town::new();
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    for _ in 0..100 {
        let (first, _) = town.case("waterlogging", "2026-11-18T10:00");
        let (end, all) = advance(&first, at("2026-12-30T10:00"), &town.ground());
        // The stored row: its version is the number of its events.
        let mut stored = first.clone();
        let mut written: Vec<Event> = Vec::new();
        let mut read: [Case; 2] = [first.clone(), first];
        let mut now = at("2026-11-18T10:00");
        while now < at("2026-12-30T10:00") {
            now = (now + Duration::minutes(rng.random_range(0..600))).min(at("2026-12-30T10:00"));
            let server = rng.random_range(0..2);
            if rng.random_bool(0.5) {
                read[server] = stored.clone();
                continue;
            }
            let (next, events) = advance(&read[server], now, &town.ground());
            if read[server].events == stored.events {
                written.extend(events);
                stored = next.clone();
            }
            read[server] = stored.clone();
        }
        let (stored, rest) = advance(&stored, now, &town.ground());
        written.extend(rest);
        assert_eq!((written, stored), (all, end.clone()));
    }
}

#[test]
fn what_falls_due_between_two_moments_belongs_to_one_stretch_only() {
    let town = Town::new();
    let (case, _) = town.case("waterlogging", "2026-11-18T10:00");
    let (from, to) = (at("2026-11-18T10:00"), at("2026-12-10T10:00"));
    let whole = due_between(&case, from, to, &town.ground());
    assert!(whole.len() > 8, "{}", whole.len());
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..100 {
        // Also exactly at a moment when something falls due.
        let middle = match rng.random_bool(0.5) {
            true => whole[rng.random_range(0..whole.len())].at,
            false => from + Duration::minutes(rng.random_range(0..30_000)),
        };
        let mut parts = due_between(&case, from, middle, &town.ground());
        parts.extend(due_between(&case, middle, to, &town.ground()));
        assert_eq!(parts, whole);
    }
}
