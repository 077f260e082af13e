//! The shared database: PostgreSQL with PostGIS, for as many server processes as wanted.
//! Writers queue on one lock (see `migrations/postgis/`), readers never wait.

mod changes;
mod features;
mod layers;
mod meta;
mod network;
mod open;
pub(super) mod plain;
mod write;

use super::StoreError;
use crate::atlas::Catalogue;
use sqlx::{PgPool, Postgres, Transaction};
use std::sync::Arc;

/// An open PostGIS database.
#[derive(Debug, Clone)]
pub struct Db {
    pool: PgPool,
    built_in: Arc<Catalogue>,
}

impl Db {
    /// A transaction that holds the writers' lock (the one of `wangge_writer()`) from its start.
    async fn begin(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let sql = "SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(7764512943611246)";
        sqlx::raw_sql(sql).execute(&mut *tx).await?;
        Ok(tx)
    }

    pub async fn close(self) {
        self.pool.close().await;
    }
}
