//! What if: places added, moved or closed, paths, gates and bridges added, streets closed. A scenario
//! is a list of measures; applied to a map it gives another map, on which everything can be asked
//! that can be asked of the first. Touches no store; nothing is written until somebody adopts it.

mod apply;
mod compare;
mod pair;
#[cfg(test)]
mod tests;

pub use apply::{Applied, apply};
pub use compare::{AreaChange, Change, Comparison, HomeChange, Shift, compare, shift};

use crate::atlas::links::CLOSES_WITHIN;
use crate::atlas::{FeatureId, Ident};
use crate::geometry::LonLat;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Names a kept scenario; nobody can guess it, so a link that holds it is the key to reading.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScenarioId(String);

impl ScenarioId {
    /// From fresh random bytes.
    pub fn new(random: [u8; 16]) -> Self {
        Self(random.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// As [`Self::as_str`] writes it.
    pub fn read(text: &str) -> Option<Self> {
        let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 32 && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What somebody wants to try.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Draft {
    pub name: String,
    pub description: String,
    pub measures: Vec<Measure>,
}

/// One thing done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// A new place or, in the layer `footpath`, a new path, gate or bridge. Later measures know it by
    /// the number -1 - N, when this is measure N, counted from 0.
    Add {
        layer: Ident,
        geometry: geojson::Geometry,
        #[serde(default)]
        properties: Map<String, Value>,
    },
    /// A place moves: what is shown at its anchor is then at `to`.
    Move {
        layer: Ident,
        id: FeatureId,
        #[serde(with = "pair")]
        to: LonLat,
    },
    /// A place closes, or a drawn link goes.
    Close { layer: Ident, id: FeatureId },
    /// Nobody may walk on the street at this place any more, from crossing to crossing: a feature of
    /// the layer `street_closure` that is known to be near a street.
    CloseStreet {
        #[serde(with = "pair")]
        at: LonLat,
    },
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
    #[error("there is no street within {} m", CLOSES_WITHIN.0)]
    NoStreet,
    #[error("there is no walking network yet: import streets first")]
    NoNetwork,
}

impl MeasureError {
    /// The member of the measure, or the property of what it adds, that is at fault.
    pub fn member(&self) -> &str {
        match self {
            Self::UnknownLayer(_) | Self::NoPlaces(_) => "layer",
            Self::UnknownFeature(..) => "id",
            Self::Faulty { field, .. } => field,
            Self::NoStreet | Self::NoNetwork => "at",
        }
    }
}

/// A scenario that cannot be applied: which measure, counted from 0, and why.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("measure {number}: {why}")]
pub struct ScenarioError {
    pub number: usize,
    pub why: MeasureError,
}
