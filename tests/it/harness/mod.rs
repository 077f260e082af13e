//! What tests start: fresh databases and servers over them.

pub mod cluster;
pub mod databases;
pub mod proxy;
pub mod server;

pub use databases::{Database, databases};
pub use server::Server;
