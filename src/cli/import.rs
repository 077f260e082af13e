//! `wangge import osm FILE`, `wangge import layer LAYER FILE` and `wangge import issues FILE`.

use super::{CliError, Context};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Walking network, base map, buildings, parking, places and areas of a city
    Osm(super::import_osm::OsmArgs),
    /// Features of one layer, from a GeoJSON or CSV file
    Layer(super::import_layer::LayerArgs),
    /// Old cases of another system, from a CSV file
    Issues(super::import_issues::IssuesArgs),
}

pub async fn run(command: ImportCommand, context: Context) -> Result<(), CliError> {
    match command {
        ImportCommand::Osm(args) => super::import_osm::run(args, context).await,
        ImportCommand::Layer(args) => super::import_layer::run(args, context).await,
        ImportCommand::Issues(args) => super::import_issues::run(args, context).await,
    }
}
