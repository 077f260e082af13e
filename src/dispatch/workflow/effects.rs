//! What an action does to a case besides its state: whose it is, which limits run, what is counted.

use super::refusal::Refusal;
use super::step::{Ground, Reroute, Step};
use super::table::Need;
use crate::dispatch::actor::Actor;
use crate::dispatch::assign::Because;
use crate::dispatch::case::{Case, Check, Owner, Triage, Who};
use crate::dispatch::clock::{PauseLabel, Stopwatch};
use crate::dispatch::words::{Action, Level, Outcome, Stage, State};
use chrono::{DateTime, Duration, Utc};

/// Who acts, and as what.
pub struct By<'a> {
    pub who: Who,
    pub actor: &'a Actor,
}

/// How long a case may be put off at a time.
const LONGEST_SUSPENSION: Duration = Duration::days(366);

/// How often a case comes back before the town's triage has to decide.
const RETURNS_UNTIL_TRIAGE: u32 = 2;

type Explained = Result<Vec<Because>, Refusal>;

/// Makes the action's change; the state is the new one already.
pub fn take(case: &mut Case, step: &Step, by: &By<'_>, at: DateTime<Utc>, ground: &Ground<'_>) -> Explained {
    let mut because = Vec::new();
    match step.action {
        Action::Accept => decide(case, true, at, ground),
        Action::Reject => {
            decide(case, false, at, ground);
            end(case, Some(Outcome::Explained), at);
        }
        Action::Dispatch => dispatch(case, step, at, ground)?,
        Action::Start => {
            stop(case, Stage::Arrive);
            claim(case, by);
        }
        Action::Finish => finish(case, by, at, ground),
        Action::Pass if case.tally.checked => return Err(Refusal::AlreadyChecked),
        Action::Pass => {
            case.tally.checks.push(Check { at, passed: true });
            case.tally.checked = true;
            stop(case, Stage::Check);
        }
        Action::Fail => {
            case.tally.checks.push(Check { at, passed: false });
            case.tally.checked = false;
            case.tally.finished_at = None;
            stop(case, Stage::Check);
            run_on(case, at, ground);
        }
        Action::Return => give_back(case, at, ground)?,
        Action::Escalate => pass_up(case, at, ground)?,
        Action::Extend => extend(case, step, at, ground)?,
        Action::Suspend => suspend(case, step, at)?,
        Action::Resume => {
            case.suspended_until = None;
            run_on(case, at, ground);
        }
        Action::Reassign => because = reassign(case, step, by, ground)?,
        Action::Close => {
            let solved = if case.owner.level > case.began { Outcome::PassedUp } else { Outcome::Solved };
            end(case, Some(if case.tally.checked { solved } else { Outcome::Explained }), at);
        }
        Action::Void => {
            if step.joined_to.as_ref() == Some(&case.number) {
                return Err(Refusal::JoinedToItself);
            }
            case.tally.joined_to = step.joined_to.clone();
            case.tally.due_at = None;
            end(case, None, at);
        }
        Action::Reopen => reopen(case, by, at, ground)?,
        Action::Comment => comment(case, step, by, at)?,
    }
    Ok(because)
}

/// Begins a limit, in the place of one of the same stage.
pub fn start(case: &mut Case, stage: Stage, at: DateTime<Utc>, ground: &Ground<'_>) {
    stop(case, stage);
    let category = ground.categories.get(case.category.as_str());
    let limit = category.and_then(|category| ground.categories.limit(category, stage, case.owner.level));
    case.watches.extend(limit.map(|limit| Stopwatch::start(stage, limit, at)));
    case.watches.sort_by_key(|watch| watch.stage);
}

fn stop(case: &mut Case, stage: Stage) {
    case.watches.retain(|watch| watch.stage != stage);
}

fn watch(case: &mut Case, stage: Stage) -> Option<&mut Stopwatch> {
    case.watches.iter_mut().find(|watch| watch.stage == stage)
}

/// Notes when the running limit for solving it ends.
fn note_due(case: &mut Case, ground: &Ground<'_>) {
    case.tally.due_at = case.watch(Stage::Solve).and_then(|watch| watch.due_at(ground.calendar));
}

fn stand_still(case: &mut Case, label: PauseLabel, at: DateTime<Utc>) {
    for stage in [Stage::Arrive, Stage::Solve] {
        if let Some(watch) = watch(case, stage) {
            watch.pause(label, at);
        }
    }
}

fn run_on(case: &mut Case, at: DateTime<Utc>, ground: &Ground<'_>) {
    case.watches.iter_mut().for_each(|watch| watch.resume(at));
    note_due(case, ground);
}

fn answered(case: &mut Case, at: DateTime<Utc>) {
    case.tally.answered_at.get_or_insert(at);
    stop(case, Stage::Promise);
}

fn end(case: &mut Case, outcome: Option<Outcome>, at: DateTime<Utc>) {
    answered(case, at);
    case.suspended_until = None;
    case.watches.clear();
    case.tally.outcome = outcome;
    case.tally.closed_at = (case.state == State::Closed).then_some(at);
}

fn decide(case: &mut Case, accepted: bool, at: DateTime<Utc>, ground: &Ground<'_>) {
    case.tally.decided_at = Some(at);
    case.tally.accepted = accepted;
    stop(case, Stage::Accept);
    if accepted {
        start(case, Stage::Dispatch, at, ground);
    }
}

/// A desk's case becomes that of whoever of the desk takes it.
fn claim(case: &mut Case, by: &By<'_>) {
    if case.owner.worker.is_none() {
        case.owner.worker = by.actor.name.clone();
    }
}

fn finish(case: &mut Case, by: &By<'_>, at: DateTime<Utc>, ground: &Ground<'_>) {
    stop(case, Stage::Arrive);
    claim(case, by);
    case.tally.finished_at = Some(at);
    case.tally.finished_by = by.actor.name.clone();
    case.tally.checked = false;
    stand_still(case, PauseLabel::Checking, at);
    start(case, Stage::Check, at, ground);
}

/// Dispatch is where the owner's clock begins.
fn dispatch(case: &mut Case, step: &Step, at: DateTime<Utc>, ground: &Ground<'_>) -> Result<(), Refusal> {
    let undecided = case.triage == Triage::Waiting || case.tally.returns > 0;
    let usual = || ground.ladder.get(&case.owner.level).filter(|_| !undecided).cloned();
    let to = step.to.clone().or_else(usual).ok_or(Refusal::Missing(Need::Owner))?;
    if to.level > case.owner.level {
        return Err(Refusal::WiderOwner);
    }
    if case.triage == Triage::Waiting {
        case.triage = Triage::Decided;
        case.began = to.level;
    }
    case.owner = to;
    stop(case, Stage::Dispatch);
    start(case, Stage::Arrive, at, ground);
    start(case, Stage::Solve, at, ground);
    note_due(case, ground);
    Ok(())
}

/// Not ours: back to the unit's desk; what comes back again is for the town to decide, and then stays.
fn give_back(case: &mut Case, at: DateTime<Utc>, ground: &Ground<'_>) -> Result<(), Refusal> {
    if case.triage == Triage::Decided {
        return Err(Refusal::Triaged);
    }
    case.tally.returns += 1;
    case.owner = case.owner.desk();
    if case.tally.returns >= RETURNS_UNTIL_TRIAGE && case.owner.level <= Level::Town {
        if let Some(town) = ground.ladder.get(&Level::Town) {
            case.owner = town.desk();
        }
        case.triage = Triage::Waiting;
    }
    stop(case, Stage::Arrive);
    stop(case, Stage::Solve);
    note_due(case, ground);
    start(case, Stage::Dispatch, at, ground);
    Ok(())
}

/// To the next level that there is. A dispatched case has a new clock there; the promise runs on.
fn pass_up(case: &mut Case, at: DateTime<Utc>, ground: &Ground<'_>) -> Result<(), Refusal> {
    let next = case.owner.level.above().find_map(|level| ground.ladder.get(&level));
    let next = next.ok_or(Refusal::TopLevel)?;
    case.co_owner = None;
    if case.state == State::Accepted {
        case.owner = next.desk();
        return Ok(());
    }
    case.owner = next.clone();
    stop(case, Stage::Arrive);
    start(case, Stage::Solve, at, ground);
    note_due(case, ground);
    Ok(())
}

fn extend(case: &mut Case, step: &Step, at: DateTime<Utc>, ground: &Ground<'_>) -> Result<(), Refusal> {
    let until = step.until.ok_or(Refusal::Missing(Need::Time))?;
    let solve = watch(case, Stage::Solve).ok_or(Refusal::Expired)?;
    let due = solve.due_at(ground.calendar).ok_or(Refusal::Expired)?;
    if solve.missed || due <= at {
        return Err(Refusal::Expired);
    }
    if solve.extended_s > 0 {
        return Err(Refusal::AlreadyExtended);
    }
    match solve.extend(ground.calendar, until) {
        0 => return Err(Refusal::TooEarly),
        more if more > ground.calendar.seconds(solve.limit) => {
            return Err(Refusal::TooLate("a limit can be doubled at the most"));
        }
        _ => note_due(case, ground),
    }
    Ok(())
}

/// Put off: the limits stand still, and the reporter is told why.
fn suspend(case: &mut Case, step: &Step, at: DateTime<Utc>) -> Result<(), Refusal> {
    let until = step.until.ok_or(Refusal::Missing(Need::Time))?;
    if until <= at {
        return Err(Refusal::TooEarly);
    }
    if until > at + LONGEST_SUSPENSION {
        return Err(Refusal::TooLate("a case can be put off for a year at the most"));
    }
    case.suspended_until = Some(until);
    stand_still(case, PauseLabel::Suspended, at);
    case.tally.due_at = None;
    answered(case, at);
    Ok(())
}

/// To another owner, the clock running on.
fn reassign(case: &mut Case, step: &Step, by: &By<'_>, ground: &Ground<'_>) -> Explained {
    if let Some(reroute) = &step.reroute {
        let dispatcher = by.actor.is(Who::Dispatcher, case);
        return if dispatcher { route_anew(case, reroute, ground) } else { Err(Refusal::NotYou(step.action)) };
    }
    let to = step.to.clone().ok_or(Refusal::Missing(Need::Owner))?;
    if to == case.owner {
        return Err(Refusal::SameOwner);
    }
    if to.level > case.owner.level {
        return Err(Refusal::WiderOwner);
    }
    if !by.actor.is(Who::Dispatcher, case) {
        let allowed = case.co_owner.as_ref().is_some_and(|co_owner| co_owner.unit == to.unit);
        let name = |owner: &Owner| owner.unit.as_ref().map(|unit| unit.name.clone().unwrap_or(unit.code.0.clone()));
        let named = || case.co_owner.as_ref().and_then(name).unwrap_or_else(|| "a dispatcher's choice".to_owned());
        if !allowed {
            return Err(Refusal::NotCoOwner(named()));
        }
        case.co_owner = None;
    }
    case.owner = to;
    Ok(Vec::new())
}

/// The place or category was wrong: whose it is, is found out anew, and told. What runs, runs on
/// from where it began, with the limit of the category as it is now.
fn route_anew(case: &mut Case, reroute: &Reroute, ground: &Ground<'_>) -> Explained {
    let unknown = || Refusal::UnknownCategory(reroute.category.to_string());
    let category = ground.categories.get(reroute.category.as_str()).ok_or_else(unknown)?;
    let found = &reroute.assignment;
    case.place = reroute.place;
    case.category = reroute.category.clone();
    case.restricted |= category.restricted;
    case.areas = found.areas.clone();
    case.owner = found.owner.clone();
    case.co_owner = found.co_owner.clone();
    case.began = found.owner.level;
    let undecided = matches!(case.state, State::Reported | State::Accepted);
    case.triage = if undecided && found.triage { Triage::Waiting } else { Triage::No };
    if case.watch(Stage::Solve).is_some() {
        for stage in [Stage::Arrive, Stage::Solve] {
            let limit = ground.categories.limit(category, stage, case.owner.level);
            match (watch(case, stage), limit) {
                (Some(watch), Some(limit)) if watch.limit != limit => {
                    // The warning and the end are those of the new limit.
                    (watch.limit, watch.extended_s) = (limit, 0);
                    (watch.warned, watch.missed) = (watch.missed, watch.missed);
                }
                (Some(_), None) => stop(case, stage),
                _ => {}
            }
        }
        note_due(case, ground);
    }
    Ok(found.because.clone())
}

fn reopen(case: &mut Case, by: &By<'_>, at: DateTime<Utc>, ground: &Ground<'_>) -> Result<(), Refusal> {
    if by.who == Who::Reporter {
        if case.tally.reopened_by_reporter {
            return Err(Refusal::ReopenedAlready);
        }
        case.tally.reopened_by_reporter = true;
    }
    case.tally.reopened += 1;
    case.tally.closed_at = None;
    case.tally.outcome = None;
    case.tally.checked = false;
    case.tally.finished_at = None;
    case.tally.answered_at = None;
    case.tally.due_at = None;
    start(case, Stage::Promise, at, ground);
    let next = if case.state == State::Reported { Stage::Accept } else { Stage::Dispatch };
    start(case, next, at, ground);
    Ok(())
}

fn comment(case: &mut Case, step: &Step, by: &By<'_>, at: DateTime<Utc>) -> Result<(), Refusal> {
    if let Some(rating) = step.rating {
        if by.who != Who::Reporter || !case.state.is_over() || !(1..=5).contains(&rating) {
            return Err(Refusal::Rating);
        }
        case.tally.rating = Some(rating);
    }
    if step.rating.is_none() && step.reason().is_none() && step.photos == 0 {
        return Err(Refusal::Missing(Need::Reason));
    }
    if step.answer && matches!(by.who, Who::Dispatcher | Who::Holder) {
        answered(case, at);
    }
    Ok(())
}
