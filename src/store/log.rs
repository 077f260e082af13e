//! A row of the change log as a value, the same for both databases. Pure.

use crate::atlas::{Change, FeatureId, Ident, Operation};

/// Reserved layer names in the log: what changed is no feature.
pub const NETWORK: &str = "network";
pub const LAYER: &str = "layer";
pub const META: &str = "meta";
/// A case of dispatch; whoever may not see it is told nothing of it.
pub const ISSUE: &str = "issue";

/// `None` when somebody wrote nonsense into the log.
pub fn change(seq: i64, layer: String, id: i64, op: &str) -> Option<Change> {
    let op = match op {
        "insert" => Operation::Insert,
        "update" => Operation::Update,
        "delete" => Operation::Delete,
        _ => return None,
    };
    Some(Change { seq, layer: Ident::new(layer).ok()?, id: FeatureId(id), op })
}
