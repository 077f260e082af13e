//! `/api/planning/…`: who lacks what, why, and what to do. For planners, of their own areas.

mod ask;
mod body;
pub mod buildings;
pub mod coverage;
pub mod dependents;
pub mod grid_size;
pub mod hours;
pub mod missing;
pub mod parking;
pub mod runs;
pub mod scenarios;
pub mod score;
pub mod siting;
pub mod tiles;
