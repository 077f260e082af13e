//! `wangge import osm FILE` and `wangge import layer LAYER FILE`.

use super::{CliError, Context};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Walking network, base map, buildings, parking, places and areas of a city
    Osm(OsmArgs),
    /// Features of one layer, from a GeoJSON or CSV file
    Layer(LayerArgs),
}

#[derive(Debug, Args)]
pub struct OsmArgs {
    /// A .osm.pbf file
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub struct LayerArgs {
    pub layer: String,
    pub file: PathBuf,
}

pub async fn run(_command: ImportCommand, _context: Context) -> Result<(), CliError> {
    Err(CliError::failed("imports are not built into this program yet"))
}
