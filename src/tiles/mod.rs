//! Vector tiles (Mapbox Vector Tile 2) of the snapshot's public layers: project, clip, simplify,
//! encode, cache; and the TileJSON and MapLibre style that go with them. Reads no file and asks
//! nobody who may see what: layers and properties that are not public never enter a tile.

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
use crate::atlas::{CatalogueEntry, Ident, Snapshot};

/// Units along a tile's side.
pub const EXTENT: i32 = 4096;

/// Units that a tile carries beyond each side, so that outlines do not end at its edge.
pub const BUFFER: i32 = 64;

/// Deepest zoom at which tiles are asked for; the map enlarges them beyond. A unit is 15 cm.
pub const SOURCE_MAX_ZOOM: u8 = 16;

/// The named layers that exist and everybody may see, in drawing order.
pub fn public_layers<'a>(snapshot: &'a Snapshot, wanted: &'a [Ident]) -> impl Iterator<Item = &'a CatalogueEntry> {
    let public = snapshot.catalogue.iter().filter(|e| e.layer.access == Access::Public);
    public.filter(|e| wanted.contains(&e.layer.id))
}
