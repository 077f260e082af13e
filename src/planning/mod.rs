//! Planning on a snapshot: life circles, the nearest places, the way there; who lacks what, and
//! what to do. Pure computation on the walking field; knows no store, no file, no clock.

pub mod coverage;
pub mod error;
pub mod explain;
pub mod extent;
pub mod grid_size;
pub mod life_circle;
pub mod matrix;
pub mod missing_links;
#[cfg(test)]
mod missing_tests;
pub mod nearest;
pub mod parking;
pub mod population;
pub mod reached;
pub mod run;
pub mod scenario;
pub mod scope;
pub mod score;
pub mod siting;
#[cfg(test)]
mod testing;
pub mod walk_route;

pub use coverage::{Coverage, CoverageQuery, coverage};
pub use error::WalkError;
pub use explain::{ExplainQuery, Explanation, explain};
pub use extent::Extent;
pub use life_circle::{Band, LifeCircle, LifeCircleQuery, ReachedFacility, life_circle};
pub use matrix::{Matrix, MatrixQuery, matrix};
pub use nearest::{By, Near, NearestQuery, Wanted, nearest};
pub use reached::{StreetsReached, WalkTimes, streets_reached, walk_times};
pub use run::{Cancelled, Run};
pub use scope::Scope;
pub use siting::{Siting, SitingQuery, siting};
pub use walk_route::walk_route;
