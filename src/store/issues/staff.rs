//! Who is there: workers and dispatchers by the areas of their grants, what they have open, and when
//! they are away.

use super::{millis, moment};
use crate::accounts::audit::{Entry, Stamp};
use crate::accounts::{AreaCode, Role};
use crate::dispatch::WorkerName;
use crate::dispatch::assign::{Absence, Member, Staff};
use crate::store::plain::{PlainRow, PlainTx};
use crate::store::{Store, StoreError, audit};
use chrono::{DateTime, Utc};
use serde_json::json;

/// The role of somebody with an account, among those that a map may name.
const ROLE: &str = "grid_worker";

const PEOPLE: &str = "SELECT u.name, g.role, g.area FROM wangge_grant g JOIN wangge_user u ON u.id = g.user_id \
    WHERE g.role IN ('worker', 'dispatcher') AND g.area IS NOT NULL AND NOT u.disabled ORDER BY u.name, g.id";
const OPEN: &str = "SELECT worker, count(*) FROM wangge_issue WHERE open AND worker IS NOT NULL GROUP BY worker";
const ABSENCES: &str = "SELECT id, worker, from_at, to_at, stand_in FROM wangge_absence WHERE to_at > $1 \
    ORDER BY from_at, id";
const ADD: &str = "INSERT INTO wangge_absence (worker, from_at, to_at, stand_in) VALUES ($1, $2, $3, $4)";
const LAST: &str = "SELECT max(id) FROM wangge_absence";
const ONE: &str = "SELECT id, worker, from_at, to_at, stand_in FROM wangge_absence WHERE id = $1";
const END: &str = "DELETE FROM wangge_absence WHERE id = $1";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsenceRow {
    pub id: i64,
    pub absence: Absence,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAbsence(pub Absence);

fn absence(row: &PlainRow) -> Result<AbsenceRow, StoreError> {
    let absence = Absence {
        who: WorkerName(row.text(1)?),
        from: moment(row.int(2)?),
        to: moment(row.int(3)?),
        stand_in: row.maybe(4)?.map(WorkerName),
    };
    Ok(AbsenceRow { id: row.int(0)?, absence })
}

/// Everybody, at that moment.
pub async fn read(tx: &mut PlainTx, at: DateTime<Utc>) -> Result<Staff, StoreError> {
    let mut staff = Staff::default();
    for row in &tx.rows(PEOPLE, Vec::new()).await? {
        let (name, area) = (WorkerName(row.text(0)?), AreaCode(row.maybe(2)?.unwrap_or_default()));
        if Role::read(&row.text(1)?) == Some(Role::Dispatcher) {
            staff.desks.insert(area);
        } else {
            let members = staff.members.entry(area).or_default();
            if !members.iter().any(|member| member.name == name) {
                members.push(Member { name, role: ROLE.to_owned() });
            }
        }
    }
    for row in &tx.rows(OPEN, Vec::new()).await? {
        staff.open.insert(WorkerName(row.text(0)?), u32::try_from(row.int(1)?).unwrap_or(u32::MAX));
    }
    for row in &tx.rows(ABSENCES, vec![millis(at).into()]).await? {
        staff.absences.push(absence(row)?.absence);
    }
    Ok(staff)
}

impl Store {
    /// Everybody who can be given a case, at that moment.
    pub async fn staff(&self, at: DateTime<Utc>) -> Result<Staff, StoreError> {
        read(&mut self.plain_read().await?, at).await
    }

    /// Absences that are not over, by their beginning.
    pub async fn absences(&self, at: DateTime<Utc>) -> Result<Vec<AbsenceRow>, StoreError> {
        let rows = self.plain_read().await?.rows(ABSENCES, vec![millis(at).into()]).await?;
        rows.iter().map(absence).collect()
    }

    pub async fn absence(&self, id: i64) -> Result<Option<AbsenceRow>, StoreError> {
        let row = self.plain_read().await?.row(ONE, vec![id.into()]).await?;
        row.as_ref().map(absence).transpose()
    }

    pub async fn add_absence(&self, NewAbsence(new): &NewAbsence, stamp: &Stamp) -> Result<i64, StoreError> {
        let mut tx = self.plain_write().await?;
        let stand_in = new.stand_in.as_ref().map(|name| name.0.clone());
        let args = vec![new.who.0.clone().into(), millis(new.from).into(), millis(new.to).into(), stand_in.into()];
        tx.run(ADD, args).await?;
        let row = tx.row(LAST, Vec::new()).await?;
        let id = row.map_or(Ok(0), |r| r.int(0))?;
        let told = json!({"worker": new.who, "from": new.from, "to": new.to, "stand_in": new.stand_in});
        audit::add(&mut tx, &Entry::new(stamp, "absence.add").on(id).after(told)).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Takes an absence away; whether there was one.
    pub async fn end_absence(&self, id: i64, stamp: &Stamp) -> Result<bool, StoreError> {
        let mut tx = self.plain_write().await?;
        if tx.run(END, vec![id.into()]).await? == 0 {
            return Ok(false);
        }
        audit::add(&mut tx, &Entry::new(stamp, "absence.end").on(id)).await?;
        tx.commit().await?;
        Ok(true)
    }
}
