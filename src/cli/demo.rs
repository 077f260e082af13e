//! `wangge demo`: makes the town on first start, then only serves it. The town is written in one
//! transaction, so a database holds all of it or nothing.

use super::{CliError, Context, demo_accounts, demo_cases, serve};
use crate::atlas::snapshot::Place;
use crate::config::Listen;
use crate::store::{Batch, DatabaseUrl, NetworkArtefact, Op, Store};
use crate::synth::{self, PlaceKey};
use crate::walk::{Network, Streets};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Which of the four towns
    #[arg(long, value_enum, default_value_t)]
    pub place: DemoPlace,
    /// Folder of the town's database DIR/PLACE.gpkg, made when missing; a database that is named
    /// otherwise is used instead
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
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

impl From<DemoPlace> for PlaceKey {
    fn from(place: DemoPlace) -> Self {
        match place {
            DemoPlace::Nankang => Self::Nankang,
            DemoPlace::Wanli => Self::Wanli,
            DemoPlace::Jiangyin => Self::Jiangyin,
            DemoPlace::Wancheng => Self::Wancheng,
        }
    }
}

pub async fn run(args: DemoArgs, context: Context) -> Result<(), CliError> {
    let key = PlaceKey::from(args.place);
    let listener = serve::bind(&context.settings).await?;
    let named = context.database_named.then_some(context.database);
    let database = database(key, &args.data, named)?;
    let store = Store::open(&database).await.map_err(CliError::failed)?;
    if !has_town(&store, key, &database).await? {
        make(&store, key).await?;
        eprintln!("wangge: made the synthetic town {key} in {database}");
    } else if !has_network(&store).await? {
        let network = tokio::task::spawn_blocking(move || artefact(&synth::town(key).streets));
        let network = Some(network.await.map_err(CliError::failed)?);
        store.write(Batch { network, ..Batch::default() }).await.map_err(CliError::failed)?;
        eprintln!("wangge: made the walking network of {key} anew");
    }
    demo_accounts::ensure(&store, &database).await?;
    demo_cases::ensure(&store, key, &context.settings).await?;
    serve::serve(listener, store, context.settings).await
}

/// The database that was asked for, or the place's own file in the data folder.
fn database(key: PlaceKey, data: &Path, named: Option<DatabaseUrl>) -> Result<DatabaseUrl, CliError> {
    if let Some(named) = named {
        return Ok(named);
    }
    let failed = |e| CliError::failed(format!("cannot make the folder {}: {e}", data.display()));
    std::fs::create_dir_all(data).map_err(failed)?;
    Ok(DatabaseUrl::Geopackage(data.join(format!("{key}.gpkg"))))
}

/// Whether the town is there already. A database that holds anything else is refused.
async fn has_town(store: &Store, key: PlaceKey, database: &DatabaseUrl) -> Result<bool, CliError> {
    let place = store.meta("place").await.map_err(CliError::failed)?;
    let place: Option<Place> = place.and_then(|v| serde_json::from_value(v).ok());
    match place {
        Some(place) if place.key == key.as_str() && place.synthetic => Ok(true),
        None if store.last_seq().await.map_err(CliError::failed)? == 0 => Ok(false),
        _ => Err(CliError::failed(format!("{database} holds other data than the demo town {key}; name another file"))),
    }
}

/// Whether the walking network is one that this program can read; another version may have made it.
async fn has_network(store: &Store) -> Result<bool, CliError> {
    let artefact = store.network().await.map_err(CliError::failed)?;
    let read = move || artefact.is_some_and(|a| Network::decode(&a.bytes).is_ok());
    tokio::task::spawn_blocking(read).await.map_err(CliError::failed)
}

fn artefact(streets: &Streets) -> NetworkArtefact {
    NetworkArtefact {
        bytes: Network::build(streets).encode(),
        source: streets.source.clone(),
        built_at: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    }
}

/// Makes the town and writes it, all or nothing.
pub async fn make(store: &Store, key: PlaceKey) -> Result<(), CliError> {
    let made = tokio::task::spawn_blocking(move || batch(key)).await;
    let batch = made.map_err(CliError::failed)?.map_err(CliError::failed)?;
    store.write(batch).await.map_err(CliError::failed)?;
    Ok(())
}

fn batch(key: PlaceKey) -> Result<Batch, serde_json::Error> {
    let town = synth::town(key);
    let network = artefact(&town.streets);
    let ops = town.features.into_iter().map(|(layer, features)| Op::Insert { layer, features }).collect();
    let place = serde_json::to_value(&town.place)?;
    Ok(Batch { ops, network: Some(network), meta: vec![("place".to_string(), place)], ..Batch::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_database_is_used_instead_of_the_folder() {
        let given: DatabaseUrl = "else/x.gpkg".parse().expect("a file");
        assert_eq!(database(PlaceKey::Wanli, Path::new("never"), Some(given.clone())), Ok(given));
        assert!(!Path::new("never").exists());
    }

    #[tokio::test]
    async fn the_town_is_made_once_and_another_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Geopackage(dir.path().join("t.gpkg"));
        let store = Store::open(&url).await.expect("opens");
        assert_eq!(has_town(&store, PlaceKey::Nankang, &url).await, Ok(false));
        make(&store, PlaceKey::Nankang).await.expect("made");
        assert_eq!(has_town(&store, PlaceKey::Nankang, &url).await, Ok(true));
        assert_eq!(has_network(&store).await, Ok(true));
        let mut old = store.network().await.expect("read").expect("a network");
        old.bytes[7] = 1;
        let other_version = Network::decode(&old.bytes).expect_err("refused");
        assert!(other_version.to_string().contains("import the streets again"), "{other_version}");
        store.write(Batch { network: Some(old), ..Batch::default() }).await.expect("written");
        assert_eq!(has_network(&store).await, Ok(false));
        let other = has_town(&store, PlaceKey::Wanli, &url).await.expect_err("refused");
        assert!(other.to_string().contains("other data"), "{other}");
        let grids = store.catalogue().await.expect("catalogue");
        let grids = store.load_layer(grids.get("grid").expect("grid")).await.expect("loads");
        assert_eq!((grids.features.len(), grids.set_aside.len()), (42, 0));
        store.close().await;
    }
}
