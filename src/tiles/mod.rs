//! Vector tiles (Mapbox Vector Tile 2) of a snapshot's layers: project, clip, simplify, encode,
//! cache; and the TileJSON and MapLibre style that go with them. Reads no file. Who may see what
//! was decided when the snapshot was made; personal data never enter a tile, whoever asks.

pub mod cache;
pub mod clip;
pub mod encode;
pub mod outline;
pub mod simplify;
pub mod style;
pub mod tilejson;

pub use cache::{CachedTile, TileCache};
pub use encode::tile;
pub use style::style;
pub use tilejson::tilejson;

use crate::atlas::layer::Access;
use crate::atlas::{CatalogueEntry, Ident, Property, Snapshot};

/// Units along a tile's side.
pub const EXTENT: i32 = 4096;

/// Units that a tile carries beyond each side, so that outlines do not end at its edge.
pub const BUFFER: i32 = 64;

/// Deepest zoom at which tiles are asked for; the map enlarges them beyond. A unit is 15 cm.
pub const SOURCE_MAX_ZOOM: u8 = 16;

/// The named layers that exist, in drawing order.
pub fn layers<'a>(snapshot: &'a Snapshot, wanted: &'a [Ident]) -> impl Iterator<Item = &'a CatalogueEntry> {
    snapshot.catalogue.iter().filter(|e| wanted.contains(&e.layer.id))
}

/// The properties that tiles of a layer carry: never restricted ones, which are personal.
pub fn carried(entry: &CatalogueEntry) -> impl Iterator<Item = &Property> {
    let named = |p: &&Property| entry.layer.tile_properties.contains(&p.name);
    entry.properties.iter().filter(named).filter(|p| p.access != Access::Restricted)
}
