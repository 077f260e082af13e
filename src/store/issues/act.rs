//! Load, decide, save: one case at a time, by a rule that is given the case as it is.

use super::columns::{self, Ever};
use super::{About, Decision, IssueId, Stored, garbled, photos};
use crate::dispatch::assign::Staff;
use crate::dispatch::{CaseNumber, Event};
use crate::store::plain::{PlainRow, PlainTx};
use crate::store::{Store, StoreError};
use chrono::{DateTime, Utc};

/// What the rule wants written, and its answer to whoever asked.
pub struct Decided<A> {
    /// `None`: nothing has changed.
    pub write: Option<Decision>,
    /// Whether the photos that came belong to the last event.
    pub with_photos: bool,
    pub answer: A,
}

const COLUMNS: &str = "SELECT i.id, c.body, c.about, i.description, i.address, i.ever, i.ever_plain \
    FROM wangge_issue i JOIN wangge_issue_case c ON c.issue_id = i.id WHERE i.number = $1";
const EVENTS: &str = "SELECT body FROM wangge_issue_event WHERE issue_id = $1 ORDER BY number";

pub fn stored(row: &PlainRow) -> Result<Stored, StoreError> {
    let about: About = serde_json::from_str(&row.text(2)?).map_err(garbled)?;
    Ok(Stored {
        id: IssueId(row.int(0)?),
        case: serde_json::from_str(&row.text(1)?).map_err(garbled)?,
        about: About { description: row.text(3)?, address: row.maybe(4)?, ..about },
    })
}

async fn find(tx: &mut PlainTx, number: &CaseNumber) -> Result<Option<(Stored, Ever)>, StoreError> {
    let Some(row) = tx.row(COLUMNS, vec![number.0.clone().into()]).await? else { return Ok(None) };
    Ok(Some((stored(&row)?, Ever::read(&row.text(5)?, row.bool(6)?))))
}

/// Writes what was decided over a case as it was read in this transaction.
pub async fn save(
    tx: &mut PlainTx,
    (was, ever): (&Stored, Ever),
    decision: &Decision,
    jpegs: &[Vec<u8>],
) -> Result<(), StoreError> {
    if !columns::update(tx, (was.id, was.case.events), decision, jpegs.len(), ever).await? {
        // The lock of the writers makes this impossible but for somebody who writes past the service.
        return Err(StoreError::Busy);
    }
    photos::put(tx, was.id, decision.case.events, jpegs).await
}

impl Store {
    /// Does to the case what the rule decides on it, on the people as they are now and on the other
    /// case that was named; `None`: there is no such case.
    pub async fn change_issue<A>(
        &self,
        (number, other): (&CaseNumber, Option<&CaseNumber>),
        at: DateTime<Utc>,
        jpegs: &[Vec<u8>],
        rule: impl FnOnce(&Stored, Option<&Stored>, &Staff) -> Decided<A> + Send,
    ) -> Result<Option<A>, StoreError> {
        let mut tx = self.plain_logged().await?;
        let Some((was, ever)) = find(&mut tx, number).await? else { return Ok(None) };
        let other = match other {
            Some(number) => find(&mut tx, number).await?.map(|(other, _)| other),
            None => None,
        };
        let staff = super::staff::read(&mut tx, at).await?;
        let Decided { write, with_photos, answer } = rule(&was, other.as_ref(), &staff);
        if let Some(decision) = write {
            save(&mut tx, (&was, ever), &decision, if with_photos { jpegs } else { &[] }).await?;
            tx.commit().await?;
        }
        Ok(Some(answer))
    }

    pub async fn issue(&self, number: &CaseNumber) -> Result<Option<Stored>, StoreError> {
        Ok(find(&mut self.plain_read().await?, number).await?.map(|(stored, _)| stored))
    }

    /// What happened to a case, in order.
    pub async fn issue_events(&self, id: IssueId) -> Result<Vec<Event>, StoreError> {
        let rows = self.plain_read().await?.rows(EVENTS, vec![id.0.into()]).await?;
        rows.iter().map(|row| serde_json::from_str(&row.text(0)?).map_err(garbled)).collect()
    }
}
