//! The integration tests: one binary, one module a room.

mod exchange;
mod harness;
mod http;
mod network;
mod oracle;
mod siting;
mod speed;
mod store;
mod tidy;
