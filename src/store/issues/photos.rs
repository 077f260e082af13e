//! Photos of cases, as JPEG, each with the event that it came with.

use super::{IssueId, moment};
use crate::dispatch::{Event, What, Who};
use crate::store::plain::{Arg, PlainTx};
use crate::store::{Store, StoreError};
use chrono::{DateTime, Utc};

/// A photo without its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoRow {
    pub id: i64,
    pub event: u32,
    pub at: DateTime<Utc>,
    pub by_reporter: bool,
}

const PUT: &str = "INSERT INTO wangge_issue_photo (issue_id, event, jpeg) VALUES ($1, $2, $3)";
const LIST: &str = "SELECT p.id, p.event, e.at, e.body FROM wangge_issue_photo p \
    JOIN wangge_issue_event e ON e.issue_id = p.issue_id AND e.number = p.event WHERE p.issue_id = $1 ORDER BY p.id";
const GET: &str = "SELECT jpeg FROM wangge_issue_photo WHERE issue_id = $1 AND id = $2";

pub async fn put(tx: &mut PlainTx, id: IssueId, event: u32, jpegs: &[Vec<u8>]) -> Result<(), StoreError> {
    for jpeg in jpegs {
        tx.run(PUT, vec![id.0.into(), i64::from(event).into(), Arg::Bytes(jpeg.clone())]).await?;
    }
    Ok(())
}

impl Store {
    /// The case's photos, in order.
    pub async fn issue_photos(&self, id: IssueId) -> Result<Vec<PhotoRow>, StoreError> {
        let rows = self.plain_read().await?.rows(LIST, vec![id.0.into()]).await?;
        let row = |row: &crate::store::plain::PlainRow| {
            let event: Event = serde_json::from_str(&row.text(3)?).map_err(super::garbled)?;
            let by_reporter = event.who == Who::Reporter || event.what == What::Reported;
            let number = u32::try_from(row.int(1)?).unwrap_or(0);
            Ok(PhotoRow { id: row.int(0)?, event: number, at: moment(row.int(2)?), by_reporter })
        };
        rows.iter().map(row).collect()
    }

    /// The bytes of one of the case's photos.
    pub async fn issue_photo(&self, id: IssueId, photo: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.plain_read().await?.row(GET, vec![id.0.into(), photo.into()]).await?;
        row.map(|row| row.bytes(0)).transpose()
    }
}
