//! What browsers and other listeners are told of a change.

use crate::atlas::{Change, FeatureId, Ident, Operation, Snapshot};
use crate::geometry::BBox;

/// One change that the map has taken in.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeEvent {
    pub seq: i64,
    /// A layer, or one of the log's own names: `network`, `layer`, `meta`.
    pub layer: Ident,
    pub id: FeatureId,
    pub op: Operation,
    /// Where the map looks different: around the feature before and after. `None`: anywhere.
    pub bbox: Option<BBox>,
}

impl ChangeEvent {
    pub fn new(change: &Change, before: &Snapshot, after: &Snapshot) -> Self {
        let layer = change.layer.as_str();
        let boxes = [before, after].into_iter().filter_map(|map| map.feature(layer, change.id)).map(|f| f.bbox);
        Self {
            seq: change.seq,
            layer: change.layer.clone(),
            id: change.id,
            op: change.op,
            bbox: boxes.reduce(BBox::union),
        }
    }
}
