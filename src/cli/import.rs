//! `wangge import osm`, `layer`, `issues` and `population`.

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
    /// Estimated households of buildings that nobody counted, from a CSV file of population cells
    Population(super::import_population::PopulationArgs),
}

pub async fn run(command: ImportCommand, context: Context) -> Result<(), CliError> {
    match command {
        ImportCommand::Osm(args) => super::import_osm::run(args, context).await,
        ImportCommand::Layer(args) => super::import_layer::run(args, context).await,
        ImportCommand::Issues(args) => super::import_issues::run(args, context).await,
        ImportCommand::Population(args) => super::import_population::run(args, context).await,
    }
}
