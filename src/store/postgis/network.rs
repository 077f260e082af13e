//! The walking network: one row, replaced whole.

use super::Db;
use crate::store::{NetworkArtefact, StoreError};
use sqlx::{PgConnection, Row as _};

impl Db {
    pub async fn network(&self) -> Result<Option<NetworkArtefact>, StoreError> {
        let sql = "SELECT bytes, source, built_at FROM network WHERE number = 1";
        let Some(row) = sqlx::query(sql).fetch_optional(&self.pool).await? else { return Ok(None) };
        Ok(Some(NetworkArtefact { bytes: row.try_get(0)?, source: row.try_get(1)?, built_at: row.try_get(2)? }))
    }
}

pub(super) async fn put(db: &mut PgConnection, network: NetworkArtefact) -> Result<(), StoreError> {
    let sql = "INSERT INTO network (number, bytes, source, built_at) VALUES (1, $1, $2, $3) ON CONFLICT (number) \
               DO UPDATE SET bytes = excluded.bytes, source = excluded.source, built_at = excluded.built_at";
    sqlx::query(sql).bind(network.bytes).bind(network.source).bind(network.built_at).execute(db).await?;
    Ok(())
}
