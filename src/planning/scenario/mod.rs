//! What if: places added, moved or closed, paths, gates and bridges added, streets closed. A scenario
//! is a list of measures; applied to a map it gives another map, on which everything can be asked
//! that can be asked of the first. Touches no store; nothing is written until somebody adopts it.

mod apply;
mod compare;
#[cfg(test)]
mod tests;

pub use apply::{Applied, apply};
pub use compare::{AreaChange, Change, Comparison, HomeChange, compare};

use crate::atlas::{FeatureId, Ident};
use crate::geometry::LonLat;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The layer of drawn links.
pub const LINK_LAYER: &str = "footpath";

/// One thing done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// A new place or, in the layer `footpath`, a new path, gate or bridge.
    Add {
        layer: Ident,
        geometry: geojson::Geometry,
        #[serde(default)]
        properties: Map<String, Value>,
    },
    /// A place moves: what is shown at its anchor is then at `to`.
    Move { layer: Ident, id: FeatureId, to: LonLat },
    /// A place closes, or a drawn link goes.
    Close { layer: Ident, id: FeatureId },
    /// Nobody may walk on the street at this place any more, from crossing to crossing.
    CloseStreet { at: LonLat },
}

/// Why a measure cannot be taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MeasureError {
    #[error("there is no layer {0}")]
    UnknownLayer(Ident),
    #[error("{0} is no layer of places or links")]
    NoPlaces(Ident),
    #[error("{0} has no feature {1}")]
    UnknownFeature(Ident, i64),
    #[error("{field}: {detail}")]
    Faulty { field: String, detail: String },
    #[error("there is no street within {} m", apply::STREET_WITHIN.0)]
    NoStreet,
    #[error("there is no walking network yet: import streets first")]
    NoNetwork,
}

/// A scenario that cannot be applied: which measure, counted from 0, and why.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("measure {number}: {why}")]
pub struct ScenarioError {
    pub number: usize,
    pub why: MeasureError,
}
