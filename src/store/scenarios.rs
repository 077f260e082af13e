//! Scenarios that planners keep. Every write is one transaction together with the line of the audit
//! that tells of it; the one that adopts a scenario is a [`Batch`](super::Batch).

use super::batch::Adopts;
use super::error::garbled;
use super::plain::{Arg, PlainRow, PlainTx};
use super::{Store, StoreError, audit, time};
use crate::accounts::UserId;
use crate::accounts::audit::{Entry, Stamp};
use crate::planning::scenario::{Draft, Measure, ScenarioId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// Scenarios of all planners together.
pub const MOST: usize = 500;

/// What is known of a kept scenario beside its measures.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioRow {
    pub id: ScenarioId,
    /// Counted from 1.
    pub version: i64,
    pub name: String,
    pub description: String,
    /// How many measures it has.
    pub count: usize,
    pub owner: UserId,
    pub owner_name: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub adopted_at: Option<DateTime<Utc>>,
}

/// Why a scenario was not written; the database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioUnchanged {
    #[error("there is no such scenario")]
    NoScenario,
    #[error("there are {MOST} scenarios already")]
    TooMany,
    #[error("the scenario has version {actual} now")]
    LostUpdate { actual: i64 },
    #[error("the scenario has been adopted")]
    Adopted,
    #[error(transparent)]
    Store(#[from] StoreError),
}

const LIST: &str = "SELECT s.id, s.version, s.name, s.description, s.measure_count, s.owner_id, u.name, s.created_at, \
    s.updated_at, s.adopted_at FROM wangge_scenario s JOIN wangge_user u ON u.id = s.owner_id \
    WHERE $1 IS NULL OR s.owner_id = $1 ORDER BY s.updated_at DESC, s.id";
const ONE: &str = "SELECT s.id, s.version, s.name, s.description, s.measure_count, s.owner_id, u.name, s.created_at, \
    s.updated_at, s.adopted_at, s.measures FROM wangge_scenario s JOIN wangge_user u ON u.id = s.owner_id \
    WHERE s.id = $1";
const COUNT: &str = "SELECT count(*) FROM wangge_scenario";
const ADD: &str = "INSERT INTO wangge_scenario \
    (id, version, name, description, measures, measure_count, owner_id, created_at, updated_at) \
    VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $7)";
const REPLACE: &str = "UPDATE wangge_scenario SET name = $2, description = $3, measures = $4, measure_count = $5, \
    updated_at = $6, version = version + 1 WHERE id = $1 AND adopted_at IS NULL";
const REMOVE: &str = "DELETE FROM wangge_scenario WHERE id = $1";
pub(super) const ADOPT: &str = "UPDATE wangge_scenario SET adopted_at = $3, version = version + 1 WHERE id = $1 AND version = $2 AND adopted_at IS NULL";

/// The values of [`ADOPT`].
pub(super) fn adopted(adopts: &Adopts) -> Vec<Arg> {
    vec![adopts.id.as_str().into(), adopts.expected.into(), time::text(adopts.at).into()]
}

fn row(row: &PlainRow) -> Result<ScenarioRow, StoreError> {
    let id = row.text(0)?;
    let strange = || sqlx::Error::Decode(format!("{id:?} names no scenario").into());
    Ok(ScenarioRow {
        id: ScenarioId::read(&id).ok_or_else(strange)?,
        version: row.int(1)?,
        name: row.text(2)?,
        description: row.text(3)?,
        count: usize::try_from(row.int(4)?).unwrap_or(0),
        owner: UserId(row.int(5)?),
        owner_name: row.text(6)?,
        created_at: time::read(&row.text(7)?)?,
        updated_at: time::read(&row.text(8)?)?,
        adopted_at: row.maybe(9)?.map(|text| time::read(&text)).transpose()?,
    })
}

async fn find(tx: &mut PlainTx, id: &ScenarioId) -> Result<Option<(ScenarioRow, Vec<Measure>)>, StoreError> {
    let Some(found) = tx.row(ONE, vec![id.as_str().into()]).await? else { return Ok(None) };
    Ok(Some((row(&found)?, serde_json::from_str(&found.text(10)?).map_err(garbled)?)))
}

/// What the audit tells of the scenario, if it is the version that the writer saw.
async fn expect(tx: &mut PlainTx, id: &ScenarioId, expected: i64) -> Result<Value, ScenarioUnchanged> {
    let (row, measures) = find(tx, id).await?.ok_or(ScenarioUnchanged::NoScenario)?;
    if row.version != expected {
        return Err(ScenarioUnchanged::LostUpdate { actual: row.version });
    }
    Ok(json!({"name": row.name, "description": row.description, "measures": measures, "version": row.version}))
}

/// Name, description, measures and their number.
fn values(draft: &Draft) -> Result<[Arg; 4], StoreError> {
    let measures = serde_json::to_string(&draft.measures).map_err(garbled)?;
    let count = draft.measures.len() as i64;
    Ok([draft.name.clone().into(), draft.description.clone().into(), measures.into(), count.into()])
}

impl Store {
    /// Scenarios of one owner, or all; the one that was changed last first.
    pub async fn scenarios(&self, owner: Option<UserId>) -> Result<Vec<ScenarioRow>, StoreError> {
        self.plain_read().await?.rows(LIST, vec![owner.map(|id| id.0).into()]).await?.iter().map(row).collect()
    }

    pub async fn scenario(&self, id: &ScenarioId) -> Result<Option<(ScenarioRow, Vec<Measure>)>, StoreError> {
        find(&mut self.plain_read().await?, id).await
    }

    pub async fn add_scenario(
        &self,
        id: &ScenarioId,
        owner: UserId,
        draft: &Draft,
        stamp: &Stamp,
    ) -> Result<ScenarioRow, ScenarioUnchanged> {
        let mut tx = self.plain_write().await?;
        let there = tx.row(COUNT, Vec::new()).await?.map_or(Ok(0), |row| row.int(0))?;
        if there >= MOST as i64 {
            return Err(ScenarioUnchanged::TooMany);
        }
        let at = time::text(stamp.at);
        let args = [id.as_str().into()].into_iter().chain(values(draft)?).chain([owner.0.into(), at.into()]);
        tx.run(ADD, args.collect()).await?;
        audit::add(&mut tx, &Entry::new(stamp, "scenario.create").on(id.as_str()).after(json!(draft))).await?;
        written(tx, id).await
    }

    pub async fn replace_scenario(
        &self,
        id: &ScenarioId,
        expected: i64,
        draft: &Draft,
        stamp: &Stamp,
    ) -> Result<ScenarioRow, ScenarioUnchanged> {
        let mut tx = self.plain_write().await?;
        let before = expect(&mut tx, id, expected).await?;
        let args = [id.as_str().into()].into_iter().chain(values(draft)?).chain([time::text(stamp.at).into()]);
        // A batch may adopt it at this very moment: it holds another lock.
        if tx.run(REPLACE, args.collect()).await? == 0 {
            return Err(ScenarioUnchanged::Adopted);
        }
        let line = Entry::new(stamp, "scenario.update").on(id.as_str()).before(before).after(json!(draft));
        audit::add(&mut tx, &line).await?;
        written(tx, id).await
    }

    pub async fn remove_scenario(
        &self,
        id: &ScenarioId,
        expected: i64,
        stamp: &Stamp,
    ) -> Result<(), ScenarioUnchanged> {
        let mut tx = self.plain_write().await?;
        let before = expect(&mut tx, id, expected).await?;
        tx.run(REMOVE, vec![id.as_str().into()]).await?;
        audit::add(&mut tx, &Entry::new(stamp, "scenario.delete").on(id.as_str()).before(before)).await?;
        Ok(tx.commit().await?)
    }
}

/// Ends the transaction; the scenario as it is now.
async fn written(mut tx: PlainTx, id: &ScenarioId) -> Result<ScenarioRow, ScenarioUnchanged> {
    let (row, _) = find(&mut tx, id).await?.ok_or(ScenarioUnchanged::NoScenario)?;
    tx.commit().await?;
    Ok(row)
}
