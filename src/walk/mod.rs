//! The walking network and the one definition of reachable:
//!
//! `t(p) = min over network points q within 100 m of p of t(q) + |pq| / v_off`, the straight
//! line `pq` crossing no barrier. Ways become a graph (`build`, by the rules of `foot`), a
//! position meets the network (`snap`, `approach`), a search settles it ([`reach`]), the field
//! answers any position (`field`), its contour is the life circle ([`outline`]), and [`route`]
//! says how to walk. Knows no layer and no category; pure computation.

mod approach;
mod buckets;
mod build;
pub mod closest;
pub mod closing;
pub mod crossing;
mod doorstep;
mod field;
mod foot;
pub mod footing;
mod hops;
mod index;
mod lattice;
mod length;
mod line;
pub mod network;
pub mod new_link;
mod origin;
pub mod outline;
pub mod profile;
mod raster;
pub mod reach;
pub mod route;
pub mod route_text;
mod scratch;
#[cfg(test)]
pub(crate) mod sketch;
mod snap;
mod spread;
pub mod stitch;
pub mod streets;
pub mod streets_reached;

pub use closest::{Closest, ClosestQuery};
pub use closing::Closed;
pub use crossing::Crossing;
pub use doorstep::Doorstep;
pub use footing::Footing;
pub use lattice::lattice_bytes;
pub use network::{DecodeError, Network};
pub use new_link::{NewLink, shortest_link};
pub use outline::Outline;
pub use profile::{Direction, Profile};
pub use reach::{OutsideNetwork, Reach, ReachQuery};
pub use route::{Ground, Route, Step, StepKind};
pub use route_text::{Lang, route_text};
pub use stitch::{Link, LinkKind};
pub use streets::{Barrier, BarrierKind, Street, Streets, Tags};
pub use streets_reached::StreetPart;

#[cfg(test)]
mod random_tests;
#[cfg(test)]
mod tests;
