//! `wangge export LAYER FILE`.

use super::{CliError, Context};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct ExportArgs {
    pub layer: String,
    /// The ending names the format
    pub file: PathBuf,
}

pub async fn run(_args: ExportArgs, _context: Context) -> Result<(), CliError> {
    Err(CliError::failed("exports are not built into this program yet"))
}
