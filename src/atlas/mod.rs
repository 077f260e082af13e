//! The map in memory: layers as data, features, the area tree, and what can be asked of them
//! without I/O. A [`Snapshot`] never changes; a new one replaces it whole.

pub mod catalogue;
pub mod category;
pub mod feature;
pub mod layer;
pub mod snapshot;

pub use catalogue::{Catalogue, CatalogueEntry, CatalogueError};
pub use category::Category;
pub use feature::{Change, Feature, FeatureId, NewFeature, Operation};
pub use layer::{Ident, Layer, Property};
pub use snapshot::{LayerData, Snapshot};
