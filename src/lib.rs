//! `wangge` (网格地图服务): what a person can reach on foot, who is responsible here, and where
//! the next station should go.
//!
//! The house, in reading order; arrows point only upwards in this list (see `ARCHITECTURE.md`).

pub mod accounts;
pub mod app;
pub mod atlas;
pub mod cli;
pub mod config;
pub mod dispatch;
pub mod exchange;
pub mod geometry;
pub mod http;
pub mod planning;
pub mod store;
pub mod synth;
pub mod tiles;
pub mod walk;
