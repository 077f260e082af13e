//! The service as a program on the other side of the wire sees it.

mod account;
mod authorization;
mod batch;
mod cases;
mod cases_live;
mod cases_load;
mod cases_scale;
mod cases_seen;
mod changes;
mod circles;
mod commands;
mod documented;
mod editing;
mod features;
mod limits;
mod matrix;
mod open311;
mod outside;
mod parameters;
pub mod people;
mod planning;
mod planning_refused;
mod planning_scenarios;
mod population;
mod process;
mod proxied;
mod questions;
mod races;
mod sample;
mod service;
mod settings;
mod statistics;
mod tiles;
pub mod town;
mod visibility;
mod watched;

use crate::harness::{Database, Server};

/// A server of the town, and the database it lives in.
async fn town() -> (Server, Database) {
    let database = Database::geopackage();
    let store = database.open().await;
    town::fill(&store).await;
    (Server::start(store).await, database)
}
