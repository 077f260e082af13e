//! A report becomes a case: numbered, decided and written in one transaction.

use super::{Decision, IssueId, NewIssue, columns, photos, reporters};
use crate::dispatch::CaseNumber;
use crate::dispatch::assign::Staff;
use crate::store::plain::PlainTx;
use crate::store::{Store, StoreError};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

const COUNT: &str = "INSERT INTO wangge_issue_day (day, last) VALUES ($1, 1) \
    ON CONFLICT (day) DO UPDATE SET last = wangge_issue_day.last + 1";
const COUNTED: &str = "INSERT INTO wangge_issue_day (day, last) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE \
    SET last = CASE WHEN wangge_issue_day.last < excluded.last THEN excluded.last ELSE wangge_issue_day.last END";
const LAST: &str = "SELECT last FROM wangge_issue_day WHERE day = $1";

/// The next number of the day: `20261122-0007`.
async fn number(tx: &mut PlainTx, day: NaiveDate) -> Result<CaseNumber, StoreError> {
    let day = day.format("%Y%m%d").to_string();
    tx.run(COUNT, vec![day.clone().into()]).await?;
    let row = tx.row(LAST, vec![day.clone().into()]).await?;
    let last = row.map_or(Ok(1), |r| r.int(0))?;
    Ok(CaseNumber(format!("{day}-{last:04}")))
}

impl Store {
    /// Makes the case that the rule makes of the number and the people as they are now. A rule that
    /// refuses leaves everything as it was, the number too.
    pub async fn make_issue<E>(
        &self,
        new: &NewIssue,
        at: DateTime<Utc>,
        rule: impl FnOnce(CaseNumber, &Staff) -> Result<Decision, E> + Send,
    ) -> Result<Result<(IssueId, Decision), E>, StoreError> {
        let mut tx = self.plain_logged().await?;
        let number = number(&mut tx, new.day).await?;
        let staff = super::staff::read(&mut tx, at).await?;
        let decision = match rule(number, &staff) {
            Ok(decision) => decision,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let id = columns::insert(&mut tx, &decision, &new.about, new.photos.len()).await?;
        reporters::put(&mut tx, id, &new.contact, new.secret).await?;
        photos::put(&mut tx, id, 1, &new.photos).await?;
        tx.commit().await?;
        Ok(Ok((id, decision)))
    }

    /// Puts cases that were decided elsewhere (a demo, an import), all of them or none. Their numbers
    /// must be new; those that are made afterwards go on from them.
    pub async fn put_issues(&self, all: &[(NewIssue, Decision)]) -> Result<(), StoreError> {
        let mut tx = self.plain_logged().await?;
        for (new, decision) in all {
            let id = columns::insert(&mut tx, decision, &new.about, new.photos.len()).await?;
            reporters::put(&mut tx, id, &new.contact, new.secret).await?;
            photos::put(&mut tx, id, 1, &new.photos).await?;
        }
        for (day, last) in last_numbers(all) {
            tx.run(COUNTED, vec![day.into(), last.into()]).await?;
        }
        tx.commit().await
    }
}

/// The last number of each day, of those that are like our own.
fn last_numbers(all: &[(NewIssue, Decision)]) -> BTreeMap<String, i64> {
    let mut days: BTreeMap<String, i64> = BTreeMap::new();
    for (_, decision) in all {
        let parts = decision.case.number.0.split_once('-');
        if let Some((day, Ok(n))) = parts.map(|(day, n)| (day, n.parse::<i64>())) {
            let last = days.entry(day.to_owned()).or_default();
            *last = n.max(*last);
        }
    }
    days
}
