//! One case, as its reporter is told of it.

use super::desk::{Desk, Found};
use super::row::AreaBody;
use super::staff_view::StaffBody;
use crate::dispatch::workflow::{self, sentence};
use crate::dispatch::{Action, Actor, Case, CaseNumber, Event, Level, Outcome, State, What, Who};
use crate::http::error::Problem;
use crate::http::wire;
use crate::store::issues::{PhotoRow, Stored};
use serde::Serialize;
use utoipa::ToSchema;

/// A case joined to one that was joined in turn: so far the way is followed.
const CHAIN: usize = 5;

/// A case
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Issue)]
pub struct IssueBody {
    number: String,
    category: String,
    group: String,
    state: State,
    /// Put off (挂账).
    suspended: bool,
    suspended_until: Option<String>,
    restricted: bool,
    description: String,
    address: Option<String>,
    quantity: Option<f64>,
    unit: Option<String>,
    lon: f64,
    lat: f64,
    grid: Option<AreaBody>,
    community: Option<AreaBody>,
    level: Level,
    reported_at: String,
    promised_at: Option<String>,
    closed_at: Option<String>,
    outcome: Option<Outcome>,
    rating: Option<u8>,
    joined_to: Option<String>,
    steps: Vec<StepBody>,
    photos: Vec<PhotoBody>,
    /// What the reporter may do now; empty without the private link.
    may: Vec<Action>,
    may_rate: bool,
    /// For who works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<StaffBody>,
}

/// One sentence of what happened
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = IssueStep)]
pub struct StepBody {
    at: String,
    zh: String,
    en: String,
    /// By whoever reported it.
    by_me: bool,
}

/// A photo of a case
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuePhoto)]
pub struct PhotoBody {
    id: i64,
    at: String,
    /// `reporter` or `staff`.
    by: &'static str,
}

/// The case as the asker is told of it.
pub async fn told(desk: &Desk, found: Found) -> Result<IssueBody, Problem> {
    let Found { stored: Stored { id, case, about }, by_link, staff } = found;
    let events = desk.app.store.issue_events(id).await.map_err(Problem::store)?;
    let photos = desk.app.store.issue_photos(id).await.map_err(Problem::store)?;
    let staff = match staff {
        true => Some(super::staff_view::told(desk, (id, &case, &about), &events).await?),
        false => None,
    };
    let mut steps: Vec<StepBody> = events.iter().filter_map(|event| step(desk, event, false)).collect();
    steps.extend(joined_steps(desk, &case, &events).await?);
    let promise = case.watch(crate::dispatch::Stage::Promise).and_then(|watch| watch.due_at(&desk.office.calendar));
    let tally = &case.tally;
    Ok(IssueBody {
        category: case.category.to_string(),
        group: desk.office.group(&case.category).to_string(),
        state: case.state,
        suspended: case.is_suspended(),
        suspended_until: desk.maybe_local(case.suspended_until),
        restricted: case.restricted,
        description: about.description,
        address: about.address,
        quantity: about.quantity,
        unit: about.unit.map(|unit| unit.to_string()),
        lon: wire::degrees(case.place.lon()),
        lat: wire::degrees(case.place.lat()),
        grid: AreaBody::of(&case, Level::Grid),
        community: AreaBody::of(&case, Level::Community),
        level: case.owner.level,
        reported_at: desk.local(case.reported_at),
        promised_at: desk.maybe_local(promise),
        closed_at: desk.maybe_local(tally.closed_at),
        outcome: tally.outcome,
        rating: tally.rating,
        joined_to: tally.joined_to.as_ref().map(|number| number.0.clone()),
        steps,
        photos: photos.iter().map(|photo| photo_body(desk, photo)).collect(),
        may: if by_link { reporter_may(&case) } else { Vec::new() },
        may_rate: by_link && case.state.is_over() && workflow_allows_comment(&case),
        staff,
        number: case.number.0,
    })
}

fn photo_body(desk: &Desk, photo: &PhotoRow) -> PhotoBody {
    let by = if photo.by_reporter { "reporter" } else { "staff" };
    PhotoBody { id: photo.id, at: desk.local(photo.at), by }
}

fn reporter_may(case: &Case) -> Vec<Action> {
    let mut may = workflow::allowed(case, &Actor::reporter());
    may.retain(|action| *action != Action::Reopen || !case.tally.reopened_by_reporter);
    may
}

fn workflow_allows_comment(case: &Case) -> bool {
    workflow::allowed(case, &Actor::reporter()).contains(&Action::Comment)
}

/// The sentence of an event; of another's case nothing that its reporter said.
fn step(desk: &Desk, event: &Event, others: bool) -> Option<StepBody> {
    let by_reporter = event.who == Who::Reporter;
    if others && (by_reporter || event.what == What::Reported) {
        return None;
    }
    let title = sentence(event)?;
    Some(StepBody { at: desk.local(event.at), zh: title.zh, en: title.en, by_me: by_reporter && !others })
}

/// What happened to the case that this one was joined to, from then on.
async fn joined_steps(desk: &Desk, case: &Case, events: &[Event]) -> Result<Vec<StepBody>, Problem> {
    let mut steps = Vec::new();
    let joined = |events: &[Event]| {
        let last = events.iter().rev().find(|event| event.what == What::Did(Action::Void))?;
        Some((last.joined_to.clone()?, last.at))
    };
    let mut next: Option<(CaseNumber, _)> = case.tally.joined_to.as_ref().and_then(|_| joined(events));
    for _ in 0..CHAIN {
        let Some((number, since)) = next.take() else { break };
        let Some(other) = desk.app.store.issue(&number).await.map_err(Problem::store)? else { break };
        // It became restricted meanwhile: that it exists is known, nothing else.
        if other.case.restricted && !case.restricted {
            break;
        }
        let events = desk.app.store.issue_events(other.id).await.map_err(Problem::store)?;
        steps.extend(events.iter().filter(|event| event.at >= since).filter_map(|event| step(desk, event, true)));
        next = other.case.tally.joined_to.as_ref().and_then(|_| joined(&events));
    }
    Ok(steps)
}
