//! The embedded database: one file, itself a GeoPackage. One connection writes, a few read;
//! the write-ahead log lets them do so at the same time.

mod changes;
mod features;
mod layers;
mod meta;
mod network;
mod open;
pub(super) mod plain;
mod presence;
mod write;

use super::StoreError;
use crate::atlas::Catalogue;
use presence::Presence;
use sqlx::{Sqlite, SqlitePool, Transaction};
use std::sync::Arc;

/// An open GeoPackage.
#[derive(Debug, Clone)]
pub struct Db {
    read: SqlitePool,
    /// Holds one connection only.
    write: SqlitePool,
    presence: Arc<Presence>,
    built_in: Arc<Catalogue>,
}

/// The present as GeoPackage and RFC 3339 write it.
const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%fZ','now')";

impl Db {
    /// A transaction that holds the write lock from its start.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.write.begin_with("BEGIN IMMEDIATE").await?)
    }

    pub async fn close(self) {
        self.read.close().await;
        let emptied = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.write).await;
        match emptied.map_err(StoreError::from) {
            // What can only be read has no log to empty.
            Ok(_) | Err(StoreError::ReadOnly) => {}
            Err(error) => tracing::warn!(%error, "the write-ahead log was not emptied"),
        }
        self.write.close().await;
    }
}
