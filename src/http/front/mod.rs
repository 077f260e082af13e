//! What stands before every address: connections, where a request really comes from, limits,
//! the log. Knows no resource.

pub mod server;
pub mod whence;
