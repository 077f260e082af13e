//! The command line: one file a command. Exit status 0 done, 1 the input or the data is at
//! fault, 2 wrong usage; a failure is one clear line on standard error.

pub mod config;
pub mod demo;
mod demo_accounts;
mod demo_cases;
pub mod export;
pub mod import;
pub mod import_issues;
mod import_layer;
pub mod import_osm;
mod import_population;
mod map;
pub mod office;
mod progress;
mod secret;
pub mod serve;
pub mod token;
pub mod user;

use crate::config::{self as settings, Effective, Fault, Global, Listen, Origin, Settings};
use crate::store::{DatabaseUrl, Store};
use clap::{Parser, Subcommand};
use std::fmt;
use std::process::ExitCode;

/// 网格地图服务: the map service neighbourhoods run their grids on
#[derive(Debug, Parser)]
#[command(name = "wangge", version, about, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a synthetic town on first start, then serve it
    Demo(demo::DemoArgs),
    /// Serve the database
    Serve(serve::ServeArgs),
    /// Read a file into the database
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Write a layer to a file, all of it: personal data, too
    ///
    /// Every feature and property is written, also those that only some may see on the map: whoever
    /// runs this holds the database anyway. Give the file only to those who may have it.
    Export(export::ExportArgs),
    /// Who has an account, and with which roles
    #[command(subcommand)]
    User(user::UserCommand),
    /// Keys for programs that act in a user's name
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Print a settings file with every default, or check the settings that hold here
    Config(config::ConfigArgs),
}

impl Command {
    /// Where it listens, when it does.
    fn listen(&self) -> Option<&Listen> {
        match self {
            Self::Demo(args) => Some(&args.listen),
            Self::Serve(args) => Some(&args.listen),
            _ => None,
        }
    }
}

/// What every command is given.
#[derive(Debug, Clone)]
pub struct Context {
    pub database: DatabaseUrl,
    /// Whether somebody named it.
    pub database_named: bool,
    pub settings: Settings,
}

impl From<Effective> for Context {
    fn from(effective: Effective) -> Self {
        let database_named = *effective.origin("database") != Origin::Default;
        let settings = effective.settings;
        Self { database: settings.database.clone(), database_named, settings }
    }
}

impl Context {
    /// Opens the database; it is made when it does not exist.
    pub async fn open(&self) -> Result<Store, CliError> {
        Store::open(&self.database).await.map_err(CliError::failed)
    }
}

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CliError {
    /// The input, the data or the machine is at fault; the text says what and where. Exit 1.
    Failed(String),
    /// The command was used wrongly. Exit 2.
    Usage(String),
}

impl CliError {
    pub fn failed(reason: impl fmt::Display) -> Self {
        Self::Failed(reason.to_string())
    }

    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Failed(_) => ExitCode::from(1),
            Self::Usage(_) => ExitCode::from(2),
        }
    }
}

impl fmt::Display for CliError {
    /// One line, whatever the reason looked like.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Failed(text) | Self::Usage(text)) = self;
        for (i, line) in text.lines().map(str::trim).filter(|l| !l.is_empty()).enumerate() {
            write!(f, "{}{line}", if i == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for CliError {}

/// The whole program: parse, run one command, say how it went.
pub async fn main() -> ExitCode {
    // Wrong usage and --help end the process here, with 2 and 0.
    let cli = Cli::parse();
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wangge: {error}");
            error.exit_code()
        }
    }
}

async fn run(cli: Cli) -> Result<(), CliError> {
    let effective = settings::effective(&cli.global, cli.command.listen()).map_err(faults)?;
    settings::start_log(&effective.settings);
    if let Command::Config(args) = &cli.command {
        return config::run(args, &effective);
    }
    let context = Context::from(effective);
    match cli.command {
        Command::Demo(args) => demo::run(args, context).await,
        Command::Serve(_) => serve::run(context).await,
        Command::Import(command) => import::run(command, context).await,
        Command::User(command) => user::run(command, context).await,
        Command::Token(command) => token::run(command, context).await,
        Command::Export(args) => export::run(args, context).await,
        // Answered above: it needs no database.
        Command::Config(_) => Ok(()),
    }
}

fn faults(faults: Vec<Fault>) -> CliError {
    CliError::Failed(faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_tree_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_database_may_stand_before_or_after_the_command() {
        for line in [&["wangge", "--database", "a.gpkg", "serve"], &["wangge", "serve", "--database", "a.gpkg"]] {
            assert_eq!(Cli::try_parse_from(line).expect("parses").global.database.as_deref(), Some("a.gpkg"));
        }
    }

    #[test]
    fn a_failure_is_told_in_one_line() {
        assert_eq!(CliError::failed("first\n  second\n").to_string(), "first; second");
    }

    #[test]
    fn wrong_usage_is_exit_status_two() {
        assert_eq!(Cli::try_parse_from(["wangge", "serve", "--listen", "x"]).expect_err("usage").exit_code(), 2);
        assert_eq!(
            Cli::try_parse_from(["wangge", "--set", "limits.rat=1", "serve"]).expect_err("usage").exit_code(),
            2
        );
        assert_eq!(Cli::try_parse_from(["wangge", "nonsense"]).expect_err("usage").exit_code(), 2);
    }
}
