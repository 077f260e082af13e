//! What stands before every address: connections, where a request really comes from, limits,
//! the log. Knows no resource.

pub mod cost;
pub mod limits;
pub mod meter;
pub mod rate;
pub mod record;
pub mod server;
pub mod whence;
