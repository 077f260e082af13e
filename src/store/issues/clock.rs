//! What the clock does: cases that are due, each exactly once however many processes look. The one
//! who has the writers' lock does the work; whoever comes next finds the case with its next due time.

use super::act::{save, stored};
use super::columns::Ever;
use super::{Decision, Stored, millis};
use crate::dispatch::assign::Staff;
use crate::store::{Store, StoreError};
use chrono::{DateTime, Utc};

const ANY: &str = "SELECT 1 FROM wangge_issue WHERE next_due <= $1 LIMIT 1";
const DUE: &str = "SELECT i.id, c.body, c.about, i.description, i.address, i.ever, i.ever_plain, i.number \
    FROM wangge_issue i JOIN wangge_issue_case c ON c.issue_id = i.id \
    WHERE i.next_due <= $1 ORDER BY i.next_due, i.id LIMIT $2";
/// A case that cannot be read is not looked at again and again.
const SET_ASIDE: &str = "UPDATE wangge_issue SET next_due = NULL WHERE number = $1";

/// What one look did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    pub cases: usize,
    pub events: usize,
    /// There may be more that is due.
    pub more: bool,
}

impl Store {
    /// Has the rule do what is due at `now` for at most so many cases, in one transaction.
    pub async fn tick_issues(
        &self,
        now: DateTime<Utc>,
        most: usize,
        rule: impl Fn(&Stored, &Staff) -> Decision + Send + Sync,
    ) -> Result<Ticked, StoreError> {
        // Most looks find nothing, and those need no lock.
        if self.plain_read().await?.row(ANY, vec![millis(now).into()]).await?.is_none() {
            return Ok(Ticked::default());
        }
        let mut tx = self.plain_logged().await?;
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = tx.rows(DUE, vec![millis(now).into(), limit.into()]).await?;
        let staff = super::staff::read(&mut tx, now).await?;
        let mut done = Ticked { more: rows.len() == most, ..Ticked::default() };
        for row in &rows {
            let was = match stored(row) {
                Ok(was) => was,
                Err(error) => {
                    let number = row.text(7)?;
                    tracing::error!(%error, number, "a case cannot be read and is left out by the clock");
                    tx.run(SET_ASIDE, vec![number.into()]).await?;
                    continue;
                }
            };
            let decision = rule(&was, &staff);
            done.cases += 1;
            done.events += decision.events.len();
            save(&mut tx, (&was, Ever::read(&row.text(5)?, row.bool(6)?)), &decision, &[]).await?;
        }
        tx.commit().await?;
        Ok(done)
    }
}
