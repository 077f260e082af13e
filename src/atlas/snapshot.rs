//! The snapshot: everything a query needs, at one moment of the change log.

use super::catalogue::Catalogue;
use super::feature::{Feature, FeatureId};
use super::layer::Ident;
use crate::walk::Network;
use rstar::{AABB, RTree, RTreeObject};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The place this database serves, shown as the page's title and first view.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// `nankang`, …; empty when the operator loaded own data.
    pub key: String,
    pub name: Option<super::layer::Title>,
    /// Longitude and latitude of the first view.
    pub centre: Option<[f64; 2]>,
    pub zoom: Option<f64>,
    /// The data were made by `wangge demo`.
    pub synthetic: bool,
    /// Data attribution shown on the map, e.g. of OpenStreetMap.
    pub attribution: Option<String>,
}

/// A feature in the spatial index.
#[derive(Debug, Clone)]
pub struct Indexed(pub Arc<Feature>);

impl RTreeObject for Indexed {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        let b = self.0.bbox;
        AABB::from_corners([b.west, b.south], [b.east, b.north])
    }
}

/// All features of one layer, by id and by place.
#[derive(Debug, Clone, Default)]
pub struct LayerData {
    pub features: BTreeMap<FeatureId, Arc<Feature>>,
    pub index: RTree<Indexed>,
    /// Sequence number of the last change applied; the tile cache's key.
    pub version: i64,
}

/// The map at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub seq: i64,
    pub place: Place,
    pub catalogue: Arc<Catalogue>,
    pub layers: HashMap<Ident, Arc<LayerData>>,
    pub network: Option<Arc<Network>>,
}
