//! What a network is built from: ways with their tags as OpenStreetMap writes them, and what
//! cannot be crossed. An import and the demo towns both end here.

use crate::geometry::LonLat;
use std::collections::HashMap;

/// OSM tags of a way or node. Few, so a list.
pub type Tags = Vec<(String, String)>;

/// Value of a tag.
pub fn tag<'a>(tags: &'a Tags, key: &str) -> Option<&'a str> {
    tags.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
}

/// One way: a polyline over shared points. Ways meet where they share a point's index.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Street {
    pub points: Vec<u32>,
    pub tags: Tags,
}

/// Why a line or an area stops people off the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BarrierKind {
    /// An area: no step may lie in it.
    Water,
    Railway,
    Motorway,
    Wall,
}

/// Something that a step off the network may not cross.
#[derive(Debug, Clone, PartialEq)]
pub struct Barrier {
    pub kind: BarrierKind,
    /// A line that may not be crossed or, for water, a polygon that may not be entered; WGS 84.
    pub geometry: geo::Geometry,
}

/// All input of a network.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Streets {
    pub points: Vec<LonLat>,
    /// Tags of points that matter on foot (gates, kerbs, signals, entrances), by index.
    pub point_tags: HashMap<u32, Tags>,
    /// Every way that anyone might walk; the foot rules of `walk` decide.
    pub ways: Vec<Street>,
    /// Areas that are crossed inside: the numbers of the ways that are their rims, outer and inner.
    pub plazas: Vec<Vec<u32>>,
    pub barriers: Vec<Barrier>,
    /// Gates on walls, whether or not a way passes them.
    pub gates: Vec<LonLat>,
    /// The sea; its coastlines are barriers of their own.
    pub sea: Option<geo::MultiPolygon>,
    /// File name or `demo:nankang`; shown with every answer.
    pub source: String,
    /// Where the data end, WGS 84 (west, south, east, north), when the source says so.
    pub bounds: Option<crate::geometry::BBox>,
}
