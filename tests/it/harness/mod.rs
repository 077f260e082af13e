//! What tests start: fresh databases.

pub mod databases;

pub use databases::{Database, databases};
