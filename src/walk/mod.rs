//! The walking network and the one definition of reachable:
//!
//! `t(p) = min over network points q within 100 m of p of t(q) + |pq| / v_off`, the straight
//! line `pq` crossing no barrier. Ways become a graph ([`build`]), a position approaches the
//! network ([`snap`]), a search settles it ([`reach`]), the field answers any position
//! ([`field`]), its contour is the life circle ([`outline`]), and [`route`] says how to walk.
//! Knows no layer and no category; pure computation.

pub mod network;
pub mod profile;
pub mod streets;

pub use network::Network;
pub use profile::{Direction, Profile};
pub use streets::{Barrier, BarrierKind, Street, Streets, Tags};
