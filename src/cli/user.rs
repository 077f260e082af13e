//! `wangge user`: who has an account. The first administrator is made here and nowhere else.

use super::secret::{self, Chosen};
use super::{CliError, Context};
use crate::accounts::{AreaCode, Grant, Role, UserName};
use crate::atlas::layer::AreaRole;
use crate::store::Store;
use crate::store::accounts::{NewUser, UserChange};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user; the password is asked for on a terminal, or made and shown
    Add(AddArgs),
    /// List all users with their roles
    List,
    /// Give a user a new password; all sessions end
    Password(PasswordArgs),
    /// Give a user another role
    Grant(GrantArgs),
    /// Take a role away from a user
    Revoke(GrantArgs),
    /// Shut a user out; sessions end and tokens are refused
    Disable(NameArgs),
    /// Let a user in again
    Enable(NameArgs),
}

#[derive(Debug, Args)]
pub struct AddArgs {
    #[command(flatten)]
    pub grant: GrantArgs,
    /// How people call the user
    #[arg(long, value_name = "TEXT")]
    pub display_name: Option<String>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub password_stdin: bool,
}

#[derive(Debug, Args)]
pub struct GrantArgs {
    /// Name to log in with
    pub name: UserName,
    /// worker, dispatcher, planner or admin
    #[arg(long, value_parser = role)]
    pub role: Role,
    /// Code of a district, town, community or grid; everywhere when left out
    #[arg(long, value_name = "CODE")]
    pub area: Option<String>,
}

#[derive(Debug, Args)]
pub struct PasswordArgs {
    pub name: UserName,
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub password_stdin: bool,
}

#[derive(Debug, Args)]
pub struct NameArgs {
    pub name: UserName,
}

fn role(text: &str) -> Result<Role, String> {
    Role::read(text).ok_or_else(|| format!("expected one of {}", Role::ALL.map(Role::as_str).join(", ")))
}

pub async fn run(command: UserCommand, context: Context) -> Result<(), CliError> {
    let store = context.open().await?;
    let done = act(command, &store).await;
    store.close().await;
    done
}

async fn act(command: UserCommand, store: &Store) -> Result<(), CliError> {
    match command {
        UserCommand::Add(args) => add(args, store).await,
        UserCommand::List => list(store).await,
        UserCommand::Password(args) => password(args, store).await,
        UserCommand::Grant(GrantArgs { name, role, area }) => {
            let area = area_code(store, area).await?;
            let given = store.add_grant(&name, (role, area.as_ref()), |_| true, &secret::stamp()).await;
            given.map(drop).map_err(CliError::failed)
        }
        UserCommand::Revoke(args) => revoke(args, store).await,
        UserCommand::Disable(args) => disable(args, true, store).await,
        UserCommand::Enable(args) => disable(args, false, store).await,
    }
}

async fn add(args: AddArgs, store: &Store) -> Result<(), CliError> {
    let GrantArgs { name, role, area } = args.grant;
    let area = area_code(store, area).await?;
    // Before somebody types a password for nothing.
    if store.user(&name).await.map_err(CliError::failed)?.is_some() {
        return Err(CliError::failed(format!("there is a user {name} already")));
    }
    let Chosen { password, made } = secret::choose(&name, args.password_stdin)?;
    let hash = secret::hash(password.clone()).await?;
    let grants = vec![(role, area)];
    let new = NewUser { name: name.clone(), display_name: args.display_name, password: hash, grants };
    store.add_user(&new, &secret::stamp()).await.map_err(CliError::failed)?;
    if made {
        println!("{}", password.reveal());
        eprintln!("wangge: added {name} with the password above; it is not shown again");
    } else {
        eprintln!("wangge: added {name}");
    }
    Ok(())
}

async fn list(store: &Store) -> Result<(), CliError> {
    for row in store.users().await.map_err(CliError::failed)? {
        let grants: Vec<String> = row.user.grants.iter().map(described).collect();
        let state = if row.disabled { "disabled" } else { "" };
        let display = row.user.display_name.unwrap_or_default();
        println!("{}\t{}\t{state}\t{display}", row.user.name, grants.join(", "));
    }
    Ok(())
}

fn described(grant: &Grant) -> String {
    grant.area.as_ref().map_or_else(|| grant.role.to_string(), |area| format!("{} in {area}", grant.role))
}

async fn password(args: PasswordArgs, store: &Store) -> Result<(), CliError> {
    if store.user(&args.name).await.map_err(CliError::failed)?.is_none() {
        return Err(CliError::failed(format!("there is no user {}", args.name)));
    }
    let Chosen { password, made } = secret::choose(&args.name, args.password_stdin)?;
    let hash = secret::hash(password.clone()).await?;
    let change = UserChange { password: Some(hash), ..UserChange::default() };
    store.change_user(&args.name, &change, |_| true, &secret::stamp()).await.map_err(CliError::failed)?;
    if made {
        println!("{}", password.reveal());
    }
    eprintln!("wangge: {} has a new password; all sessions have ended", args.name);
    Ok(())
}

async fn revoke(args: GrantArgs, store: &Store) -> Result<(), CliError> {
    let user = store.user(&args.name).await.map_err(CliError::failed)?;
    let user = user.ok_or_else(|| CliError::failed(format!("there is no user {}", args.name)))?;
    let same = |g: &&Grant| g.role == args.role && g.area.as_ref().map(|a| a.0.as_str()) == args.area.as_deref();
    let grant = user.user.grants.iter().find(same);
    let grant = grant.ok_or_else(|| CliError::failed(format!("{} has no such role", args.name)))?;
    let taken = store.remove_grant(&args.name, grant.id, |_, _| true, &secret::stamp()).await;
    taken.map_err(CliError::failed)
}

async fn disable(args: NameArgs, disabled: bool, store: &Store) -> Result<(), CliError> {
    let change = UserChange { disabled: Some(disabled), ..UserChange::default() };
    let changed = store.change_user(&args.name, &change, |_| true, &secret::stamp()).await;
    changed.map(drop).map_err(CliError::failed)
}

/// The code, when an area of the tree has it.
async fn area_code(store: &Store, code: Option<String>) -> Result<Option<AreaCode>, CliError> {
    let Some(code) = code else { return Ok(None) };
    let catalogue = store.catalogue().await.map_err(CliError::failed)?;
    for entry in catalogue.iter().filter(|e| matches!(e.layer.area, Some(AreaRole::Level(_)))) {
        let areas = store.load_layer(entry).await.map_err(CliError::failed)?.features;
        if areas.iter().any(|area| area.code(&entry.layer) == Some(&code)) {
            return Ok(Some(AreaCode(code)));
        }
    }
    Err(CliError::failed(format!("there is no district, town, community or grid with the code {code:?}")))
}
