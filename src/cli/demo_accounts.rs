//! The demo's accounts: one of each role, with passwords that are made on first start and shown
//! once.

use super::{CliError, secret};
use crate::accounts::{AreaCode, Role, UserName};
use crate::atlas::Feature;
use crate::store::accounts::NewUser;
use crate::store::{DatabaseUrl, Store};
use std::collections::BTreeMap;

/// An account to be made: its role, what people call it, and the layer that its area is of.
const ACCOUNTS: [(Role, &str, Option<&str>); 4] = [
    (Role::Worker, "网格员 Worker", Some("grid")),
    (Role::Dispatcher, "派遣员 Dispatcher", Some("town")),
    (Role::Planner, "规划员 Planner", Some("town")),
    (Role::Admin, "管理员 Admin", None),
];

/// Makes the accounts that are missing, and shows their passwords.
pub async fn ensure(store: &Store, database: &DatabaseUrl) -> Result<(), CliError> {
    let home = home(store).await?;
    let mut made = Vec::new();
    for (role, display_name, layer) in ACCOUNTS {
        let area = layer.and_then(|layer| home.get(layer).cloned());
        if layer.is_some() && area.is_none() {
            // Without an area the role would hold everywhere.
            continue;
        }
        let name = UserName::new(role.as_str()).map_err(CliError::failed)?;
        if store.user(&name).await.map_err(CliError::failed)?.is_some() {
            continue;
        }
        let password = secret::made()?.password;
        let hash = secret::hash(password.clone()).await?;
        let grants = vec![(role, area.clone().map(AreaCode))];
        let new = NewUser { name, display_name: Some(display_name.into()), password: hash, grants };
        store.add_user(&new, &secret::stamp()).await.map_err(CliError::failed)?;
        let place = layer.zip(area).map_or("everywhere".to_owned(), |(layer, code)| format!("{layer} {code}"));
        made.push(format!("  {:<11} {}  {place}", role.as_str(), password.reveal()));
    }
    if !made.is_empty() {
        eprintln!("wangge: accounts of the demo; the passwords are shown only now:\n{}", made.join("\n"));
        eprintln!("wangge: for a new password: wangge --database {database} user password NAME");
    }
    Ok(())
}

/// The first grid, and the community and town that it lies in, by layer.
async fn home(store: &Store) -> Result<BTreeMap<&'static str, String>, CliError> {
    let mut home = BTreeMap::new();
    let mut within: Option<String> = None;
    for layer in ["grid", "community", "town"] {
        let Some((code, parent)) = area(store, layer, within.as_deref()).await? else { continue };
        home.insert(layer, code);
        within = parent;
    }
    Ok(home)
}

/// The layer's area with this code, or its first one; with its parent's code.
async fn area(store: &Store, layer: &str, code: Option<&str>) -> Result<Option<(String, Option<String>)>, CliError> {
    let catalogue = store.catalogue().await.map_err(CliError::failed)?;
    let Some(entry) = catalogue.get(layer) else { return Ok(None) };
    let areas = store.load_layer(entry).await.map_err(CliError::failed)?.features;
    let read = |area: &Feature| {
        let parent = area.text(entry.layer.roles.parent.as_ref()).map(str::to_owned);
        Some((area.code(&entry.layer)?.to_owned(), parent))
    };
    let mut all: Vec<_> = areas.iter().filter_map(read).collect();
    all.sort();
    let named = all.iter().find(|(own, _)| Some(own.as_str()) == code).cloned();
    Ok(named.or_else(|| all.into_iter().next()))
}
