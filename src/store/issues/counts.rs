//! What the board counts.

use super::filter::Condition;
use super::{IssueFilter, millis};
use crate::dispatch::{State, WorkerName};
use crate::store::plain::PlainTx;
use crate::store::{Store, StoreError};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BoardCounts {
    pub by_state: BTreeMap<State, u64>,
    pub open: u64,
    pub overdue: u64,
    pub warned: u64,
    /// Open, in time, and to be solved before the day is over.
    pub due_today: u64,
    pub triage: u64,
    pub unassigned: u64,
}

/// What somebody has open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    pub worker: WorkerName,
    pub open: u64,
    pub overdue: u64,
}

fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// What is not over, in one walk over one index.
async fn count_open(
    tx: &mut PlainTx,
    filter: &IssueFilter,
    tomorrow: DateTime<Utc>,
    counts: &mut BoardCounts,
) -> Result<(), StoreError> {
    let mut condition = Condition::of(filter);
    let tomorrow = condition.bind(millis(tomorrow));
    let sql = format!(
        "SELECT i.state, count(*), count(*) FILTER (WHERE i.missed), count(*) FILTER (WHERE i.warned), \
         count(*) FILTER (WHERE i.due_at < {tomorrow} AND NOT i.missed), \
         count(*) FILTER (WHERE i.triage = 'waiting'), count(*) FILTER (WHERE i.worker IS NULL) \
         FROM wangge_issue i{} GROUP BY i.state",
        condition.sql()
    );
    for row in &tx.composed(sql, condition.args).await? {
        let Some(state) = State::read(&row.text(0)?) else { continue };
        let all = number(row.int(1)?);
        counts.by_state.insert(state, all);
        counts.open += all;
        counts.overdue += number(row.int(2)?);
        counts.warned += number(row.int(3)?);
        counts.due_today += number(row.int(4)?);
        counts.triage += number(row.int(5)?);
        counts.unassigned += number(row.int(6)?);
    }
    Ok(())
}

impl Store {
    pub async fn issue_counts(&self, filter: &IssueFilter, tomorrow: DateTime<Utc>) -> Result<BoardCounts, StoreError> {
        let part = |over: bool| {
            let all = if filter.states.is_empty() { State::ALL } else { &filter.states };
            let states = all.iter().copied().filter(|state| state.is_over() == over).collect();
            IssueFilter { states, ..filter.clone() }
        };
        let (open, over) = (part(false), part(true));
        let mut tx = self.plain_read().await?;
        let mut counts = BoardCounts::default();
        if !open.states.is_empty() {
            count_open(&mut tx, &open, tomorrow, &mut counts).await?;
        }
        if !over.states.is_empty() {
            let condition = Condition::of(&over);
            let sql = format!("SELECT i.state, count(*) FROM wangge_issue i{} GROUP BY i.state", condition.sql());
            for row in &tx.composed(sql, condition.args).await? {
                if let Some(state) = State::read(&row.text(0)?) {
                    counts.by_state.insert(state, number(row.int(1)?));
                }
            }
        }
        Ok(counts)
    }

    /// Who has how much open, by name.
    pub async fn issue_workloads(&self, filter: &IssueFilter) -> Result<Vec<Workload>, StoreError> {
        let filter = IssueFilter { states: IssueFilter::open(), ..filter.clone() };
        let condition = Condition::of(&filter);
        let sql = format!(
            "SELECT i.worker, count(*), count(*) FILTER (WHERE i.missed) FROM wangge_issue i{} \
             AND i.worker IS NOT NULL GROUP BY i.worker ORDER BY i.worker",
            condition.sql()
        );
        let rows = self.plain_read().await?.composed(sql, condition.args).await?;
        let workload = |row: &crate::store::plain::PlainRow| {
            let (open, overdue) = (number(row.int(1)?), number(row.int(2)?));
            Ok(Workload { worker: WorkerName(row.text(0)?), open, overdue })
        };
        rows.iter().map(workload).collect()
    }
}
