//! The walking network and the one definition of reachable:
//!
//! `t(p) = min over network points q within 100 m of p of t(q) + |pq| / v_off`, the straight
//! line `pq` crossing no barrier. Ways become a graph (`build`, by the rules of `foot`), a
//! position meets the network (`snap`, `approach`), a search settles it ([`reach`]), the field
//! answers any position (`field`), its contour is the life circle ([`outline`]), and [`route`]
//! says how to walk. Knows no layer and no category; pure computation.

mod approach;
mod build;
pub mod crossing;
mod field;
mod foot;
pub mod footing;
mod index;
pub mod network;
pub mod outline;
pub mod profile;
mod raster;
pub mod reach;
pub mod route;
#[cfg(test)]
mod sketch;
mod snap;
pub mod streets;
pub mod streets_reached;

pub use crossing::Crossing;
pub use footing::Footing;
pub use network::{DecodeError, Network};
pub use outline::Outline;
pub use profile::{Direction, Profile};
pub use reach::{OutsideNetwork, Reach, ReachQuery};
pub use route::{Route, Step, StepKind};
pub use streets::{Barrier, BarrierKind, Street, Streets, Tags};
pub use streets_reached::StreetPart;

#[cfg(test)]
mod tests;
