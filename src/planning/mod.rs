//! Planning on a snapshot: life circles, the nearest places, the way there. Pure computation on
//! the walking field; knows no store, no file, no clock.

pub mod error;
pub mod explain;
pub mod extent;
pub mod life_circle;
pub mod matrix;
pub mod nearest;
pub mod reached;
pub mod walk_route;

pub use error::WalkError;
pub use explain::{ExplainQuery, Explanation, explain};
pub use extent::Extent;
pub use life_circle::{Band, LifeCircle, LifeCircleQuery, ReachedFacility, life_circle};
pub use matrix::{Matrix, MatrixQuery, matrix};
pub use nearest::{By, Near, NearestQuery, Wanted, nearest};
pub use reached::{StreetsReached, WalkTimes, streets_reached, walk_times};
pub use walk_route::walk_route;
