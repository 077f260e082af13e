//! One row of a file, in no layer's terms yet.

use geo::{Geometry, MapCoords};
use serde_json::{Map, Value};

/// A row as the file has it. Its properties have the file's column names.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Where it stands: the line of a table, the number of a feature, from 1.
    pub row: usize,
    /// `None` when the file has no place for a geometry.
    pub geometry: Option<Result<Geometry, String>>,
    /// An empty cell is null.
    pub properties: Map<String, Value>,
    /// The source's own key, outside the properties.
    pub id: Option<String>,
    /// What is wrong with the row as such.
    pub fault: Option<String>,
}

/// A property that every exported row of a demo town carries.
pub const SYNTHETIC: &str = "synthetic";

/// Columns that say where a row of an export came from; not properties of the layer.
pub const PROVENANCE: [&str; 6] = ["id", "source", "ref", SYNTHETIC, "version", "updated_at"];

/// The geometry with 7 decimals (a centimetre), as it is written everywhere.
pub fn rounded(geometry: &Geometry) -> Geometry {
    let round = |v: f64| (v * 1e7).round() / 1e7;
    geometry.map_coords(|c| geo::Coord { x: round(c.x), y: round(c.y) })
}
