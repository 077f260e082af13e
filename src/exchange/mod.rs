//! Files in and out: OpenStreetMap extracts ([`osm`]). Reads files and says where they are wrong;
//! writes nothing into a database itself: what it reads goes into one
//! [`Batch`](crate::store::Batch).

pub mod error;
pub mod osm;

pub use error::ExchangeError;

/// How far a long read has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// What is being done, e.g. `reading ways`.
    pub phase: &'static str,
    /// 0 to 1 inside the phase.
    pub share: f64,
}
