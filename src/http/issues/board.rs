//! `GET /api/issues/board`: what the board counts.

use super::desk::Desk;
use super::filter::{self, FilterParams};
use crate::dispatch::assign::Staff;
use crate::dispatch::{State, WorkerName};
use crate::http::error::Problem;
use crate::http::params::Params;
use crate::store::accounts::UserRow;
use crate::store::issues::{Areas, BoardCounts, IssueFilter, Workload};
use axum::Json;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What the board counts
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueBoard)]
pub struct Board {
    /// Of the states that were asked for; a state without cases is not there.
    #[schema(value_type = BTreeMap<String, u64>)]
    by_state: BTreeMap<State, u64>,
    open: u64,
    overdue: u64,
    warned: u64,
    /// In time so far, and to be solved before the day is over.
    due_today: u64,
    /// Waiting for the town's triage.
    triage: u64,
    /// Open and with a desk.
    unassigned: u64,
    /// By name; also those who have nothing open.
    workers: Vec<WorkerBody>,
    /// When this was counted.
    at: String,
}

/// What somebody has open
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueWorkload)]
pub struct WorkerBody {
    name: String,
    /// What people call them.
    display_name: Option<String>,
    open: u64,
    overdue: u64,
    absent: bool,
}

/// Counts of the board
///
/// With the filters of the list; without `state`, of what is not over.
#[utoipa::path(get, path = "/api/issues/board", operation_id = "issue_board", tag = "issues",
    params(FilterParams), responses((status = 200, body = Board)))]
pub async fn get(desk: Desk, mut params: Params) -> Result<Json<Board>, Problem> {
    let Some(filter) = filter::read(&mut params, &desk) else { return Err(params.refused()) };
    params.finish()?;
    let store = &desk.app.store;
    let tomorrow = desk.office.tomorrow(desk.now);
    let (counts, loads, staff, users) = tokio::join!(
        store.issue_counts(&filter, tomorrow),
        store.issue_workloads(&filter),
        store.staff(desk.now),
        store.users()
    );
    let counts = counts.map_err(Problem::store)?;
    let (loads, staff) = (loads.map_err(Problem::store)?, staff.map_err(Problem::store)?);
    let users = users.map_err(Problem::store)?;
    let workers = workers(&desk, &filter, (&loads, &staff, &users));
    let BoardCounts { by_state, open, overdue, warned, due_today, triage, unassigned } = counts;
    Ok(Json(Board {
        by_state,
        open,
        overdue,
        warned,
        due_today,
        triage,
        unassigned,
        workers,
        at: desk.local(desk.now),
    }))
}

/// Who has something open, and who works in the areas that are asked for.
fn workers(
    desk: &Desk,
    filter: &IssueFilter,
    (loads, staff, users): (&[Workload], &Staff, &[UserRow]),
) -> Vec<WorkerBody> {
    let display: BTreeMap<&str, Option<&String>> =
        users.iter().map(|row| (row.user.name.as_str(), row.user.display_name.as_ref())).collect();
    let narrowed = filter.category.is_some() || filter.assignee.is_some() || filter.text.is_some();
    let mut names: BTreeSet<&WorkerName> = loads.iter().map(|load| &load.worker).collect();
    if !narrowed {
        let asked = [&filter.grid, &filter.community, &filter.town];
        let asked: Vec<&String> = asked.into_iter().flatten().collect();
        let members = staff.members.iter().filter(|(area, _)| {
            let here = asked.is_empty() || asked.contains(&&area.0);
            here && is_inside(desk, area)
        });
        names.extend(members.flat_map(|(_, members)| members.iter().map(|member| &member.name)));
    }
    let absent = |name: &WorkerName| {
        staff.absences.iter().any(|absence| absence.who == *name && absence.from <= desk.now && desk.now < absence.to)
    };
    let body = |name: &WorkerName| {
        let load = loads.iter().find(|load| load.worker == *name);
        WorkerBody {
            name: name.0.clone(),
            display_name: display.get(name.0.as_str()).copied().flatten().cloned(),
            open: load.map_or(0, |load| load.open),
            overdue: load.map_or(0, |load| load.overdue),
            absent: absent(name),
        }
    };
    names.into_iter().map(body).collect()
}

/// Whether the area lies where the caller sees cases.
fn is_inside(desk: &Desk, area: &crate::accounts::AreaCode) -> bool {
    if desk.scope.staff == Areas::Everywhere {
        return true;
    }
    let extent = desk.caller.extent(&[crate::accounts::Role::Worker, crate::accounts::Role::Dispatcher]);
    extent.on(&desk.office.map).holds_area(Some(area))
}
