//! `wangge token`: keys for programs that act in a user's name.

use super::{CliError, Context, secret};
use crate::accounts::{Scopes, Secret, TokenId, User, UserName};
use crate::app::random;
use crate::store::Store;
use crate::store::accounts::NewToken;
use chrono::{SecondsFormat, TimeDelta};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token of a user and show it once
    Add(AddArgs),
    /// List a user's tokens
    List(ListArgs),
    /// Take a token away
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// The user in whose name the program acts
    pub user: UserName,
    /// What the token is for
    #[arg(long, value_name = "TEXT", default_value = "command line")]
    pub name: String,
    /// What it may be used for
    #[arg(long, value_delimiter = ',', value_parser = ["read", "write"], default_value = "read")]
    pub scopes: Vec<String>,
    /// How long it is valid
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=366))]
    pub days: i64,
}

#[derive(Debug, Args)]
pub struct ListArgs {
    pub user: UserName,
}

#[derive(Debug, Args)]
pub struct RevokeArgs {
    pub user: UserName,
    /// Number of the token, as `token list` shows it
    pub id: i64,
}

pub async fn run(command: TokenCommand, context: Context) -> Result<(), CliError> {
    let store = context.open().await?;
    let done = act(command, &store).await;
    store.close().await;
    done
}

async fn act(command: TokenCommand, store: &Store) -> Result<(), CliError> {
    match command {
        TokenCommand::Add(args) => add(args, store).await,
        TokenCommand::List(args) => list(args, store).await,
        TokenCommand::Revoke(args) => {
            let user = user(store, &args.user).await?;
            let ended = store.end_token(user.id, TokenId(args.id), &secret::stamp()).await.map_err(CliError::failed)?;
            if ended { Ok(()) } else { Err(CliError::failed(format!("{} has no token {}", args.user, args.id))) }
        }
    }
}

async fn user(store: &Store, name: &UserName) -> Result<User, CliError> {
    let found = store.user(name).await.map_err(CliError::failed)?;
    found.map(|row| row.user).ok_or_else(|| CliError::failed(format!("there is no user {name}")))
}

async fn add(args: AddArgs, store: &Store) -> Result<(), CliError> {
    let user = user(store, &args.user).await?;
    let secret = Secret::new(random().map_err(CliError::failed)?);
    let stamp = secret::stamp();
    let has = |scope: &str| args.scopes.iter().any(|s| s == scope);
    let new = NewToken {
        secret: secret.hash(),
        name: args.name,
        scopes: Scopes { read: has("read"), write: has("write") },
        expires_at: Some(stamp.at + TimeDelta::days(args.days)),
    };
    store.add_token(user.id, &new, &stamp).await.map_err(CliError::failed)?;
    println!("{}", secret.to_token());
    eprintln!("wangge: the token above is not shown again; it acts in the name of {}", args.user);
    Ok(())
}

async fn list(args: ListArgs, store: &Store) -> Result<(), CliError> {
    let user = user(store, &args.user).await?;
    for token in store.tokens(user.id).await.map_err(CliError::failed)? {
        let Scopes { read, write } = token.scopes;
        let scopes = match (read, write) {
            (true, true) => "read,write",
            (_, true) => "write",
            _ => "read",
        };
        let until = token.expires_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default();
        println!("{}\t{}\t{scopes}\t{until}", token.id.0, token.name);
    }
    Ok(())
}
