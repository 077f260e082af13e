//! `wangge config`: a settings file with every setting and its meaning; with `--check`, the
//! settings that hold here and where each came from. A fault ends the program before this.

use super::CliError;
use crate::config::{Effective, template};
use clap::Args;

#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Print what holds (file, environment, flags) and where each value came from; exit 1 when
    /// something is wrong
    #[arg(long)]
    pub check: bool,
}

pub fn run(args: &ConfigArgs, effective: &Effective) -> Result<(), CliError> {
    if args.check {
        effective.lines().iter().for_each(|line| println!("{line}"));
    } else {
        print!("{}", template());
    }
    Ok(())
}
