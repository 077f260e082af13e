//! Two databases, one behaviour. SQL lives only here. A method exists in both
//! [`geopackage`] and [`postgis`] under the same file name, and has a contract test that runs
//! on both. Knows nothing of walking, tiles or HTTP.

pub mod accounts;
pub mod audit;
pub mod batch;
pub mod error;
pub mod geopackage;
pub mod issues;
pub mod layers;
pub mod log;
mod plain;
pub mod postgis;
pub mod row;
pub mod scenarios;
pub mod schema;
mod time;
pub mod url;
pub mod wkb;

pub use accounts::AccountError;
pub use audit::{AuditQuery, AuditRow};
pub use batch::{Adopts, Batch, NetworkArtefact, Op, Written};
pub use error::{StoreError, WriteError};
pub use row::{Loaded, SetAside};
pub use scenarios::{ScenarioRow, ScenarioUnchanged};
pub use url::{DatabaseUrl, DatabaseUrlError};

use crate::accounts::audit::Entry;
use crate::atlas::{Catalogue, CatalogueEntry, Change, FeatureId, Layer};
use serde_json::Value;

/// An open database. Cheap to clone; clones share the connections.
#[derive(Debug, Clone)]
pub enum Store {
    Geopackage(geopackage::Db),
    Postgis(postgis::Db),
}

/// Calls the same method of whichever database it is.
macro_rules! either {
    ($store:expr, $db:ident => $call:expr) => {
        match $store {
            Store::Geopackage($db) => $call.await,
            Store::Postgis($db) => $call.await,
        }
    };
}

impl Store {
    /// Opens or makes a database: runs the migrations that are missing and makes or extends the
    /// tables of all layers. One that a newer program migrated is refused.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        match url {
            DatabaseUrl::Geopackage(path) => geopackage::Db::open(path).await.map(Self::Geopackage),
            DatabaseUrl::Postgis(url) => postgis::Db::open(url).await.map(Self::Postgis),
        }
    }

    /// The built-in layers and those added at run time. A stored descriptor that another
    /// program broke is left out, with a warning in the log.
    pub async fn catalogue(&self) -> Result<Catalogue, StoreError> {
        either!(self, db => db.catalogue())
    }

    /// Adds a layer or replaces its descriptor. A property that is new gets a column; columns
    /// are never dropped, and none may change its type.
    pub async fn put_layer(&self, layer: &Layer) -> Result<(), StoreError> {
        either!(self, db => db.put_layer(layer))
    }

    /// Adds a layer that is not there yet, and the line of the audit that tells of it; `false` when
    /// there is one of this id.
    pub async fn add_layer(&self, layer: &Layer, entry: &Entry) -> Result<bool, StoreError> {
        either!(self, db => db.add_layer(layer, entry))
    }

    /// All features of a layer, by id.
    pub async fn load_layer(&self, entry: &CatalogueEntry) -> Result<Loaded, StoreError> {
        either!(self, db => db.load(entry, None))
    }

    /// Those of the features that exist, by id.
    pub async fn load_features(&self, entry: &CatalogueEntry, ids: &[FeatureId]) -> Result<Loaded, StoreError> {
        either!(self, db => db.load(entry, Some(ids)))
    }

    /// Does all of the batch in one transaction, or nothing of it. What it wrote is safe from a
    /// crash when this returns.
    pub async fn write(&self, batch: Batch) -> Result<Written, WriteError> {
        either!(self, db => db.write(batch))
    }

    /// Number of the newest change; 0 when there is none.
    pub async fn last_seq(&self) -> Result<i64, StoreError> {
        either!(self, db => db.last_seq())
    }

    /// The changes after `seq`, oldest first, `limit` at the most. A row becomes visible after
    /// all rows with lower numbers, so nothing is missed. A replaced network has the layer
    /// `network`, a changed descriptor `layer`, a changed setting `meta`.
    pub async fn changes_since(&self, seq: i64, limit: usize) -> Result<Vec<Change>, StoreError> {
        either!(self, db => db.changes_since(seq, limit))
    }

    pub async fn network(&self) -> Result<Option<NetworkArtefact>, StoreError> {
        either!(self, db => db.network())
    }

    /// A setting.
    pub async fn meta(&self, key: &str) -> Result<Option<Value>, StoreError> {
        either!(self, db => db.meta(key))
    }

    /// Waits for running queries, closes all connections of all clones, and leaves a
    /// GeoPackage as one file.
    pub async fn close(self) {
        either!(self, db => db.close());
    }
}
