//! `wangge import layer LAYER FILE`.

use super::{CliError, Context};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct LayerArgs {
    pub layer: String,
    pub file: PathBuf,
}

pub async fn run(_args: LayerArgs, _context: Context) -> Result<(), CliError> {
    Err(CliError::failed("layer imports are not built into this program yet"))
}
