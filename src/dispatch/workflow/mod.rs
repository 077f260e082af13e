//! The workflow of a case: one table says what may be done, by whom and what it needs; `apply` does
//! it; the clock's part is `advance`. Every change comes with its event.

mod advance;
mod draw;
mod effects;
#[cfg(test)]
mod model_tests;
mod refusal;
mod sentence;
mod step;
pub mod table;
#[cfg(test)]
mod tests;

pub use advance::{Due, DueKind, act, advance, due_between, next_due};
pub use draw::draw;
pub use refusal::Refusal;
pub use sentence::sentence;
pub use step::{Ground, Report, Reroute, Step};

use super::actor::Actor;
use super::assign::{Assignment, Because};
use super::case::{Case, CaseNumber, Event, Tally, Triage, What, Who};
use super::words::{Action, Stage, State};
use chrono::{DateTime, Utc};
use table::Need;

/// A report becomes a case; a category that is `direct` is accepted and dispatched at once. The
/// events are all that happened.
pub fn report(
    report: Report,
    assignment: &Assignment,
    at: DateTime<Utc>,
    ground: &Ground<'_>,
) -> Result<(Case, Vec<Event>), Refusal> {
    let (mut case, first) = receive(report, assignment, at, ground)?;
    let direct = ground.categories.get(case.category.as_str()).is_some_and(|category| category.direct);
    let mut events = vec![first];
    if direct && !assignment.triage {
        // It goes to whom the assignment named.
        for step in [Step::new(Action::Accept), Step::new(Action::Dispatch).to(assignment.owner.clone())] {
            let (next, event) = apply(&case, &step, &Actor::service(), at, ground)?;
            case = next;
            events.push(event);
        }
    }
    Ok((case, events))
}

/// A report of what was reported before: joined to that case at once, by its reporter.
pub fn repeat(
    report: Report,
    other: &CaseNumber,
    assignment: &Assignment,
    at: DateTime<Utc>,
    ground: &Ground<'_>,
) -> Result<(Case, Vec<Event>), Refusal> {
    let (case, first) = receive(report, assignment, at, ground)?;
    let step = Step { joined_to: Some(other.clone()), ..Step::new(Action::Void).noting(&other.0) };
    let (case, event) = apply(&case, &step, &Actor::reporter(), at, ground)?;
    Ok((case, vec![first, event]))
}

fn receive(
    report: Report,
    assignment: &Assignment,
    at: DateTime<Utc>,
    ground: &Ground<'_>,
) -> Result<(Case, Event), Refusal> {
    let unknown = || Refusal::UnknownCategory(report.category.to_string());
    let category = ground.categories.get(report.category.as_str()).ok_or_else(unknown)?;
    let mut case = Case {
        number: report.number,
        category: report.category,
        source: report.source,
        place: report.place,
        restricted: category.restricted,
        state: State::Reported,
        suspended_until: None,
        areas: assignment.areas.clone(),
        owner: assignment.owner.clone(),
        co_owner: assignment.co_owner.clone(),
        triage: if assignment.triage { Triage::Waiting } else { Triage::No },
        began: assignment.owner.level,
        watches: Vec::new(),
        events: 0,
        reported_at: at,
        updated_at: at,
        tally: Tally::default(),
    };
    effects::start(&mut case, Stage::Promise, at, ground);
    effects::start(&mut case, Stage::Accept, at, ground);
    let step = Step::new(Action::Comment);
    let because = assignment.because.clone();
    let done = Done { what: What::Reported, who: reporter(report.source), actor: None, step: &step };
    let first = record(&mut case, None, done, at, because);
    Ok((case, first))
}

fn reporter(source: super::words::Source) -> Who {
    use super::words::Source;
    match source {
        Source::Resident => Who::Reporter,
        Source::Worker => Who::Worker,
        Source::Hotline | Source::Dispatcher => Who::Dispatcher,
    }
}

/// Does one action, if the table allows it. Never goes back in time: a moment before the last event
/// counts as that event's. What the clock had to do before must have been done (`act` sees to it).
pub fn apply(
    case: &Case,
    step: &Step,
    actor: &Actor,
    at: DateTime<Utc>,
    ground: &Ground<'_>,
) -> Result<(Case, Event), Refusal> {
    let at = at.max(case.updated_at);
    let (state, suspended) = (case.state, case.is_suspended());
    let not_now = Refusal::NotNow { state, suspended, action: step.action };
    let row = table::find(state, suspended, step.action).ok_or(not_now)?;
    let who = actor.stands_as(case, row.who).ok_or(Refusal::NotYou(step.action))?;
    for need in row.needs {
        meet(*need, case, step, (who, actor), ground)?;
    }
    let mut next = case.clone();
    next.state = row.to;
    let by = effects::By { who, actor };
    let because = effects::take(&mut next, step, &by, at, ground)?;
    let done = Done { what: What::Did(step.action), who, actor: Some(actor), step };
    let event = record(&mut next, Some(state), done, at, because);
    Ok((next, event))
}

/// What the actor may do with the case as it stands, in the table's order. Whether a step has what it
/// needs is another question.
pub fn allowed(case: &Case, actor: &Actor) -> Vec<Action> {
    let rows = table::of(case.state, case.is_suspended());
    rows.filter(|row| actor.stands_as(case, row.who).is_some()).map(|row| row.action).collect()
}

/// Whether the step has what the action needs.
fn meet(need: Need, case: &Case, step: &Step, by: (Who, &Actor), ground: &Ground<'_>) -> Result<(), Refusal> {
    let (who, actor) = by;
    let asks_photo = || ground.categories.get(case.category.as_str()).is_some_and(|category| category.photo);
    match need {
        // The clock gives its reason itself: the limit is over.
        Need::Reason if step.reason().is_none() && who != Who::Service => Err(Refusal::Missing(need)),
        Need::Photo if step.photos == 0 && asks_photo() => Err(Refusal::Missing(need)),
        Need::Time if step.until.is_none() => Err(Refusal::Missing(need)),
        Need::Owner if step.to.is_none() => Err(Refusal::Missing(need)),
        Need::Checked if !case.tally.checked => Err(Refusal::NotChecked),
        Need::AnotherPerson if case.tally.finished_by == actor.name => Err(Refusal::SamePerson),
        _ => Ok(()),
    }
}

/// What happened, and by whom.
struct Done<'a> {
    what: What,
    who: Who,
    actor: Option<&'a Actor>,
    step: &'a Step,
}

/// Numbers the event and notes its time.
fn record(case: &mut Case, from: Option<State>, done: Done<'_>, at: DateTime<Utc>, because: Vec<Because>) -> Event {
    let Done { what, who, actor, step } = done;
    case.events += 1;
    case.updated_at = at;
    Event {
        number: case.events,
        at,
        what,
        who,
        name: actor.and_then(|actor| actor.name.clone()),
        from,
        to: case.state,
        suspended: case.is_suspended(),
        owner: case.owner.clone(),
        due_at: case.tally.due_at,
        note: step.reason().map(str::to_owned),
        until: step.until,
        joined_to: step.joined_to.clone(),
        rating: step.rating,
        answer: step.answer,
        because,
    }
}
