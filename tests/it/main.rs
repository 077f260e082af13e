//! The integration tests: one binary, one module a room.

mod harness;
mod http;
mod speed;
mod store;
mod tidy;
