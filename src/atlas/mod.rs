//! The map in memory: layers as data, features, the area tree, and what can be asked of them
//! without I/O. A [`Snapshot`] never changes; a new one replaces it whole.

pub mod areas;
pub mod catalogue;
pub mod category;
pub mod data;
pub mod doors;
pub mod facility;
pub mod feature;
pub mod holidays;
pub mod hours;
pub mod layer;
pub mod links;
pub mod locate;
pub mod names;
mod part;
pub mod search;
pub mod snapshot;
#[cfg(test)]
pub mod testing;
pub mod topology;
pub mod validate;

pub use catalogue::{Catalogue, CatalogueEntry, CatalogueError};
pub use category::Category;
pub use data::LayerData;
pub use doors::Doors;
pub use facility::{Facility, Home};
pub use feature::{Change, Feature, FeatureId, NewFeature, Operation};
pub use holidays::Holidays;
pub use hours::Hours;
pub use layer::{Ident, Layer, Property};
pub use locate::{AreaRef, Location, Worker, locate};
pub use search::{SearchHit, SearchQuery, search};
pub use snapshot::{LayerChange, Place, Snapshot, SnapshotParts};
pub use validate::{Fault, validate};
