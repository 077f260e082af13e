//! The workflow by example: a case's way from report to rating, and what is refused on it.

use super::*;
use crate::dispatch::case::{CaseNumber, WorkerName};
use crate::dispatch::clock::PauseLabel;
use crate::dispatch::testing::{Town, at, dispatcher, finish, owner, worker};
use crate::dispatch::words::{Level, Outcome};
use crate::geometry::LonLat;

fn did(events: &[Event]) -> Vec<What> {
    events.iter().map(|event| event.what).collect()
}

/// A Wednesday.
const TEN: &str = "2026-11-18T10:00";

#[test]
fn an_ordinary_report_is_with_its_worker_at_once_and_has_a_deadline() {
    let (case, events) = Town::new().case("exposed_garbage", TEN);
    assert_eq!(did(&events), [What::Reported, What::Did(Action::Accept), What::Did(Action::Dispatch)]);
    assert_eq!((case.state, case.owner.worker.clone()), (State::Dispatched, Some(WorkerName("ann".into()))));
    assert_eq!(case.tally.due_at, Some(at("2026-11-19T10:00")));
    assert_eq!(case.watch(Stage::Promise).map(|w| w.due_at(&Town::new().calendar)), Some(Some(at("2026-11-25T10:00"))));
}

#[test]
fn a_restricted_report_waits_for_the_desk() {
    let (case, events) = Town::new().case("dispute", TEN);
    assert_eq!((did(&events), case.state, case.restricted), (vec![What::Reported], State::Reported, true));
}

#[test]
fn solved_in_time_checked_by_another_closed_and_rated() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", TEN);
    let case = town.after(&case, Step::new(Action::Start), &worker("ann"), "2026-11-18T11:00");
    let case = town.after(&case, finish(), &worker("ann"), "2026-11-18T15:00");
    assert_eq!(town.refusal(&case, Step::new(Action::Pass), &worker("ann"), "2026-11-18T15:01"), Refusal::SamePerson);
    assert_eq!(
        town.refusal(&case, Step::new(Action::Close), &dispatcher("dan"), "2026-11-18T15:01"),
        Refusal::NotChecked
    );
    let case = town.after(&case, Step::new(Action::Pass), &worker("bob"), "2026-11-18T15:30");
    let again = town.refusal(&case, Step::new(Action::Pass), &dispatcher("dan"), "2026-11-18T15:31");
    assert_eq!(again, Refusal::AlreadyChecked);
    let spoiled = town.after(&case, Step::new(Action::Fail).noting("又堆满了"), &dispatcher("dan"), "2026-11-18T15:40");
    let given_up =
        town.after(&spoiled, Step::new(Action::Close).noting("无主垃圾"), &dispatcher("dan"), "2026-11-18T15:50");
    assert_eq!(given_up.tally.outcome, Some(Outcome::Explained), "a check that was taken back does not count");
    let case = town.after(&case, Step::new(Action::Close), &dispatcher("dan"), "2026-11-18T16:00");
    assert_eq!((case.state, case.tally.outcome), (State::Closed, Some(Outcome::Solved)));
    assert_eq!((case.tally.missed_at, case.tally.closed_at), (None, Some(at("2026-11-18T16:00"))));
    let rate = |stars| Step { rating: Some(stars), ..Step::new(Action::Comment) };
    assert_eq!(town.refusal(&case, rate(6), &Actor::reporter(), "2026-11-18T17:00"), Refusal::Rating);
    assert_eq!(town.refusal(&case, rate(5), &worker("ann"), "2026-11-18T17:00"), Refusal::Rating);
    let case = town.after(&case, rate(5), &Actor::reporter(), "2026-11-18T17:00");
    assert_eq!(case.tally.rating, Some(5));
}

#[test]
fn a_failed_check_sends_it_back_with_the_time_that_was_left() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", TEN);
    let case = town.after(&case, finish(), &worker("ann"), "2026-11-18T15:00");
    let fail = Step::new(Action::Fail);
    assert_eq!(town.refusal(&case, fail.clone(), &dispatcher("dan"), TEN), Refusal::Missing(Need::Reason));
    let case = town.after(&case, fail.noting("还有一堆"), &dispatcher("dan"), "2026-11-19T15:00");
    assert_eq!((case.state, case.tally.checks.iter().map(|c| c.passed).collect()), (State::InProgress, vec![false]));
    // Three of eight hours were spent; five are left at three in the afternoon.
    assert_eq!(case.tally.due_at, Some(at("2026-11-20T10:00")));
    let labels: Vec<_> = case.watch(Stage::Solve).into_iter().flat_map(|w| &w.pauses).map(|p| p.label).collect();
    assert_eq!(labels, [PauseLabel::Checking]);
}

#[test]
fn a_missed_limit_is_warned_of_passed_up_level_by_level_and_stays_at_the_top() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", TEN);
    let (case, events) = advance(&case, at("2026-11-24T09:00"), &town.ground());
    let levels: Vec<Level> = events.iter().map(|event| event.owner.level).collect();
    let solve = |event: &&Event| matches!(event.what, What::Missed(Stage::Solve));
    let missed: Vec<_> = events.iter().filter(solve).map(|event| event.at).collect();
    assert_eq!(missed, ["2026-11-19T10:00", "2026-11-20T10:00", "2026-11-23T10:00"].map(at));
    assert_eq!(levels.last(), Some(&Level::District));
    assert_eq!(
        did(&events[..3]),
        [What::Warned(Stage::Solve), What::Missed(Stage::Solve), What::Did(Action::Escalate)]
    );
    assert_eq!(events[0].at, at("2026-11-19T08:24"), "80 % of eight hours");
    let (later, events) = advance(&case, at("2027-03-01T09:00"), &town.ground());
    assert_eq!(did(&events), [What::Missed(Stage::Solve), What::Missed(Stage::Promise)], "no level is left");
    assert_eq!((later.owner.level, later.state), (Level::District, State::Dispatched));
    assert_eq!(later.tally.missed_by.and_then(|o| o.worker), Some(WorkerName("ann".into())), "the first to miss it");
}

#[test]
fn the_promised_week_runs_on_while_the_level_s_clock_stands_still() {
    let town = Town::new();
    let (case, _) = town.case("broken_pavement", TEN);
    let case = town.after(&case, finish(), &worker("ann"), "2026-11-18T11:00");
    assert_eq!(case.watch(Stage::Solve).and_then(|w| w.due_at(&town.calendar)), None);
    let (_, events) = advance(&case, at("2026-11-30T00:00"), &town.ground());
    let promise = events.iter().find(|event| event.what == What::Missed(Stage::Promise));
    assert_eq!(promise.map(|event| event.at), Some(at("2026-11-25T10:00")));
}

#[test]
fn put_off_with_reason_and_day_it_is_an_answer_and_comes_back_by_itself() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", TEN);
    let put_off = Step::new(Action::Suspend).noting("等待路面施工结束");
    let dan = dispatcher("dan");
    assert_eq!(town.refusal(&case, put_off.clone(), &dan, TEN), Refusal::Missing(Need::Time));
    assert_eq!(town.refusal(&case, put_off.clone().until(at(TEN)), &dan, TEN), Refusal::TooEarly);
    let case = town.after(&case, put_off.until(at("2026-12-02T09:00")), &dan, "2026-11-18T11:00");
    assert!(case.is_suspended() && case.tally.answered_at == Some(at("2026-11-18T11:00")));
    assert_eq!(case.tally.due_at, None, "what is put off is not due");
    let start = Step::new(Action::Start);
    assert!(matches!(town.refusal(&case, start, &worker("ann"), "2026-11-19T10:00"), Refusal::NotNow { .. }));
    let (case, events) = advance(&case, at("2026-12-02T09:00"), &town.ground());
    assert_eq!(did(&events), [What::Did(Action::Resume)]);
    assert_eq!(case.tally.due_at, Some(at("2026-12-02T18:00")), "seven of eight hours are left");
}

#[test]
fn a_limit_is_extended_once_before_it_is_over_and_at_most_doubled() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", TEN);
    let extend = |until: &str| Step::new(Action::Extend).noting("设备未到").until(at(until));
    let (dan, eleven) = (dispatcher("dan"), "2026-11-18T11:00");
    assert_eq!(town.refusal(&case, extend("2026-11-19T09:00"), &dan, eleven), Refusal::TooEarly);
    assert!(matches!(town.refusal(&case, extend("2026-11-23T10:00"), &dan, eleven), Refusal::TooLate(_)));
    assert_eq!(
        town.refusal(&case, extend("2026-11-20T10:00"), &worker("ann"), eleven),
        Refusal::NotYou(Action::Extend)
    );
    let longer = town.after(&case, extend("2026-11-20T10:00"), &dan, eleven);
    assert_eq!(longer.tally.due_at, Some(at("2026-11-20T10:00")));
    assert_eq!(town.refusal(&longer, extend("2026-11-20T12:00"), &dan, eleven), Refusal::AlreadyExtended);
    // Too late the clock has passed it up already: what is extended then is the next level's limit.
    let (late, _, done) = act(&case, &extend("2026-11-23T10:00"), &dan, at("2026-11-19T11:00"), &town.ground());
    assert_eq!((done, late.owner.level), (Ok(()), Level::Community));
    assert_eq!(late.tally.missed_at, Some(at("2026-11-19T10:00")));
}

#[test]
fn what_comes_back_twice_is_for_the_town_to_decide_and_then_stays() {
    let town = Town::new();
    let (case, _) = town.case("overhead_wires", TEN);
    let back = || Step::new(Action::Return).noting("不属本网格");
    let case = town.after(&case, back(), &worker("ann"), TEN);
    assert_eq!((case.state, case.triage, case.owner.level), (State::Accepted, Triage::No, Level::Grid));
    assert_eq!(case.owner.worker, None, "it is the desk's");
    let dispatch = Step::new(Action::Dispatch);
    let dan = dispatcher("dan");
    assert_eq!(
        town.refusal(&case, dispatch.clone(), &dan, TEN),
        Refusal::Missing(Need::Owner),
        "not ann again unasked"
    );
    let case = town.after(&case, dispatch.clone().to(owner(Level::Grid, "g2", Some("bob"))), &dan, TEN);
    let case = town.after(&case, back(), &worker("bob"), TEN);
    assert_eq!((case.triage, case.owner.clone()), (Triage::Waiting, owner(Level::Town, "t1", None)));
    let case = town.after(&case, dispatch.to(owner(Level::Grid, "g1", Some("ann"))), &dan, TEN);
    assert_eq!(town.refusal(&case, back(), &worker("ann"), TEN), Refusal::Triaged);
    let case = town.after(&case, Step::new(Action::Escalate).noting("需供电公司"), &worker("ann"), TEN);
    assert_eq!((case.owner.level, case.state), (Level::Community, State::Dispatched));
}

#[test]
fn the_named_co_owner_gets_it_with_one_step_and_the_same_clock() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", TEN);
    let to = |code: &str, who: &str| Step::new(Action::Reassign).to(owner(Level::Grid, code, Some(who)));
    let ann = worker("ann");
    let other = town.refusal(&case, to("g9", "eve"), &ann, TEN);
    assert_eq!(other, Refusal::NotCoOwner("g2".into()));
    let case = town.after(&case, Step::new(Action::Start), &ann, "2026-11-18T11:00");
    let case = town.after(&case, to("g2", "bob"), &ann, "2026-11-18T17:00");
    assert_eq!((case.state, case.tally.due_at), (State::Dispatched, Some(at("2026-11-19T10:00"))));
    assert_eq!((case.owner.clone(), case.co_owner.clone()), (owner(Level::Grid, "g2", Some("bob")), None));
    assert!(matches!(town.refusal(&case, to("g1", "ann"), &worker("bob"), "2026-11-18T17:01"), Refusal::NotCoOwner(_)));
    let wider = Step::new(Action::Reassign).to(owner(Level::Town, "t1", None));
    assert_eq!(town.refusal(&case, wider, &dispatcher("dan"), "2026-11-18T17:01"), Refusal::WiderOwner);
}

#[test]
fn a_place_or_category_put_right_routes_anew_says_so_and_keeps_the_start_of_the_clock() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", TEN);
    let reroute = Reroute {
        place: LonLat::new(112.55, 32.98).expect("in range"),
        category: crate::atlas::testing::ident("dirty_road"),
        assignment: Assignment {
            owner: owner(Level::Grid, "g2", Some("bob")),
            because: vec![Because::Outside],
            ..town.assignment(Level::Grid)
        },
    };
    let step = Step { reroute: Some(Box::new(reroute)), ..Step::new(Action::Reassign) };
    assert_eq!(town.refusal(&case, step.clone(), &worker("ann"), TEN), Refusal::NotYou(Action::Reassign));
    let (case, events, done) = act(&case, &step, &dispatcher("dan"), at("2026-11-18T11:00"), &town.ground());
    assert_eq!((done, events.len(), events[0].because.len()), (Ok(()), 1, 1));
    assert_eq!(case.owner.worker, Some(WorkerName("bob".into())));
    assert_eq!(case.tally.due_at, Some(at("2026-11-18T17:00")), "five working hours from ten o'clock");
}

#[test]
fn a_desk_s_case_belongs_to_whoever_of_the_desk_takes_it() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", TEN);
    let case = town.after(&case, Step::new(Action::Escalate).noting("需社区协调"), &worker("ann"), TEN);
    assert_eq!(case.owner, owner(Level::Community, "c1", None));
    let case = town.after(&case, Step::new(Action::Start), &worker("cai"), TEN);
    assert_eq!(case.owner, owner(Level::Community, "c1", Some("cai")));
    assert_eq!(town.refusal(&case, finish(), &worker("cem"), TEN), Refusal::NotYou(Action::Finish));
}

#[test]
fn a_reporter_withdraws_reopens_once_and_does_nothing_else() {
    let town = Town::new();
    let (case, _) = town.case("dispute", TEN);
    let me = Actor::reporter();
    assert_eq!(allowed(&case, &me), [Action::Void, Action::Comment]);
    let gone = town.after(&case, Step::new(Action::Void).noting("已自行解决"), &me, TEN);
    assert_eq!((gone.state, gone.watches.len()), (State::Void, 0));
    let dan = dispatcher("dan");
    let rejected = |case: &Case| town.after(case, Step::new(Action::Reject).noting("非职责范围"), &dan, TEN);
    let again = || Step::new(Action::Reopen).noting("就是你们的职责");
    let case = town.after(&rejected(&case), again(), &me, TEN);
    assert_eq!(case.state, State::Reported);
    assert_eq!(town.refusal(&rejected(&case), again(), &me, TEN), Refusal::ReopenedAlready);
}

#[test]
fn explained_why_it_cannot_be_done_is_an_end_of_its_own() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", TEN);
    let close = Step::new(Action::Close);
    let dan = dispatcher("dan");
    assert_eq!(town.refusal(&case, close.clone(), &dan, TEN), Refusal::Missing(Need::Reason));
    let case = town.after(&case, close.noting("属业主专有部分"), &dan, TEN);
    assert_eq!(case.tally.outcome, Some(Outcome::Explained));
}

#[test]
fn a_case_cannot_be_joined_to_itself() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", TEN);
    let join = |to: &str| Step { joined_to: Some(CaseNumber(to.into())), ..Step::new(Action::Void).noting("重复") };
    assert_eq!(town.refusal(&case, join("1"), &dispatcher("dan"), TEN), Refusal::JoinedToItself);
    let case = town.after(&case, join("2"), &dispatcher("dan"), TEN);
    assert_eq!(case.tally.joined_to, Some(CaseNumber("2".into())));
}

#[test]
fn restricted_cases_are_no_business_of_the_colleagues() {
    let town = Town::new();
    let (case, _) = town.case("dispute", TEN);
    let case = town.after(&case, Step::new(Action::Accept), &dispatcher("dan"), TEN);
    let case = town.after(&case, Step::new(Action::Dispatch), &dispatcher("dan"), TEN);
    assert!(allowed(&case, &worker("bob")).is_empty());
    assert!(allowed(&case, &worker("ann")).contains(&Action::Finish));
    assert!(allowed(&case, &Actor::default()).is_empty(), "and strangers see nothing to do anywhere");
}

#[test]
fn the_reporter_reads_no_names_and_no_internal_notes() {
    let town = Town::new();
    let (case, events) = town.case("exposed_garbage", TEN);
    let text: String = events.iter().filter_map(sentence).map(|title| title.zh + &title.en).collect();
    assert!(text.contains("g1") && !text.contains("ann"), "{text}");
    let comment = |answer| Step { answer, ..Step::new(Action::Comment).noting("内部情况") };
    let told = |answer| {
        let (_, events, _) = act(&case, &comment(answer), &dispatcher("dan"), at(TEN), &town.ground());
        events.iter().find_map(sentence)
    };
    assert_eq!(told(false), None);
    assert!(told(true).is_some_and(|title| title.zh == "内部情况"));
}

#[test]
fn whoever_is_there_in_time_has_met_the_first_stage() {
    let town = Town::new();
    let (case, _) = town.case("waterlogging", TEN);
    let missed = |case: &Case| {
        let (_, events) = advance(case, at("2026-11-18T15:00"), &town.ground());
        events.iter().find(|event| event.what == What::Missed(Stage::Arrive)).map(|event| event.at)
    };
    assert_eq!(missed(&case), Some(at("2026-11-18T11:00")));
    let there = town.after(&case, Step::new(Action::Start), &worker("ann"), "2026-11-18T10:59");
    assert_eq!((missed(&there), there.tally.due_at), (None, Some(at("2026-11-18T16:00"))));
}

#[test]
fn a_stored_case_comes_back_as_it_was() {
    let town = Town::new();
    let (case, _) = town.case("waterlogging", TEN);
    let put_off = Step::new(Action::Suspend).noting("下雨").until(at("2026-11-20T09:00"));
    let case = town.after(&case, put_off, &dispatcher("dan"), "2026-11-18T10:30");
    let (case, events) = advance(&case, at("2026-12-24T00:00"), &town.ground());
    let text = serde_json::to_string(&(&case, &events)).expect("JSON");
    assert_eq!(serde_json::from_str::<(Case, Vec<Event>)>(&text).expect("JSON"), (case, events));
}

#[test]
fn a_moment_before_the_last_event_counts_as_that_event_s() {
    let town = Town::new();
    let (case, _) = town.case("exposed_garbage", TEN);
    let case = town.after(&case, Step::new(Action::Start), &worker("ann"), "2026-11-18T11:00");
    let case = town.after(&case, finish(), &worker("ann"), "2026-11-18T10:59");
    assert_eq!(case.tally.finished_at, Some(at("2026-11-18T11:00")));
}
