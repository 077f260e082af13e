//! The clock's part: what falls due, warnings before and escalation after, each exactly once.
//!
//! What has been warned of or missed is part of the case. So whoever looks, how often and when, the
//! case goes the same way: a look that comes late does what was due at its time, and a second look
//! finds nothing left to do. Two processes that look at once write the same; the one whose version
//! of the case is not the last one any more throws its work away.

use super::refusal::Refusal;
use super::step::{Ground, Step};
use super::{Done, apply, record};
use crate::dispatch::actor::Actor;
use crate::dispatch::case::{Case, Event, What, Who};
use crate::dispatch::words::{Action, Stage};
use chrono::{DateTime, Utc};

/// Something that falls due, in the order in which the same moment's are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    pub at: DateTime<Utc>,
    pub kind: DueKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueKind {
    /// A limit is nearly over.
    Warning(Stage),
    /// A limit is over; that for solving passes the case up.
    End(Stage),
    /// It was put off until now.
    Resume,
}

/// What falls due next; `None`: nothing until somebody does something. Never before the last event.
pub fn next_due(case: &Case, ground: &Ground<'_>) -> Option<Due> {
    let limits = case.watches.iter().filter(|watch| !watch.missed).flat_map(|watch| {
        let warning = if watch.warned { None } else { watch.warns_at(ground.calendar, ground.categories.warn_percent) };
        let end = watch.due_at(ground.calendar).map(|at| Due { at, kind: DueKind::End(watch.stage) });
        warning.map(|at| Due { at, kind: DueKind::Warning(watch.stage) }).into_iter().chain(end)
    });
    let resume = case.suspended_until.map(|at| Due { at, kind: DueKind::Resume });
    limits.chain(resume).map(|due| Due { at: due.at.max(case.updated_at), ..due }).min()
}

/// Does everything that falls due until then, in its order and at its time.
pub fn advance(case: &Case, until: DateTime<Utc>, ground: &Ground<'_>) -> (Case, Vec<Event>) {
    let mut case = case.clone();
    let mut events = Vec::new();
    while let Some(due) = next_due(&case, ground).filter(|due| due.at <= until) {
        match due.kind {
            DueKind::Warning(stage) => events.push(note(&mut case, What::Warned(stage), due.at)),
            DueKind::End(stage) => {
                events.push(note(&mut case, What::Missed(stage), due.at));
                if stage == Stage::Solve {
                    step(&mut case, Action::Escalate, due.at, ground, &mut events);
                }
            }
            DueKind::Resume => {
                step(&mut case, Action::Resume, due.at, ground, &mut events);
                // The table has it that this cannot be; a case must not hang on it.
                case.suspended_until = None;
            }
        }
    }
    (case, events)
}

/// What falls due after `since` and not after `until`, if nobody does anything. Moments between two
/// looks belong to exactly one of them.
pub fn due_between(case: &Case, since: DateTime<Utc>, until: DateTime<Utc>, ground: &Ground<'_>) -> Vec<Event> {
    let (_, mut events) = advance(case, until, ground);
    events.retain(|event| event.at > since);
    events
}

/// The clock's part until then, and then the action. The events of the clock stand even when the
/// action is refused: so both are given.
pub fn act(
    case: &Case,
    step: &Step,
    actor: &Actor,
    at: DateTime<Utc>,
    ground: &Ground<'_>,
) -> (Case, Vec<Event>, Result<(), Refusal>) {
    let (case, mut events) = advance(case, at, ground);
    match apply(&case, step, actor, at, ground) {
        Ok((next, event)) => {
            events.push(event);
            (next, events, Ok(()))
        }
        Err(refusal) => (case, events, Err(refusal)),
    }
}

/// An action of the clock's; one that is refused (no level above) is left out.
fn step(case: &mut Case, action: Action, at: DateTime<Utc>, ground: &Ground<'_>, events: &mut Vec<Event>) {
    if let Ok((next, event)) = apply(case, &Step::new(action), &Actor::service(), at, ground) {
        *case = next;
        events.push(event);
    }
}

fn note(case: &mut Case, what: What, at: DateTime<Utc>) -> Event {
    let (What::Warned(stage) | What::Missed(stage)) = what else { unreachable!("only limits are noted") };
    if let Some(watch) = case.watches.iter_mut().find(|watch| watch.stage == stage) {
        watch.warned = true;
        watch.missed |= matches!(what, What::Missed(_));
    }
    case.tally.decided_late |= what == What::Missed(Stage::Accept);
    if what == What::Missed(Stage::Solve) {
        case.tally.missed_at.get_or_insert(at);
        let owner = case.owner.clone();
        case.tally.missed_by.get_or_insert(owner);
    }
    let state = case.state;
    let done = Done { what, who: Who::Service, actor: None, step: &Step::new(Action::Comment) };
    record(case, Some(state), done, at, Vec::new())
}
