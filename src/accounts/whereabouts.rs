//! Where something lies, as far as the rights over it are concerned.

use crate::atlas::layer::{AreaRole, Layer};
use crate::atlas::{CatalogueEntry, Feature, FeatureId, NewFeature};
use crate::geometry::LonLat;
use geo::{Geometry, InteriorPoint};
use serde_json::{Map, Value};

/// Where something lies.
#[derive(Debug, Clone, Copy)]
pub enum Where<'a> {
    /// In no one area: a layer as such, an account without one. Only who holds a right
    /// everywhere holds it here.
    Everywhere,
    At(LonLat),
    Feature {
        layer: &'a Layer,
        /// `None`: not stored yet.
        id: Option<FeatureId>,
        geometry: &'a Geometry,
        properties: &'a Map<String, Value>,
    },
}

impl<'a> Where<'a> {
    pub fn of(entry: &'a CatalogueEntry, feature: &'a Feature) -> Self {
        let Feature { geometry, properties, .. } = feature;
        Self::Feature { layer: &entry.layer, id: Some(feature.id), geometry, properties }
    }

    /// A feature as it is to be written; `id` when it replaces one.
    pub fn of_new(entry: &'a CatalogueEntry, id: Option<FeatureId>, feature: &'a NewFeature) -> Self {
        Self::Feature { layer: &entry.layer, id, geometry: &feature.geometry, properties: &feature.properties }
    }

    /// One point that stands for the whole, inside it.
    pub(super) fn point(&self) -> Option<LonLat> {
        match self {
            Self::Everywhere => None,
            Self::At(at) => Some(*at),
            Self::Feature { geometry: Geometry::Point(p), .. } => LonLat::try_from(p.0).ok(),
            Self::Feature { geometry, .. } => LonLat::try_from(geometry.interior_point()?.0).ok(),
        }
    }

    /// The level in the area tree and the parent's code, where it is an area of the tree.
    pub(super) fn level(&self) -> Option<(u8, Option<&'a str>)> {
        let Self::Feature { layer, properties, .. } = *self else { return None };
        let Some(AreaRole::Level(level)) = layer.area else { return None };
        let parent = layer.roles.parent.as_ref().and_then(|p| properties.get(p.as_str())).and_then(Value::as_str);
        Some((level, parent))
    }

    pub(super) fn is(&self, layer: &str, id: FeatureId) -> bool {
        matches!(self, Self::Feature { layer: own, id: Some(own_id), .. } if own.id.as_str() == layer && *own_id == id)
    }
}
