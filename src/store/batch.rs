//! What is written together: a list of operations, done in one transaction or not at all.

use crate::accounts::audit::Entry;
use crate::atlas::{FeatureId, Ident, NewFeature};
use crate::planning::scenario::ScenarioId;
use chrono::{DateTime, Utc};

/// One transaction's worth of writing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    pub ops: Vec<Op>,
    /// Replaces the walking network.
    pub network: Option<NetworkArtefact>,
    /// Settings to put, by key (`place`, …), as JSON.
    pub meta: Vec<(String, serde_json::Value)>,
    /// The scenario whose measures these are: it counts as adopted from now on.
    pub adopts: Option<Adopts>,
    /// Lines for the audit.
    pub audit: Vec<Entry>,
}

/// Which scenario is adopted, as its reader saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopts {
    pub id: ScenarioId,
    pub expected: i64,
    pub at: DateTime<Utc>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// Adds features; the database numbers them.
    Insert {
        layer: Ident,
        features: Vec<NewFeature>,
    },
    /// Replaces one feature; `expected` is the version the writer saw, a different one is a
    /// lost update.
    Update {
        layer: Ident,
        id: FeatureId,
        expected: Option<i64>,
        feature: NewFeature,
    },
    Delete {
        layer: Ident,
        id: FeatureId,
        expected: Option<i64>,
    },
    /// Deletes all features of the layer that came from `source` (`None`: all).
    Clear {
        layer: Ident,
        source: Option<String>,
    },
}

/// The walking network as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkArtefact {
    pub bytes: Vec<u8>,
    pub source: String,
    /// RFC 3339.
    pub built_at: String,
}

/// What a batch did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Ids of inserted features, in order of the operations.
    pub inserted: Vec<FeatureId>,
    pub updated: usize,
    pub deleted: usize,
    /// Last sequence number of the change log after the transaction.
    pub seq: i64,
}
