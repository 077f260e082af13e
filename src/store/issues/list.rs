//! Cases as rows of a list.

use super::act::stored;
use super::columns::{self, area_mark, worker_mark};
use super::filter::{Areas, Condition};
use super::{Codes, IssueFilter, IssueId, IssueScope, Stored, garbled, moment};
use crate::atlas::Ident;
use crate::dispatch::{Case, CaseNumber};
use crate::geometry::BBox;
use crate::store::plain::{PlainRow, PlainTx};
use crate::store::{Store, StoreError};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Characters of the description that a row has.
const SHORT: i64 = 120;

/// A case in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueRow {
    pub id: IssueId,
    pub case: Case,
    /// The beginning of it.
    pub description: String,
    pub address: Option<String>,
    pub promised_at: Option<DateTime<Utc>>,
    pub warned: bool,
    pub missed: bool,
    pub photos: u32,
    pub last_what: String,
    now: BTreeSet<String>,
    ever: columns::Ever,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// What ends next, or ended first, comes first.
    #[default]
    Urgency,
    Newest,
    Updated,
}

const COLUMNS: &str = "i.id, c.body, substr(i.description, 1, 121), i.address, i.promised_at, i.warned, i.missed, \
    i.photos, i.last_what, i.ever, i.ever_plain FROM wangge_issue i JOIN wangge_issue_case c ON c.issue_id = i.id";
const ALSO: &str = "SELECT level, code FROM wangge_issue_also WHERE issue_id = $1";
const NEAR: &str = "SELECT i.id, c.body, c.about, i.description, i.address FROM wangge_issue i \
    JOIN wangge_issue_case c ON c.issue_id = i.id WHERE i.open AND i.category = $1 \
    AND i.lat_e7 BETWEEN $2 AND $3 AND i.lon_e7 BETWEEN $4 AND $5 AND i.reported_at >= $6 LIMIT 500";

async fn row(tx: &mut PlainTx, row: &PlainRow) -> Result<IssueRow, StoreError> {
    let case: Case = serde_json::from_str(&row.text(1)?).map_err(garbled)?;
    let id = row.int(0)?;
    let mut now = columns::seen_by(&case, &Default::default());
    for also in &tx.rows(ALSO, vec![id.into()]).await? {
        now.insert(format!("{}:{}", also.text(0)?, also.text(1)?));
    }
    let mut description: String = row.text(2)?;
    if description.chars().count() > SHORT as usize {
        description = description.chars().take(SHORT as usize - 1).chain(['…']).collect();
    }
    Ok(IssueRow {
        id: IssueId(id),
        case,
        description,
        address: row.maybe(3)?,
        promised_at: row.maybe_int(4)?.map(moment),
        warned: row.bool(5)?,
        missed: row.bool(6)?,
        photos: u32::try_from(row.int(7)?).unwrap_or(0),
        last_what: row.text(8)?,
        now,
        ever: columns::Ever::read(&row.text(9)?, row.bool(10)?),
    })
}

impl IssueRow {
    /// Whether somebody may see it; the same as the condition of a list.
    pub fn is_seen_by(&self, scope: &IssueScope) -> bool {
        seen(&self.now, !self.case.restricted, scope)
    }

    /// Whether they could at some time.
    pub fn was_seen_by(&self, scope: &IssueScope) -> bool {
        seen(&self.ever.seen_by, self.ever.plain, scope)
    }
}

/// The same for a case that is not in a list.
pub fn is_seen(case: &Case, also: &Codes, scope: &IssueScope) -> bool {
    seen(&columns::seen_by(case, also), !case.restricted, scope)
}

fn seen(marks: &BTreeSet<String>, plain: bool, scope: &IssueScope) -> bool {
    let inside = |areas: &Areas| match areas {
        Areas::Nowhere => false,
        Areas::Everywhere => true,
        Areas::Named(named) => named.iter().any(|(level, code)| marks.contains(&area_mark(*level, &code.0))),
    };
    inside(&scope.dispatcher)
        || (plain && inside(&scope.staff))
        || scope.me.as_ref().is_some_and(|me| marks.contains(&worker_mark(&me.0)))
}

impl Store {
    /// A page of the cases that are asked for.
    pub async fn issue_rows(
        &self,
        filter: &IssueFilter,
        sort: Sort,
        (limit, offset): (u32, u32),
    ) -> Result<Vec<IssueRow>, StoreError> {
        // What is over is not urgent any more.
        let sort = if sort == Sort::Urgency && !filter.only_open() { Sort::Updated } else { sort };
        let (order, by_state) = match sort {
            Sort::Urgency => ("i.urgent_at, i.id", false),
            Sort::Newest => ("i.reported_at DESC, i.id DESC", false),
            Sort::Updated => ("i.updated_at DESC, i.id DESC", filter.states.len() == 1),
        };
        let mut condition = if by_state { Condition::of(filter) } else { Condition::in_order(filter) };
        let (limit, offset) = (condition.bind(i64::from(limit)), condition.bind(i64::from(offset)));
        let sql = format!("SELECT {COLUMNS}{} ORDER BY {order} LIMIT {limit} OFFSET {offset}", condition.sql());
        let mut tx = self.plain_read().await?;
        let rows = tx.composed(sql, condition.args).await?;
        let mut all = Vec::with_capacity(rows.len());
        for one in &rows {
            all.push(row(&mut tx, one).await?);
        }
        Ok(all)
    }

    /// How many there are on all pages.
    pub async fn issue_count(&self, filter: &IssueFilter) -> Result<u64, StoreError> {
        let condition = Condition::of(filter);
        // By state, as the indexes for counting are sorted; SQLite would choose others without it.
        let sql = format!("SELECT i.state, count(*) FROM wangge_issue i{} GROUP BY i.state", condition.sql());
        let rows = self.plain_read().await?.composed(sql, condition.args).await?;
        let counts: Result<Vec<i64>, StoreError> = rows.iter().map(|row| row.int(1)).collect();
        Ok(u64::try_from(counts?.into_iter().sum::<i64>()).unwrap_or(0))
    }

    /// The cases with these row numbers that there are, by number of the row.
    pub async fn issues_by_id(&self, ids: &[IssueId]) -> Result<Vec<IssueRow>, StoreError> {
        let mut tx = self.plain_read().await?;
        let mut all = Vec::with_capacity(ids.len());
        for part in ids.chunks(500) {
            let mut condition = Condition::default();
            let bound: Vec<String> = part.iter().map(|id| condition.bind(id.0)).collect();
            let sql = format!("SELECT {COLUMNS} WHERE i.id IN ({}) ORDER BY i.id", bound.join(", "));
            for one in &tx.composed(sql, condition.args).await? {
                all.push(row(&mut tx, one).await?);
            }
        }
        Ok(all)
    }

    /// One case as a row of a list.
    pub async fn issue_row(&self, number: &CaseNumber) -> Result<Option<IssueRow>, StoreError> {
        let mut tx = self.plain_read().await?;
        let sql = format!("SELECT {COLUMNS} WHERE i.number = $1");
        let rows = tx.composed(sql, vec![number.0.clone().into()]).await?;
        match rows.first() {
            Some(one) => row(&mut tx, one).await.map(Some),
            None => Ok(None),
        }
    }

    /// Open cases of a category in a box, reported at that moment or later: who looks for duplicates
    /// decides which of them are.
    pub async fn issues_near(
        &self,
        category: &Ident,
        bbox: BBox,
        since: DateTime<Utc>,
    ) -> Result<Vec<Stored>, StoreError> {
        let e7 = |degrees: f64| super::e7(degrees).into();
        let args = vec![
            category.as_str().into(),
            e7(bbox.south),
            e7(bbox.north),
            e7(bbox.west),
            e7(bbox.east),
            super::millis(since).into(),
        ];
        let rows = self.plain_read().await?.rows(NEAR, args).await?;
        rows.iter().map(stored).collect()
    }
}
