//! Two databases, one behaviour. SQL lives only here. A method exists in both
//! [`geopackage`] and [`postgis`] under the same file name, and has a contract test that runs
//! on both.

pub mod batch;

pub use batch::{Batch, NetworkArtefact, Op, Written};
