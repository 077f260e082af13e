//! A feature: one row of a layer, and the changes that happen to it.

use super::layer::{Ident, Layer};
use crate::geometry::{BBox, LonLat};
use geo::Intersects;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Number of a feature inside its layer; the item id of the API and of tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeatureId(pub i64);

/// Where a feature came from.
pub mod source {
    /// Made by `wangge demo`: synthetic, and labelled so wherever it is shown.
    pub const DEMO: &str = "demo";
    pub const OSM: &str = "osm";
    pub const IMPORT: &str = "import";
    /// Drawn or changed by hand, here or in another program.
    pub const EDIT: &str = "edit";
}

/// A feature that is not stored yet.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFeature {
    /// WGS 84.
    pub geometry: geo::Geometry,
    /// As the layer's schema names them; names it does not know go to the `extra` column.
    pub properties: Map<String, Value>,
    /// One of [`source`].
    pub source: String,
    /// The source's own key, e.g. `way/123`.
    pub reference: Option<String>,
}

/// A stored feature.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    pub id: FeatureId,
    /// Counts the writes to this feature; the ETag of the item.
    pub version: i64,
    pub geometry: geo::Geometry,
    pub properties: Map<String, Value>,
    pub source: String,
    pub reference: Option<String>,
    /// RFC 3339.
    pub updated_at: String,
    /// Box of the geometry, kept because everything asks for it.
    pub bbox: BBox,
}

impl Feature {
    pub fn text(&self, property: Option<&Ident>) -> Option<&str> {
        self.properties.get(property?.as_str())?.as_str()
    }

    pub fn name(&self, layer: &Layer) -> Option<&str> {
        self.text(layer.roles.name.as_ref())
    }

    pub fn code(&self, layer: &Layer) -> Option<&str> {
        self.text(layer.roles.code.as_ref())
    }

    /// Whether a position lies on the feature or inside it.
    pub fn covers(&self, at: LonLat) -> bool {
        self.bbox.contains(at) && self.geometry.intersects(&geo::Point(at.coord()))
    }

    pub fn is_synthetic(&self) -> bool {
        self.source == source::DEMO
    }
}

/// What happened to a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    Insert,
    Update,
    Delete,
}

/// One row of the change log, made by a database trigger in the same transaction as the write.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub seq: i64,
    pub layer: Ident,
    pub id: FeatureId,
    pub op: Operation,
}
