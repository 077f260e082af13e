//! Cases as they change, told to whoever listens. Who may hear of one is decided by the listener's
//! stream.

use super::App;
use crate::atlas::Change;
use crate::store::StoreError;
use crate::store::issues::{IssueId, IssueRow};
use std::collections::BTreeMap;
use std::sync::Arc;

/// More at once than anybody looks at: lists are read anew.
const MOST: usize = 500;

/// Something that a listener hears.
#[derive(Debug, Clone)]
pub enum IssueChange {
    /// The case as it is now.
    Case { seq: i64, row: Arc<IssueRow> },
    /// Too much has changed to be told one by one.
    Many { seq: i64 },
}

/// Tells of the changes; of several of one case the last.
pub(super) async fn tell(app: &App, changes: &[Change]) -> Result<(), StoreError> {
    if changes.is_empty() || app.issues.receiver_count() == 0 {
        return Ok(());
    }
    for change in of(app, changes).await? {
        // Nobody listening is no fault.
        let _listeners = app.issues.send(change);
    }
    Ok(())
}

async fn of(app: &App, changes: &[Change]) -> Result<Vec<IssueChange>, StoreError> {
    let latest: BTreeMap<IssueId, i64> = changes.iter().map(|c| (IssueId(c.id.0), c.seq)).collect();
    if latest.len() > MOST {
        let seq = changes.iter().map(|c| c.seq).max().unwrap_or_default();
        return Ok(vec![IssueChange::Many { seq }]);
    }
    let ids: Vec<IssueId> = latest.keys().copied().collect();
    let rows = app.store.issues_by_id(&ids).await?;
    let change = |row: IssueRow| Some(IssueChange::Case { seq: *latest.get(&row.id)?, row: Arc::new(row) });
    let mut told: Vec<IssueChange> = rows.into_iter().filter_map(change).collect();
    told.sort_by_key(IssueChange::seq);
    Ok(told)
}

impl IssueChange {
    pub fn seq(&self) -> i64 {
        match self {
            Self::Case { seq, .. } | Self::Many { seq } => *seq,
        }
    }
}

impl App {
    /// What changed after `seq`, each case once; `None`: too much, or the log does not know.
    pub async fn issue_changes_since(&self, seq: i64, most: usize) -> Result<Option<Vec<IssueChange>>, StoreError> {
        if seq > self.store.last_seq().await? {
            return Ok(None);
        }
        let changes = self.store.changes_since(seq, most + 1).await?;
        if changes.len() > most {
            return Ok(None);
        }
        let cases: Vec<Change> = changes.into_iter().filter(|c| c.layer.as_str() == crate::store::log::ISSUE).collect();
        of(self, &cases).await.map(Some)
    }
}
