//! Positions, metres, seconds, planes, datums and tiles. Knows no layer, no network, no I/O.

pub mod datum;
pub mod plane;
pub mod simple;
pub mod tile;
pub mod units;
pub mod validity;

pub use plane::{Plane, Xy, ground_distance};
pub use tile::TileCoord;
pub use units::{BBox, LonLat, Metres, PositionError, Seconds};
