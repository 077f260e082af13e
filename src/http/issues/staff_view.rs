//! What who works on a case is told of it beside.

use super::desk::Desk;
use super::duplicates::{self, DuplicateBody};
use super::row::UnitBody;
use crate::accounts::audit::{Entry, Stamp};
use crate::accounts::{Caller, Via};
use crate::dispatch::clock::Stopwatch;
use crate::dispatch::workflow::table::{self, Need};
use crate::dispatch::{Action, Actor, Case, Event, Level, Owner, Source, Stage, Triage, Who, workflow};
use crate::http::error::Problem;
use crate::store::issues::{About, IssueId};
use serde::Serialize;
use utoipa::ToSchema;

/// Whose a case is
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueOwnerTold)]
pub struct OwnerBody {
    level: Level,
    unit: Option<UnitBody>,
    /// Name of the account; `null`: the unit's desk.
    worker: Option<String>,
}

impl OwnerBody {
    fn of(owner: &Owner) -> Self {
        let worker = owner.worker.as_ref().map(|worker| worker.0.clone());
        Self { level: owner.level, unit: UnitBody::of(owner), worker }
    }
}

/// A limit that has begun
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueWatch)]
pub struct WatchBody {
    stage: Stage,
    started_at: String,
    /// `null` while it stands still.
    due_at: Option<String>,
    warned: bool,
    missed: bool,
    paused: bool,
}

/// Something that the caller may do now
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueActionNow)]
pub struct ActionBody {
    action: Action,
    /// `reason`, `photo`, `time`, `owner`: what must come with it.
    #[schema(value_type = Vec<String>)]
    needs: Vec<Need>,
}

/// Who reported it
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueContact)]
pub struct ContactBody {
    name: Option<String>,
    phone: Option<String>,
}

/// A case for who works on it
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueStaff)]
pub struct StaffBody {
    owner: OwnerBody,
    /// Whose it may be as well, the place being as uncertain as it is.
    co_owner: Option<OwnerBody>,
    triage: Triage,
    source: Source,
    accuracy_m: Option<f64>,
    due_at: Option<String>,
    events: Vec<Event>,
    watches: Vec<WatchBody>,
    /// For its dispatcher and its holder; that it was told is noted in the audit.
    reporter: Option<ContactBody>,
    actions: Vec<ActionBody>,
    duplicates: Vec<DuplicateBody>,
    /// To whom it can be given.
    hand_to: Vec<OwnerBody>,
}

pub async fn told(
    desk: &Desk,
    (id, case, about): (IssueId, &Case, &About),
    events: &[Event],
) -> Result<StaffBody, Problem> {
    let actor = desk.office.actor(&desk.caller, false, case);
    let actions = actions(desk, case, &actor);
    let gives = actions.iter().any(|a| matches!(a.action, Action::Dispatch | Action::Reassign));
    let hand_to = if gives {
        let staff = desk.app.store.staff(desk.now).await.map_err(Problem::store)?;
        let owners = desk.office.hand_to(&desk.caller, case, &staff, desk.now);
        owners.iter().map(OwnerBody::of).collect()
    } else {
        Vec::new()
    };
    let knows = actor.is(Who::Dispatcher, case) || actor.is(Who::Holder, case);
    let duplicates = if case.state.is_over() {
        Vec::new()
    } else {
        duplicates::find(desk, (&case.category, case.place), Some(case)).await?
    };
    Ok(StaffBody {
        owner: OwnerBody::of(&case.owner),
        co_owner: case.co_owner.as_ref().map(OwnerBody::of),
        triage: case.triage,
        source: case.source,
        accuracy_m: about.accuracy_m,
        due_at: desk.maybe_local(case.tally.due_at),
        events: events.to_vec(),
        watches: case.watches.iter().map(|watch| watch_body(desk, watch)).collect(),
        reporter: if knows { contact(desk, id, case).await? } else { None },
        actions,
        duplicates,
        hand_to,
    })
}

fn watch_body(desk: &Desk, watch: &Stopwatch) -> WatchBody {
    WatchBody {
        stage: watch.stage,
        started_at: desk.local(watch.started_at),
        due_at: desk.maybe_local(watch.due_at(&desk.office.calendar)),
        warned: watch.warned,
        missed: watch.missed,
        paused: watch.running_since().is_none(),
    }
}

/// What may be done and what it needs, without what would surely be refused.
fn actions(desk: &Desk, case: &Case, actor: &Actor) -> Vec<ActionBody> {
    let photo = desk.office.categories.get(case.category.as_str()).is_some_and(|category| category.photo);
    let undecided = case.triage == Triage::Waiting || case.tally.returns > 0;
    let body = |action: Action| {
        let row = table::find(case.state, case.is_suspended(), action)?;
        let met = |need: &Need| match need {
            Need::Checked => case.tally.checked,
            Need::AnotherPerson => case.tally.finished_by != actor.name,
            _ => true,
        };
        if !row.needs.iter().all(met) || is_idle(case, actor, action) {
            return None;
        }
        let told = |need: &Need| match need {
            Need::Checked | Need::AnotherPerson => false,
            Need::Photo => photo,
            _ => true,
        };
        let mut needs: Vec<Need> = row.needs.iter().copied().filter(told).collect();
        if action == Action::Reassign || (action == Action::Dispatch && undecided) {
            needs.push(Need::Owner);
        }
        Some(ActionBody { action, needs })
    };
    workflow::allowed(case, actor).into_iter().filter_map(body).collect()
}

/// Allowed by the table, but refused by what has happened so far.
fn is_idle(case: &Case, actor: &Actor, action: Action) -> bool {
    let solve = case.watch(Stage::Solve);
    match action {
        Action::Pass => case.tally.checked,
        Action::Return => case.triage == Triage::Decided,
        Action::Escalate => case.owner.level.above().all(|level| !case.areas.contains_key(&level)),
        Action::Extend => solve.is_none_or(|watch| watch.missed || watch.extended_s > 0),
        // A holder can only hand it to the co-owner.
        Action::Reassign => !actor.is(Who::Dispatcher, case) && case.co_owner.is_none(),
        _ => false,
    }
}

/// How to reach the reporter, noted in the audit before it is told.
async fn contact(desk: &Desk, id: IssueId, case: &Case) -> Result<Option<ContactBody>, Problem> {
    let contact = desk.app.store.issue_contact(id).await.map_err(Problem::store)?;
    if contact.is_empty() {
        return Ok(None);
    }
    let via = match &desk.caller {
        Caller::Known { via: Via::Token(id, _), .. } => format!("token:{}", id.0),
        _ => "session".to_owned(),
    };
    let actor = desk.caller.user().map(|user| user.name.clone());
    let stamp = Stamp { at: desk.now, actor, via, address: desk.address };
    let entry = Entry::new(&stamp, "issue.reporter").on(&case.number);
    desk.app.store.audit(&[entry]).await.map_err(Problem::store)?;
    Ok(Some(ContactBody { name: contact.name, phone: contact.phone }))
}
