//! The change log. Triggers write it, this reads it. Writers queue on a lock (see
//! `migrations/postgis/`), so rows become visible in the order of their numbers.

use super::Db;
use crate::atlas::Change;
use crate::store::StoreError;
use crate::store::log::change;
use sqlx::Row as _;

impl Db {
    pub async fn last_seq(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM change").fetch_one(&self.pool).await?)
    }

    pub async fn changes_since(&self, seq: i64, limit: usize) -> Result<Vec<Change>, StoreError> {
        let sql = "SELECT seq, layer, id, op FROM change WHERE seq > $1 ORDER BY seq LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut out = Vec::new();
        for row in sqlx::query(sql).bind(seq).bind(limit).fetch_all(&self.pool).await? {
            out.extend(change(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?));
        }
        Ok(out)
    }
}
