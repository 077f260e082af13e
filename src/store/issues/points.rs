//! Cases as points of a map; where there are many, summed by cells.

use super::filter::Condition;
use super::{IssueFilter, degrees};
use crate::atlas::Ident;
use crate::dispatch::{CaseNumber, State};
use crate::geometry::{BBox, LonLat};
use crate::store::plain::PlainRow;
use crate::store::{Store, StoreError};

/// One point of the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The middle of its cases.
    pub at: LonLat,
    pub count: u64,
    pub overdue: u64,
    pub warned: u64,
    /// Where it is one case only.
    pub only: Option<(CaseNumber, Ident, State)>,
}

/// What is to be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Points {
    pub bbox: BBox,
    /// Width of a cell when there are too many points, degrees.
    pub cell: f64,
    pub most: u32,
}

/// Longitudes and latitudes are counted from here, so that no quotient is negative.
const BASE: i64 = 1_800_000_000;

fn at(lon_e7: i64, lat_e7: i64) -> Option<LonLat> {
    LonLat::new(degrees(lon_e7), degrees(lat_e7)).ok()
}

fn count(row: &PlainRow, column: usize) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.int(column)?).unwrap_or(0))
}

impl Store {
    /// The cases in the box: each by itself when there are few, else summed.
    pub async fn issue_points(&self, filter: &IssueFilter, points: Points) -> Result<Vec<Cell>, StoreError> {
        let filter = IssueFilter { bbox: Some(points.bbox), ..filter.clone() };
        let mut condition = Condition::of(&filter);
        let most = condition.bind(i64::from(points.most) + 1);
        let sql = format!(
            "SELECT i.lon_e7, i.lat_e7, i.missed, i.warned, i.number, i.category, i.state FROM wangge_issue i{} \
             LIMIT {most}",
            condition.sql()
        );
        let mut tx = self.plain_read().await?;
        let rows = tx.composed(sql, condition.args).await?;
        if rows.len() <= points.most as usize {
            let cells: Result<Vec<Option<Cell>>, StoreError> = rows.iter().map(single).collect();
            return Ok(cells?.into_iter().flatten().collect());
        }
        let mut condition = Condition::of(&filter);
        let width = condition.bind(((points.cell * 1e7) as i64).max(1));
        // Numbers and not names in GROUP BY: PostgreSQL takes a bound value for another one each time.
        let sql = format!(
            "SELECT (i.lon_e7 + {BASE}) / {width} AS x, (i.lat_e7 + {BASE}) / {width} AS y, count(*), \
             count(*) FILTER (WHERE i.missed), count(*) FILTER (WHERE i.warned), \
             CAST(sum(i.lon_e7) / count(*) AS bigint), CAST(sum(i.lat_e7) / count(*) AS bigint) \
             FROM wangge_issue i{} GROUP BY 1, 2",
            condition.sql()
        );
        let rows = tx.composed(sql, condition.args).await?;
        let cells: Result<Vec<Option<Cell>>, StoreError> = rows.iter().map(cell).collect();
        Ok(cells?.into_iter().flatten().collect())
    }
}

fn single(row: &PlainRow) -> Result<Option<Cell>, StoreError> {
    let (category, state) = (Ident::new(row.text(5)?), State::read(&row.text(6)?));
    let only = category.ok().zip(state);
    let number = CaseNumber(row.text(4)?);
    let (overdue, warned) = (u64::from(row.bool(2)?), u64::from(row.bool(3)?));
    let only = only.map(|(category, state)| (number, category, state));
    let at = at(row.int(0)?, row.int(1)?);
    Ok(at.map(|at| Cell { at, count: 1, overdue, warned, only }))
}

fn cell(row: &PlainRow) -> Result<Option<Cell>, StoreError> {
    let (count, overdue, warned) = (count(row, 2)?, count(row, 3)?, count(row, 4)?);
    let at = at(row.int(5)?, row.int(6)?);
    Ok(at.map(|at| Cell { at, count, overdue, warned, only: None }))
}
