//! Files in and out: OpenStreetMap extracts ([`osm`]), and the features of one layer in any
//! [`Format`]. Reads files and says where they are wrong; writes nothing into a database itself:
//! what it reads goes into one [`Batch`](crate::store::Batch).
//!
//! A layer's file is read into [`Record`]s ([`geojson`], [`csv`]); [`layer`] maps, checks and
//! matches them with what is there, and reports every fault.

pub mod csv;
pub mod error;
pub mod file;
pub mod format;
pub mod geojson;
pub mod issues;
pub mod layer;
pub mod mapping;
pub mod osm;
pub mod population;
pub mod record;
pub mod report;
pub mod text;

pub use error::ExchangeError;
pub use format::Format;
pub use record::Record;

/// How far a long read has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// What is being done, e.g. `reading ways`.
    pub phase: &'static str,
    /// 0 to 1 inside the phase.
    pub share: f64,
}
