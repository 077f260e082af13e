//! The cases that may count in a stretch of time, for statistics.

use super::filter::{Areas, Condition};
use super::{IssueFilter, IssueScope, garbled, millis};
use crate::dispatch::Case;
use crate::store::{Store, StoreError};
use chrono::{DateTime, Utc};

/// Which cases are counted.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodQuery {
    pub from: DateTime<Utc>,
    /// The first moment after it.
    pub to: DateTime<Utc>,
    pub areas: Areas,
    /// Restricted ones are left out unless they are asked for.
    pub restricted: bool,
}

impl Store {
    /// Every case that counts in the stretch, and some that do not, by its row.
    pub async fn issues_of_period(&self, query: &PeriodQuery) -> Result<Vec<Case>, StoreError> {
        let dispatcher = if query.restricted { query.areas.clone() } else { Areas::Nowhere };
        let scope = IssueScope { staff: query.areas.clone(), dispatcher, me: None };
        let mut condition = Condition::of(&IssueFilter { scope, ..IssueFilter::default() });
        let (from, to) = (condition.bind(millis(query.from)), condition.bind(millis(query.to)));
        let place = condition.sql();
        let and = if place.is_empty() { " WHERE" } else { " AND" };
        let sql = format!(
            "SELECT c.body FROM wangge_issue i JOIN wangge_issue_case c ON c.issue_id = i.id{place}{and} \
             i.counts_until >= {from} AND i.reported_at < {to} ORDER BY i.id"
        );
        let rows = self.plain_read().await?.composed(sql, condition.args).await?;
        rows.iter().map(|row| serde_json::from_str(&row.text(0)?).map_err(garbled)).collect()
    }
}
