//! `wangge demo`: makes the town on first start, then only serves it.

use super::{CliError, Context};
use crate::config::Listen;
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Which of the four towns
    #[arg(long, value_enum, default_value_t)]
    pub place: DemoPlace,
    /// Folder that holds the demo's database
    #[arg(long, value_name = "DIR")]
    pub data: Option<std::path::PathBuf>,
    #[command(flatten)]
    pub listen: Listen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum DemoPlace {
    #[default]
    Nankang,
    Wanli,
    Jiangyin,
    Wancheng,
}

pub async fn run(_args: DemoArgs, _context: Context) -> Result<(), CliError> {
    Err(CliError::failed("the demo towns are not built into this program yet"))
}
